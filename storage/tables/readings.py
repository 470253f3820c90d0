"""Tables of which messages are read again for reactions, and when."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Index, Integer, Text, UniqueConstraint
from sqlmodel import Field

from bot.chat import MessageRef
from bot.study.readings import Counts, Step
from storage.columns import Document, Id, Instant, Place, Reference, Word, column, identity
from storage.tables.base import Table


class Reading(Table, table=True):
    """How far the reading of a place is; the database numbers these lines, as nothing points at them."""

    id: int = Field(sa_column=Column(Id, primary_key=True, autoincrement=True, info={"personal": False}))
    place: Any = column(Place, personal=False)
    platform: str = column(Text, personal=False)
    space: str = column(Text, personal=False)
    newest_at: datetime = column(Instant, personal=False)
    next_at: datetime = column(Instant, personal=False)
    wide_at: datetime = column(Instant, personal=False)
    step: Step = column(Word(Step), personal=False)
    reached: int = column(BigInteger, personal=False, null=True)
    crawled: int = column(BigInteger, personal=False, null=True)
    gap: int = column(Integer, personal=False)
    fence: int = column(Integer, personal=False)

    __table_args__ = (
        UniqueConstraint("place"),
        Index(None, "platform", "next_at"),
        Index(None, "platform", "newest_at", "id"),
    )


class Likeable(Table, table=True):
    """A message whose reactions can be likes, and what was read of it."""

    id: int = identity()
    ref: MessageRef = column(Reference(MessageRef), personal=True)
    place: Any = column(Place, personal=False)
    at: datetime = column(Instant, personal=False)
    events: int = column(Integer, personal=False)
    gap: int = column(Integer, personal=False)
    beside: Any = column(Document(Counts), personal=False)

    __table_args__ = (UniqueConstraint("ref"), Index(None, "place", "id"))
