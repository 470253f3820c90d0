"""Commands that open a form need not write for that: the form is there at once, whoever else is writing."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing

import pytest
import pytest_asyncio

from bot.feature import Feature
from bot.options import Access, Command
from tests.declared import BY_NAME, CALLERS, COMMANDS, Everything, everything

pytestmark = pytest.mark.asyncio(loop_scope="module")

ASKING = [command for command in COMMANDS if command.asks]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def there(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Everything]:
    """Return the group with one of everything; no test that uses this leaves anything in it."""
    async with everything(tmp_path_factory.mktemp("forms")) as opened:
        yield opened


@pytest.mark.parametrize("command", ASKING, ids=lambda command: command.name)
async def test_a_form_comes_at_once_and_leaves_no_trace_while_somebody_else_writes(
    command: Command, there: Everything
) -> None:
    """J9, J17, J22: Discord shows no form after a delay, so one that had to wait would cost a tap more."""
    arguments, _ = there.good(command)
    left = {name: value for name, value in arguments.items() if name not in command.asks}
    before = there.rows()
    async with there.prepared(command):
        who = CALLERS.get(command.name, "fela")
        with closing(sqlite3.connect(there.path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            async with asyncio.timeout(5):  # the writer's patience is ten
                told = await there.calls(who, command.name, left, admin=True, submitted=False)
            other.execute("ROLLBACK")
    assert told.reply.form is not None, told.text
    assert set(command.asks) <= {field.name for field in told.reply.form.fields}
    assert there.rows() == before


@pytest.mark.parametrize(
    ("name", "needed"),
    [("ask", "question"), ("answer", "text"), ("lead announce", "text"), ("lead schedule shift", "number")],
)
async def test_a_form_marks_what_it_cannot_do_without_so_that_nothing_typed_is_lost(
    name: str, needed: str, there: Everything
) -> None:
    command = BY_NAME[name]
    arguments, _ = there.good(command)
    left = {option: value for option, value in arguments.items() if option not in command.asks}
    async with there.prepared(command):
        told = await there.calls(CALLERS.get(name, "fela"), name, left, admin=True, submitted=False)
    assert told.reply.form is not None, told.text
    assert [field.name for field in told.reply.form.fields if field.required] == [needed]


async def test_what_learners_do_most_is_among_them() -> None:
    assert {"submit", "ask", "answer", "note", "enrol", "give feedback"} <= {command.name for command in ASKING}


async def test_only_commands_that_write_ask_that_way() -> None:
    assert all(BY_NAME[command.name].access is Access.WRITE for command in ASKING)


async def test_a_command_cannot_ask_for_what_is_no_option_of_it() -> None:
    def wave(ctx: object) -> None:
        """Wave."""

    with pytest.raises(TypeError, match="asks for"):
        Feature("waving").command(asks=("hand",))(wave)
