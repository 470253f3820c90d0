"""All ports over one connection, inside the transaction that the store has begun on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

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
from bot.study.linking import Links
from bot.study.members import Members
from bot.study.my_data import MyData
from bot.study.notes import Notes
from bot.study.occurrences import Occurrences
from bot.study.people import People
from bot.study.publishing import Publications
from bot.study.questions import Questions
from bot.study.readings import Readings
from bot.study.records import Records
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
from storage.spaces import SqlSpaces
from storage.stories import SqlStories
from storage.submissions import SqlSubmissions
from storage.swaps import SqlSwaps
from storage.usage import SqlUsage
from storage.weeks import SqlWeeks
from storage.zones import SqlZones

T = TypeVar("T")

CROSSED = ("40001", "40P01")
"""What PostgreSQL says where two transactions crossed each other."""


class SqlUnitOfWork:
    """Everything that one transaction can read and write; made anew for each, so it holds no more than the ports."""

    __slots__ = (
        "_db",
        "agenda",
        "audit",
        "badges",
        "breaks",
        "codes",
        "credit",
        "drafts",
        "groups",
        "inbox",
        "instance",
        "journal",
        "keepsakes",
        "leases",
        "likes",
        "links",
        "members",
        "memos",
        "my_data",
        "notes",
        "occurrences",
        "outbox",
        "people",
        "publications",
        "questions",
        "readings",
        "records",
        "reviews",
        "rosters",
        "spaces",
        "stories",
        "submissions",
        "swaps",
        "usage",
        "weeks",
        "zones",
    )

    def __init__(self, db: Connection, instance: str, restored: Restored | None = None) -> None:
        self._db = db
        self.instance = instance
        nobody_yet(db)
        self.people: People = SqlPeople(db)
        self.publications: Publications = SqlPublications(db)
        self.groups: Groups = SqlGroups(db)
        self.members: Members = SqlMembers(db)
        self.weeks: Weeks = SqlWeeks(db)
        self.submissions: Submissions = SqlSubmissions(db)
        self.swaps: Swaps = SqlSwaps(db)
        self.notes: Notes = SqlNotes(db)
        self.questions: Questions = SqlQuestions(db)
        self.likes: Likes = SqlLikes(db)
        self.journal: Journal = SqlJournal(db)
        self.readings: Readings = SqlReadings(db)
        self.records: Records = SqlRecords(db)
        self.reviews: Reviews = SqlReviews(db)
        self.rosters: Rosters = SqlRosters(db)
        self.spaces: Spaces = SqlSpaces(db)
        self.drafts: Drafts = SqlDrafts(db)
        self.codes: Codes = SqlCodes(db)
        self.links: Links = SqlLinks(db)
        self.agenda: Agenda = SqlAgenda(db)
        self.breaks: Breaks = SqlBreaks(db)
        self.zones: Zones = SqlZones(db)
        self.occurrences: Occurrences = SqlOccurrences(db)
        self.usage: Usage = SqlUsage(db)
        self.audit: Audit = SqlAudit(db)
        self.outbox: Outbox = SqlOutbox(db) if restored is None else OutboxAfterRestore(db, restored)
        self.inbox: Inbox = SqlInbox(db)
        self.leases: Leases = SqlLeases(db)
        self.memos: Memos = SqlMemos(db)
        self.my_data: MyData = SqlMyData(db)
        self.badges: Badges = SqlBadges(db)
        self.stories: Stories = SqlStories(db)
        self.credit: Credit = SqlCredit(db)
        self.keepsakes: Keepsakes = SqlKeepsakes(db)

    def attempt(self, part: Callable[[], T]) -> T:
        """Run a part of the work; what it raises undoes that part alone. CannotSave is raised where all is to go."""
        try:
            with self._db.begin_nested():
                return part()
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) in CROSSED:  # that part is not at fault, and another time is fine
                raise CannotSave("nothing was saved: others kept locking the same") from error
            raise
