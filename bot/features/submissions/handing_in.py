"""Handing in work, changing it and taking it back."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from bot.cards import Block, Card, Heading, Reply, Tone, card, paragraph, reply
from bot.context import Context
from bot.errors import Refusal
from bot.feature import Feature
from bot.features.submissions.checking import remind_later
from bot.features.submissions.shared import NoActivities, content, here, open_activities
from bot.ids import ActivityId, SubmissionId
from bot.measure import excerpt
from bot.options import Access, LongText, Pick
from bot.pages import pages
from bot.study import limits, steps, submissions, weeks
from bot.study.acts import ActKind
from bot.study.groups import changeable
from bot.study.links import Url
from bot.study.progress import of_work
from bot.study.submissions import HandIn, Submission
from bot.study.weeks import Needs, Task, WeekState
from bot.text import EMPTY, Moment, MomentStyle, say, say_n, to_text

feature = Feature("handing in")

SHOWN = 700
"""Characters of a response that its card shows; the rest is one tap away."""


class NothingOpen(Refusal):
    """No week is open yet, so there is nothing to hand in. The first one opens on {when}."""


@feature.command(title="Hand in your work", asks=("link", "note"))
def submit(
    ctx: Context,
    activity: Annotated[ActivityId | None, "Which activity", Pick(open_activities)] = None,
    link: Annotated[Url | None, "Link to your work: a blog post, a repository, a page"] = None,
    note: Annotated[LongText | None, "Or your answer as text"] = None,
) -> Reply:
    """Hand in your work for an activity."""
    changeable(ctx.group)
    open_now = weeks.open_tasks(ctx.uow.weeks, ctx.group.id)
    if not open_now:
        raise _nothing_open(ctx)
    if activity is None and len(open_now) == 1:
        activity = open_now[0].activity.id
    if activity is None:
        if ctx.call.submitted:
            ctx.missing("activity")
        return ctx.form(needed=("activity",))
    task = weeks.find_task(ctx.uow.weeks, ctx.group.id, ctx.group.title, activity)
    if link is None and note is None and not ctx.call.submitted:
        return _form(ctx, activity)
    if task.week.state is not WeekState.POSTED:
        raise weeks.NotOpenYet(number=task.week.ordinal, when=Moment(task.week.opens_at))
    before = ctx.uow.submissions.of(task.activity.id, ctx.person.id)
    work, came = submissions.hand_in(
        ctx.uow.submissions, ctx.group.id, task.activity.id, ctx.person.id, link, note or "", now=ctx.now
    )
    if came is not HandIn.SAME:
        limits.handed_in(ctx.uow.usage, ctx.limits, ctx.person.id, ctx.now)
        ctx.act(ActKind.SUBMITTED, work.about)
        if task.activity.check and work.checked_at is None:
            remind_later(ctx)
        show(ctx, work, task)
    return reply(_receipt(ctx, work, task, came, before))


def _form(ctx: Context, activity: ActivityId) -> Reply:
    """Return the form, with what was handed in before filled in, so that editing starts from there."""
    before = ctx.uow.submissions.of(activity, ctx.person.id)
    if before is None or before.withdrawn_at:
        return ctx.form(needed=("activity",))
    return ctx.form(needed=("activity",), link=before.link or "", note=before.note)


def show(ctx: Context, work: Submission, task: Task) -> None:
    """Let the group see a submission, with a thread to talk about it."""
    title = f"{ctx.person.name}: {task.activity.title}"[:90]
    ctx.show(_card(ctx, work, task), work.about, owner=work.person, thread=title)


def _card(ctx: Context, work: Submission, task: Task) -> Card:
    who = ctx.mention(work.person)
    open_to_all = not ctx.group.responses_after_own
    return card(
        say("{who} handed in {task}", who=who, task=task.name),
        paragraph(excerpt(to_text(task.activity.title), 200)),
        *(content(work, SHOWN) if open_to_all else [say("Hand in your own response to see this one.")]),
        buttons=[
            ctx.button(say("See all responses"), "responses", activity=task.activity.id),
            ctx.button(say("Give feedback"), "give feedback", id=work.id),
            ctx.button(say("Submit work"), "submit", activity=task.activity.id),
        ],
        footer=say("React to say thanks, reply in the thread to talk about it."),
        tone=Tone.DONE,
    )


def _receipt(ctx: Context, work: Submission, task: Task, came: HandIn, before: Submission | None) -> Card:
    others = ctx.uow.submissions.count(task.activity.id) - 1
    if came is HandIn.FIRST and ctx.group.responses_after_own:
        what = say("Saved: {task}. Those who have handed in theirs can see it.", task=task.name)
    elif came is HandIn.FIRST:
        what = say("Saved: {task}. Your group can see it.", task=task.name)
    else:
        when = Moment(before.changed_at if before else work.changed_at, MomentStyle.DATE)
        if came is HandIn.SAME:
            what = say("You handed exactly this in on {when}, so nothing changed.", when=when)
        else:
            what = say(
                "You handed this in on {when}. I replaced it, and the old one is kept in your history.", when=when
            )
    needs = _needs(ctx, task)
    company = say_n("{n} other has answered too.", "{n} others have answered too.", others) if others else EMPTY
    return card(
        "",
        paragraph(what, " ", company) if company else paragraph(what),
        steps.besides(needs),
        buttons=[
            ctx.button(say("Give feedback"), "review", activity=task.activity.id) if needs.reviews and others else None,
            ctx.button(say("See their answers"), "responses", activity=task.activity.id) if others else None,
            ctx.button(say("Edit"), "submit", activity=task.activity.id),
            ctx.button(say("History"), "submission history", id=work.id) if work.version > 1 else None,
            ctx.button(say("Undo"), "submission withdraw", id=work.id),
        ],
        tone=Tone.DONE,
    )


def _needs(ctx: Context, task: Task) -> Needs:
    """Return what is left for the caller besides handing in; an older syllabus may spare them what is asked today."""
    if not task.activity.needs or not ctx.member.learning:
        return Needs(task.activity.id)
    state = of_work(ctx.uow, ctx.group, ctx.member)
    return state.deeds.still(state.needs.get(task.activity.id, Needs(task.activity.id)))


@feature.command("submission withdraw", hidden=True)
def withdraw(ctx: Context, id: Annotated[SubmissionId, "Which submission"]) -> Reply:
    """Take your work back."""
    work = submissions.withdraw(ctx.uow.submissions, here(ctx, id).id, ctx.person.id, now=ctx.now)
    if work is None:
        return reply(card("", say("This is taken back already.")))
    ctx.take_back(work.about)
    activity = ctx.button(say("Hand in again"), "submit", activity=work.activity)
    return reply(card("", say("Taken back: nobody sees it any more. It stays in your history."), buttons=[activity]))


@feature.command("submission history", access=Access.READ, hidden=True)
def history(ctx: Context, id: Annotated[SubmissionId, "Which submission"]) -> Reply:
    """Show every version of your work."""
    work = here(ctx, id)
    if work.person != ctx.person.id:
        raise submissions.NotYours
    blocks: list[Block] = []
    for version in reversed(ctx.uow.submissions.versions(work.id)):
        named = say("Version {number}, {when}", number=version.number, when=Moment(version.at))
        blocks += [Heading(named), *content(replace(work, link=version.link, note=version.note))]
    return reply(*pages(say("Your versions"), blocks, more=say("Your versions, continued")))


def _nothing_open(ctx: Context) -> Refusal:
    planned = [week for week in ctx.uow.weeks.of_group(ctx.group.id) if week.state is WeekState.PLANNED]
    return NothingOpen(when=Moment(planned[0].opens_at)) if planned else NoActivities(group=ctx.group.title)
