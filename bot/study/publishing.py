"""Publishing: what of a portfolio or a group anybody on the web can see, since when, and under which address.

Nothing is public until somebody publishes it: their own portfolio, or the page of a group that they lead. An address
of a portfolio cannot be guessed, and one that was withdrawn never leads anywhere else.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, TypeAlias

from bot.errors import Refusal
from bot.ids import GroupId, PersonId, new_id
from bot.study.groups import Group

ADDRESS_BYTES = 20
"""Bytes drawn for an address: 160 bits, 32 letters and digits."""
PREVIEW = timedelta(minutes=30)
"""How long a preview can be looked at."""


class NoPages(Refusal):
    """This bot shows nothing on the web yet; whoever runs it can switch that on. /portfolio export gives you files."""


class NotPublished(Refusal):
    """Your portfolio is private: only you can see it, so there is no address yet. /portfolio publish makes one."""


class Standing(StrEnum):
    """What somebody finds under an address."""

    UNKNOWN = "unknown"
    OPEN = "open"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Publication:
    """An address under which a person's portfolio, or the page of a group that they lead, was published or previewed.

    `listed` lets search engines list it. `join_link` is how people come to the group's chat.
    """

    id: int
    person: PersonId
    slug: str
    at: datetime
    group: GroupId | None = None
    listed: bool = False
    withdrawn_at: datetime | None = None
    preview_until: datetime | None = None
    join_link: str | None = None

    def standing(self, now: datetime) -> Standing:
        """Return what is found here: a preview that is over was never published, so nobody is told that it was."""
        if self.preview_until is not None:
            return Standing.OPEN if now < self.preview_until else Standing.UNKNOWN
        return Standing.OPEN if self.withdrawn_at is None else Standing.GONE


class Kind(StrEnum):
    """What can be shown or hidden one by one."""

    SUBMISSION = "submission"
    NOTE = "note"
    QUESTION = "question"
    ANSWER = "answer"
    REVIEW = "review"
    GROUP = "group"
    GOAL = "goal"
    NAME = "name"
    BADGE = "badge"


BY_DEFAULT = {
    Kind.SUBMISSION: True,
    Kind.QUESTION: True,
    Kind.ANSWER: True,
    Kind.REVIEW: False,
    Kind.GROUP: True,
    Kind.GOAL: False,
    Kind.NAME: False,
    Kind.BADGE: False,
}
"""What is shown unless its owner decides: one's work, yes; goal, badge, and one's name on the page of a group, no.

A note is shown if it is shared with the group. Feedback was meant for one person, so it is not.
"""

Item: TypeAlias = tuple[Kind, int]
"""Something that can be shown; a goal, a name and a badge are those of a group."""


@dataclass(frozen=True, slots=True)
class Showing:
    """What somebody decided about one thing of theirs.

    `shown` is None where it goes as for its kind. The thing with the highest `place` comes first; None is in its week.
    """

    id: int
    person: PersonId
    item_kind: Kind
    item: int
    shown: bool | None = None
    place: int | None = None


class Publications(Protocol):
    """Where publications, and what people decided to show, are kept."""

    def at(self, slug: str) -> Publication | None:
        """Return what is or was published under an address."""

    def of_person(self, person: PersonId) -> Publication | None:
        """Return the newest publication of somebody's portfolio, also if withdrawn; previews are left out."""

    def preview_of(self, person: PersonId) -> Publication | None:
        """Return the preview of somebody's portfolio."""

    def of_group(self, group: GroupId) -> Publication | None:
        """Return the publication of a group's page, also if withdrawn."""

    def add(self, publication: Publication) -> None:
        """Keep a new publication."""

    def save(self, publication: Publication) -> None:
        """Keep a changed publication."""

    def groups(self, limit: int = 1000) -> list[Publication]:
        """Return the groups' pages that are public now, the newest first."""

    def portfolios(self, limit: int = 100_000) -> list[Publication]:
        """Return the portfolios that are public now, the newest first."""

    def portfolios_of(self, people: Iterable[PersonId]) -> dict[PersonId, Publication]:
        """Return the portfolios of these people that are public now."""

    def choices(self, person: PersonId) -> dict[Item, bool]:
        """Return what somebody decided to show and to hide."""

    def named(self, group: GroupId) -> set[PersonId]:
        """Return who wants to be named on the page of a group."""

    def choose(self, showing: Showing) -> None:
        """Keep whether something is shown, instead of what was decided about that before."""

    def first(self, person: PersonId) -> dict[Item, int]:
        """Return what somebody puts first, each with its place; the highest comes first."""

    def put(self, showing: Showing) -> None:
        """Keep the place of something, instead of the one that it had before."""


