"""Breaks: taken, changed, ended early; they begin and end by themselves."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated

from bot.cards import Block, Button, ButtonStyle, Reply, Tone, bullets, card, reply
from bot.context import Context
from bot.errors import Refusal
from bot.feature import Feature
from bot.features.schedule.wording import days_of, from_to, plan_of
from bot.ids import BreakId, DraftId
from bot.pages import pages
from bot.study import directory, resting, schedule
from bot.study.agenda import DueKind
from bot.study.breaks import Break, break_on
from bot.study.drafts import Draft, taken
from bot.study.groups import Group, GroupState, moved
from bot.study.occurrences import Outcome, What, decide
from bot.study.resting import Change
from bot.study.seats import locked
from bot.study.times import LocalTime, local_time
from bot.text import EMPTY, Moment, Text, say

feature = Feature("breaks")

REST = "lead schedule break"
MOST_WEEKS = 26


class NotWeeks(Refusal):
    """A break takes 1 to {most} weeks, so {given} does not fit. For a few days, give its last day instead."""


class WeeksOrLastDay(Refusal):
    """Say one of the two: how many weeks the break takes, or its last day."""


class Later(StrEnum):
    """What becomes of the weeks that would fall into a break."""

    MOVE = "move"
    LEAVE_OUT = "leave out"

    @property
    def label(self) -> Text:
        """The choice in words."""
        return _CHOICES[self]


_CHOICES = {
    Later.MOVE: say("all later weeks move"),
    Later.LEAVE_OUT: say("weeks in the break are left out"),
}


@feature.command(REST, title="Take a break")
def lead_schedule_break(
    ctx: Context,
    first: Annotated[LocalTime | None, "First day, like 2027-12-20"] = None,
    weeks: Annotated[int | None, "How many weeks"] = None,
    until: Annotated[LocalTime | None, "Or the last day, like 2028-01-02"] = None,
    later: Annotated[Later | None, "What becomes of the weeks in it; they move if you say nothing"] = None,
) -> Reply:
    """Take a break without reminders; later weeks move or are left out, and you see how before."""
    group = locked(ctx.uow.groups, ctx.group.id)
    resting.alive(group)
    today = local_time(ctx.now, group.where).date()
    if not ctx.call.submitted and (first, weeks, until, later) == (None,) * 4:
        coming = resting.coming(ctx.uow.breaks.of_group(group.id), today)
        return _standing(ctx, group, coming) if coming else ctx.form(needed=("first",))
    if first is None or (weeks is None and until is None and not ctx.call.submitted):
        if ctx.call.submitted:
            ctx.missing("first")
        return ctx.form(needed=("first",))
    begins = first.date()
    wish = Break(
        BreakId(ctx.new_id()),
        group.id,
        begins,
        _last(begins, weeks, until.date() if until else None),
        later is not Later.LEAVE_OUT,
        0,
        ctx.now,
    )
    return _preview(ctx, group, wish, EMPTY)


def _last(first: date, weeks: int | None, until: date | None) -> date:
    if (weeks is None) == (until is None):
        raise WeeksOrLastDay
    if weeks is None:
        assert until is not None, "one of the two was given"
        return until
    if not 1 <= weeks <= MOST_WEEKS:
        raise NotWeeks(most=MOST_WEEKS, given=str(weeks))
    return first + timedelta(days=7 * weeks - 1)


def _standing(ctx: Context, group: Group, coming: list[Break]) -> Reply:
    """Return the breaks that are there or come, with what can be done about them."""
    lines = [say("A break {days}", days=days_of(group, one)) for one in coming]
    end = [_end_button(ctx, group, one, number) for number, one in enumerate(coming[:6], 1)]
    shown = card(
        say("Breaks of {group}", group=group.title[:60]),
        bullets(lines),
        say("A break that shares days with one of these takes its place."),
        buttons=[*end, ctx.button(say("Choose other days"), REST, first=coming[0].first.isoformat())],
    )
    return reply(shown)


def _end_button(ctx: Context, group: Group, one: Break, number: int) -> Button:
    begun = one.first <= local_time(ctx.now, group.where).date()
    label = say("End the break now") if begun else say("Call break {number} off", number=number)
    return ctx.button(label, "lead schedule break end", rest=one.id)


def _change(ctx: Context, group: Group, wish: Break) -> Change:
    weeks, breaks = ctx.uow.weeks.of_group(group.id), ctx.uow.breaks.of_group(group.id)
    return resting.planned(weeks, breaks, group, wish, now=ctx.now)


def _preview(ctx: Context, group: Group, wish: Break, words: Text) -> Reply:
    change = _change(ctx, group, wish)
    assert change.rest is not None, "a break that is planned is there"
    kept = (
        ("first", wish.first.isoformat()),
        ("last", wish.last.isoformat()),
        ("shifts", "yes" if wish.shifts else "no"),
        ("plan", plan_of(change.weeks)),
    )
    draft = Draft(DraftId(ctx.new_id()), ctx.person.id, group.id, REST, kept, ctx.now)
    ctx.uow.drafts.add(draft)
    before = [change.before] if change.before is not None else []
    return reply(
        *pages(
            "",
            [
                *([words] if words else []),
                say("A break {days}: this is what changes.", days=days_of(group, change.rest)),
                *(say("It takes the place of the break {days}.", days=days_of(group, one)) for one in before),
                *_effects(change),
                say("Nobody is reminded of anything in this time."),
                say("Nothing has changed yet. The group is told once you press the button."),
            ],
            more=say("The break, continued"),
            buttons=[
                ctx.button(say("Take this break"), "lead schedule break now", ButtonStyle.PRIMARY, draft=draft.id),
                ctx.button(say("Choose other days"), REST, first=wish.first.isoformat()),
            ],
            tone=Tone.NEEDS_YOU,
        )
    )


def _effects(change: Change) -> list[Block | Text]:
    """Return what becomes of the weeks."""
    left_out = [
        say("Week {number}, planned for {when}, is left out.", number=week.ordinal, when=Moment(week.opens_at))
        for week in change.left_out
    ]
    dates = from_to(change.moved)
    if not (left_out or dates):
        return [say("All weeks stay where they are.")]
    return [*dates, *([bullets(left_out)] if left_out else [])]


@feature.command("lead schedule break now", hidden=True)
def lead_schedule_break_now(ctx: Context, draft: Annotated[DraftId, "Which break"]) -> Reply:
    """Take a break as you saw it."""
    group = locked(ctx.uow.groups, ctx.group.id)
    resting.alive(group)
    found = taken(ctx.uow.drafts, draft, ctx.person.id, group.id, REST)
    if found is None:
        return reply(card("", say("This is done already, or more than a day old."), buttons=[_see(ctx)]))
    given = dict(found.arguments)
    first, last = date.fromisoformat(given["first"]), date.fromisoformat(given["last"])
    wish = Break(BreakId(ctx.new_id()), group.id, first, last, given["shifts"] == "yes", 0, ctx.now)
    change = _change(ctx, group, wish)
    if plan_of(change.weeks) != given["plan"]:
        return _preview(ctx, group, wish, say("The schedule has changed since you looked. Look again:"))
    assert change.rest is not None, "a break that is planned is there"
    words = [
        say("We rest {days}.", days=days_of(group, change.rest)),
        say("Nobody is reminded of anything in this time."),
    ]
    ctx.concerns["break"] = change.rest.id
    _keep(ctx, group, change, say("A break"), words)
    done = say("Done: the break is planned, and the group is told.")
    return reply(card("", done, buttons=[_see(ctx)], tone=Tone.DONE))


@feature.command("lead schedule break end", hidden=True)
def lead_schedule_break_end(ctx: Context, rest: Annotated[BreakId, "Which break"]) -> Reply:
    """End a break now, or call it off; the weeks come as early as they can."""
    group = locked(ctx.uow.groups, ctx.group.id)
    resting.alive(group)
    found = ctx.uow.breaks.get(rest)
    today = local_time(ctx.now, group.where).date()
    if found is None or found.group != group.id or found.last < today:
        raise resting.NoSuchBreak
    weeks, breaks = ctx.uow.weeks.of_group(group.id), ctx.uow.breaks.of_group(group.id)
    change = resting.ended(weeks, breaks, group, found, now=ctx.now)
    begun = found.first <= today
    if begun:
        _keep(ctx, group, change, say("The break is over, we go on"), [])
        done = say("Done: the break is over, and the group is told.")
    else:
        instead = say("There is no break {days} after all.", days=days_of(group, found))
        _keep(ctx, group, change, say("No break"), [instead])
        done = say("Done: the break is off, and the group is told.")
    return reply(card("", done, *_effects(change), buttons=[_see(ctx)], tone=Tone.DONE))


def _keep(ctx: Context, group: Group, change: Change, title: Text, words: list[Text]) -> None:
    """Keep a change of a break and give the group one notice of it, in place of the one about the old break."""
    resting.keep(ctx.uow, group, change, ctx.person.id, now=ctx.now)
    directory.changed(ctx.uow, group.id, ctx.now)
    if change.before is not None:
        ctx.take_back(change.before.about)
    about = change.rest.about if change.rest is not None else change.before.about if change.before else None
    assert about is not None, "a change is about a break"
    slot = "card" if change.rest is not None else "over"
    ctx.show(pages(title, [*words, *_effects(change)], more=say("The break, continued")), about, slot=slot)


def _see(ctx: Context) -> Button:
    return ctx.button(say("See the schedule"), "lead schedule show")


@feature.routine(DueKind.START_BREAK)
def start_break(ctx: Context, rest: BreakId) -> None:
    """Let a group rest on the first day of its break."""
    found, group = ctx.uow.breaks.get(rest), ctx.uow.groups.lock(ctx.group.id)
    if found is None or group is None or group.state is not GroupState.RUNNING:
        return
    if found.begins_at(group.where) > ctx.now:  # the clock was set back since it became due
        ctx.due(DueKind.START_BREAK, rest, found.begins_at(group.where))
    elif found.covers(local_time(ctx.now, group.where).date()):
        ctx.uow.groups.save(moved(group, GroupState.BREAK))
        due_at, name = found.begins_at(group.where), found.first.isoformat()
        decide(ctx.uow.occurrences, group.id, What.BREAK, name, Outcome.POSTED, due_at=due_at, now=ctx.now)
        directory.changed(ctx.uow, group.id, ctx.now)


@feature.routine(DueKind.END_BREAK)
def end_break(ctx: Context, rest: BreakId) -> None:
    """Let a group go on after the last day of its break."""
    found, group = ctx.uow.breaks.get(rest), ctx.uow.groups.lock(ctx.group.id)
    if found is None or group is None or group.state is not GroupState.BREAK:
        return
    if found.ends_at(group.where) > ctx.now:  # the clock was set back since it became due
        ctx.due(DueKind.END_BREAK, rest, found.ends_at(group.where))
        return
    if break_on(ctx.uow.breaks.of_group(group.id), local_time(ctx.now, group.where).date()) is not None:
        return  # another break follows on the next day, and its end is on the agenda
    ctx.uow.groups.save(moved(group, GroupState.RUNNING))
    schedule.look_at_once(ctx.uow, group, now=ctx.now)
    directory.changed(ctx.uow, group.id, ctx.now)
