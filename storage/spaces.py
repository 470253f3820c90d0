"""Spaces, in the database."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam

from bot.chat import SpaceRef
from bot.study.spaces import Space
from storage import tables
from storage.rows import Rows

SPACES = Rows(Space, tables.Space)

_GET = SPACES.select.where(SPACES.c.ref == bindparam("ref"))
_WITH_DIRECTORY = SPACES.select.where(SPACES.c.directory.is_not(None)).order_by(SPACES.c.id)


class SqlSpaces:
    """Where spaces are kept."""

    __slots__ = ("_db",)

    def __init__(self, db: Connection) -> None:
        self._db = db

    def get(self, ref: SpaceRef) -> Space | None:
        """Return a space."""
        return SPACES.one(self._db, _GET, ref=ref)

    def with_directory(self) -> list[Space]:
        """Return the spaces that show a list of groups."""
        return SPACES.all(self._db, _WITH_DIRECTORY)

    def add(self, space: Space) -> None:
        """Keep a new space."""
        SPACES.add(self._db, space)

    def save(self, space: Space) -> None:
        """Keep a changed space."""
        SPACES.save(self._db, space)
