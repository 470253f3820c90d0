"""One's own page: this week, what is open, one's questions, and for those who lead, how the group is doing."""

from __future__ import annotations

from collections.abc import Iterator

from bot.cards import Block, Button, ButtonStyle, Card, Heading, Reply, bullets, button, card, paragraph, reply
from bot.cards import Progress as Bar
from bot.context import Context
from bot.feature import Feature
from bot.measure import excerpt
from bot.options import Access
from bot.study import progress, steps
from bot.study.groups import ALIVE, Group
from bot.study.members import Member
from bot.study.progress import Progress
from bot.study.pulse import pulse
from bot.study.questions import UNSOLVED
from bot.study.weeks import Task, WeekState
from bot.text import Moment, MomentStyle, Text, say, say_n, to_text

feature = Feature("home")

GROUPS = 5
"""Groups that are shown; more of them have no room on a page."""
SUBMITS = 3
"""Open activities with a button of their own."""
LISTED = 5
"""Open activities, and questions of one's own, that are named; the rest is a number."""
NAME = 120
"""What a name of somebody's own making may take in a line."""


@feature.command("home", access=Access.READ, anywhere=True, hidden=True, title="Your study groups")
def home(ctx: Context) -> Reply:
    """See this week, what is open and what waits for you, in all your groups."""
    mine = _mine(ctx)
    cards = [_group(ctx.within(group, ctx.person, member), group, member) for group, member in mine[:GROUPS]]
    return reply(*cards, _settings(ctx, len(mine)))


def _mine(ctx: Context) -> list[tuple[Group, Member]]:
    """Return the caller's groups that are not over; in a channel, those that live in its space alone."""
    members = ctx.uow.members.of_person(ctx.person.id) if ctx.person.id else []
    groups = ctx.uow.groups.many(member.group for member in members)
    here = ctx.call.channel.where if ctx.call.channel is not None else None
    return [
        (groups[one.group], one)
        for one in members
        if one.group in groups
        and groups[one.group].state in ALIVE
        and (here is None or any(home.channel.where == here for home in ctx.uow.groups.homes(one.group)))
    ]


def _group(ctx: Context, group: Group, member: Member) -> Card:
    """Return how one group stands for the caller."""
    blocks: list[Block] = [paragraph(_this_week(ctx))]
    buttons: list[Button | None] = []
    if member.learning:
        state = progress.of_member(ctx.uow, group, member)
        blocks += _work(state)
        if state.required:
            blocks.append(Bar(state.counted, len(state.required), say("activities done")))
        buttons += [
            ctx.button(
                *steps.tap(state, task),
                style=ButtonStyle.PRIMARY if not number else ButtonStyle.PLAIN,
                activity=task.activity.id,
            )
            for number, task in enumerate(state.open[:SUBMITS])
        ]
    blocks += _questions(ctx)
    likes = len(ctx.uow.likes.received(group.id, ctx.person.id))
    if likes:
        blocks.append(paragraph(say_n("{n} like for what you gave here.", "{n} likes for what you gave here.", likes)))
    if member.leads:
        blocks += _pulse(ctx, group)
        buttons.append(ctx.button(say("How the group is doing"), "lead pulse"))
    buttons += [
        ctx.button(say("This week"), "week"),
        ctx.button(say("Ask a question"), "ask") if member.learning else None,
        ctx.button(say("My questions"), "questions", which="mine"),
        ctx.button(say("My progress"), "progress") if member.learning else None,
    ]
    return card(group.title, *blocks, buttons=buttons)


def _this_week(ctx: Context) -> Text:
    weeks = ctx.uow.weeks.of_group(ctx.group.id)
    posted = [one for one in weeks if one.state is WeekState.POSTED]
    ahead = next((one for one in weeks if one.state is WeekState.PLANNED), None)
    now = say("It has not begun yet.")
    if posted:
        title = excerpt(to_text(posted[-1].title), NAME)
        now = say("Week {number}: {title}.", number=posted[-1].ordinal, title=title)
    if ahead is None:
        return now
    return now + " " + say("Week {number} opens {when}.", number=ahead.ordinal, when=Moment(ahead.opens_at))


def _work(state: Progress) -> Iterator[Block]:
    still = state.open
    if not still:
        yield paragraph(say("Nothing is open for you."))
        return
    yield Heading(say("Open for you"))
    listed = [excerpt(_named(task, state), NAME * 2) for task in still[:LISTED]]
    yield bullets([*listed, *_more(len(still))])


def _named(task: Task, state: Progress) -> Text:
    left = steps.left(state, task)
    return task.name + " · " + left if left else task.name


def _questions(ctx: Context) -> Iterator[Block]:
    mine = [one for one in ctx.uow.questions.by_person(ctx.group.id, ctx.person.id) if one.state in UNSOLVED]
    if not mine:
        return
    counts = ctx.uow.questions.answer_counts(one.id for one in mine)
    yield Heading(say("Your open questions"))
    listed = [
        say(
            "{question} · asked {when} · {answers}",
            question=excerpt(to_text(" ".join(one.text.split())), NAME),
            when=Moment(one.asked_at, MomentStyle.RELATIVE),
            answers=say_n("{n} answer", "{n} answers", counts.get(one.id, 0)),
        )
        for one in mine[:LISTED]
    ]
    yield bullets([*listed, *_more(len(mine))])


def _more(count: int) -> list[Text]:
    return [say("and {n} more", n=count - LISTED)] if count > LISTED else []


def _pulse(ctx: Context, group: Group) -> Iterator[Block]:
    found = pulse(ctx.uow, group, now=ctx.now)
    counts = [
        say_n("{n} person is quiet", "{n} people are quiet", len(found.quiet)) if found.quiet else None,
        say_n("{n} question waits for an answer", "{n} questions wait for an answer", len(found.unanswered))
        if found.unanswered
        else None,
        say_n("{n} response has no reaction yet", "{n} responses have no reaction yet", len(found.unreacted))
        if found.unreacted
        else None,
        say_n("{n} response waits for your check", "{n} responses wait for your check", found.unchecked)
        if found.unchecked
        else None,
    ]
    yield Heading(say("You lead this group"))
    said = [one for one in counts if one is not None]
    yield bullets(said) if said else paragraph(say("All is well: nobody is quiet, and nothing waits for an answer."))


def _settings(ctx: Context, groups: int) -> Card:
    """Return what is there for everybody."""
    person = ctx.person
    zone = to_text(person.zone) if person.zone else say("{zone} (not set by you)", zone=ctx.zone.key)
    reminders = {None: say("not asked yet"), True: say("on"), False: say("off")}[person.reminders]
    return card(
        say("Your settings") if groups else say("Welcome"),
        say("You are in no study group yet. Look around, and join one that fits.") if not groups else "",
        say("Time zone: {zone}. Reminders: {reminders}.", zone=zone, reminders=reminders),
        say("There are more groups of yours than have room here. /groups shows them all.") if groups > GROUPS else "",
        buttons=[
            button(say("Study groups"), "groups", style=ButtonStyle.PLAIN if groups else ButtonStyle.PRIMARY),
            button(say("Settings"), "settings"),
            button(say("My portfolio"), "portfolio") if groups else None,
            button(say("Help"), "help"),
        ],
    )
