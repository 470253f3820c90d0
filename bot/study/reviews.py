"""Reviews: feedback on somebody's work, in two parts: what works, and one suggestion."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.chat import About
from bot.errors import Refusal, UnknownItem
from bot.ids import ActivityId, GroupId, PersonId, ReviewId, SubmissionId, new_id
from bot.study.submissions import Submission


class OwnWork(Refusal):
    """This is your own work. /review shows whose is waiting for a few kind words."""


class NotHandedInNow(Refusal):
    """This work was taken back, so there is nothing to give feedback on any more. /review shows what waits."""


class NotYourReview(Refusal):
    """Only the person who gave this feedback can change it. To give some of your own, use /review."""


class OnlyTheAuthor(Refusal):
    """Only the person whose work this is about can say that it helped. You can add your own thanks with a reaction."""


class Came(StrEnum):
    """What came of giving feedback."""

    FIRST = "first"
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Review:
    """Somebody's feedback on a version of somebody else's work; `helped_at` is when its author said that it helped."""

    id: ReviewId
    group: GroupId
    activity: ActivityId
    submission: SubmissionId
    version: int
    person: PersonId
    author: PersonId
    works: str
    suggestion: str
    given_at: datetime
    changed_at: datetime
    withdrawn_at: datetime | None = None
    helped_at: datetime | None = None

    @property
    def about(self) -> About:
        """The review as the subject of messages."""
        return About("review", self.id)


class Reviews(Protocol):
    """Where reviews are kept."""

    def get(self, id: ReviewId) -> Review | None:
        """Return a review."""

    def lock(self, id: ReviewId) -> Review | None:
        """Return a review and let no other unit of work decide about it until this one ends."""

    def of(self, submission: SubmissionId, person: PersonId) -> Review | None:
        """Return somebody's review of some work, also if withdrawn."""

    def add(self, review: Review) -> None:
        """Keep a new review."""

    def save(self, review: Review) -> None:
        """Keep a changed review."""

    def on(self, submission: SubmissionId) -> list[Review]:
        """Return the reviews of some work, oldest first; withdrawn ones are left out."""

    def counts(self, submissions: Iterable[SubmissionId]) -> dict[SubmissionId, int]:
        """Return how many reviews work has; work without any is left out."""

    def by_person(self, group: GroupId, person: PersonId) -> list[Review]:
        """Return the reviews that somebody gave in a group, oldest first; withdrawn ones are left out."""

    def in_group(self, group: GroupId) -> list[Review]:
        """Return the reviews in a group, oldest first; withdrawn ones are left out."""

    def given_by(self, group: GroupId, people: Iterable[PersonId]) -> dict[PersonId, dict[ActivityId, tuple[int, int]]]:
        """Return how often people gave others feedback, by activity, and how often on work that is still there.

        Whoever gave none is left out.
        """

    def waiting(
        self, group: GroupId, person: PersonId, activities: Iterable[ActivityId], offset: int, limit: int
    ) -> list[tuple[Submission, int]]:
        """Return others' work that somebody has not reviewed, with how many reviews it has.

        The work with the fewest comes first, and of that the one that has waited longest.
        """

    def waiting_count(self, group: GroupId, person: PersonId, activities: Iterable[ActivityId]) -> int:
        """Return how much work `waiting` has."""

    def pairs(self, activity: ActivityId) -> set[tuple[PersonId, SubmissionId]]:
        """Return who has given feedback on which work for an activity; withdrawn feedback is left out."""

    def unreviewed(self, group: GroupId, before: datetime, limit: int) -> list[Submission]:
        """Return work that was handed in before an instant and that nobody has reviewed, the oldest first."""


def give(
    reviews: Reviews, work: Submission, person: PersonId, works: str, suggestion: str, *, now: datetime
) -> tuple[Review, Came]:
    """Give feedback on work, or change what one gave before. Raises OwnWork and NotHandedInNow."""
    if work.person == person:
        raise OwnWork
    if work.withdrawn_at is not None:
        raise NotHandedInNow
    found = reviews.of(work.id, person)
    before = reviews.lock(found.id) if found is not None else None
    if before is None:
        id = ReviewId(new_id(now))
        given = Review(
            id,
            work.group,
            work.activity,
            work.id,
            work.version,
            person,
            work.person,
            works,
            suggestion,
            now,
            now,
        )
        reviews.add(given)
        return given, Came.FIRST
    if before.withdrawn_at is None and (before.works, before.suggestion) == (works, suggestion):
        return before, Came.SAME
    changed = replace(
        before, works=works, suggestion=suggestion, version=work.version, changed_at=now, withdrawn_at=None
    )
    reviews.save(changed)
    return changed, Came.CHANGED if before.withdrawn_at is None else Came.FIRST


def withdraw(reviews: Reviews, id: ReviewId, person: PersonId, *, now: datetime) -> Review | None:
    """Take one's feedback back and return it as it was, or None where it is gone already. Raises NotYourReview."""
    found = reviews.lock(id)
    if found is None or found.withdrawn_at is not None:
        return None
    if found.person != person:
        raise NotYourReview
    reviews.save(replace(found, withdrawn_at=now, helped_at=None))
    return found


def say_helped(reviews: Reviews, id: ReviewId, person: PersonId, *, helped: bool, now: datetime) -> Review | None:
    """Say that feedback on one's work helped, or take that back; None where that is said. Raises OnlyTheAuthor."""
    found = reviews.lock(id)
    if found is None or found.withdrawn_at is not None:
        raise UnknownItem
    if found.author != person:
        raise OnlyTheAuthor
    if (found.helped_at is not None) is helped:
        return None
    changed = replace(found, helped_at=now if helped else None)
    reviews.save(changed)
    return changed
