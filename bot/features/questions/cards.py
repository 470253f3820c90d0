"""How questions and answers look to the group."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from bot import mirrors
from bot.cards import Block, ButtonStyle, Card, Label, Quote, Tone, card, paragraph
from bot.chat import Address, MessageRef, OpenThread
from bot.context import Context
from bot.errors import UnknownItem
from bot.ids import AnswerId, QuestionId
from bot.measure import excerpt
from bot.outbox import Message, place_of
from bot.pages import pages
from bot.study import weeks
from bot.study.questions import UNSOLVED, WAITS, Answer, Question, QuestionState
from bot.study.rights import GUIDES
from bot.study.weeks import Task
from bot.text import EMPTY, Strong, Text, say, say_n, to_text

DETAILS = 1_200
"""Characters of a question's details that its card shows; the rest is one tap away."""
THREAD_TITLE = 90
SAID = 60
"""Characters of a question that a sentence about it quotes."""


def question_here(ctx: Context, id: QuestionId) -> Question:
    """Return a question of this group that was not taken back; raises UnknownItem."""
    found = ctx.uow.questions.get(id)
    if found is None or found.group != ctx.group.id or found.state is QuestionState.WITHDRAWN:
        raise UnknownItem
    return found


def answer_here(ctx: Context, id: AnswerId) -> Answer:
    """Return an answer of this group; raises UnknownItem."""
    found = ctx.uow.questions.answer(id)
    if found is None or found.group != ctx.group.id:
        raise UnknownItem
    return found


def guides(ctx: Context) -> bool:
    """Return whether the caller is a mentor or leads the group."""
    return not ctx.standings.isdisjoint(GUIDES)


def said(question: Question) -> str:
    """Return the beginning of a question, to name it in a sentence."""
    return question.text if len(question.text) <= SAID else question.text[: SAID - 1].rstrip() + "…"


def headline(question: Question) -> Text:
    """Return what was asked, or what stands for it once its words are gone."""
    return to_text(question.text) or say("A question whose words are gone")


def content(question: Question, longest: int = DETAILS) -> list[Block]:
    """Return what was asked."""
    blocks: list[Block] = [paragraph(Strong(question.text)) if question.text else paragraph(headline(question))]
    if question.details:
        blocks.append(Quote(excerpt(to_text(question.details), longest)))
    return blocks


def about_task(ctx: Context, question: Question) -> Text:
    """Return which activity a question is about, or nothing."""
    task = _task(ctx, question)
    return say("About {task}: {title}", task=task.name, title=task.activity.title[:80]) if task else EMPTY


def _task(ctx: Context, question: Question) -> Task | None:
    if question.activity is None:
        return None
    asked = weeks.tasks(ctx.uow.weeks, ctx.group.id, retired=True)
    return next((task for task in asked if task.activity.id == question.activity), None)


def outcome(ctx: Context, question: Question) -> Text:
    """Return how a question stands, in a sentence."""
    count = len(ctx.uow.questions.answers(question.id))
    match question.state:
        case QuestionState.ACCEPTED:
            helper = ctx.uow.questions.answer(question.accepted) if question.accepted else None
            return say("Solved, with the help of {who}.", who=ctx.mention(helper.person)) if helper else say("Solved.")
        case QuestionState.SOLVED:
            return say("Solved: {who} found out.", who=ctx.mention(question.person))
        case QuestionState.WITHDRAWN:
            return say("Taken back by {who}.", who=ctx.mention(question.person))
        case QuestionState.OPEN if not count:
            return say("Nobody has answered yet.")
        case QuestionState.OPEN:
            return say_n("{n} answer so far, and still stuck.", "{n} answers so far, and still stuck.", count)
        case QuestionState.ANSWERED:
            return say_n("{n} answer so far.", "{n} answers so far.", count)


def show_question(ctx: Context, question: Question) -> None:
    """Let a question stand where the group asks, as it is now, with a thread for its answers."""
    places = _places(ctx, question)
    shown = _question_card(ctx, question)
    ctx.show_at(places, shown, question.about, owner=question.person, within=set(map(place_of, places)))


