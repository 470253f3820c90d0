"""Questions and answers, in the database."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import Connection, bindparam, func, select

from bot.ids import AnswerId, GroupId, PersonId, QuestionId
from bot.study.questions import VISIBLE, Answer, Question, QuestionState
from storage import search, tables
from storage.rows import Rows, pairs, scalar
from storage.search import QUESTIONS

ANSWERS = Rows(Answer, tables.Answer)

_OF_GROUP = (QUESTIONS.c.group == bindparam("group"), QUESTIONS.c.state.in_(bindparam("states", expanding=True)))
_ALL = QUESTIONS.select.where(*_OF_GROUP).order_by(QUESTIONS.c.asked_at, QUESTIONS.c.id)
_IN_GROUP = _ALL.offset(bindparam("offset")).limit(bindparam("limit"))
_COUNT = select(func.count()).select_from(QUESTIONS.table).where(*_OF_GROUP)
_BY_PERSON = _ALL.where(QUESTIONS.c.person == bindparam("person"))
_ANSWERS = ANSWERS.select.where(ANSWERS.c.question == bindparam("question")).order_by(ANSWERS.c.at, ANSWERS.c.id)
_ANSWER_COUNTS = (
    select(ANSWERS.c.question, func.count())
    .where(ANSWERS.c.question.in_(bindparam("questions", expanding=True)))
    .group_by(ANSWERS.c.question)
)
_ANSWERS_BY = ANSWERS.select.where(
    ANSWERS.c.group == bindparam("group"), ANSWERS.c.person == bindparam("person")
).order_by(ANSWERS.c.at, ANSWERS.c.id)
_WAITS = select(QUESTIONS.c.asked_at, QUESTIONS.c.answered_at).where(
    QUESTIONS.c.group.in_(bindparam("groups", expanding=True)), QUESTIONS.c.answered_at.is_not(None)
)


class SqlQuestions:
    """Where questions and answers are kept."""

    __slots__ = ("_db",)

    def __init__(self, db: Connection) -> None:
        self._db = db

    def get(self, id: QuestionId) -> Question | None:
        """Return a question."""
        return QUESTIONS.get(self._db, id)

    def lock(self, id: QuestionId) -> Question | None:
        """Return a question and let no other unit of work decide about it until this one ends."""
        return QUESTIONS.lock(self._db, id)

    def add(self, question: Question) -> None:
        """Keep a new question and make it findable."""
        QUESTIONS.add(self._db, question)
        search.learn(self._db, question)

    def save(self, question: Question) -> None:
        """Keep a changed question."""
        QUESTIONS.save(self._db, question)
        search.learn(self._db, question)

    def in_group(
        self, group: GroupId, states: Iterable[QuestionState] = VISIBLE, offset: int = 0, limit: int = 1000
    ) -> list[Question]:
        """Return a group's questions in some states, oldest first."""
        return QUESTIONS.all(self._db, _IN_GROUP, group=group, states=list(states), offset=offset, limit=limit)

    def count(self, group: GroupId, states: Iterable[QuestionState] = VISIBLE) -> int:
        """Return how many of a group's questions are in some states."""
        return int(scalar(self._db, _COUNT, group=group, states=list(states)))

    def by_person(self, group: GroupId, person: PersonId) -> list[Question]:
        """Return somebody's questions in a group, oldest first; withdrawn ones are left out."""
        return QUESTIONS.all(self._db, _BY_PERSON, group=group, person=person, states=list(VISIBLE))

    def similar(self, group: GroupId, words: str, limit: int = 3) -> list[Question]:
        """Return the group's questions that share words with `words`, the most alike first."""
        return search.similar(self._db, group, words, limit)

    def answer(self, id: AnswerId) -> Answer | None:
        """Return an answer."""
        return ANSWERS.get(self._db, id)

    def answers(self, question: QuestionId) -> list[Answer]:
        """Return a question's answers, oldest first."""
        return ANSWERS.all(self._db, _ANSWERS, question=question)

    def many(self, ids: Iterable[QuestionId]) -> dict[QuestionId, Question]:
        """Return questions by id; unknown ones are left out."""
        return {found.id: found for found in QUESTIONS.many(self._db, ids)}

    def answer_counts(self, ids: Iterable[QuestionId]) -> dict[QuestionId, int]:
        """Return how many answers questions have; those without are left out."""
        wanted = list(set(ids))
        return pairs(self._db, _ANSWER_COUNTS, questions=wanted) if wanted else {}

    def answers_by(self, group: GroupId, person: PersonId) -> list[Answer]:
        """Return somebody's answers in a group, oldest first."""
        return ANSWERS.all(self._db, _ANSWERS_BY, group=group, person=person)

    def add_answer(self, answer: Answer) -> None:
        """Keep a new answer."""
        ANSWERS.add(self._db, answer)

    def save_answer(self, answer: Answer) -> None:
        """Keep a changed answer."""
        ANSWERS.save(self._db, answer)

    def waiting_times(self, groups: Iterable[GroupId]) -> list[timedelta]:
        """Return how long each answered question of these groups waited for its first answer."""
        wanted = list(set(groups))
        if not wanted:
            return []
        return [answered - asked for asked, answered in self._db.execute(_WAITS, {"groups": wanted})]
