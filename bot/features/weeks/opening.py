"""Opening a week: on schedule, or by hand with a preview first and ten minutes to take it back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Annotated

from bot.cards import ButtonStyle, Reply, Tone, card, reply
from bot.context import Context
from bot.errors import Refusal, UnknownItem
from bot.feature import Feature
from bot.features.weeks.cards import WEEK, posted_cards, show_week, title_of
from bot.features.weeks.reading import alone
from bot.ids import WeekId
from bot.options import LongText
from bot.study import schedule
from bot.study.agenda import DueKind
from bot.study.groups import ALIVE, GroupState
from bot.study.times import LocalTime
from bot.study.weeks import Week, WeekState
from bot.text import Moment, say

feature = Feature("opening weeks")

UNDO = timedelta(minutes=10)
"""How long a week that was opened by hand can be taken back."""


class AlreadyOpen(Refusal):
    """Week {number} is open already, since {when}. Change it with /lead week edit; everyone sees it in place."""


class TooLateToUndo(Refusal):
    """Ten minutes have passed, so week {number} stays. Change it with /lead week edit."""


class NotWhileStill(Refusal):
    """{group} is not open for new weeks now: it is {state}."""


class NoSuchNumber(Refusal):
    """The next week would be number {next}. To change an earlier one, use /lead week edit."""


class TitleMissing(Refusal):
    """Week {number} is new: give it a title, so that everyone knows what it is about."""


@feature.command(title="Open a week")
def newweek(
    ctx: Context,
    number: Annotated[int | None, "Week number; empty means the next one"] = None,
    title: Annotated[str | None, "Title, for a week that is not in the plan yet"] = None,
    text: Annotated[LongText | None, "What the week is about"] = None,
    when: Annotated[LocalTime | None, "When it opens, like 2027-01-18 18:00; empty means you press Post now"] = None,
    note: Annotated[LongText | None, "A personal note on top"] = None,
) -> Reply:
    """Preview the next week, then post it now, schedule or edit it."""
    alone(ctx)
    _alive(ctx)
    weeks = ctx.uow.weeks.of_group(ctx.group.id)
    planned = next((week for week in weeks if week.state is WeekState.PLANNED), None)
    following = (weeks[-1].ordinal if weeks else 0) + 1
    wanted = number if number is not None else planned.ordinal if planned else following
    week = next((one for one in weeks if one.ordinal == wanted), None)
    if week is None:
        if wanted != following:
            raise NoSuchNumber(next=following)
        if title is None:
            if not ctx.call.submitted:
                return ctx.form(number=str(wanted))
            raise TitleMissing(number=wanted)
        opens = when or schedule.usual_opening(ctx.group, wanted)
        week = schedule.plan_week(ctx.uow.weeks, ctx.group, wanted, title, text, opens, now=ctx.now)
    elif week.state is WeekState.POSTED:
        raise AlreadyOpen(number=week.ordinal, when=Moment(week.posted_at or week.opens_at))
    changed = schedule.changed(week, title=title, text=text, note=note)
    if changed != week:
        ctx.uow.weeks.save(changed)
    if when is not None:
        return _scheduled(ctx, changed, when)
    return _preview(ctx, changed)


def _preview(ctx: Context, week: Week) -> Reply:
    asked = card(
        say("Preview: only you can see this"),
        say("Week {number} is planned for {when}.", number=week.ordinal, when=Moment(week.opens_at)),
        say("Post it now, choose another time, or change it first."),
        buttons=[
            ctx.button(say("Post now"), "newweek post", ButtonStyle.PRIMARY, week=week.id),
            ctx.button(say("Schedule"), "newweek schedule", number=str(week.ordinal)),
            ctx.button(say("Edit"), "lead week edit", number=str(week.ordinal)),
        ],
    )
    shown = [replace(one, buttons=()) for one in posted_cards(ctx, week)]
    return reply(*shown, asked)


@feature.command("newweek schedule", hidden=True, title="When does the week open?")
def choose_time(
    ctx: Context,
    number: Annotated[int, "Week number"],
    when: Annotated[LocalTime, "When it opens, like 2027-01-18 18:00"],
) -> Reply:
    """Choose when a planned week opens."""
    alone(ctx)
    week = ctx.uow.weeks.at(ctx.group.id, number)
    if week is None:
        raise UnknownItem
    if week.state is WeekState.POSTED:
        raise AlreadyOpen(number=week.ordinal, when=Moment(week.posted_at or week.opens_at))
    return _scheduled(ctx, week, when)


def _scheduled(ctx: Context, week: Week, when: LocalTime) -> Reply:
    _alive(ctx)
    moved = schedule.reschedule(week, when, ctx.group, now=ctx.now)
    ctx.uow.weeks.save(moved)
    ctx.due(DueKind.PUBLISH_WEEK, moved.id, moved.opens_at)
    schedule.end_after_last_week(ctx.uow.weeks, ctx.uow.agenda, ctx.group)
    words = say("{week} opens on {when}. I'll post it then.", week=title_of(moved), when=Moment(moved.opens_at))
    now = ctx.button(say("Post now"), "newweek post", week=moved.id)
    return reply(card("", words, buttons=[now], tone=Tone.DONE))


@feature.command("newweek post", hidden=True)
def post(ctx: Context, week: Annotated[WeekId, "Which week"]) -> Reply:
    """Post a week in the group's channels now."""
    alone(ctx)
    _alive(ctx)
    found = _here(ctx, week)
    if found.state is WeekState.POSTED:
        raise AlreadyOpen(number=found.ordinal, when=Moment(found.posted_at or found.opens_at))
    ctx.not_due(DueKind.PUBLISH_WEEK, found.id)
    opened = open_week(ctx, found)
    undo = ctx.button(say("Undo"), "newweek undo", week=opened.id)
    words = say("{week} is out. You can take it back for 10 minutes.", week=title_of(opened))
    return reply(card("", words, buttons=[undo], tone=Tone.DONE))


