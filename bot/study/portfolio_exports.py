"""A portfolio for other programs: a table for spreadsheets, and xAPI statements for learning record stores."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from bot.ids import PersonId
from bot.language import Language
from bot.study.export import Row, as_csv
from bot.study.pieces import Part
from bot.study.portfolio import Chapter, arranged
from bot.text import TextLike, say

COLUMNS = ("group", "week", "kind", "title", "link", "text", "at", "outcome", "likes", "story")
NOWHERE = "https://studycircle.invalid/"
"""What stands for an installation's address where it has none; no such name can ever be somebody's."""
_XAPI = "http://adlnet.gov/expapi/"
_STREAMS = "http://activitystrea.ms/schema/1.0/"
_VERBS: Mapping[str, tuple[str, TextLike]] = {
    "submission": (f"{_STREAMS}submit", say("handed in")),
    "note": (f"{_STREAMS}create", say("noted")),
    "question": (f"{_XAPI}verbs/asked", say("asked")),
    "answer": (f"{_XAPI}verbs/answered", say("answered")),
    "review": (f"{_XAPI}verbs/commented", say("gave feedback")),
    "group": (f"{_XAPI}verbs/completed", say("finished")),
}


def as_table(chapters: Iterable[Chapter]) -> str:
    """Return every item of a portfolio as a line of CSV, in which no cell can run as a formula."""
    return as_csv(COLUMNS, (row for one in chapters for part in arranged(one) for row in _rows(one, part)))


def _rows(one: Chapter, part: Part) -> Iterator[Row]:
    def row(
        kind: str, title: str, link: str | None, text: str, at: datetime, outcome: str, likes: int, story: str
    ) -> Row:
        return {
            "group": one.title,
            "week": part.ordinal,
            "kind": kind,
            "title": title,
            "link": link,
            "text": text,
            "at": at.isoformat(),
            "outcome": outcome,
            "likes": likes,
            "story": story,
        }

    for work in part.work:
        yield row("submission", work.activity, work.link, work.text, work.at, "", work.likes, work.story)
    for note in part.notes:
        seen = "featured" if note.featured else "shared" if note.shared else "private"
        yield row("note", note.kind.value, note.link, note.text, note.at, seen, note.likes, note.story)
    for asked in part.questions:
        yield row("question", asked.text, None, asked.details, asked.at, asked.state.value, asked.likes, asked.story)
    for answer in part.answers:
        outcome = "accepted" if answer.accepted else "also helped" if answer.also_helped else ""
        yield row("answer", "", None, answer.text, answer.at, outcome, answer.likes, answer.story)
    for given in part.reviews:
        helped = "helped" if given.helped else ""
        yield row("review", given.activity, None, given.text, given.at, helped, given.likes, given.story)


def as_xapi(person: PersonId, name: str, chapters: Iterable[Chapter], language: Language, site: str | None) -> str:
    """Return a portfolio as xAPI 1.0.3 statements; each has the same id whenever it is written."""
    home = site or NOWHERE
    actor = {"objectType": "Agent", "name": name, "account": {"homePage": home, "name": str(person)}}
    statements = [
        {"actor": actor, **statement} for one in chapters for statement in _statements(one, home, person, language)
    ]
    return json.dumps(statements, ensure_ascii=False, indent=2) + "\n"


def _statements(one: Chapter, home: str, person: PersonId, language: Language) -> Iterator[dict[str, object]]:
    course = {
        "objectType": "Activity",
        "id": f"{home}xapi/group/{one.group}",
        "definition": {"name": {language.code: one.title}, "type": f"{_XAPI}activities/course"},
    }

    def said(kind: str, id: int, title: str, at: datetime, **more: object) -> dict[str, object]:
        verb, words = _VERBS[kind]
        what = {"name": {language.code: title or kind}, "type": f"{_XAPI}activities/interaction"}
        return {
            "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{home} {person} {kind} {id}")),
            "verb": {"id": verb, "display": {language.code: language.plain(words)}},
            "object": {"objectType": "Activity", "id": f"{home}xapi/{kind}/{id}", "definition": what},
            "timestamp": at.isoformat(),
            "context": {"contextActivities": {"grouping": [course]}},
            **more,
        }

    for part in arranged(one):
        for work in part.work:
            yield said("submission", work.id, work.activity, work.at, **_response(work.link or work.text))
        for note in part.notes:
            yield said("note", note.id, "", note.at, **_response(note.link or note.text))
        for asked in part.questions:
            yield said("question", asked.id, asked.text, asked.at)
        for answer in part.answers:
            more = {"result": {"response": answer.text, "success": answer.accepted}}
            yield said("answer", answer.id, "", answer.at, **more)
        for given in part.reviews:
            yield said("review", given.id, given.activity, given.at, **_response(given.text))
    if one.finished and one.recorded_at is not None:
        done = {"completion": True, "score": {"raw": one.done, "min": 0, "max": max(one.required, one.done)}}
        yield {**said("group", one.group, one.title, one.recorded_at, result=done), "object": course}


def _response(words: str) -> dict[str, object]:
    return {"result": {"response": words}} if words else {}
