"""Tables of accounts that are one person, and of the codes that join them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, Column, Index, Text, UniqueConstraint
from sqlmodel import Field

from bot.chat import AccountRef
from bot.study.codes import Purpose
from bot.study.members import MemberState, Role
from storage.columns import Id, Instant, Reference, Word, column, identity, points_to
from storage.tables.base import Table


class Code(Table, table=True):
    """A code that somebody was shown, as its hash."""

    id: int = identity()
    purpose: Purpose = column(Word(Purpose), personal=False)
    hash: str = column(Text, personal=False)
    item: int = column(BigInteger, personal=False)
    expires_at: datetime = column(Instant, personal=False)
    account: AccountRef = column(Reference(AccountRef), personal=True, null=True)
    taken_by: AccountRef = column(Reference(AccountRef), personal=True, null=True)

    __table_args__ = (UniqueConstraint("hash"), Index(None, "item"), Index(None, "expires_at"))


class Moved(Table, table=True):
    """A row of somebody's that was made through another account of theirs; `name` is its table and column.

    The database numbers these lines, as nothing points at them.
    """

    id: int = Field(sa_column=Column(Id, primary_key=True, autoincrement=True, info={"personal": False}))
    name: str = column(Text, personal=False)
    row: int = column(BigInteger, personal=False)
    own: int = points_to("person")

    __table_args__ = (UniqueConstraint("name", "row"), Index(None, "own"))


class SetAside(Table, table=True):
    """A membership that rests while its person is one with another who belongs to the group too."""

    id: int = identity()
    own: int = points_to("person")
    member: int = points_to("member")
    kept: int = points_to("member")
    state: MemberState = column(Word(MemberState), personal=False)
    was_role: Role = column(Word(Role), personal=False)
    was_state: MemberState = column(Word(MemberState), personal=False)
    was_learning: bool = column(Boolean, personal=False)
    became_role: Role = column(Word(Role), personal=False)
    became_state: MemberState = column(Word(MemberState), personal=False)
    became_learning: bool = column(Boolean, personal=False)

    __table_args__ = (Index(None, "own"),)
