"""Swapping responses: from some time on, everyone who has handed in gets one of somebody else's to look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated

from bot.cards import Reply, Tone, card, paragraph, reply
from bot.chat import About
from bot.context import Context
from bot.errors import Refusal, UnknownItem
from bot.feature import Feature
from bot.features.reviews.shared import named, task_of
from bot.ids import ActivityId, PersonId, SubmissionId
from bot.study import swaps, weeks
from bot.study.agenda import DueKind
from bot.study.groups import ALIVE, GroupState, changeable
from bot.study.members import PRESENT
from bot.study.swaps import Assignment, Response, Swap
from bot.study.times import LocalTime, instant
from bot.study.weeks import Task
from bot.text import Moment, Text, join, say

feature = Feature("swapping responses")

A_WEEK = timedelta(days=7)
FARTHEST = timedelta(days=366)


class NoSuchWeek(Refusal):
    """There is no week {number} with activities in {group}. /week shows which there are."""


class NoSuchActivityNumber(Refusal):
    """Week {week} has no activity {number}. Leave it empty, and it goes for all that are required."""


class SwapInThePast(Refusal):
    """That time has passed. Choose one that is still to come, or leave it empty."""


class SwapTooFar(Refusal):
    """That is more than a year away. Check the year."""


class SwappedAlready(Refusal):
    """Responses to this were swapped already, so it stays. Whoever is later comes next; /review is open to everyone."""


@feature.command("lead week swap", title="Swap responses for feedback")
def swap(
    ctx: Context,
    number: Annotated[int, "Week number"],
    activity: Annotated[int | None, "Activity number; empty means all that are required"] = None,
    when: Annotated[LocalTime | None, "From when, like 2027-01-18 18:00; empty means when the next week opens"] = None,
    on: Annotated[bool, "Swap them?"] = True,
) -> Reply:
    """Let everyone who has handed in give feedback on one response of somebody else's."""
    changeable(ctx.group)
    chosen = _chosen(ctx, number, activity)
    if not on:
        return _off(ctx, chosen)
    at = _deadline(ctx, chosen[0], when)
    for task in chosen:
        before = ctx.uow.swaps.of(task.activity.id)
        if before is not None and before.rounds:
            raise SwappedAlready
        if before is None:
            ctx.uow.swaps.add(Swap(ctx.new_id(), ctx.group.id, task.activity.id, at))
        else:
            ctx.uow.swaps.save(replace(before, at=at))
        ctx.due(DueKind.SWAP_RESPONSES, task.activity.id, at)
    off = ctx.button(say("Don't swap"), "lead week swap", number=str(number), on="no")
    names = join([task.name for task in chosen])
    words = say(
        "On {when}, everyone who has handed in {tasks} gets one response of somebody else's to look at. "
        "Whoever is later takes part in a next round.",
        when=Moment(at),
        tasks=names,
    )
    return reply(card("", words, buttons=[off], tone=Tone.DONE))


def _chosen(ctx: Context, number: int, activity: int | None) -> list[Task]:
    """Return the activities that are meant."""
    there = [task for task in weeks.tasks(ctx.uow.weeks, ctx.group.id) if task.week.ordinal == number]
    if not there:
        raise NoSuchWeek(number=number, group=ctx.group.title)
    if activity is None:
        return [task for task in there if task.activity.required] or there
    found = [task for task in there if task.number == activity]
    if not found:
        raise NoSuchActivityNumber(week=number, number=activity)
    return found


def _off(ctx: Context, chosen: Iterable[Task]) -> Reply:
    for task in chosen:
        found = ctx.uow.swaps.of(task.activity.id)
        if found is not None and found.rounds:
            raise SwappedAlready
        if found is not None:
            ctx.uow.swaps.drop(found)
        ctx.not_due(DueKind.SWAP_RESPONSES, task.activity.id)
    return reply(card("", say("Responses are not swapped. Everyone can still give feedback with /review.")))


def _deadline(ctx: Context, task: Task, when: LocalTime | None) -> datetime:
    """Return from when responses are swapped: as it was said, else when the next week opens, and never in the past."""
    if when is not None:
        at = instant(when, ctx.group.where)
        if at <= ctx.now:
            raise SwapInThePast
        if at > ctx.now + FARTHEST:
            raise SwapTooFar
        return at
    following = ctx.uow.weeks.at(ctx.group.id, task.week.ordinal + 1)
    opened = task.week.posted_at or task.week.opens_at
    return max(following.opens_at if following else opened + A_WEEK, ctx.now)


@feature.routine(DueKind.SWAP_RESPONSES)
def swap_responses(ctx: Context, id: ActivityId) -> None:
    """Give everyone who has handed in one response of somebody else's; later ones in further rounds."""
    found = ctx.uow.swaps.of(id)
    swap = ctx.uow.swaps.lock(found.id) if found is not None else None
    if swap is None or ctx.maybe_group is None or ctx.group.state not in ALIVE:
        return
    if ctx.now < swap.at + swaps.LOOKS:
        ctx.due(DueKind.SWAP_RESPONSES, id, swaps.NEXT_ROUND)
    if ctx.group.state is GroupState.BREAK:
        return
    dealt = _dealt(ctx, swap)
    if not dealt:
        return
    number = swap.rounds + 1
    ctx.uow.swaps.save(replace(swap, rounds=number))
    for person, work in dealt.items():
        ctx.uow.swaps.assign(Assignment(ctx.new_id(), swap.group, id, work, person, number, ctx.now))
    _say_so(ctx, swap, number, list(dealt))


