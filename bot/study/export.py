"""A group as files: its outline for the next group, and what happened in it as tables.

`group.json` is `{"format": "studycircle-group", "version": 1, "written_at", "group", "members", "submissions",
"reviews", "questions", "likes"}`; each list has the rows of the CSV file of the same name, under the same keys. Times
are ISO 8601 in UTC. People are named as they are in the group; platform accounts and points are left out: points are
for their owner's eyes.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypeAlias

from bot.cards import File
from bot.ids import PersonId
from bot.study.groups import Group
from bot.study.likes import Likes
from bot.study.members import Member, Members, MemberState
from bot.study.outline import ActivityPlan, Outline, WeekPlan
from bot.study.people import People
from bot.study.questions import Questions
from bot.study.reviews import Reviews
from bot.study.submissions import Submission, Submissions
from bot.study.weeks import Week, Weeks, tasks

FORMAT = "studycircle-group"
VERSION = 1

FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""Beginnings that make a spreadsheet run a cell instead of showing it; the last four are wide forms of the first."""

Cell: TypeAlias = "str | int | bool | None"
Row: TypeAlias = Mapping[str, Cell]

MEMBERS = ("name", "role", "state", "learning", "applied_at", "accepted_at", "goal", "offer")
SUBMISSIONS = ("week", "activity", "title", "name", "link", "text", "version", "submitted_at", "changed_at", "likes")
REVIEWS = ("week", "activity", "from", "to", "works", "suggestion", "helped", "given_at", "changed_at", "likes")
QUESTIONS = ("name", "question", "details", "state", "asked_at", "answered_at", "likes", "answers")
LIKES = ("item", "from", "to", "at")


class Sources(Protocol):
    """Where an export is read from: that part of a unit of work."""

    people: People
    members: Members
    weeks: Weeks
    submissions: Submissions
    reviews: Reviews
    questions: Questions
    likes: Likes


def outline_of(weeks: Weeks, group: Group) -> Outline:
    """Return a group's course as an outline that another group can follow."""
    return Outline(
        title=group.title,
        weeks=tuple(_plan(weeks, group, week) for week in weeks.of_group(group.id)),
        description=group.description,
        introduction=group.introduction,
        source=group.source,
    )


def _plan(weeks: Weeks, group: Group, week: Week) -> WeekPlan:
    asked = [one for one in weeks.activities(group.id) if one.week == week.id and not one.retired]
    plans = tuple(
        ActivityPlan(one.kind, one.title, one.text, one.required, one.minutes, one.reviews, one.check) for one in asked
    )
    return WeekPlan(week.title, week.text, week.materials, plans)


def tables(sources: Sources, group: Group) -> dict[str, list[Row]]:
    """Return what happened in a group: members, submissions, reviews, questions and likes."""
    members = [
        member
        for member in sources.members.in_group(group.id, states=tuple(MemberState), limit=100_000)
        if member.accepted_at is not None
    ]
    people = sources.people.many(member.person for member in members)
    names = {id: person.name for id, person in people.items()}
    return {
        "members": [_member(member, names) for member in members],
        "submissions": _submissions(sources, group, names),
        "reviews": _reviews(sources, group, names),
        "questions": _questions(sources, group, names),
        "likes": _likes(sources, group, members, names),
    }


def _member(member: Member, names: Mapping[PersonId, str]) -> Row:
    return {
        "name": names.get(member.person, ""),
        "role": member.role.value,
        "state": member.state.value,
        "learning": member.learning,
        "applied_at": _moment(member.applied_at),
        "accepted_at": _moment(member.accepted_at),
        "goal": member.goal,
        "offer": member.offer,
    }


def _submissions(sources: Sources, group: Group, names: Mapping[PersonId, str]) -> list[Row]:
    rows: list[Row] = []
    for task in tasks(sources.weeks, group.id, retired=True):
        found = sources.submissions.for_activity(task.activity.id, 0, 100_000)
        likes = sources.likes.counts("submission", [work.id for work in found])
        for work in found:
            named: dict[str, Cell] = {
                "week": task.week.ordinal,
                "activity": task.number,
                "title": task.activity.title,
                "name": names.get(work.person, ""),
            }
            rows.append(named | _work(work, likes.get(work.id, 0)))
    return rows


