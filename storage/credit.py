"""Who helped whom, in the database."""

from __future__ import annotations

from sqlalchemy import BindParameter, Connection, bindparam, select, union

from bot.ids import GroupId, PersonId
from bot.study.questions import QuestionState
from storage import tables
from storage.rows import table_of

_QUESTION, _ANSWER, _REVIEW = table_of(tables.Question), table_of(tables.Answer), table_of(tables.Review)
_GROUP: BindParameter[int] = bindparam("in_group")
_PERSON: BindParameter[int] = bindparam("of_person")

_ANSWERED = (
    _ANSWER.c.question == _QUESTION.c.id,
    _QUESTION.c.person != _ANSWER.c.person,
    _QUESTION.c.state != QuestionState.WITHDRAWN,
)
_REVIEWED = (_REVIEW.c.group == _GROUP, _REVIEW.c.withdrawn_at.is_(None))
_HELPED = union(
    select(_QUESTION.c.person).where(_ANSWER.c.group == _GROUP, _ANSWER.c.person == _PERSON, *_ANSWERED),
    select(_REVIEW.c.author).where(*_REVIEWED, _REVIEW.c.person == _PERSON, _REVIEW.c.author != _PERSON),
)
_HELPERS = union(
    select(_ANSWER.c.person).where(_QUESTION.c.group == _GROUP, _QUESTION.c.person == _PERSON, *_ANSWERED),
    select(_REVIEW.c.person).where(*_REVIEWED, _REVIEW.c.author == _PERSON, _REVIEW.c.person != _PERSON),
)


class SqlCredit:
    """Where it is found who helped whom."""

    __slots__ = ("_db",)

    def __init__(self, db: Connection) -> None:
        self._db = db

    def helped(self, group: GroupId, person: PersonId) -> list[PersonId]:
        """Return whom somebody helped in a group."""
        return list(self._db.execute(_HELPED, {"in_group": group, "of_person": person}).scalars())

    def helpers(self, group: GroupId, person: PersonId) -> list[PersonId]:
        """Return who helped somebody in a group."""
        return list(self._db.execute(_HELPERS, {"in_group": group, "of_person": person}).scalars())
