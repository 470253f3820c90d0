"""All ports over one connection, inside the transaction that the store has begun on it."""

from __future__ import annotations

from sqlalchemy import Connection

from bot.outbox import Outbox
from bot.study.acts import Journal
from bot.study.agenda import Agenda
from bot.study.drafts import Drafts
from bot.study.groups import Groups
from bot.study.likes import Likes
from bot.study.members import Members
from bot.study.notes import Notes
from bot.study.people import People
from bot.study.questions import Questions
from bot.study.records import Records
from bot.study.spaces import Spaces
from bot.study.submissions import Submissions
from bot.study.weeks import Weeks
from storage.agenda import SqlAgenda
from storage.drafts import SqlDrafts
from storage.groups import SqlGroups
from storage.journal import SqlJournal
from storage.likes import SqlLikes
from storage.members import SqlMembers
from storage.notes import SqlNotes
from storage.outbox import SqlOutbox
from storage.people import SqlPeople
from storage.questions import SqlQuestions
from storage.records import SqlRecords
from storage.spaces import SqlSpaces
from storage.submissions import SqlSubmissions
from storage.weeks import SqlWeeks


class SqlUnitOfWork:
    """Everything that one transaction can read and write; made anew for each, so it holds no more than the ports."""

    __slots__ = (
        "agenda",
        "drafts",
        "groups",
        "instance",
        "journal",
        "likes",
        "members",
        "notes",
        "outbox",
        "people",
        "questions",
        "records",
        "spaces",
        "submissions",
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
        self.outbox: Outbox = SqlOutbox(db)
