"""Limits: nobody who takes part meets them, whoever does is told when to go on, and all processes agree.

delivery.md, "Security": 20 submissions and 10 questions a day and 10 writing commands a minute per person.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import TypeVar

import pytest

from bot.app import Bot
from bot.bootstrap import FEATURES
from bot.chat import ChannelRef
from bot.errors import NotAMember
from bot.ids import code
from bot.language import ENGLISH
from bot.ports import Store, UnitOfWork
from bot.study.limits import Limits
from tests.features import stage
from tests.features.plain import plain
from tests.features.stage import ELSEWHERE, FOREIGN, HERE, Scene, a_group, a_learner

T = TypeVar("T")

TOO_FAST = "That was a lot within one minute. Please go on in 60 seconds."
LONG = "I wrote a loop that never ends, and this is what I learned from it: it ends."
LATER = "2027-01-18 18:00"
"""When groups begin that are started in the course of a test."""
USUAL = Limits()


def limited(school: Scene, store: Store | None = None, **changes: int) -> Scene:
    """Return the scene with the usual limits, or some of them changed, from now on."""
    store = store or school.store
    return replace(
        school, bot=Bot(FEATURES, store, school.clock, stage.Courses(), limits=replace(USUAL, **changes)), store=store
    )


@pytest.fixture
async def js(school: Scene) -> Scene:
    """Return a scene with the usual limits, at the beginning of a minute: a running group with Jill and Priya in it."""
    await a_group(school)
    for who in ("jill", "priya"):
        await a_learner(school, who)
    school.clock.move(days=8)
    await school.tick()
    return limited(school)


async def keeps(scene: Scene, who: str, text: str, channel: ChannelRef = HERE) -> str:
    """Let somebody keep a note, and return the first line of what they read."""
    return plain(await scene.call(who, "note", text=text, channel=channel)).splitlines()[0]


async def keeps_some(scene: Scene, who: str, times: int, channel: ChannelRef = HERE) -> list[str]:
    """Let somebody keep so many notes, and return the different first lines that they read."""
    told = [await keeps(scene, who, f"note {number}", channel) for number in range(times)]
    return list(dict.fromkeys(told))


async def notes(scene: Scene, who: str) -> int:
    """Return how many notes somebody has."""

    def view(uow: UnitOfWork) -> int:
        person = uow.people.by_account(stage.account(who))
        assert person is not None
        return sum(len(uow.notes.by_person(one.group, person.id)) for one in uow.members.of_person(person.id))

    return await scene.read(view)


# A minute


async def test_ten_commands_that_change_something_are_taken_in_a_minute_and_the_next_one_in_the_next(js: Scene) -> None:
    assert await keeps_some(js, "jill", 10) == ["Kept in your portfolio. Only you can see it."]
    assert await keeps(js, "jill", "one more") == TOO_FAST
    assert await notes(js, "jill") == 10
    js.clock.move(seconds=59)
    assert await keeps(js, "jill", "one more") == "That was a lot within one minute. Please go on in 1 second."
    js.clock.move(seconds=1)
    assert await keeps(js, "jill", "one more") == "Kept in your portfolio. Only you can see it."


async def test_the_limit_of_one_is_not_that_of_another(js: Scene) -> None:
    await keeps_some(js, "jill", 11)
    assert await keeps(js, "priya", "mine") == "Kept in your portfolio. Only you can see it."


async def test_whoever_comes_too_often_gets_their_text_back(js: Scene) -> None:
    await keeps_some(js, "jill", 10)
    answer = plain(await js.call("jill", "note", text=LONG))
    assert answer == f"{TOO_FAST}\nYour text is safe, here it is:\n> {LONG}"


async def test_what_is_refused_counts_nothing(js: Scene) -> None:
    for _ in range(20):
        assert await keeps(js, "jill", "x" * 4_001) != TOO_FAST
    assert await keeps_some(js, "jill", 10) == ["Kept in your portfolio. Only you can see it."]


@pytest.mark.slow
async def test_opening_a_form_counts_nothing(js: Scene) -> None:
    for _ in range(20):
        assert (await js.call("jill", "note")).form is not None
    assert await keeps_some(js, "jill", 10) == ["Kept in your portfolio. Only you can see it."]


async def test_a_call_that_comes_again_counts_nothing_and_is_answered_with_nothing(js: Scene) -> None:
    """J28: a second delivery has no second effect."""
    again = replace(js, _numbers=count(7_000, 0))
    assert await keeps(again, "jill", "once") == "Kept in your portfolio. Only you can see it."
    for _ in range(20):
        answer = await again.call("jill", "note", text="once")
        assert (answer.cards, answer.form, answer.files) == ((), None, ())
    assert await notes(js, "jill") == 1
    assert await keeps_some(js, "jill", 9) == ["Kept in your portfolio. Only you can see it."]
    assert await keeps(js, "jill", "one more") == TOO_FAST


@pytest.mark.slow
async def test_a_facilitator_decides_about_sixty_in_a_minute(js: Scene) -> None:
    assert await keeps_some(js, "fela", 60) == ["Kept in your portfolio. Only you can see it."]
    assert await keeps(js, "fela", "one more") == TOO_FAST


@pytest.mark.slow
async def test_who_leads_one_group_may_do_as_much_in_another(js: Scene) -> None:
    """Whoever accepts applicants in one group is no flood in the next; what counts is the person."""
    await a_group(
        limited(js, leaders_commands_a_minute=1_000), "tomas", channel=ELSEWHERE, auto_accept=True, start=LATER
    )
    await js.call("fela", "enrol", submitted=True, goal="Python too.", channel=ELSEWHERE)
    js.clock.move(minutes=1)
    assert len(await keeps_some(js, "fela", 60, ELSEWHERE)) == 1
    assert await keeps(js, "fela", "one more") == TOO_FAST


@pytest.mark.slow
async def test_an_admin_and_a_new_person_are_counted_too(js: Scene) -> None:
    told = [plain(await js.call("gus", "settings", language="en", channel=None)) for _ in range(11)]
    assert told[10] == TOO_FAST
    assert TOO_FAST not in told[:10]
    told = [plain(await js.call("addy", "study setup", admin=True)) for _ in range(61)]
    assert told[60] == TOO_FAST
    assert TOO_FAST not in told[:60]


# A day


async def hands_in(scene: Scene, who: str, link: str, channel: ChannelRef = HERE) -> str:
    """Let somebody hand in a link for the first activity, and return the first line of what they read."""
    group = await scene.group(channel)
    first = await scene.read(lambda uow: uow.weeks.activities(group.id)[0].id)
    given = {"activity": code(first), "link": f"https://jill.example/{link}"}
    return plain(await scene.call(who, "submit", given, channel=channel, submitted=True)).splitlines()[0]


async def with_another_group(js: Scene) -> Scene:
    """Let Jill be in a second running group too, at noon of a day, with no limit but that of a day."""
    free = limited(js, commands_a_minute=1_000, leaders_commands_a_minute=1_000)
    await a_group(free, channel=ELSEWHERE, auto_accept=True, start=LATER)
    await free.call("jill", "enrol", submitted=True, goal="Python too.", channel=ELSEWHERE)
    free.clock.move(days=8)
    await free.tick()
    free.clock.at = free.clock.at.replace(hour=12)
    return free


@pytest.mark.slow
async def test_twenty_submissions_are_taken_in_a_day_over_all_groups(js: Scene) -> None:
    free = await with_another_group(js)
    for number in range(10):
        assert (await hands_in(free, "jill", str(number))).startswith(("Saved", "You handed this in"))
        assert (await hands_in(free, "jill", str(number), ELSEWHERE)).startswith(("Saved", "You handed this in"))
    assert await hands_in(free, "jill", "more") == (
        "You have handed in 20 times today, and that is as much as I take in a day. "
        "You can go on Thursday 21 January 2027, 00:00 (UTC)."
    )
    assert (await hands_in(free, "jill", "9")).startswith("You handed exactly this in"), "the same again is no more"
    assert (await hands_in(free, "priya", "mine")).startswith("Saved")
    free.clock.move(hours=12)
    assert (await hands_in(free, "jill", "more")).startswith("You handed this in")


@pytest.mark.slow
async def test_ten_questions_are_taken_in_a_day_over_all_groups(js: Scene) -> None:
    free = await with_another_group(js)
    for number, word in enumerate(
        ["alpha", "bravo", "carol", "delta", "eagle", "fjord", "grape", "hotel", "igloo", "jolly"]
    ):
        told = await free.call("jill", "ask", question=word * 2, channel=(HERE, ELSEWHERE)[number % 2])
        assert plain(told).startswith("Asked"), plain(told)
    answer = plain(await free.call("jill", "ask", question="kiosk", details=LONG, submitted=True))
    assert answer.startswith("You have asked 10 questions today. Let the others catch up first;")
    assert LONG in answer
    assert plain(await free.call("priya", "ask", question="llama")).startswith("Asked")
    free.clock.move(hours=12)
    assert plain(await free.call("jill", "ask", question="kiosk")).startswith("Asked")


# A space


async def test_a_flood_in_one_space_ends_there_and_holds_up_no_other(js: Scene) -> None:
    """Spaces are isolated: a channel of the same name in another space is another place."""
    await a_group(limited(js, leaders_commands_a_minute=1_000), "greta", channel=FOREIGN, auto_accept=True, start=LATER)
    await js.call("gus", "enrol", submitted=True, goal="To build.", channel=FOREIGN)
    js.clock.move(minutes=1)
    busy = limited(js, space_commands_a_minute=5)
    assert len(await keeps_some(busy, "jill", 3)) == 1
    assert len(await keeps_some(busy, "priya", 2)) == 1
    told = "So much is happening here right now that I can't keep up. Please try again in 60 seconds."
    assert await keeps(busy, "priya", "more") == told
    assert await keeps(busy, "gus", "mine", FOREIGN) == "Kept in your portfolio. Only you can see it."
    busy.clock.move(minutes=1)
    assert await keeps(busy, "priya", "more") == "Kept in your portfolio. Only you can see it."


# What only reads, and what is refused


class Counted:
    """A store that counts how often it is asked."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.asked = 0

    async def write(self, work: Callable[[UnitOfWork], T]) -> T:
        self.asked += 1
        return await self._store.write(work)

    async def read(self, view: Callable[[UnitOfWork], T]) -> T:
        self.asked += 1
        return await self._store.read(view)


