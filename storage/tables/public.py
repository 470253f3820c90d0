"""Tables of what people publish."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, Index, Integer, Text, UniqueConstraint

from bot.study.publishing import Kind
from storage.columns import Instant, Word, column, identity, points_to
from storage.tables.base import Table, only_where


class Publication(Table, table=True):
    """An address of a portfolio or of a group's page."""

    id: int = identity()
    person: int = points_to("person")
    slug: str = column(Text, personal=True)
    at: datetime = column(Instant, personal=False)
    group: int = points_to("study_group", null=True)
    listed: bool = column(Boolean, personal=False)
    withdrawn_at: datetime = column(Instant, personal=False, null=True)
    preview_until: datetime = column(Instant, personal=False, null=True)
    join_link: str = column(Text, personal=False, null=True)

    __table_args__ = (
        UniqueConstraint("slug"),
        UniqueConstraint("group"),
        Index(None, "person"),
        Index("ix_publication_open", "at", **only_where("withdrawn_at IS NULL AND preview_until IS NULL")),
    )


class Showing(Table, table=True):
    """What somebody decided to show, to hide or to put first."""

    id: int = identity()
    person: int = points_to("person")
    item_kind: Kind = column(Word(Kind), personal=False)
    item: int = column(BigInteger, personal=False)
    shown: bool = column(Boolean, personal=False, null=True)
    place: int = column(Integer, personal=False, null=True)

    __table_args__ = (UniqueConstraint("person", "item_kind", "item"), Index(None, "item_kind", "item"))
