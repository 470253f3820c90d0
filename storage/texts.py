"""What people wrote in a group, in every table that holds such a text, and how it goes when its time is over."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    Text,
    and_,
    delete,
    exists,
    or_,
    select,
    true,
    type_coerce,
    update,
)
from sqlmodel import SQLModel

from bot.cards import Card
from bot.ids import GroupId
from bot.outbox import Post, PostState, Verb
from bot.study.helping import QUOTED
from bot.study.publishing import BY_DEFAULT, Kind
from bot.study.questions import QuestionState
from storage import search, tables
from storage.belonging import ITEMS
from storage.line import POSTS
from storage.rows import table_of
from storage.search import QUESTIONS

Whose: TypeAlias = Callable[[GroupId], ColumnElement[bool]]
_MEMBER = table_of(tables.Member)
_NOTE = table_of(tables.Note)
_PUBLICATION = table_of(tables.Publication)
_SHOWING = table_of(tables.Showing)
_STORY = table_of(tables.Story)
_SUBMISSION = table_of(tables.Submission)
_VERSION = table_of(tables.SubmissionVersion)
_POST = POSTS.table
_QUOTED = and_(QUESTIONS.c.details.startswith(QUOTED[0]), QUESTIONS.c.details.contains(QUOTED[1]))
_STANDS: Mapping[Kind, ColumnElement[bool]] = {
    Kind.SUBMISSION: _SUBMISSION.c.withdrawn_at.is_(None),
    Kind.NOTE: _NOTE.c.deleted_at.is_(None),
    # Somebody else's words, which a question quoted, are shown by nobody.
    Kind.QUESTION: and_(QUESTIONS.c.state != QuestionState.WITHDRAWN, ~_QUOTED),
    Kind.REVIEW: table_of(tables.Review).c.withdrawn_at.is_(None),
}
"""What a portfolio has of each kind; the rest was taken back."""
_OPEN = (_PUBLICATION.c.group.is_(None), _PUBLICATION.c.withdrawn_at.is_(None), _PUBLICATION.c.preview_until.is_(None))


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts in a table: in which rows they are a group's, and what the columns hold afterwards; the row goes if none.

    A `kind` says as what its author may show it on the web.
    """

    table: Table
    whose: Whose
    becomes: Mapping[str, Any] = field(default_factory=dict)
    kind: Kind | None = None


def _decided(table: Table, kind: Kind, item: str, *, shown: bool) -> ColumnElement[bool]:
    """Return the condition that the person of a row decided to show, or to hide, something."""
    decided = (_SHOWING.c.person == table.c.person, _SHOWING.c.item_kind == kind, _SHOWING.c.item == table.c[item])
    return exists(select(_SHOWING.c.id).where(*decided, _SHOWING.c.shown.is_(shown)))


def _public(table: Table, kind: Kind) -> ColumnElement[bool]:
    """Return the condition that the person of a row shows it on the web, by the rules of bot.study.publishing."""
    item = "group" if kind is Kind.GOAL else "id"
    by_default = _NOTE.c.shared if kind is Kind.NOTE else None
    shown = _decided(table, kind, item, shown=True)
    if by_default is not None or BY_DEFAULT.get(kind):
        untouched = ~_decided(table, kind, item, shown=False)
        shown = or_(shown, untouched if by_default is None else and_(untouched, by_default))
    return and_(
        table.c.person.in_(select(_PUBLICATION.c.person).where(*_OPEN)),
        ~_decided(table, Kind.GROUP, "group", shown=False),
        _STANDS.get(kind, true()),
        shown,
    )


def _in_group(model: type[SQLModel]) -> Whose:
    table = table_of(model)
    return lambda group: table.c.group == group


def _of_member(group: GroupId) -> ColumnElement[bool]:
    transition = table_of(tables.Transition)
    return transition.c.member.in_(select(_MEMBER.c.id).where(_MEMBER.c.group == group))


def _old_versions(group: GroupId) -> ColumnElement[bool]:
    """Return the condition that nobody shows a version: its work, or a newer one of it, is what others see."""
    mine = and_(_SUBMISSION.c.group == group, _SUBMISSION.c.id == _VERSION.c.submission)
    superseded = _VERSION.c.number < _SUBMISSION.c.version
    return exists(select(_SUBMISSION.c.id).where(mine, or_(superseded, ~_public(_SUBMISSION, Kind.SUBMISSION))))


def _told(group: GroupId) -> ColumnElement[bool]:
    """Return the condition that somebody's line is about something whose words are gone."""
    return or_(
        *(
            and_(_STORY.c.item_kind == one.kind.value, _STORY.c.item.in_(_going(one, group)))
            for one in TEXTS
            if one.kind is not None and one.kind is not Kind.GOAL
        )
    )


def _going(one: Texts, group: GroupId) -> Select[tuple[int]]:
    return select(one.table.c.id).where(_theirs(one, group))


