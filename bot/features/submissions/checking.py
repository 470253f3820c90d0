"""A facilitator's look at work, where an activity asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

from bot.cards import Block, Button, Card, Heading, Reply, Tone, card, paragraph, reply
from bot.chat import About
from bot.context import Context
from bot.feature import Feature
from bot.features.submissions.shared import content, here
from bot.ids import GroupId, SubmissionId
from bot.measure import excerpt
from bot.options import Access
from bot.outbox import Post, PostState
from bot.pages import pages
from bot.study import submissions
from bot.study.agenda import DueKind
from bot.study.groups import OVER, GroupState, changeable
from bot.study.members import RUNS_GROUP
from bot.study.submissions import Submission
from bot.study.thanks import day_before_a_week
from bot.study.times import local_time
from bot.study.weeks import Task, checked_tasks
from bot.text import EMPTY, Moment, MomentStyle, Text, say, say_n, to_text

feature = Feature("checking work")

PAGE = 4
"""Responses on one page: each has two buttons."""
SHOWN = 350
"""Characters of a response that the list shows."""
SLOT = "checks"
"""The first word of the slot of the weekly message to those who lead."""


@feature.command("lead check", access=Access.READ, title="Work that waits for your check")
def lead_check(ctx: Context, page: Annotated[int, "Page"] = 1) -> Reply:
    """See work that waits for a facilitator's check, and say that it is done."""
    asked = checked_tasks(ctx.uow.weeks, ctx.group.id)
    if not asked:
        words = say("No activity of {group} asks for your check.", group=ctx.group.title)
        return reply(card("", words, say("To let one ask for it, use /lead week criteria.")))
    total = ctx.uow.submissions.unchecked_count(asked)
    last = max(1, -(-total // PAGE))
    page = min(max(page, 1), last)
    shown = ctx.uow.submissions.unchecked(asked, (page - 1) * PAGE, PAGE)
    people = ctx.uow.people.many(work.person for work in shown)
    blocks: list[Block] = []
    for number, work in enumerate(shown, 1):
        name = people[work.person].name if work.person in people else "?"
        blocks += _listed(number, work, asked[work.activity], name)
    if not shown:
        blocks = [paragraph(say("Nothing waits for your check. What comes in shows up here."))]
    return reply(
        *pages(
            say("Work that waits for your check"),
            blocks,
            more=say("Work that waits, continued"),
            buttons=_buttons(ctx, shown, page, last),
            footer=say("Page {page} of {last}", page=page, last=last) if last > 1 else EMPTY,
        ),
        update="page" in ctx.call.arguments,
    )


def _listed(number: int, work: Submission, task: Task, name: str) -> list[Block]:
    named = task.name + ": " + task.activity.title[:70]
    return [
        Heading(to_text(f"{number}. {name[:60]} · ") + excerpt(named, 90)),
        paragraph(Moment(work.changed_at, MomentStyle.RELATIVE)),
        *content(work, SHOWN),
    ]


def _buttons(ctx: Context, shown: Sequence[Submission], page: int, last: int) -> list[Button | None]:
    return [
        *(ctx.button(say("Done {n}", n=number), "lead check done", id=work.id) for number, work in enumerate(shown, 1)),
        *(_closer(ctx, number, work) for number, work in enumerate(shown, 1)),
        ctx.button(say("Previous"), "lead check", page=str(page - 1)) if page > 1 else None,
        ctx.button(say("Next"), "lead check", page=str(page + 1)) if page < last else None,
    ]


def _closer(ctx: Context, number: int, work: Submission) -> Button:
    """Return the way to feedback on work, which is by way of reading it where the list shows only its beginning."""
    if len(work.note) > SHOWN:
        return ctx.button(say("Read {n}", n=number), "response", id=work.id)
    return ctx.button(say("Give feedback {n}", n=number), "give feedback", id=work.id)


@feature.command("lead check done", hidden=True)
def done(
    ctx: Context,
    id: Annotated[SubmissionId, "Which work"],
    checked: Annotated[bool, "Yes: it is done. No: it is not yet"] = True,
) -> Reply:
    """Say that somebody's work is all that was asked for, or take that back."""
    changeable(ctx.group)
    work = here(ctx, id)
    ctx.concerns["person"] = work.person
    submissions.check(ctx.uow.submissions, work.id, ctx.person.id, checked=checked, now=ctx.now)
    if not checked:
        remind_later(ctx)
    return reply(_receipt(ctx, work, checked))


def _receipt(ctx: Context, work: Submission, checked: bool) -> Card:
    who = ctx.mention(work.person)
    if checked:
        words = say("Checked: the work of {who} is done. They see it in /progress.", who=who)
        back = ctx.button(say("Take that back"), "lead check done", id=work.id, checked="no")
    else:
        words = say("Taken back: the work of {who} waits for a check again.", who=who)
        back = ctx.button(say("Done after all"), "lead check done", id=work.id)
    buttons = [ctx.button(say("What else waits"), "lead check"), back]
    return card("", words, _afterwards(ctx), buttons=buttons, tone=Tone.DONE)


def _afterwards(ctx: Context) -> Text:
    """Return what a check changes no more once records are written."""
    if ctx.group.state not in OVER:
        return EMPTY
    return say("The group is over, so their record stays as it is. If this makes them finish, say so with /lead award.")


def remind_later(ctx: Context) -> None:
    """Let those who lead be told once a week, the day before a week opens or the group ends, of what waits."""
    if ctx.group.state not in OVER and ctx.uow.agenda.at(DueKind.REMIND_OF_CHECKS, ctx.group.id) is None:
        ctx.due(DueKind.REMIND_OF_CHECKS, ctx.group.id, day_before_a_week(ctx.group, ctx.now))


@feature.routine(DueKind.REMIND_OF_CHECKS)
def remind(ctx: Context, id: GroupId) -> None:
    """Tell those who lead how much work waits for a check, as long as some does."""
    waiting = _waiting(ctx)
    if not waiting or ctx.group.state in OVER:
        return
    remind_later(ctx)
    if ctx.group.state in (GroupState.BREAK, GroupState.FROZEN):
        return
    words = say_n(
        "{group}: {n} response waits for a facilitator's check.",
        "{group}: {n} responses wait for a facilitator's check.",
        waiting,
        group=ctx.group.title[:60],
    )
    told = card(
        "",
        words,
        say("It takes a look and one tap each, and somebody can go on knowing that it is done."),
        buttons=[ctx.button(say("See what waits"), "lead check")],
    )
    slot = f"{SLOT} {local_time(ctx.now, ctx.group.where).date()}"
    for leader in ctx.uow.members.in_group(ctx.group.id, roles=RUNS_GROUP):
        ctx.tell(leader.person, told, About("group", ctx.group.id), slot=slot)


def _waiting(ctx: Context) -> int:
    return ctx.uow.submissions.unchecked_count(checked_tasks(ctx.uow.weeks, ctx.group.id))


@feature.before_sending(SLOT)
def still_waiting(ctx: Context, post: Post) -> Post:
    """Let this message wait for the end of its reader's night, and be gone where nothing waits any more."""
    if ctx.maybe_group is None or not _waiting(ctx):
        return replace(post, state=PostState.CANCELLED, reason="everything was checked")
    return ctx.by_day(post)
