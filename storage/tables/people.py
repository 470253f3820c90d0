"""Tables of people, their accounts, and the spaces they meet in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, Index, Integer, Text, UniqueConstraint

from bot.chat import AccountRef, ChannelRef, SpaceRef
from bot.ids import PersonId
from storage.columns import Document, Instant, Reference, column, identity, points_to
from storage.tables.base import Table, only_where


class Instance(Table, table=True):
    """This installation: one row."""

    id: int = identity()
    name: str = column(Text, personal=False)
    restored_at: datetime = column(Instant, personal=False, null=True)
    restored_from: datetime = column(Instant, personal=False, null=True)
    restored_ids: int = column(BigInteger, personal=False, null=True)


class Person(Table, table=True):
    """Somebody whom the bot knows."""

    id: int = identity()
    name: str = column(Text, personal=True)
    created_at: datetime = column(Instant, personal=False)
    zone: str = column(Text, personal=True, null=True)
    language: str = column(Text, personal=True, null=True)
    reminders: bool = column(Boolean, personal=True, null=True)
    named: bool = column(Boolean, personal=True)
    credited: bool = column(Boolean, personal=True)

    # Whoever was forgotten has no name; the row stays for what others did with them.
    __table_args__ = (Index("ix_person_forgotten", "id", **only_where("name = ''")),)


class Account(Table, table=True):
    """A person's account on a platform."""

    id: int = identity()
    ref: AccountRef = column(Reference(AccountRef), personal=True)
    person: int = points_to("person")
    name: str = column(Text, personal=True)
    seen_at: datetime = column(Instant, personal=True)
    opened_at: datetime = column(Instant, personal=True, null=True)
    refused_at: datetime = column(Instant, personal=True, null=True)
    # No key to person: SQLite would have to build the table anew for one.
    own: int = column(BigInteger, personal=False, null=True)

    __table_args__ = (
        UniqueConstraint("ref"),
        Index(None, "person"),
        Index("ix_account_own", "own", **only_where("own IS NOT NULL")),
    )


class Space(Table, table=True):
    """A Discord server or Slack workspace."""

    id: int = identity()
    ref: SpaceRef = column(Reference(SpaceRef), personal=False)
    at: datetime = column(Instant, personal=False)
    facilitators: tuple[int, ...] = column(Document(tuple[PersonId, ...]), personal=False)
    directory: ChannelRef = column(Reference(ChannelRef), personal=False, null=True)
    keep_months: int = column(Integer, personal=False, null=True)

    __table_args__ = (UniqueConstraint("ref"),)
