"""A role of the server for everybody in a group: given, taken, kept true through crashes, and never a way to power.

P12, S4: whoever takes part has it, nobody gains rights by it, and who leads reads what to click where it fails.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot import faultpoints
from bot.cards import File
from bot.chat import RosterRef
from bot.features.leading.rostering import tell_trouble
from bot.ports import UnitOfWork
from bot.study import rosters
from bot.study.members import MemberState
from bot.study.rosters import Entry
from schedules.rosters import LEASE, RosterKeeper
from tests.adapters.discord.stage import DiscordStage, opened
from tests.adapters.facilitators_story import BREAD
from tests.adapters.scenarios import HOME
from tests.adapters.staging import begun
from tests.fakes.discord import Fault, May, Role, Way, openapi
from tests.homes.stage import CODE

pytestmark = pytest.mark.slow

ROLE = "/guilds/{guild_id}/members/{user_id}/roles/{role_id}"
PUT, DELETE = f"PUT {ROLE}", f"DELETE {ROLE}"
TEXT = May.VIEW_CHANNEL | May.SEND_MESSAGES


@pytest.fixture
async def stage(sqlite_url: str) -> AsyncIterator[DiscordStage]:
    """Return a stage with a group of Fela's in which Jill and Priya learn, on a server that lets the bot give roles."""
    async with opened(sqlite_url) as stage:
        await begun(stage, "jill", "priya")
        allow(stage)
        yield stage
        assert openapi.problems(stage.fake.recorder.asked) == []


@pytest.fixture(autouse=True)
def disarmed() -> Iterator[None]:
    """Leave no fault point armed."""
    yield
    faultpoints.arm(None)


def mine(stage: DiscordStage) -> Role:
    """Return the bot's own role."""
    return next(one for one in stage.fake.guild().roles.values() if one.of_bot is not None)


def allow(stage: DiscordStage, *, manage: bool = True, position: int = 1) -> None:
    """Let the bot give roles or not, and let its role stand somewhere."""
    role = mine(stage)
    may = role.permissions | May.MANAGE_ROLES if manage else role.permissions & ~May.MANAGE_ROLES
    stage.fake.world.change_role(stage.fake.guild(), role, may, position)


def a_role(stage: DiscordStage, name: str = "Bakers", may: May = TEXT, *, position: int = 0) -> Role:
    return stage.fake.world.add_role(stage.fake.guild(), name, may, position=position)


def having(stage: DiscordStage, role: Role) -> set[str]:
    """Return who has a role."""
    return {one.user.name for one in stage.fake.guild().members.values() if role.id in one.roles}


async def looks(stage: DiscordStage) -> None:
    """Let the bot look who is to be given a role, as it does by itself every few seconds."""
    await stage.heard()
    for keeper in stage.app.keepers:
        await keeper.look()
    await stage.settle()


async def chooses(stage: DiscordStage, role: Role, who: str = "fela", where: str = HOME) -> str:
    """Choose a role for the group, and return what is answered."""
    await stage.heard()
    asked = await stage.fake.person(who).types("/lead group role", stage.fake.channel(where), role=role)
    told = await stage._read(who, asked)
    await looks(stage)
    return told


async def entries(stage: DiscordStage) -> list[Entry]:
    """Return all that is to be seen to within two days."""
    later = stage.clock.now() + timedelta(days=2)
    return await stage.app.bot.read(lambda uow: uow.rosters.due("discord", later, 1_000))


async def test_everybody_in_the_group_gets_the_role_and_whoever_comes_later_too(stage: DiscordStage) -> None:
    role = a_role(stage)
    told = await chooses(stage, role)
    assert "gets this role" in told
    assert having(stage, role) == {"fela", "jill", "priya"}
    stage.enters("ben", zone="Europe/Berlin")
    await stage.types("ben", "/enrol")
    await stage.fills("ben", goal="Bread", zone="Europe/Berlin")
    await looks(stage)
    assert having(stage, role) == {"fela", "jill", "priya", "ben"}
    assert "4 accounts have the role" in await stage.types("fela", "/lead group role")


