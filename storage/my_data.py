"""Everything of a person, in the database: exported and erased by the list of whose everything is."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from enum import Enum
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Integer,
    Text,
    delete,
    or_,
    select,
    type_coerce,
    update,
)

from bot.cards import translated
from bot.chat import About, OpenThread
from bot.ids import PersonId
from bot.language import ENGLISH
from bot.outbox import Post, PostState, Verb
from bot.study.members import PRESENT, WAITING, MemberState
from bot.study.my_data import Row, Value
from bot.study.questions import UNSOLVED, QuestionState
from bot.study.redaction import Forgotten, gone_card, without
from bot.text import say
from storage import search, tables
from storage.badges import BADGES
from storage.belonging import BELONGING, ITEMS, Belongs, Fate, Owner
from storage.columns import Document
from storage.line import POSTS
from storage.people import ACCOUNTS, PEOPLE
from storage.rows import table_of
from storage.search import QUESTIONS

_MEMBER = table_of(tables.Member)
_POST = POSTS.table
_FORMER = ENGLISH.plain(say("a former member"))
_GONE = translated(gone_card(), ENGLISH)
_ERASED = select(PEOPLE.c.id).where(PEOPLE.c.name == "").order_by(PEOPLE.c.id)


class SqlMyData:
    """Where everything of a person is found."""

    __slots__ = ("_db",)

    def __init__(self, db: Connection) -> None:
        self._db = db

    def export(self, person: PersonId) -> dict[str, list[Row]]:
        """Return every row that is somebody's, by its table."""
        owner = self._owner(person)
        found = {}
        for one in reversed(BELONGING):
            # Documents as they are kept: what a card or a material is made of is told in JSON anyway.
            columns = [type_coerce(c, Text).label(c.name) if isinstance(c.type, Document) else c for c in one.table.c]
            rows = self._db.execute(select(*columns).where(one.whose(owner)).order_by(one.table.c.id))
            found[one.table.name] = [_readable(one, row) for row in rows.mappings()]
        return found

    def posts(self, person: PersonId) -> list[Post]:
        """Return the standing posts that show what is somebody's, or tell others about them."""
        owner = self._owner(person)
        theirs = POSTS.c.owner.in_(owner.ids) | POSTS.c.about.in_(owner.items)
        standing = POSTS.select.where(theirs, POSTS.c.once.is_not(None), POSTS.c.place.not_in(owner.directly))
        return POSTS.all(self._db, standing.order_by(POSTS.c.id))

    def headed(self, person: PersonId) -> list[Post]:
        """Return the posts of somebody's below which a thread with a title may hang, also those taken back since."""
        owner = self._owner(person)
        theirs = POSTS.c.owner.in_(owner.ids) | POSTS.c.about.in_(owner.items)
        # One that waits may be claimed by another process before it is cancelled, and goes out under its old title.
        maybe = [PostState.DUE, PostState.SENDING, PostState.UNKNOWN]
        there = POSTS.c.message.is_not(None) | POSTS.c.state.in_(maybe)
        sent = POSTS.select.where(theirs, there, POSTS.c.verb == Verb.SEND, POSTS.c.under.is_(None))
        return [post for post in POSTS.all(self._db, sent.order_by(POSTS.c.id)) if isinstance(post.to, OpenThread)]

    def naming(self, person: PersonId) -> list[Post]:
        """Return all other posts whose card names somebody."""
        owner = self._owner(person)
        who = self._forgotten(owner)
        mine = select(_MEMBER.c.group).where(_MEMBER.c.person.in_(owner.ids))
        shown = type_coerce(_POST.c.card, Text)
        written = [json.dumps(word, ensure_ascii=False)[1:-1] for word in (*who.names, *who.accounts)]
        theirs = next(one for one in BELONGING if one.table is _POST).whose(owner)
        found = POSTS.select.where(
            or_(POSTS.c.group.in_(mine), POSTS.c.group.is_(None)),
            POSTS.c.card.is_not(None),
            or_(*(shown.contains(word, autoescape=True) for word in written)),
            or_(~theirs, theirs.is_(None)),
        )
        return [
            post
            for post in POSTS.all(self._db, found.order_by(POSTS.c.id))
            if post.card is not None and without(post.card, who) != post.card
        ]

    def erase(self, person: PersonId, now: datetime) -> bool:
        """Forget somebody: what is theirs goes, and what others lean on stays without their words and name.

        Their badges are revoked. Return False where nobody is to be forgotten.
        """
        known = PEOPLE.get(self._db, person)
        if known is None or not known.name:
            return False
        owner = self._owner(person)
        self._unname(self.naming(person), self._forgotten(owner))
        self._close(owner, now)
        for one in BELONGING:
            if one.table is _POST:
                self._empty_posts(one, owner)
            elif one.fate is Fate.GOES:
                self._db.execute(delete(one.table).where(one.whose(owner)))
            elif one.fate is Fate.IS_EMPTIED:
                self._db.execute(update(one.table).where(one.whose(owner)).values(emptied(one.table.c)))
        for question in QUESTIONS.all(self._db, QUESTIONS.select.where(QUESTIONS.c.person.in_(owner.ids))):
            search.learn(self._db, question)
        search.tidy(self._db)
        return True

    def erased(self) -> list[PersonId]:
        """Return everyone who was forgotten."""
        return [PersonId(id) for id in self._db.execute(_ERASED).scalars()]

    def _owner(self, person: PersonId) -> Owner:
        accounts = self._db.execute(select(ACCOUNTS.c.ref, ACCOUNTS.c.own).where(ACCOUNTS.c.person == person)).all()
        ids = tuple({person, *(row.own for row in accounts if row.own is not None)})
        items: list[About] = []
        for model in ITEMS:
            table = table_of(model)
            mine = self._db.execute(select(table.c.id).where(table.c.person.in_(ids))).scalars()
            items += (About(table.name, id) for id in mine)
        return Owner(ids, tuple(str(row.ref) for row in accounts), tuple(items))

    def _forgotten(self, owner: Owner) -> Forgotten:
        names = set(self._db.execute(select(ACCOUNTS.c.name).where(ACCOUNTS.c.person.in_(owner.ids))).scalars())
        names |= set(self._db.execute(select(PEOPLE.c.name).where(PEOPLE.c.id.in_(owner.ids))).scalars())
        return Forgotten(frozenset(names - {""}), owner.accounts, _FORMER)

    def _unname(self, posts: Iterable[Post], who: Forgotten) -> None:
        for post in posts:
            if post.card is not None:
                self._db.execute(update(_POST).where(POSTS.c.id == post.id).values(card=without(post.card, who)))

    def _close(self, owner: Owner, now: datetime) -> None:
        """Let memberships end, badges be revoked, and questions that nobody has solved be taken back."""
        mine = update(_MEMBER).where(_MEMBER.c.person.in_(owner.ids))
        self._db.execute(mine.where(_MEMBER.c.state.in_(PRESENT)).values(state=MemberState.LEFT))
        self._db.execute(mine.where(_MEMBER.c.state.in_(WAITING)).values(state=MemberState.WITHDRAWN))
        unsolved = QUESTIONS.c.state.in_(UNSOLVED)
        asked = update(QUESTIONS.table).where(QUESTIONS.c.person.in_(owner.ids), unsolved)
        self._db.execute(asked.values(state=QuestionState.WITHDRAWN))
        valid = update(BADGES.table).where(BADGES.c.person.in_(owner.ids), BADGES.c.revoked_at.is_(None))
        self._db.execute(valid.values(revoked_at=now))

    def _empty_posts(self, one: Belongs, owner: Owner) -> None:
        """Let posts show nothing of somebody: what was on its way to them is cancelled, the rest says it is gone."""
        theirs = update(_POST).where(one.whose(owner))
        directly = POSTS.c.place.in_(owner.directly)
        due, under_way = POSTS.c.state == PostState.DUE, POSTS.c.state == PostState.SENDING
        cancelled = {"state": PostState.CANCELLED, "fence": POSTS.c.fence + 1, "lease_until": None, "once": None}
        # What was not sent yet need not be; whoever erases lays down what is to follow what was sent.
        self._db.execute(theirs.where(POSTS.c.verb != Verb.DELETE, due).values(cancelled))
        self._db.execute(theirs.where(directly, under_way).values(cancelled))
        self._db.execute(theirs.where(POSTS.c.card.is_not(None)).values(card=_GONE))
        self._db.execute(theirs.where(~under_way).values(to=None))
        for post in POSTS.all(self._db, POSTS.select.where(one.whose(owner), under_way)):
            if isinstance(post.to, OpenThread):  # its title names them, and it may be sent once more
                self._db.execute(update(_POST).where(POSTS.c.id == post.id).values(to=replace(post.to, title="…")))
        self._db.execute(theirs.where(directly).values(place="", once=None, message=None))


def emptied(columns: Iterable[Column[Any]]) -> dict[str, Value]:
    """Return what the personal columns of a table hold when they hold nothing."""
    return {column.name: _nothing(column) for column in columns if column.info["personal"]}


def _nothing(column: Column[Any]) -> Value:
    if column.nullable:
        return None
    if isinstance(column.type, Boolean):
        return False
    return 0 if isinstance(column.type, Integer | BigInteger) else ""


def _readable(one: Belongs, row: Any) -> Row:  # noqa: ANN401 - a row of any table
    return {column.name: _plain(column, row[column.name]) for column in one.table.c}


def _plain(column: Column[Any], value: Any) -> Value:  # noqa: ANN401 - a value of any column
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(column.type, Document):
        read: Value = json.loads(value)
        return read
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else str(value)
