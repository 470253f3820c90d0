"""Submissions: a link or a text for an activity, with every version kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol

from bot.chat import About
from bot.errors import Refusal
from bot.ids import ActivityId, GroupId, PersonId, SubmissionId, new_id

EVER = datetime(9999, 1, 1, tzinfo=UTC)
"""Until when work counts that was handed in at any time."""


class NothingHandedIn(Refusal):
    """Paste a link to your work, or write your answer as text. One of the two is enough."""


class NotYours(Refusal):
    """Only the person who handed this in can change it."""


class NothingToCheck(Refusal):
    """This work was taken back, so there is nothing to check. /lead check shows what waits."""


class HandIn(StrEnum):
    """What came of handing something in."""

    FIRST = "first"
    REPLACED = "replaced"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Submission:
    """Somebody's work for an activity as it is now; `version` counts from 1.

    `checked_at` is when a facilitator said that it is all that was asked for.
    """

    id: SubmissionId
    group: GroupId
    activity: ActivityId
    person: PersonId
    link: str | None
    note: str
    version: int
    submitted_at: datetime
    changed_at: datetime
    withdrawn_at: datetime | None = None
    checked_at: datetime | None = None
    checked_by: PersonId | None = None

    @property
    def about(self) -> About:
        """The submission as the subject of messages."""
        return About("submission", self.id)


@dataclass(frozen=True, slots=True)
class SubmissionVersion:
    """Work as it was handed in once."""

    id: int
    submission: SubmissionId
    number: int
    link: str | None
    note: str
    at: datetime


class Submissions(Protocol):
    """Where submissions are kept."""

    def get(self, id: SubmissionId) -> Submission | None:
        """Return a submission."""

    def lock(self, id: SubmissionId) -> Submission | None:
        """Return a submission and let no other unit of work decide about it until this one ends."""

    def of(self, activity: ActivityId, person: PersonId) -> Submission | None:
        """Return somebody's work for an activity, also if withdrawn."""

    def add(self, submission: Submission) -> None:
        """Keep new work."""

    def save(self, submission: Submission) -> None:
        """Keep changed work."""

    def add_version(self, version: SubmissionVersion) -> None:
        """Keep what was handed in."""

    def versions(self, id: SubmissionId) -> list[SubmissionVersion]:
        """Return all versions of a submission, oldest first."""

    def for_activity(self, activity: ActivityId, offset: int = 0, limit: int = 1000) -> list[Submission]:
        """Return everyone's work for an activity, first handed in first; withdrawn work is left out."""

    def count(self, activity: ActivityId) -> int:
        """Return how many people have handed in work for an activity."""

    def counts(self, group: GroupId, until: datetime = EVER) -> dict[ActivityId, int]:
        """Return how many people have handed in work by then, by activity."""

    def by_person(self, group: GroupId, person: PersonId) -> list[Submission]:
        """Return somebody's work in a group, oldest first; withdrawn work is left out."""

    def done_by(
        self, group: GroupId, people: Iterable[PersonId], until: datetime = EVER
    ) -> dict[PersonId, frozenset[ActivityId]]:
        """Return which activities people have handed in work for by then."""

    def checked_of(self, group: GroupId, people: Iterable[PersonId]) -> dict[PersonId, frozenset[ActivityId]]:
        """Return for which activities people's work was checked; whoever has none is left out."""

    def unchecked(self, activities: Iterable[ActivityId], offset: int = 0, limit: int = 1000) -> list[Submission]:
        """Return the work for activities that nobody has checked, what has waited longest first."""

    def unchecked_count(self, activities: Iterable[ActivityId]) -> int:
        """Return how much work `unchecked` has."""


def hand_in(
    submissions: Submissions,
    group: GroupId,
    activity: ActivityId,
    person: PersonId,
    link: str | None,
    note: str,
    *,
    now: datetime,
) -> tuple[Submission, HandIn]:
    """Hand in work, or a new version of it; the same again records nothing. Raises NothingHandedIn."""
    if not link and not note.strip():
        raise NothingHandedIn
    found = submissions.of(activity, person)
    before = submissions.lock(found.id) if found is not None else None
    if before is None:
        work = Submission(SubmissionId(new_id(now)), group, activity, person, link, note, 1, now, now)
        submissions.add(work)
        came = HandIn.FIRST
    elif before.withdrawn_at is None and (before.link, before.note) == (link, note):
        return before, HandIn.SAME
    else:
        came = HandIn.FIRST if before.withdrawn_at else HandIn.REPLACED
        work = replace(before, link=link, note=note, version=before.version + 1, changed_at=now, withdrawn_at=None)
        submissions.save(work)
    submissions.add_version(SubmissionVersion(new_id(now), work.id, work.version, link, note, now))
    return work, came


def withdraw(submissions: Submissions, id: SubmissionId, person: PersonId, *, now: datetime) -> Submission | None:
    """Take one's work back and return it, or None where it is not handed in now. Raises NotYours."""
    work = submissions.lock(id)
    if work is None or work.withdrawn_at is not None:
        return None
    if work.person != person:
        raise NotYours
    gone = replace(work, withdrawn_at=now, checked_at=None, checked_by=None)
    submissions.save(gone)
    return gone


def check(submissions: Submissions, id: SubmissionId, by: PersonId, *, checked: bool, now: datetime) -> None:
    """Say that somebody's work is all that was asked for, or take that back. Raises NothingToCheck.

    A new version of it stays checked, so that nobody loses by improving what is done; work that was taken back and
    handed in again is new.
    """
    work = submissions.lock(id)
    if work is None or work.withdrawn_at is not None:
        raise NothingToCheck
    if (work.checked_at is not None) is not checked:
        submissions.save(replace(work, checked_at=now if checked else None, checked_by=by if checked else None))
