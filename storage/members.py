"""Memberships and their history, in the database."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, bindparam, case, func, select, update

from bot.ids import GroupId, MemberId, PersonId
from bot.study.members import PRESENT, Member, MemberState, Role, Transition
from storage import tables
from storage.rows import Rows

# Whoever saves a member read it before, perhaps before somebody else's like or answer was counted.
MEMBERS = Rows(Member, tables.Member, own_way=("points", "signal_at", "first_like_at"))
TRANSITIONS = Rows(Transition, tables.Transition)

_OF = (MEMBERS.c.group == bindparam("group_"), MEMBERS.c.person == bindparam("person_"))
_IN_GROUP = (
    MEMBERS.c.group == bindparam("group_"),
    MEMBERS.c.state.in_(bindparam("states", expanding=True)),
    MEMBERS.c.role.in_(bindparam("roles", expanding=True)),
)
_ONE = MEMBERS.select.where(*_OF)
_MEMBERS = (
    MEMBERS.select.where(*_IN_GROUP)
    .order_by(MEMBERS.c.applied_at, MEMBERS.c.id)
    .offset(bindparam("offset"))
    .limit(bindparam("limit"))
)
_COUNT = select(func.count()).select_from(MEMBERS.table).where(*_IN_GROUP)
_OF_PERSON = MEMBERS.select.where(
    MEMBERS.c.person == bindparam("person_"), MEMBERS.c.state.in_(bindparam("states", expanding=True))
).order_by(MEMBERS.c.applied_at.desc(), MEMBERS.c.id.desc())
_ADD_POINTS = update(MEMBERS.table).where(*_OF).values(points=MEMBERS.c.points + bindparam("gained"))
_FIRST_LIKED = (
    update(MEMBERS.table)
    .where(MEMBERS.c.id == bindparam("this"), MEMBERS.c.first_like_at.is_(None))
    .values(first_like_at=bindparam("moment"))
    .returning(MEMBERS.c.id)
)
_SIGNAL = (
    update(MEMBERS.table)
    .where(*_OF)
    .values(
        nudges=0,
        # Never backwards: an act that was read late from a platform is older than what was done since.
        signal_at=case((MEMBERS.c.signal_at > bindparam("moment"), MEMBERS.c.signal_at), else_=bindparam("moment")),
        state=case((MEMBERS.c.state == MemberState.DORMANT, MemberState.ACTIVE), else_=MEMBERS.c.state),
    )
)
_HISTORY = TRANSITIONS.select.where(TRANSITIONS.c.member == bindparam("member")).order_by(
    TRANSITIONS.c.at, TRANSITIONS.c.id
)


class SqlMembers:
    """Where memberships are kept."""

    __slots__ = ("_db",)

    def __init__(self, db: Connection) -> None:
        self._db = db

    def get(self, id: MemberId) -> Member | None:
        """Return a membership."""
        return MEMBERS.get(self._db, id)

    def of(self, group: GroupId, person: PersonId) -> Member | None:
        """Return somebody's membership of a group."""
        return MEMBERS.one(self._db, _ONE, group_=group, person_=person)

    def add(self, member: Member) -> None:
        """Keep a new membership."""
        MEMBERS.add(self._db, member)

    def save(self, member: Member) -> None:
        """Keep a changed membership; points, last signal and first like change by the methods for them alone."""
        MEMBERS.save(self._db, member)

    def in_group(
        self,
        group: GroupId,
        states: Iterable[MemberState] = PRESENT,
        roles: Iterable[Role] = tuple(Role),
        offset: int = 0,
        limit: int = 1000,
    ) -> list[Member]:
        """Return members of a group, those who came first first."""
        chosen = {"group_": group, "states": list(states), "roles": list(roles)}
        return MEMBERS.all(self._db, _MEMBERS, **chosen, offset=offset, limit=limit)

    def count(
        self, group: GroupId, states: Iterable[MemberState] = PRESENT, roles: Iterable[Role] = tuple(Role)
    ) -> int:
        """Return how many members of a group are in these states and roles."""
        chosen = {"group_": group, "states": list(states), "roles": list(roles)}
        return self._db.execute(_COUNT, chosen).scalar_one()

    def of_person(self, person: PersonId, states: Iterable[MemberState] = PRESENT) -> list[Member]:
        """Return somebody's memberships, the newest first."""
        return MEMBERS.all(self._db, _OF_PERSON, person_=person, states=list(states))

    def add_points(self, group: GroupId, person: PersonId, points: int) -> None:
        """Add to somebody's reputation in a group."""
        self._db.execute(_ADD_POINTS, {"group_": group, "person_": person, "gained": points})

    def first_liked(self, id: MemberId, at: datetime) -> bool:
        """Note that something of theirs was liked for the first time; return False where that is known."""
        return self._db.execute(_FIRST_LIKED, {"this": id, "moment": at}).first() is not None

    def signal(self, group: GroupId, person: PersonId, at: datetime) -> None:
        """Note that somebody did something: reminders start anew, and whoever was dormant is active again."""
        self._db.execute(_SIGNAL, {"group_": group, "person_": person, "moment": at})

    def record(self, transition: Transition) -> None:
        """Append a change to the history."""
        TRANSITIONS.add(self._db, transition)

    def history(self, member: MemberId) -> list[Transition]:
        """Return the changes of a membership, oldest first."""
        return TRANSITIONS.all(self._db, _HISTORY, member=member)
