"""The tables of what an edge of the program has to know again after a restart."""

from __future__ import annotations

from sqlalchemy import Column, Text, UniqueConstraint
from sqlmodel import Field

from storage.columns import Id, column
from storage.tables.base import Table


class Memo(Table, table=True):
    """A word under a name."""

    id: int = Field(sa_column=Column(Id, primary_key=True, autoincrement=True, info={"personal": False}))
    name: str = column(Text, personal=False)
    word: str = column(Text, personal=False)

    __table_args__ = (UniqueConstraint("name"),)


class Keepsake(Table, table=True):
    """A document under a name."""

    id: int = Field(sa_column=Column(Id, primary_key=True, autoincrement=True, info={"personal": False}))
    name: str = column(Text, personal=True)
    document: str = column(Text, personal=True)

    __table_args__ = (UniqueConstraint("name"),)
