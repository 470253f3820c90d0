"""Tables of what goes out and of the messages it became."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Index, Integer, Text, UniqueConstraint

from bot.cards import Card
from bot.chat import Address, MessageRef, ThreadRef
from bot.outbox import PostState, Verb
from storage.columns import Document, Instant, Reference, SentMessage, Subject, Word, column, identity, points_to
from storage.tables.base import Table, only_where


class Post(Table, table=True):
    """One visible effect on its way.

    The line at each place, what is due and what is under way are indexed apart, so that finding them costs the same
    beside a million posts that were sent.
    """

    id: int = identity()
    key: str = column(Text, personal=False)
    verb: Verb = column(Word(Verb), personal=False)
    place: str = column(Text, personal=True)
    to: Any = column(Document(Address | None), personal=True, null=True)
    about: Any = column(Subject, personal=False)
    slot: str = column(Text, personal=False)
    part: int = column(Integer, personal=False)
    card: Any = column(Document(Card | None), personal=True, null=True)
    state: PostState = column(Word(PostState), personal=False)
    at: datetime = column(Instant, personal=False)
    not_before: datetime = column(Instant, personal=False)
    once: str = column(Text, personal=True, null=True)
    group: int = points_to("study_group", null=True)
    owner: int = points_to("person", null=True)
    under: int = points_to("post", null=True)
    attempts: int = column(Integer, personal=False)
    fence: int = column(Integer, personal=False)
    lease_until: datetime = column(Instant, personal=False, null=True)
    first_try_at: datetime = column(Instant, personal=False, null=True)
    expires_at: datetime = column(Instant, personal=False, null=True)
    message: MessageRef = column(SentMessage, personal=True, null=True)
    sent_at: datetime = column(Instant, personal=False, null=True)
    reason: str = column(Text, personal=False)
    space: str = column(Text, personal=False)
    sends: int = column(Integer, personal=False)
    last_try_at: datetime = column(Instant, personal=False, null=True)
    looks: int = column(Integer, personal=False)
    looked_at: datetime = column(Instant, personal=False, null=True)
    sweep_at: datetime = column(Instant, personal=False, null=True)
    healed: int = column(Integer, personal=False)
    refused: bool = column(Boolean, personal=False)

    __table_args__ = (
        UniqueConstraint("key"),
        UniqueConstraint("once"),
        Index("ix_post_due", "not_before", "id", **only_where("state = 'due'")),
        Index("ix_post_expiring", "expires_at", **only_where("state = 'due' AND expires_at IS NOT NULL")),
        Index("ix_post_turn", "space", "not_before", "id", **only_where("state IN ('due', 'sending')")),
        Index("ix_post_sweep", "sweep_at", **only_where("sweep_at IS NOT NULL")),
        Index("ix_post_sending", "lease_until", **only_where("state = 'sending'")),
        Index("ix_post_line", "place", "id", **only_where("state IN ('due', 'sending')")),
        Index("ix_post_under", "under", **only_where("state = 'due'")),
        Index(None, "about", "slot"),
        Index(None, "group", "id"),
        Index("ix_post_stuck", "group", "id", **only_where("state IN ('dead', 'unknown')")),
        Index("ix_post_healed", "healed", **only_where("healed > 0")),
        Index("ix_post_place_sent_at", "place", "sent_at", **only_where("sent_at IS NOT NULL")),
    )


class Message(Table, table=True):
    """A message on a platform that shows an item."""

    id: int = identity()
    ref: MessageRef = column(Reference(MessageRef), personal=True)
    thread: ThreadRef = column(Reference(ThreadRef), personal=True, null=True)
    about: Any = column(Subject, personal=False)
    group: int = points_to("study_group", null=True)
    owner: int = points_to("person", null=True)
    post: int = points_to("post", null=True)

    __table_args__ = (UniqueConstraint("ref"), Index(None, "thread"), Index(None, "about"))
