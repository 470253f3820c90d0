"""Tables of feedback on work, and of who was asked to give it to whom."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, Integer, Text, UniqueConstraint

from storage.columns import Instant, column, identity, points_to
from storage.tables.base import Table


class Review(Table, table=True):
    """Somebody's feedback on somebody else's work."""

    id: int = identity()
    group: int = points_to("study_group")
    activity: int = points_to("activity")
    # No key to submission: whoever gave feedback keeps it, also where the work is erased.
    submission: int = column(BigInteger, personal=False)
    version: int = column(Integer, personal=False)
    person: int = points_to("person")
    author: int = points_to("person")
    works: str = column(Text, personal=True)
    suggestion: str = column(Text, personal=True)
    given_at: datetime = column(Instant, personal=False)
    changed_at: datetime = column(Instant, personal=False)
    withdrawn_at: datetime = column(Instant, personal=False, null=True)
    helped_at: datetime = column(Instant, personal=False, null=True)

    __table_args__ = (UniqueConstraint("submission", "person"), Index(None, "group", "person"), Index(None, "activity"))


class Swap(Table, table=True):
    """Responses to an activity are swapped for feedback from some time on."""

    id: int = identity()
    group: int = points_to("study_group")
    activity: int = points_to("activity")
    at: datetime = column(Instant, personal=False)
    rounds: int = column(Integer, personal=False)

    __table_args__ = (UniqueConstraint("activity"), Index(None, "group"))


class Assignment(Table, table=True):
    """Somebody was asked for feedback on somebody else's work."""

    id: int = identity()
    group: int = points_to("study_group")
    activity: int = points_to("activity")
    submission: int = column(BigInteger, personal=False)
    person: int = points_to("person")
    round: int = column(Integer, personal=False)
    at: datetime = column(Instant, personal=False)
    released_at: datetime = column(Instant, personal=False, null=True)

    __table_args__ = (UniqueConstraint("submission", "person"), Index(None, "group", "person"), Index(None, "activity"))
