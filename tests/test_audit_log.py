"""The audit log: every command that decides over others writes a line, and no line holds what people wrote."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TypeVar

import pytest
import pytest_asyncio

from adapters.outlines import Shelf
from bot.bootstrap import FEATURES
from bot.errors import Refusal
from bot.ids import code
from bot.options import Access, Command
from bot.ports import UnitOfWork
from bot.study.audit import Entry, scope_of
from bot.study.rights import OF_A_SPACE, RIGHTS, over_others
from tests.builders import UNLIMITED
from tests.declared import CALLERS, COMMANDS, Everything, ListeningBot, Rehearsal, everything

pytestmark = pytest.mark.asyncio(loop_scope="module")

T = TypeVar("T")

WRITING = [command for command in COMMANDS if command.access is Access.WRITE]
OVER_ONESELF = {"link join"}
"""Commands that are noted although everybody may run them: who has which accounts can be asked about later."""
ITEMS = re.compile(r"(space=local:\w+|\w+=(\d+|yes|no|[a-z][a-z ]*|\d{4}-\d\d-\d\dT\d\d:\d\d))( (?=\w+=)|$)")
"""A name with a number, an answer, a word of ours or a time."""


class Noted(Rehearsal):
    """A store that keeps nothing, but tells which lines a work has added to the log."""

    lines: tuple[Entry, ...] = ()

    async def write(self, work: Callable[[UnitOfWork], T]) -> T:
        def listened(uow: UnitOfWork) -> T:
            before = _lines(uow)
            answer = work(uow)
            self.lines = tuple(line for line in _lines(uow) if line not in before)
            return answer

        return await super().write(listened)


def _lines(uow: UnitOfWork) -> list[Entry]:
    return [line for scope, *_ in uow.audit.scopes() for line in uow.audit.read(scope)]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def there(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Everything]:
    """Return the group with one of everything; no test here leaves anything in it."""
    async with everything(tmp_path_factory.mktemp("audit")) as opened:
        yield opened


async def noted(there: Everything, command: Command, who: str, **given: str) -> tuple[Entry, ...]:
    """Let somebody rehearse a command with all it takes, and return the lines that it adds to the log."""
    store = Noted(there.scene.store)
    clock = there.scene.clock
    there._bots[False] = ListeningBot(FEATURES, store, clock, Shelf(there.courses), limits=UNLIMITED)
    arguments, files = there.good(command)
    async with there.prepared(command):
        channel = there.place(command)
        told = await there.calls(who, command.name, arguments | given, files, real=False, admin=True, channel=channel)
    if told.refusal is not None:
        raise told.refusal
    return store.lines


def the(name: str) -> Command:
    return next(command for command in COMMANDS if command.name == name)


@pytest.mark.parametrize("command", WRITING, ids=[one.name for one in WRITING])
async def test_a_command_is_noted_exactly_if_learners_may_not_run_it(command: Command, there: Everything) -> None:
    try:
        lines = await noted(there, command, CALLERS.get(command.name, "fela"))
    except Refusal as refusal:
        pytest.skip(f"it takes more than one call to get there: {type(refusal).__name__}")
    if not over_others(command.name):
        assert {line.action for line in lines} <= OVER_ONESELF & {command.name}
        return
    [line] = lines
    assert (line.actor, line.action) == (there.scene.ids["fela"], command.name)
    assert line.at == there.scene.clock.now()
    of_a_space = RIGHTS[command.name] <= OF_A_SPACE
    assert line.scope == scope_of(None if of_a_space else there.scene.group.id)
    assert ITEMS.sub("", line.items) == "", f"{line.items!r} holds more than ids, numbers and words of ours"


async def test_who_leads_decides_over_others_and_who_learns_does_not() -> None:
    named = {command.name for command in COMMANDS if over_others(command.name)}
    assert {"lead members remove now", "lead members role", "lead group cancel now", "study facilitators"} <= named
    assert named.isdisjoint({"submit", "ask", "enrol", "withdraw", "pause", "mark answer", "settings", "help"})


async def test_a_role_is_noted_with_who_got_which(there: Everything) -> None:
    member = there.scene.members["jill"]
    [line] = await noted(there, the("lead members role"), "fela", member=code(member), role="mentor", learning="no")
    assert line.items == f"member={member} role=mentor learning=no"


async def test_a_removal_is_noted_with_whom_and_without_why(there: Everything) -> None:
    [line] = await noted(there, the("lead members remove now"), "fela")
    assert line.items.endswith(f" member={there.scene.members['tomas']}")
    assert "Goodbye" not in line.items


async def test_a_new_group_and_a_new_starter_are_named(there: Everything) -> None:
    [line] = await noted(there, the("lead group found"), "fela")
    assert re.fullmatch(r"space=local:acme draft=\d{18,19} group=\d{18,19}", line.items)
    [line] = await noted(there, the("study facilitators"), "fela", add="local:priya")
    assert f"added={there.scene.ids['priya']}" in line.items


async def test_what_is_refused_or_only_asked_leaves_no_line(tmp_path: Path) -> None:
    async with everything(tmp_path) as there:
        jill, ada = code(there.scene.members["jill"]), code(there.scene.members["ada"])

        async def lines() -> list[Entry]:
            return await there.scene.reads(lambda uow: uow.audit.read(scope_of(there.scene.group.id)))

        before = await lines()
        assert (await there.calls("jill", "lead members role", {"member": jill, "role": "mentor"})).refusal
        assert (await there.calls("fela", "lead members accept", {"member": code(2**62)})).refusal
        assert (await there.calls("fela", "lead group edit", {}, submitted=False)).reply.form
        assert await lines() == before
        assert (await there.calls("fela", "lead members accept", {"member": ada})).refusal is None
        assert [line.action for line in await lines() if line not in before] == ["lead members accept"]
