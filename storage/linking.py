"""Several accounts as one person, in the database.

What somebody made is moved to the person that they are now, and a line in `moved` says whose own it is. So every other
query knows one person, and to unlink is to move those lines back. Which columns these are is read from the tables.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Select,
    Table,
    Text,
    UniqueConstraint,
    and_,
    bindparam,
    cast,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    type_coerce,
    update,
)
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from bot.ids import GroupId, MemberId, PersonId
from bot.study.likes import Like, Reaction
from bot.study.linked import SetAside, Signs
from bot.study.people import Person
from storage import tables
from storage.likes import LIKES, REACTIONS
from storage.members import MEMBERS
from storage.people import ACCOUNTS, PEOPLE
from storage.rows import Rows, makers, table_of

ASIDE = Rows(SetAside, tables.SetAside)
MOVED = table_of(tables.Moved)

_ACCOUNTS = (
    select(ACCOUNTS.c.id)
    .where(ACCOUNTS.c.person.in_(bindparam("people", expanding=True)))
    .order_by(ACCOUNTS.c.id)
    .with_for_update()
)
_PEOPLE = (
    select(PEOPLE.c.id)
    .where(PEOPLE.c.id.in_(bindparam("people", expanding=True)))
    .order_by(PEOPLE.c.id)
    .with_for_update(key_share=True)
)
_GROUPS = select(MEMBERS.c.group).where(MEMBERS.c.person.in_(bindparam("people", expanding=True))).distinct()
_LIKES = LIKES.select.where(LIKES.c.person == bindparam("this")).order_by(LIKES.c.at, LIKES.c.id)
_REACTIONS = REACTIONS.select.where(REACTIONS.c.person == bindparam("this")).order_by(REACTIONS.c.at, REACTIONS.c.id)
_GIVE = update(LIKES.table).where(LIKES.c.id == bindparam("this")).values(person=bindparam("whose"))
_ASIDE = ASIDE.select.where(ASIDE.c.own == bindparam("this")).order_by(ASIDE.c.id.desc())
_NO_MORE = delete(ASIDE.table).where(ASIDE.c.id == bindparam("this"))
_SIGNS = (
    update(MEMBERS.table)
    .where(MEMBERS.c.id == bindparam("this"))
    .values({name: bindparam(f"new_{name}") for name in ("signal_at", "nudges", "nudged_at", "first_like_at")})
)
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def _nobody(own: PersonId) -> PersonId:
    """Return whose somebody's rows are while they change places, since each place has room for one."""
    return PersonId(-own)


def _is_not_recognised(record: ReadOnlyColumnCollection[str, Column[Any]]) -> ColumnElement[bool]:
    return ~func.coalesce(record["award"], record["finished"])


_WORSE: dict[Table, Callable[[ReadOnlyColumnCollection[str, Column[Any]]], ColumnElement[bool]]] = {
    table_of(tables.Submission): lambda work: work["withdrawn_at"].is_not(None),
    table_of(tables.Record): _is_not_recognised,
}
"""Rows that count for less than another's where there can be one only: work taken back, a group not finished."""


