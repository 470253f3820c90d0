"""Tables by which several processes act as one, and of what was decided."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Column, Index, Integer, Text, UniqueConstraint
from sqlmodel import Field

from bot.study.occurrences import Outcome
from storage.columns import Id, Instant, Word, column, identity, points_to
from storage.tables.base import Table


class Occurrence(Table, table=True):
    """What was decided about something that was due for a group."""

    id: int = identity()
    group: int = points_to("study_group")
    kind: str = column(Text, personal=False)
    name: str = column(Text, personal=False)
    due_at: datetime = column(Instant, personal=False)
    at: datetime = column(Instant, personal=False)
    outcome: Outcome = column(Word(Outcome), personal=False)
    reason: str = column(Text, personal=False)

    __table_args__ = (UniqueConstraint("group", "kind", "name"), Index(None, "group", "id"))


class Taken(Table, table=True):
    """An event that a listener took in; the database numbers these lines, as nothing points at them."""

    id: int = Field(sa_column=Column(Id, primary_key=True, autoincrement=True, info={"personal": False}))
    space: str = column(Text, personal=True)
    kind: str = column(Text, personal=False)
    key: str = column(Text, personal=False)
    listener: str = column(Text, personal=False)
    at: datetime = column(Instant, personal=False)

    __table_args__ = (UniqueConstraint("space", "kind", "key", "listener"), Index(None, "at"))


class Usage(Table, table=True):
    """How often somebody did something in a window of time."""

    id: int = Field(sa_column=Column(Id, primary_key=True, autoincrement=True, info={"personal": False}))
    subject: str = column(Text, personal=True)
    what: str = column(Text, personal=False)
    since: datetime = column(Instant, personal=True)
    count: int = column(Integer, personal=True)

    __table_args__ = (UniqueConstraint("subject", "what"), Index(None, "since"))


class Lease(Table, table=True):
    """The right of one process to do something."""

    id: int = Field(sa_column=Column(Id, primary_key=True, autoincrement=True, info={"personal": False}))
    name: str = column(Text, personal=False)
    holder: str = column(Text, personal=False)
    until: datetime = column(Instant, personal=False)
    fence: int = column(Integer, personal=False)

    __table_args__ = (UniqueConstraint("name"),)


class AuditEntry(Table, table=True):
    """One line of the audit log."""

    id: int = Field(sa_column=Column(Id, primary_key=True, autoincrement=True, info={"personal": False}))
    scope: str = column(Text, personal=False)
    number: int = column(Integer, personal=False)
    at: datetime = column(Instant, personal=False)
    actor: int = column(BigInteger, personal=False)
    action: str = column(Text, personal=False)
    items: str = column(Text, personal=False)
    previous: str = column(Text, personal=False)
    hash: str = column(Text, personal=False)

    __table_args__ = (UniqueConstraint("scope", "number"),)


class AuditChain(Table, table=True):
    """Where a chain of the audit log ends."""

    id: int = Field(sa_column=Column(Id, primary_key=True, autoincrement=True, info={"personal": False}))
    scope: str = column(Text, personal=False)
    number: int = column(Integer, personal=False)
    hash: str = column(Text, personal=False)

    __table_args__ = (UniqueConstraint("scope"),)
