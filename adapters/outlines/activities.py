"""Which parts of a course ask people to do something, and what the heading says about it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from adapters.outlines.blocks import Section, flat
from adapters.outlines.links import minutes_in
from bot.cards import Block
from bot.study.outline import ActivityKind, ActivityPlan

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
    """Return an activity as its heading tells it: `Build: A tip calculator (30 min, optional)`."""
    name, minutes, required = _notes(title)
    if prefix := _KIND_PREFIX.match(name):
        return ActivityPlan(ActivityKind(prefix[1].lower()), name[prefix.end() :], tuple(text), required, minutes)
    kind = next((kind for kind, words in _KIND_WORDS if re.search(words, name, re.I)), ActivityKind.PRACTICE)
    return ActivityPlan(kind, name, tuple(text), required and not _OPTIONAL.search(name), minutes)


def _notes(title: str) -> tuple[str, int | None, bool]:
    """Return a heading as name, minutes and whether it is required; a bracket that tells neither stays in the name."""
    found = _NOTES.search(title)
    name = title[: found.start()].strip() if found else ""
    if found is None or not name:
        return title, None, True
    minutes, required = None, True
    for note in (part.strip().lower() for part in found[1].split(",")):
        if note in {"optional", "required"}:
            required = note == "required"
        elif (told := minutes_in(note)) is not None:
            minutes = told
        else:
            return title, None, True
    return name, minutes, required


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