@pytest.fixture
def counted(js: Scene) -> tuple[Scene, Counted]:
    store = Counted(js.store)
    return limited(js, store), store


async def test_thirty_views_are_shown_in_a_minute_and_the_rest_does_not_reach_the_store(
    counted: tuple[Scene, Counted],
) -> None:
    js, store = counted
    told = [plain(await js.call("jill", "week")) for _ in range(40)]
    assert (store.asked, told[30]) == (30, "That was a lot within one minute. Please go on in 2 seconds.")
    assert len(set(told[:30])) == 1
    assert await js.says("priya", "week") == told[0]
    js.clock.move(seconds=2)
    assert [await js.says("jill", "week") for _ in range(2)] == [told[0], told[30]]


async def test_whoever_reads_a_lot_can_still_write(js: Scene) -> None:
    for _ in range(40):
        await js.call("jill", "week")
    assert await keeps(js, "jill", "mine") == "Kept in your portfolio. Only you can see it."


async def test_a_flood_of_refused_calls_ends_before_the_store(counted: tuple[Scene, Counted]) -> None:
    js, store = counted
    told = [await keeps(js, "gus", "mine") for _ in range(100)]
    assert told[:30] == [ENGLISH.plain(NotAMember(group="JavaScript").text)] * 30
    assert (store.asked, told[30]) == (30, "That was a lot within one minute. Please go on in 2 seconds.")


async def test_a_clock_that_is_set_back_holds_nobody_up(js: Scene) -> None:
    """Issue 3: clock steps."""
    js.clock.at = js.clock.at.replace(second=0)
    await keeps_some(js, "jill", 10)
    for _ in range(30):
        await js.call("jill", "week")
    js.clock.move(hours=-1)
    assert await keeps(js, "jill", "now") == "Kept in your portfolio. Only you can see it."
    assert "a lot within" not in await js.says("jill", "week")


# Several processes


async def test_two_processes_agree(tmp_path: Path, database_url: str) -> None:
    async with stage.a_bot(tmp_path, url=database_url) as one, stage.a_bot(tmp_path, url=database_url) as other:
        await a_group(one)
        await a_learner(one, "jill")
        other.clock.at = one.clock.at = one.clock.at + timedelta(days=8)
        both = [limited(one), replace(limited(other), _numbers=one._numbers)]
        told = [await keeps(both[number % 2], "jill", f"note {number}") for number in range(11)]
        assert told == ["Kept in your portfolio. Only you can see it."] * 10 + [TOO_FAST]
