"""Weeks that come by themselves: at their time, late, or after the facilitators were asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.cards import Button, ButtonStyle, Tone, card
from bot.context import Context
from bot.feature import Feature
from bot.features.weeks.cards import show_changed, show_week, title_of
from bot.ids import WeekId, code
from bot.outbox import Post, PostState, Verb
from bot.study import schedule
from bot.study.agenda import DueKind
from bot.study.breaks import break_on
from bot.study.groups import ALIVE, Group, GroupState
from bot.study.members import RUNS_GROUP
from bot.study.occurrences import Outcome, Why
from bot.study.times import local_time
from bot.study.weeks import Week, WeekState
from bot.text import EMPTY, Moment, Text, join, say, say_n

feature = Feature("weeks that come")

ASKED = "overdue"
"""The slot of the question what to do with a week that is late by days."""
LEFT_OUT = "unanswered"
"""The slot of the news that a week was left out because nobody answered."""
LOOK_AGAIN = timedelta(days=1)
"""How long a week waits in a group that is still; going on looks at once."""


@feature.routine(DueKind.PUBLISH_WEEK)
def publish_week(ctx: Context, week: int) -> None:
    """Decide about a week whose time has come: of several only the newest is posted, and names the others."""
    group = ctx.uow.groups.lock(ctx.group.id)
    found = ctx.uow.weeks.get(WeekId(week))
    if group is None or found is None or found.state is not WeekState.PLANNED:
        return
    if group.state in (GroupState.BREAK, GroupState.FROZEN):
        _wait(ctx, group, found)
    elif group.state in (GroupState.OPEN, GroupState.RUNNING):
        ctx.due(DueKind.PUBLISH_WEEK, found.id, found.opens_at)  # it stands on the agenda until it is decided about
        late = schedule.overdue(ctx.uow, group, ctx.now)
        if found in late:  # or else the clock was set back since it became due
            _come(ctx.within(group), late)


def _wait(ctx: Context, group: Group, week: Week) -> None:
    """Leave a week for when the group goes on: what is due while it rests is lost for nobody."""
    rest = break_on(ctx.uow.breaks.of_group(group.id), local_time(ctx.now, group.where).date())
    ctx.due(DueKind.PUBLISH_WEEK, week.id, rest.ends_at(group.where) if rest is not None else LOOK_AGAIN)


def _come(ctx: Context, late: Sequence[Week]) -> None:
    """Decide about all weeks that are due, by the newest of them."""
    newest = late[-1]
    asked = schedule.question_about(ctx.uow.occurrences, newest)
    if asked is None and ctx.now - newest.opens_at <= schedule.ASK_AFTER:
        open_week(ctx, newest)
    elif asked is None:
        _ask(ctx, late)
        _look_again(ctx, late, ctx.now)
    elif ctx.now < asked.at + schedule.ANSWER_WITHIN:
        _look_again(ctx, late, asked.at)
    else:
        _nobody_answered(ctx, late)


def _look_again(ctx: Context, late: Sequence[Week], asked_at: datetime) -> None:
    for week in late:
        ctx.due(DueKind.PUBLISH_WEEK, week.id, asked_at + schedule.ANSWER_WITHIN)


def open_week(ctx: Context, week: Week) -> Week:
    """Mark a week as out and let it stand in the group's channels; late ones before it are out too, named by it."""
    for earlier in schedule.overdue(ctx.uow, ctx.group, ctx.now):
        if earlier.ordinal < week.ordinal:
            words = say("{newest} opened, and its message names {week}.", newest=title_of(week), week=title_of(earlier))
            settle(ctx, earlier, words)
            _out(ctx, earlier, Outcome.SKIPPED, Why.NEWER)
    opened = _out(ctx, week, Outcome.POSTED)
    show_week(ctx, opened)
    schedule.end_after_last_week(ctx.uow, ctx.group)
    if week.state is WeekState.SKIPPED:
        schedule.note_version(ctx.uow.weeks, ctx.group, ctx.person.id, now=ctx.now)
    return opened


def _out(ctx: Context, week: Week, outcome: Outcome, why: Why | None = None) -> Week:
    """Mark a week as out."""
    opened = replace(week, state=WeekState.POSTED, posted_at=ctx.now, posted_by=ctx.person.id or None)
    ctx.uow.weeks.save(opened)
    ctx.not_due(DueKind.PUBLISH_WEEK, week.id)
    schedule.decided(ctx.uow.occurrences, week, outcome, why, now=ctx.now)
    return opened


