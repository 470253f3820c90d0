"""Whose every row is: which columns lead from a table to a person, and what an erasure does with its rows.

Export and erasure both walk this list, so what stands in it is exported and erased, and a test fails for a table with
a personal column, or a column that points at a person, that does not stand in it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import TypeAlias

from sqlalchemy import ColumnElement, Table, Text, and_, or_, select
from sqlmodel import SQLModel

from bot.chat import About
from bot.ids import PersonId
from bot.study.limits import subject_of, subject_of_account
from storage import tables
from storage.rows import table_of


@dataclass(frozen=True, slots=True)
class Owner:
    """Somebody as the rows know them: ids, accounts as text, and the items of theirs that posts can be about.

    The ids are several where accounts were linked, each of which was somebody by itself before.
    """

    ids: tuple[PersonId, ...]
    accounts: tuple[str, ...] = ()
    items: tuple[About, ...] = ()

    @property
    def directly(self) -> list[str]:
        """The names of their direct conversations."""
        return [f"@{account}" for account in self.accounts]


class Fate(Enum):
    """What an erasure does with the rows of a table that are somebody's."""

    GOES = auto()
    """The rows are deleted."""
    IS_EMPTIED = auto()
    """The rows stay, as other people's rows lean on them; their personal columns are emptied."""
    STAYS = auto()
    """The rows hold ids and dates alone, which say nothing once the person's own row is empty."""


Whose: TypeAlias = Callable[[Owner], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Belongs:
    """Rows of a table that are somebody's, and what becomes of them."""

    table: Table
    whose: Whose
    fate: Fate


def _by(model: type[SQLModel], *columns: str) -> Whose:
    """Return the condition that one of these columns holds an id of the person's."""
    table = table_of(model)
    return lambda owner: or_(*(table.c[name].in_(owner.ids) for name in columns))


def _through(model: type[SQLModel], column: str, parent: type[SQLModel]) -> Whose:
    """Return the condition that a column leads to a row of the person's."""
    table, above = table_of(model), table_of(parent)
    return lambda owner: table.c[column].in_(select(above.c.id).where(above.c.person.in_(owner.ids)))


_TRANSITION = table_of(tables.Transition)
_POST = table_of(tables.Post)
_MESSAGE = table_of(tables.Message)
_LIKEABLE = table_of(tables.Likeable)
_USAGE = table_of(tables.Usage)
_TAKEN = table_of(tables.Taken)
_CODE = table_of(tables.Code)
_PUBLICATION = table_of(tables.Publication)


def _posts(owner: Owner) -> ColumnElement[bool]:
    return or_(_POST.c.owner.in_(owner.ids), _POST.c.place.in_(owner.directly), _POST.c.about.in_(owner.items))


def _transitions(owner: Owner) -> ColumnElement[bool]:
    return or_(_through(tables.Transition, "member", tables.Member)(owner), _TRANSITION.c.actor.in_(owner.ids))


def _likeables(owner: Owner) -> ColumnElement[bool]:
    return _LIKEABLE.c.ref.in_(select(_MESSAGE.c.ref).where(_MESSAGE.c.owner.in_(owner.ids)))


def _usage(owner: Owner) -> ColumnElement[bool]:
    return _USAGE.c.subject.in_([*map(subject_of, owner.ids), *map(subject_of_account, owner.accounts)])


def _codes(owner: Owner) -> ColumnElement[bool]:
    return or_(_CODE.c.account.cast(Text).in_(owner.accounts), _CODE.c.taken_by.cast(Text).in_(owner.accounts))


def _publications(owner: Owner) -> ColumnElement[bool]:
    # The page of a group stays the group's, whoever published it.
    return and_(_PUBLICATION.c.person.in_(owner.ids), _PUBLICATION.c.group.is_(None))


def _belongs(model: type[SQLModel], whose: Whose, fate: Fate) -> Belongs:
    return Belongs(table_of(model), whose, fate)


# In the order in which rows can go: what points at others comes before them.
BELONGING: tuple[Belongs, ...] = (
    _belongs(tables.Draft, _by(tables.Draft, "person"), Fate.GOES),
    _belongs(tables.Code, _codes, Fate.GOES),
    _belongs(tables.Moved, _by(tables.Moved, "own"), Fate.GOES),
    _belongs(tables.SetAside, _by(tables.SetAside, "own"), Fate.GOES),
    _belongs(tables.Publication, _publications, Fate.GOES),
    _belongs(tables.Story, _by(tables.Story, "person"), Fate.GOES),
    _belongs(tables.Showing, _by(tables.Showing, "person"), Fate.GOES),
    _belongs(tables.SubmissionVersion, _through(tables.SubmissionVersion, "submission", tables.Submission), Fate.GOES),
    _belongs(tables.Submission, _by(tables.Submission, "person"), Fate.GOES),
    _belongs(tables.Note, _by(tables.Note, "person"), Fate.GOES),
    _belongs(tables.Review, _by(tables.Review, "person"), Fate.GOES),
    _belongs(tables.Assignment, _by(tables.Assignment, "person"), Fate.GOES),
    _belongs(tables.Record, _by(tables.Record, "person"), Fate.GOES),
    # Their numbers stay, so that whoever kept a badge's file reads that it was revoked.
    _belongs(tables.Badge, _by(tables.Badge, "person"), Fate.IS_EMPTIED),
    _belongs(tables.Reaction, _by(tables.Reaction, "person"), Fate.GOES),
    _belongs(tables.Likeable, _likeables, Fate.GOES),
    _belongs(tables.Message, _by(tables.Message, "owner"), Fate.GOES),
    _belongs(tables.Usage, _usage, Fate.GOES),
    _belongs(tables.Taken, lambda owner: _TAKEN.c.space.in_(owner.directly), Fate.GOES),
    _belongs(tables.Post, _posts, Fate.IS_EMPTIED),
    _belongs(tables.Transition, _transitions, Fate.IS_EMPTIED),
    _belongs(tables.Answer, _by(tables.Answer, "person"), Fate.IS_EMPTIED),
    _belongs(tables.Question, _by(tables.Question, "person"), Fate.IS_EMPTIED),
    _belongs(tables.Member, _by(tables.Member, "person"), Fate.IS_EMPTIED),
    _belongs(tables.Act, _by(tables.Act, "actor", "owner"), Fate.STAYS),
    _belongs(tables.Likes, _by(tables.Likes, "person", "owner"), Fate.STAYS),
    _belongs(tables.AuditEntry, _by(tables.AuditEntry, "actor"), Fate.STAYS),
    _belongs(tables.Account, _by(tables.Account, "person"), Fate.GOES),
    _belongs(tables.Person, _by(tables.Person, "id"), Fate.IS_EMPTIED),
)
"""Whose everything is."""

ITEMS: tuple[type[SQLModel], ...] = (
    tables.Member,
    tables.Submission,
    tables.Note,
    tables.Question,
    tables.Answer,
    tables.Record,
    tables.Review,
)
"""Tables whose rows messages can be about, under the table's name as kind."""
