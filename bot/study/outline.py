"""A course outline: weeks with materials and activities, before any group follows it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.cards import Block
from bot.text import Text, say


class MaterialKind(StrEnum):
    """What a piece of material is."""

    VIDEO = "video"
    AUDIO = "audio"
    READING = "reading"
    LINK = "link"
    FILE = "file"

    @property
    def label(self) -> Text:
        """The kind in words, to choose from."""
        return _MATERIALS[self]


class ActivityKind(StrEnum):
    """What an activity asks for."""

    REFLECT = "reflect"
    PRACTICE = "practice"
    BUILD = "build"
    DISCUSS = "discuss"

    @property
    def label(self) -> Text:
        """The kind in words: what it asks people to do."""
        return _ACTIVITIES[self]


MOST_REVIEWS = 20
"""Responses of others that an activity can ask for feedback on."""

_MATERIALS = {
    MaterialKind.VIDEO: say("Video"),
    MaterialKind.AUDIO: say("Audio"),
    MaterialKind.READING: say("Reading"),
    MaterialKind.LINK: say("Link"),
    MaterialKind.FILE: say("File"),
}
_ACTIVITIES = {
    ActivityKind.REFLECT: say("Reflect"),
    ActivityKind.PRACTICE: say("Practise"),
    ActivityKind.BUILD: say("Build"),
    ActivityKind.DISCUSS: say("Discuss"),
}


@dataclass(frozen=True, slots=True)
class Material:
    """Something to watch, hear or read; `minutes` where they are known."""

    kind: MaterialKind
    title: str
    url: str
    minutes: int | None = None


@dataclass(frozen=True, slots=True)
class ActivityPlan:
    """Something to do in a week; it may take feedback on `reviews` responses of others, and a facilitator's `check`."""

    kind: ActivityKind
    title: str
    text: tuple[Block, ...] = ()
    required: bool = True
    minutes: int | None = None
    reviews: int = 0
    check: bool = False


@dataclass(frozen=True, slots=True)
class WeekPlan:
    """One week of a course: its text, materials and activities, in order."""

    title: str
    text: tuple[Block, ...] = ()
    materials: tuple[Material, ...] = ()
    activities: tuple[ActivityPlan, ...] = ()


@dataclass(frozen=True, slots=True)
class Outline:
    """A whole course; `introduction` is read before the first week, `source` is where it comes from."""

    title: str
    weeks: tuple[WeekPlan, ...]
    description: str = ""
    introduction: tuple[Block, ...] = ()
    source: str | None = None
