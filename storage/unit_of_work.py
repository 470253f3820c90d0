"""All ports over one connection, inside the transaction that the store has begun on it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar, cast

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from bot.errors import CannotSave
from bot.inbox import Inbox
from bot.leases import Leases
from bot.memos import Keepsakes, Memos
from bot.outbox import Outbox
from bot.study.acts import Journal
from bot.study.agenda import Agenda
from bot.study.audit import Audit
from bot.study.badges import Badges
from bot.study.breaks import Breaks
from bot.study.codes import Codes
from bot.study.credit import Credit
from bot.study.drafts import Drafts
from bot.study.groups import Groups
from bot.study.likes import Likes
from bot.study.linked import Links
from bot.study.members import Members
from bot.study.my_data import MyData
from bot.study.notes import Notes
from bot.study.occurrences import Occurrences
from bot.study.people import People
from bot.study.publishing import Publications
from bot.study.questions import Questions
from bot.study.readings import Readings
from bot.study.records import Records
from bot.study.retention import Texts
from bot.study.reviews import Reviews
from bot.study.rosters import Rosters
from bot.study.spaces import Spaces
from bot.study.stories import Stories
from bot.study.submissions import Submissions
from bot.study.swaps import Swaps
from bot.study.usage import Usage
from bot.study.weeks import Weeks
from bot.study.zones import Zones
from storage.agenda import SqlAgenda
from storage.audit import SqlAudit
from storage.badges import SqlBadges
from storage.breaks import SqlBreaks
from storage.codes import SqlCodes
from storage.credit import SqlCredit
from storage.drafts import SqlDrafts
from storage.failures import reason
from storage.groups import SqlGroups
from storage.inbox import SqlInbox
from storage.journal import SqlJournal
from storage.keepsakes import SqlKeepsakes
from storage.leases import SqlLeases
from storage.likes import SqlLikes
from storage.linking import SqlLinks
from storage.members import SqlMembers
from storage.memos import SqlMemos
from storage.my_data import SqlMyData
from storage.notes import SqlNotes
from storage.occurrences import SqlOccurrences
from storage.outbox import SqlOutbox
from storage.people import SqlPeople
from storage.publications import SqlPublications
from storage.questions import SqlQuestions
from storage.readings import SqlReadings
from storage.records import SqlRecords
from storage.restored import OutboxAfterRestore, Restored
from storage.reviews import SqlReviews
from storage.rosters import SqlRosters
from storage.rows import nobody_yet
from storage.snapshots import lock_what_is_lost
from storage.spaces import SqlSpaces
from storage.stories import SqlStories
from storage.submissions import SqlSubmissions
from storage.swaps import SqlSwaps
from storage.texts import SqlTexts
from storage.usage import SqlUsage
from storage.weeks import SqlWeeks
from storage.zones import SqlZones

P = TypeVar("P")
T = TypeVar("T")

CROSSED = ("40001", "40P01")
"""What PostgreSQL says where two transactions crossed each other."""


class _Port(Generic[P]):
    """A port that is made when it is first asked for: a unit of work needs a few of them."""

    def __init__(self, make: Callable[[Connection], P]) -> None:
        self._make = make

    def __set_name__(self, _: type, name: str) -> None:
        self._name = name

    def __get__(self, uow: SqlUnitOfWork, _: type) -> P:
        port = self._make(uow._db)
        uow.__dict__[self._name] = port  # where it is found before this
        return port


class SqlUnitOfWork:
    """Everything that one transaction can read and write; made anew for each, so it holds no more than the ports."""

    agenda = _Port[Agenda](SqlAgenda)
    audit = _Port[Audit](SqlAudit)
    badges = _Port[Badges](SqlBadges)
    breaks = _Port[Breaks](SqlBreaks)
    codes = _Port[Codes](SqlCodes)
    credit = _Port[Credit](SqlCredit)
    drafts = _Port[Drafts](SqlDrafts)
    groups = _Port[Groups](SqlGroups)
    inbox = _Port[Inbox](SqlInbox)
    journal = _Port[Journal](SqlJournal)
    keepsakes = _Port[Keepsakes](SqlKeepsakes)
    leases = _Port[Leases](SqlLeases)
    likes = _Port[Likes](SqlLikes)
    links = _Port[Links](SqlLinks)
    members = _Port[Members](SqlMembers)
    memos = _Port[Memos](SqlMemos)
    my_data = _Port[MyData](SqlMyData)
    notes = _Port[Notes](SqlNotes)
    occurrences = _Port[Occurrences](SqlOccurrences)
    outbox = _Port[Outbox](SqlOutbox)
    people = _Port[People](SqlPeople)
    publications = _Port[Publications](SqlPublications)
    questions = _Port[Questions](SqlQuestions)
    readings = _Port[Readings](SqlReadings)
    records = _Port[Records](SqlRecords)
    reviews = _Port[Reviews](SqlReviews)
    rosters = _Port[Rosters](SqlRosters)
    spaces = _Port[Spaces](SqlSpaces)
    stories = _Port[Stories](SqlStories)
    submissions = _Port[Submissions](SqlSubmissions)
    swaps = _Port[Swaps](SqlSwaps)
    texts = _Port[Texts](SqlTexts)
    usage = _Port[Usage](SqlUsage)
    weeks = _Port[Weeks](SqlWeeks)
    zones = _Port[Zones](SqlZones)

    def __init__(self, db: Connection, instance: str, restored: Restored | None = None) -> None:
        self._db = db
        self.instance = instance
        nobody_yet(db)
        if restored is not None:
            self.__dict__["outbox"] = OutboxAfterRestore(db, restored)

    def attempt(self, part: Callable[[], T]) -> T:
        """Run a part of the work; what it raises undoes that part alone. CannotSave is raised where all is to go."""
        try:
            with _savepoint(self._db):
                return part()
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) in CROSSED:  # that part is not at fault, and another time is fine
                raise CannotSave("nothing was saved: others kept locking the same") from error
            raise


@contextmanager
def _savepoint(db: Connection) -> Iterator[None]:
    """Undo what is done inside where it raises; on SQLite by hand, as SQLAlchemy takes as long as for three inserts."""
    if db.dialect.name != "sqlite":
        with db.begin_nested():
            yield
        return
    raw = cast(sqlite3.Connection, db.connection.driver_connection)
    try:
        raw.execute("SAVEPOINT part")
        try:
            yield
        except BaseException:
            if raw.in_transaction:
                raw.execute("ROLLBACK TO part")
                raw.execute("RELEASE part")
            raise
        raw.execute("RELEASE part")
    except Exception as error:
        if raw.in_transaction:
            raise
        lock_what_is_lost(raw)
        raise CannotSave(f"nothing was saved: {reason(error) or 'the database gave up the transaction'}") from error
