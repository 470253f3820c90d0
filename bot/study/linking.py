"""Linking: several accounts that are one person, and back again.

Reactions stay the account's own; likes, memberships and all that somebody made are the person's. To unlink gives each
account back what it made, before and meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from bot.ids import GroupId, PersonId
from bot.outbox import Outbox
from bot.study import linked_likes, linked_members, publishing, reputation
from bot.study.acts import Journal
from bot.study.agenda import Agenda
from bot.study.directory import changed
from bot.study.groups import Groups
from bot.study.likes import Likes
from bot.study.linked import Links
from bot.study.members import Members, MemberState
from bot.study.people import People, Person
from bot.study.publishing import Publications
from bot.study.seats import seat_is_free
from bot.study.spaces import Spaces
from bot.study.weeks import Weeks


class Books(Protocol):
    """What linking reads and writes."""

    people: People
    groups: Groups
    members: Members
    likes: Likes
    journal: Journal
    links: Links
    outbox: Outbox
    agenda: Agenda
    weeks: Weeks
    spaces: Spaces
    publications: Publications


def join(uow: Books, one: PersonId, two: PersonId, *, now: datetime) -> Person:
    """Let two people be one, the elder, and return them; whoever calls has made sure that both agree."""
    person, other = _locked(uow, one, two)
    groups = uow.links.groups([person, other])
    kept, joined = uow.people.get(person), uow.people.get(other)
    assert kept is not None, "whoever has an account is known"
    assert joined is not None, "whoever has an account is known"
    if person == other:
        return kept
    for member in uow.members.of_person(other, tuple(MemberState)):
        linked_members.join(uow, person, member, now)
    for one_of_both in (person, other):
        public = publishing.published(uow.publications, one_of_both)
        if public is not None:  # it would show the work of both
            publishing.withdraw(uow.publications, public, now=now)
    uow.links.join(person, other)
    linked_likes.join(uow, person, other)
    kept = _with_wishes(kept, joined)
    uow.people.save(kept)
    _settle(uow, groups, now)
    return kept


def _locked(uow: Books, one: PersonId, two: PersonId) -> tuple[PersonId, PersonId]:
    """Return who two people are now, the elder first, with nobody else linking or acting through their accounts."""
    while True:
        person, other = sorted((uow.people.now_is(one), uow.people.now_is(two)))
        uow.links.lock([person, other, *uow.people.aliases(person), *uow.people.aliases(other)])
        if [person, other] == sorted((uow.people.now_is(one), uow.people.now_is(two))):
            return person, other


def part(uow: Books, person: PersonId, *, now: datetime) -> list[PersonId]:
    """Let each account of somebody be a person of its own again, and return who those others are."""
    others = uow.people.aliases(person)
    uow.links.lock([person, *others])
    others = uow.people.aliases(person)  # as it is now that nobody else changes it
    groups = uow.links.groups([person, *others])
    uow.links.part(person, others)
    resting = [one for other in others for one in uow.links.aside(other)]
    for aside in sorted(resting, key=lambda one: -one.id):
        linked_members.part(uow, aside, now)
    linked_likes.part(uow, person, others, now)
    before = uow.people.get(person)
    for other in others:
        alone = uow.people.get(other)
        if alone is not None and before is not None:
            uow.people.save(_with_refusals(alone, before))
    _settle(uow, groups, now)
    return others


def _settle(uow: Books, groups: Iterable[GroupId], now: datetime) -> None:
    """Let what is reckoned over a whole group be right again."""
    for group in groups:
        reputation.rebuild(uow, group)
        changed(uow, group, now)
        seat_is_free(uow, group, now)  # of two places that one person had


def _with_wishes(person: Person, other: Person) -> Person:
    """Return a person with what they had said only through another account; a no to messages or names holds for all."""
    said = {person.reminders, other.reminders}
    return replace(
        person,
        zone=person.zone or other.zone,
        language=person.language or other.language,
        reminders=False if False in said else True if True in said else None,
        named=person.named and other.named,
        credited=person.credited and other.credited,
    )


def _with_refusals(alone: Person, before: Person) -> Person:
    """Return a person who stands alone again; what they said no to meanwhile they said with all their accounts."""
    return replace(
        alone,
        reminders=False if before.reminders is False and alone.reminders else alone.reminders,
        named=alone.named and before.named,
        credited=alone.credited and before.credited,
    )
