"""How a group looks: a line in a list, and its card."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.cards import Block, Button, ButtonStyle, Card, Heading, LinkButton, bullets, fields, paragraph
from bot.context import Context
from bot.measure import excerpt
from bot.pages import pages
from bot.study.directory import Entry, entry
from bot.study.enrolment import closes_at, last_day, takes_people
from bot.study.groups import Group, GroupState
from bot.study.links import host_of
from bot.study.members import PRESENT, WAITING, Member
from bot.study.times import instant
from bot.study.track_record import TrackRecord, track_record, typical
from bot.study.weeks import Week, WeekState
from bot.text import Link, Moment, MomentStyle, Strong, Text, join, say, say_n, to_text

DESCRIBED = 900
"""Characters of a description that a card shows."""
DOT = " · "


def line(found: Entry) -> Text:
    """Return a group in a line, with nothing in it that time alone would make untrue."""
    group = found.group
    starts = Moment(instant(group.starts, group.where), MomentStyle.DATE)
    parts = [
        _begins(group, starts),
        say_n("{n} week", "{n} weeks", len(found.weeks)),
        *([places(found.places), say("enrolment until {day}", day=last_day(group))] if _joinable(group) else []),
        *([say("with {people}", people=names(found))] if found.leaders else []),
    ]
    return join(parts, DOT)


def _joinable(group: Group) -> bool:
    return group.state in (GroupState.OPEN, GroupState.RUNNING, GroupState.BREAK)


def _begins(group: Group, starts: Moment) -> Text:
    match group.state:
        case GroupState.DRAFT | GroupState.OPEN:
            return say("Starts on {day}", day=starts)
        case GroupState.RUNNING:
            return say("Running since {day}", day=starts)
        case GroupState.BREAK:
            return say("On a break, running since {day}", day=starts)
        case GroupState.FROZEN:
            return say("Resting, began on {day}", day=starts)
        case GroupState.CANCELLED:
            return say("Cancelled")
        case GroupState.ENDED | GroupState.ARCHIVED:
            return say("Ended, began on {day}", day=starts)


def places(left: int | None) -> Text:
    """Return how many can still come."""
    if left is None:
        return say("room for everyone")
    return say_n("{n} place left", "{n} places left", left) if left else say("full, with a waiting list")


def names(found: Entry) -> Text:
    """Return who leads a group, by name."""
    return join([to_text(person.name) for person in found.leaders], ", ")


def group_cards(ctx: Context, group: Group, member: Member | None) -> tuple[Card, ...]:
    """Return a group's card: what, when, who, how long, how to join; the syllabus below."""
    found = entry(ctx.uow, group)
    blocks: list[Block] = [*([paragraph(excerpt(to_text(group.description), DESCRIBED))] if group.description else [])]
    blocks.append(_facts(ctx, found))
    if found.leaders:
        records = [led(person.name, track_record(ctx.uow, person.id, ctx.now)) for person in found.leaders]
        blocks += [Heading(say("Who leads it")), bullets(records)]
    if found.weeks:
        blocks += [Heading(say("Week by week")), bullets(_week(week) for week in found.weeks)]
    blocks += [Heading(say("How to join")), paragraph(_how_to_join(ctx, found, member))]
    here = ctx.within(group)
    return pages(
        group.title,
        blocks,
        more=say("The group, continued"),
        buttons=[*_buttons(here, member, found), *_on_the_web(here)],
    )


def _on_the_web(here: Context) -> list[Button | LinkButton | None]:
    """Return the ways to the group's public page and to being named on it, where it has one."""
    page = here.uow.publications.of_group(here.group.id) if here.site else None
    if page is None or page.withdrawn_at is not None:
        return []
    mine = here.maybe_member
    unnamed = (
        mine is not None and mine.state in PRESENT and mine.person not in here.uow.publications.named(here.group.id)
    )
    return [
        LinkButton(say("On the web"), f"{here.site}g/{page.slug}/"),
        here.button(say("Name me there"), "group name me", shown="yes") if unnamed else None,
    ]


