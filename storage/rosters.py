"""Who is on which roster, in the database."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import (
    Connection,
    Executable,
    Text,
    bindparam,
    delete,
    exists,
    func,
    select,
    type_coerce,
    union,
    update,
)

from bot.chat import AccountRef, RosterRef
from bot.ids import GroupId
from bot.study.members import PRESENT
from bot.study.rosters import GONE, ON_IT, Entry
from storage import tables
from storage.groups import GROUPS, HOMES
from storage.members import MEMBERS, TRANSITIONS
from storage.people import ACCOUNTS
from storage.rows import Insert, Rows, upsert

ENTRIES = Rows(Entry, tables.RosterEntry)
_C = ENTRIES.c

_ROSTER = bindparam("which", type_=_C.roster.type)
_THIS = _C.roster == _ROSTER
_HAS_ONE = HOMES.c.roster.is_not(None)  # in these words, so that the partial index is used
# Every account of a member on that platform: which of them is in the space, the platform knows.
_WANTED = (
    select(ACCOUNTS.c.ref)
    .join(MEMBERS.table, MEMBERS.c.person == ACCOUNTS.c.person)
    .join(HOMES.table, HOMES.c.group == MEMBERS.c.group)
    .join(GROUPS.table, GROUPS.c.id == HOMES.c.group)
    .where(
        _HAS_ONE,
        HOMES.c.roster == _ROSTER,
        GROUPS.c.state.not_in(GONE),
        MEMBERS.c.state.in_(sorted(PRESENT)),
        MEMBERS.c.role.in_(ON_IT),
        type_coerce(ACCOUNTS.c.ref, Text).like(bindparam("accounts", type_=Text)),
    )
    .distinct()
)
_MISSING = _WANTED.where(~exists().where(_THIS, _C.account == ACCOUNTS.c.ref))


def _open(into: Insert) -> Executable:
    """Return the statement that adds who is missing."""
    missing = _MISSING.with_only_columns(_ROSTER, ACCOUNTS.c.ref, bindparam("now", type_=_C.due_at.type))
    statement: Executable = into.from_select(["roster", "account", "due_at"], missing).on_conflict_do_nothing()
    return statement


_OPEN = upsert(ENTRIES.table, _open)
_NOW = bindparam("now", type_=_C.due_at.type)
_TOO_MANY = update(ENTRIES.table).where(_THIS, _C.due_at.is_(None), _C.account.not_in(_WANTED)).values(due_at=_NOW)
_RENEW = update(ENTRIES.table).where(_THIS).values(due_at=_NOW)
_PUT_OFF = update(ENTRIES.table).where(_THIS, _C.due_at <= _NOW).values(due_at=bindparam("until"))
_WHO = (_THIS, _C.account == bindparam("who", type_=_C.account.type))
_KEEP = update(ENTRIES.table).where(*_WHO).values(due_at=bindparam("until", type_=_C.due_at.type))
_DROP = delete(ENTRIES.table).where(*_WHO)
_OURS = bindparam("ours", type_=Text)
_DUE = (
    ENTRIES.select.where(_C.due_at.is_not(None), _C.due_at <= _NOW, type_coerce(_C.roster, Text).like(_OURS))
    .order_by(_C.due_at, _C.id)
    .limit(bindparam("limit"))
)
_ALL = union(
    select(HOMES.c.roster).where(_HAS_ONE, type_coerce(HOMES.c.roster, Text).like(_OURS)),
    select(_C.roster).where(type_coerce(_C.roster, Text).like(_OURS)),
)
_CHANGED = (
    select(TRANSITIONS.c.id, HOMES.c.roster)
    .join(MEMBERS.table, MEMBERS.c.id == TRANSITIONS.c.member)
    .join(HOMES.table, HOMES.c.group == MEMBERS.c.group)
    .where(TRANSITIONS.c.id > bindparam("after"), _HAS_ONE, type_coerce(HOMES.c.roster, Text).like(_OURS))
)
_ANY = select(HOMES.c.id).where(_HAS_ONE).limit(1)
_COUNT = select(func.count()).select_from(ENTRIES.table).where(_THIS)
_GROUPS = select(HOMES.c.group).where(_HAS_ONE, HOMES.c.roster == _ROSTER).distinct().order_by(HOMES.c.group)


class SqlRosters:
    """Where it is kept who is on which roster."""

    __slots__ = ("_db",)

    def __init__(self, db: Connection) -> None:
        self._db = db

    def all(self, platform: str) -> list[RosterRef]:
        """Return the rosters of a platform that groups have, or on which somebody still is."""
        return sorted(self._db.execute(_ALL, {"ours": f"{platform}:%"}).scalars())

    def changed(self, platform: str, after: int) -> list[tuple[int, RosterRef]]:
        """Return changes of memberships with an id above that, each with the rosters of its group."""
        if self._db.execute(_ANY).first() is None:  # most installations never give a role
            return []
        found = self._db.execute(_CHANGED, {"after": after, "ours": f"{platform}:%"})
        return [(row.id, row.roster) for row in found]

    def settle(self, roster: RosterRef, now: datetime) -> None:
        """Let whoever should be on a roster and is not, or is and should not, be seen to."""
        given = _of(roster) | {"now": now}
        self._db.execute(_OPEN[self._db.dialect.name], given)
        self._db.execute(_TOO_MANY, given)

    def renew(self, roster: RosterRef, now: datetime) -> None:
        """Let everybody be seen to who is or should be on a roster."""
        self.settle(roster, now)
        self._db.execute(_RENEW, {"which": roster, "now": now})

    def due(self, platform: str, now: datetime, limit: int) -> list[Entry]:
        """Return who is to be seen to on a platform, those who have waited longest first."""
        return ENTRIES.all(self._db, _DUE, now=now, ours=f"{platform}:%", limit=limit)

    def wanted(self, roster: RosterRef, accounts: Collection[AccountRef]) -> set[AccountRef]:
        """Return which of these accounts should be on a roster now."""
        chosen = _WANTED.where(ACCOUNTS.c.ref.in_(list(accounts)))
        return set(self._db.execute(chosen, _of(roster)).scalars())

    def keep(self, entry: Entry) -> None:
        """Keep when an entry that is there is to be seen to again."""
        self._db.execute(_KEEP, {"which": entry.roster, "who": entry.account, "until": entry.due_at})

    def drop(self, entry: Entry) -> None:
        """Forget an entry: nobody is on the roster there."""
        self._db.execute(_DROP, {"which": entry.roster, "who": entry.account})

    def put_off(self, roster: RosterRef, now: datetime, until: datetime) -> None:
        """Let nobody who is due on a roster be seen to until an instant."""
        self._db.execute(_PUT_OFF, {"which": roster, "now": now, "until": until})

    def waiting(self, roster: RosterRef) -> int:
        """Return how many are to be seen to on a roster, now or later."""
        return self._db.execute(_COUNT.where(_C.due_at.is_not(None)), {"which": roster}).scalar_one()

    def on(self, roster: RosterRef) -> int:
        """Return how many are on a roster as they should be."""
        return self._db.execute(_COUNT.where(_C.due_at.is_(None)), {"which": roster}).scalar_one()

    def groups(self, roster: RosterRef) -> list[GroupId]:
        """Return the groups that have a roster."""
        return list(self._db.execute(_GROUPS, {"which": roster}).scalars())


def _of(roster: RosterRef) -> dict[str, object]:
    return {"which": roster, "accounts": f"{roster.platform}:%"}
