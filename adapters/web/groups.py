"""The pages of groups: one's own, and the list of all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from adapters.html import Reader
from bot.features.groups.cards import lasting, led, line, places
from bot.study.breaks import Break
from bot.study.directory import Entry
from bot.study.enrolment import closes_at, last_day, takes_people
from bot.study.groups import ALIVE, Group, GroupState
from bot.study.links import host_of
from bot.study.public import GroupView
from bot.study.publishing import Publication
from bot.study.times import instant
from bot.study.weeks import Week, WeekState
from bot.text import Code, Link, Moment, MomentStyle, Text, join, say, say_n, to_text

DOT = " · "
DESCRIBED = 240
"""Characters of a description that the list shows."""


def directory(found: Sequence[tuple[Publication, Entry]]) -> Mapping[str, Any]:
    """Return what the list of groups shows."""
    return {
        "title": say("Study groups"),
        "groups": [
            {"slug": page.slug, "title": one.group.title, "line": line(one), "about": _cut(one.group.description)}
            for page, one in found
        ],
    }


def _cut(words: str) -> str:
    first = " ".join(words.split())
    return first if len(first) <= DESCRIBED else first[: DESCRIBED - 1].rsplit(" ", 1)[0] + "…"


def summary(view: GroupView) -> Text:
    """Return a group in one line."""
    return line(view.entry)


def context(view: GroupView, reader: Reader, now: datetime) -> Mapping[str, Any]:
    """Return what the page of a group shows."""
    group = view.group
    return {
        "view": view,
        "title": to_text(group.title),
        "summary": summary(view),
        "facts": list(_facts(view, now)),
        "leaders": [led(person.name, record) for person, record in view.records],
        "weeks": list(_weeks(view)),
        "join": list(_how_to_join(view, now)),
        "learners": _learners(view),
        "joinable": takes_people(group, now),
    }


def _facts(view: GroupView, now: datetime) -> Iterator[tuple[str, Text]]:
    """Yield the short facts, each under the name of its words."""
    group, weeks = view.group, view.entry.weeks
    ahead = group.state in (GroupState.DRAFT, GroupState.OPEN)
    if group.state not in ALIVE:
        yield "now", group.state.label
    yield ("starts" if ahead else "began"), to_text(Moment(instant(group.starts, group.where)))
    length = say_n("{n} week", "{n} weeks", len(weeks))
    if weeks and group.state in ALIVE:
        last = Moment(max(week.opens_at for week in weeks), MomentStyle.DATE)
        length = length + DOT + say("the last one opens on {day}", day=last)
    yield "length", length
    if takes_people(group, now):
        yield "places", places(view.entry.places)
    if group.state in ALIVE:
        closed = now >= closes_at(group)
        day = last_day(group)
        yield "enrolment", say("closed after {day}", day=day) if closed else say("until {day}", day=day)
    if group.source:
        yield "course", _course(group.source)
    if view.waits is not None:
        yield "waits", lasting(view.waits)


def _course(source: str) -> Text:
    return to_text(Link(host_of(source), source)) if source.startswith(("https://", "http://")) else to_text(source)


def _weeks(view: GroupView) -> Iterator[Mapping[str, Any]]:
    """Yield the weeks and, between them, the breaks, by date."""
    rows: list[tuple[datetime, Mapping[str, Any]]] = [
        (week.opens_at, {"rest": False, "week": week, "when": _when(week), "asked": view.tasks.get(week.id, ())})
        for week in view.entry.weeks
    ]
    rows += [(one.begins_at(view.group.where), {"rest": True, "when": _days(one)}) for one in view.breaks]
    for _, row in sorted(rows, key=lambda row: row[0]):
        yield row


def _when(week: Week) -> Text:
    return say("left out") if week.state is WeekState.SKIPPED else to_text(Moment(week.opens_at))


def _days(one: Break) -> Text:
    first, last = (
        Moment(datetime(on.year, on.month, on.day, 12, tzinfo=UTC), MomentStyle.DATE) for on in (one.first, one.last)
    )
    return say("{first} to {last}", first=first, last=last) if one.first != one.last else to_text(first)


def _how_to_join(view: GroupView, now: datetime) -> Iterator[Text]:
    """Yield the steps to take."""
    group, found = view.group, view.publication
    if not takes_people(group, now):
        yield say("This group takes nobody in now.")
        return
    if found.join_link:
        yield say("Come to the chat: {link}", link=Link(found.join_link, found.join_link))
    elif view.entry.leaders:
        names = join([to_text(person.name) for person in view.entry.leaders])
        yield say("Ask {names} for the way to the chat.", names=names)
    yield say("Type {command} in the channel of the group and say what your goal is.", command=Code("/enrol"))
    if view.entry.places == 0:
        yield say("All places are taken. You come onto the waiting list, which moves up by itself.")
    elif group.auto_accept:
        yield say("You are in at once.")
    else:
        yield say("A facilitator answers.")


def _learners(view: GroupView) -> Text:
    return say_n("{n} person learns here.", "{n} people learn here.", view.learners)


def starts(group: Group) -> Text:
    """Return when a group starts, for its picture."""
    return to_text(Moment(instant(group.starts, group.where), MomentStyle.DATE))
