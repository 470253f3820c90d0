"""Who learns here, who has applied, and the words to invite somebody with."""

from __future__ import annotations

from typing import Annotated

from bot.cards import Block, Button, Heading, Quote, Reply, card, paragraph, reply
from bot.context import Context
from bot.feature import Feature
from bot.features.members.people import counted, named, portrait, role_of
from bot.measure import excerpt
from bot.options import Access
from bot.pages import pages
from bot.study import directory, enrolment
from bot.study.members import WAITING, Member, MemberState
from bot.study.people import Person
from bot.study.times import instant
from bot.text import Moment, MomentStyle, Text, join, say, say_n, to_text

feature = Feature("members")

PAGE = 6
"""People on one page of the participants."""
DECIDED = 4
"""Applications that can be decided right from the list: two buttons each."""
LISTED = 40
"""Members on one page of the facilitators' list."""


@feature.command(access=Access.READ, title="Who learns here")
def participants(ctx: Context, page: Annotated[int, "Page"] = 1) -> Reply:
    """See who learns here: their goals, what they offer, and where their clock stands."""
    total = ctx.uow.members.count(ctx.group.id)
    last = max(1, -(-total // PAGE))
    page = min(max(page, 1), last)
    members = ctx.uow.members.in_group(ctx.group.id, offset=(page - 1) * PAGE, limit=PAGE)
    people = named(ctx, members)
    blocks: list[Block] = []
    for member in members:
        if member.person in people:
            blocks += portrait(member, people[member.person], 300)
    return reply(
        *pages(
            say_n("{n} person in {group}", "{n} people in {group}", total, group=_title(ctx)),
            blocks,
            more=say("People, continued"),
            buttons=_turning(ctx, "participants", page, last),
            footer=counted(page, last),
        ),
        update=page > 1,
    )


def _title(ctx: Context) -> Text:
    """Return the group's title, short enough to stand in another."""
    return excerpt(to_text(ctx.group.title), 90)


def _turning(ctx: Context, command: str, page: int, last: int) -> list[Button | None]:
    return [
        ctx.button(say("Previous"), command, page=str(page - 1)) if page > 1 else None,
        ctx.button(say("Next"), command, page=str(page + 1)) if page < last else None,
    ]


@feature.command("lead members list", access=Access.READ, title="The group's members")
def members(ctx: Context, page: Annotated[int, "Page"] = 1) -> Reply:
    """See who is in the group and who waits for an answer."""
    waiting = ctx.uow.members.in_group(ctx.group.id, WAITING, limit=25) if page < 2 else []
    waiting.sort(key=lambda one: one.state is MemberState.WAITLISTED)
    total = ctx.uow.members.count(ctx.group.id)
    last = max(1, -(-total // LISTED))
    page = min(max(page, 1), last)
    inside = ctx.uow.members.in_group(ctx.group.id, offset=(page - 1) * LISTED, limit=LISTED)
    people = named(ctx, [*waiting, *inside])
    blocks: list[Block] = []
    buttons: list[Button | None] = []
    for member in waiting:
        if member.person in people:
            blocks += _application(member, people[member.person])
            if len(buttons) < 2 * DECIDED and member.state is MemberState.APPLIED:
                buttons += _deciding(ctx, member, people[member.person])
    names = [_line(member, people[member.person]) for member in inside if member.person in people]
    blocks += [
        Heading(say_n("{n} person in the group", "{n} people in the group", total)),
        paragraph(join(names, "\n")),
    ]
    return reply(
        *pages(
            say("Members of {group}", group=_title(ctx)),
            blocks,
            more=say("Members, continued"),
            buttons=[*buttons, *_turning(ctx, "lead members list", page, last)],
            footer=counted(page, last),
        ),
        update=page > 1,
    )


def _application(member: Member, person: Person) -> list[Block]:
    since = Moment(member.applied_at, MomentStyle.DATE)
    if member.state is MemberState.APPLIED:
        head = say("{name} applied on {day}", name=person.name, day=since)
    else:
        head = say("{name} has waited for a place since {day}", name=person.name, day=since)
    return [Heading(head), *([Quote(excerpt(to_text(member.goal), 300))] if member.goal else [])]


def _deciding(ctx: Context, member: Member, person: Person) -> list[Button]:
    name = excerpt(to_text(person.name), 30)
    return [
        ctx.button(say("Accept {name}", name=name), "lead members accept", member=member.id),
        ctx.button(say("Decline {name}", name=name), "lead members decline", member=member.id),
    ]


def _line(member: Member, person: Person) -> Text:
    return to_text(person.name) + " · " + role_of(member)


@feature.command("lead members invite", access=Access.READ, title="Invite people")
def invite(ctx: Context) -> Reply:
    """Get words to invite somebody with, ready to copy."""
    group = ctx.group
    if not enrolment.takes_people(group, ctx.now):
        enrolment.check_open(group, ctx.now)
    found = directory.entry(ctx.uow, group)
    local = group.starts
    words = say(
        "We are starting a study group: {group}. It begins on {when} and lasts {weeks}, with {people}. "
        "Come along: type /enrol group:{slug} where our group lives, or just follow along.",
        group=group.title,
        when=Moment(instant(local, group.where)),
        weeks=say_n("{n} week", "{n} weeks", len(found.weeks)),
        people=join([to_text(person.name) for person in found.leaders], say(" and ")),
        slug=group.slug,
    )
    return reply(
        card(
            say("An invitation to copy"),
            Quote(words),
            paragraph(say("Send it to whomever you would like to learn with. I write to nobody who has not come by.")),
        )
    )
