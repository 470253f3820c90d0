"""Submissions and their versions, in the database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, select

from bot.ids import ActivityId, GroupId, PersonId, SubmissionId
from bot.study.submissions import EVER, Submission, SubmissionVersion
from storage import tables
from storage.rows import Rows, found, pairs, scalar

SUBMISSIONS = Rows(Submission, tables.Submission)
VERSIONS = Rows(SubmissionVersion, tables.SubmissionVersion)

_STANDS = SUBMISSIONS.c.withdrawn_at.is_(None)
_OF_ACTIVITY = SUBMISSIONS.c.activity == bindparam("activity")
_OF_GROUP = SUBMISSIONS.c.group == bindparam("group")
_IN_ORDER = (SUBMISSIONS.c.submitted_at, SUBMISSIONS.c.id)
_BY_THEN = SUBMISSIONS.c.submitted_at <= bindparam("until")

_OF = SUBMISSIONS.select.where(_OF_ACTIVITY, SUBMISSIONS.c.person == bindparam("person"))
_FOR_ACTIVITY = (
    SUBMISSIONS.select.where(_OF_ACTIVITY, _STANDS)
    .order_by(*_IN_ORDER)
    .offset(bindparam("offset"))
    .limit(bindparam("limit"))
)
_COUNT = select(func.count()).select_from(SUBMISSIONS.table).where(_OF_ACTIVITY, _STANDS)
_COUNTS = (
    select(SUBMISSIONS.c.activity, func.count()).where(_OF_GROUP, _STANDS, _BY_THEN).group_by(SUBMISSIONS.c.activity)
)
_BY_PERSON = SUBMISSIONS.select.where(_OF_GROUP, SUBMISSIONS.c.person == bindparam("person"), _STANDS).order_by(
    *_IN_ORDER
)
_DONE_BY = select(SUBMISSIONS.c.person, SUBMISSIONS.c.activity).where(
    _OF_GROUP, SUBMISSIONS.c.person.in_(bindparam("people", expanding=True)), _STANDS, _BY_THEN
)
_CHECKED_OF = _DONE_BY.where(SUBMISSIONS.c.checked_at.is_not(None))
_UNCHECKED = (
    SUBMISSIONS.c.activity.in_(bindparam("activities", expanding=True)),
    _STANDS,
    SUBMISSIONS.c.checked_at.is_(None),
)
_TO_CHECK = (
    SUBMISSIONS.select.where(*_UNCHECKED).order_by(*_IN_ORDER).offset(bindparam("offset")).limit(bindparam("limit"))
)
_TO_CHECK_COUNT = select(func.count()).select_from(SUBMISSIONS.table).where(*_UNCHECKED)
_VERSIONS = VERSIONS.select.where(VERSIONS.c.submission == bindparam("submission")).order_by(VERSIONS.c.number)


class SqlSubmissions:
    """Where submissions are kept."""

    __slots__ = ("_db",)

    def __init__(self, db: Connection) -> None:
        self._db = db

    def get(self, id: SubmissionId) -> Submission | None:
        """Return a submission."""
        return SUBMISSIONS.get(self._db, id)

    def lock(self, id: SubmissionId) -> Submission | None:
        """Return a submission and let no other unit of work decide about it until this one ends."""
        return SUBMISSIONS.lock(self._db, id)

    def of(self, activity: ActivityId, person: PersonId) -> Submission | None:
        """Return somebody's work for an activity, also if withdrawn."""
        return SUBMISSIONS.one(self._db, _OF, activity=activity, person=person)

    def add(self, submission: Submission) -> None:
        """Keep new work."""
        SUBMISSIONS.add(self._db, submission)

    def save(self, submission: Submission) -> None:
        """Keep changed work."""
        SUBMISSIONS.save(self._db, submission)

    def add_version(self, version: SubmissionVersion) -> None:
        """Keep what was handed in."""
        VERSIONS.add(self._db, version)

    def versions(self, id: SubmissionId) -> list[SubmissionVersion]:
        """Return all versions of a submission, oldest first."""
        return VERSIONS.all(self._db, _VERSIONS, submission=id)

    def for_activity(self, activity: ActivityId, offset: int = 0, limit: int = 1000) -> list[Submission]:
        """Return everyone's work for an activity, first handed in first; withdrawn work is left out."""
        return SUBMISSIONS.all(self._db, _FOR_ACTIVITY, activity=activity, offset=offset, limit=limit)

    def count(self, activity: ActivityId) -> int:
        """Return how many people have handed in work for an activity."""
        return int(scalar(self._db, _COUNT, activity=activity))

    def counts(self, group: GroupId, until: datetime = EVER) -> dict[ActivityId, int]:
        """Return how many people have handed in work by then, by activity."""
        return pairs(self._db, _COUNTS, group=group, until=until)

    def by_person(self, group: GroupId, person: PersonId) -> list[Submission]:
        """Return somebody's work in a group, oldest first; withdrawn work is left out."""
        return SUBMISSIONS.all(self._db, _BY_PERSON, group=group, person=person)

    def done_by(
        self, group: GroupId, people: Iterable[PersonId], until: datetime = EVER
    ) -> dict[PersonId, frozenset[ActivityId]]:
        """Return which activities people have handed in work for by then."""
        every = list(people)
        return dict.fromkeys(every, frozenset[ActivityId]()) | self._by_person(_DONE_BY, group, every, until)

    def checked_of(self, group: GroupId, people: Iterable[PersonId]) -> dict[PersonId, frozenset[ActivityId]]:
        """Return for which activities people's work was checked; whoever has none is left out."""
        return self._by_person(_CHECKED_OF, group, list(people), EVER)

    def _by_person(
        self, statement: Select[Any], group: GroupId, people: Sequence[PersonId], until: datetime
    ) -> dict[PersonId, frozenset[ActivityId]]:
        theirs: dict[PersonId, set[ActivityId]] = {}
        if people:
            for person, activity in found(self._db, statement, group=group, people=people, until=until):
                theirs.setdefault(person, set()).add(activity)
        return {person: frozenset(activities) for person, activities in theirs.items()}

    def unchecked(self, activities: Iterable[ActivityId], offset: int = 0, limit: int = 1000) -> list[Submission]:
        """Return the work for activities that nobody has checked, what has waited longest first."""
        wanted = list(activities)
        return SUBMISSIONS.all(self._db, _TO_CHECK, activities=wanted, offset=offset, limit=limit) if wanted else []

    def unchecked_count(self, activities: Iterable[ActivityId]) -> int:
        """Return how much work `unchecked` has."""
        wanted = list(activities)
        return int(scalar(self._db, _TO_CHECK_COUNT, activities=wanted)) if wanted else 0