async def test_who_leaves_loses_it_and_who_comes_back_gets_it_again(stage: DiscordStage) -> None:
    role = a_role(stage)
    await chooses(stage, role)
    await stage.types("jill", "/withdraw")
    await stage.presses("jill", "Leave, my work stays")
    await looks(stage)
    assert having(stage, role) == {"fela", "priya"}
    await stage.types("jill", "/enrol")
    await stage.fills("jill", goal="Bread", zone="Europe/Berlin")
    await looks(stage)
    assert having(stage, role) == {"fela", "jill", "priya"}


async def test_a_pause_takes_nothing_and_who_only_looks_on_has_no_role(stage: DiscordStage) -> None:
    role = a_role(stage)
    await chooses(stage, role)
    await stage.types("jill", "/pause")
    await stage.types("fela", "/lead members role member:priya role:observer")
    await looks(stage)
    assert having(stage, role) == {"fela", "jill"}


async def test_another_role_takes_the_place_of_the_first_and_none_takes_it_away(stage: DiscordStage) -> None:
    first, second = a_role(stage), a_role(stage, "Millers")
    await chooses(stage, first)
    await chooses(stage, second)
    assert (having(stage, first), having(stage, second)) == (set(), {"fela", "jill", "priya"})
    await stage.types("fela", "/lead group role")
    await stage.presses("fela", "Give it no more")
    await looks(stage)
    assert having(stage, second) == set()
    assert await entries(stage) == []


async def test_who_is_in_two_groups_with_one_role_keeps_it_until_both_are_left(stage: DiscordStage) -> None:
    role = a_role(stage)
    await chooses(stage, role)
    stage.fake.channel("rye")
    await stage.types("fela", "/lead group import", where="rye")
    rye = File("rye.md", "text/markdown", BREAD.encode())
    await stage.fills("fela", file=rye, start="2027-01-18 18:00", zone="Europe/Berlin")
    await stage.presses("fela", "Start the group")
    await stage.types("fela", "/lead group enrolment auto_accept:yes", where="rye")
    await chooses(stage, role, where="rye")
    await stage.types("jill", "/enrol", where="rye")
    await stage.fills("jill", goal="Rye", zone="Europe/Berlin")
    await looks(stage)
    for where, there in ((HOME, True), ("rye", False)):
        await stage.types("jill", "/withdraw", where=where)
        await stage.presses("jill", "Leave, my work stays")
        await looks(stage)
        assert ("jill" in having(stage, role)) is there


async def test_a_group_that_is_cancelled_takes_its_role_along(stage: DiscordStage) -> None:
    role = a_role(stage)
    await chooses(stage, role)
    await stage.types("fela", "/lead group cancel reason:Flu")
    await stage.presses("fela", "Cancel the group")
    await stage.passes(minutes=6)
    await looks(stage)
    assert having(stage, role) == set()


async def test_each_account_of_a_person_has_it(stage: DiscordStage) -> None:
    role = a_role(stage)
    await chooses(stage, role)
    stage.enters("jay", zone="Europe/Berlin", name="Jill's phone")
    [code] = CODE.findall(await stage.types("jill", "/link"))
    await stage.types("jay", f"/link {code}")
    await stage.presses("jay", "Join both")
    await stage.passes(minutes=6)
    await looks(stage)
    assert having(stage, role) == {"fela", "jill", "jay", "priya"}


async def test_who_is_erased_loses_it_and_no_line_stays(stage: DiscordStage) -> None:
    role = a_role(stage)
    await chooses(stage, role)
    await stage.types("jill", "/settings erase")
    await stage.presses("jill", "Yes, erase everything")
    await stage.passes(minutes=6)
    await looks(stage)
    assert having(stage, role) == {"fela", "priya"}
    assert await entries(stage) == []


# What may not be chosen


@pytest.mark.parametrize("power", [May.ADMINISTRATOR, May.MANAGE_MESSAGES, May.MENTION_EVERYONE, May.MANAGE_ROLES])
async def test_a_role_with_power_is_refused(stage: DiscordStage, power: May) -> None:
    role = a_role(stage, "Crew", TEXT | power)
    assert "Nobody should gain that" in await chooses(stage, role)
    assert having(stage, role) == set()


async def test_the_role_of_everybody_and_that_of_a_bot_are_refused(stage: DiscordStage) -> None:
    for role in (stage.fake.guild().everyone, mine(stage)):
        assert "can't be given to people" in await chooses(stage, role)