def _facts(ctx: Context, found: Entry) -> Block:
    group = found.group
    begins = to_text(Moment(instant(group.starts, group.where)))
    weeks = say_n("{n} week", "{n} weeks", len(found.weeks))
    if found.weeks:
        last = Moment(max(week.opens_at for week in found.weeks), MomentStyle.DATE)
        weeks = weeks + DOT + say("the last one opens on {day}", day=last)
    waits = typical(ctx.uow.questions.waiting_times([group.id]))
    ahead = group.state in (GroupState.DRAFT, GroupState.OPEN)
    closed = ctx.now >= closes_at(group)
    enrolment = say("closed after {day}", day=last_day(group)) if closed else say("until {day}", day=last_day(group))
    return fields(
        [
            *([] if _joinable(group) else [(say("Now"), group.state.label)]),
            (say("Starts") if ahead else say("Began"), begins),
            (say("Length"), weeks),
            *([(say("Places"), places(found.places))] if takes_people(group, ctx.now) else []),
            *([(say("Enrolment"), enrolment)] if _joinable(group) else []),
            *([(say("Course"), _course(group.source))] if group.source else []),
            *([(say("A question waits for its first answer"), lasting(waits))] if waits is not None else []),
        ]
    )


def _course(source: str) -> Text:
    return to_text(Link(host_of(source), source)) if source.startswith(("https://", "http://")) else to_text(source)


def lasting(time: timedelta) -> Text:
    """Return how long something takes, roughly."""
    hours = round(time.total_seconds() / 3600)
    if hours < 1:
        return say("less than an hour")
    if hours < 36:
        return say_n("about {n} hour", "about {n} hours", hours)
    return say_n("about {n} day", "about {n} days", round(hours / 24))


def led(name: str, record: TrackRecord) -> Text:
    """Return what the groups that somebody led came to."""
    if not record.run:
        return to_text(Strong(name)) + ": " + say("leads a group for the first time")
    parts = [
        say_n("{n} group run", "{n} groups run", record.run),
        say_n("{n} finished", "{n} finished", record.finished),
        say_n("{n} learner", "{n} learners", record.learners),
    ]
    if record.on_time is not None:
        parts.append(say("{share} % of weeks on time", share=record.on_time))
    if record.first_answer is not None:
        parts.append(say("first answer after {time}", time=lasting(record.first_answer)))
    return to_text(Strong(name)) + ": " + join(parts, DOT)


def _week(week: Week) -> Text:
    named = say("Week {number}: {title}", number=week.ordinal, title=week.title[:120])
    if week.state is WeekState.SKIPPED:
        return named + DOT + say("left out")
    return named + DOT + Moment(week.opens_at, MomentStyle.DATE)


def _how_to_join(ctx: Context, found: Entry, member: Member | None) -> Text:
    group = found.group
    if member is not None and member.state in PRESENT:
        return say("You are in.")
    if member is not None and member.state in WAITING:
        return say("You have applied. I'll tell you as soon as it is decided.")
    if not takes_people(group, ctx.now):
        return say("This group takes nobody in now. /groups shows the ones that you can join.")
    if found.places == 0:
        return say("All places are taken. Enrol to get on the waiting list: it moves up by itself.")
    if group.auto_accept:
        return say("Press Enrol, say what your goal is, and you are in at once. Or just follow along and read.")
    return say("Press Enrol and say what your goal is; a facilitator answers. Or just follow along and read.")


def _buttons(here: Context, member: Member | None, found: Entry) -> list[Button | None]:
    inside = member is not None and member.state in PRESENT
    waiting = member is not None and member.state in WAITING
    joins = takes_people(found.group, here.now) and not inside and not waiting
    return [
        here.button(say("Enrol"), "enrol", ButtonStyle.PRIMARY) if joins else None,
        here.button(say("Just follow along"), "enrol follow") if joins else None,
        here.button(say("This week"), "week") if inside else None,
        here.button(say("Who learns here"), "participants") if inside else None,
        here.button(say("Take my application back"), "withdraw") if waiting else None,
        here.button(say("Read the introduction"), "group introduction") if found.group.introduction else None,
    ]


def list_blocks(found: Sequence[Entry]) -> list[Block]:
    """Return groups as a list shows them."""
    blocks: list[Block] = []
    for one in found:
        blocks += [Heading(to_text(one.group.title)), paragraph(line(one))]
    return blocks


def empty_list() -> Text:
    """Return what a list without groups says."""
    return say("No study group has started here yet. Facilitators start one with /lead group create.")


def none_of_yours() -> Text:
    """Return what somebody reads in a direct conversation who is in no group."""
    return say(
        "Here I can show only the groups that you are in, and you are in none yet. "
        "Type /groups in a channel of your server or workspace, and you see all that there are."
    )