def _work(work: Submission, likes: int) -> dict[str, Cell]:
    return {
        "link": work.link,
        "text": work.note,
        "version": work.version,
        "submitted_at": _moment(work.submitted_at),
        "changed_at": _moment(work.changed_at),
        "likes": likes,
    }


def _reviews(sources: Sources, group: Group, names: Mapping[PersonId, str]) -> list[Row]:
    asked = {task.activity.id: task for task in tasks(sources.weeks, group.id, retired=True)}
    found = sources.reviews.in_group(group.id)
    likes = sources.likes.counts("review", [one.id for one in found])
    return [
        {
            "week": asked[one.activity].week.ordinal,
            "activity": asked[one.activity].number,
            "from": names.get(one.person, ""),
            "to": names.get(one.author, ""),
            "works": one.works,
            "suggestion": one.suggestion,
            "helped": one.helped_at is not None,
            "given_at": _moment(one.given_at),
            "changed_at": _moment(one.changed_at),
            "likes": likes.get(one.id, 0),
        }
        for one in found
    ]


def _questions(sources: Sources, group: Group, names: Mapping[PersonId, str]) -> list[Row]:
    found = sources.questions.in_group(group.id, limit=100_000)
    likes = sources.likes.counts("question", [one.id for one in found])
    return [
        {
            "name": names.get(one.person, ""),
            "question": one.text,
            "details": one.details,
            "state": one.state.value,
            "asked_at": _moment(one.asked_at),
            "answered_at": _moment(one.answered_at),
            "likes": likes.get(one.id, 0),
            "answers": "\n\n".join(
                f"{names.get(answer.person, '')}: {answer.text}" for answer in sources.questions.answers(one.id)
            ),
        }
        for one in found
    ]


def _likes(sources: Sources, group: Group, members: Iterable[Member], names: Mapping[PersonId, str]) -> list[Row]:
    given = [like for member in members for like in sources.likes.given(group.id, member.person)]
    return [
        {
            "item": like.item_kind,
            "from": names.get(like.person, ""),
            "to": names.get(like.owner, ""),
            "at": _moment(like.at),
        }
        for like in sorted(given, key=lambda like: (like.at, like.id))
    ]


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def files(group: Group, found: Mapping[str, Sequence[Row]], *, now: datetime) -> list[File]:
    """Return tables as one JSON file and a CSV file each."""
    whole = {
        "format": FORMAT,
        "version": VERSION,
        "written_at": now.isoformat(),
        "group": {
            "title": group.title,
            "state": group.state.value,
            "zone": group.zone,
            "starts": group.starts.isoformat(),
            "source": group.source,
        },
        **found,
    }
    data = json.dumps(whole, ensure_ascii=False, indent=2) + "\n"
    columns = {
        "members": MEMBERS,
        "submissions": SUBMISSIONS,
        "reviews": REVIEWS,
        "questions": QUESTIONS,
        "likes": LIKES,
    }
    return [
        File("group.json", "application/json", data.encode()),
        *(
            File(f"{name}.csv", "text/csv; charset=utf-8", as_csv(named, found[name]).encode("utf-8-sig"))
            for name, named in columns.items()
        ),
    ]


def as_csv(columns: Sequence[str], rows: Iterable[Row]) -> str:
    """Return rows as CSV in which no cell can run as a formula."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(columns)
    writer.writerows([guarded(row[name]) for name in columns] for row in rows)
    return written.getvalue()


def guarded(cell: Cell) -> str:
    """Return a cell's words, with an apostrophe before what a spreadsheet would take for a formula."""
    words = "" if cell is None else str(cell)
    return f"'{words}" if words.lstrip(" ").startswith(FORMULAS) else words
