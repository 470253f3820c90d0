"""What people say of what they made, in the database."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, delete, select

from bot.ids import PersonId
from bot.study.stories import Story
from storage import tables
from storage.rows import Rows

STORIES = Rows(Story, tables.Story)

_OF_PERSON = select(STORIES.c.item_kind, STORIES.c.item, STORIES.c.text).where(STORIES.c.person == bindparam("person"))
_FORGET = delete(STORIES.table).where(
    STORIES.c.person == bindparam("person"),
    STORIES.c.item_kind == bindparam("kind"),
    STORIES.c.item == bindparam("item"),
)


class SqlStories:
    """Where people's own lines are kept."""

    __slots__ = ("_db",)

    def __init__(self, db: Connection) -> None:
        self._db = db

    def of_person(self, person: PersonId) -> dict[tuple[str, int], str]:
        """Return what somebody says, by the kind and id of the thing."""
        found = self._db.execute(_OF_PERSON, {"person": person})
        return {(row.item_kind, row.item): row.text for row in found}

    def tell(self, story: Story) -> None:
        """Keep a line instead of whatever was said of that thing before; an empty one is forgotten."""
        self._db.execute(_FORGET, {"person": story.person, "kind": story.item_kind, "item": story.item})
        if story.text:
            STORIES.add(self._db, story)