def _dealt(ctx: Context, swap: Swap) -> Mapping[PersonId, SubmissionId]:
    """Return who gets which response in the round that is due."""
    there = _there(ctx)
    submitted = ctx.uow.submissions.for_activity(swap.activity, 0, 100_000)
    work = [one for one in submitted if one.person in there]
    before = ctx.uow.swaps.assignments(swap.activity)
    gave = ctx.uow.reviews.pairs(swap.activity)
    # What somebody was given who has left, or wants none any more, is nobody's.
    standing = {(one.person, one.submission) for one in before if one.released_at is None and one.person in there}
    seen = Counter(id for _, id in standing | gave)
    had = {one.person for one in before}
    return swaps.deal(
        [Response(one.id, one.person, seen[one.id]) for one in work],
        {one.person for one in work} - had,
        {(one.person, one.submission) for one in before} | gave,
        Counter(person for person, _ in standing),
        seed=swap.id + swap.rounds,
    )


def _there(ctx: Context) -> set[PersonId]:
    """Return those who learn here and have not said that they would rather not swap."""
    members = ctx.uow.members.in_group(ctx.group.id, PRESENT, limit=100_000)
    return {member.person for member in members if member.learning and member.swaps}


def _say_so(ctx: Context, swap: Swap, number: int, givers: Sequence[PersonId]) -> None:
    """Tell those who have something to look at: directly where they want that, and the group once a round."""
    task = task_of(ctx, swap.activity)
    mine = ctx.button(say("Show me mine"), "review", activity=swap.activity)
    rather_not = ctx.button(say("Not this time"), "review pass", activity=swap.activity)
    about = About("swap", swap.id)
    people = ctx.uow.people.many(givers)
    told = card(
        say("Somebody's work is yours to look at"),
        named(task),
        say("Two or three sentences are plenty: what works, and one suggestion. Somebody does the same for yours."),
        buttons=[mine, rather_not],
    )
    rest = [
        id
        for id in givers
        if not (id in people and people[id].reminders and ctx.tell(id, told, about, slot=f"swap {number}"))
    ]
    if number > 1 and not rest:
        return
    ctx.show(
        card(
            say("Feedback for everyone"),
            named(task),
            paragraph(_whom(ctx, rest) if number > 1 else _all()),
            buttons=[mine, rather_not],
            footer=say("What works, and one suggestion. Ten minutes are plenty."),
        ),
        about,
        slot=f"round {number}",
    )


def _all() -> Text:
    return say("Everyone who has handed in has one response of somebody else's to look at now. Yours is seen to.")


def _whom(ctx: Context, rest: Sequence[PersonId]) -> Text:
    people = join([Text() + ctx.mention(id, ping=True) for id in rest[:20]], say(" and "))
    return say("More work has come in. {people}: you have a response of somebody else's to look at.", people=people)


@feature.command("review pass", hidden=True)
def pass_on(ctx: Context, activity: Annotated[ActivityId, "Which activity"]) -> Reply:
    """Say that you can't look at the response that you were given."""
    changeable(ctx.group)
    found = ctx.uow.weeks.activity(activity)
    if found is None or found.group != ctx.group.id:
        raise UnknownItem
    gave = ctx.uow.reviews.pairs(activity)
    open_now = [
        one
        for one in ctx.uow.swaps.given_to(ctx.group.id, ctx.person.id)
        if one.activity == activity and (one.person, one.submission) not in gave
    ]
    for one in open_now:
        ctx.uow.swaps.save_assignment(replace(one, released_at=ctx.now))
    never = ctx.button(say("Never give me any"), "review swaps", join="no")
    if not open_now:
        return reply(card("", say("You have nothing to look at here."), buttons=[never]))
    return reply(card("", say("That is fine. I'll find somebody else for it."), buttons=[never]))


@feature.command("review swaps", hidden=True)
def take_part(ctx: Context, join: Annotated[bool, "Take part where responses are swapped?"]) -> Reply:
    """Say whether you take part where responses are swapped for feedback."""
    changeable(ctx.group)
    ctx.uow.members.lock(ctx.group.id, [ctx.person.id])
    member = ctx.uow.members.get(ctx.member.id) or ctx.member
    if member.swaps is not join:
        ctx.uow.members.save(replace(member, swaps=join))
    if join:
        return reply(card("", say("You take part again when responses are swapped the next time."), tone=Tone.DONE))
    back = ctx.button(say("Take part again"), "review swaps", join="yes")
    return reply(card("", say("You are left out of swaps in this group, and so is your work."), buttons=[back]))
