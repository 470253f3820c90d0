"""Badges, in the database."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, func, select

from bot.ids import GroupId, PersonId
from bot.study.badges import Badge
from storage import tables
from storage.rows import Rows

BADGES = Rows(Badge, tables.Badge)

_OF_PERSON = BADGES.select.where(BADGES.c.person == bindparam("person"), BADGES.c.revoked_at.is_(None)).order_by(
    BADGES.c.id.desc()
)
_OF = _OF_PERSON.where(BADGES.c.group == bindparam("group"))
_NEWEST = (
    BADGES.select.where(BADGES.c.person == bindparam("person"), BADGES.c.group == bindparam("group"))
    .order_by(BADGES.c.id.desc())
    .limit(1)
)
_COUNT = select(func.count()).select_from(BADGES.table)
_REVOKED = (
    select(BADGES.c.number)
    .where(BADGES.c.revoked_at.is_not(None), BADGES.c.number >= bindparam("first"), BADGES.c.number < bindparam("last"))
    .order_by(BADGES.c.number)
)


class SqlBadges:
    """Where badges are kept."""

    __slots__ = ("_db",)

    def __init__(self, db: Connection) -> None:
        self._db = db

    def get(self, id: int) -> Badge | None:
        """Return a badge."""
        return BADGES.get(self._db, id)

    def of(self, group: GroupId, person: PersonId) -> Badge | None:
        """Return somebody's newest badge of a group that was not revoked."""
        return BADGES.one(self._db, _OF, group=group, person=person)

    def newest(self, group: GroupId, person: PersonId) -> Badge | None:
        """Return somebody's newest badge of a group, also where it was revoked."""
        return BADGES.one(self._db, _NEWEST, group=group, person=person)

    def of_person(self, person: PersonId) -> list[Badge]:
        """Return somebody's badges that were not revoked, the newest first."""
        return BADGES.all(self._db, _OF_PERSON, person=person)

    def count(self) -> int:
        """Return how many badges were ever given."""
        count: int = self._db.execute(_COUNT).scalar_one()
        return count

    def add(self, badge: Badge) -> bool:
        """Keep a badge; return False where its number is another's."""
        return BADGES.add_new(self._db, badge)

    def save(self, badge: Badge) -> None:
        """Keep a changed badge."""
        BADGES.save(self._db, badge)

    def revoked(self, first: int, last: int) -> list[int]:
        """Return the numbers of revoked badges from one number up to before another."""
        return list(self._db.execute(_REVOKED, {"first": first, "last": last}).scalars())
