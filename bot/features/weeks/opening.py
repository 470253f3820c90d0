"""Opening a week by hand, with a preview first and ten minutes to take it back, or leaving it out."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from bot.cards import ButtonStyle, Reply, Tone, card, reply
from bot.context import Context
from bot.errors import Refusal, UnknownItem
from bot.feature import Feature
from bot.features.weeks.cards import WEEK, posted_cards, title_of
from bot.features.weeks.coming import ends_now, leave_out, names, open_week, settle
from bot.features.weeks.reading import alone
from bot.ids import WeekId
from bot.options import LongText
from bot.study import schedule
from bot.study.agenda import DueKind
from bot.study.groups import ALIVE, Group
from bot.study.occurrences import Why
from bot.study.times import LocalTime
from bot.study.weeks import Week, WeekState
from bot.text import Moment, Text, say

feature = Feature("opening weeks")


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
    when: Annotated[LocalTime | None, "When it opens, like 2027-01-18 18:00; empty keeps the planned time"] = None,
    note: Annotated[LongText | None, "A personal note on top"] = None,
) -> Reply:
    """Preview the next week, then post it now, schedule or edit it."""
    group = _living(ctx)
    weeks = ctx.uow.weeks.of_group(group.id)
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
        opens = when or schedule.next_opening(ctx.uow, group, now=ctx.now)
        week = schedule.plan_week(ctx.uow.weeks, group, wanted, title, text, opens, now=ctx.now)
        schedule.put(ctx.uow, group, week)
        schedule.after_change(ctx.uow, group, ctx.person.id, now=ctx.now)
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
        _planned(ctx, week),
        say("Post it now, choose another time, or change it first."),
        buttons=[
            ctx.button(say("Post now"), "newweek post", ButtonStyle.PRIMARY, week=week.id),
            ctx.button(say("Schedule"), "newweek schedule", number=str(week.ordinal)),
            ctx.button(say("Edit"), "lead week edit", number=str(week.ordinal)),
        ],
    )
    shown = [replace(one, buttons=()) for one in posted_cards(ctx, week)]
    return reply(*shown, asked)


def _planned(ctx: Context, week: Week) -> Text:
    """Return when a week that is not out comes by itself, if it does."""
    if week.state is WeekState.SKIPPED:
        return say("Week {number} was left out.", number=week.ordinal)
    if ctx.uow.agenda.at(DueKind.PUBLISH_WEEK, week.id) is None:
        return say("Week {number} is in the plan, and nothing is scheduled for it.", number=week.ordinal)
    return say("Week {number} is planned for {when}.", number=week.ordinal, when=Moment(week.opens_at))


@feature.command("newweek schedule", hidden=True, title="When does the week open?")
def choose_time(
    ctx: Context,
    number: Annotated[int, "Week number"],
    when: Annotated[LocalTime, "When it opens, like 2027-01-18 18:00"],
) -> Reply:
    """Choose when a planned week opens."""
    _living(ctx)
    week = ctx.uow.weeks.at(ctx.group.id, number)
    if week is None:
        raise UnknownItem
    if week.state is WeekState.POSTED:
        raise AlreadyOpen(number=week.ordinal, when=Moment(week.posted_at or week.opens_at))
    return _scheduled(ctx, week, when)


def _scheduled(ctx: Context, week: Week, when: LocalTime) -> Reply:
    moved = schedule.reschedule(week, when, ctx.group, now=ctx.now)
    settle(ctx, week, say("{week} opens on {when}.", week=title_of(moved), when=Moment(moved.opens_at)))
    schedule.put(ctx.uow, ctx.group, moved)
    schedule.after_change(ctx.uow, ctx.group, ctx.person.id, now=ctx.now)
    words = say("{week} opens on {when}. I'll post it then.", week=title_of(moved), when=Moment(moved.opens_at))
    now = ctx.button(say("Post now"), "newweek post", week=moved.id)
    return reply(card("", words, buttons=[now], tone=Tone.DONE))


@feature.command("newweek post", hidden=True)
def post(ctx: Context, week: Annotated[WeekId, "Which week"]) -> Reply:
    """Post a week in the group's channels now."""
    _living(ctx)
    found = _here(ctx, week)
    if found.state is WeekState.POSTED:
        raise AlreadyOpen(number=found.ordinal, when=Moment(found.posted_at or found.opens_at))
    settle(ctx, found, say("{who} posted {week}.", who=ctx.mention(ctx.person.id), week=title_of(found)))
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
    if ctx.now - found.posted_at > schedule.UNDO:
        raise TooLateToUndo(number=found.ordinal)
    ctx.take_back(found.about, WEEK)
    planned = replace(found, state=WeekState.PLANNED, posted_at=None, posted_by=None)
    schedule.put(ctx.uow, ctx.group, planned)
    schedule.after_change(ctx.uow, ctx.group, ctx.person.id, now=ctx.now)
    if found.opens_at > ctx.now:
        words = say(
            "Taken back: {week} opens on {when} again, as planned.", week=title_of(found), when=Moment(found.opens_at)
        )
    else:
        ctx.not_due(DueKind.PUBLISH_WEEK, found.id)
        words = say("Taken back: {week} is in the plan again, and nothing is scheduled for it.", week=title_of(found))
    again = [
        ctx.button(say("Post now"), "newweek post", week=found.id),
        ctx.button(say("Schedule"), "newweek schedule", number=str(found.ordinal)),
    ]
    return reply(card("", words, buttons=again))


@feature.command("newweek skip", hidden=True)
def skip(ctx: Context, week: Annotated[WeekId, "Which week"]) -> Reply:
    """Leave a week out: it is not posted, and nothing in it is asked of anybody."""
    _living(ctx)
    found = _here(ctx, week)
    if found.state is WeekState.POSTED:
        raise AlreadyOpen(number=found.ordinal, when=Moment(found.posted_at or found.opens_at))
    settle(ctx, found, say("{who} left {week} out.", who=ctx.mention(ctx.person.id), week=title_of(found)))
    gone = leave_out(ctx, found, Why.BY_HAND)
    words = say("Left out: {weeks}. Nothing in there is asked of anybody.", weeks=names(gone))
    if ends_now(ctx):
        return reply(card("", words, say("It was the last one, so the group ends now."), tone=Tone.DONE))
    post_it = ctx.button(say("Post it after all"), "newweek post", week=found.id)
    return reply(card("", words, buttons=[post_it], tone=Tone.DONE))


def _living(ctx: Context) -> Group:
    """Return the group with nobody else at its weeks; raises NotWhileStill where no week can open any more."""
    group = alone(ctx)
    if group.state not in ALIVE:
        raise NotWhileStill(group=group.title, state=group.state.label)
    return group


def _here(ctx: Context, week: WeekId) -> Week:
    """Return a week of this group; raises UnknownItem where it is another's."""
    found = ctx.uow.weeks.get(week)
    if found is None or found.group != ctx.group.id:
        raise UnknownItem
    return found