@feature.command("newweek undo", hidden=True)
def undo(ctx: Context, week: Annotated[WeekId, "Which week"]) -> Reply:
    """Take back a week that was just posted."""
    alone(ctx)
    found = _here(ctx, week)
    if found.state is not WeekState.POSTED or found.posted_at is None:
        return reply(card("", say("{week} is not posted.", week=title_of(found))))
    if ctx.now - found.posted_at > UNDO:
        raise TooLateToUndo(number=found.ordinal)
    ctx.take_back(found.about, WEEK)
    ctx.uow.weeks.save(replace(found, state=WeekState.PLANNED, posted_at=None, posted_by=None))
    if found.opens_at > ctx.now:
        ctx.due(DueKind.PUBLISH_WEEK, found.id, found.opens_at)
        words = say(
            "Taken back: {week} opens on {when} again, as planned.", week=title_of(found), when=Moment(found.opens_at)
        )
    else:
        words = say("Taken back: {week} is in the plan again, and nothing is scheduled for it.", week=title_of(found))
    again = [
        ctx.button(say("Post now"), "newweek post", week=found.id),
        ctx.button(say("Schedule"), "newweek schedule", number=str(found.ordinal)),
    ]
    return reply(card("", words, buttons=again))


@feature.routine(DueKind.PUBLISH_WEEK)
def publish_week(ctx: Context, week: int) -> None:
    """Post a week's material when its time comes; of several that are late, only the newest, which names the others."""
    ctx.uow.groups.lock(ctx.group.id)
    found = ctx.uow.weeks.get(WeekId(week))
    if found is None or found.state is WeekState.POSTED or ctx.group.state not in (GroupState.OPEN, GroupState.RUNNING):
        return
    following = ctx.uow.weeks.at(ctx.group.id, found.ordinal + 1)
    if following is not None and following.state is WeekState.PLANNED and following.opens_at <= ctx.now:
        _out(ctx, found)
    else:
        open_week(ctx, found)


def open_week(ctx: Context, week: Week) -> Week:
    """Mark a week as out and let it stand in the group's channels."""
    opened = _out(ctx, week)
    show_week(ctx, opened)
    return opened


def _out(ctx: Context, week: Week) -> Week:
    """Mark a week as out."""
    opened = replace(
        week, state=WeekState.POSTED, posted_at=ctx.now, posted_by=ctx.person.id if ctx.person.id else None
    )
    ctx.uow.weeks.save(opened)
    return opened


def _alive(ctx: Context) -> None:
    """Raise NotWhileStill where no week can open any more."""
    if ctx.group.state not in ALIVE:
        raise NotWhileStill(group=ctx.group.title, state=ctx.group.state.label)


def _here(ctx: Context, week: WeekId) -> Week:
    """Return a week of this group; raises UnknownItem where it is another's."""
    found = ctx.uow.weeks.get(week)
    if found is None or found.group != ctx.group.id:
        raise UnknownItem
    return found