async def test_nobody_gives_through_the_bot_what_they_could_not_give_by_hand(stage: DiscordStage) -> None:
    stage.enters("nadia", zone="Europe/Berlin")
    await stage.types("nadia", "/enrol")
    await stage.fills("nadia", goal="Help", zone="Europe/Berlin")
    await stage.types("fela", "/lead members role member:nadia role:facilitator")
    role = a_role(stage, "Staff room")
    assert "You can't give “Staff room” yourself" in await chooses(stage, role, "nadia")
    assert having(stage, role) == set()
    helpers = a_role(stage, "Helpers", TEXT | May.MANAGE_ROLES, position=0)
    stage.fake.guild().members[stage.fake.person("nadia").user.id].roles.append(helpers.id)
    above = a_role(stage, "Above", position=1)
    assert "You can't give “Above” yourself" in await chooses(stage, above, "nadia")


async def test_what_is_missing_is_said_at_once_with_what_to_click(stage: DiscordStage) -> None:
    role = a_role(stage)
    allow(stage, manage=False)
    told = await chooses(stage, role)
    assert "Server Settings > Roles > Studycircle > turn on “Manage Roles”" in told
    allow(stage, position=1)
    above = a_role(stage, "Bakers' guild", position=2)
    allow(stage)
    told = await chooses(stage, above)
    assert "drag “Studycircle” above “Bakers' guild”" in told
    assert len(stage.fake.recorder.to(PUT)) == 0


async def test_a_role_that_gains_power_later_is_given_to_nobody_any_more(stage: DiscordStage) -> None:
    role = a_role(stage)
    await chooses(stage, role)
    stage.fake.world.change_role(stage.fake.guild(), role, TEXT | May.ADMINISTRATOR)
    stage.enters("ben", zone="Europe/Berlin")
    await stage.types("ben", "/enrol")
    await stage.fills("ben", goal="Power", zone="Europe/Berlin")
    await looks(stage)
    assert "ben" not in having(stage, role)
    assert any("lets them look after the server" in told for told in stage.told("fela"))


# What goes wrong


async def test_a_role_dragged_above_the_bots_is_told_once_and_given_after_a_press(stage: DiscordStage) -> None:
    role = a_role(stage)
    await chooses(stage, role)
    stage.fake.world.change_role(stage.fake.guild(), role, position=3)
    stage.enters("ben", zone="Europe/Berlin")
    await stage.types("ben", "/enrol")
    await stage.fills("ben", goal="Bread", zone="Europe/Berlin")
    for _ in range(3):
        await looks(stage)
        await stage.passes(minutes=10)
    told = [one for one in stage.told("fela") if "A role could not be given" in one]
    assert len(told) == 1
    assert "drag “Studycircle” above “Bakers”" in told[0]
    assert len(stage.fake.recorder.to(PUT)) == 4
    stage.fake.world.change_role(stage.fake.guild(), role, position=0)
    await stage.presses("fela", "Give it again")
    await looks(stage)
    assert having(stage, role) == {"fela", "jill", "priya", "ben"}


async def test_it_is_tried_again_by_itself_after_a_day(stage: DiscordStage) -> None:
    role = a_role(stage)
    allow(stage)
    await chooses(stage, role)
    allow(stage, manage=False)
    stage.enters("ben", zone="Europe/Berlin")
    await stage.types("ben", "/enrol")
    await stage.fills("ben", goal="Bread", zone="Europe/Berlin")
    await looks(stage)
    allow(stage)
    await looks(stage)
    assert "ben" not in having(stage, role)
    await stage.passes(days=1, minutes=1)
    await looks(stage)
    assert "ben" in having(stage, role)
    assert "I can't give it" not in await stage.types("fela", "/lead group role")


async def test_a_role_that_was_deleted_is_told_and_another_can_be_chosen(stage: DiscordStage) -> None:
    role = a_role(stage)
    await chooses(stage, role)
    stage.fake.world.drop_role(stage.fake.guild(), role)
    await stage.types("fela", "/lead group role")
    await stage.presses("fela", "Give it again")
    await looks(stage)
    assert any("this role is not there any more" in one for one in stage.told("fela"))
    other = a_role(stage, "Millers")
    await chooses(stage, other)
    assert having(stage, other) == {"fela", "jill", "priya"}
    assert await entries(stage) == []


