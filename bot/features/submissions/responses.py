"""Reading everyone's responses to an activity."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from bot.cards import Block, Button, Card, Heading, Reply, bullets, paragraph, reply
from bot.context import Context
from bot.errors import Refusal, UnknownItem
from bot.feature import Feature
from bot.features.submissions.shared import NoActivities, content, here, open_activities
from bot.ids import ActivityId, SubmissionId
from bot.options import Access, Pick
from bot.pages import pages
from bot.study import weeks
from bot.study.submissions import Submission
from bot.study.weeks import Task
from bot.text import EMPTY, Moment, MomentStyle, Text, say, say_n, to_text

feature = Feature("responses")

PAGE = 5
"""Responses on one page: what fits on a phone without scrolling for long."""
SHOWN = 350
"""Characters of a response that a page shows; the rest is one tap away."""


class HandInFirst(Refusal):
    """In this group you see the others' responses once you have handed in your own. /submit starts it."""


@feature.command(access=Access.READ)
def responses(
    ctx: Context,
    activity: Annotated[ActivityId | None, "Which activity", Pick(open_activities)] = None,
    page: Annotated[int, "Page"] = 1,
) -> Reply:
    """See everyone's responses to an activity."""
    open_now = weeks.open_tasks(ctx.uow.weeks, ctx.group.id)
    if not open_now:
        raise NoActivities(group=ctx.group.title)
    if activity is None:
        return reply(*_overview(ctx, open_now))
    task = weeks.find_task(ctx.uow.weeks, ctx.group.id, ctx.group.title, activity, retired=True)
    _may_read(ctx, task.activity.id)
    total = ctx.uow.submissions.count(task.activity.id)
    last = max(1, -(-total // PAGE))
    page = min(max(page, 1), last)
    shown = ctx.uow.submissions.for_activity(task.activity.id, (page - 1) * PAGE, PAGE)
    likes = ctx.uow.likes.counts("submission", [work.id for work in shown])
    reviews = ctx.uow.reviews.counts(work.id for work in shown)
    people = ctx.uow.people.many(work.person for work in shown)
    blocks: list[Block] = []
    for work in shown:
        name = people[work.person].name if work.person in people else "?"
        dated = _dated(work, likes.get(work.id, 0), reviews.get(work.id, 0))
        blocks += [Heading(to_text(name) + " · " + dated), *content(work, SHOWN)]
    if not shown:
        blocks = [paragraph(say("Nobody has answered yet. Be the first: it helps the others to start."))]
    return reply(
        *pages(
            task.name + ": " + task.activity.title[:70],
            blocks,
            more=say("Responses, continued"),
            buttons=_paging(ctx, task, page, last, shown),
            footer=say("Page {page} of {last}", page=page, last=last) if last > 1 else EMPTY,
        ),
        update=page > 1,
    )


def _may_read(ctx: Context, activity: ActivityId) -> None:
    """Raise HandInFirst where the group has it that one's own response comes first; those who lead check it."""
    if ctx.group.responses_after_own and ctx.member.learning and not ctx.member.leads:
        own = ctx.uow.submissions.of(activity, ctx.person.id)
        if own is None or own.withdrawn_at:
            raise HandInFirst


def _dated(work: Submission, likes: int, reviews: int) -> Text:
    line = to_text(Moment(work.submitted_at, MomentStyle.DATE))
    if likes:
        line = line + " · " + say_n("{n} like", "{n} likes", likes)
    return line + " · " + say_n("{n} review", "{n} reviews", reviews) if reviews else line


def _paging(ctx: Context, task: Task, page: int, last: int, shown: Sequence[Submission]) -> list[Button | None]:
    longer = [work for work in shown if len(work.note) > SHOWN]
    return [
        ctx.button(say("Previous"), "responses", page=str(page - 1), activity=task.activity.id) if page > 1 else None,
        ctx.button(say("Next"), "responses", page=str(page + 1), activity=task.activity.id) if page < last else None,
        *(ctx.button(say("Read {n}", n=shown.index(work) + 1), "response", id=work.id) for work in longer),
        None if task.activity.retired else ctx.button(say("Submit work"), "submit", activity=task.activity.id),
        ctx.button(say("Give feedback"), "review", activity=task.activity.id),
    ]


@feature.command(access=Access.READ, hidden=True)
def response(ctx: Context, id: Annotated[SubmissionId, "Which response"]) -> Reply:
    """Read one response whole."""
    work = here(ctx, id)
    _may_read(ctx, work.activity)
    if work.withdrawn_at:
        raise UnknownItem
    own = work.person == ctx.person.id
    feedback = None if own else ctx.button(say("Give feedback"), "give feedback", id=work.id)
    return reply(*pages(ctx.mention(work.person), content(work), more=say("Continued"), buttons=[feedback]))


def _overview(ctx: Context, open_now: Sequence[Task]) -> Sequence[Card]:
    """Return the activities with how many have answered each."""
    counts = ctx.uow.submissions.counts(ctx.group.id)
    listed = [
        task.name
        + ": "
        + task.activity.title[:70]
        + " · "
        + say_n("{n} response", "{n} responses", counts.get(task.activity.id, 0))
        for task in open_now
    ]
    return pages(
        say("Responses in {group}", group=ctx.group.title[:60]),
        [bullets(listed)],
        more=say("Responses, continued"),
        buttons=[ctx.button(task.name, "responses", activity=task.activity.id) for task in open_now[:5]],
    )
