"""Tables of what a group works through."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, Index, Integer, Text, UniqueConstraint

from bot.cards import Block
from bot.ids import ActivityId
from bot.study.outline import ActivityKind, Material
from bot.study.weeks import Needs, WeekState
from storage.columns import Document, Instant, WallTime, Word, column, identity, points_to
from storage.tables.base import Table


class Week(Table, table=True):
    """One week of a group."""

    id: int = identity()
    group: int = points_to("study_group")
    ordinal: int = column(Integer, personal=False)
    title: str = column(Text, personal=False)
    opens: datetime = column(WallTime, personal=False)
    opens_at: datetime = column(Instant, personal=False)
    text: Any = column(Document(tuple[Block, ...]), personal=False)
    materials: Any = column(Document(tuple[Material, ...]), personal=False)
    state: WeekState = column(Word(WeekState), personal=False)
    note: str = column(Text, personal=False)
    posted_at: datetime = column(Instant, personal=False, null=True)
    posted_by: int = column(BigInteger, personal=False, null=True)
    revision: int = column(Integer, personal=False)

    __table_args__ = (UniqueConstraint("group", "ordinal"),)


class Activity(Table, table=True):
    """Something to do in a week."""

    id: int = identity()
    group: int = points_to("study_group")
    week: int = points_to("week")
    ordinal: int = column(Integer, personal=False)
    kind: ActivityKind = column(Word(ActivityKind), personal=False)
    title: str = column(Text, personal=False)
    text: Any = column(Document(tuple[Block, ...]), personal=False)
    required: bool = column(Boolean, personal=False)
    minutes: int = column(Integer, personal=False, null=True)
    retired: bool = column(Boolean, personal=False)
    reviews: int = column(Integer, personal=False)
    check: bool = column(Boolean, personal=False)

    __table_args__ = (Index(None, "group"),)


class SyllabusVersion(Table, table=True):
    """What was required from some time on."""

    id: int = identity()
    group: int = points_to("study_group")
    number: int = column(Integer, personal=False)
    at: datetime = column(Instant, personal=False)
    actor: int = column(BigInteger, personal=False)
    required: Any = column(Document(tuple[ActivityId, ...]), personal=False)
    needs: Any = column(Document(tuple[Needs, ...]), personal=False)

    __table_args__ = (UniqueConstraint("group", "number"),)
