"""Swapping responses for feedback: after a time, everyone who handed in gets one response of somebody else's.

Each response gets as much attention as any other: nobody gets their own or one that they have seen to, and nobody's is
left without while another's has two. Who hands in later takes part in the next round.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.ids import ActivityId, GroupId, PersonId, SubmissionId

NEXT_ROUND = timedelta(days=2)
"""How long after one round it is looked whether others have handed in since."""
LOOKS = timedelta(days=21)
"""For how long after the first round that is looked for."""


@dataclass(frozen=True, slots=True)
class Swap:
    """Responses to an activity are swapped from `at` on; `rounds` have been so far."""

    id: int
    group: GroupId
    activity: ActivityId
    at: datetime
    rounds: int = 0


@dataclass(frozen=True, slots=True)
class Assignment:
    """Somebody was asked for feedback on a response; `released_at` is when they said that they can't."""

    id: int
    group: GroupId
    activity: ActivityId
    submission: SubmissionId
    person: PersonId
    round: int
    at: datetime
    released_at: datetime | None = None


class Swaps(Protocol):
    """Where swaps are kept."""

    def of(self, activity: ActivityId) -> Swap | None:
        """Return the swap of an activity."""

    def lock(self, id: int) -> Swap | None:
        """Return a swap and let no other unit of work decide about it until this one ends."""

    def add(self, swap: Swap) -> None:
        """Keep a new swap."""

    def save(self, swap: Swap) -> None:
        """Keep a changed swap."""

    def drop(self, swap: Swap) -> None:
        """Forget a swap that has had no round."""

    def in_group(self, group: GroupId) -> list[Swap]:
        """Return a group's swaps."""

    def assign(self, assignment: Assignment) -> None:
        """Keep whom somebody was given."""

    def save_assignment(self, assignment: Assignment) -> None:
        """Keep a changed assignment."""

    def assignments(self, activity: ActivityId) -> list[Assignment]:
        """Return who was given whom for an activity, released ones too."""

    def given_to(self, group: GroupId, person: PersonId) -> list[Assignment]:
        """Return what somebody was given in a group and has not been released from, oldest first."""


@dataclass(frozen=True, slots=True)
class Response:
    """A response that takes part: whose it is, and how often somebody was given it or saw to it already."""

    id: SubmissionId
    person: PersonId
    seen: int = 0


def deal(
    responses: Sequence[Response],
    fresh: Collection[PersonId],
    taken: Collection[tuple[PersonId, SubmissionId]],
    given: Mapping[PersonId, int],
    *,
    seed: int,
) -> dict[PersonId, SubmissionId]:
    """Return which response each of the fresh ones gets, and those who are asked once more so that nobody is left out.

    `taken` are pairs that were together before, `given` how many each had so far. The same seed deals the same.
    """
    shuffled = sorted(responses, key=lambda one: one.id)
    random.Random(seed).shuffle(shuffled)  # nosec B311  # only who gets whom; and the same again if it is done again
    order = {one.person: number for number, one in enumerate(shuffled)}
    givers = sorted((person for person in fresh if person in order), key=lambda person: order[person])
    spare = sorted(
        (one.person for one in shuffled if one.person not in fresh),
        key=lambda person: (given.get(person, 0), order[person]),
    )
    dealt = _matched(givers, shuffled, taken)
    # One who comes late alone can see to another's response, and somebody else has to see to theirs.
    for person in spare:
        left_out = {one.id for one in shuffled if not one.seen} - set(dealt.values())
        if not left_out:
            break
        more = _matched([*givers, person], shuffled, taken)
        if len(left_out & set(more.values())) > 0:
            givers.append(person)
            dealt = more
    return dealt


def _matched(
    givers: Sequence[PersonId], responses: Sequence[Response], taken: Collection[tuple[PersonId, SubmissionId]]
) -> dict[PersonId, SubmissionId]:
    """Return a response for as many givers as can have one, with those that fewest saw to filled first.

    Room is made level by level: at each, a response takes one more. What was filled at a lower level stays filled, as a
    giver who moves over for another always leaves their place to them.
    """
    held: dict[SubmissionId, list[PersonId]] = {one.id: [] for one in responses}
    got: dict[PersonId, SubmissionId] = {}
    avoid = set(taken)
    lowest = min((one.seen for one in responses), default=0)
    for level in range(lowest + 1, lowest + len(givers) + max((one.seen for one in responses), default=0) + 2):
        if len(got) == len(givers):
            break
        room = {one.id: level - one.seen for one in responses}
        for giver in givers:
            if giver not in got:
                _place(giver, responses, room, held, got, avoid)
    return got


def _place(
    giver: PersonId,
    responses: Sequence[Response],
    room: Mapping[SubmissionId, int],
    held: dict[SubmissionId, list[PersonId]],
    got: dict[PersonId, SubmissionId],
    avoid: Collection[tuple[PersonId, SubmissionId]],
) -> bool:
    """Find room for a giver, letting others move over where that helps; return whether there was."""
    came: dict[SubmissionId, PersonId] = {}
    ahead = [giver]
    for mover in ahead:
        for one in responses:
            if one.id in came or one.person == mover or (mover, one.id) in avoid or room[one.id] <= 0:
                continue
            came[one.id] = mover
            if len(held[one.id]) < room[one.id]:
                _move(one.id, came, held, got)
                return True
            ahead += held[one.id]
    return False


def _move(
    free: SubmissionId,
    came: Mapping[SubmissionId, PersonId],
    held: dict[SubmissionId, list[PersonId]],
    got: dict[PersonId, SubmissionId],
) -> None:
    """Let each mover on the way to the free place take the place that the next one leaves."""
    place: SubmissionId | None = free
    while place is not None:
        mover = came[place]
        left = got.get(mover)
        if left is not None:
            held[left].remove(mover)
        held[place].append(mover)
        got[mover] = place
        place = left
