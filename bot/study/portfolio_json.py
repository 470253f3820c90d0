"""A portfolio as JSON, to carry elsewhere.

It is `{"format": "studycircle-portfolio", "version": 1, "name", "written_at", "chapters": […]}`.

- A chapter: `title`, `source`, `starts`, `ended_at`, `facilitators`, `role`, `learning`, `joined_at`, `goal`,
  `completion`, `help`, `helped`, `helped_by`, `points`, `weeks`.
- `completion`: `finished`, `done`, `required`, `criteria`, `recorded_at` (null while the group goes on).
- `help`: `answered`, `accepted`, `also_helped`, `likes_given`, `likes_received`, `got_answers`,
  `reviewed`, `reviews_helped`, `got_reviews`.
- `helped` and `helped_by`: people, as `count`, and `names` of those among them who agreed to be named.
- A week: `number` (null before the first), `title`, `submissions`, `notes`, `questions`, `answers`, `reviews`.
- A submission: `activity`, `link`, `text`, `at`, `versions`, `likes`. A note: `link`, `text`, `at`, `shared`, `likes`,
  `kind` (note, summary, resource, code or question), `featured`.
- A question: `text`, `details`, `at`, `outcome`, `answers`, `likes`.
- An answer: `text`, `at`, `accepted`, `also_helped`, `likes`.
- A review, which is feedback on somebody else's work: `activity`, `works`, `suggestion`, `at`, `helped`, `likes`.
- Each of these five has `story` as well: the owner's own line to it, or nothing; and `place`: 1 for what its owner
  shows first of the whole chapter, null for what simply stands in its week.

Times are ISO 8601 in UTC. Keys may be added within a version; none changes its meaning.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, fields
from datetime import datetime

from bot.language import Language
from bot.study.credit import Named
from bot.study.pieces import Answered, Kept, Part, Reviewed, Work
from bot.study.portfolio import Chapter

FORMAT = "studycircle-portfolio"
VERSION = 1


def as_json(name: str, chapters: Iterable[Chapter], language: Language, *, now: datetime) -> str:
    """Return a portfolio as JSON, with the keys that this module describes."""
    whole = {
        "format": FORMAT,
        "version": VERSION,
        "name": name,
        "written_at": now.isoformat(),
        "chapters": [_chapter(one, language) for one in chapters],
    }
    return json.dumps(whole, ensure_ascii=False, indent=2, default=_plain) + "\n"


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"no JSON for {value!r}")


def _chapter(one: Chapter, language: Language) -> dict[str, object]:
    return {
        "title": one.title,
        "source": one.source,
        "starts": one.starts,
        "ended_at": one.ended_at,
        "facilitators": list(one.facilitators),
        "role": one.role.value,
        "learning": one.learning,
        "joined_at": one.joined_at,
        "goal": one.goal,
        "completion": {
            "finished": one.finished,
            "done": one.done,
            "required": one.required,
            "criteria": language.plain(one.criteria),
            "recorded_at": one.recorded_at,
        },
        "help": asdict(one.help),
        "helped": _people(one.helped),
        "helped_by": _people(one.helpers),
        "points": one.points,
        "weeks": [_week(part) for part in one.parts],
    }


def _people(found: Named) -> dict[str, object]:
    return {"count": found.count, "names": list(found.names)}


def _week(part: Part) -> dict[str, object]:
    return {
        "number": part.ordinal,
        "title": part.title,
        "submissions": [_item(work) for work in part.work],
        "notes": [_item(note) for note in part.notes],
        "questions": [
            {
                "text": asked.text,
                "details": asked.details,
                "at": asked.at,
                "outcome": asked.state.value,
                "answers": asked.answers,
                "likes": asked.likes,
                "story": asked.story,
                "place": asked.place,
            }
            for asked in part.questions
        ],
        "answers": [_item(answer) for answer in part.answers],
        "reviews": [_item(given) for given in part.reviews],
    }


def _item(one: Work | Kept | Answered | Reviewed) -> dict[str, object]:
    """Return an item by its fields; our number of it means nothing elsewhere."""
    return {field.name: getattr(one, field.name) for field in fields(one) if field.name != "id"}