def leave_out(ctx: Context, week: Week, why: Why) -> list[Week]:
    """Leave a week out, and with one that was asked about the late ones before it; return them all, in order."""
    gone = [week]
    if schedule.question_about(ctx.uow.occurrences, week) is not None:
        late = schedule.overdue(ctx.uow, ctx.group, ctx.now)
        gone = [*(one for one in late if one.ordinal < week.ordinal), week]
    for one in gone:
        schedule.leave_out(ctx.uow, ctx.group, one, why, now=ctx.now)
    schedule.after_change(ctx.uow, ctx.group, ctx.person.id, now=ctx.now)
    return gone


def ends_now(ctx: Context) -> bool:
    """Return whether the group ends at this moment, as nothing comes any more."""
    at = ctx.uow.agenda.at(DueKind.END_GROUP, ctx.group.id)
    return ctx.group.state is not GroupState.OPEN and at is not None and at <= ctx.now


def _nobody_answered(ctx: Context, late: Sequence[Week]) -> None:
    newest = late[-1]
    settle(ctx, newest, say("Nobody answered in time."))
    gone = leave_out(ctx, newest, Why.UNANSWERED)
    over = ends_now(ctx)
    told = card(
        "",
        say_n(
            "I left {weeks} of {group} out: it was late, and nobody answered me.",
            "I left {weeks} of {group} out: they were late, and nobody answered me.",
            len(gone),
            weeks=names(gone),
            group=ctx.group.title,
        ),
        say("Nothing in there is asked of anybody."),
        say("It was the last one, so the group ends now.") if over else say("You can still post it."),
        buttons=[
            None if over else ctx.button(say("Post it after all"), "newweek post", week=newest.id),
            _see(ctx),
        ],
        tone=Tone.NEEDS_YOU,
    )
    for leader in ctx.uow.members.in_group(ctx.group.id, roles=RUNS_GROUP):
        ctx.tell(leader.person, told, newest.about, slot=LEFT_OUT)


def _ask(ctx: Context, late: Sequence[Week]) -> None:
    """Ask the facilitators what to do with a week that is late by days."""
    *earlier, newest = late
    schedule.decided(ctx.uow.occurrences, newest, Outcome.ASKED, Why.LATE, now=ctx.now)
    until = Moment(ctx.now + schedule.ANSWER_WITHIN)
    question = card(
        say("Post week {number} of {group} now?", number=newest.ordinal, group=ctx.group.title[:60]),
        say("{week} was planned for {when}. I was away.", week=title_of(newest), when=Moment(newest.opens_at)),
        say("It would name {weeks}, which did not open either.", weeks=names(earlier)) if earlier else EMPTY,
        say("Without an answer I leave it out on {when}, and tell you.", when=until),
        buttons=[
            ctx.button(say("Post now"), "newweek post", ButtonStyle.PRIMARY, week=newest.id),
            ctx.button(say("Leave it out"), "newweek skip", week=newest.id),
            _see(ctx),
        ],
        tone=Tone.NEEDS_YOU,
    )
    for leader in ctx.uow.members.in_group(ctx.group.id, roles=RUNS_GROUP):
        ctx.tell(leader.person, question, newest.about, slot=ASKED, expires_at=until.at)


def _see(ctx: Context) -> Button:
    return ctx.button(say("See the schedule"), "lead schedule show")


def names(weeks: Sequence[Week]) -> Text:
    """Return weeks by name, in a row."""
    return join([title_of(week) for week in weeks], ", ")


def settle(ctx: Context, week: Week, outcome: Text) -> None:
    """Show on the facilitators' question about a week what came of it."""
    if schedule.question_about(ctx.uow.occurrences, week) is None:
        return
    for leader in ctx.uow.members.in_group(ctx.group.id, roles=RUNS_GROUP):
        if ctx.uow.outbox.standing(week.about, f"{ASKED}:{code(leader.person)}"):
            ctx.tell(leader.person, card("", outcome, buttons=[_see(ctx)], tone=Tone.DONE), week.about, slot=ASKED)


@feature.before_sending(ASKED)
def still_asked(ctx: Context, post: Post) -> Post:
    """Return the question as it is to go out; one that was answered before it went out is not asked any more."""
    week = ctx.uow.weeks.get(WeekId(post.about.id))
    if week is not None and schedule.question_about(ctx.uow.occurrences, week) is None and post.verb is Verb.SEND:
        return replace(post, state=PostState.CANCELLED, reason="it was answered before")
    return post


@feature.routine(DueKind.SHOW_WEEK)
def show_again(ctx: Context, week: int) -> None:
    """Show the newest week anew after the plan changed, since its message names the next one."""
    found = ctx.uow.weeks.get(WeekId(week))
    if found is not None and found.state is WeekState.POSTED and ctx.group.state in ALIVE:
        show_changed(ctx, found)