class SqlLinks:
    """Where it is kept which accounts are one person."""

    __slots__ = ("_db",)

    def __init__(self, db: Connection) -> None:
        self._db = db

    def lock(self, people: Collection[PersonId]) -> None:
        """Let nobody act through these people's accounts until this unit of work ends."""
        self._db.execute(_ACCOUNTS, {"people": list(people)}).all()
        self._db.execute(_PEOPLE, {"people": list(people)}).all()

    def groups(self, people: Collection[PersonId]) -> list[GroupId]:
        """Return the groups in which these people are or were."""
        return sorted(self._db.execute(_GROUPS, {"people": list(people)}).scalars())

    def join(self, person: PersonId, other: PersonId) -> None:
        """Let what is another's be a person's, but for what the person has one of already."""
        groups = self.groups([other])
        before = self._db.execute(select(ACCOUNTS.c.own).where(ACCOUNTS.c.person == other)).scalars()
        self._own_items(of={other, *filter(None, before)}, before=other, now=person, groups=groups)
        self._let_the_better_count(person, other)
        for table in _tables_of_makers():
            for name in makers(table):
                self._move(table, table.c[name], person, other, groups)
        for table in _WORSE:
            self._give(table, table.c.person == _nobody(person), other)
        self._forget_nobody([person])
        same = ACCOUNTS.c.person == other
        own = func.coalesce(ACCOUNTS.c.own, ACCOUNTS.c.person)
        self._db.execute(update(ACCOUNTS.table).where(same).values(own=own, person=person))

    def part(self, person: PersonId, others: Collection[PersonId]) -> None:
        """Give back what is each account's own, also what rests beside a person's under another of them."""
        everyone = [person, *others]
        for own in everyone:
            PEOPLE.add(self._db, Person(_nobody(own), "", _NEVER))
        for table in _tables_of_makers():
            for name in makers(table):
                self._give_back(table, table.c[name], person, everyone)
        self._forget_nobody(everyone)
        self._db.execute(delete(MOVED).where(MOVED.c.own.in_(everyone)))
        for own in others:
            self._own_items(of={own}, before=person, now=own, groups=self.groups([person, own]))
            self._db.execute(update(ACCOUNTS.table).where(ACCOUNTS.c.own == own).values(person=own, own=None))

    def likes(self, person: PersonId) -> list[Like]:
        """Return everything that somebody likes, in all groups."""
        return LIKES.all(self._db, _LIKES, this=person)

    def reactions(self, own: PersonId) -> list[Reaction]:
        """Return the reactions of the accounts that were somebody's own before they were linked."""
        return REACTIONS.all(self._db, _REACTIONS, this=own)

    def give(self, like: int, person: PersonId) -> None:
        """Let a like be somebody else's."""
        self._db.execute(_GIVE, {"this": like, "whose": person})

    def set_aside(self, membership: SetAside) -> None:
        """Keep how a membership stood that rests from now on."""
        ASIDE.add(self._db, membership)

    def aside(self, own: PersonId) -> list[SetAside]:
        """Return the memberships of somebody that rest, the last one first."""
        return ASIDE.all(self._db, _ASIDE, this=own)

    def rests_no_more(self, id: int) -> None:
        """Forget that a membership rested."""
        self._db.execute(_NO_MORE, {"this": id})

    def show_signs(self, id: MemberId, signs: Signs) -> None:
        """Keep when a member was last seen and reminded."""
        values = {f"new_{name}": getattr(signs, name) for name in ("signal_at", "nudges", "nudged_at", "first_like_at")}
        self._db.execute(_SIGNS, values | {"this": id})

    def _move(
        self, table: Table, column: Column[Any], person: PersonId, other: PersonId, groups: Sequence[GroupId]
    ) -> None:
        """Let rows be a person's, each with a line that says whose own it is unless there is one."""
        moves = (column == other) & ~_has_one(table, column, person) & _within(table, groups)
        self._note(table, column, moves, other)
        self._give(table, moves, person, column)

    def _let_the_better_count(self, person: PersonId, other: PersonId) -> None:
        """Take what is worth less than another's out of the way, so that theirs can be the person's."""
        PEOPLE.add(self._db, Person(_nobody(person), "", _NEVER))
        for table, worse in _WORSE.items():
            theirs = table.alias("theirs")
            same = [theirs.c[name] == table.c[name] for name in _unique(table)[0] if name != "person"]
            better = exists().where(theirs.c.person == other, ~worse(theirs.c), *same)
            mine = (table.c.person == person) & worse(table.c) & better
            self._note(table, table.c.person, mine, person)
            self._give(table, mine, _nobody(person))

    def _give_back(self, table: Table, column: Column[Any], person: PersonId, everyone: Sequence[PersonId]) -> None:
        """Give rows back: first all to nobody, as two may have changed places; what has no place stays the person's."""
        for own in everyone:
            lines = select(MOVED.c.row).where(MOVED.c.name == f"{table.name}.{column.name}", MOVED.c.own == own)
            self._give(table, table.c.id.in_(lines) & column.in_(everyone), _nobody(own), column)
        for own in everyone:
            parked = column == _nobody(own)
            self._give(table, parked & ~_has_one(table, column, own), own, column)
            self._give(table, parked & ~_has_one(table, column, person), person, column)
            self._db.execute(delete(table).where(parked))  # a wish that both had, such as what to show

    def _give(
        self, table: Table, rows: ColumnElement[bool], whose: PersonId, column: Column[Any] | None = None
    ) -> None:
        name = column.name if column is not None else "person"
        self._db.execute(update(table).where(rows).values({name: whose}))

    def _note(self, table: Table, column: Column[Any], rows: ColumnElement[bool], own: PersonId) -> None:
        """Write down whose own rows are, unless it is known."""
        name = f"{table.name}.{column.name}"
        known = exists().where(MOVED.c.name == name, MOVED.c.row == table.c.id)
        lines = select(literal(name), table.c.id, literal(own)).where(rows, ~known)
        self._db.execute(insert(MOVED).from_select(["name", "row", "own"], lines))

    def _forget_nobody(self, owns: Collection[PersonId]) -> None:
        self._db.execute(delete(PEOPLE.table).where(PEOPLE.c.id.in_([_nobody(own) for own in owns])))

    def _own_items(
        self, *, of: Collection[PersonId], before: PersonId, now: PersonId, groups: Sequence[GroupId]
    ) -> None:
        """Let what is about somebody's items, or about nothing of anybody's, name another as their owner."""
        kinds = [table for table in _tables_of_makers() if "person" in makers(table)]
        for table in _tables_of_owners():
            c = table.c
            theirs: list[ColumnElement[bool]] = []
            if "item_kind" in c:
                theirs = [and_(c.item_kind == kind.name, c["item"].in_(_items(kind, of))) for kind in kinds]
                if "actor" in c:
                    theirs.append(c.item_kind.not_in([kind.name for kind in kinds]) & c.actor.in_(of))
            elif "about" in c:
                about = type_coerce(c.about, Text)
                theirs = [about.in_(_items(kind, of, as_text=True)) for kind in kinds]
            whole = (c.owner == before) & _within(table, groups)
            self._db.execute(update(table).where(whole, or_(*theirs)).values(owner=now))


