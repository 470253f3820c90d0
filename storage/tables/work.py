"""Tables of what people hand in and keep."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, Index, Integer, Text, UniqueConstraint

from bot.study.notes import Featuring, NoteKind
from storage.columns import Instant, Word, column, identity, points_to
from storage.tables.base import Table


class Submission(Table, table=True):
    """Somebody's work for an activity."""

    id: int = identity()
    group: int = points_to("study_group")
    activity: int = points_to("activity")
    person: int = points_to("person")
    link: str = column(Text, personal=True, null=True)
    note: str = column(Text, personal=True)
    version: int = column(Integer, personal=False)
    submitted_at: datetime = column(Instant, personal=False)
    changed_at: datetime = column(Instant, personal=False)
    withdrawn_at: datetime = column(Instant, personal=False, null=True)
    checked_at: datetime = column(Instant, personal=False, null=True)
    checked_by: int = column(BigInteger, personal=False, null=True)

    __table_args__ = (UniqueConstraint("activity", "person"), Index(None, "group", "person"))


class SubmissionVersion(Table, table=True):
    """Work as it was handed in once."""

    id: int = identity()
    submission: int = points_to("submission")
    number: int = column(Integer, personal=False)
    link: str = column(Text, personal=True, null=True)
    note: str = column(Text, personal=True)
    at: datetime = column(Instant, personal=False)

    __table_args__ = (UniqueConstraint("submission", "number"),)


class Note(Table, table=True):
    """What somebody wrote down or saved."""

    id: int = identity()
    group: int = points_to("study_group")
    person: int = points_to("person")
    link: str = column(Text, personal=True, null=True)
    text: str = column(Text, personal=True)
    at: datetime = column(Instant, personal=False)
    week: int = points_to("week", null=True)
    shared: bool = column(Boolean, personal=False)
    deleted_at: datetime = column(Instant, personal=False, null=True)
    kind: NoteKind = column(Word(NoteKind), personal=False)
    featuring: Featuring = column(Word(Featuring), personal=False)

    __table_args__ = (Index(None, "group", "person"), Index(None, "group", "at"))


class Record(Table, table=True):
    """What somebody did in a group that has ended."""

    id: int = identity()
    group: int = points_to("study_group")
    person: int = points_to("person")
    finished: bool = column(Boolean, personal=True)
    done: int = column(Integer, personal=True)
    required: int = column(Integer, personal=False)
    helped: int = column(Integer, personal=True)
    criteria: str = column(Text, personal=False)
    at: datetime = column(Instant, personal=False)
    award: bool = column(Boolean, personal=True, null=True)
    decided_by: int = column(BigInteger, personal=False, null=True)
    decided_at: datetime = column(Instant, personal=False, null=True)

    __table_args__ = (UniqueConstraint("group", "person"),)
