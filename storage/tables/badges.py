"""The table of badges."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, Text, UniqueConstraint

from storage.columns import Instant, column, identity, points_to
from storage.tables.base import Table, only_where


class Badge(Table, table=True):
    """A badge that somebody was given; `number` is its place in the lists that say which were revoked."""

    id: int = identity()
    group: int = points_to("study_group")
    person: int = points_to("person")
    name: str = column(Text, personal=True)
    number: int = column(BigInteger, personal=False)
    at: datetime = column(Instant, personal=False)
    revoked_at: datetime = column(Instant, personal=False, null=True)

    __table_args__ = (
        UniqueConstraint("number"),
        Index(None, "person", "group"),
        Index("ix_badge_revoked", "number", **only_where("revoked_at IS NOT NULL")),
    )
