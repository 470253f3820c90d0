"""Memberships and their history, in the database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection, bindparam, case, exists, func, literal_column, select, update

from bot.ids import ActivityId, GroupId, MemberId, PersonId
from bot.study.members import PRESENT, Member, MemberState, Role, Transition
from storage import tables
from storage.rows import Rows, done, found, scalar, table_of

# Whoever saves a member read it before, perhaps before somebody else's like or answer was counted.
MEMBERS = Rows(
    Member,
    tables.Member,
    own_way=("eighths", "signal_at", "first_like_at", "nudges", "nudged_at", "offered_until"),
)
TRANSITIONS = Rows(Transition, tables.Transition)
SUBMISSION = table_of(tables.Submission)
PERSON = table_of(tables.Person)

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
_PRESENT = (MEMBERS.c.group == bindparam("group_"), MEMBERS.c.state.in_(bindparam("states", expanding=True)))
_FEW = select(func.count()).select_from(select(MEMBERS.c.id).where(*_PRESENT).limit(bindparam("limit")).subquery())
# The roles stand in the statement itself: the partial index is used only where it can be seen to cover it.
_LEADING = MEMBERS.select.where(
    *_PRESENT, MEMBERS.c.role.in_([literal_column("'owner'"), literal_column("'facilitator'")])
).order_by(MEMBERS.c.applied_at, MEMBERS.c.id)
_OF_PERSON = MEMBERS.select.where(
    MEMBERS.c.person == bindparam("person_"), MEMBERS.c.state.in_(bindparam("states", expanding=True))
).order_by(MEMBERS.c.applied_at.desc(), MEMBERS.c.id.desc())
# Whoever was forgotten has no name and no reputation, whatever others take back of what they once gave.
_KNOWN = exists().where(PERSON.c.id == MEMBERS.c.person, PERSON.c.name != "")
_ADD_EIGHTHS = update(MEMBERS.table).where(*_OF, _KNOWN).values(eighths=MEMBERS.c.eighths + bindparam("gained"))
_SET_EIGHTHS = update(MEMBERS.table).where(*_OF, _KNOWN).values(eighths=bindparam("reached"))
# In one order for everybody, so that two who like each other at the same moment wait instead of crossing.
_LOCK = (
    select(MEMBERS.c.id)
    .where(MEMBERS.c.group == bindparam("group_"), MEMBERS.c.person.in_(bindparam("people", expanding=True)))
    .order_by(MEMBERS.c.id)
    .with_for_update(key_share=True)
)
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
        offered_until=None,
        # Never backwards: an act that was read late from a platform is older than what was done since.
        signal_at=case((MEMBERS.c.signal_at > bindparam("moment"), MEMBERS.c.signal_at), else_=bindparam("moment")),
    )
    .returning(MEMBERS.c.id, MEMBERS.c.state)
)
_BECOMES = (
    update(MEMBERS.table)
    .where(MEMBERS.c.id == bindparam("this"), MEMBERS.c.state == bindparam("was"))
    .values(state=bindparam("becomes"))
    .returning(*MEMBERS.select.selected_columns)
)
_OFFERED = update(MEMBERS.table).where(MEMBERS.c.id == bindparam("this")).values(offered_until=bindparam("until"))
_STEPPED = (
    update(MEMBERS.table)
    .where(MEMBERS.c.id == bindparam("this"))
    .values(
        # Two who take a step at the same moment, say a person and the bot, take one.
        nudges=case((MEMBERS.c.nudges + 1 == bindparam("step"), MEMBERS.c.nudges + 1), else_=MEMBERS.c.nudges),
        nudged_at=func.coalesce(bindparam("moment", type_=MEMBERS.c.nudged_at.type), MEMBERS.c.nudged_at),
        offered_until=None,
    )
    .returning(*MEMBERS.select.selected_columns)
)
_START_OVER = update(MEMBERS.table).where(MEMBERS.c.id == bindparam("this")).values(nudges=0, offered_until=None)
_DID_IT = exists().where(
    SUBMISSION.c.activity == bindparam("activity"),
    SUBMISSION.c.person == MEMBERS.c.person,
    SUBMISSION.c.withdrawn_at.is_(None),
)
# The index holds the few who offered help, in this order, so the walk along it ends at the first who did the activity.
_ABLE = (
    MEMBERS.select.where(
        MEMBERS.c.group == bindparam("group_"),
        MEMBERS.c.offer != literal_column("''"),
        MEMBERS.c.signal_at.is_not(None),
        MEMBERS.c.person != bindparam("besides"),
        MEMBERS.c.role != Role.OBSERVER,
        MEMBERS.c.state.in_([MemberState.ACTIVE, MemberState.FINISHED]),
        _DID_IT,
    )
    .order_by(MEMBERS.c.signal_at.desc(), MEMBERS.c.id.desc())
    .limit(bindparam("limit"))
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
        """Keep a changed membership; reputation, signal, first like and reminders change by methods of their own."""
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
        return int(scalar(self._db, _COUNT, **chosen))

    def are_few(self, group: GroupId, at_most: int) -> bool:
        """Return whether no more than so many belong to a group, looking at no more of them than that."""
        chosen = {"group_": group, "states": list(PRESENT), "limit": at_most + 1}
        return bool(scalar(self._db, _FEW, **chosen) <= at_most)

    def leading(self, group: GroupId) -> list[Member]:
        """Return those who lead a group, those who came first first, looking at nobody else."""
        return MEMBERS.all(self._db, _LEADING, group_=group, states=list(PRESENT))

    def of_person(self, person: PersonId, states: Iterable[MemberState] = PRESENT) -> list[Member]:
        """Return somebody's memberships, the newest first."""
        return MEMBERS.all(self._db, _OF_PERSON, person_=person, states=list(states))

    def add_eighths(self, group: GroupId, person: PersonId, eighths: int) -> None:
        """Add eighths of a point to somebody's reputation in a group."""
        done(self._db, _ADD_EIGHTHS, group_=group, person_=person, gained=eighths)

    def set_eighths(self, group: GroupId, reputations: Mapping[PersonId, int]) -> None:
        """Keep the reputation of people in a group, in eighths of a point."""
        if reputations:
            reached = [{"group_": group, "person_": who, "reached": eighths} for who, eighths in reputations.items()]
            self._db.execute(_SET_EIGHTHS, reached)

    def lock(self, group: GroupId, people: Iterable[PersonId]) -> None:
        """Let no other unit of work change these people's reputation in a group until this one ends."""
        if self._db.dialect.name != "sqlite":  # which has one writer at a time
            self._db.execute(_LOCK, {"group_": group, "people": list(set(people))}).all()

    def first_liked(self, id: MemberId, at: datetime) -> bool:
        """Note that something of theirs was liked for the first time; return False where that is known."""
        return bool(found(self._db, _FIRST_LIKED, this=id, moment=at))

    def signal(self, group: GroupId, person: PersonId, at: datetime) -> Member | None:
        """Note that somebody did something, so that reminders start anew; return whoever was dormant, active again."""
        row = next(iter(found(self._db, _SIGNAL, group_=group, person_=person, moment=at)), None)
        if row is None or row[1] is not MemberState.DORMANT:
            return None
        return MEMBERS.one(self._db, _BECOMES, this=row[0], was=MemberState.DORMANT, becomes=MemberState.ACTIVE)

    def offered(self, id: MemberId, until: datetime) -> None:
        """Note until when those who lead can write to somebody before the bot does."""
        done(self._db, _OFFERED, this=id, until=until)

    def stepped(self, id: MemberId, step: int, reminded_at: datetime | None) -> Member | None:
        """Note a step of the ladder, once, and when the bot reminded somebody if it did; return the membership now."""
        return MEMBERS.one(self._db, _STEPPED, this=id, step=step, moment=reminded_at)

    def fell_silent(self, id: MemberId) -> bool:
        """Let an active member be dormant; return False where they are something else by now."""
        changed = {"this": id, "was": MemberState.ACTIVE, "becomes": MemberState.DORMANT}
        return bool(found(self._db, _BECOMES, **changed))

    def start_over(self, id: MemberId) -> None:
        """Let the ladder begin anew."""
        self._db.execute(_START_OVER, {"this": id})

    def able(self, group: GroupId, activity: ActivityId, besides: PersonId, limit: int) -> list[Member]:
        """Return who finished an activity and offered to help, the last seen first."""
        wanted = {"group_": group, "activity": activity, "besides": besides}
        return MEMBERS.all(self._db, _ABLE, **wanted, limit=limit)

    def record(self, transition: Transition) -> None:
        """Append a change to the history."""
        TRANSITIONS.add(self._db, transition)

    def history(self, member: MemberId) -> list[Transition]:
        """Return the changes of a membership, oldest first."""
        return TRANSITIONS.all(self._db, _HISTORY, member=member)
