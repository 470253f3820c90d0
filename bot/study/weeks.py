"""Weeks, their activities, and the versions of a syllabus."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.cards import Block, Choice
from bot.chat import About
from bot.errors import Refusal
from bot.ids import ActivityId, GroupId, PersonId, WeekId, code
from bot.study.outline import ActivityKind, Material
from bot.study.times import LocalTime
from bot.text import Text, say


class WeekState(StrEnum):
    """Whether a week's material is out, comes, or was left out and is asked of nobody."""

    PLANNED = "planned"
    POSTED = "posted"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Week:
    """One week of a group: what to read and when it opens (`opens` is local to the group, `opens_at` the instant).

    `revision` counts how often what calendars show of it changed; whoever keeps weeks counts.
    """

    id: WeekId
    group: GroupId
    ordinal: int
    title: str
    opens: LocalTime
    opens_at: datetime
    text: tuple[Block, ...] = ()
    materials: tuple[Material, ...] = ()
    state: WeekState = WeekState.PLANNED
    note: str = ""
    posted_at: datetime | None = None
    posted_by: PersonId | None = None
    revision: int = 0

    @property
    def about(self) -> About:
        """The week as the subject of messages."""
        return About("week", self.id)


@dataclass(frozen=True, slots=True)
class Needs:
    """What it takes besides handing in: feedback on so many responses of others, and that a facilitator checks it."""

    activity: ActivityId
    reviews: int = 0
    check: bool = False

    def __bool__(self) -> bool:
        return bool(self.reviews or self.check)


@dataclass(frozen=True, slots=True)
class Activity:
    """Something to do in a week; a retired one is shown to those who did it, and asked of nobody.

    It is done once it is handed in, with feedback on `reviews` responses of others and, where `check`, a facilitator's
    look at it.
    """

    id: ActivityId
    group: GroupId
    week: WeekId
    ordinal: int
    kind: ActivityKind
    title: str
    text: tuple[Block, ...] = ()
    required: bool = True
    minutes: int | None = None
    retired: bool = False
    reviews: int = 0
    check: bool = False

    @property
    def needs(self) -> Needs:
        """What it takes besides handing in."""
        return Needs(self.id, self.reviews, self.check)


@dataclass(frozen=True, slots=True)
class SyllabusVersion:
    """What was required from `at` on: the ids of the required activities, and which take more than handing in."""

    id: int
    group: GroupId
    number: int
    at: datetime
    actor: PersonId
    required: tuple[ActivityId, ...]
    needs: tuple[Needs, ...] = ()


class Weeks(Protocol):
    """Where weeks are kept."""

    def get(self, id: WeekId) -> Week | None:
        """Return a week."""

    def of_group(self, group: GroupId) -> list[Week]:
        """Return a group's weeks in order."""

    def at(self, group: GroupId, ordinal: int) -> Week | None:
        """Return a group's week by number."""

    def add(self, week: Week) -> None:
        """Keep a new week."""

    def save(self, week: Week) -> None:
        """Keep a changed week."""

    def activity(self, id: ActivityId) -> Activity | None:
        """Return an activity."""

    def activities(self, group: GroupId) -> list[Activity]:
        """Return a group's activities in the order of weeks, retired ones too."""

    def add_activity(self, activity: Activity) -> None:
        """Keep a new activity."""

    def save_activity(self, activity: Activity) -> None:
        """Keep a changed activity."""

    def add_version(self, version: SyllabusVersion) -> None:
        """Keep a version of the syllabus."""

    def versions(self, group: GroupId) -> list[SyllabusVersion]:
        """Return the versions of a group's syllabus, oldest first."""


class NoSuchActivity(Refusal):
    """I can't find that activity in {group}. Pick one from the list that comes up when you type /submit."""


class NotOpenYet(Refusal):
    """Week {number} is not open yet. It opens on {when}."""


@dataclass(frozen=True, slots=True)
class Task:
    """An activity with the week that it belongs to, and its number there."""

    week: Week
    activity: Activity
    number: int

    @property
    def name(self) -> Text:
        """Which activity it is: "Week 2, activity 1"."""
        return say("Week {week}, activity {number}", week=self.week.ordinal, number=self.number)


def tasks(weeks: Weeks, group: GroupId, *, retired: bool = False) -> list[Task]:
    """Return all activities of a group that are asked of people, in order; retired ones too where they are wanted.

    Those of a week that was left out are retired like any other. An activity keeps its number when another one retires,
    since cards that stand already name it.
    """
    by_id = {week.id: week for week in weeks.of_group(group)}
    return [
        Task(by_id[activity.week], activity, activity.ordinal)
        for activity in weeks.activities(group)
        if retired or not (activity.retired or by_id[activity.week].state is WeekState.SKIPPED)
    ]


def open_tasks(weeks: Weeks, group: GroupId) -> list[Task]:
    """Return the activities of the weeks that are out, the newest week first."""
    out = [task for task in tasks(weeks, group) if task.week.state is WeekState.POSTED]
    return sorted(out, key=lambda task: (-task.week.ordinal, task.number))


def task_choices(found: list[Task]) -> list[Choice]:
    """Return activities as choices; "2.1" means week 2, activity 1, and "1" an activity of the first week listed."""
    first = found[0].week if found else None
    return [
        Choice(
            code(task.activity.id),
            task.name + ": " + task.activity.title[:70],
            (f"{task.week.ordinal}.{task.number}", *((str(task.number),) if task.week is first else ())),
        )
        for task in found
    ]


def checked_tasks(weeks: Weeks, group: GroupId) -> dict[ActivityId, Task]:
    """Return the activities that a facilitator checks, also those that nobody is asked for any more."""
    return {task.activity.id: task for task in tasks(weeks, group, retired=True) if task.activity.check}


def find_task(weeks: Weeks, group: GroupId, name: str, activity: ActivityId, *, retired: bool = False) -> Task:
    """Return an activity of a group; raises NoSuchActivity where it belongs to another group or nobody is asked."""
    for task in tasks(weeks, group, retired=retired):
        if task.activity.id == activity:
            return task
    raise NoSuchActivity(group=name)
