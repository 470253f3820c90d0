"""Saying what solved a question, and passing the thanks on."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from bot.cards import Reply, Tone, card, reply
from bot.context import Context
from bot.errors import Refusal
from bot.feature import Feature
from bot.features.questions.cards import (
    answer_here,
    guides,
    no_longer_waits,
    question_here,
    said,
    show_answer,
    show_question,
)
from bot.ids import AnswerId, QuestionId
from bot.study import helping
from bot.study.acts import ActKind
from bot.study.agenda import DueKind
from bot.study.groups import changeable
from bot.study.helping import Marked
from bot.study.questions import Answer, Question, QuestionState
from bot.study.times import after_quiet
from bot.text import Text, say

feature = Feature("marking answers")


class NotAnAnswer(Refusal):
    """That message is not an answer to a question. Open the menu on a reply in a question's thread."""


@feature.command("mark answer", menu="Mark as answer")
def mark_answer(ctx: Context, id: Annotated[AnswerId | None, "Which answer"] = None) -> Reply:
    """Say which answer solved your question."""
    changeable(ctx.group)
    answer = answer_here(ctx, id) if id is not None else _with_its_words(ctx, answer_here(ctx, _chosen(ctx)))
    question_here(ctx, answer.question)
    marked = helping.accept(ctx.uow.questions, answer, ctx.person.id, guide=guides(ctx), now=ctx.now)
    who = ctx.mention(marked.answer.person)
    if not marked.changed:
        return reply(card("", say("This answer is marked already.")))
    if marked.before is not None:
        _take_credit_back(ctx, marked.question, marked.before)
    ctx.act(ActKind.ACCEPTED, marked.answer.about, marked.answer.person)
    _solved(ctx, marked.question)
    show_answer(ctx, marked.question, marked.answer)
    asker = ctx.person.name
    _pass_thanks_on(ctx, marked, say("{asker} says your answer solved it. Thank you for helping.", asker=asker))
    return reply(
        card("", say("Marked: {who} gets the credit, and the next one who is stuck finds it.", who=who), tone=Tone.DONE)
    )


def _chosen(ctx: Context) -> AnswerId:
    """Return the answer that stands in the message whose menu was opened."""
    shown = ctx.uow.outbox.shown_by(ctx.call.message.ref) if ctx.call.message else None
    if shown is None or shown.about.kind != "answer":
        raise NotAnAnswer
    return AnswerId(shown.about.id)


def _with_its_words(ctx: Context, answer: Answer) -> Answer:
    """Return an answer whose menu was opened, with the words that the platform kept back when it was written.

    A copy of it in another home has none of them.
    """
    message = ctx.call.message
    if answer.text or message is None or not message.text or str(message.ref) != answer.message:
        return answer
    told = replace(answer, text=message.text[:4_000])
    ctx.uow.questions.save_answer(told)
    return told


def _take_credit_back(ctx: Context, question: Question, answer: Answer) -> None:
    """Undo the credit of the answer that was marked before, from whoever gave it."""
    by = ctx.uow.journal.accepted_by(answer.about) or question.person
    ctx.act(ActKind.UNACCEPTED, answer.about, answer.person, by=by)
    ctx.take_back(answer.about, "thanks")
    show_answer(ctx, question, answer)


def _solved(ctx: Context, question: Question) -> None:
    """Let everyone see that a question is solved, and nobody be asked about it any more."""
    ctx.not_due(DueKind.CHECK_ANSWERED, question.id)
    no_longer_waits(ctx, question)
    show_question(ctx, question)


def _pass_thanks_on(ctx: Context, marked: Marked, words: Text) -> None:
    """Tell the author of an answer that it helped: directly where they want that, else below the question."""
    author = ctx.uow.people.get(marked.answer.person)
    if author is None or author.id == ctx.person.id:
        return
    if author.reminders:
        about = say("Your answer to “{question}”", question=said(marked.question))
        mine = ctx.button(say("My portfolio"), "portfolio")
        told = card(about, words, buttons=[mine], tone=Tone.DONE)
        if ctx.tell(author.id, told, marked.answer.about, slot=f"thanks {marked.question.state}"):
            return
    named = say("{who}: {thanks}", who=ctx.mention(author.id), thanks=words)
    see = ctx.button(say("See the question"), "question", id=marked.question.id)
    shown = card("", named, buttons=[see], tone=Tone.DONE)
    ctx.show_below(shown, marked.answer.about, marked.question.about, slot="thanks")


@feature.command("also helped", hidden=True)
def also_helped(ctx: Context, id: Annotated[AnswerId, "Which answer"]) -> Reply:
    """Say that an answer helped you too."""
    changeable(ctx.group)
    answer = answer_here(ctx, id)
    question_here(ctx, answer.question)
    marked = helping.thank(ctx.uow.questions, answer, ctx.person.id, guide=guides(ctx), now=ctx.now)
    if not marked.changed:
        return reply(card("", say("This answer is marked already.")))
    ctx.act(ActKind.THANKED, marked.answer.about, marked.answer.person)
    show_answer(ctx, marked.question, marked.answer)
    _pass_thanks_on(ctx, marked, say("{asker} says your answer helped too. Thank you.", asker=ctx.person.name))
    who = ctx.mention(marked.answer.person)
    return reply(card("", say("Noted: {who} reads that it helped.", who=who), tone=Tone.DONE))


@feature.command(hidden=True)
def solved(ctx: Context, id: Annotated[QuestionId, "Which question"]) -> Reply:
    """Say that you solved your question yourself."""
    changeable(ctx.group)
    if question_here(ctx, id).state is QuestionState.SOLVED:
        return reply(card("", say("This question is solved already.")))
    question, before = helping.solve(ctx.uow.questions, id, ctx.person.id)
    if before is not None:
        _take_credit_back(ctx, question, before)
    _solved(ctx, question)
    return reply(card("", say("Well done. How you solved it may help others: write it in the thread."), tone=Tone.DONE))


@feature.command("question withdraw", hidden=True)
def withdraw(ctx: Context, id: Annotated[QuestionId, "Which question"]) -> Reply:
    """Take your question back."""
    changeable(ctx.group)
    found = ctx.uow.questions.get(id)
    if found is None or found.group != ctx.group.id:
        return reply(card("", say("This question is gone already.")))
    question = helping.withdraw(ctx.uow.questions, id, ctx.person.id)
    if question is None:
        return reply(card("", say("This question is taken back already.")))
    ctx.not_due(DueKind.CHECK_ANSWERED, id)
    no_longer_waits(ctx, question)
    if ctx.uow.questions.answers(id):
        show_question(ctx, question)  # the answers are other people's, and stay
    else:
        ctx.take_back(question.about)
    again = ctx.button(say("Ask something else"), "ask")
    return reply(card("", say("Taken back: it is no longer asked of anyone."), buttons=[again]))


@feature.command("still stuck", hidden=True)
def still_stuck(ctx: Context, id: Annotated[QuestionId, "Which question"]) -> Reply:
    """Say that the answers did not help yet."""
    changeable(ctx.group)
    question_here(ctx, id)
    question = helping.reopen(ctx.uow.questions, id, ctx.person.id)
    if question is None:
        waits = say("Your question waits for an answer already, and I go on asking around.")
    else:
        waits = say("Thank you for saying so. I'll bring your question up in the channel again.")
        show_question(ctx, question)
        ctx.not_due(DueKind.CHECK_ANSWERED, id)
        ctx.due(DueKind.RAISE_QUESTION, id, after_quiet(ctx.now, ctx.group.where))
    hint = say("What you tried since then, written in the thread, helps others to help you.")
    return reply(card("", waits, hint))
