"""Whoever was forgotten stays so after a restore, also where people read them: on the platform (P13, S6)."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.bootstrap import FEATURES
from bot.ids import code
from bot.study.members import RUNS_GROUP
from schedules.pump import Pump
from storage.backup import take
from storage.restore import mark_restored
from tests.builders import Scene, restored, scene


def shown(js: Scene) -> str:
    """Return what stands in the group's channel by the bot, and the titles of its threads."""
    ours = [one for one in js.home.messages if one.author == js.chat.world.bot_account]
    titles = [thread.title for thread in js.home.threads.values()]
    return "\n".join([*(js.person("priya").reads(one) for one in ours), *titles])


@pytest.mark.slow
async def test_messages_of_somebody_go_also_where_the_orders_for_that_were_lost(
    sqlite_url: str, tmp_path: Path
) -> None:
    """The platform was away when Jill and Fela went, and the database that knew it broke."""
    place, kept = tmp_path / "test.db", tmp_path / "kept.db"
    async with scene(sqlite_url, FEATURES, tmp_path) as js:
        await js.open_week(1)
        await js.does("jill", "/submit https://code.example/CANARY note:CANARY work activity:1.1")
        await js.does("jill", "/ask Why does the loop of CANARY never end")
        await js.does("fela", "/note text:Fela on CANARY share:yes")
        take(place, kept)
        js.pump = Pump(js.store, {}, js.clock)  # the platform is away
        await js.calls("fela", "lead group hand-over", member=code(js.members["tomas"]), sure="yes")
        for name in ("jill", "fela"):
            assert "I have forgotten you" in await js.calls(name, "settings erase now")
    assert "CANARY" in shown(js)

    async with restored(js, kept, place, FEATURES) as again:
        await again.passes(hours=3)
        people = await again.reads(lambda uow: [uow.people.get(js.ids[name]) for name in ("jill", "fela")])
        assert people == [None, None]
        assert await again.reads(lambda uow: uow.members.in_group(js.group.id, roles=RUNS_GROUP)) == []
    for word in ("CANARY", "Jill"):
        assert word not in shown(js)


async def test_a_postgresql_database_that_was_put_back_forgets_as_well(postgres_url: str, tmp_path: Path) -> None:
    async with scene(postgres_url, FEATURES, tmp_path) as js:
        await js.open_week(1)
        await js.does("jill", "/ask Why does the loop of CANARY never end")

        await mark_restored(postgres_url, js.clock.now(), [js.ids["jill"]])

        assert await js.reads(lambda uow: uow.people.get(js.ids["jill"])) is None
        await js.passes(hours=1)
        assert "CANARY" not in shown(js)
        assert "A question from a former member" in shown(js)
