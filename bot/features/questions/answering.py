"""Answering: with the button, or by writing in the question's thread."""

from __future__ import annotations

from typing import Annotated

from bot import mirrors
from bot.cards import Reply, Tone, card, reply
from bot.chat import ThreadReplied
from bot.context import Context
from bot.feature import Feature
from bot.features.questions.cards import no_longer_waits, question_here, said, show_answer, show_question
from bot.ids import QuestionId
from bot.options import LongText
from bot.outbox import Message
from bot.study import helping
from bot.study.acts import ActKind
from bot.study.agenda import DueKind
from bot.study.groups import changeable
from bot.study.helping import Given
from bot.study.members import PRESENT
from bot.study.questions import CHECK_AFTER_SILENCE, Answer, Question, QuestionState
from bot.study.readings import read_from_now_on
from bot.study.rights import may, standings
from bot.text import say

feature = Feature("answering")


@feature.command(hidden=True, title="Answer a question", asks=("text",))
def answer(
    ctx: Context,
    question: Annotated[QuestionId, "Which question"],
    text: Annotated[LongText | None, "Your answer; a first idea is welcome too"] = None,
) -> Reply:
    """Answer somebody's question."""
    changeable(ctx.group)
    asked = question_here(ctx, question)
    if asked.person == ctx.person.id:
        raise helping.OwnQuestion
    if text is None:
        if ctx.call.submitted:
            ctx.missing("text")
        return ctx.form(["text"], needed=["text"])
    given = helping.reply(ctx.uow.questions, question, ctx.person.id, text, None, now=ctx.now)
    if given.new:
        _came(ctx, given)
    who = ctx.mention(asked.person)
    return reply(
        card(
            "",
            say("Answered: {who} will see it, and so does your group. Thank you for helping.", who=who),
            buttons=[
                ctx.button(say("See the question"), "question", id=asked.id),
                ctx.button(say("Other open questions"), "questions"),
            ],
            tone=Tone.DONE,
        )
    )


def _came(ctx: Context, given: Given, root: Message | None = None) -> None:
    """Let an answer be seen, tell the asker of the first one, and ask them later whether it helped."""
    question, answer = given.question, given.answer
    ctx.act(ActKind.ANSWERED, question.about, question.person)
    show_answer(ctx, question, answer, root)
    show_question(ctx, question)
    if given.waited:
        no_longer_waits(ctx, question)
        _tell_the_asker(ctx, question, answer)
    if question.state is QuestionState.ANSWERED:
        ctx.due(DueKind.CHECK_ANSWERED, question.id, CHECK_AFTER_SILENCE)


def _tell_the_asker(ctx: Context, question: Question, answer: Answer) -> None:
    """Tell the asker that the wait is over: directly where they want that, else in the thread."""
    asker = ctx.uow.people.get(question.person)
    buttons = [
        ctx.button(say("Read it"), "question", id=question.id),
        ctx.button(say("Mark as answer"), "mark answer", id=answer.id),
        ctx.button(say("I solved it"), "solved", id=question.id),
    ]
    who, what = ctx.person.name, said(question)
    if asker is not None and asker.reminders:
        told = card("", say("{who} answered your question “{question}”.", who=who, question=what), buttons=buttons)
        if ctx.tell(question.person, told, answer.about, slot="told"):
            return
    named = say("{asker}, {who} answered your question.", asker=ctx.mention(question.person, ping=True), who=who)
    ctx.show_below(card("", named, buttons=buttons), answer.about, question.about, slot="told")


@feature.on(ThreadReplied)
def answer_in_thread(ctx: Context, event: ThreadReplied) -> bool:
    """Count what a member writes in a question's thread: an answer, or the asker adding to it."""
    root = ctx.uow.outbox.thread_of(event.thread)
    if root is None or root.about.kind != "question" or root.group is None:
        return False
    person = ctx.uow.people.acting(event.account, ctx.now)
    group = ctx.uow.groups.get(root.group)
    question = ctx.uow.questions.get(QuestionId(root.about.id))
    known = ctx.uow.outbox.shown_by(event.message)
    if person is None or group is None or question is None or question.state is QuestionState.WITHDRAWN or known:
        return False
    here = ctx.within(group, person)
    if here.maybe_member is None or here.maybe_member.state not in PRESENT or not mirrors.is_here(here, root):
        return False
    if group.emptied_at is not None:  # no text of this group is kept any more
        return False
    if not may("answer", standings(here.maybe_member)):
        return mirrors.pass_on(here, event, root)
    if person.id == question.person:
        mirrors.pass_on(here, event, root)
        _went_on(here, question)
        return True
    given = helping.reply(
        here.uow.questions, question.id, person.id, (event.text or "")[:4_000], str(event.message), now=here.now
    )
    message = Message(here.new_id(), event.message, None, given.answer.about, group.id, person.id)
    here.uow.outbox.register(message)
    read_from_now_on(here.uow.readings, message, event.thread, here.now)
    _came(here, given, root)
    return True


def _went_on(ctx: Context, question: Question) -> None:
    """Note that the asker wrote in their own thread: they are there, and need no question whether it helped yet."""
    ctx.act(ActKind.REPLIED, question.about)
    if question.state is QuestionState.ANSWERED:
        ctx.due(DueKind.CHECK_ANSWERED, question.id, CHECK_AFTER_SILENCE)