def draw_address() -> str:
    """Return an address that nobody can guess."""
    return base64.b32encode(secrets.token_bytes(ADDRESS_BYTES)).decode().lower().rstrip("=")


def publish(publications: Publications, person: PersonId, *, listed: bool | None, now: datetime) -> Publication:
    """Let somebody's portfolio be public and return it; published again, it has the address that it had."""
    before = publications.of_person(person)
    if before is None:
        made = Publication(new_id(now), person, draw_address(), now, listed=bool(listed))
        publications.add(made)
        return made
    wanted = replace(before, withdrawn_at=None, listed=before.listed if listed is None else listed)
    if wanted != before:
        publications.save(wanted)
    return wanted


def published(publications: Publications, person: PersonId) -> Publication | None:
    """Return the publication of somebody's portfolio while it is public."""
    found = publications.of_person(person)
    return found if found is not None and found.withdrawn_at is None else None


def withdraw(publications: Publications, found: Publication, *, now: datetime) -> Publication:
    """Let what was published be gone from the web."""
    gone = replace(found, withdrawn_at=now)
    publications.save(gone)
    return gone


def new_address(publications: Publications, person: PersonId, *, now: datetime) -> Publication:
    """Let somebody's portfolio have another address, the old one lead nowhere, and return it. Raises NotPublished."""
    before = published(publications, person)
    if before is None:
        raise NotPublished
    withdraw(publications, before, now=now)
    made = Publication(new_id(now), person, draw_address(), now, listed=before.listed)
    publications.add(made)
    return made


def preview(publications: Publications, person: PersonId, *, now: datetime) -> Publication:
    """Let somebody look at their portfolio as others would see it, for a while, under an address made for that."""
    before = publications.preview_of(person)
    if before is None:
        made = Publication(new_id(now), person, draw_address(), now, preview_until=now + PREVIEW)
        publications.add(made)
        return made
    again = replace(before, slug=draw_address(), preview_until=now + PREVIEW)
    publications.save(again)
    return again


def publish_group(
    publications: Publications,
    group: Group,
    person: PersonId,
    *,
    listed: bool | None,
    join_link: str | None,
    now: datetime,
) -> Publication:
    """Let a group's page be public, under the group's short name, and return it."""
    before = publications.of_group(group.id)
    if before is None:
        made = Publication(new_id(now), person, group.slug, now, group.id, bool(listed), join_link=join_link)
        publications.add(made)
        return made
    wanted = replace(
        before,
        withdrawn_at=None,
        person=person,
        listed=before.listed if listed is None else listed,
        join_link=before.join_link if join_link is None else join_link,
    )
    if wanted != before:
        publications.save(wanted)
    return wanted


def choose(publications: Publications, person: PersonId, item: Item, *, shown: bool, now: datetime) -> None:
    """Let one thing of somebody's be shown or hidden wherever they publish."""
    kind, id = item
    publications.choose(Showing(new_id(now), person, kind, id, shown))


def put_first(publications: Publications, person: PersonId, item: Item, *, first: bool, now: datetime) -> None:
    """Let one thing of somebody's come before all others of its group, or stand in its week again."""
    kind, id = item
    place = max(publications.first(person).values(), default=0) + 1 if first else None
    publications.put(Showing(new_id(now), person, kind, id, place=place))


def is_shown(choices: Mapping[Item, bool], kind: Kind, id: int, *, shared: bool = False) -> bool:
    """Return whether something is shown: as its owner decided, else as it goes for its kind."""
    return choices.get((kind, id), shared if kind is Kind.NOTE else BY_DEFAULT[kind])
