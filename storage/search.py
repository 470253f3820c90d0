"""Finding questions by their words: FTS5 on SQLite, tsvector on PostgreSQL.

What people write is cut into words here, so that no text of theirs is read as a query.
"""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Text,
    bindparam,
    column,
    delete,
    func,
    insert,
    literal_column,
    table,
    text,
)

from bot.ids import GroupId
from bot.study.questions import VISIBLE, Question
from storage import tables
from storage.rows import Rows

QUESTIONS = Rows(Question, tables.Question)

MOST_WORDS = 64
"""Words of a text that are looked for; more say nothing new and cost time."""

_WORD = re.compile(r"[^\W_]+")

# A virtual table of SQLite: `scope` is the group, as a word that is looked for with the others.
_index = table("question_words", column("rowid", BigInteger), column("scope", Text), column("words", Text))

_FORGET = delete(_index).where(_index.c.rowid == bindparam("id"))
_LEARN = insert(_index).inline()
_TIDY = text("INSERT INTO question_words(question_words) VALUES ('optimize')")

_VISIBLE = QUESTIONS.c.state.in_(sorted(VISIBLE))
_SQLITE = (
    QUESTIONS.select.join(_index, _index.c.rowid == QUESTIONS.c.id)
    .where(literal_column("question_words").op("MATCH")(bindparam("query", type_=Text)), _VISIBLE)
    .order_by(literal_column("bm25(question_words, 0.0, 1.0)"), QUESTIONS.c.id.desc())
    .limit(bindparam("limit"))
)
_vector: ColumnElement[Any] = literal_column("to_tsvector('simple', question.text || ' ' || question.details)")
_query = func.to_tsquery(literal_column("'simple'"), bindparam("query", type_=Text))
_POSTGRESQL = (
    QUESTIONS.select.where(QUESTIONS.c.group == bindparam("group"), _vector.op("@@")(_query), _VISIBLE)
    .order_by(func.ts_rank(_vector, _query).desc(), QUESTIONS.c.id.desc())
    .limit(bindparam("limit"))
)
_SIMILAR = {"sqlite": _SQLITE, "postgresql": _POSTGRESQL}


def learn(db: Connection, question: Question) -> None:
    """Make a question findable by its words as they are now."""
    if db.dialect.name == "sqlite":  # PostgreSQL keeps its index itself
        db.execute(_FORGET, {"id": question.id})
        words = f"{question.text} {question.details}"
        db.execute(_LEARN, {"rowid": question.id, "scope": _scope(question.group), "words": words})


def tidy(db: Connection) -> None:
    """Let no word of a question that was emptied be left in the index, not even where it waits to be overwritten."""
    if db.dialect.name == "sqlite":
        db.execute(_TIDY)


def similar(db: Connection, group: GroupId, text: str, limit: int) -> list[Question]:
    """Return the group's questions that share words with a text, the most alike first."""
    words = list(dict.fromkeys(_WORD.findall(text.lower())))[:MOST_WORDS]
    if not words:
        return []
    asked: dict[str, Any] = {"limit": limit}
    if db.dialect.name == "sqlite":
        any_word = " OR ".join(f'"{word}"' for word in words)
        asked["query"] = f'scope : "{_scope(group)}" AND words : ({any_word})'
    else:
        asked |= {"query": " | ".join(f"'{word}'" for word in words), "group": group}
    return QUESTIONS.all(db, _SIMILAR[db.dialect.name], **asked)


def _scope(group: GroupId) -> str:
    return f"g{group}"
