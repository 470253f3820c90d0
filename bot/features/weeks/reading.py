"""Reading a week: its material, its activities, and what is still open for me."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from bot.cards import Block, Card, Heading, Reply, Tone, bullets, card, paragraph, reply
from bot.context import Context
from bot.errors import Refusal
from bot.feature import Feature
from bot.features.weeks.cards import week_cards
from bot.options import Access
from bot.study import schedule, steps
from bot.study.groups import Group, changeable
from bot.study.progress import Progress, of_work
from bot.study.seats import locked
from bot.study.weeks import NotOpenYet, Task, Week, WeekState
from bot.text import Moment, Text, say, to_text

feature = Feature("reading weeks")


class NoWeeks(Refusal):
    """{group} has no weeks yet. Its facilitator adds the first one with /newweek."""


class NoSuchWeek(Refusal):
    """{group} has weeks 1 to {last}; there is no week {number}."""


def alone(ctx: Context) -> Group:
    """Let nobody else change the group's weeks until this is done; raises GroupIsOver where nothing can be added."""
    group = locked(ctx.uow.groups, ctx.group.id)
    changeable(group)
    return group


def week_of(ctx: Context, number: int) -> Week:
    """Return the group's week of that number; raises NoWeeks or NoSuchWeek."""
    week = ctx.uow.weeks.at(ctx.group.id, number)
    if week is None:
        weeks = ctx.uow.weeks.of_group(ctx.group.id)
        if not weeks:
            raise NoWeeks(group=ctx.group.title)
        raise NoSuchWeek(group=ctx.group.title, last=weeks[-1].ordinal, number=str(number))
    return week


@feature.command(access=Access.READ, title="A week")
def week(ctx: Context, number: Annotated[int | None, "Week number"] = None) -> Reply:
    """Show a week's material and activities, and what is still open for you."""
    weeks = ctx.uow.weeks.of_group(ctx.group.id)
    if not weeks:
        raise NoWeeks(group=ctx.group.title)
    posted = [one for one in weeks if one.state is WeekState.POSTED]
    if number is None and not posted:
        return reply(_ahead(ctx, weeks))
    wanted = week_of(ctx, number) if number is not None else posted[-1]
    leads = ctx.maybe_member is not None and ctx.maybe_member.leads
    if wanted.state is WeekState.PLANNED and not leads:
        raise NotOpenYet(number=wanted.ordinal, when=Moment(wanted.opens_at))
    learning = ctx.maybe_member is not None and ctx.maybe_member.learning
    mine: list[Block] = []
    if learning and wanted.state is WeekState.POSTED:
        mine = [Heading(say("Where you are")), bullets(_mine(ctx, wanted))]
    left_out = wanted.state is WeekState.SKIPPED
    cards = week_cards(
        ctx,
        wanted,
        above=[paragraph(say("This week was left out: nothing in it is asked of you."))] if left_out else [],
        below=mine,
        buttons=[
            ctx.button(say("Submit work"), "submit") if learning and not left_out else None,
            ctx.button(say("See responses"), "responses") if ctx.maybe_member and not left_out else None,
            ctx.button(say("Ask a question"), "ask") if learning else None,
        ],
        footer=_next(ctx, wanted),
    )
    return reply(*cards)


def _mine(ctx: Context, week: Week) -> list[Text]:
    """Return a line for each activity of a week."""
    state = of_work(ctx.uow, ctx.group, ctx.member)
    here = [task for task in state.tasks if task.week.id == week.id]
    return [_stands(state, task) for task in here] or [say("Nothing to hand in this week.")]


def _stands(state: Progress, task: Task) -> Text:
    """Return how an activity stands: done, open, or what is left of it."""
    if task.activity.id in state.done:
        return say("Done: {title}", title=task.activity.title)
    open_still = say("Open: {title}", title=task.activity.title)
    left = steps.left(state, task)
    return open_still + " · " + left if left else open_still


def _ahead(ctx: Context, weeks: Sequence[Week]) -> Card:
    first = next((one for one in weeks if one.state is WeekState.PLANNED), weeks[0])
    return card(
        to_text(ctx.group.title),
        say(
            "It starts with week {number}, “{title}”, on {when}.",
            number=first.ordinal,
            title=first.title,
            when=Moment(first.opens_at),
        ),
        tone=Tone.PLAIN,
    )


def _next(ctx: Context, week: Week) -> Text:
    after = schedule.following(ctx.uow.weeks.of_group(ctx.group.id), week)
    if after is None:
        return say("This is the last week.")
    return say("Next: week {number}, {when}", number=after.ordinal, when=Moment(after.opens_at))
