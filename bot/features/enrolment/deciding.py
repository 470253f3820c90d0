"""Letting applicants in or not, reminding those who decide, and moving the waiting list up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

from bot.cards import Button, Card, Choice, Quote, Reply, Tone, card, paragraph, reply
from bot.context import Context
from bot.feature import Feature
from bot.features.enrolment import telling
from bot.ids import MemberId, code
from bot.measure import excerpt
from bot.options import LongText, Pick
from bot.outbox import Post, PostState
from bot.study import decisions, directory, seats
from bot.study.agenda import DueKind
from bot.study.decisions import Decision
from bot.study.groups import ALIVE
from bot.study.members import PRESENT, WAITING, Member, MemberState
from bot.text import EMPTY, say, to_text

feature = Feature("deciding on applications")


def waiting(ctx: Context) -> Sequence[Choice]:
    """Return who waits for an answer or for a place."""
    found = ctx.uow.members.in_group(ctx.group.id, WAITING, limit=25)
    people = ctx.uow.people.many(member.person for member in found)
    return [Choice(code(one.id), to_text(people[one.person].name)) for one in found if one.person in people]


@feature.command("lead members accept", title="Accept an application")
def accept(ctx: Context, member: Annotated[MemberId, "Who", Pick(waiting)]) -> Reply:
    """Let an applicant in."""
    inside, came = decisions.accept(ctx.uow, ctx.group, member, actor=ctx.person.id, now=ctx.now)
    name = telling.name_of(ctx, inside)
    if came is Decision.BEFORE:
        return reply(card("", say("{name} is in already.", name=name)))
    telling.welcome(ctx, inside)
    telling.close(ctx, inside, say("Accepted by {who}.", who=ctx.person.name))
    directory.changed(ctx.uow, ctx.group.id, ctx.now)
    words = say("{name} is in. I welcomed them and said what comes next.", name=name)
    return reply(card("", words, buttons=[_members(ctx)], tone=Tone.DONE))


@feature.command("lead members decline", title="Decline an application")
def decline(
    ctx: Context,
    member: Annotated[MemberId, "Who", Pick(waiting)],
    reason: Annotated[LongText | None, "A few kind words; the applicant reads them"] = None,
) -> Reply:
    """Turn an application down, with a few kind words."""
    gone, came = decisions.decline(ctx.uow, ctx.group, member, (reason or "").strip(), actor=ctx.person.id, now=ctx.now)
    name = telling.name_of(ctx, gone)
    if came is Decision.BEFORE:
        return reply(card("", say("{name} has been told already.", name=name)))
    telling.tell(ctx, gone, "declined", _declined(ctx, gone, reason or ""))
    telling.close(ctx, gone, say("Declined by {who}.", who=ctx.person.name))
    directory.changed(ctx.uow, ctx.group.id, ctx.now)
    words = say("{name} is told that it does not fit this time. They may apply again.", name=name)
    return reply(card("", words, buttons=[_members(ctx)], tone=Tone.DONE))


def _declined(ctx: Context, member: Member, reason: str) -> Card:
    follows = member.state in PRESENT
    if follows:
        now = say("You still follow along as before, and can apply again while enrolment is open.")
    else:
        now = say("You can follow along as an observer, or apply again while enrolment is open.")
    return card(
        "",
        say("{group} can't take you in this time.", group=ctx.group.title),
        say("{who} wrote:", who=ctx.person.name) if reason else EMPTY,
        *([Quote(excerpt(to_text(reason), 1_500))] if reason else []),
        paragraph(now),
        buttons=[
            None if follows else ctx.button(say("Just follow along"), "enrol follow"),
            ctx.button(say("See other groups"), "groups"),
        ],
    )


def _members(ctx: Context) -> Button:
    return ctx.button(say("See the members"), "lead members list")


@feature.routine(DueKind.REMIND_APPLICATION)
def remind(ctx: Context, member: int) -> None:
    """Ask those who decide once more when an application has waited for two days."""
    found = ctx.uow.members.get(MemberId(member))
    if found is not None and found.state is MemberState.APPLIED and ctx.group.state in ALIVE:
        telling.remind(ctx, found)


@feature.before_sending(telling.REMINDER)
def still_waits(ctx: Context, post: Post) -> Post:
    """Let a reminder wait for the end of its reader's night, and be gone where somebody has decided."""
    member = ctx.uow.members.get(MemberId(post.about.id))
    if ctx.maybe_group is None or member is None or member.state is not MemberState.APPLIED:
        return replace(post, state=PostState.CANCELLED, reason="it is decided")
    return ctx.by_day(post)


@feature.routine(DueKind.FILL_SEATS)
def fill_seats(ctx: Context, group: int) -> None:
    """Let the waiting list move up when places are free."""
    moved = seats.fill(ctx.uow, ctx.group.id, now=ctx.now)
    for member in moved:
        _moved_up(ctx, member)
    if moved:
        directory.changed(ctx.uow, ctx.group.id, ctx.now)


def _moved_up(ctx: Context, member: Member) -> None:
    if member.state is MemberState.ACTIVE:
        telling.welcome(ctx, member)
        return
    telling.ask(ctx, member)
    words = say(
        "A place of {group} is free, and you are next. A facilitator looks at your application now.",
        group=ctx.group.title,
    )
    back = ctx.button(say("Take my application back"), "withdraw")
    telling.tell(ctx, member, "moved up", card("", words, buttons=[back]))
