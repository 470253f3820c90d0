"""Figures for whoever watches over an installation."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from adapters.web.metrics import Metrics
from adapters.web.server import Server
from bot.app import Bot
from bot.bootstrap import FEATURES
from bot.chat import AccountRef, Invocation
from bot.ids import new_id
from tests.adapters.web.reading import Web
from tests.builders import UNLIMITED, Scene


@pytest.fixture
async def measured(js: Scene) -> AsyncIterator[tuple[Bot, Web]]:
    """Return a bot that is measured, and the way to its figures."""
    metrics = Metrics()
    bot = Bot(FEATURES, js.store, js.clock, js.bot.outlines, limits=UNLIMITED, meter=metrics)
    js.pump.attend(bot)
    js.chat.connect(bot)
    server = Server("127.0.0.1", 0, [metrics.route(js.store, js.clock)])
    await server.start()
    async with Web(f"http://127.0.0.1:{server.port}/") as web:
        yield bot, web
    await server.stop()


async def figures(web: Web) -> dict[str, float]:
    """Return all figures, each under its name and labels."""
    found = await web.get("metrics")
    assert found.status == 200
    return {
        sample.name + "".join(f" {value}" for _, value in sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(found.body.decode())
        for sample in family.samples
    }


async def test_calls_are_counted_by_what_came_of_them(js: Scene, measured: tuple[Bot, Web]) -> None:
    bot, web = measured
    await js.does("jill", "/week")
    await js.does("jill", "/week")
    await js.does("jill", "/lead pulse")
    call = Invocation(str(new_id(js.clock.now())), "no such thing", AccountRef("local", "jill"), "Jill", js.home.ref)
    await bot.invoke(call)
    found = await figures(web)
    assert found["studycircle_calls_total week ok"] == 2
    assert found["studycircle_calls_total lead pulse refused"] == 1
    assert found["studycircle_calls_total unknown refused"] == 1
    assert found["studycircle_call_seconds_count"] == 4


async def test_posts_are_counted_and_so_is_what_waits(js: Scene, measured: tuple[Bot, Web]) -> None:
    _, web = measured
    before = await figures(web)
    await js.person("jill").types("/note text:Hello share:yes", js.home)
    waiting = await figures(web)
    assert waiting["studycircle_posts_waiting due"] == before["studycircle_posts_waiting due"] + 1
    await js.settle()
    after = await figures(web)
    assert after["studycircle_posts_total sent"] == 1
    assert after["studycircle_posts_waiting due"] == before["studycircle_posts_waiting due"]
    assert after["studycircle_duplicates_healed_total"] == 0
    assert after["studycircle_database_up"] == 1


async def test_lag_says_how_late_the_oldest_post_is(js: Scene, measured: tuple[Bot, Web]) -> None:
    _, web = measured
    await js.person("jill").types("/note text:Hello share:yes", js.home)
    js.clock.move_by(timedelta(seconds=90))
    assert (await figures(web))["studycircle_lag_seconds posts"] == pytest.approx(90, abs=1)


async def test_nobody_is_named_in_the_figures(js: Scene, measured: tuple[Bot, Web]) -> None:
    _, web = measured
    await js.does("jill", "/ask My secret question")
    body = (await web.get("metrics")).body.lower()
    for words in (b"jill", b"secret", b"javascript"):
        assert words not in body


async def test_without_a_database_what_was_counted_is_told_all_the_same(js: Scene, measured: tuple[Bot, Web]) -> None:
    _, web = measured
    await js.does("jill", "/week")
    await js.store.close()  # type: ignore[attr-defined]
    found = await figures(web)
    assert found["studycircle_database_up"] == 0
    assert found["studycircle_calls_total week ok"] == 1
