"""What anybody on the web can see: published portfolios, the pages of groups, and the work that people share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.ids import GroupId, PersonId
from bot.study.agenda import Agenda
from bot.study.badges import Badge, Badges, has_finished
from bot.study.breaks import Break, Breaks
from bot.study.credit import Credit
from bot.study.directory import BEFORE_THEM, Entry, entry
from bot.study.groups import Group, Groups
from bot.study.likes import Likes
from bot.study.members import PRESENT, Members, Role
from bot.study.notes import Notes
from bot.study.people import People, Person
from bot.study.pieces import Kept, Part, Thing, Work, kind_of, only, things
from bot.study.portfolio import Chapter, chapter, chapters_of
from bot.study.publishing import Item, Kind, Publication, Publications, is_shown
from bot.study.questions import Questions
from bot.study.records import Records
from bot.study.reviews import Reviews
from bot.study.spaces import Spaces
from bot.study.stories import Stories
from bot.study.submissions import Submissions
from bot.study.track_record import TrackRecord, track_record, typical
from bot.study.weeks import Task, Weeks, tasks

NAMED_AT_MOST = 200
"""Participants that a group's page names."""


class Shelves(Protocol):
    """What the pages are read from: that part of a unit of work."""

    people: People
    groups: Groups
    members: Members
    weeks: Weeks
    submissions: Submissions
    notes: Notes
    questions: Questions
    likes: Likes
    records: Records
    spaces: Spaces
    agenda: Agenda
    breaks: Breaks
    publications: Publications
    reviews: Reviews
    stories: Stories
    badges: Badges
    credit: Credit


@dataclass(frozen=True, slots=True)
class PortfolioView:
    """A portfolio as others see it: the chapters with what its owner shows, and how many things came on which day.

    `badges` are those that the owner shows, by group.
    """

    publication: Publication
    person: Person
    chapters: tuple[Chapter, ...]
    days: Mapping[date, int]
    badges: Mapping[GroupId, Badge] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GroupView:
    """The page of a group; `waits` is how long a question typically waits for its first answer."""

    publication: Publication
    entry: Entry
    records: tuple[tuple[Person, TrackRecord], ...]
    tasks: Mapping[int, tuple[Task, ...]]
    breaks: tuple[Break, ...]
    participants: tuple[tuple[Person, str | None], ...]
    learners: int
    waits: timedelta | None

    @property
    def group(self) -> Group:
        """The group."""
        return self.entry.group


@dataclass(frozen=True, slots=True)
class Shared:
    """Work that somebody shows, with where it stands in a group and under which address its author's portfolio is."""

    author: Person
    address: str
    group: str
    part: Part
    piece: Work | Kept


def _made(part: Part) -> Iterator[Work | Kept]:
    """Yield the work and the notes of a week."""
    yield from part.work
    yield from part.notes


def shows(choices: Mapping[Item, bool], piece: Thing) -> bool:
    """Return whether a piece of a portfolio is shown to others."""
    return is_shown(choices, kind_of(piece), piece.id, shared=isinstance(piece, Kept) and piece.shared)


def portfolio_view(uow: Shelves, publication: Publication) -> PortfolioView | None:
    """Return a portfolio as others see it; None where nobody is behind it."""
    person = uow.people.get(publication.person)
    if person is None:
        return None
    choices = uow.publications.choices(person.id)
    mine = [one for one in chapters_of(uow.members, person.id) if is_shown(choices, Kind.GROUP, one.group)]
    groups = uow.groups.many(one.group for one in mine)
    found = tuple(
        public_chapter(uow, chapter(uow, groups[one.group], one), choices) for one in mine if one.group in groups
    )
    where = ZoneInfo(person.zone) if person.zone else None
    days = Counter(
        piece.at.astimezone(where or groups[one.group].where).date()
        for one in found
        for part in one.parts
        for piece in things(part)
    )
    badges = {
        one.group: badge for one in found if (badge := shown_badge(uow, one.group, person.id, choices)) is not None
    }
    return PortfolioView(publication, person, found, days, badges)


