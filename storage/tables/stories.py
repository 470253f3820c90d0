"""The table of what people say of what they made."""

from __future__ import annotations

from sqlalchemy import BigInteger, Text, UniqueConstraint

from storage.columns import column, identity, points_to
from storage.tables.base import Table


class Story(Table, table=True):
    """What somebody says of one thing of theirs."""

    id: int = identity()
    person: int = points_to("person")
    item_kind: str = column(Text, personal=False)
    item: int = column(BigInteger, personal=False)
    text: str = column(Text, personal=True)

    __table_args__ = (UniqueConstraint("person", "item_kind", "item"),)
