"""Recognition (J3, J26, J27, J29, S7): points that can be explained, weekly thanks, records to decide about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.chat import About
from bot.command_line.reputation import _rebuild
from bot.config import StorageSettings
from bot.features.points import written
from bot.ids import GroupId, code, new_id
from bot.outbox import Message as Registered
from bot.ports import UnitOfWork
from bot.study import reputation
from bot.study.groups import Group, GroupState
from bot.study.likes import Like
from bot.study.thanks import day_before_a_week
from bot.study.times import LocalTime
from schedules.reckoning import after_an_update, rebuilt
from tests.builders import Scene

# Where points come from


async def test_every_point_is_explained_to_its_owner_alone(js: Scene) -> None:
    """J27."""
    await js.does("jill", "/ask Why does my loop never end")
    asked = js.home.last
    reply = await js.says("tomas", "Look at i++", asked)
    await js.likes("priya", reply)
    await js.presses("jill", "Mark as answer", asked.thread.last if asked.thread else None)
    await js.does("tomas", "/progress")

    read = await js.calls("tomas", "points")

    assert "Points so far: 19" in read
    assert "• +15: Jill said that your answer solved it" in read
    assert "• +4: Priya likes an answer of yours" in read
    assert "Only you see this." in read
    assert "• +2: you said that an answer of Tomas solved it" in await js.calls("jill", "points")
    assert "None yet." in await js.calls("nadia", "points")
    await js.does("jill", "/progress")
    assert "Points so far: 2" in await js.presses("jill", "Where my points come from")


async def test_what_counts_less_is_said_to_be_so(js: Scene) -> None:
    giver, owner = js.ids["priya"], js.ids["jill"]

    def keep(uow: UnitOfWork) -> None:
        for hour in range(7):
            at = js.clock.now() + timedelta(hours=hour)
            one = Like(new_id(at), js.group.id, "answer", new_id(at), giver, owner, at)
            uow.likes.like(one)
            reputation.liked(uow, one)

    await js.writes(keep)
    read = await js.calls("jill", "points")
    assert "Points so far: 17" in read
    assert "• +1: Priya likes an answer of yours, as one of many by the same person this month" in read
    assert "• +0: Priya likes" in read
    assert await js.calls("jill", "points", page="99") == await js.calls("jill", "points", page="1")


def test_a_point_is_written_with_its_part() -> None:
    assert [written(eighths) for eighths in (0, 1, 8, 12, 83)] == ["0", "⅛", "1", "1½", "10⅜"]


async def test_two_who_mostly_like_each_other_are_told_to_those_who_lead_alone(js: Scene) -> None:
    async def likes(giver: str, owner: str, number: int) -> None:
        for index in range(number):
            message = await js.person(owner).says(f"{owner} {index}", js.home)
            at = js.clock.now()
            shown = Registered(
                new_id(at), message.ref, None, About("submission", new_id(at)), js.group.id, js.ids[owner]
            )
            await js.writes(lambda uow, shown=shown: uow.outbox.register(shown))  # type: ignore[misc]
            js.clock.move_by(timedelta(hours=3))
            await js.likes(giver, message)

    await likes("jill", "priya", 3)
    assert (await js.member("priya")).points == 9
    await likes("priya", "jill", 3)

    assert ((await js.member("priya")).eighths, (await js.member("jill")).eighths) == (36, 36)
    read = await js.does("fela", "/lead pulse")
    assert "Most of their likes go to each other" in read
    assert "Jill and Priya" in read or "Priya and Jill" in read
    assert "half, as you two mostly like what the other does" in await js.calls("jill", "points")

    await likes("jill", "nadia", 3)
    await likes("priya", "nadia", 3)
    assert ((await js.member("priya")).points, (await js.member("jill")).points) == (9, 9)
    assert "Most of their likes" not in await js.does("fela", "/lead pulse")


async def test_what_drifted_is_found_and_put_right(js: Scene) -> None:
    await js.does("jill", "/submit activity:1.1 https://blog.example/loops")
    await js.likes("priya", js.home.last)
    assert [drifts async for _, drifts in rebuilt(js.store, check=True)] == [[]]
    await js.writes(lambda uow: uow.members.add_eighths(js.group.id, js.ids["jill"], 5))
    [(_, [drift])] = [found async for found in rebuilt(js.store, check=True)]
    assert (drift.kept, drift.right) == (29, 24)
    assert (await js.member("jill")).eighths == 29
    chore = after_an_update(js.store)
    assert await chore.work() == "reckoned anew, which changed the reputation of 1 memberships"
    assert (await js.member("jill")).eighths == 24
    assert await chore.work() == ""


# Weekly thanks


def test_thanks_come_the_day_before_the_next_week_within_the_hours_of_the_day() -> None:
    for hour, expected in ((18, 18), (7, 10), (22, 18)):
        starts = LocalTime(datetime(2027, 1, 11, hour))  # noqa: DTZ001  # a wall clock has no zone
        group = Group(
            GroupId(1),
            "x",
            "x",
            GroupState.RUNNING,
            "Europe/Berlin",
            starts,
            datetime(2027, 1, 1, tzinfo=UTC),
            starts.date(),
        )
        at = day_before_a_week(group, datetime(2027, 1, 13, tzinfo=UTC))
        assert at.astimezone(group.where).strftime("%A %d %H:%M") == f"Sunday 17 {expected}:00"
        assert day_before_a_week(group, at) - at == timedelta(days=7)


async def helped(js: Scene) -> None:
    """Let Tomas answer, and Priya and Nadia give feedback."""
    await js.does("jill", "/ask Why does my loop never end")
    await js.says("tomas", "Look at i++", js.home.last)
    await js.does("jill", "/submit activity:1.1 https://blog.example/loops")
    card = js.home.last
    for name in ("priya", "nadia"):
        await js.presses(name, "Give feedback", card)
        await js.fills(name, works="It reads well.", suggestion="Name the list.")


def thanked(js: Scene) -> list[str]:
    return [message.text for message in js.home.messages if message.text.startswith("Thank you")]


@pytest.mark.slow
async def test_who_helped_is_thanked_once_a_week_in_alphabetical_order(js: Scene) -> None:
    """J29, S7."""
    await helped(js)
    await js.passes(days=13)
    assert thanked(js) == [
        "Thank you\n"
        "They helped others this week, with an answer or with feedback: Nadia, Priya, Tomas.\n"
        "[Open questions] [Give feedback]\n"
        "In alphabetical order. If you would rather not be named, say so in /settings."
    ]


async def test_whoever_minds_is_not_named(js: Scene) -> None:
    await js.does("priya", "/settings thanks:no")
    await helped(js)
    await js.passes(days=7)
    [post] = thanked(js)
    assert "Nadia, Tomas" in post
    assert "Priya" not in post
    assert "without your name" in await js.does("priya", "/settings")


async def test_a_group_can_do_without(js: Scene) -> None:
    assert (await js.does("fela", "/lead group thanks on:no")).startswith("Nobody is named any more.")
    await helped(js)
    await js.passes(days=7)
    assert thanked(js) == []
    assert (await js.does("fela", "/lead group thanks on:yes")).startswith("Once a week I name those who helped")


# Records that are decided about


@pytest.mark.slow
async def test_those_who_lead_award_a_record_and_take_it_back(js: Scene) -> None:
    """J3: what was learned is recognised at the end, by people where numbers do not see it."""
    member = code(js.members["jill"])
    assert (await js.does("fela", f"/lead award member:{member}")).startswith("There is no record to decide about yet")
    await js.passes(days=21)
    record = await js.reads(lambda uow: uow.records.of(js.group.id, js.ids["jill"]))
    assert record is not None
    assert (record.finished, record.recognised) == (False, False)

    assert (await js.does("fela", f"/lead award member:{member}")).startswith("@Jill has finished the group")
    assert js.inbox("jill")[-1].startswith("Fela says that you finished JavaScript in three weeks. Well done.")
    after = await js.reads(lambda uow: uow.records.of(js.group.id, js.ids["jill"]))
    assert after is not None
    assert (after.finished, after.recognised, after.criteria) == (False, True, record.criteria)
    assert (after.decided_by, after.decided_at) == (js.ids["fela"], js.clock.now())
    assert "Finished" in await js.does("jill", "/portfolio")
    assert (await js.does("fela", f"/lead award member:{member}")).startswith("That is how it stands already")

    assert (await js.does("fela", f"/lead award member:{member} award:no")).startswith(
        "Taken back: the record of @Jill"
    )
    assert js.inbox("jill")[-1].startswith("Fela changed your record of JavaScript in three weeks: it says that you")
    assert "Took part" in await js.does("jill", "/portfolio")


@pytest.mark.slow
async def test_everybody_of_a_large_group_can_be_chosen(js: Scene) -> None:
    for number in range(30):
        await js.joins(f"learner{number}")
    await js.passes(days=21)

    found = await js.person("fela").suggestions("lead award", "member", "learner29", js.home)
    assert [choice.value for choice in found] == [code(js.members["learner29"])]


async def test_the_command_line_finds_what_is_not_right_and_mends_it(
    js: Scene, sqlite_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    await js.writes(lambda uow: uow.members.add_eighths(js.group.id, js.ids["jill"], 12))
    storage = StorageSettings(url=sqlite_url)
    assert await _rebuild(storage, check=True) == 1
    told = capsys.readouterr().out
    assert f"person:{js.ids['jill']}  kept 1.5, right is 0" in told
    assert "Looked at 1 group: 1 are not right. Without --check they are put right." in told
    assert await _rebuild(storage, check=False) == 0
    assert "1 were not right and are now." in capsys.readouterr().out
    assert await _rebuild(storage, check=True) == 0
    assert "every reputation is what its likes and thanks come to" in capsys.readouterr().out
