"""Questions that wait: raised after a day, brought to mentors and then to those who lead, and never closed.

Each step is a line of the agenda, set by the one before it, so that none is skipped or comes twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

from bot.cards import Button, Card, Tone, card, paragraph
from bot.context import Context
from bot.feature import Feature
from bot.features.questions.cards import about_task, said, show_question
from bot.ids import QuestionId
from bot.outbox import Post, PostState
from bot.study.agenda import DueKind
from bot.study.breaks import break_on
from bot.study.groups import ALIVE, GroupState
from bot.study.members import RUNS_GROUP, MemberState, Role
from bot.study.people import Person
from bot.study.questions import UNANSWERED_NEXT_STEP, UNSOLVED, Question, QuestionState
from bot.study.times import after_quiet, is_quiet, local_time
from bot.text import Strong, Text, join, say, to_text

feature = Feature("waiting questions")

ASKED_TO_HELP = 2
"""People who are asked to look at a question that nobody answered."""
HELP = "help"
"""The first word of the slot of a message that asks somebody to help."""


def _not_now(ctx: Context, kind: DueKind, question: Question) -> bool:
    """Return whether this is no time to write to the group, and look again when it is."""
    where = ctx.group.where
    rest = break_on(ctx.uow.breaks.of_group(ctx.group.id), local_time(ctx.now, where).date())
    if rest is not None or ctx.group.state is GroupState.BREAK:
        over = rest.ends_at(where) if rest is not None else ctx.now + timedelta(days=1)
        ctx.due(kind, question.id, after_quiet(over, where))
        return True
    if is_quiet(ctx.now, where):
        ctx.due(kind, question.id, after_quiet(ctx.now, where))
        return True
    return ctx.group.state not in ALIVE


def _waiting(ctx: Context, kind: DueKind, id: QuestionId) -> Question | None:
    """Return a question that nobody answered, if this is a time to say so."""
    question = ctx.uow.questions.lock(id)
    if question is None or question.state is not QuestionState.OPEN or _not_now(ctx, kind, question):
        return None
    return question


@feature.routine(DueKind.SHOW_QUESTIONS)
def show_where_the_group_lives(ctx: Context, group: int) -> None:
    """Let unsolved questions stand in a home that the group got since they were asked."""
    for question in ctx.uow.questions.in_group(ctx.group.id, UNSOLVED):
        show_question(ctx, question)


@feature.routine(DueKind.RAISE_QUESTION)
def raise_question(ctx: Context, id: QuestionId) -> None:
    """Bring a question that has no answer after a day up once more, and ask two people who may know."""
    question = _waiting(ctx, DueKind.RAISE_QUESTION, id)
    if question is None or question.raised_at is not None:
        return
    question = replace(question, raised_at=ctx.now)
    ctx.uow.questions.save(question)
    words = _able(ctx, question)
    able = _who_may_know(ctx, question)
    named = [
        person.name
        for person in able
        if not (person.reminders and _ask(ctx, question, person, words, DueKind.RAISE_QUESTION))
    ]
    ctx.take_back(question.about, "raised")
    ctx.show(
        card(
            say("Still waiting for an answer"),
            paragraph(ctx.mention(question.person), ": ", Strong(question.text)),
            about_task(ctx, question),
            _may_know(named),
            buttons=_answer_or_read(ctx, question),
            footer=say("A first idea or a question back helps too."),
            tone=Tone.NEEDS_YOU,
        ),
        question.about,
        slot="raised",
        owner=question.person,
    )
    show_question(ctx, question)
    _next_step(ctx, DueKind.ASK_MENTORS, question)


def _next_step(ctx: Context, kind: DueKind, question: Question) -> None:
    ctx.due(kind, question.id, after_quiet(ctx.now + UNANSWERED_NEXT_STEP, ctx.group.where))


@feature.routine(DueKind.ASK_MENTORS)
def ask_mentors(ctx: Context, id: QuestionId) -> None:
    """Ask the mentors about a question that has no answer after two days."""
    question = _waiting(ctx, DueKind.ASK_MENTORS, id)
    if question is None:
        return
    words = card(
        say("{who} waits for an answer", who=ctx.mention(question.person)),
        Strong(question.text),
        about_task(ctx, question),
        say("Nobody has answered in two days. You mentor this group: a first hint would help."),
        buttons=_answer_or_read(ctx, question),
        tone=Tone.NEEDS_YOU,
    )
    mentors = [one for one in _people(ctx, [Role.MENTOR]) if one.id != question.person]
    named = [one for one in mentors if not (one.reminders and _ask(ctx, question, one, words, DueKind.ASK_MENTORS))]
    if named:
        people = join([to_text(ctx.mention(one.id, ping=True)) for one in named], say(" and "))
        asked = say("{people}, could you have a look at this?", people=people)
        shown = card("", asked, buttons=_answer_or_read(ctx, question))
        ctx.show_below(shown, question.about, question.about, slot=f"mentors {_round(ctx, question)}")
    _next_step(ctx, DueKind.ASK_LEADERS, question)


@feature.routine(DueKind.ASK_LEADERS)
def ask_leaders(ctx: Context, id: QuestionId) -> None:
    """Tell those who lead about a question that has no answer after three days."""
    question = _waiting(ctx, DueKind.ASK_LEADERS, id)
    if question is None:
        return
    words = card(
        say("A question has waited for three days"),
        paragraph(ctx.mention(question.person), ": ", Strong(question.text)),
        about_task(ctx, question),
        say("You could answer it, or ask somebody who knows."),
        buttons=[*_answer_or_read(ctx, question), ctx.button(say("What else waits"), "lead pulse")],
        tone=Tone.NEEDS_YOU,
    )
    for leader in _people(ctx, RUNS_GROUP):
        if leader.id != question.person:
            _ask(ctx, question, leader, words, DueKind.ASK_LEADERS)


def _people(ctx: Context, roles: Iterable[Role]) -> Sequence[Person]:
    """Return those who have one of these roles and are there."""
    found = ctx.uow.members.in_group(ctx.group.id, [MemberState.ACTIVE, MemberState.DORMANT], roles)
    people = ctx.uow.people.many(member.person for member in found)
    return [people[member.person] for member in found if member.person in people]


def _round(ctx: Context, question: Question) -> int:
    """Return what tells apart the times that a question waits: how many answers it had, since none comes meanwhile.

    Not the moment at which it was raised: what is decided anew after a restore has the key that it had.
    """
    return len(ctx.uow.questions.answers(question.id))


def _answer_or_read(ctx: Context, question: Question) -> list[Button]:
    return [
        ctx.button(say("Answer"), "answer", question=question.id),
        ctx.button(say("Read it"), "question", id=question.id),
    ]


def _who_may_know(ctx: Context, question: Question) -> list[Person]:
    """Return up to two people who finished the activity that a question is about, and offered to help."""
    if question.activity is None:
        return []
    chosen = ctx.uow.members.able(ctx.group.id, question.activity, question.person, ASKED_TO_HELP)
    people = ctx.uow.people.many(member.person for member in chosen)
    return [people[member.person] for member in chosen if member.person in people]


def _able(ctx: Context, question: Question) -> Card:
    return card(
        say("{who} is stuck, and you may know", who=ctx.mention(question.person)),
        Strong(question.text),
        about_task(ctx, question),
        say("You have finished this activity and offered to help. If now is no good time, that is fine."),
        buttons=_answer_or_read(ctx, question),
    )


def _ask(ctx: Context, question: Question, person: Person, words: Card, step: DueKind) -> bool:
    """Ask somebody for help by direct message; return False where none would arrive."""
    accounts = ctx.uow.people.accounts([person.id]).get(person.id, ())
    if all(account.refused_at is not None for account in accounts):
        return False
    return ctx.tell(person.id, words, question.about, slot=f"{HELP} to {step} {_round(ctx, question)}")


@feature.before_sending(HELP)
def still_needed(ctx: Context, post: Post) -> Post:
    """Let a request for help wait for the end of its reader's night, and be gone where somebody has answered."""
    question = ctx.uow.questions.get(QuestionId(post.about.id))
    if ctx.maybe_group is None or question is None or question.state is not QuestionState.OPEN:
        return replace(post, state=PostState.CANCELLED, reason="it has an answer")
    return ctx.by_day(post)


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
