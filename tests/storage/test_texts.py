"""Where a group's texts are: each column that holds what somebody wrote is emptied, or is no text of a group (P13)."""

from __future__ import annotations

from sqlalchemy import Column, Text

from storage.columns import Document, Kept
from storage.tables import Table
from storage.texts import TEXTS

TABLES = Table.metadata.tables
NO_TEXT_OF_A_GROUP = {
    "account": "who somebody is, in all groups",
    "badge": "the name on a badge, which is theirs to keep",
    "code": "accounts, for minutes",
    "keepsake": "the platform on this machine, which is a platform",
    "likeable": "where a message stands",
    "message": "where a message stands",
    "person": "who somebody is, in all groups",
    "publication": "where somebody's portfolio is on the web",
    "reaction": "which emoji; they are forgotten with the message",
    "roster_entry": "accounts, as long as they have a role on a platform",
    "taken": "in which place something was taken in",
    "usage": "counts, for a day",
}
BESIDE = {
    "answer.message": "where a message stands",
    "post.message": "where a message stands",
    "post.once": "by what a message is unique",
    "post.place": "where a message stands",
    "post.to": "where a message stands; what titles say is given to a new title",
    "post.card": "emptied by a statement of its own",
}


def holds_words(column: Column[object]) -> bool:
    return column.info["personal"] and isinstance(column.type, Text | Kept | Document)


def test_each_column_with_what_somebody_wrote_is_emptied_or_is_no_text_of_a_group() -> None:
    whole = {one.table.name for one in TEXTS if not one.becomes}
    emptied = {f"{one.table.name}.{name}" for one in TEXTS for name in one.becomes}
    words = {
        f"{name}.{column.name}"
        for name, table in TABLES.items()
        if name not in whole | set(NO_TEXT_OF_A_GROUP)
        for column in table.c
        if holds_words(column)
    }
    assert words - emptied - set(BESIDE) == set()
    assert not set(BESIDE) - words, "such columns are gone"


def test_what_leads_to_something_goes_before_it() -> None:
    order = [one.table.name for one in TEXTS]
    assert order.index("submission_version") < order.index("submission")
    assert order.index("story") < min(order.index(name) for name in ("submission", "note", "question", "answer"))
