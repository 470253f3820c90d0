"""Tables of what people did."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, Integer, Text, UniqueConstraint

from bot.chat import MessageRef
from bot.study.acts import ActKind
from storage.columns import Instant, Reference, Word, column, identity, points_to
from storage.tables.base import Table, only_where

_THANKS = "kind IN ('accepted', 'helped', 'unaccepted', 'unhelped')"


class Act(Table, table=True):
    """One line of the journal."""

    id: int = identity()
    group: int = points_to("study_group")
    actor: int = points_to("person")
    kind: ActKind = column(Word(ActKind), personal=False)
    item_kind: str = column(Text, personal=False)
    item: int = column(BigInteger, personal=False)
    owner: int = points_to("person")
    at: datetime = column(Instant, personal=False)

    __table_args__ = (
        Index(None, "group", "at"),
        Index(None, "group", "actor"),
        Index("ix_act_accepted", "item", "id", **only_where("kind = 'accepted'")),
        Index("ix_act_thanks", "group", "at", **only_where(_THANKS)),
    )


class Likes(Table, table=True):
    """Somebody likes an item."""

    id: int = identity()
    group: int = points_to("study_group")
    item_kind: str = column(Text, personal=False)
    item: int = column(BigInteger, personal=False)
    person: int = points_to("person")
    owner: int = points_to("person")
    at: datetime = column(Instant, personal=False)
    worth: int = column(Integer, personal=False)

    __table_args__ = (
        UniqueConstraint("item_kind", "item", "person"),
        Index(None, "group", "owner", "at"),
        Index(None, "group", "person", "owner"),
        Index(None, "group", "owner", "person"),
    )


class Reaction(Table, table=True):
    """One reaction on a message."""

    id: int = identity()
    message: MessageRef = column(Reference(MessageRef), personal=False)
    item_kind: str = column(Text, personal=False)
    item: int = column(BigInteger, personal=False)
    person: int = points_to("person")
    emoji: str = column(Text, personal=True)
    at: datetime = column(Instant, personal=False)

    __table_args__ = (UniqueConstraint("message", "person", "emoji"), Index(None, "item_kind", "item", "person"))
