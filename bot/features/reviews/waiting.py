"""Work that waits for feedback, and reading feedback."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from bot.cards import Block, Button, Heading, Reply, paragraph, reply
from bot.context import Context
from bot.feature import Feature
from bot.features.reviews.shared import (
    HandInFirst,
    content,
    may_read,
    named,
    open_activities,
    review_here,
    task_of,
    words,
)
from bot.ids import ActivityId, PersonId, ReviewId, SubmissionId, code
from bot.measure import excerpt
from bot.options import Access, Pick
from bot.pages import pages
from bot.study import weeks
from bot.study.people import Person
from bot.study.submissions import Submission
from bot.text import EMPTY, Moment, MomentStyle, Text, say, say_n, to_text

feature = Feature("work that waits for feedback")

PAGE = 4
"""Responses on one page."""
SHOWN = 350
"""Characters of a response that the list shows."""


@feature.command(access=Access.READ, title="Work that waits for feedback")
def review(
    ctx: Context,
    activity: Annotated[ActivityId | None, "Which activity; empty means all", Pick(open_activities)] = None,
    page: Annotated[int, "Page"] = 1,
) -> Reply:
    """See whose work waits for feedback, and give some."""
    wanted = _activities(ctx, activity)
    yours = [work for work in _given_to_me(ctx) if work.activity in wanted]
    total = ctx.uow.reviews.waiting_count(ctx.group.id, ctx.person.id, wanted)
    last = max(1, -(-total // PAGE))
    page = min(max(page, 1), last)
    found = ctx.uow.reviews.waiting(ctx.group.id, ctx.person.id, wanted, (page - 1) * PAGE, PAGE)
    chosen = {work.id for work in yours}
    shown = [*((work, -1) for work in yours if page == 1), *((work, n) for work, n in found if work.id not in chosen)]
    people = ctx.uow.people.many(work.person for work, _ in shown)
    blocks: list[Block] = []
    for number, (work, reviews) in enumerate(shown, 1):
        blocks += _listed(ctx, number, work, reviews, people)
    if not shown:
        blocks = [paragraph(say("Nothing waits for your feedback right now. That is a good sign."))]
    return reply(
        *pages(
            say("Work that waits for feedback"),
            blocks,
            more=say("Work that waits, continued"),
            buttons=_buttons(ctx, [work for work, _ in shown], activity, page, last),
            footer=say("Page {page} of {last}", page=page, last=last) if last > 1 else EMPTY,
        ),
        update="page" in ctx.call.arguments,
    )


def _activities(ctx: Context, activity: ActivityId | None) -> list[ActivityId]:
    """Return the activities whose work the caller may read; raises where the one that was named is none of them."""
    if activity is not None:
        task = weeks.find_task(ctx.uow.weeks, ctx.group.id, ctx.group.title, activity, retired=True)
        if not may_read(ctx, task.activity.id):
            raise HandInFirst
        return [task.activity.id]
    asked = weeks.tasks(ctx.uow.weeks, ctx.group.id, retired=True)
    return [task.activity.id for task in asked if may_read(ctx, task.activity.id)]


def _given_to_me(ctx: Context) -> list[Submission]:
    """Return the work that the caller was given in a swap and has not seen to."""
    given = [one.submission for one in ctx.uow.swaps.given_to(ctx.group.id, ctx.person.id)]
    open_now = [id for id in given if not _seen_to(ctx, id)]
    found = [ctx.uow.submissions.get(id) for id in open_now]
    return [work for work in found if work is not None and work.withdrawn_at is None]


def _seen_to(ctx: Context, id: SubmissionId) -> bool:
    mine = ctx.uow.reviews.of(id, ctx.person.id)
    return mine is not None and mine.withdrawn_at is None


def _listed(ctx: Context, number: int, work: Submission, reviews: int, people: dict[PersonId, Person]) -> list[Block]:
    name = people[work.person].name if work.person in people else "?"
    when = Moment(work.submitted_at, MomentStyle.RELATIVE)
    return [
        Heading(to_text(f"{number}. {name[:60]} · ") + excerpt(named(task_of(ctx, work.activity)), 90)),
        paragraph(when, " · ", _so_far(reviews)),
        *content(work, SHOWN),
    ]


def _so_far(reviews: int) -> Text:
    """Return how much feedback some work has; less than none is one's own part of a swap."""
    if reviews < 0:
        return say("yours to look at")
    return say_n("{n} review so far", "{n} reviews so far", reviews) if reviews else say("no feedback yet")


def _buttons(
    ctx: Context, shown: Sequence[Submission], activity: ActivityId | None, page: int, last: int
) -> list[Button | None]:
    chosen = "" if activity is None else code(activity)
    return [
        *(
            ctx.button(say("Give feedback {n}", n=number), "give feedback", id=work.id)
            for number, work in enumerate(shown[:8], 1)
        ),
        ctx.button(say("Previous"), "review", page=str(page - 1), activity=chosen) if page > 1 else None,
        ctx.button(say("Next"), "review", page=str(page + 1), activity=chosen) if page < last else None,
    ][:10]


@feature.command("review read", access=Access.READ, hidden=True)
def read(ctx: Context, id: Annotated[ReviewId, "Which feedback"]) -> Reply:
    """Read feedback whole."""
    found = review_here(ctx, id)
    if found.author != ctx.person.id and not may_read(ctx, found.activity):
        raise HandInFirst
    mine = found.author == ctx.person.id and found.helped_at is None
    who = ctx.mention(found.person)
    return reply(
        *pages(
            say("Feedback by {who}", who=who),
            [paragraph(named(task_of(ctx, found.activity))), *words(found, 2_500)],
            more=say("Feedback, continued"),
            buttons=[ctx.button(say("This helped me"), "review helped", id=found.id) if mine else None],
        )
    )