def _theirs(one: Texts, group: GroupId) -> ColumnElement[bool]:
    whose = one.whose(group)
    return whose if one.kind is None else and_(whose, ~_public(one.table, one.kind))


def _texts(
    model: type[SQLModel], becomes: Mapping[str, Any], kind: Kind | None = None, whose: Whose | None = None
) -> Texts:
    return Texts(table_of(model), whose or _in_group(model), becomes, kind)


# Versions and lines lead to what they are about, so they come before it.
TEXTS: tuple[Texts, ...] = (
    _texts(tables.Draft, {}),
    _texts(tables.SubmissionVersion, {}, whose=_old_versions),
    _texts(tables.Story, {}, whose=_told),
    _texts(tables.Submission, {"link": None, "note": ""}, Kind.SUBMISSION),
    _texts(tables.Note, {"link": None, "text": ""}, Kind.NOTE),
    _texts(tables.Question, {"text": "", "details": ""}, Kind.QUESTION),
    _texts(tables.Answer, {"text": ""}, Kind.ANSWER),
    _texts(tables.Review, {"works": "", "suggestion": ""}, Kind.REVIEW),
    _texts(tables.Member, {"plan": "", "offer": ""}),
    _texts(tables.Member, {"goal": ""}, Kind.GOAL),
    _texts(tables.Transition, {"reason": ""}, whose=_of_member),
)
"""Where a group's texts are, but for posts."""

_CANCELLED = {"state": PostState.CANCELLED, "fence": _POST.c.fence + 1, "lease_until": None, "once": None}
_THERE_YET = [PostState.DUE, PostState.SENDING, PostState.UNKNOWN]
"""States of a post without a message that may have one, or get one."""
_KINDS = [f"{table_of(model).name}:%" for model in ITEMS] + ["announcement:%"]
_ABOUT = type_coerce(_POST.c.about, Text)
_DIRECT = _POST.c.place.like("@%")
_SAID = or_(_POST.c.owner.is_not(None), *(_ABOUT.like(kind) for kind in _KINDS))
_QUESTION = and_(_ABOUT.like("question:%"), type_coerce(_POST.c.to, Text).contains('"OpenThread"'))


class SqlTexts:
    """Where the texts of a group are found."""

    __slots__ = ("_db",)

    def __init__(self, db: Connection) -> None:
        self._db = db

    def shown(self, group: GroupId, instead: Card, title: str, limit: int) -> list[Post]:
        """Return posts that show in a group's channels what members wrote, oldest first.

        Left out are those that show a card `instead` and, if they head a thread, have a `title` that says nothing.
        """
        stands = and_(_POST.c.once.is_not(None), _POST.c.card.is_distinct_from(instead))
        there = or_(_POST.c.message.is_not(None), _POST.c.state.in_([PostState.SENDING, PostState.UNKNOWN]))
        written = json.dumps(title, ensure_ascii=False)
        titled = and_(_QUESTION, there, ~type_coerce(_POST.c.to, Text).contains(written, autoescape=True))
        found = POSTS.select.where(
            _POST.c.group == group, _POST.c.verb == Verb.SEND, ~_DIRECT, _SAID, or_(stands, titled)
        )
        return POSTS.all(self._db, found.order_by(_POST.c.id).limit(limit))

    def empty(self, group: GroupId, instead: Card, now: datetime) -> None:
        """Let all texts of a group be gone, but for what their authors show on the web; what happened is kept."""
        for one in TEXTS:
            if one.becomes:
                self._db.execute(update(one.table).where(_theirs(one, group)).values(one.becomes))
            else:
                self._db.execute(delete(one.table).where(_theirs(one, group)))
        # Nothing is left of such a note, and an empty one in a list would be odd.
        nothing = and_(_NOTE.c.group == group, _NOTE.c.text == "", _NOTE.c.link.is_(None))
        self._db.execute(update(_NOTE).where(nothing, _NOTE.c.deleted_at.is_(None)).values(deleted_at=now))
        said = and_(_POST.c.group == group, or_(_DIRECT, _SAID), _POST.c.card.is_not(None), _POST.c.card != instead)
        # A platform may have been away for long: what waits for it must not be said now, nor be kept for then.
        waits = or_(_POST.c.state == PostState.DUE, and_(_DIRECT, _POST.c.state == PostState.SENDING))
        self._db.execute(update(_POST).where(said, waits).values(_CANCELLED))
        self._db.execute(update(_POST).where(said).values(card=instead))
        # A thread that never was has a title too.
        unsent = and_(_POST.c.group == group, _QUESTION, _POST.c.message.is_(None), _POST.c.state.not_in(_THERE_YET))
        self._db.execute(update(_POST).where(unsent).values(to=None))
        for question in QUESTIONS.all(self._db, QUESTIONS.select.where(QUESTIONS.c.group == group)):
            search.learn(self._db, question)
        search.tidy(self._db)
