"""Weeks, activities and versions of the syllabus, in the database."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, or_, update

from bot.ids import ActivityId, GroupId, WeekId
from bot.study.weeks import Activity, SyllabusVersion, Week
from storage import tables
from storage.rows import Rows, done

WEEKS = Rows(Week, tables.Week, own_way=["revision"])
ACTIVITIES = Rows(Activity, tables.Activity)
VERSIONS = Rows(SyllabusVersion, tables.SyllabusVersion)

_OF_GROUP = WEEKS.select.where(WEEKS.c.group == bindparam("group")).order_by(WEEKS.c.ordinal)
# What calendars show of a week; a change makes a new revision, before the change itself is kept.
_REVISED = (
    update(WEEKS.table)
    .where(
        WEEKS.c.id == bindparam("this"),
        or_(*(WEEKS.c[name] != bindparam(f"new_{name}") for name in ("ordinal", "title", "opens_at", "state"))),
    )
    .values(revision=WEEKS.c.revision + 1)
)
_AT = WEEKS.select.where(WEEKS.c.group == bindparam("group"), WEEKS.c.ordinal == bindparam("ordinal"))
_ACTIVITIES = (
    ACTIVITIES.select.join(WEEKS.table, WEEKS.c.id == ACTIVITIES.c.week)
    .where(ACTIVITIES.c.group == bindparam("group"))
    .order_by(WEEKS.c.ordinal, ACTIVITIES.c.ordinal, ACTIVITIES.c.id)
)
_VERSIONS = VERSIONS.select.where(VERSIONS.c.group == bindparam("group")).order_by(VERSIONS.c.number)


class SqlWeeks:
    """Where weeks are kept."""

    __slots__ = ("_db",)

    def __init__(self, db: Connection) -> None:
        self._db = db

    def get(self, id: WeekId) -> Week | None:
        """Return a week."""
        return WEEKS.get(self._db, id)

    def of_group(self, group: GroupId) -> list[Week]:
        """Return a group's weeks in order."""
        return WEEKS.all(self._db, _OF_GROUP, group=group)

    def at(self, group: GroupId, ordinal: int) -> Week | None:
        """Return a group's week by number."""
        return WEEKS.one(self._db, _AT, group=group, ordinal=ordinal)

    def add(self, week: Week) -> None:
        """Keep a new week."""
        WEEKS.add(self._db, week)

    def save(self, week: Week) -> None:
        """Keep a changed week, as a new revision where calendars show it otherwise from now on."""
        shown = {"ordinal": week.ordinal, "title": week.title, "opens_at": week.opens_at, "state": week.state}
        done(self._db, _REVISED, this=week.id, **{f"new_{name}": value for name, value in shown.items()})
        WEEKS.save(self._db, week)

    def activity(self, id: ActivityId) -> Activity | None:
        """Return an activity."""
        return ACTIVITIES.get(self._db, id)

    def activities(self, group: GroupId) -> list[Activity]:
        """Return a group's activities in the order of weeks, retired ones too."""
        return ACTIVITIES.all(self._db, _ACTIVITIES, group=group)

    def add_activity(self, activity: Activity) -> None:
        """Keep a new activity."""
        ACTIVITIES.add(self._db, activity)

    def save_activity(self, activity: Activity) -> None:
        """Keep a changed activity."""
        ACTIVITIES.save(self._db, activity)

    def add_version(self, version: SyllabusVersion) -> None:
        """Keep a version of the syllabus."""
        VERSIONS.add(self._db, version)

    def versions(self, group: GroupId) -> list[SyllabusVersion]:
        """Return the versions of a group's syllabus, oldest first."""
        return VERSIONS.all(self._db, _VERSIONS, group=group)
