"""Reviews, in the database."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, exists, func, select

from bot.ids import ActivityId, GroupId, PersonId, ReviewId, SubmissionId
from bot.study.reviews import Review
from bot.study.submissions import Submission
from storage import tables
from storage.rows import Rows, found, pairs, scalar
from storage.submissions import SUBMISSIONS

REVIEWS = Rows(Review, tables.Review)

_STANDS = REVIEWS.c.withdrawn_at.is_(None)
_OF = REVIEWS.select.where(REVIEWS.c.submission == bindparam("submission"), REVIEWS.c.person == bindparam("person"))
_ON = REVIEWS.select.where(REVIEWS.c.submission == bindparam("submission"), _STANDS).order_by(
    REVIEWS.c.given_at, REVIEWS.c.id
)
_COUNTS = (
    select(REVIEWS.c.submission, func.count())
    .where(REVIEWS.c.submission.in_(bindparam("submissions", expanding=True)), _STANDS)
    .group_by(REVIEWS.c.submission)
)
_BY_PERSON = REVIEWS.select.where(
    REVIEWS.c.group == bindparam("group"), REVIEWS.c.person == bindparam("person"), _STANDS
).order_by(REVIEWS.c.given_at, REVIEWS.c.id)
_GIVEN_BY = (
    select(REVIEWS.c.person, REVIEWS.c.activity, func.count(), func.count(SUBMISSIONS.c.id))
    .outerjoin(SUBMISSIONS.table, and_(SUBMISSIONS.c.id == REVIEWS.c.submission, SUBMISSIONS.c.withdrawn_at.is_(None)))
    .where(
        REVIEWS.c.group == bindparam("group"),
        REVIEWS.c.person.in_(bindparam("people", expanding=True)),
        REVIEWS.c.person != REVIEWS.c.author,  # who linked two accounts may have given it to themselves
        _STANDS,
    )
    .group_by(REVIEWS.c.person, REVIEWS.c.activity)
)
_IN_GROUP = REVIEWS.select.where(REVIEWS.c.group == bindparam("group"), _STANDS).order_by(
    REVIEWS.c.given_at, REVIEWS.c.id
)
_PAIRS = select(REVIEWS.c.person, REVIEWS.c.submission).where(REVIEWS.c.activity == bindparam("activity"), _STANDS)
_ON_IT = (REVIEWS.c.submission == SUBMISSIONS.c.id, _STANDS)
_NUMBER = select(func.count()).select_from(REVIEWS.table).where(*_ON_IT).correlate(SUBMISSIONS.table).scalar_subquery()
_WAITS = (
    SUBMISSIONS.c.group == bindparam("group"),
    SUBMISSIONS.c.activity.in_(bindparam("activities", expanding=True)),
    SUBMISSIONS.c.withdrawn_at.is_(None),
    SUBMISSIONS.c.person != bindparam("person"),
    ~exists().where(*_ON_IT, REVIEWS.c.person == bindparam("person")),
)
_WAITING = (
    SUBMISSIONS.select.add_columns(_NUMBER.label("reviews"))
    .where(*_WAITS)
    .order_by("reviews", SUBMISSIONS.c.submitted_at, SUBMISSIONS.c.id)
    .offset(bindparam("offset"))
    .limit(bindparam("limit"))
)
_WAITING_COUNT = select(func.count()).select_from(SUBMISSIONS.table).where(*_WAITS)
_UNREVIEWED = (
    SUBMISSIONS.select.where(
        SUBMISSIONS.c.group == bindparam("group"),
        SUBMISSIONS.c.withdrawn_at.is_(None),
        SUBMISSIONS.c.submitted_at <= bindparam("before"),
        ~exists().where(*_ON_IT),
    )
    .order_by(SUBMISSIONS.c.submitted_at, SUBMISSIONS.c.id)
    .limit(bindparam("limit"))
)


class SqlReviews:
    """Where reviews are kept."""

    __slots__ = ("_db",)

    def __init__(self, db: Connection) -> None:
        self._db = db

    def get(self, id: ReviewId) -> Review | None:
        """Return a review."""
        return REVIEWS.get(self._db, id)

    def lock(self, id: ReviewId) -> Review | None:
        """Return a review and let no other unit of work decide about it until this one ends."""
        return REVIEWS.lock(self._db, id)

    def of(self, submission: SubmissionId, person: PersonId) -> Review | None:
        """Return somebody's review of some work, also if withdrawn."""
        return REVIEWS.one(self._db, _OF, submission=submission, person=person)

    def add(self, review: Review) -> None:
        """Keep a new review."""
        REVIEWS.add(self._db, review)

    def save(self, review: Review) -> None:
        """Keep a changed review."""
        REVIEWS.save(self._db, review)

    def on(self, submission: SubmissionId) -> list[Review]:
        """Return the reviews of some work, oldest first; withdrawn ones are left out."""
        return REVIEWS.all(self._db, _ON, submission=submission)

    def counts(self, submissions: Iterable[SubmissionId]) -> dict[SubmissionId, int]:
        """Return how many reviews work has; work without any is left out."""
        wanted = list(set(submissions))
        return pairs(self._db, _COUNTS, submissions=wanted) if wanted else {}

    def by_person(self, group: GroupId, person: PersonId) -> list[Review]:
        """Return the reviews that somebody gave in a group, oldest first; withdrawn ones are left out."""
        return REVIEWS.all(self._db, _BY_PERSON, group=group, person=person)

    def in_group(self, group: GroupId) -> list[Review]:
        """Return the reviews in a group, oldest first; withdrawn ones are left out."""
        return REVIEWS.all(self._db, _IN_GROUP, group=group)

    def given_by(self, group: GroupId, people: Iterable[PersonId]) -> dict[PersonId, dict[ActivityId, tuple[int, int]]]:
        """Return how often people gave feedback, by activity, and how often of that on work that is still there."""
        given: dict[PersonId, dict[ActivityId, tuple[int, int]]] = {}
        if wanted := list(people):
            for person, activity, number, there in found(self._db, _GIVEN_BY, group=group, people=wanted):
                given.setdefault(person, {})[activity] = (number, there)
        return given

    def waiting(
        self, group: GroupId, person: PersonId, activities: Iterable[ActivityId], offset: int, limit: int
    ) -> list[tuple[Submission, int]]:
        """Return others' work that somebody has not reviewed, with how many reviews it has."""
        wanted = {"group": group, "person": person, "activities": list(activities), "offset": offset, "limit": limit}
        return [(Submission(*row[:-1]), row[-1]) for row in found(self._db, _WAITING, **wanted)]

    def waiting_count(self, group: GroupId, person: PersonId, activities: Iterable[ActivityId]) -> int:
        """Return how much work `waiting` has."""
        wanted = {"group": group, "person": person, "activities": list(activities)}
        return int(scalar(self._db, _WAITING_COUNT, **wanted))

    def pairs(self, activity: ActivityId) -> set[tuple[PersonId, SubmissionId]]:
        """Return who has given feedback on which work for an activity; withdrawn feedback is left out."""
        return {(person, work) for person, work in found(self._db, _PAIRS, activity=activity)}

    def unreviewed(self, group: GroupId, before: datetime, limit: int) -> list[Submission]:
        """Return work that was handed in before an instant and that nobody has reviewed, the oldest first."""
        return SUBMISSIONS.all(self._db, _UNREVIEWED, group=group, before=before, limit=limit)
