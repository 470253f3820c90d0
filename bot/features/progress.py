"""Progress: what is done, what is open, and the help that went round."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from bot.cards import Block, Button, Card, Choice, Heading, Reply, Tone, bullets, paragraph, reply
from bot.cards import Progress as Bar
from bot.context import Context
from bot.errors import Refusal, UnknownItem
from bot.feature import Feature
from bot.ids import MemberId, code
from bot.options import Access, Pick
from bot.pages import pages
from bot.study import progress, steps
from bot.study.deeds import deeds_of
from bot.study.groups import OVER
from bot.study.members import PRESENT, Member
from bot.study.progress import Progress
from bot.study.rights import GUIDES
from bot.study.weeks import Task, WeekState, tasks
from bot.text import EMPTY, Text, say, say_n, to_text

feature = Feature("progress")

SUBMITS = 4
"""Open activities with a button of their own."""
LATEST = 10
"""Activities that are listed as done; the rest is a number."""
LISTED = 8
"""People with a button of their own in a mentor's list."""


class LearnsNothing(Refusal):
    """{who} helps in {group} without learning along, so there is no progress to see. Pick a learner from the list."""


class OthersProgress(Refusal):
    """You can see your own progress. How others are doing is for them, their mentors and facilitators to see."""


class NotHere(Refusal):
    """They are not in {group}, so there is no progress to see."""


class NobodyLearns(Refusal):
    """Nobody learns in {group} yet. Once people join, you see here how far they are."""


def people_to_see(ctx: Context) -> Sequence[Choice]:
    """Return whose progress the caller can see: everyone's for those who guide, else their own."""
    shown = _learners(ctx) if _guides(ctx) else [ctx.member]
    people = ctx.uow.people.many(member.person for member in shown)
    return [Choice(code(member.id), to_text(people[member.person].name)) for member in shown if member.person in people]


def _guides(ctx: Context) -> bool:
    return not ctx.standings.isdisjoint(GUIDES)


def _learners(ctx: Context) -> list[Member]:
    return [member for member in ctx.uow.members.in_group(ctx.group.id) if member.learning]


@feature.command("progress", access=Access.READ, title="How far you are")
def show_progress(
    ctx: Context,
    member: Annotated[MemberId | None, "Whose; empty means yours", Pick(people_to_see)] = None,
) -> Reply:
    """See what you have done and what is open."""
    if member is None:
        if not ctx.member.learning:
            return reply(*_everyone(ctx))
        return reply(*_own(ctx, progress.of_member(ctx.uow, ctx.group, ctx.member)))
    found = ctx.uow.members.get(member)
    if found is None or found.group != ctx.group.id or found.state not in PRESENT:
        raise UnknownItem
    if found.person == ctx.person.id and found.learning:
        return reply(*_own(ctx, progress.of_member(ctx.uow, ctx.group, found)))
    if not _guides(ctx):
        raise OthersProgress
    if not found.learning:
        people = ctx.uow.people.many([found.person])
        raise LearnsNothing(who=people[found.person].name, group=ctx.group.title)
    return reply(*_others(ctx, found, progress.of_member(ctx.uow, ctx.group, found)))


@feature.command("their progress", access=Access.READ, person_menu="Their progress")
def their_progress(ctx: Context) -> Reply:
    """See how far somebody is, as a mentor or facilitator."""
    person = ctx.uow.people.by_account(ctx.call.person) if ctx.call.person is not None else None
    found = ctx.uow.members.of(ctx.group.id, person.id) if person is not None else None
    if found is None or found.state not in PRESENT:
        raise NotHere(group=ctx.group.title)
    return show_progress(ctx, found.id)


def _own(ctx: Context, state: Progress) -> tuple[Card, ...]:
    """Return one's own progress, with a button for each of the next steps."""
    return pages(
        say("Your progress in {group}", group=ctx.group.title[:50]),
        [*_blocks(state), _finish(ctx, state)],
        more=say("Your progress, continued"),
        buttons=[
            *(_step(ctx, state, task) for task in state.open[:SUBMITS]),
            *_to_help(ctx, state),
            ctx.button(say("My portfolio"), "portfolio"),
            ctx.button(say("Where my points come from"), "points"),
        ],
        tone=Tone.DONE if state.finished else Tone.PLAIN,
    )


def _to_help(ctx: Context, state: Progress) -> list[Button]:
    """Return the ways to help others, as long as finishing takes that."""
    if state.help.given >= state.helps:
        return []
    asked = any(steps.tap(state, task)[1] == "review" for task in state.open[:SUBMITS])
    feedback = [] if asked else [ctx.button(say("Give feedback"), "review")]
    return [ctx.button(say("Open questions"), "questions"), *feedback]


