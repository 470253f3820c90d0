"""The life of a question: asked, answered, and who says what solved it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.errors import Offer, Refusal
from bot.ids import ActivityId, AnswerId, GroupId, PersonId, QuestionId, code, new_id
from bot.study.questions import (
    ALSO_HELPED_AT_MOST,
    OTHERS_MAY_ACCEPT_AFTER,
    UNSOLVED,
    Answer,
    Question,
    Questions,
    QuestionState,
)
from bot.text import say


class AskedAlready(Refusal):
    """You asked exactly this already, and it is still open. I'll tell you when somebody answers."""


class OwnQuestion(Refusal):
    """This is your own question. If you found out yourself, press “I solved it”; the others can learn from it."""


class TakenBack(Refusal):
    """The person who asked this took the question back. Open questions are listed with /questions."""


class NotTheAsker(Refusal):
    """Only the person who asked can say what solved this. After 7 days, mentors and facilitators can too."""


class OnlyTheAsker(Refusal):
    """Only the person who asked can say this. If you can help, press “Answer”."""


class EnoughThanked(Refusal):
    """Three more answers are marked as helpful, which is as many as a question holds. A reaction is thanks too."""


class SolvedAlready(Refusal):
    """This question is solved, so it stays: the next person who is stuck finds it."""


@dataclass(frozen=True, slots=True)
class Given:
    """What came of answering: the question now, the answer, whether it is new and ended a wait."""

    question: Question
    answer: Answer
    new: bool = True
    waited: bool = False


@dataclass(frozen=True, slots=True)
class Marked:
    """What came of marking an answer: the question now, the answer, and the one that was marked before."""

    question: Question
    answer: Answer
    before: Answer | None = None
    changed: bool = True


def ask(
    questions: Questions,
    group: GroupId,
    person: PersonId,
    text: str,
    details: str,
    activity: ActivityId | None,
    *,
    now: datetime,
) -> Question:
    """Ask something. Raises AskedAlready where it is open from the same person."""
    for before in questions.by_person(group, person):
        if before.state in UNSOLVED and (before.text, before.details) == (text, details):
            read = Offer(say("Read it"), "question", (("id", code(before.id)), ("group", code(group))))
            raise AskedAlready(read)
    asked = Question(QuestionId(new_id(now)), group, person, text, QuestionState.OPEN, now, details, activity)
    questions.add(asked)
    return asked


def alike(text: str, found: Iterable[Question]) -> list[Question]:
    """Return the questions that share enough of the longer words of `text` to be worth reading first."""
    wanted = _weights(text)
    whole = sum(wanted.values())
    close = []
    for question in found:
        words = _weights(f"{question.text} {question.details}")
        if not whole or 3 * sum(worth for word, worth in wanted.items() if word in words) >= whole:
            close.append(question)
    return solved_first(close)


def _weights(text: str) -> dict[str, int]:
    """Return words with their worth: short ones are in every question and say nothing."""
    return {word: max(len(word) - 3, 0) for word in re.findall(r"[^\W_]+", text.casefold())}


QUOTED = ("“", "”\n— ")
"""What stands before and after somebody else's words, and before who wrote them."""


def quoted(words: str, author: str) -> str:
    """Return somebody else's words as the details of a question; `is_quoted` knows them again."""
    return f"{QUOTED[0]}{words}{QUOTED[1]}{author}"


def is_quoted(question: Question) -> bool:
    """Return whether a question is somebody else's message that was brought to the group."""
    return question.details.startswith(QUOTED[0]) and QUOTED[1] in question.details


def solved_first(found: Iterable[Question]) -> list[Question]:
    """Return questions, those with an answer that helped first, else in the order they come in."""
    order = [QuestionState.ACCEPTED, QuestionState.SOLVED, QuestionState.ANSWERED, QuestionState.OPEN]
    return sorted((one for one in found if one.state in order), key=lambda one: order.index(one.state))


