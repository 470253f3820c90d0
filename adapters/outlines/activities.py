"""Which parts of a course ask people to do something, and what the heading says about it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from adapters.outlines.blocks import Section, flat
from adapters.outlines.links import minutes_in
from bot.cards import Block
from bot.study.outline import MOST_REVIEWS, ActivityKind, ActivityPlan

_KIND_PREFIX = re.compile(rf"({'|'.join(ActivityKind)})\s*:\s*(?=\S)", re.IGNORECASE)
_NOTES = re.compile(r"\s*\(([^()]*)\)\s*$")
_TRY = r"(?:try|trying) (?:it|this|these|them|out)\b.*|(?:it is |it's )?your turn\b.*"
_NAMES = (
    r"exercises?|projects?|assignments?|homeworks?|challenges?|activit(?:y|ies)|tasks?"
    r"|discussions?|reflections?|quiz(?:zes)?"
)
_STARTS = re.compile(
    rf"(?:the |your |our |my )?(?:{_NAMES}|practice|practise|discuss|reflect)\b.*|{_TRY}", re.IGNORECASE
)
_ENDS = re.compile(rf".*\b(?:{_NAMES})", re.IGNORECASE)
_MOST_WORDS = 6
_REVIEWS = re.compile(r"(?=\d+ review|.*feedback)(?:(?:and )?(?:give )?feedback on )?(\d{1,2}) (?:reviews?|responses?)")
_CHECKED = re.compile(r"checked(?: by a facilitator)?")
_OPTIONAL = re.compile(r"\b(?:optional|bonus|extra)\b", re.IGNORECASE)
_KIND_WORDS = (
    (ActivityKind.DISCUSS, r"discuss|debate"),
    (ActivityKind.REFLECT, r"reflect|journal|think"),
    (ActivityKind.BUILD, r"project|build|challenge"),
)


def asks_for_work(title: str) -> bool:
    """Return whether a heading in running text opens an activity: "Exercises", "Final project", "Trying it out"."""
    name = _NOTES.sub("", title).strip(' .:!?*_"“”…')
    if _KIND_PREFIX.match(name):
        return True
    return len(name.split()) <= _MOST_WORDS and bool(_STARTS.fullmatch(name) or _ENDS.fullmatch(name))


def activity(title: str, text: Sequence[Block]) -> ActivityPlan:
    """Return an activity as its heading tells it: `Build: A tip calculator (30 min, optional, 2 reviews, checked)`."""
    name, notes = _notes(title)
    if prefix := _KIND_PREFIX.match(name):
        return notes.plan(ActivityKind(prefix[1].lower()), name[prefix.end() :], text)
    kind = next((kind for kind, words in _KIND_WORDS if re.search(words, name, re.I)), ActivityKind.PRACTICE)
    return replace(notes, required=notes.required and not _OPTIONAL.search(name)).plan(kind, name, text)


@dataclass(frozen=True, slots=True)
class _Notes:
    """What the bracket behind an activity's name tells."""

    required: bool = True
    minutes: int | None = None
    reviews: int = 0
    check: bool = False

    def plan(self, kind: ActivityKind, name: str, text: Sequence[Block]) -> ActivityPlan:
        return ActivityPlan(kind, name, tuple(text), self.required, self.minutes, self.reviews, self.check)


def _notes(title: str) -> tuple[str, _Notes]:
    """Return a heading as its name and what its bracket tells; a bracket that tells something else stays in it."""
    found = _NOTES.search(title)
    name = title[: found.start()].strip() if found else ""
    if found is None or not name:
        return title, _Notes()
    notes = _Notes()
    for note in (part.strip().lower() for part in found[1].split(",")):
        if note in {"optional", "required"}:
            notes = replace(notes, required=note == "required")
        elif (told := minutes_in(note)) is not None:
            notes = replace(notes, minutes=told)
        elif (reviews := _REVIEWS.fullmatch(note)) and int(reviews[1]) <= MOST_REVIEWS:
            notes = replace(notes, reviews=int(reviews[1]))
        elif _CHECKED.fullmatch(note):
            notes = replace(notes, check=True)
        else:
            return title, _Notes()
    return name, notes


def split_off_activities(sections: Sequence[Section]) -> tuple[list[Section], list[ActivityPlan]]:
    """Return the sections that are text and those that are activities, each with the deeper sections below it.

    Of activities inside each other ("Exercises" with "Exercise 1" and "Exercise 2") the inner ones count.
    """
    text: list[Section] = []
    found: list[ActivityPlan] = []
    at = 0
    while at < len(sections):
        section = sections[at]
        end = at + 1
        while end < len(sections) and sections[end].level > section.level:
            end += 1
        inner = sections[at + 1 : end]
        if asks_for_work(section.words) and not any(asks_for_work(one.words) for one in inner):
            found.append(activity(section.words, (*section.below_title, *flat(inner))))
            at = end
        else:
            text.append(section)
            at += 1
    return text, found