async def test_who_is_not_in_the_server_holds_up_nobody_and_is_looked_for_again(stage: DiscordStage) -> None:
    jill = stage.fake.person("jill").user
    stage.fake.world.leave(stage.fake.guild(), jill)
    role = a_role(stage)
    await chooses(stage, role)
    assert having(stage, role) == {"fela", "priya"}
    stage.fake.world.join(stage.fake.guild(), jill)
    await stage.passes(days=1, minutes=1)
    await looks(stage)
    assert having(stage, role) == {"fela", "jill", "priya"}


@pytest.mark.parametrize("way", [Fault(Way.REFUSED, status=500, body={}), Fault(Way.CUT), Fault(Way.LOST)])
async def test_what_fails_for_the_moment_is_done_a_little_later(stage: DiscordStage, way: Fault) -> None:
    role = a_role(stage)
    stage.fake.faults.add(Fault(way.way, where=PUT, times=6, status=way.status, body=way.body))
    await chooses(stage, role)
    for _ in range(4):
        await stage.passes(minutes=11)
        await looks(stage)
    assert having(stage, role) == {"fela", "jill", "priya"}
    assert not any("could not be given" in one for one in stage.told("fela"))


class Crash(Exception):
    """The process is gone."""


def successor(stage: DiscordStage) -> None:
    """Let another process keep the rosters from now on."""
    [old] = stage.app.keepers
    platform = stage.adapter.platform
    stage.app.keepers[:] = [RosterKeeper(stage.app.bot, "discord", platform, stage.clock, tell_trouble)]  # type: ignore[index]
    assert stage.app.keepers != [old]


async def test_a_crash_between_giving_and_noting_it_loses_nothing(stage: DiscordStage) -> None:
    role = a_role(stage)

    def crash(name: str) -> None:
        if name == "roster: carried out":
            raise Crash

    faultpoints.arm(crash)
    with pytest.raises(Crash):
        await chooses(stage, role)
    faultpoints.arm(None)
    [given] = having(stage, role)
    await stage.passes(seconds=LEASE.total_seconds() + 1)
    await stage.types("fela", "/lead group role")
    await stage.presses("fela", "Give it no more")
    await stage.app.bot.store.write(lambda uow: uow.leases.acquire("rosters discord", "dead", stage.clock.now(), LEASE))
    successor(stage)
    await stage.app.keepers[0].look()
    assert having(stage, role) == {given}, "another's lease is respected"
    await stage.passes(seconds=LEASE.total_seconds() + 1)
    await looks(stage)
    assert having(stage, role) == set()
    assert await entries(stage) == []


async def test_a_crash_between_taking_and_noting_it_loses_nothing(stage: DiscordStage) -> None:
    role = a_role(stage)
    await chooses(stage, role)
    await stage.types("fela", "/lead group role")
    await stage.presses("fela", "Give it no more")
    faultpoints.arm(lambda name: (_ for _ in ()).throw(Crash) if name == "roster: carried out" else None)
    with pytest.raises(Crash):
        await looks(stage)
    faultpoints.arm(None)
    successor(stage)
    await stage.passes(seconds=LEASE.total_seconds() + 1)
    await looks(stage)
    assert having(stage, role) == set()
    assert await entries(stage) == []


async def test_who_leaves_while_the_role_is_on_its_way_does_not_keep_it(stage: DiscordStage) -> None:
    role = a_role(stage)
    told: list[str] = []
    keep = stage.app.keepers[0]._note

    def leaves_first(uow: UnitOfWork, entry: Entry, on: bool, there: bool) -> bool:
        if not told:
            told.append(str(entry.account))
            person = uow.people.by_account(entry.account)
            assert person is not None
            [member] = uow.members.of_person(person.id)
            uow.members.save(replace(member, state=MemberState.LEFT))
        return keep(uow, entry, on, there)

    stage.app.keepers[0]._note = leaves_first  # type: ignore[method-assign]
    await chooses(stage, role)
    await looks(stage)
    assert len(having(stage, role)) == 2


async def test_the_words_for_trouble_are_kept_once(stage: DiscordStage) -> None:
    roster = RosterRef("discord", "1", "2")

    def twice(uow: UnitOfWork) -> list[bool]:
        return [rosters.note_trouble(uow, roster, word) for word in ("above", "above", "", "above")]

    assert await stage.app.store.write(twice) == [True, False, True, True]
