"""Questions that wait: raised once after a day without an answer, and the asker asked whether one helped."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.cards import Tone, card, paragraph
from bot.context import Context
from bot.feature import Feature
from bot.features.questions.cards import about_task, said, show_question
from bot.ids import QuestionId
from bot.study.agenda import DueKind
from bot.study.groups import ALIVE, GroupState
from bot.study.helping import helpers
from bot.study.people import Person
from bot.study.questions import Question, QuestionState
from bot.study.times import after_quiet, is_quiet
from bot.study.times import zone as find_zone
from bot.text import Strong, Text, join, say, to_text

feature = Feature("waiting questions")

ASKED_TO_HELP = 2
"""People who are asked to look at a question that nobody answered."""


def _not_now(ctx: Context, kind: DueKind, question: Question) -> bool:
    """Return whether this is no time to write to the group, and look again when it is."""
    if ctx.group.state is GroupState.BREAK:
        ctx.due(kind, question.id, after_quiet(ctx.now + timedelta(days=1), ctx.group.where))
        return True
    if is_quiet(ctx.now, ctx.group.where):
        ctx.due(kind, question.id, after_quiet(ctx.now, ctx.group.where))
        return True
    return ctx.group.state not in ALIVE


@feature.routine(DueKind.RAISE_QUESTION)
def raise_question(ctx: Context, id: QuestionId) -> None:
    """Bring a question that has no answer after a day up once more, and ask two people who may know."""
    question = ctx.uow.questions.lock(id)
    if question is None or question.state is not QuestionState.OPEN or question.raised_at is not None:
        return
    if _not_now(ctx, DueKind.RAISE_QUESTION, question):
        return
    question = replace(question, raised_at=ctx.now)
    ctx.uow.questions.save(question)
    named = [person.name for person in _who_may_know(ctx, question) if not _asked_directly(ctx, question, person)]
    ctx.take_back(question.about, "raised")
    ctx.show(
        card(
            say("Still waiting for an answer"),
            paragraph(ctx.mention(question.person), ": ", Strong(question.text)),
            about_task(ctx, question),
            _may_know(named),
            buttons=[
                ctx.button(say("Answer"), "answer", question=question.id),
                ctx.button(say("Read it"), "question", id=question.id),
            ],
            footer=say("A first idea or a question back helps too."),
            tone=Tone.NEEDS_YOU,
        ),
        question.about,
        slot="raised",
        owner=question.person,
    )
    show_question(ctx, question)


def _who_may_know(ctx: Context, question: Question) -> list[Person]:
    """Return up to two people who finished the activity that a question is about, and offered to help."""
    if question.activity is None:
        return []
    done = ctx.uow.submissions.for_activity(question.activity)
    members = ctx.uow.members.in_group(ctx.group.id)
    chosen = helpers(members, {work.person for work in done}, question.person)[:ASKED_TO_HELP]
    people = ctx.uow.people.many(chosen)
    return [people[person] for person in chosen if person in people]


def _asked_directly(ctx: Context, question: Question, person: Person) -> bool:
    """Ask somebody for help by direct message, where they agreed to such and it is not night for them."""
    if not person.reminders or is_quiet(ctx.now, find_zone(person.zone or ctx.group.zone)):
        return False
    asker = ctx.mention(question.person)
    told = card(
        say("{who} is stuck, and you may know", who=asker),
        Strong(question.text),
        about_task(ctx, question),
        say("You have finished this activity and offered to help. If now is no good time, that is fine."),
        buttons=[
            ctx.button(say("Answer"), "answer", question=question.id),
            ctx.button(say("Read it"), "question", id=question.id),
        ],
    )
    return ctx.tell(person.id, told, question.about, slot="help wanted")


def _may_know(names: list[str]) -> Text:
    if not names:
        return say("Whoever has been there: how did you get on?")
    people = join([to_text(name) for name in names], say(" and "))
    return say("Finished this activity and offered to help: {people}.", people=people)


@feature.routine(DueKind.CHECK_ANSWERED)
def check_answered(ctx: Context, id: QuestionId) -> None:
    """Ask the asker, a day after the last word in the thread, whether the answers solved it."""
    question = ctx.uow.questions.get(id)
    if question is None or question.state is not QuestionState.ANSWERED:
        return
    if _not_now(ctx, DueKind.CHECK_ANSWERED, question):
        return
    asker = ctx.uow.people.get(question.person)
    if asker is None:
        return
    answers = len(ctx.uow.questions.answers(id))
    buttons = [
        ctx.button(say("Solved by…"), "question", id=id),
        ctx.button(say("I solved it myself"), "solved", id=id),
        ctx.button(say("Still stuck"), "still stuck", id=id),
    ]
    if asker.reminders:
        words = say("Did the answers to “{question}” help?", question=said(question))
        if ctx.tell(asker.id, card("", words, buttons=buttons), question.about, slot=f"check {answers}"):
            return
    named = say("{asker}, did this help?", asker=ctx.mention(asker.id, ping=True))
    ctx.show_below(card("", named, buttons=buttons), question.about, question.about, slot=f"check {answers}")