def shown_badge(uow: Shelves, group: GroupId, person: PersonId, choices: Mapping[Item, bool]) -> Badge | None:
    """Return somebody's badge of a group where it holds and they show it."""
    is_wanted = is_shown(choices, Kind.BADGE, group) and has_finished(uow, group, person)
    return uow.badges.of(group, person) if is_wanted else None


def public_chapter(uow: Shelves, whole: Chapter, choices: Mapping[Item, bool]) -> Chapter:
    """Return a chapter with what its owner shows; those who lead are named where their group's page is public."""
    page = uow.publications.of_group(whole.group)
    led_openly = page is not None and page.withdrawn_at is None
    parts = tuple(only(part, partial(shows, choices)) for part in whole.parts)
    return replace(
        whole,
        goal=whole.goal if is_shown(choices, Kind.GOAL, whole.group) else "",
        facilitators=whole.facilitators if led_openly else (),
        parts=tuple(part for part in parts if part),
    )


def directory_view(uow: Shelves) -> list[tuple[Publication, Entry]]:
    """Return the groups whose pages are public, those that are open or running first, then by start."""
    open_pages = {one.group: one for one in uow.publications.groups() if one.group is not None}
    order = {state: place for place, states in enumerate(BEFORE_THEM) for state in states}
    groups = sorted(
        (group for group in uow.groups.many(open_pages).values() if group.state in order),
        key=lambda one: (order[one.state], one.starts),
    )
    return [(open_pages[group.id], entry(uow, group)) for group in groups]


def group_view(uow: Shelves, publication: Publication, now: datetime) -> GroupView | None:
    """Return the page of a group; None where there is no group behind it."""
    group = uow.groups.get(publication.group) if publication.group is not None else None
    if group is None:
        return None
    found = entry(uow, group)
    by_week: dict[int, tuple[Task, ...]] = {}
    for task in tasks(uow.weeks, group.id):
        by_week[task.week.id] = (*by_week.get(task.week.id, ()), task)
    return GroupView(
        publication,
        found,
        tuple((person, track_record(uow, person.id, now)) for person in found.leaders),
        by_week,
        tuple(uow.breaks.of_group(group.id)),
        _participants(uow, group.id),
        uow.members.count(group.id, PRESENT, [Role.LEARNER]),
        typical(uow.questions.waiting_times([group.id])),
    )


def _participants(uow: Shelves, group: GroupId) -> tuple[tuple[Person, str | None], ...]:
    """Return those who want to be named, each with the address of their portfolio where that is public."""
    wanting = uow.publications.named(group)
    present = [one.person for one in uow.members.in_group(group) if one.person in wanting][:NAMED_AT_MOST]
    people = uow.people.many(present)
    portfolios = _addresses(uow, present)
    return tuple((people[id], portfolios.get(id)) for id in present if id in people)


def _addresses(uow: Shelves, people: Sequence[PersonId]) -> dict[PersonId, str]:
    return {person: found.slug for person, found in uow.publications.portfolios_of(people).items()}


def work_of(view: PortfolioView) -> list[Shared]:
    """Return the work and notes that a portfolio shows, the newest first."""
    return _newest_first(
        Shared(view.person, view.publication.slug, one.title, part, piece)
        for one in view.chapters
        for part in one.parts
        for piece in _made(part)
    )


def work_in(uow: Shelves, group: Group, limit: int) -> list[Shared]:
    """Return the newest work of a group's learners whose portfolios are public and show it, the newest first."""
    members = {one.person: one for one in uow.members.in_group(group.id) if one.accepted_at is not None}
    portfolios = uow.publications.portfolios_of(members)
    people = uow.people.many(portfolios)
    found: list[Shared] = []
    for id, person in people.items():
        choices = uow.publications.choices(id)
        if is_shown(choices, Kind.GROUP, group.id):
            shown = public_chapter(uow, chapter(uow, group, members[id]), choices)
            found += [
                Shared(person, portfolios[id].slug, group.title, part, piece)
                for part in shown.parts
                for piece in _made(part)
            ]
    return _newest_first(iter(found))[:limit]


def _newest_first(found: Iterator[Shared]) -> list[Shared]:
    return sorted(found, key=lambda one: (one.piece.at, one.piece.id), reverse=True)