def reply(
    questions: Questions, id: QuestionId, person: PersonId, text: str, message: str | None, *, now: datetime
) -> Given:
    """Answer somebody's question; the same words again from the same person are the same answer.

    Raises OwnQuestion and TakenBack.
    """
    question = _locked(questions, id)
    if question.person == person:
        raise OwnQuestion
    for before in questions.answers(id):
        if text and (before.person, before.text, before.message) == (person, text, message):
            return Given(question, before, new=False)
    answer = Answer(AnswerId(new_id(now)), id, question.group, person, text, now, message=message)
    questions.add_answer(answer)
    waited = question.state is QuestionState.OPEN
    if waited:
        question = replace(question, state=QuestionState.ANSWERED, answered_at=question.answered_at or now)
        questions.save(question)
    return Given(question, answer, waited=waited)


def may_decide(question: Question, person: PersonId, *, guide: bool, now: datetime) -> bool:
    """Return whether somebody may say which answer helped: the asker, after 7 days also a mentor or facilitator."""
    return question.person == person or (guide and now - question.asked_at >= OTHERS_MAY_ACCEPT_AFTER)


def accept(questions: Questions, answer: Answer, person: PersonId, *, guide: bool, now: datetime) -> Marked:
    """Mark the one answer that solved a question, instead of whichever was marked before. Raises NotTheAsker."""
    question, answer = _decided(questions, answer, person, guide=guide, now=now)
    if question.accepted == answer.id:
        return Marked(question, answer, changed=False)
    before = questions.answer(question.accepted) if question.accepted else None
    if answer.also_helped:
        answer = replace(answer, also_helped=False)
        questions.save_answer(answer)
    question = replace(question, state=QuestionState.ACCEPTED, accepted=answer.id)
    questions.save(question)
    return Marked(question, answer, before)


def thank(questions: Questions, answer: Answer, person: PersonId, *, guide: bool, now: datetime) -> Marked:
    """Mark an answer as one that also helped. Raises NotTheAsker, and EnoughThanked from the fourth on."""
    question, answer = _decided(questions, answer, person, guide=guide, now=now)
    if answer.also_helped or question.accepted == answer.id:
        return Marked(question, answer, changed=False)
    if sum(other.also_helped for other in questions.answers(question.id)) >= ALSO_HELPED_AT_MOST:
        raise EnoughThanked
    answer = replace(answer, also_helped=True)
    questions.save_answer(answer)
    return Marked(question, answer)


def solve(questions: Questions, id: QuestionId, person: PersonId) -> tuple[Question, Answer | None]:
    """Say that one found out oneself; return the question and the answer that was marked before, if any."""
    question = _own(questions, id, person)
    before = questions.answer(question.accepted) if question.accepted else None
    question = replace(question, state=QuestionState.SOLVED, accepted=None)
    questions.save(question)
    return question, before


def withdraw(questions: Questions, id: QuestionId, person: PersonId) -> Question | None:
    """Take one's question back and return it, or None where it is already. Raises SolvedAlready."""
    question = questions.lock(id)
    if question is None or question.state is QuestionState.WITHDRAWN:
        return None
    if question.person != person:
        raise OnlyTheAsker
    if question.state not in UNSOLVED:
        raise SolvedAlready
    question = replace(question, state=QuestionState.WITHDRAWN)
    questions.save(question)
    return question


def reopen(questions: Questions, id: QuestionId, person: PersonId) -> Question | None:
    """Let a question wait again, as its answers did not help; None where it waits already. Raises SolvedAlready."""
    question = _own(questions, id, person)
    if question.state not in UNSOLVED:
        raise SolvedAlready
    if question.state is QuestionState.OPEN:
        return None
    question = replace(question, state=QuestionState.OPEN, raised_at=None)
    questions.save(question)
    return question


def _locked(questions: Questions, id: QuestionId) -> Question:
    question = questions.lock(id)
    if question is None or question.state is QuestionState.WITHDRAWN:
        raise TakenBack
    return question


def _own(questions: Questions, id: QuestionId, person: PersonId) -> Question:
    question = _locked(questions, id)
    if question.person != person:
        raise OnlyTheAsker
    return question


def _decided(
    questions: Questions, answer: Answer, person: PersonId, *, guide: bool, now: datetime
) -> tuple[Question, Answer]:
    """Return a question and its answer as they stand now, with nobody else deciding about them."""
    question = _locked(questions, answer.question)
    if not may_decide(question, person, guide=guide, now=now):
        raise NotTheAsker
    return question, questions.answer(answer.id) or answer
