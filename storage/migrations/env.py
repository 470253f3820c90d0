"""How Alembic runs the migrations: on the connection that storage.schema hands over, in its transaction."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

from alembic import context
from sqlalchemy import DateTime, Text
from sqlalchemy.types import TypeEngine

from storage.columns import Id, Instant, Kept
from storage.tables import Table

Thing: TypeAlias = Any
"""Whatever Alembic looks at."""

_OF_THE_SEARCH = "question_words"
"""What storage.search keeps beside the tables: a virtual table with its own on SQLite, an index on PostgreSQL."""


def _ours(_: Thing, name: str | None, *__: Thing) -> bool:
    """Say whether the tables of the core should have something that the database has."""
    return _OF_THE_SEARCH not in (name or "")


def _written(kind: str, item: Thing, _: Thing) -> str | Literal[False]:
    """Write the types of storage.columns as what they are in the database: a migration outlives the code."""
    if kind == "type" and isinstance(item, Instant):
        return "INSTANT"
    if kind == "type" and isinstance(item, Kept):
        return "sa.Text()"
    return "ID" if kind == "type" and item is Id else False


def _type_differs(_: Thing, __: Thing, ___: Thing, kept: TypeEngine[Any], declared: TypeEngine[Any]) -> bool | None:
    """Compare an instant by what it is on this database; Alembic knows the other types."""
    if isinstance(declared, Instant):
        return not isinstance(kept, DateTime if context.get_bind().dialect.name == "postgresql" else Text)
    return None


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    include_object=_ours,
    render_item=_written,
    compare_type=_type_differs,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
