"""Values of the core as rows of their tables: the columns have the names of a dataclass's fields, in their order."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import fields
from itertools import starmap
from operator import attrgetter
from typing import Any, Generic, TypeAlias, TypeVar

from sqlalchemy import Connection, Executable, Table, bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel

from storage import snapshots, tables

V = TypeVar("V")

Insert: TypeAlias = Any
"""The INSERT of a dialect, which knows ON CONFLICT; SQLAlchemy's own does not."""


def upsert(table: Table, build: Callable[[Insert], Executable]) -> dict[str, Executable]:
    """Return an INSERT that says what happens where such a row is there already, by the name of the dialect."""
    return {"sqlite": build(sqlite.insert(table)), "postgresql": build(postgresql.insert(table))}


def table_of(model: type[SQLModel]) -> Table:
    """Return the table that a model describes."""
    table: Table = model.__table__  # type: ignore[attr-defined]  # SQLModel leaves it out of its types
    return table


_THROUGH = "studycircle: made through"


def nobody_yet(db: Connection) -> None:
    """Begin a unit of work in which nobody acts through a linked account yet."""
    db.info[_THROUGH] = {}


def made_through(db: Connection, person: int, own: int) -> None:
    """Let what is added of a person's in this unit of work be their linked account's own, for when that is unlinked."""
    db.info.setdefault(_THROUGH, {})[person] = own


def makers(table: Table) -> list[str]:
    """Return the columns that say who made a row; an `owner` follows from the item that the row is about."""
    if table.name in RAW:
        return []
    points = (key.parent.name for key in table.foreign_keys if key.target_fullname == "person.id")
    return sorted(name for name in points if name != "owner")


RAW = frozenset({"account", "likes", "reaction", "moved", "set_aside"})
"""Tables whose persons are moved by rules of their own where accounts are linked."""
_MOVED = insert(table_of(tables.Moved))


class Rows(Generic[V]):
    """Rows of one table as values of one frozen dataclass; statements are built once, when the module is imported.

    `own_way` names columns that `save` leaves alone, because statements of their own change them.
    """

    def __init__(self, kind: type[V], model: type[SQLModel], own_way: Collection[str] = ()) -> None:
        names = tuple(field.name for field in fields(kind))  # type: ignore[arg-type]  # V is always a dataclass
        table = table_of(model)
        self.table = table
        self.c = table.c
        self.select = select(*(table.c[name] for name in names))
        self.kind = kind
        self._names = names
        self._fields = attrgetter(*names)
        self._get = self.select.where(table.c.id == bindparam("id"))
        # FOR NO KEY UPDATE: rows that merely point here are added meanwhile, or two who like each other would deadlock.
        self._lock = self._get.with_for_update(key_share=True)
        self._many = self.select.where(table.c.id.in_(bindparam("ids", expanding=True)))
        self._insert = insert(table).inline()
        self._insert_new = upsert(table, lambda into: into.on_conflict_do_nothing().returning(table.c.id))
        changes: dict[str, Any] = {name: bindparam(name) for name in names if name not in ("id", *own_way)}
        self._saved = tuple(changes)
        self._makers = makers(table)
        self._update = update(table).where(table.c.id == bindparam("this")).values(changes)

    def values(self, value: V) -> dict[str, Any]:
        """Return a value's fields by name."""
        return dict(zip(self._names, self._fields(value), strict=True))

    def get(self, db: Connection, id: int) -> V | None:
        """Return the value with an id."""
        return self.one(db, self._get, id=id)

    def lock(self, db: Connection, id: int) -> V | None:
        """Return the value with an id and keep others from changing it until this transaction ends.

        SQLite has one writer at a time and needs no words for it.
        """
        return self.one(db, self._lock, id=id)

    def many(self, db: Connection, ids: Iterable[int]) -> list[V]:
        """Return the values with these ids, in no order."""
        wanted = list(set(ids))
        return self.all(db, self._many, ids=wanted) if wanted else []

    def one(self, db: Connection, statement: Executable, **parameters: object) -> V | None:
        """Return the first value of a statement over these columns."""
        row = next(iter(found(db, statement, **parameters)), None)
        return None if row is None else self.kind(*row)

    def all(self, db: Connection, statement: Executable, **parameters: object) -> list[V]:
        """Return the values of a statement over these columns."""
        return list(starmap(self.kind, found(db, statement, **parameters)))

    def add(self, db: Connection, value: V, **more: object) -> None:
        """Keep a new value; `more` fills columns that are no fields."""
        done(db, self._insert, **self.values(value), **more)
        self._note(db, value)

    def add_new(self, db: Connection, value: V) -> bool:
        """Keep a value unless one like it is there, and return whether it was kept."""
        added = bool(found(db, self._insert_new[db.dialect.name], **self.values(value)))
        if added:
            self._note(db, value)
        return added

    def _note(self, db: Connection, value: V) -> None:
        """Note a row that somebody makes through a linked account of theirs."""
        through: dict[int, int] | None = db.info.get(_THROUGH) if self._makers else None
        if not through:
            return
        for name in self._makers:
            own = through.get(getattr(value, name))
            if own is not None:
                done(db, _MOVED, name=f"{self.table.name}.{name}", row=attrgetter("id")(value), own=own)

    def save(self, db: Connection, value: V) -> None:
        """Keep a changed value."""
        values = self.values(value)
        done(db, self._update, **{name: values[name] for name in self._saved}, this=values["id"])


def found(db: Connection, statement: Executable, **parameters: object) -> Sequence[list[Any]]:
    """Return the rows of a statement, which may be shared."""
    seen = snapshots.rows(db, statement, parameters)
    # All at once: asked for one by one, each row is a call through SQLAlchemy.
    return list(map(list, db.execute(statement, parameters).all())) if seen is None else seen


def done(db: Connection, statement: Executable, **parameters: object) -> None:
    """Run a statement that returns nothing."""
    if snapshots.rows(db, statement, parameters) is None:
        db.execute(statement, parameters)


def scalar(db: Connection, statement: Executable, **parameters: object) -> Any:  # noqa: ANN401 - whatever the column holds
    """Return what is in the first column of the first row; None where there is none."""
    return next((row[0] for row in found(db, statement, **parameters)), None)


def pairs(db: Connection, statement: Executable, **parameters: object) -> dict[Any, Any]:
    """Return the rows of a statement with two columns as a dictionary."""
    return {key: value for key, value in found(db, statement, **parameters)}
