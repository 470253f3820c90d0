"""Tables of questions and their answers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, Index, Text

from bot.study.questions import QuestionState
from storage.columns import Instant, Word, column, identity, points_to
from storage.tables.base import Table


class Question(Table, table=True):
    """Something that somebody is stuck on."""

    id: int = identity()
    group: int = points_to("study_group")
    person: int = points_to("person")
    text: str = column(Text, personal=True)
    state: QuestionState = column(Word(QuestionState), personal=False)
    asked_at: datetime = column(Instant, personal=False)
    details: str = column(Text, personal=True)
    activity: int = points_to("activity", null=True)
    answered_at: datetime = column(Instant, personal=False, null=True)
    # No key to answer: answers point here, and tables that point at each other can be made in no order.
    accepted: int = column(BigInteger, personal=False, null=True)
    raised_at: datetime = column(Instant, personal=False, null=True)

    __table_args__ = (Index(None, "group", "asked_at"), Index(None, "group", "person"))


class Answer(Table, table=True):
    """A reply to a question."""

    id: int = identity()
    question: int = points_to("question")
    group: int = points_to("study_group")
    person: int = points_to("person")
    text: str = column(Text, personal=True)
    at: datetime = column(Instant, personal=False)
    also_helped: bool = column(Boolean, personal=False)
    message: str = column(Text, personal=True, null=True)

    __table_args__ = (Index(None, "question"), Index(None, "group", "person"))
