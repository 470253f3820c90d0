"""Taking an application back, and leaving; whoever leaves decides what happens to their work."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import Annotated

from bot.cards import ButtonStyle, Reply, Tone, card, reply
from bot.context import Context
from bot.feature import Feature
from bot.features.enrolment import telling
from bot.study import decisions, directory, submissions
from bot.study.members import PRESENT, WAITING, Member
from bot.study.questions import WAITS, QuestionState
from bot.text import Text, say

feature = Feature("leaving")


class Work(StrEnum):
    """What happens to the work of somebody who leaves."""

    KEEP = "keep"
    TAKE_BACK = "take-back"

    @property
    def label(self) -> Text:
        """The choice in words."""
        return say("My work stays") if self is Work.KEEP else say("I take my work back")


@feature.command(title="Leave a group")
def withdraw(ctx: Context, work: Annotated[Work | None, "What happens to your work"] = None) -> Reply:
    """Take your application back, or leave the group."""
    member = ctx.maybe_member
    if member is None:
        raise decisions.NotThere(group=ctx.group.title)
    if member.state in PRESENT:
        decisions.check_can_go(ctx.uow.members, ctx.group, member)
        if work is None:
            return _ask(ctx)
    gone = decisions.withdraw(ctx.uow, ctx.group, ctx.person.id, now=ctx.now)
    directory.changed(ctx.uow, ctx.group.id, ctx.now)
    if member.state in WAITING:
        telling.close(ctx, gone, say("Taken back by the applicant."))
        words = say("Taken back: you have no application in {group} any more.", group=ctx.group.title)
        again = ctx.button(say("Apply again"), "enrol")
        return reply(card("", words, buttons=[again], tone=Tone.DONE))
    if work is Work.TAKE_BACK:
        _take_back(ctx, gone)
    return _left(ctx, gone, work or Work.KEEP)


def _ask(ctx: Context) -> Reply:
    words = say(
        "Would you like to leave {group}? Your place goes to the next person. "
        "Your answers to others stay in their threads; what happens to your own work is up to you.",
        group=ctx.group.title,
    )
    buttons = [
        ctx.button(say("Leave, my work stays"), "withdraw", work="keep"),
        ctx.button(say("Leave and take my work back"), "withdraw", ButtonStyle.DANGER, work="take-back"),
        ctx.button(say("Pause instead"), "pause") if ctx.member.learning else None,
    ]
    return reply(card("", words, buttons=buttons))


def _left(ctx: Context, gone: Member, work: Work) -> Reply:
    name = telling.name_of(ctx, gone)
    told = say("{name} has left {group}.", name=name, group=ctx.group.title)
    see = ctx.button(say("See the members"), "lead members list")
    history = ctx.uow.members.history(gone.id)
    telling.tell_leaders(ctx, gone, f"left {len(history)}", card("", told, buttons=[see]))
    if work is Work.KEEP:
        words = say("You have left {group}. Your work stays with the group. Thank you for it.", group=ctx.group.title)
    else:
        words = say("You have left {group}, and your work is taken back.", group=ctx.group.title)
    again = ctx.button(say("See other groups"), "groups")
    return reply(card("", words, buttons=[again], tone=Tone.DONE))


def _take_back(ctx: Context, gone: Member) -> None:
    """Take back what somebody showed to the group: work, shared notes, and questions that nobody answered."""
    for work in ctx.uow.submissions.by_person(ctx.group.id, gone.person):
        submissions.withdraw(ctx.uow.submissions, work.id, gone.person, now=ctx.now)
        ctx.take_back(work.about)
    for note in ctx.uow.notes.by_person(ctx.group.id, gone.person):
        if note.shared:
            ctx.uow.notes.save(replace(note, shared=False))
            ctx.take_back(note.about)
    for question in ctx.uow.questions.by_person(ctx.group.id, gone.person):
        if question.state is QuestionState.OPEN:
            ctx.uow.questions.save(replace(question, state=QuestionState.WITHDRAWN))
            for kind in WAITS:
                ctx.not_due(kind, question.id)
            ctx.take_back(question.about, "raised")
            ctx.take_back(question.about)
