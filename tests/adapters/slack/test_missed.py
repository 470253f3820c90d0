"""Answers that were written while the bot was away count as if it had heard them (J24, S4)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.cards import File
from schedules.clock import MovedClock
from tests.adapters.scenarios import BEGINS, HOME
from tests.adapters.slack.stage import SlackStage, _message, played
from tests.fakes.slack import FakeSlack

pytestmark = pytest.mark.slow

COURSE = b"# JavaScript\n\n## Week 1: Values\n\n### Practice: Try it\n"


async def test_an_answer_that_was_written_while_the_bot_was_away_is_read_once(sqlite_url: str) -> None:
    clock = MovedClock(BEGINS)
    async with FakeSlack(clock.now) as fake:
        fake.channel(HOME)
        async with played(sqlite_url, fake, clock, "socket") as stage:
            await stage_a_question(stage)
            asked = stage.sees("Why does my loop never end")
        fake.transport.again = ()
        fake.person("fela").says("Look at the condition.", _message(asked))  # nobody hears it
        async with played(sqlite_url, fake, clock, "socket") as stage:
            stage.enters("jill", zone="Europe/Berlin")
            await stage.settle()
            assert "1 answer" in await stage.types("jill", "/questions which:mine")
            await stage.adapter.missed.read()  # once more, as after another gap
            await stage.settle()
            assert "1 answer" in await stage.types("jill", "/questions which:mine")


async def stage_a_question(stage: SlackStage) -> None:
    stage.enters("fela", zone="Europe/Berlin", admin=True)
    stage.enters("jill", zone="Europe/Berlin")
    course = File("course.md", "text/markdown", COURSE)
    await stage.types("fela", '/lead group import start:"2027-01-11 18:00" zone:Europe/Berlin', file=course)
    await stage.presses("fela", "Start the group")
    await stage.types("jill", "/enrol")
    if stage.fake.person("jill").form is not None:
        await stage.fills("jill", goal="Learn")
    await stage.presses("fela", "Accept", stage.fake.person("fela").inbox[-1])
    await stage.passes(datetime(2027, 1, 11, 17, tzinfo=UTC))
    await stage.types("jill", "/ask question:“Why does my loop never end”")
