"""Notes, in the database."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam

from bot.ids import GroupId, NoteId, PersonId
from bot.study.notes import Featuring, Note
from storage import tables
from storage.rows import Rows

NOTES = Rows(Note, tables.Note)

_STANDS = (NOTES.c.group == bindparam("group"), NOTES.c.deleted_at.is_(None))
_BY_PERSON = NOTES.select.where(*_STANDS, NOTES.c.person == bindparam("person")).order_by(NOTES.c.at, NOTES.c.id)
_SHARED = (
    NOTES.select.where(*_STANDS, NOTES.c.shared)
    .order_by(NOTES.c.at.desc(), NOTES.c.id.desc())
    .offset(bindparam("offset"))
    .limit(bindparam("limit"))
)

_FEATURED = (
    NOTES.select.where(*_STANDS, NOTES.c.shared, NOTES.c.featuring == Featuring.AGREED)
    .order_by(NOTES.c.at.desc(), NOTES.c.id.desc())
    .limit(bindparam("limit"))
)


class SqlNotes:
    """Where notes are kept."""

    __slots__ = ("_db",)

    def __init__(self, db: Connection) -> None:
        self._db = db

    def get(self, id: NoteId) -> Note | None:
        """Return a note."""
        return NOTES.get(self._db, id)

    def add(self, note: Note) -> None:
        """Keep a new note."""
        NOTES.add(self._db, note)

    def save(self, note: Note) -> None:
        """Keep a changed note."""
        NOTES.save(self._db, note)

    def by_person(self, group: GroupId, person: PersonId) -> list[Note]:
        """Return somebody's notes in a group, oldest first; deleted ones are left out."""
        return NOTES.all(self._db, _BY_PERSON, group=group, person=person)

    def shared(self, group: GroupId, offset: int = 0, limit: int = 1000) -> list[Note]:
        """Return the notes that a group can see, newest first."""
        return NOTES.all(self._db, _SHARED, group=group, offset=offset, limit=limit)

    def lock(self, id: NoteId) -> Note | None:
        """Return a note and let no other unit of work decide about it until this one ends."""
        return NOTES.lock(self._db, id)

    def featured(self, group: GroupId, limit: int = 25) -> list[Note]:
        """Return the notes of a group that are featured, newest first."""
        return NOTES.all(self._db, _FEATURED, group=group, limit=limit)
