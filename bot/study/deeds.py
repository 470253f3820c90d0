"""What somebody did of what activities ask, and when an activity is done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from bot.ids import ActivityId, PersonId
from bot.study.groups import OVER, Group
from bot.study.reviews import Reviews
from bot.study.submissions import Submissions
from bot.study.weeks import Needs, SyllabusVersion, Task

LAST_DAYS = timedelta(days=3)
"""Work that comes in so shortly before a group's end is nobody's to give feedback on."""


class Sources(Protocol):
    """Where deeds are read from: the part of a unit of work that it needs."""

    @property
    def submissions(self) -> Submissions:
        """Work."""

    @property
    def reviews(self) -> Reviews:
        """Feedback on it."""


@dataclass(frozen=True, slots=True)
class Deeds:
    """What somebody handed in, how often they gave feedback for it, and what of theirs a facilitator checked.

    `unseen` is on how many responses of others they gave none. Where the group is `over`, nobody can wait for more, and
    what came in its last days is not among them: whoever had nothing left to read is not undone by a late comer.
    """

    handed_in: frozenset[ActivityId] = frozenset()
    reviews: Mapping[ActivityId, int] = field(default_factory=dict)
    checked: frozenset[ActivityId] = frozenset()
    unseen: Mapping[ActivityId, int] = field(default_factory=dict)
    over: bool = False

    def left(self, needs: Needs) -> int:
        """Return how many responses are left to give feedback on; at the end no more than there are."""
        still = max(0, needs.reviews - self.reviews.get(needs.activity, 0))
        return min(still, self.unseen.get(needs.activity, 0)) if self.over else still

    def still(self, needs: Needs) -> Needs:
        """Return what is left of what an activity takes besides handing in."""
        return Needs(needs.activity, self.left(needs), needs.check and needs.activity not in self.checked)

    def is_done(self, needs: Needs) -> bool:
        """Return whether an activity is done."""
        return needs.activity in self.handed_in and not self.still(needs)

    def can_go_on(self, needs: Needs) -> bool:
        """Return whether there is something to do about an activity now: else it waits for others, or it is done."""
        if needs.activity not in self.handed_in:
            return True
        return self.left(needs) > 0 and self.unseen.get(needs.activity, 0) > 0


def deeds_of(
    sources: Sources,
    group: Group,
    people: Iterable[PersonId],
    asked: Sequence[Task],
    versions: Sequence[SyllabusVersion],
) -> dict[PersonId, Deeds]:
    """Return what people did in a group; what nothing asks for is not looked up."""
    every = list(people)
    done_by, over = sources.submissions.done_by, group.state in OVER
    handed_in = done_by(group.id, every)
    there = handed_in
    needs = [task.activity.needs for task in asked] + [one for version in versions for one in version.needs]
    reviews: Mapping[PersonId, Mapping[ActivityId, tuple[int, int]]] = {}
    counts: Mapping[ActivityId, int] = {}
    if any(one.reviews for one in needs):
        reviews, counts = sources.reviews.given_by(group.id, every), sources.submissions.counts(group.id)
        if over and group.ended_at is not None:
            until = group.ended_at - LAST_DAYS
            there, counts = done_by(group.id, every, until), sources.submissions.counts(group.id, until)
    checked = sources.submissions.checked_of(group.id, every) if any(one.check for one in needs) else {}
    found = {}
    for person, done in handed_in.items():
        given = reviews.get(person, {})
        unseen = {
            activity: max(0, number - (activity in there[person]) - given.get(activity, (0, 0))[1])
            for activity, number in counts.items()
        }
        often = {activity: number for activity, (number, _) in given.items()}
        found[person] = Deeds(done, often, checked.get(person, frozenset()), unseen, over)
    return found
