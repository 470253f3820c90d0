"""All ports over one connection, inside the transaction that the store has begun on it."""

from __future__ import annotations

from sqlalchemy import Connection

from bot.inbox import Inbox
from bot.leases import Leases
from bot.outbox import Outbox
from bot.study.acts import Journal
from bot.study.agenda import Agenda
from bot.study.audit import Audit
from bot.study.drafts import Drafts
from bot.study.groups import Groups
from bot.study.likes import Likes
from bot.study.members import Members
from bot.study.notes import Notes
from bot.study.occurrences import Occurrences
from bot.study.people import People
from bot.study.questions import Questions
from bot.study.records import Records
from bot.study.spaces import Spaces
from bot.study.submissions import Submissions
from bot.study.usage import Usage
from bot.study.weeks import Weeks
from storage.agenda import SqlAgenda
from storage.audit import SqlAudit
from storage.drafts import SqlDrafts
from storage.groups import SqlGroups
from storage.inbox import SqlInbox
from storage.journal import SqlJournal
from storage.leases import SqlLeases
from storage.likes import SqlLikes
from storage.members import SqlMembers
from storage.notes import SqlNotes
from storage.occurrences import SqlOccurrences
from storage.outbox import SqlOutbox
from storage.people import SqlPeople
from storage.questions import SqlQuestions
from storage.records import SqlRecords
from storage.spaces import SqlSpaces
from storage.submissions import SqlSubmissions
from storage.usage import SqlUsage
from storage.weeks import SqlWeeks


class SqlUnitOfWork:
    """Everything that one transaction can read and write; made anew for each, so it holds no more than the ports."""

    __slots__ = (
        "agenda",
        "audit",
        "drafts",
        "groups",
        "inbox",
        "instance",
        "journal",
        "leases",
        "likes",
        "members",
        "notes",
        "occurrences",
        "outbox",
        "people",
        "questions",
        "records",
        "spaces",
        "submissions",
        "usage",
        "weeks",
    )

    def __init__(self, db: Connection, instance: str) -> None:
        self.instance = instance
        self.people: People = SqlPeople(db)
        self.groups: Groups = SqlGroups(db)
        self.members: Members = SqlMembers(db)
        self.weeks: Weeks = SqlWeeks(db)
        self.submissions: Submissions = SqlSubmissions(db)
        self.notes: Notes = SqlNotes(db)
        self.questions: Questions = SqlQuestions(db)
        self.likes: Likes = SqlLikes(db)
        self.journal: Journal = SqlJournal(db)
        self.records: Records = SqlRecords(db)
        self.spaces: Spaces = SqlSpaces(db)
        self.drafts: Drafts = SqlDrafts(db)
        self.agenda: Agenda = SqlAgenda(db)
        self.occurrences: Occurrences = SqlOccurrences(db)
        self.usage: Usage = SqlUsage(db)
        self.audit: Audit = SqlAudit(db)
        self.outbox: Outbox = SqlOutbox(db)
        self.inbox: Inbox = SqlInbox(db)
        self.leases: Leases = SqlLeases(db)
