"""The directory: the groups of a space as people see them before they join."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.cards import Choice
from bot.chat import ChannelRef, SpaceRef
from bot.errors import UnknownItem
from bot.ids import GroupId, PersonId, code
from bot.study.agenda import Agenda, DueKind
from bot.study.groups import ALIVE, Group, Groups, GroupState
from bot.study.members import RUNS_GROUP, Members
from bot.study.people import People, Person
from bot.study.seats import places_left
from bot.study.spaces import Spaces
from bot.study.weeks import Week, Weeks
from bot.text import to_text

LISTED = 100
"""Groups that a list looks through; a space with more needs its filter."""
BEFORE_THEM = (ALIVE, frozenset({GroupState.FROZEN}), frozenset({GroupState.ENDED}))
"""Which groups come first in a list."""


class Books(Protocol):
    """What the directory reads."""

    groups: Groups
    members: Members
    people: People
    weeks: Weeks
    spaces: Spaces
    agenda: Agenda


@dataclass(frozen=True, slots=True)
class Entry:
    """A group as a list shows it; `places` is None where everyone can come."""

    group: Group
    weeks: Sequence[Week]
    places: int | None
    leaders: Sequence[Person]


def groups_of(uow: Books, space: SpaceRef | None, person: PersonId) -> list[Group]:
    """Return the groups of a space, open and running ones first; in a direct conversation, one's own."""
    if space is not None:
        return [group for states in BEFORE_THEM for group in uow.groups.in_space(space, states, 0, LISTED)]
    mine = uow.groups.many(member.group for member in uow.members.of_person(person)).values() if person else ()
    order = {state: place for place, states in enumerate(BEFORE_THEM) for state in states}
    return sorted((group for group in mine if group.state in order), key=lambda one: (order[one.state], one.starts))


def matching(groups: Iterable[Group], words: str) -> list[Group]:
    """Return the groups whose title or description holds all of the words."""
    wanted = words.casefold().split()
    return [one for one in groups if all(word in f"{one.title} {one.description}".casefold() for word in wanted)]


def choices(groups: Iterable[Group]) -> list[Choice]:
    """Return groups as choices; the short name of a group means it too."""
    return [Choice(code(group.id), to_text(group.title), (group.slug,)) for group in groups]


def entry(uow: Books, group: Group) -> Entry:
    """Return a group as a list shows it."""
    leading = uow.members.in_group(group.id, roles=RUNS_GROUP)
    people = uow.people.many(member.person for member in leading)
    leaders = [people[member.person] for member in leading if member.person in people]
    return Entry(group, uow.weeks.of_group(group.id), places_left(uow.members, group), leaders)


def is_near(groups: Groups, id: GroupId, channel: ChannelRef | None) -> bool:
    """Return whether a group may be named here: in a space only its own groups, directly all of them."""
    return channel is None or any(home.channel.where == channel.where for home in groups.homes(id))


def reachable(uow: Books, id: GroupId, channel: ChannelRef | None, person: PersonId) -> Group:
    """Return a group that may be named here; raises UnknownItem where it is another space's.

    In a direct conversation that is a group that one is in, waits for or was in.
    """
    group = uow.groups.get(id)
    if group is None:
        raise UnknownItem
    if channel is not None and any(home.channel.where == channel.where for home in uow.groups.homes(id)):
        return group
    if channel is None and person and uow.members.of(id, person) is not None:
        return group
    raise UnknownItem


def changed(uow: Books, group: GroupId, now: datetime) -> None:
    """Let the directories that list a group be shown anew, right after this is committed.

    Not in the same transaction: two that change different groups would each miss the other's change.
    """
    for ref in {home.channel.where for home in uow.groups.homes(group)}:
        space = uow.spaces.get(ref)
        if space is not None and space.directory is not None:
            uow.agenda.set(DueKind.SHOW_DIRECTORY, space.id, now, None)
