"""What is read again for reactions, in the database."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Executable, Select, bindparam, case, delete, select, tuple_, update

from bot.chat import ChannelRef, MessageRef
from bot.study.readings import DAILY, LEASE, WIDE, Likeable, Marked, PlaceRef, Reading, Step
from storage import tables
from storage.rows import Insert, Rows, found, scalar, upsert

READINGS = Rows(Reading, tables.Reading)
LIKEABLE = Rows(Likeable, tables.Likeable)
_R = READINGS.c
_L = LIKEABLE.c


def _expect(into: Insert) -> Executable:
    """Return the statement that lets a place be read at `next_at`, or sooner where that was so already."""
    new = into.excluded
    changed = {
        "newest_at": case((_R.newest_at < new.newest_at, new.newest_at), else_=_R.newest_at),
        "next_at": case((_R.next_at < new.next_at, _R.next_at), else_=new.next_at),
        "step": new.step,
        "reached": None,
        "fence": _R.fence + 1,
    }
    statement: Executable = (
        into.inline().on_conflict_do_update(index_elements=["place"], set_=changed).returning(_R.gap)
    )
    return statement


_EXPECT = upsert(READINGS.table, _expect)
_FORGET = delete(LIKEABLE.table).where(_L.ref == bindparam("this"))
_HEARD = update(LIKEABLE.table).where(_L.ref == bindparam("this")).values(events=_L.events + 1)
_GET = LIKEABLE.select.where(_L.ref == bindparam("this"))
_LOCK = _GET.with_for_update()
_NOW = bindparam("now", type_=_R.next_at.type)


def _markable(*only: ColumnElement[bool]) -> Select[Any]:
    """Return the statement that finds the next places to be marked."""
    return (
        select(_R.newest_at, _R.id)
        .where(
            _R.platform == bindparam("on"),
            tuple_(_R.newest_at, _R.id)
            > tuple_(bindparam("after_at", type_=_R.newest_at.type), bindparam("after_id", type_=_R.id.type)),
            *only,
        )
        .order_by(_R.newest_at, _R.id)
        .limit(bindparam("limit"))
    )


_MARKABLE = _markable()
_MARKABLE_OF_SPACE = _markable(_R.space == bindparam("within"))
_MARK = (
    update(READINGS.table)
    .where(_R.id.in_(bindparam("ids", expanding=True)))
    .values(
        next_at=case((_R.next_at < _NOW, _R.next_at), else_=_NOW),
        wide_at=_NOW,
        step=Step.RECENT,
        reached=None,
        gap=_R.gap + 1,
        fence=_R.fence + 1,
    )
)
# On PostgreSQL what another process is claiming is passed over; SQLite has one writer and leaves this out.
_DUE = (
    select(_R.id)
    .where(_R.platform == bindparam("on"), _R.next_at <= _NOW)
    .order_by(_R.next_at)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_CLAIM = (
    update(READINGS.table)
    .where(_R.id.in_(bindparam("ids", expanding=True)))
    .values(next_at=bindparam("until"), fence=_R.fence + 1)
    .returning(*READINGS.select.selected_columns)
)
_HELD = (_R.place == bindparam("this"), _R.fence == bindparam("held"))
_FINISHED = ("next_at", "wide_at", "step", "reached", "crawled")
_FINISH = (
    update(READINGS.table).where(*_HELD).values({name: bindparam(f"new_{name}") for name in _FINISHED}).returning(_R.id)
)
_DROP = delete(READINGS.table).where(*_HELD)
_OF_PLACE = READINGS.select.where(_R.place == bindparam("this"))
_MESSAGES = LIKEABLE.select.where(_L.place == bindparam("this")).order_by(_L.id.desc()).limit(bindparam("limit"))
_MESSAGES_BELOW = _MESSAGES.where(_L.id < bindparam("below"))
_AT = select(_L.ref).where(_L.id == bindparam("this"))


class SqlReadings:
    """Where it is kept which messages can be liked and when their places are read."""

    __slots__ = ("_db",)

    def __init__(self, db: Connection) -> None:
        self._db = db

    def watch(self, message: Likeable, first_look: datetime) -> None:
        """Read a new message with its place from now on, for the first time at `first_look`; known ones stay."""
        place = message.place
        channel = place if isinstance(place, ChannelRef) else place.channel
        wide_at = message.at + DAILY
        line = Reading(place, channel.platform, str(channel.where), message.at, first_look, wide_at)
        gap = scalar(self._db, _EXPECT[self._db.dialect.name], **READINGS.values(line))
        LIKEABLE.add_new(self._db, replace(message, gap=gap))  # nothing was known of it that a gap could make doubtful

    def forget(self, message: MessageRef) -> None:
        """Read a message no more."""
        self._db.execute(_FORGET, {"this": message})

    def heard(self, message: MessageRef) -> bool:
        """Note that an event told of a message's reactions; return False where it is not read."""
        return self._db.execute(_HEARD, {"this": message}).rowcount > 0

    def get(self, message: MessageRef, *, lock: bool = False) -> Likeable | None:
        """Return what is known of a message; locked, nothing is heard of it until this unit of work ends."""
        return LIKEABLE.one(self._db, _LOCK if lock else _GET, this=message)

    def keep(self, message: Likeable) -> None:
        """Keep what was read of a locked message."""
        LIKEABLE.save(self._db, message)

    def mark(self, platform: str, space: str | None, now: datetime, after: Marked | None, limit: int) -> Marked | None:
        """Let places with messages of the last weeks be read now, since events there may have been lost.

        Up to `limit` are marked, those after `after`; return where to go on, or None when all are marked.
        """
        begin = after or Marked(now - WIDE, 0)
        given = {"on": platform, "after_at": begin.newest_at, "after_id": begin.id, "limit": limit}
        if space is None:
            found = self._db.execute(_MARKABLE, given).all()
        else:
            found = self._db.execute(_MARKABLE_OF_SPACE, given | {"within": space}).all()
        if found:
            self._db.execute(_MARK, {"ids": [row.id for row in found], "now": now})
        return Marked(*found[-1]) if len(found) == limit else None

    def claim(self, platform: str, now: datetime, limit: int) -> list[Reading]:
        """Return places that are to be read now, which nobody else reads before LEASE is over."""
        ids = self._db.execute(_DUE, {"on": platform, "now": now, "limit": limit}).scalars().all()
        return READINGS.all(self._db, _CLAIM, ids=ids, until=now + LEASE) if ids else []

    def finish(self, reading: Reading) -> bool:
        """Keep how far a claimed place is; return False, changing nothing, where it was claimed or wished for since."""
        stands = {f"new_{name}": getattr(reading, name) for name in _FINISHED}
        held = {"this": reading.place, "held": reading.fence}
        return bool(found(self._db, _FINISH, **stands, **held))

    def drop(self, reading: Reading) -> None:
        """Read a claimed place no more unless something was wished for since."""
        self._db.execute(_DROP, {"this": reading.place, "held": reading.fence})

    def of_place(self, place: PlaceRef) -> Reading | None:
        """Return how far the reading of a place is."""
        return READINGS.one(self._db, _OF_PLACE, this=place)

    def messages(self, place: PlaceRef, below: int | None, limit: int) -> list[Likeable]:
        """Return messages of a place, the newest first, from before one."""
        if below is None:
            return LIKEABLE.all(self._db, _MESSAGES, this=place, limit=limit)
        return LIKEABLE.all(self._db, _MESSAGES_BELOW, this=place, limit=limit, below=below)

    def at(self, id: int) -> MessageRef | None:
        """Return the message of an id."""
        ref: MessageRef | None = scalar(self._db, _AT, this=id)
        return ref
