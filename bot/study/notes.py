"""Notes: what a learner writes down or saves along the way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from bot.chat import About
from bot.errors import Refusal
from bot.ids import GroupId, NoteId, PersonId, WeekId, new_id


class NothingToKeep(Refusal):
    """Paste a link to your notes, or write them here as text. One of the two is enough."""


class NotYourNote(Refusal):
    """Only the person who wrote this note can share or delete it."""


@dataclass(frozen=True, slots=True)
class Note:
    """A link or a text that somebody keeps; `shared` shows it to the group."""

    id: NoteId
    group: GroupId
    person: PersonId
    link: str | None
    text: str
    at: datetime
    week: WeekId | None = None
    shared: bool = False
    deleted_at: datetime | None = None

    @property
    def about(self) -> About:
        """The note as the subject of messages."""
        return About("note", self.id)


class Notes(Protocol):
    """Where notes are kept."""

    def get(self, id: NoteId) -> Note | None:
        """Return a note."""

    def add(self, note: Note) -> None:
        """Keep a new note."""

    def save(self, note: Note) -> None:
        """Keep a changed note."""

    def by_person(self, group: GroupId, person: PersonId) -> list[Note]:
        """Return somebody's notes in a group, oldest first; deleted ones are left out."""

    def shared(self, group: GroupId, offset: int = 0, limit: int = 1000) -> list[Note]:
        """Return the notes that a group can see, newest first."""


def keep(
    notes: Notes,
    group: GroupId,
    person: PersonId,
    link: str | None,
    text: str,
    week: WeekId | None,
    *,
    shared: bool,
    now: datetime,
) -> tuple[Note, bool]:
    """Keep a note and return it, and whether it is new; the same again is the same note. Raises NothingToKeep."""
    if not link and not text.strip():
        raise NothingToKeep
    for before in notes.by_person(group, person):
        if (before.link, before.text) == (link, text):
            if shared and not before.shared:
                before = replace(before, shared=True)
                notes.save(before)
            return before, False
    note = Note(NoteId(new_id(now)), group, person, link, text, now, week, shared)
    notes.add(note)
    return note, True


def share(notes: Notes, note: Note, person: PersonId) -> Note:
    """Let the group see a note. Raises NotYourNote."""
    if note.person != person:
        raise NotYourNote
    shared = replace(note, shared=True)
    if shared != note:
        notes.save(shared)
    return shared


def delete(notes: Notes, note: Note, person: PersonId, *, now: datetime) -> Note:
    """Let a note be gone. Raises NotYourNote."""
    if note.person != person:
        raise NotYourNote
    gone = replace(note, deleted_at=now)
    notes.save(gone)
    return gone
