"""Codes that people type, in the database."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, or_, update

from bot.chat import AccountRef
from bot.ids import CodeId
from bot.study.codes import Code, Purpose
from storage import tables
from storage.rows import Rows

CODES = Rows(Code, tables.Code)

_DROP = delete(CODES.table).where(
    CODES.c.purpose == bindparam("of"), CODES.c.item == bindparam("this"), CODES.c.taken_by.is_(None)
)
_OVER = delete(CODES.table).where(CODES.c.expires_at <= bindparam("now"))
_BY = bindparam("by", type_=CODES.c.taken_by.type)
_VALID = CODES.c.expires_at > bindparam("now", type_=CODES.c.expires_at.type)
# One statement, so that of two who type it at the same moment one has it.
_FREE = or_(CODES.c.taken_by.is_(None), CODES.c.taken_by == _BY)
_TAKE = (
    update(CODES.table)
    .where(CODES.c.hash == bindparam("typed"), _VALID, CODES.c.item != bindparam("besides"), _FREE)
    .values(taken_by=_BY)
    .returning(*CODES.select.selected_columns)
)
_SPEND = (
    delete(CODES.table)
    .where(CODES.c.id == bindparam("this"), _VALID, CODES.c.taken_by == _BY)
    .returning(*CODES.select.selected_columns)
)


class SqlCodes:
    """Where codes are kept."""

    __slots__ = ("_db",)

    def __init__(self, db: Connection) -> None:
        self._db = db

    def add(self, code: Code, now: datetime) -> None:
        """Keep a code, and forget those whose time is over."""
        self._db.execute(_OVER, {"now": now})
        CODES.add(self._db, code)

    def drop(self, purpose: Purpose, item: int) -> None:
        """Forget the codes of a person or group that nobody has typed."""
        self._db.execute(_DROP, {"of": purpose, "this": item})

    def take(self, hash: str, by: AccountRef, now: datetime, besides: int) -> Code | None:
        """Let a code that is valid be one account's; return None where it is not, is another's, or of `besides`."""
        return CODES.one(self._db, _TAKE, typed=hash, by=by, now=now, besides=besides)

    def spend(self, id: CodeId, by: AccountRef, now: datetime) -> Code | None:
        """Return a code that an account has taken, and forget it: it is used once."""
        return CODES.one(self._db, _SPEND, this=id, by=by, now=now)
