"""Questions and answers: asked in a thread, found again, never closed unanswered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from bot.chat import About
from bot.ids import ActivityId, AnswerId, GroupId, PersonId, QuestionId
from bot.study.agenda import DueKind

OTHERS_MAY_ACCEPT_AFTER = timedelta(days=7)
UNANSWERED_FIRST_STEP = timedelta(hours=24)
UNANSWERED_NEXT_STEP = timedelta(hours=24)
"""How long after one step of the ladder of an unanswered question the next one comes."""
WAITS = (DueKind.RAISE_QUESTION, DueKind.ASK_MENTORS, DueKind.ASK_LEADERS)
"""The steps of that ladder on the agenda."""
CHECK_AFTER_SILENCE = timedelta(hours=24)
ALSO_HELPED_AT_MOST = 3


class QuestionState(StrEnum):
    """How a question stands."""

    OPEN = "open"
    ANSWERED = "answered"
    ACCEPTED = "accepted"
    SOLVED = "solved"
    WITHDRAWN = "withdrawn"


UNSOLVED = frozenset({QuestionState.OPEN, QuestionState.ANSWERED})
VISIBLE = frozenset(QuestionState) - {QuestionState.WITHDRAWN}


@dataclass(frozen=True, slots=True)
class Question:
    """Something that somebody is stuck on; `answered_at` is the first reply by someone else."""

    id: QuestionId
    group: GroupId
    person: PersonId
    text: str
    state: QuestionState
    asked_at: datetime
    details: str = ""
    activity: ActivityId | None = None
    answered_at: datetime | None = None
    accepted: AnswerId | None = None
    raised_at: datetime | None = None

    @property
    def about(self) -> About:
        """The question as the subject of messages."""
        return About("question", self.id)


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply to a question; `text` is empty where the platform keeps it back, `message` says where it stands."""

    id: AnswerId
    question: QuestionId
    group: GroupId
    person: PersonId
    text: str
    at: datetime
    also_helped: bool = False
    message: str | None = None

    @property
    def about(self) -> About:
        """The answer as the subject of messages."""
        return About("answer", self.id)


class Questions(Protocol):
    """Where questions and answers are kept."""

    def get(self, id: QuestionId) -> Question | None:
        """Return a question."""

    def lock(self, id: QuestionId) -> Question | None:
        """Return a question and let no other unit of work decide about it until this one ends."""

    def add(self, question: Question) -> None:
        """Keep a new question and make it findable."""

    def save(self, question: Question) -> None:
        """Keep a changed question."""

    def in_group(
        self, group: GroupId, states: Iterable[QuestionState] = VISIBLE, offset: int = 0, limit: int = 1000
    ) -> list[Question]:
        """Return a group's questions in some states, oldest first."""

    def count(self, group: GroupId, states: Iterable[QuestionState] = VISIBLE) -> int:
        """Return how many of a group's questions are in some states."""

    def by_person(self, group: GroupId, person: PersonId) -> list[Question]:
        """Return somebody's questions in a group, oldest first; withdrawn ones are left out."""

    def similar(self, group: GroupId, words: str, limit: int = 3) -> list[Question]:
        """Return the group's questions that share words with `words`, the most alike first."""

    def answer(self, id: AnswerId) -> Answer | None:
        """Return an answer."""

    def answers(self, question: QuestionId) -> list[Answer]:
        """Return a question's answers, oldest first."""

    def many(self, ids: Iterable[QuestionId]) -> dict[QuestionId, Question]:
        """Return questions by id; unknown ones are left out."""

    def answer_counts(self, ids: Iterable[QuestionId]) -> dict[QuestionId, int]:
        """Return how many answers questions have; those without are left out."""

    def answers_by(self, group: GroupId, person: PersonId) -> list[Answer]:
        """Return somebody's answers in a group, oldest first."""

    def add_answer(self, answer: Answer) -> None:
        """Keep a new answer."""

    def save_answer(self, answer: Answer) -> None:
        """Keep a changed answer."""

    def waiting_times(self, groups: Iterable[GroupId]) -> list[timedelta]:
        """Return how long each answered question of these groups waited for its first answer."""
