"""After somebody was erased: every command still works for the others, and names nobody who is gone (P13)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.options import Command
from tests.declared import CALLERS, COMMANDS, Everything, everything

pytestmark = pytest.mark.asyncio(loop_scope="module")

GONE = {"jill": "Jill", "tomas": "Tomas"}
"""A learner who asked and answered, and a mentor."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def there(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Everything]:
    """Return the group with one of everything, from which two were erased; no test leaves anything in it."""
    async with everything(tmp_path_factory.mktemp("erased")) as opened:
        for who in GONE:
            told = await opened.calls(who, "settings erase now", {})
            assert "I have forgotten you" in told.text, told.text
        yield opened


@pytest.mark.parametrize("command", COMMANDS, ids=[one.name for one in COMMANDS])
async def test_every_command_works_for_those_who_are_still_there(command: Command, there: Everything) -> None:
    who = CALLERS.get(command.name, "fela")
    who = "priya" if who in GONE else who
    arguments, files = there.good(command)
    async with there.prepared(command):
        for submitted in (False, True):
            told = await there.calls(
                who,
                command.name,
                arguments,
                files,
                real=False,
                admin=True,
                submitted=submitted,
                channel=there.place(command),
            )
            assert "Something went wrong" not in told.text, told.text
            if command.menu is None and command.person_menu is None:
                assert not [name for name in GONE.values() if name in told.text], told.text
