"""Every declared command, called by everybody: who may is what the table says, and nobody else leaves a trace."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from bot.errors import NotAllowed, NotAllowedNobody, NotAMember, UnknownItem, WrongPlace
from bot.ids import GroupId, code
from bot.options import Access, Command
from bot.study.rights import RIGHTS, Standing
from tests.declared import BY_NAME, COMMANDS, Everything, everything

pytestmark = pytest.mark.asyncio(loop_scope="module")

S = Standing
PEOPLE: dict[str, tuple[str, frozenset[Standing]]] = {
    "owner": ("fela", frozenset({S.OWNER})),
    "facilitator": ("nadia", frozenset({S.FACILITATOR})),
    "mentor": ("tomas", frozenset({S.MENTOR})),
    "learner": ("jill", frozenset({S.LEARNER})),
    "observer": ("olu", frozenset({S.OBSERVER})),
    "guest": ("gus", frozenset({S.GUEST})),
    "applicant": ("ada", frozenset({S.GUEST})),
    "admin": ("addy", frozenset({S.GUEST, S.ADMIN})),
    "starter": ("sten", frozenset({S.GUEST, S.STARTER})),
    "first-seen": ("zoe", frozenset({S.GUEST})),
}
"""Who calls, and what they count as in the group."""
NO_RIGHT = (NotAllowed, NotAllowedNobody, NotAMember)

each_command = pytest.mark.parametrize("command", COMMANDS, ids=[one.name for one in COMMANDS])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def there(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Everything]:
    """Return the group with one of everything; no test here leaves anything in it."""
    async with everything(tmp_path_factory.mktemp("rights")) as opened:
        await opened.scene.changes("fela", learning=False)
        yield opened


async def test_the_table_has_a_row_for_each_command_and_a_command_for_each_row() -> None:
    assert set(RIGHTS) == set(BY_NAME)


async def test_everybody_may_run_something_and_nobody_everything() -> None:
    for _, has in PEOPLE.values():
        may = {name for name, who in RIGHTS.items() if has & who}
        assert set() < may < set(RIGHTS)


@each_command
async def test_who_may_run_a_command_is_what_the_table_says(command: Command, there: Everything) -> None:
    arguments, files = there.good(command)
    async with there.prepared(command):
        before = there.rows()
        for standing, (who, has) in PEOPLE.items():
            allowed = bool(has & RIGHTS[command.name])
            for submitted in (False, True):
                told = await there.calls(
                    who,
                    command.name,
                    arguments,
                    files,
                    real=not allowed,
                    admin=S.ADMIN in has,
                    submitted=submitted,
                    channel=there.place(command),
                )
                assert "Something went wrong" not in told.text, f"{standing}: {told.text}"
                assert isinstance(told.refusal, (*NO_RIGHT, WrongPlace)) is not allowed, f"{standing}: {told.text}"
                assert there.rows() == before, f"{standing}: {told.text}"
                assert not told.reply.files or allowed
    await there.scene.settle()
    assert not there.scene.home.messages


@each_command
async def test_somebody_with_the_same_name_on_another_platform_is_a_guest_of_no_group(
    command: Command, there: Everything
) -> None:
    """Ids are equal in every part but the platform: account, space and channel."""
    arguments, files = there.good(command)
    mirror = replace(there.home, platform="mirror")
    before = there.rows()
    allowed = S.GUEST in RIGHTS[command.name]
    for who in ("fela", "jill"):
        told = await there.calls(
            who, command.name, arguments, files, real=not allowed, channel=mirror, platform="mirror"
        )
        if not allowed:
            assert isinstance(told.refusal, (*NO_RIGHT, WrongPlace)), told.text
        assert there.scene.group.title not in told.text
        assert there.rows() == before


@each_command
async def test_a_group_cannot_be_named_from_another_space(command: Command, there: Everything) -> None:
    """A member who stands in another space's channel of the same name reaches nothing of the group by its id."""
    arguments, files = there.good(command)
    named = {**arguments, "group": code(there.own[GroupId])}
    if command.access is Access.NOTHING:
        return
    before = there.rows()
    for who, admin in (("fela", True), ("jill", False), ("zoe", False)):
        told = await there.calls(who, command.name, named, files, admin=admin, channel=there.elsewhere)
        assert isinstance(told.refusal, (*NO_RIGHT, UnknownItem)), told.text
        assert there.scene.group.title not in told.text
        assert there.rows() == before


@each_command
async def test_a_member_of_one_group_is_a_guest_in_another_spaces_group(command: Command, there: Everything) -> None:
    """The ids in the call are those of the member's own group; the channel is the other group's."""
    arguments, files = there.good(command)
    before = there.rows()
    allowed = S.GUEST in RIGHTS[command.name]
    told = await there.calls("jill", command.name, arguments, files, real=not allowed, channel=there.elsewhere)
    if not allowed:
        assert isinstance(told.refusal, (*NO_RIGHT, WrongPlace)), told.text
    assert there.scene.group.title not in told.text
    assert there.rows() == before
