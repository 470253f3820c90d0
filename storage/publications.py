"""Publications, in the database."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, Executable, bindparam, select

from bot.ids import GroupId, PersonId
from bot.study.publishing import Item, Kind, Publication, Showing
from storage import tables
from storage.rows import Insert, Rows, upsert

PUBLICATIONS = Rows(Publication, tables.Publication)
SHOWINGS = Rows(Showing, tables.Showing)

_P, _S = PUBLICATIONS.c, SHOWINGS.c
_AT = PUBLICATIONS.select.where(_P.slug == bindparam("slug"))
_PORTFOLIO = (_P.person == bindparam("person"), _P.group.is_(None))
_NEWEST = (_P.at.desc(), _P.id.desc())
_OF_PERSON = PUBLICATIONS.select.where(*_PORTFOLIO, _P.preview_until.is_(None)).order_by(*_NEWEST).limit(1)
_PREVIEW_OF = PUBLICATIONS.select.where(*_PORTFOLIO, _P.preview_until.is_not(None))
_OF_GROUP = PUBLICATIONS.select.where(_P.group == bindparam("group"))
_OPEN = PUBLICATIONS.select.where(_P.withdrawn_at.is_(None), _P.preview_until.is_(None)).order_by(*_NEWEST)
_GROUPS = _OPEN.where(_P.group.is_not(None)).limit(bindparam("limit"))
_PORTFOLIOS = _OPEN.where(_P.group.is_(None)).limit(bindparam("limit"))
_PORTFOLIOS_OF = _OPEN.where(_P.group.is_(None), _P.person.in_(bindparam("people", expanding=True)))
_OF = _S.person == bindparam("person")
_CHOICES = select(_S.item_kind, _S.item, _S.shown).where(_OF, _S.shown.is_not(None))
_FIRST = select(_S.item_kind, _S.item, _S.place).where(_OF, _S.place.is_not(None))
_NAMED = select(_S.person).where(_S.item_kind == Kind.NAME, _S.item == bindparam("group"), _S.shown)


def _choose(into: Insert) -> Executable:
    """Return the statement that keeps a decision or changes the one that stands."""
    statement: Executable = into.inline().on_conflict_do_update(
        index_elements=["person", "item_kind", "item"], set_={"shown": into.excluded["shown"]}
    )
    return statement


def _put(into: Insert) -> Executable:
    """Return the statement that keeps a place or changes the one that stands."""
    statement: Executable = into.inline().on_conflict_do_update(
        index_elements=["person", "item_kind", "item"], set_={"place": into.excluded["place"]}
    )
    return statement


_CHOOSE = upsert(SHOWINGS.table, _choose)
_PUT = upsert(SHOWINGS.table, _put)


class SqlPublications:
    """Where publications, and what people decided to show, are kept."""

    __slots__ = ("_db",)

    def __init__(self, db: Connection) -> None:
        self._db = db

    def at(self, slug: str) -> Publication | None:
        """Return what is or was published under an address."""
        return PUBLICATIONS.one(self._db, _AT, slug=slug)

    def of_person(self, person: PersonId) -> Publication | None:
        """Return the newest publication of somebody's portfolio, also if withdrawn; previews are left out."""
        return PUBLICATIONS.one(self._db, _OF_PERSON, person=person)

    def preview_of(self, person: PersonId) -> Publication | None:
        """Return the preview of somebody's portfolio."""
        return PUBLICATIONS.one(self._db, _PREVIEW_OF, person=person)

    def of_group(self, group: GroupId) -> Publication | None:
        """Return the publication of a group's page, also if withdrawn."""
        return PUBLICATIONS.one(self._db, _OF_GROUP, group=group)

    def add(self, publication: Publication) -> None:
        """Keep a new publication."""
        PUBLICATIONS.add(self._db, publication)

    def save(self, publication: Publication) -> None:
        """Keep a changed publication."""
        PUBLICATIONS.save(self._db, publication)

    def groups(self, limit: int = 1000) -> list[Publication]:
        """Return the groups' pages that are public now, the newest first."""
        return PUBLICATIONS.all(self._db, _GROUPS, limit=limit)

    def portfolios(self, limit: int = 100_000) -> list[Publication]:
        """Return the portfolios that are public now, the newest first."""
        return PUBLICATIONS.all(self._db, _PORTFOLIOS, limit=limit)

    def portfolios_of(self, people: Iterable[PersonId]) -> dict[PersonId, Publication]:
        """Return the portfolios of these people that are public now."""
        wanted = list(set(people))
        found = PUBLICATIONS.all(self._db, _PORTFOLIOS_OF, people=wanted) if wanted else []
        return {one.person: one for one in found}

    def choices(self, person: PersonId) -> dict[Item, bool]:
        """Return what somebody decided to show and to hide."""
        return {(kind, item): shown for kind, item, shown in self._db.execute(_CHOICES, {"person": person})}

    def named(self, group: GroupId) -> set[PersonId]:
        """Return who wants to be named on the page of a group."""
        return set(self._db.execute(_NAMED, {"group": group}).scalars())

    def choose(self, showing: Showing) -> None:
        """Keep whether something is shown, instead of what was decided about that before."""
        self._db.execute(_CHOOSE[self._db.dialect.name], SHOWINGS.values(showing))

    def first(self, person: PersonId) -> dict[Item, int]:
        """Return what somebody puts first, each with its place; the highest comes first."""
        return {(kind, item): place for kind, item, place in self._db.execute(_FIRST, {"person": person})}

    def put(self, showing: Showing) -> None:
        """Keep the place of something, instead of the one that it had before."""
        self._db.execute(_PUT[self._db.dialect.name], SHOWINGS.values(showing))
