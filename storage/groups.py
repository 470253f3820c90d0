"""Groups and the channels they live in, in the database."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Connection, bindparam, case, delete, literal_column, or_, select

from bot.chat import ChannelRef, SpaceRef
from bot.ids import GroupId
from bot.study.groups import Group, GroupState, Home
from storage import tables
from storage.rows import Rows, found

GROUPS = Rows(Group, tables.StudyGroup)
HOMES = Rows(Home, tables.Home)

_OVER = (GroupState.ENDED, GroupState.ARCHIVED, GroupState.CANCELLED)

_DROP_HOME = delete(HOMES.table).where(HOMES.c.id == bindparam("this"))
_HOMES = HOMES.select.where(HOMES.c.group == bindparam("group")).order_by(HOMES.c.id)
_ENDED: list[ColumnElement[str]] = [literal_column(f"'{state}'") for state in _OVER]
_IN_CHANNEL = (
    GROUPS.select.join(HOMES.table)
    .where(or_(HOMES.c.channel == bindparam("channel"), HOMES.c.questions == bindparam("channel")))
    .order_by(case((GROUPS.c.state.in_(_ENDED), 1), else_=0), GROUPS.c.id.desc())
    .limit(1)
)
_IN_SPACE = (
    GROUPS.select.where(
        GROUPS.c.id.in_(select(HOMES.c.group).where(HOMES.c.space == bindparam("space"))),
        GROUPS.c.state.in_(bindparam("states", expanding=True)),
    )
    .order_by(GROUPS.c.starts, GROUPS.c.id)
    .offset(bindparam("offset"))
    .limit(bindparam("limit"))
)
_IDS = select(GROUPS.c.id).where(GROUPS.c.id > bindparam("after")).order_by(GROUPS.c.id).limit(bindparam("limit"))
_NAMED = GROUPS.select.where(GROUPS.c.slug == bindparam("slug"))
_SLUG = select(GROUPS.c.id).where(GROUPS.c.slug == bindparam("slug"))


class SqlGroups:
    """Where groups are kept."""

    __slots__ = ("_db",)

    def __init__(self, db: Connection) -> None:
        self._db = db

    def get(self, id: GroupId) -> Group | None:
        """Return a group."""
        return GROUPS.get(self._db, id)

    def lock(self, id: GroupId) -> Group | None:
        """Return a group and let no other unit of work decide about it until this one ends."""
        return GROUPS.lock(self._db, id)

    def many(self, ids: Iterable[GroupId]) -> dict[GroupId, Group]:
        """Return groups by id; unknown ones are left out."""
        return {group.id: group for group in GROUPS.many(self._db, ids)}

    def add(self, group: Group) -> None:
        """Keep a new group."""
        GROUPS.add(self._db, group)

    def save(self, group: Group) -> None:
        """Keep a changed group."""
        GROUPS.save(self._db, group)

    def add_home(self, home: Home) -> None:
        """Let a group live in a channel."""
        HOMES.add(self._db, home, space=home.channel.where)

    def save_home(self, home: Home) -> None:
        """Keep a changed home."""
        HOMES.save(self._db, home)

    def drop_home(self, id: int) -> None:
        """Let a group live in a channel no more."""
        self._db.execute(_DROP_HOME, {"this": id})

    def homes(self, group: GroupId) -> list[Home]:
        """Return the channels of a group, the first one first."""
        return HOMES.all(self._db, _HOMES, group=group)

    def in_channel(self, channel: ChannelRef) -> Group | None:
        """Return the group that lives or asks in a channel; of several, the one that is not over, then the newest."""
        return GROUPS.one(self._db, _IN_CHANNEL, channel=channel)

    def in_space(self, space: SpaceRef, states: Iterable[GroupState], offset: int, limit: int) -> list[Group]:
        """Return a space's groups in some states, by start."""
        return GROUPS.all(self._db, _IN_SPACE, space=space, states=list(states), offset=offset, limit=limit)

    def ids(self, after: int, limit: int) -> list[GroupId]:
        """Return the ids of groups that follow one, in their order."""
        return list(self._db.execute(_IDS, {"after": after, "limit": limit}).scalars())

    def named(self, slug: str) -> Group | None:
        """Return the group with a short name."""
        return GROUPS.one(self._db, _NAMED, slug=slug)

    def slug_taken(self, slug: str) -> bool:
        """Return whether a group has that short name."""
        return bool(found(self._db, _SLUG, slug=slug))
