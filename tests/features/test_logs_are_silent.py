"""What people write stands in no log, at any level, from the first work to the portfolio (J27, P13)."""

from __future__ import annotations

import logging

import pytest

from bot.ids import code
from tests.builders import Scene

WORDS = "CANARY"


@pytest.mark.slow
async def test_nothing_that_people_wrote_is_in_the_log(js: Scene, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("tests").debug("the log is listened to")
    await js.does("jill", f"/settings name:{WORDS}-name")
    await js.does("jill", f"/submit activity:1.1 https://code.example/{WORDS}-link note:{WORDS}-work")
    await js.presses("priya", "Give feedback", js.home.last)
    await js.fills("priya", works=f"{WORDS}-works", suggestion=f"{WORDS}-suggestion")
    await js.does("jill", f"/note text:{WORDS}-note share:yes kind:summary")
    await js.likes("priya", js.home.last)
    [note] = await js.reads(lambda uow: uow.notes.by_person(js.group.id, js.ids["jill"]))
    await js.calls("fela", "note feature", id=code(note.id))
    await js.calls("jill", "note feature agree", id=code(note.id))
    await js.does("jill", f"/ask {WORDS}-question")
    await js.says("tomas", f"{WORDS}-answer", js.home.last)
    await js.does("jill", f"/settings zone:{WORDS}-nowhere")
    await js.does("jill", f"/note text:{WORDS} week:99")
    await js.calls("jill", f"{WORDS}-command")
    for command in ("/portfolio", "/portfolio export", "/points", "/notes"):
        await js.does("jill", command)
    await js.passes(days=8)

    assert "the log is listened to" in caplog.text
    assert WORDS not in caplog.text
