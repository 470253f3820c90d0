"""Moving weeks: from one on, by some days or to a date; all later weeks follow."""

from __future__ import annotations

from typing import Annotated

from bot.cards import Button, ButtonStyle, Reply, Tone, card, reply
from bot.chat import About
from bot.context import Context
from bot.errors import Refusal
from bot.feature import Feature
from bot.features.schedule.wording import from_to, plan_of
from bot.ids import DraftId
from bot.pages import pages
from bot.study import directory, rescheduling
from bot.study.drafts import Draft, taken
from bot.study.groups import ALIVE, Group
from bot.study.seats import locked
from bot.study.times import LocalTime
from bot.study.weeks import Week
from bot.text import Text, say

feature = Feature("moving weeks")

MOVE = "lead schedule shift"


class NoSuchWeek(Refusal):
    """There is no week {number} in {group}. /lead schedule show says which weeks come."""


class DaysOrDate(Refusal):
    """Say one of the two: by how many days the week moves, or to which date."""


class NothingMoves(Refusal):
    """{group} is {state}, so its weeks stay where they are. /lead schedule show says what comes next."""


@feature.command(MOVE, title="Move the coming weeks", asks=("number",))
def lead_schedule_shift(
    ctx: Context,
    number: Annotated[int | None, "From which week on"] = None,
    days: Annotated[int | None, "By how many days, like 7"] = None,
    to: Annotated[LocalTime | None, "Or to which date, like 2027-01-25; the time of day stays"] = None,
) -> Reply:
    """Move a coming week and all later ones, by days or to a date; you see the new dates first."""
    if number is None or (days is None and to is None and not ctx.call.submitted):
        if ctx.call.submitted:
            ctx.missing("number")
        return ctx.form(needed=("number",))
    group = _movable(ctx)
    week = ctx.uow.weeks.at(group.id, number)
    if week is None:
        raise NoSuchWeek(number=str(number), group=group.title)
    if (days is None) == (to is None):
        raise DaysOrDate
    by = days if days is not None else (to.date() - week.opens.date()).days if to is not None else 0
    return _preview(ctx, group, week, by, say("This is how the weeks move:"))


def _movable(ctx: Context) -> Group:
    group = locked(ctx.uow.groups, ctx.group.id)
    if group.state not in ALIVE:
        raise NothingMoves(group=group.title, state=group.state.label)
    return group


def _changes(ctx: Context, group: Group, week: Week, days: int) -> list[tuple[Week, Week]]:
    weeks, breaks = ctx.uow.weeks.of_group(group.id), ctx.uow.breaks.of_group(group.id)
    return rescheduling.shifted(weeks, breaks, group, week, days, now=ctx.now)


def _preview(ctx: Context, group: Group, week: Week, days: int, words: Text) -> Reply:
    changes = _changes(ctx, group, week, days)
    kept = (("week", str(week.ordinal)), ("days", str(days)), ("plan", plan_of(changes)))
    draft = Draft(DraftId(ctx.new_id()), ctx.person.id, group.id, MOVE, kept, ctx.now)
    ctx.uow.drafts.add(draft)
    return reply(
        *pages(
            "",
            [words, *from_to(changes), say("Nothing has changed yet. The group is told once you press the button.")],
            more=say("The new dates, continued"),
            buttons=[
                ctx.button(say("Move them"), "lead schedule shift now", ButtonStyle.PRIMARY, draft=draft.id),
                ctx.button(say("Choose another date"), MOVE),
            ],
            tone=Tone.NEEDS_YOU,
        )
    )


@feature.command("lead schedule shift now", hidden=True)
def lead_schedule_shift_now(ctx: Context, draft: Annotated[DraftId, "Which move"]) -> Reply:
    """Move weeks as you saw it."""
    group = _movable(ctx)
    found = taken(ctx.uow.drafts, draft, ctx.person.id, group.id, MOVE)
    if found is None:
        return reply(card("", say("This is done already, or more than a day old."), buttons=[_see(ctx)]))
    wish = dict(found.arguments)
    week = ctx.uow.weeks.at(group.id, int(wish["week"]))
    if week is None:
        raise NoSuchWeek(number=wish["week"], group=group.title)
    changes = _changes(ctx, group, week, int(wish["days"]))
    if plan_of(changes) != wish["plan"]:
        words = say("The schedule has changed since you looked. This is how the weeks would move now:")
        return _preview(ctx, group, week, int(wish["days"]), words)
    ctx.concerns |= {"week": week.id, "days": int(wish["days"])}
    rescheduling.keep(ctx.uow, group, changes, ctx.person.id, now=ctx.now)
    directory.changed(ctx.uow, group.id, ctx.now)
    told = pages(
        say("Other dates"), [say("The coming weeks move:"), *from_to(changes)], more=say("Other dates, continued")
    )
    ctx.show(told, About("shift", found.id))
    words = say("Done: the weeks are moved, and the group is told.")
    return reply(card("", words, buttons=[_see(ctx)], tone=Tone.DONE))


def _see(ctx: Context) -> Button:
    return ctx.button(say("See the schedule"), "lead schedule show")
