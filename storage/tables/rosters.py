"""The table of who is on a roster of a space because of a group."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, Index, UniqueConstraint
from sqlmodel import Field

from bot.chat import AccountRef, RosterRef
from storage.columns import Id, Instant, Reference, column
from storage.tables.base import Table, only_where


class RosterEntry(Table, table=True):
    """An account on a roster. The database numbers these lines, as nothing points at them."""

    id: int = Field(sa_column=Column(Id, primary_key=True, autoincrement=True, info={"personal": False}))
    roster: RosterRef = column(Reference(RosterRef), personal=False)
    account: AccountRef = column(Reference(AccountRef), personal=True)
    due_at: datetime = column(Instant, personal=False, null=True)

    __table_args__ = (
        UniqueConstraint("roster", "account"),
        Index("ix_roster_entry_due_at", "due_at", **only_where("due_at IS NOT NULL")),
    )
