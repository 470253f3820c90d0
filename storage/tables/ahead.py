"""Tables of what waits for somebody or for its time."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Date, Index, Integer, Text, UniqueConstraint
from sqlmodel import Field

from storage.columns import Document, Id, Instant, column, identity, points_to
from storage.tables.base import Table


class Draft(Table, table=True):
    """Options of a command that waits for one more tap."""

    id: int = identity()
    person: int = points_to("person")
    group: int = points_to("study_group", null=True)
    command: str = column(Text, personal=False)
    arguments: Any = column(Document(tuple[tuple[str, str], ...]), personal=True)
    at: datetime = column(Instant, personal=False)

    __table_args__ = (Index(None, "at"),)


class Agenda(Table, table=True):
    """What is to happen when; the database numbers these lines, as nothing points at them."""

    id: int = Field(sa_column=Column(Id, primary_key=True, autoincrement=True, info={"personal": False}))
    kind: str = column(Text, personal=False)
    item: int = column(BigInteger, personal=False)
    group: int = points_to("study_group", null=True)
    at: datetime = column(Instant, personal=False)
    attempts: int = column(Integer, personal=False)

    __table_args__ = (UniqueConstraint("kind", "item"), Index(None, "at"), Index(None, "group"))


class Break(Table, table=True):
    """Days on which a group rests."""

    id: int = identity()
    group: int = points_to("study_group")
    first: date = column(Date, personal=False)
    last: date = column(Date, personal=False)
    shifts: bool = column(Boolean, personal=False)
    days: int = column(Integer, personal=False)
    made_at: datetime = column(Instant, personal=False)

    __table_args__ = (Index(None, "group", "first"),)


class ZoneData(Table, table=True):
    """What the time-zone data said of a zone when its groups' plans were last computed."""

    id: int = Field(sa_column=Column(Id, primary_key=True, autoincrement=True, info={"personal": False}))
    zone: str = column(Text, personal=False)
    fingerprint: str = column(Text, personal=False)

    __table_args__ = (UniqueConstraint("zone"),)