def _places(ctx: Context, question: Question) -> list[Address]:
    """Return where a question stands: in each space where it was asked, since its answers are there.

    Where the group came to live since, an unsolved one stands where questions go now.
    """
    threads = ctx.threads(question.about)
    places = [post.to for post in threads if post.to is not None]
    if places and question.state not in UNSOLVED:
        return places
    homes = ctx.uow.groups.homes(ctx.group.id)
    there = {post.place for post in threads}
    for space, number in Counter(home.channel.where for home in homes).items():
        if number == 1 and any(post.space == str(space) for post in threads):  # also where questions went before
            there |= {str(home.asks_in) for home in homes if home.channel.where == space}
    new = dict.fromkeys(home.asks_in for home in homes if there.isdisjoint((str(home.channel), str(home.asks_in))))
    return [*places, *(OpenThread(channel, question.text[:THREAD_TITLE]) for channel in new)]


def _labels(ctx: Context, question: Question) -> list[Label]:
    task = _task(ctx, question)
    answered = question.state in (QuestionState.ANSWERED, QuestionState.ACCEPTED, QuestionState.SOLVED)
    return [
        Label(say("Open"), off=question.state is not QuestionState.OPEN),
        Label(say("Answered"), off=not answered),
        *([Label(say("Week {n}", n=task.week.ordinal))] if task is not None else []),
    ]


def _question_card(ctx: Context, question: Question) -> Card:
    unsolved = question.state in UNSOLVED
    gone = question.state is QuestionState.WITHDRAWN
    return card(
        say("{who} asks", who=ctx.mention(question.person)),
        *([] if gone else content(question)),
        about_task(ctx, question),
        outcome(ctx, question),
        buttons=[
            None if gone else ctx.button(say("Answer"), "answer", ButtonStyle.PRIMARY, question=question.id),
            None if gone else ctx.button(say("Mark…"), "question", id=question.id),
            ctx.button(say("I solved it"), "solved", id=question.id) if unsolved else None,
        ],
        footer=say("Answer in the thread, or with the button. A reaction says thanks for asking.") if unsolved else "",
        tone=Tone.NEEDS_YOU if question.state is QuestionState.OPEN else Tone.PLAIN if unsolved or gone else Tone.DONE,
        labels=_labels(ctx, question),
    )


def show_answer(ctx: Context, question: Question, answer: Answer, root: Message | None = None) -> None:
    """Let an answer stand in the question's threads as it is now; one that somebody wrote in a thread, in the others.

    `root` is the message below which it was written just now.
    """
    title = say("{who} answers", who=ctx.mention(answer.person))
    if answer.message is not None and not answer.text:
        there = MessageRef.parse(answer.message)
        shown: Sequence[Card] = [mirrors.unread(ctx, title, there, verdict(question, answer))]
        mirrors.show(ctx, shown, answer.about, question.about, answer.person, root)
        return
    shown = pages(
        title,
        [Quote(to_text(answer.text)), verdict(question, answer)],
        more=say("Continued"),
        buttons=[
            ctx.button(say("Mark as answer"), "mark answer", id=answer.id),
            ctx.button(say("This also helped"), "also helped", id=answer.id),
        ],
        footer=say("A reaction says thanks."),
        tone=Tone.DONE if question.accepted == answer.id else Tone.PLAIN,
    )
    if answer.message is not None:
        mirrors.show(ctx, shown, answer.about, question.about, answer.person, root)
    else:
        ctx.show_below(shown, answer.about, question.about, owner=answer.person)


def verdict(question: Question, answer: Answer) -> Text:
    """Return what was said of an answer, or nothing."""
    if question.accepted == answer.id:
        return say("This solved it.")
    return say("This also helped.") if answer.also_helped else EMPTY


def no_longer_waits(ctx: Context, question: Question) -> None:
    """Let nobody be asked about a question any more that has waited for an answer."""
    for kind in WAITS:
        ctx.not_due(kind, question.id)
    ctx.take_back(question.about, "raised")