@cache
def _tables_of_makers() -> tuple[Table, ...]:
    """Return the tables whose rows somebody made; memberships come last, as the groups of the others follow them."""
    found = [table for table in tables.Table.metadata.sorted_tables if makers(table)]
    return tuple(sorted(found, key=lambda table: table.name == "member"))


@cache
def _tables_of_owners() -> tuple[Table, ...]:
    return tuple(
        table
        for table in tables.Table.metadata.sorted_tables
        if "owner" in table.c and ("item_kind" in table.c or "about" in table.c)
    )


def _items(kind: Table, of: Collection[PersonId], *, as_text: bool = False) -> Select[Any]:
    """Return somebody's items of a kind: their ids, or the text by which messages name them."""
    id = literal(f"{kind.name}:") + cast(kind.c.id, Text) if as_text else kind.c.id
    return select(id).where(kind.c.person.in_(of))


def _within(table: Table, groups: Sequence[GroupId]) -> ColumnElement[bool]:
    """Return the condition that a row is in one of somebody's groups, by which most indexes begin."""
    if "group" not in table.c:
        return literal(True)
    return or_(table.c["group"].in_(groups), table.c["group"].is_(None))


def _has_one(table: Table, column: Column[Any], person: PersonId) -> ColumnElement[bool]:
    """Return the condition that a person has a row already of which there can be only one."""
    other = table.alias("other")
    found: list[ColumnElement[bool]] = []
    for columns in _unique(table):
        if column.name in columns:
            same = [other.c[name] == table.c[name] for name in columns if name != column.name]
            found.append(exists().where(other.c[column.name] == person, *same))
    return or_(*found) if found else literal(False)


def _unique(table: Table) -> list[tuple[str, ...]]:
    constraints = [one.columns for one in table.constraints if isinstance(one, UniqueConstraint)]
    indexes = [one.columns for one in table.indexes if one.unique]
    return [tuple(columns.keys()) for columns in (*constraints, *indexes)]
