"""Quiet members: one kind message at a time, only to those who agreed to such, and a quiet welcome back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.cards import Button, ButtonStyle, Card, Quote, Reply, Tone, card, paragraph, reply
from bot.chat import About, Direct, ThreadReplied
from bot.context import Context
from bot.feature import Feature
from bot.ids import MemberId
from bot.outbox import place_of
from bot.study import progress, quiet, seats
from bot.study.acts import ActKind
from bot.study.agenda import DueKind
from bot.study.groups import changeable
from bot.study.members import PRESENT, Member, MemberState, Role, Transition
from bot.study.people import Person
from bot.study.quiet import Decision, Known, Step
from bot.study.times import next_sending
from bot.study.times import zone as find_zone
from bot.study.weeks import Task
from bot.text import EMPTY, Moment, MomentStyle, Text, say, say_n

feature = Feature("nudges")

GOOD_FOR = timedelta(hours=6)
"""How long a reminder that could not be delivered still makes sense; later it is decided anew."""
PAUSES = (1, 2, 4)
"""Weeks of rest that a reminder offers."""
ELSEWHERE = frozenset({"submission", "question"})
"""Kinds of items whose threads have listeners of their own."""


@feature.routine(DueKind.NUDGE)
def look_after(ctx: Context, id: MemberId) -> None:
    """See how a member is doing: remind them, welcome them back, or look again later."""
    if ctx.maybe_group is None:
        return
    ctx.uow.groups.lock(ctx.group.id)
    member = ctx.uow.members.get(id)
    person = ctx.uow.people.get(member.person) if member else None
    if member is None or person is None:
        return
    history = ctx.uow.members.history(id)
    if quiet.returned(history, member):
        _welcome_back(ctx, member, person)
    state = progress.of_member(ctx.uow, ctx.group, member)
    known = _known(ctx, member, person, len(state.open), quiet.active_since(history, member, ctx.now))
    decision = quiet.decide(known, ctx.now)
    if decision.step is Step.REMIND:
        decision = _remind(ctx, member, person, state.open)
    if decision.step is Step.LATER and decision.at is not None:
        ctx.due(DueKind.NUDGE, id, decision.at)


def _known(ctx: Context, member: Member, person: Person, missing: int, since: datetime | None) -> Known:
    """Gather what decides about a reminder."""
    accounts = ctx.uow.people.accounts([person.id]).get(person.id, ())
    written = [ctx.uow.outbox.last_sent(place_of(Direct(account.ref))) for account in accounts]
    nudged = [other.nudged_at for other in ctx.uow.members.of_person(person.id)]
    return Known(
        member=member,
        group_state=ctx.group.state,
        group_zone=ctx.group.where,
        zone=find_zone(person.zone or ctx.group.zone),
        opened_at=quiet.first_opening(ctx.uow.weeks.of_group(ctx.group.id)),
        missing=missing,
        active_since=since,
        nudged_at=max((at for at in nudged if at is not None), default=None),
        written_at=max((at for at in written if at is not None), default=None),
        waits=quiet.waits_on_others(ctx.uow.questions.by_person(ctx.group.id, person.id), ctx.now),
    )


def _remind(ctx: Context, member: Member, person: Person, still: tuple[Task, ...]) -> Decision:
    """Remind somebody, or suggest to a facilitator to write to them; the third time, fall silent."""
    last = member.nudges + 1 >= len(quiet.LADDER)
    words = _last_words(ctx, member) if last else _reminder(ctx, member, still[0])
    if not _sent(ctx, member, person, words, still[0]):
        return Decision(Step.LATER, next_sending(ctx.now + quiet.ONE_IN, find_zone(person.zone or ctx.group.zone)))
    state = MemberState.DORMANT if last else member.state
    ctx.uow.members.save(replace(member, nudges=member.nudges + 1, nudged_at=ctx.now, state=state))
    if last:
        gone = Transition(ctx.new_id(), member.id, ctx.now, ctx.person.id, MemberState.DORMANT, member.role, "quiet")
        ctx.uow.members.record(gone)
        return Decision(Step.NOTHING)
    return Decision(Step.LATER, next_sending(ctx.now + quiet.ONE_IN, find_zone(person.zone or ctx.group.zone)))


def _sent(ctx: Context, member: Member, person: Person, words: Card, task: Task) -> bool:
    """Write to somebody who agreed to it; for anyone else, give a facilitator a draft. Return whether either went."""
    slot = f"nudge {ctx.now:%Y%m%d}"
    about = About("member", member.id)
    if person.reminders:
        return ctx.tell(person.id, words, about, slot=slot, expires_at=ctx.now + GOOD_FOR)
    leading = ctx.uow.members.in_group(ctx.group.id, roles=(Role.FACILITATOR, Role.OWNER))
    for leader in leading:
        if leader.person != person.id:
            told = _draft_for(ctx, member, person, task)
            if ctx.tell(leader.person, told, about, slot=slot, expires_at=ctx.now + GOOD_FOR):
                return True
    return False


def _reminder(ctx: Context, member: Member, task: Task) -> Card:
    """Return a reminder: the smallest next step with its minutes, an offer of help, and ways to rest."""
    plan = EMPTY
    if member.plan and member.nudges == 0:
        plan = say("You said when you plan to study: “{plan}”.", plan=member.plan[:200])
    return card(
        ctx.group.title[:80],
        _step(ctx, task),
        plan,
        say("If something is in the way, tell us: someone will be glad to help."),
        buttons=[
            ctx.button(say("Show me the step"), "week", ButtonStyle.PRIMARY, number=str(task.week.ordinal)),
            ctx.button(say("I'm stuck"), "ask", activity=task.activity.id),
            *_rest(ctx),
            ctx.button(say("No more reminders"), "settings", reminders="no"),
            ctx.button(say("Leave the group"), "withdraw"),
        ],
    )


def _step(ctx: Context, task: Task) -> Text:
    """Return the smallest open step in words, with the end of its week where that is near."""
    ends = quiet.ends_at(task, ctx.uow.weeks.of_group(ctx.group.id))
    open_still = say("{task} is still open: “{title}”.", task=task.name, title=task.activity.title[:100])
    if task.activity.minutes:
        needs = say_n(
            "Most people need about {n} minute.", "Most people need about {n} minutes.", task.activity.minutes
        )
        open_still = open_still + " " + needs
    if ends is None or ends <= ctx.now:
        return open_still
    when = Moment(ends, MomentStyle.RELATIVE)
    return say("Week {number} ends {when}.", number=task.week.ordinal, when=when) + " " + open_still


def _rest(ctx: Context) -> list[Button]:
    return [
        ctx.button(say_n("Pause {n} week", "Pause {n} weeks", weeks), "pause", weeks=str(weeks)) for weeks in PAUSES
    ]


def _last_words(ctx: Context, member: Member) -> Card:
    """Return the last reminder, after which there is silence until the person comes back."""
    return card(
        ctx.group.title[:80],
        say("I'll stop reminding you about this group."),
        say("You're still welcome any time: whatever you do there, everything goes on from where you left it."),
        buttons=[
            ctx.button(say("Show me where it is"), "week"),
            ctx.button(say("Ask for help"), "ask"),
            ctx.button(say("Keep reminding"), "keep reminding"),
            ctx.button(say("Leave the group"), "withdraw"),
        ],
    )


@feature.command("keep reminding", hidden=True)
def keep_reminding(ctx: Context) -> Reply:
    """Be reminded again after reminders had ended."""
    changeable(ctx.group)
    goes_on = ctx.member.state in (MemberState.ACTIVE, MemberState.DORMANT)
    awake = replace(ctx.member, state=MemberState.ACTIVE if goes_on else ctx.member.state, nudges=0)
    seats.keep(ctx.uow.members, awake, actor=ctx.person.id, now=ctx.now, why="wants to be reminded")
    ctx.due(DueKind.NUDGE, awake.id, quiet.ONE_IN)
    week = ctx.button(say("This week"), "week")
    return reply(card("", say("I'll go on reminding you, once a week at most."), buttons=[week], tone=Tone.DONE))


def _draft_for(ctx: Context, member: Member, person: Person, task: Task) -> Card:
    """Return a suggestion to a facilitator: somebody is quiet, and a few words from a person may help."""
    minutes = task.activity.minutes
    words = (
        say(
            "Hi {name}, {task} is open and takes about {minutes} minutes. Is there anything I can help with?",
            name=person.name,
            task=task.name,
            minutes=minutes,
        )
        if minutes
        else say("Hi {name}, {task} is open. Is there anything I can help with?", name=person.name, task=task.name)
    )
    return card(
        say("{group}: a kind word may help", group=ctx.group.title[:60]),
        say("It has been quiet around {who}, who gets no reminders from me.", who=person.name),
        say("You could write, in your own words:"),
        Quote(words),
        buttons=[
            ctx.button(say("See their progress"), "progress", member=member.id),
            ctx.button(say("Who else is quiet"), "lead pulse"),
        ],
        tone=Tone.NEEDS_YOU,
    )


def _welcome_back(ctx: Context, member: Member, person: Person) -> None:
    """Note that somebody who had fallen silent is back, and say so to them alone."""
    back = Transition(ctx.new_id(), member.id, ctx.now, person.id, MemberState.ACTIVE, member.role, "returned")
    ctx.uow.members.record(back)
    ctx.act(ActKind.RETURNED, About("member", member.id), by=person.id)
    if person.reminders:
        told = card(
            ctx.group.title[:80],
            paragraph(say("Good to see you again. Your place is as you left it.")),
            buttons=[
                ctx.button(say("My progress"), "progress"),
                ctx.button(say("This week"), "week"),
            ],
        )
        ctx.tell(person.id, told, About("member", member.id), slot=f"back {ctx.now:%Y%m%d}")


@feature.on(ThreadReplied)
def count_as_sign_of_life(ctx: Context, event: ThreadReplied) -> None:
    """Take a reply in any of the group's threads as a sign that somebody is there."""
    root = ctx.uow.outbox.thread_of(event.thread)
    if root is None or root.group is None or root.about.kind in ELSEWHERE:
        return
    person = ctx.uow.people.by_account(event.account)
    group = ctx.uow.groups.get(root.group)
    if person is not None and group is not None:
        here = ctx.within(group, person)
        if here.maybe_member is not None and here.maybe_member.state in PRESENT:
            here.act(ActKind.REPLIED, root.about, root.owner)
