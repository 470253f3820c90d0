"""The agenda, in the database."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, Executable, bindparam, delete, func, select, update

from bot.ids import GroupId
from bot.study.agenda import Due
from storage import tables
from storage.rows import Insert, Rows, done, found, scalar, upsert

AGENDA = Rows(Due, tables.Agenda)


def _set(into: Insert) -> Executable:
    """Return the statement that puts a line or changes the one that stands."""
    changed = {name: into.excluded[name] for name in ("at", "group", "attempts")}
    statement: Executable = into.inline().on_conflict_do_update(index_elements=["kind", "item"], set_=changed)
    return statement


_SET = upsert(AGENDA.table, _set)
_LINE = (AGENDA.c.kind == bindparam("kind_"), AGENDA.c.item == bindparam("item_"))
_AS_READ = (*_LINE, AGENDA.c.at == bindparam("at_"), AGENDA.c.attempts == bindparam("attempts_"))
_CLEAR = delete(AGENDA.table).where(*_LINE)
_CLEAR_GROUP = delete(AGENDA.table).where(AGENDA.c.group == bindparam("group"))
_TAKE = delete(AGENDA.table).where(*_AS_READ).returning(AGENDA.c.id)
_PUT_OFF = update(AGENDA.table).where(*_AS_READ).values(at=bindparam("until"), attempts=AGENDA.c.attempts + 1)
_DUE = AGENDA.select.where(AGENDA.c.at <= bindparam("now")).order_by(AGENDA.c.at, AGENDA.c.id).limit(bindparam("limit"))
_COMING = _DUE.where(AGENDA.c.group.is_not(None), AGENDA.c.kind.in_(bindparam("kinds", expanding=True)))
_NEXT = select(func.min(AGENDA.c.at)).where(AGENDA.c.at > bindparam("after"))
_AT = select(AGENDA.c.at).where(*_LINE)
_OF_GROUP = AGENDA.select.where(AGENDA.c.group == bindparam("group")).order_by(AGENDA.c.at, AGENDA.c.id)


def _as_read(due: Due) -> dict[str, object]:
    return {"kind_": due.kind, "item_": due.item, "at_": due.at, "attempts_": due.attempts}


class SqlAgenda:
    """Where due times are kept."""

    __slots__ = ("_db",)

    def __init__(self, db: Connection) -> None:
        self._db = db

    def set(self, kind: str, item: int, at: datetime, group: GroupId | None) -> None:
        """Let `kind` happen to `item` at `at`, instead of whatever time was set before."""
        line = {"kind": kind, "item": item, "at": at, "group": group, "attempts": 0}
        done(self._db, _SET[self._db.dialect.name], **line)

    def clear(self, kind: str, item: int) -> None:
        """Let it not happen."""
        done(self._db, _CLEAR, kind_=kind, item_=item)

    def clear_group(self, group: GroupId) -> None:
        """Let nothing more happen to a group."""
        self._db.execute(_CLEAR_GROUP, {"group": group})

    def take(self, due: Due) -> bool:
        """Remove a line if it still stands as it was read; return whether it did."""
        return bool(found(self._db, _TAKE, **_as_read(due)))

    def put_off(self, due: Due, until: datetime) -> None:
        """Try a line that failed again later."""
        done(self._db, _PUT_OFF, **_as_read(due), until=until)

    def due(self, now: datetime, limit: int) -> list[Due]:
        """Return what is due, earliest first."""
        return AGENDA.all(self._db, _DUE, now=now, limit=limit)

    def coming(self, kinds: Collection[str], until: datetime, limit: int) -> list[Due]:
        """Return what of some kinds lies ahead of groups, earliest first."""
        return AGENDA.all(self._db, _COMING, kinds=sorted(kinds), now=until, limit=limit)

    def next_at(self, after: datetime) -> datetime | None:
        """Return the earliest due time after an instant."""
        at: datetime | None = scalar(self._db, _NEXT, after=after)
        return at

    def at(self, kind: str, item: int) -> datetime | None:
        """Return when something is to happen to an item."""
        at: datetime | None = scalar(self._db, _AT, kind_=kind, item_=item)
        return at

    def of_group(self, group: GroupId) -> list[Due]:
        """Return what lies ahead of a group, earliest first."""
        return AGENDA.all(self._db, _OF_GROUP, group=group)