def _step(ctx: Context, state: Progress, task: Task) -> Button:
    label, command = steps.tap(state, task)
    return ctx.button(label, command, activity=task.activity.id)


def _finish(ctx: Context, state: Progress) -> Text:
    """Return what is left to finish the group."""
    if not state.required:
        return EMPTY
    criteria = progress.criteria(ctx.group, state)
    if state.finished:
        return say("You have all it takes to finish: {criteria}.", criteria=criteria)
    if ctx.group.state in OVER:
        return say("Finishing took {criteria}. What you did stays in your portfolio.", criteria=criteria)
    return say("Finishing takes {criteria}. There is still time.", criteria=criteria)


def _others(ctx: Context, member: Member, state: Progress) -> tuple[Card, ...]:
    goal = say("Goal: {goal}", goal=member.goal[:300]) if member.goal else EMPTY
    who = ctx.mention(member.person)
    return pages(say("Progress of {who}", who=who), [goal, *_blocks(state)], more=say("Progress, continued"))


def _blocks(state: Progress) -> list[Block]:
    """Return what is done, open and coming, and the help given and got."""
    blocks: list[Block] = []
    if state.required:
        blocks.append(Bar(state.counted, len(state.required), say("Required activities done")))
    else:
        blocks.append(paragraph(say("Nothing is required in this group: take part as you like.")))
    done = [task for task in state.tasks if task.activity.id in state.done]
    if done:
        blocks += [Heading(say("Done")), bullets(_named(task, state) for task in done[-LATEST:])]
        if len(done) > LATEST:
            earlier = len(done) - LATEST
            blocks.append(paragraph(say_n("{n} more before these.", "{n} more before these.", earlier)))
    if state.open:
        blocks += [Heading(say("Open, smallest first")), bullets(_named(task, state) for task in state.open[:8])]
    if state.waits:
        blocks += [Heading(say("Waits for others")), bullets(_named(task, state) for task in state.waits[:8])]
    ahead = sum(task.week.state is WeekState.PLANNED for task in state.tasks)
    if ahead:
        blocks.append(
            paragraph(say_n("{n} activity comes in later weeks.", "{n} activities come in later weeks.", ahead))
        )
    return [*blocks, Heading(say("Help")), bullets(_help(state))]


def _named(task: Task, state: Progress) -> Text:
    named = task.name + ": " + task.activity.title[:70]
    if stands := steps.left(state, task) or steps.seen(state, task):
        return named + " · " + stands
    minutes = task.activity.minutes
    return named + " · " + say_n("{n} minute", "{n} minutes", minutes) if minutes else named


def _help(state: Progress) -> list[Text]:
    """Return the help given and got; what has not been yet is not counted up."""
    help = state.help
    lines = []
    if help.answered:
        given = say_n("Helped with {n} question of others.", "Helped with {n} questions of others.", help.answered)
        if help.accepted:
            given = given + " " + say_n("{n} answer solved it.", "{n} answers solved it.", help.accepted)
        lines.append(given)
    if help.reviewed or help.got_reviews:
        lines.append(say("Feedback: {given} given, {got} received", given=help.reviewed, got=help.got_reviews))
    if help.got_answers:
        lines.append(say("Own questions answered: {n}", n=help.got_answers))
    if help.likes_received or help.likes_given:
        lines.append(say("Likes: {got} received, {given} given", got=help.likes_received, given=help.likes_given))
    return lines or [say("None yet: an answer to a question, or feedback on a response, means a lot to somebody.")]


def _everyone(ctx: Context) -> tuple[Card, ...]:
    """Return how far everybody is, for those who guide and do not learn along."""
    learners = _learners(ctx)
    if not learners:
        raise NobodyLearns(group=ctx.group.title)
    everyone = [member.person for member in learners]
    people = ctx.uow.people.many(everyone)
    versions = ctx.uow.weeks.versions(ctx.group.id)
    asked = tasks(ctx.uow.weeks, ctx.group.id)
    deeds = deeds_of(ctx.uow, ctx.group, everyone, asked, versions)
    lines = []
    for member in learners:
        state = progress.judged(ctx.group, member, asked, versions, deeds[member.person], progress.Help())
        name = people[member.person].name if member.person in people else "?"
        lines.append(say("{name}: {done} of {total} done", name=name, done=state.counted, total=len(state.required)))
    return pages(
        say("Progress in {group}", group=ctx.group.title[:60]),
        [bullets(lines)],
        more=say("Progress, continued"),
        buttons=[
            ctx.button(to_text(people[member.person].name[:30]), "progress", member=member.id)
            for member in learners[:LISTED]
            if member.person in people
        ],
    )
