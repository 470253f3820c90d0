"""Badges: what says to a stranger that somebody finished a group, by which criteria, signed by this installation."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from bot.cards import File
from bot.errors import Refusal
from bot.ids import GroupId, PersonId, new_id
from bot.language import Language
from bot.study.groups import Group
from bot.study.members import MemberState
from bot.study.people import Person
from bot.study.records import ParticipationRecord, Records
from bot.text import say, say_n

IN_LIST = 131_072
"""Badges that one status list tells of: the least that the specification allows, so that nobody stands out."""
FILLED = IN_LIST // 2
"""Badges after which the next list is begun: numbers are drawn, so that they do not tell who came before whom."""
_DRAWN = random.SystemRandom()
FINISHED = (MemberState.FINISHED, MemberState.ACTIVE, MemberState.PAUSED, MemberState.DORMANT, MemberState.LEFT)
"""States of people who may have finished a group."""


class NoBadgeYet(Refusal):
    """A badge is for those who finished {group}. /progress shows what is open; the badge comes when the group ends."""


class BadgeWasRevoked(Refusal):
    """Your badge of {group} was revoked, so I can't make it again by myself.

    If this surprises you, write to those who lead the group; your record and your portfolio stay yours.
    """


@dataclass(frozen=True, slots=True)
class Badge:
    """A badge that somebody was given under the name they had then; `number` is its place in the status lists."""

    id: int
    group: GroupId
    person: PersonId
    name: str
    number: int
    at: datetime
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Something published that shows the work: its address and a line about it."""

    url: str
    name: str


@dataclass(frozen=True, slots=True)
class Claim:
    """All that a badge says: who finished which group, by which criteria, and where the work can be seen."""

    badge: Badge
    group: str
    description: str
    criteria: str
    kind: str
    evidence: tuple[Evidence, ...] = ()


class Badges(Protocol):
    """Where badges are kept."""

    def get(self, id: int) -> Badge | None:
        """Return a badge."""

    def of(self, group: GroupId, person: PersonId) -> Badge | None:
        """Return somebody's newest badge of a group that was not revoked."""

    def newest(self, group: GroupId, person: PersonId) -> Badge | None:
        """Return somebody's newest badge of a group, also where it was revoked."""

    def of_person(self, person: PersonId) -> list[Badge]:
        """Return somebody's badges that were not revoked, the newest first."""

    def count(self) -> int:
        """Return how many badges were ever given."""

    def add(self, badge: Badge) -> bool:
        """Keep a badge; return False where its number is another's."""

    def save(self, badge: Badge) -> None:
        """Keep a changed badge."""

    def revoked(self, first: int, last: int) -> list[int]:
        """Return the numbers of revoked badges from one number up to before another."""


class Issuer(Protocol):
    """Who signs badges: an edge with a key. What goes wrong with the key is raised as it is."""

    def files(self, claim: Claim) -> Sequence[File]:
        """Return a badge as pictures that carry it, and by itself."""


class Books(Protocol):
    """What giving a badge reads and writes."""

    badges: Badges
    records: Records


def has_finished(books: Books, group: GroupId, person: PersonId) -> bool:
    """Return whether somebody finished a group, as it was judged or decided since."""
    record = books.records.of(group, person)
    return record is not None and record.recognised


def check_finished(books: Books, group: Group, person: PersonId) -> None:
    """Raise NoBadgeYet where somebody did not finish a group."""
    if not has_finished(books, group.id, person):
        raise NoBadgeYet(group=group.title)


def check_may_make(books: Books, group: Group, person: PersonId) -> None:
    """Raise NoBadgeYet, or BadgeWasRevoked where others decided that somebody's badge holds no longer."""
    check_finished(books, group, person)
    last = books.badges.newest(group.id, person)
    if last is not None and last.revoked_at is not None:
        raise BadgeWasRevoked(group=group.title)


def give(books: Books, group: Group, person: Person, *, now: datetime) -> Badge:
    """Give somebody the badge of a group that they finished, once. Raises NoBadgeYet."""
    check_finished(books, group, person.id)
    if (given := books.badges.of(group.id, person.id)) is not None:
        return given
    while True:
        number = books.badges.count() // FILLED * IN_LIST + _DRAWN.randrange(IN_LIST)
        badge = Badge(new_id(now), group.id, person.id, person.name, number, now)
        if books.badges.add(badge):
            return badge


def follow(books: Books, group: Group, person: Person, *, now: datetime) -> None:
    """Let somebody's badge of a group follow their record: given where they finished, else revoked."""
    if has_finished(books, group.id, person.id):
        give(books, group, person, now=now)
    else:
        revoke(books, group.id, person.id, now=now)


def revoke(books: Books, group: GroupId, person: PersonId, *, now: datetime) -> Badge | None:
    """Let somebody's badge of a group hold no longer, and return it; None where they have none."""
    revoked = None
    while (given := books.badges.of(group, person)) is not None:  # two who gave it at once gave two
        revoked = replace(given, revoked_at=now)
        books.badges.save(revoked)
    return revoked


def claim(
    badge: Badge, group: Group, record: ParticipationRecord, language: Language, evidence: Sequence[Evidence] = ()
) -> Claim:
    """Return what a badge says, in the group's language; the criteria are in the words that were in force."""
    done, required, helped = record.done, record.required, record.helped
    did = say("{name} finished the study group {group}.", name=badge.name, group=group.title)
    did = did + " " + say("{done} of {required} required activities done.", done=done, required=required)
    if helped:
        did = did + " " + say_n("Helped others {n} time.", "Helped others {n} times.", helped)
    kind = language.plain(say("finished this study group"))
    return Claim(badge, group.title, language.plain(did), record.criteria, kind, tuple(evidence))
