"""Drafts, in the database."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, delete

from bot.ids import DraftId, PersonId
from bot.study.drafts import KEPT, Draft
from storage import tables
from storage.rows import Rows

DRAFTS = Rows(Draft, tables.Draft)

_OWN = (DRAFTS.c.id == bindparam("id"), DRAFTS.c.person == bindparam("person"))
_GET = DRAFTS.select.where(*_OWN)
_TAKE = delete(DRAFTS.table).where(*_OWN).returning(*DRAFTS.select.selected_columns)
_FORGET = delete(DRAFTS.table).where(DRAFTS.c.at < bindparam("before"))


class SqlDrafts:
    """Where drafts are kept."""

    __slots__ = ("_db",)

    def __init__(self, db: Connection) -> None:
        self._db = db

    def add(self, draft: Draft) -> None:
        """Keep a draft, and forget those that were KEPT long enough."""
        self.forget(draft.at - KEPT)
        DRAFTS.add(self._db, draft)

    def get(self, id: DraftId, person: PersonId) -> Draft | None:
        """Return a draft to the person who wrote it, and to nobody else."""
        return DRAFTS.one(self._db, _GET, id=id, person=person)

    def take(self, id: DraftId, person: PersonId) -> Draft | None:
        """Return a person's draft and forget it, so that it is used once."""
        return DRAFTS.one(self._db, _TAKE, id=id, person=person)

    def forget(self, before: datetime) -> None:
        """Forget drafts that are older."""
        self._db.execute(_FORGET, {"before": before})
