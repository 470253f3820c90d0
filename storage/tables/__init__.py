"""The tables; seen by the storage alone.

Each is named and shaped like one dataclass of the core: the same names, in columns. Indexes stand where a port's
query needs them, and nowhere else.
"""

from __future__ import annotations

from storage.tables.acts import Act, Likes, Reaction
from storage.tables.ahead import Agenda, Break, Draft, ZoneData
from storage.tables.badges import Badge
from storage.tables.base import Table
from storage.tables.course import Activity, SyllabusVersion, Week
from storage.tables.delivery import Message, Post
from storage.tables.groups import Home, Member, StudyGroup, Transition
from storage.tables.linking import Code, Moved, SetAside
from storage.tables.memos import Keepsake, Memo
from storage.tables.people import Account, Instance, Person, Space
from storage.tables.public import Publication, Showing
from storage.tables.questions import Answer, Question
from storage.tables.readings import Likeable, Reading
from storage.tables.reviews import Assignment, Review, Swap
from storage.tables.rosters import RosterEntry
from storage.tables.stories import Story
from storage.tables.together import AuditChain, AuditEntry, Lease, Occurrence, Taken, Usage
from storage.tables.work import Note, Record, Submission, SubmissionVersion

__all__ = [
    "Account",
    "Act",
    "Activity",
    "Agenda",
    "Answer",
    "Assignment",
    "AuditChain",
    "AuditEntry",
    "Badge",
    "Break",
    "Code",
    "Draft",
    "Home",
    "Instance",
    "Keepsake",
    "Lease",
    "Likeable",
    "Likes",
    "Member",
    "Memo",
    "Message",
    "Moved",
    "Note",
    "Occurrence",
    "Person",
    "Post",
    "Publication",
    "Question",
    "Reaction",
    "Reading",
    "Record",
    "Review",
    "RosterEntry",
    "SetAside",
    "Showing",
    "Space",
    "Story",
    "StudyGroup",
    "Submission",
    "SubmissionVersion",
    "Swap",
    "SyllabusVersion",
    "Table",
    "Taken",
    "Transition",
    "Usage",
    "Week",
    "ZoneData",
]
