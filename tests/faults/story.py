"""What happens in a world: a group with its history, and what people do in its next minutes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.chat import ChannelRef
from bot.ids import PersonId, new_id
from bot.ports import UnitOfWork
from bot.study.founding import found
from bot.study.people import Account, Person
from bot.study.times import read_local
from tests.faults.client import NAME
from tests.features.stage import a_bot, a_course, a_group, a_learner, account

STARTS = datetime(2027, 1, 11, 17, tzinfo=UTC)
"""When the groups start: 18:00 in Berlin."""
EVE = datetime(2027, 1, 11, 16, 59, 40, tzinfo=UTC)
"""When a story begins: in 20 seconds the first week is due."""
HOME = ChannelRef(NAME, "school", "javascript")
UNHEARD = (
    {"on": "my second loop", "who": "priya", "emoji": "🎉", "put": True},
    {"on": "my second loop", "who": "nadia", "emoji": "👍", "put": False},
)
"""What people do while no replica is there to hear of it."""
LEARNERS = ("jill", "priya", "nadia")
FACILITATOR = "fela"


async def prepare(url: str, learners: Sequence[str] = LEARNERS) -> None:
    """Bring a database to the eve: a group with learners, and all that was to be sent before still to be sent."""
    async with a_bot(Path(), url=url) as scene:
        await a_group(scene, FACILITATOR, channel=HOME, auto_accept=True)
        for learner in learners:
            await a_learner(scene, learner, FACILITATOR, HOME)


def events() -> list[dict[str, Any]]:
    """Return what people do in the first minutes, one after the other: every kind of post comes of it."""
    week = {"on": "About part 1."}
    first = {"activity": 1}
    told = [
        _call("jill", "submit", link="https://blog.example/loops", note="my first loop") | week | first,
        _call("priya", "ask", question="Why is this undefined here?", details="I pressed F5."),
        {"kind": "reply", "who": "nadia", "on": "Why is this undefined here?", "text": "Because nobody set it."},
        {"kind": "react", "who": "nadia", "on": "my first loop", "emoji": "👍"},
        _call("jill", "submit", link="https://blog.example/loops", note="my second loop") | first,
        _call("priya", "submit", note="words that are taken back") | first,
        {"kind": "withdraw", "who": "priya", "channel": str(HOME), "on": "words that are taken back"},
        _call("nadia", "note", text="Closures keep what they see.", share="yes"),
    ]
    return [{"key": f"event-{number}", **event} for number, event in enumerate(told, 1)]


def versions(people: Sequence[str], each: int) -> list[dict[str, Any]]:
    """Return calls of which every one has an effect, whatever the others do: each hands in other words."""
    return [
        {"key": f"{who}-{number}", **_call(who, "submit", note=f"{who} tries {number}"), "on": "About part 1."}
        | {"activity": 1}
        for who in people
        for number in range(1, each + 1)
    ]


def _call(who: str, command: str, **arguments: str) -> dict[str, Any]:
    return {"kind": "call", "who": who, "command": command, "channel": str(HOME), "arguments": arguments}


def many_groups(groups: int, homes: int) -> list[list[ChannelRef]]:
    """Return the channels of many groups."""
    return [[ChannelRef(NAME, "school", f"g{group}-{home}") for home in range(homes)] for group in range(groups)]


def found_many(uow: UnitOfWork, channels: Sequence[Sequence[ChannelRef]], now: datetime) -> None:
    """Found groups that all show their first week in all of their channels at the same second."""
    owner = PersonId(new_id(now))
    uow.people.add(Person(owner, "Fela", now), Account(new_id(now), account(FACILITATOR), owner, "Fela", now))
    outline = a_course(weeks=1)
    for number, homes in enumerate(channels):
        found(
            uow,
            outline,
            title=f"Group {number}",
            channels=homes,
            owner=owner,
            starts=read_local("2027-01-11 18:00"),
            zone="Europe/Berlin",
            now=now,
        )
