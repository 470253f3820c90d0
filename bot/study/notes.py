"""Notes: what a learner writes down or saves along the way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.chat import About
from bot.errors import Refusal
from bot.ids import GroupId, NoteId, PersonId, WeekId, new_id
from bot.text import Text, say


class NothingToKeep(Refusal):
    """Paste a link to your notes, or write them here as text. One of the two is enough."""


class NotYourNote(Refusal):
    """Only the person who wrote this note can share or delete it."""


class OnlyTheWriter(Refusal):
    """Only the person who wrote this note can say whether it is featured. /notes shows what your group shares."""


class NotSharedNow(Refusal):
    """This note can't be featured now: it is not shared, or nobody asked. /notes shows what your group shares."""


class WouldRatherNot(Refusal):
    """Its author would rather not have this note featured. Press Like, or choose another one from /notes."""


class NoteKind(StrEnum):
    """What a note is."""

    NOTE = "note"
    SUMMARY = "summary"
    RESOURCE = "resource"
    CODE = "code"
    QUESTION = "question"

    @property
    def label(self) -> Text:
        """The kind in words."""
        return _KINDS[self]


_KINDS = {
    NoteKind.NOTE: say("Note"),
    NoteKind.SUMMARY: say("Summary"),
    NoteKind.RESOURCE: say("Something to read or watch"),
    NoteKind.CODE: say("Code"),
    NoteKind.QUESTION: say("Question to myself"),
}


class Featuring(StrEnum):
    """Whether a note is held up to the group: only once somebody who leads has asked and its author has agreed."""

    NO = "no"
    ASKED = "asked"
    AGREED = "agreed"
    DECLINED = "declined"


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
    kind: NoteKind = NoteKind.NOTE
    featuring: Featuring = Featuring.NO

    @property
    def about(self) -> About:
        """The note as the subject of messages."""
        return About("note", self.id)

    @property
    def featured(self) -> bool:
        """Whether the group sees it held up."""
        return self.featuring is Featuring.AGREED and self.shared and self.deleted_at is None


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

    def lock(self, id: NoteId) -> Note | None:
        """Return a note and let no other unit of work decide about it until this one ends."""

    def featured(self, group: GroupId, limit: int = 25) -> list[Note]:
        """Return the notes of a group that are featured, newest first."""


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
    kind: NoteKind = NoteKind.NOTE,
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
    note = Note(NoteId(new_id(now)), group, person, link, text, now, week, shared, kind=kind)
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


def ask_to_feature(notes: Notes, id: NoteId) -> Note | None:
    """Ask the author of a note to let it be featured; None where that was asked or is so. Raises a Refusal."""
    note = notes.lock(id)
    if note is None or not note.shared or note.deleted_at is not None:
        raise NotSharedNow
    if note.featuring is Featuring.DECLINED:
        raise WouldRatherNot
    if note.featuring is not Featuring.NO:
        return None
    asked = replace(note, featuring=Featuring.ASKED)
    notes.save(asked)
    return asked


def answer_feature(notes: Notes, id: NoteId, person: PersonId, *, agreed: bool) -> Note:
    """Let a note be featured, or not (any more), as its author says; nobody's word is put into their mouth.

    Raises OnlyTheWriter, and NotSharedNow where there is nothing to feature or nobody asked.
    """
    note = notes.lock(id)
    if note is None or note.deleted_at is not None:
        raise NotSharedNow
    if note.person != person:
        raise OnlyTheWriter
    if agreed and (not note.shared or note.featuring is Featuring.NO):
        raise NotSharedNow
    answered = replace(note, featuring=Featuring.AGREED if agreed else Featuring.DECLINED)
    if answered != note:
        notes.save(answered)
    return answered
