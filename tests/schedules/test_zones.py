"""Time-zone data that changes while a group runs: its plan follows, and what is past stays (J28)."""

from __future__ import annotations

import zoneinfo
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.ids import GroupId
from bot.study import rescheduling
from bot.study.agenda import DueKind
from bot.study.groups import GroupState
from schedules import zones
from tests.builders import Scene, scene
from tests.features.weekly import FEATURES, due_at, posted, schedule, week


@pytest.fixture
async def js(database_url: str, tmp_path: Path) -> AsyncIterator[Scene]:
    """Return the JavaScript group, which runs in Berlin; its first week is out, the others come by themselves."""
    async with scene(database_url, FEATURES, tmp_path) as opened:
        await opened.changes_group(state=GroupState.RUNNING)
        for number in (1, 2, 3):
            await schedule(opened, number)
        await opened.passes(minutes=1)
        await zones.follow(opened.store, opened.clock)
        yield opened


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    """Return a folder whose time-zone data goes before that of the system."""
    folder = tmp_path / "zones"
    folder.mkdir()
    before = zoneinfo.TZPATH
    zoneinfo.reset_tzpath([folder, *before])
    try:
        yield folder
    finally:
        zoneinfo.reset_tzpath(before)
        zoneinfo.ZoneInfo.clear_cache()


def let_berlin_go_by(clocks_of: str, folder: Path) -> None:
    """Let new data of Europe/Berlin come, as if its country had decided on the clocks of another."""
    file = folder / "Europe" / "Berlin"
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(zones.data_of(clocks_of))


async def test_new_data_moves_the_weeks_ahead_to_the_same_wall_clock_time(js: Scene, data: Path) -> None:
    first, second = await week(js, 1), await week(js, 2)
    let_berlin_go_by("Europe/Lisbon", data)
    told = await zones.follow(js.store, js.clock)

    assert told == "the plans of 1 groups are computed anew, 1 of them have changed"
    after = await week(js, 2)
    assert (f"{second.opens_at:%H}", f"{after.opens_at:%H}") == ("17", "18")
    assert after.opens == second.opens
    assert await due_at(js, 2) == after.opens_at
    assert await week(js, 1) == first
    end = await js.reads(lambda uow: uow.agenda.at(DueKind.END_GROUP, js.group.id))
    assert f"{end:%m-%d %H}" == "02-01 18"
    await js.passes(minutes=1)
    assert "Next: week 2, Monday 18 January 2027, 18:00 (UTC)" in posted(js)[0]


async def test_data_that_is_as_it_was_changes_nothing(js: Scene) -> None:
    before = await week(js, 2)

    assert await zones.follow(js.store, js.clock) == ""
    assert await week(js, 2) == before


async def test_data_of_a_zone_that_no_group_is_in_is_not_looked_at(js: Scene) -> None:
    looked_at: list[str] = []

    def look(zone: str) -> str:
        looked_at.append(zone)
        return "new"

    await zones.follow(js.store, js.clock, look)
    assert looked_at == ["Europe/Berlin"]


async def test_a_zone_counts_as_done_only_when_all_its_groups_are(
    js: Scene, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_berlin_go_by("Europe/Lisbon", data)

    def fail(*_: object, **__: object) -> bool:
        raise RuntimeError("the power failed")

    with monkeypatch.context() as patched:
        patched.setattr(rescheduling, "recompute", fail)
        with pytest.raises(RuntimeError, match="power"):
            await zones.follow(js.store, js.clock)
    assert "1 of them have changed" in await zones.follow(js.store, js.clock)


async def test_the_zones_in_use_are_found_without_a_look_at_every_group(js: Scene) -> None:
    for number, name in enumerate(("Asia/Tokyo", "America/Lima", "Asia/Tokyo")):
        group = await js.another_group(f"channel-{number}", f"Group {number}")
        await js.writes(lambda uow, group=group, name=name: uow.groups.save(replace(group, zone=name)))  # type: ignore[misc]

    assert await js.reads(lambda uow: uow.zones.in_use()) == ["America/Lima", "Asia/Tokyo", "Europe/Berlin"]
    tokyo = await js.reads(lambda uow: uow.zones.groups("Asia/Tokyo", GroupId(0), 10))
    assert len(tokyo) == 2
    assert await js.reads(lambda uow: uow.zones.groups("Asia/Tokyo", tokyo[0].id, 10)) == tokyo[1:]
