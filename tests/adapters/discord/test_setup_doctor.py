"""What the doctor says about Discord: token, application, connection, commands, and each group's channel."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from adapters.discord.alone import LEASE, LEASE_NAME
from adapters.discord.checkup import Remembered, examine, of_application, of_connection
from adapters.discord.gateway import Connection
from adapters.discord.registering import commands_memo
from adapters.discord.starting import SESSIONS, SPARE, begun
from adapters.discord.visit import Application
from bot.chat import ChannelRef, RosterRef
from bot.checkup import Finding, Level
from bot.command_line import discord as verbs
from bot.command_line.doctor import examinations
from bot.config import Config, DiscordSettings, StorageSettings
from bot.ids import GroupId
from bot.ports import UnitOfWork
from bot.study.groups import GroupState, Home
from schedules.clock import MovedClock
from storage.looking import known
from storage.store import open_store
from tests.fakes.discord import FakeDiscord, May, Overwrite
from tests.fresh import open_fresh, prepared
from tests.storage.samples import group

NOW = datetime(2027, 1, 11, 17, tzinfo=UTC)
WANTED = verbs._wanted()
APPLICATION = Application(1, "Studycircle", public=True, code_grant=False, endpoint=False, reads_content=False)


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord() as fake:
        yield fake


def connection(fake: FakeDiscord) -> Connection:
    return Connection(fake.token, fake.api_url, fake.gateway_url)


async def examined(fake: FakeDiscord, remembered: Remembered | None = None) -> list[Finding]:
    return await examine(connection(fake), WANTED, remembered, MovedClock(NOW))


def told(findings: list[Finding], level: Level) -> list[str]:
    return [f"{one.what} | {one.next}" for one in findings if one.level is level]


async def register(fake: FakeDiscord) -> None:
    """Give the server the commands that it is to have."""
    for id, one in enumerate(WANTED.payload):
        fake.guild().commands[id] = {**one}


def home(fake: FakeDiscord, channel: int) -> tuple[ChannelRef, str]:
    return ChannelRef("discord", str(fake.guild().id), str(channel)), "JavaScript in five weeks"


async def test_where_all_is_well_nothing_is_to_be_done(fake: FakeDiscord) -> None:
    circle, questions = fake.channel("circle"), fake.forum("questions")
    await register(fake)
    findings = await examined(fake, Remembered([home(fake, circle.id), home(fake, questions.id)]))
    assert told(findings, Level.WRONG) == []
    assert told(findings, Level.LOOK) == ["the bot is not connected | ./run bot starts it."]
    assert [one.what for one in findings if one.level is Level.OK] == [
        "the token is taken; the application is called Studycircle",
        f"makers: {len(WANTED.payload)} commands are registered",
        "makers: #circle, home of JavaScript in five weeks, has every permission",
        "makers: #questions, home of JavaScript in five weeks, has every permission",
    ]
    assert {one.method for one in fake.recorder.asked} == {"GET"}, "it changes nothing"


async def test_each_permission_that_a_home_lacks_is_named_with_what_fails(fake: FakeDiscord) -> None:
    circle = fake.channel("circle")
    deny = May.SEND_MESSAGES | May.READ_MESSAGE_HISTORY
    circle.overwrites[fake.guild().id] = Overwrite(of_role=True, deny=deny)
    fake.guild().roles[max(fake.guild().roles)].permissions = May(0)
    await register(fake)
    findings = await examined(fake, Remembered([home(fake, circle.id)]))
    [wrong] = told(findings, Level.WRONG)
    assert wrong == (
        "makers: “Send Messages” is off in #circle, home of JavaScript in five weeks; nothing is posted there; "
        "whoever leads the group is told | Server Settings > Roles > Studycircle > turn on “Send Messages”; "
        "and look at the permissions of #circle itself"
    )
    assert any("“Read Message History” is off in #circle" in one for one in told(findings, Level.LOOK))


async def test_a_channel_or_a_server_that_is_gone_is_told(fake: FakeDiscord) -> None:
    fake.channel("circle")
    await register(fake)
    elsewhere = (ChannelRef("discord", "1", "2"), "Rust")
    findings = await examined(fake, Remembered([home(fake, 3), elsewhere]))
    said = told(findings, Level.WRONG)
    assert said[0].startswith("Rust lives in a server that the bot is not in any more | Invite the bot again")
    assert said[1].startswith("makers: the channel of JavaScript in five weeks is not there | Was it deleted?")


async def test_commands_of_another_version_are_told_and_those_that_are_gone_as_well(fake: FakeDiscord) -> None:
    fake.channel("circle")
    memo = commands_memo(fake.guild().id)
    assert "makers: the commands are not those of this version" in "\n".join(told(await examined(fake), Level.LOOK))
    gone = await examined(fake, Remembered(memos={memo: WANTED.hash}))
    assert told(gone, Level.WRONG) == [
        "makers: commands that the bot had registered are gone | ./run setup discord registers them anew."
    ]
    await register(fake)
    old = await examined(fake, Remembered(memos={memo: "another"}))
    assert "makers: the commands are not those of this version" in "\n".join(told(old, Level.LOOK))
    fake.faults.refuse("GET /applications/{application_id}/guilds/{guild_id}/commands", status=403, code=50001)
    [refused] = told(await examined(fake), Level.WRONG)
    assert refused.startswith("makers: the bot may not register commands | Invite it anew: https://discord.com/oauth2/")


async def test_a_bot_in_no_server_is_to_be_invited(fake: FakeDiscord) -> None:
    [look] = told(await examined(fake), Level.LOOK)
    assert look.startswith("the bot is in no server yet | Invite it: https://discord.com/oauth2/authorize?client_id=")


async def test_a_refused_token_is_told_and_what_the_database_knows_is_told_all_the_same(fake: FakeDiscord) -> None:
    fake.rest.token_refused = True
    findings = await examined(fake, Remembered())
    assert told(findings, Level.WRONG)[0].startswith("discord.token: Discord does not take this token.")
    assert told(findings, Level.LOOK) == ["the bot is not connected | ./run bot starts it."]
    assert fake.recorder.routes == ["GET /users/@me"], "a refused token is not tried again"


async def test_a_discord_that_does_not_answer_is_told(fake: FakeDiscord) -> None:
    fake.faults.outage = True
    [wrong] = told(await examined(fake), Level.WRONG)
    assert wrong.startswith("Discord cannot be reached")


@pytest.mark.parametrize(
    ("application", "content", "words"),
    [
        (replace(APPLICATION, code_grant=True), False, "Requires OAuth2 Code Grant"),
        (replace(APPLICATION, endpoint=True), False, "Interactions Endpoint URL"),
        (APPLICATION, True, "turn on “Message Content Intent”, or set message_content = false"),
    ],
)
def test_what_keeps_the_bot_from_working_in_the_portal_is_told(
    application: Application, content: bool, words: str
) -> None:
    [finding] = of_application(application, content)
    assert finding.level is Level.WRONG
    assert words in finding.next


def test_an_application_that_is_set_up_well_is_fine() -> None:
    assert of_application(APPLICATION, False) == []
    assert of_application(replace(APPLICATION, reads_content=True), True) == []


def test_since_when_the_bot_is_connected_is_told() -> None:
    """The age of the connection, as the bot keeps it in the database."""
    word, _ = begun(None, 1, NOW - timedelta(hours=3, minutes=5))
    connected = Remembered(memos={SESSIONS: word}, leases={LEASE_NAME: NOW + LEASE})
    [finding] = of_connection(connected, NOW)
    assert finding == Finding(Level.OK, "discord", "the bot is connected since 2027-01-11 13:55 UTC (3 h)")
    [older] = of_connection(replace(connected, memos={SESSIONS: begun(None, 1, NOW - timedelta(days=9))[0]}), NOW)
    assert older.what.endswith("(9 days)")
    [late] = of_connection(replace(connected, leases={LEASE_NAME: NOW - timedelta(hours=1)}), NOW)
    assert late.what == "the bot is not connected; it was last at 2027-01-11 15:59 UTC"
    [ended] = of_connection(replace(connected, leases={LEASE_NAME: datetime.min.replace(tzinfo=UTC)}), NOW)
    assert ended.what == "the bot is not connected"


def test_a_bot_that_is_started_again_and_again_is_told() -> None:
    kept: str | None = None
    for _ in range(SPARE + 2):
        kept, _ = begun(kept, 1, NOW)
    assert kept is not None
    _, looped = of_connection(Remembered(memos={SESSIONS: kept}, leases={LEASE_NAME: NOW + LEASE}), NOW)
    assert (looped.level, looped.next) == (Level.LOOK, "Something restarts it again and again: its log says why.")


# What the database knows


async def test_the_database_is_looked_into_as_it_is(sqlite_url: str, tmp_path: Path) -> None:
    circle, other = ChannelRef("discord", "7", "70"), ChannelRef("local", "makers", "circle")
    forum = ChannelRef("discord", "7", "71")
    async with await open_fresh(sqlite_url) as store:

        def fill(uow: UnitOfWork) -> None:
            for id, channel, state in (
                (1, circle, GroupState.RUNNING),
                (2, other, GroupState.RUNNING),
                (3, circle, GroupState.ENDED),
            ):
                uow.groups.add(replace(group(), id=GroupId(id), slug=f"g{id}", title=f"Group {id}", state=state))
                uow.groups.add_home(Home(id, GroupId(id), channel, forum if id == 1 else None))
            uow.memos.keep("discord sessions", "1 2")
            uow.memos.keep("greeted discord:7", "yes")
            uow.leases.acquire(LEASE_NAME, "me", NOW, LEASE)

        await store.write(fill)
    found = await known(sqlite_url, "discord")
    assert found is not None
    assert (list(found.homes), found.memos) == ([(circle, "Group 1"), (forum, "Group 1")], {"discord sessions": "1 2"})
    assert found.leases == {LEASE_NAME: NOW + LEASE}


async def test_without_a_database_that_can_be_read_nothing_is_known(tmp_path: Path) -> None:
    assert await known(f"sqlite:///{tmp_path / 'none.db'}", "discord") is None
    (tmp_path / "bad.db").write_text("dear diary " * 1000)
    assert await known(f"sqlite:///{tmp_path / 'bad.db'}", "discord") is None
    assert await known("postgresql://127.0.0.1:1/x", "discord") is None
    assert os.listdir(tmp_path) == ["bad.db"]


async def test_a_server_is_looked_into_as_well(postgres_url: str) -> None:
    assert await known(postgres_url, "discord") is None
    async with await open_store(postgres_url) as store:
        await store.write(lambda uow: uow.memos.keep("discord sessions", "1 2"))
    found = await known(postgres_url, "discord")
    assert found is not None
    assert found.memos == {"discord sessions": "1 2"}


@pytest.mark.slow
async def test_the_doctor_looks_at_discord_where_a_token_is_set(fake: FakeDiscord, tmp_path: Path) -> None:
    prepared(f"sqlite:///{tmp_path / 'studycircle.db'}")
    off = Config(storage=StorageSettings(url=f"sqlite:///{tmp_path / 'studycircle.db'}"))
    given = DiscordSettings(token=SecretStr(fake.token), api_url=fake.api_url, gateway_url=fake.gateway_url)
    on = off.model_copy(update={"discord": given})
    file = tmp_path / "config.toml"
    assert len(examinations(off, file)) + 1 == len(examinations(on, file))
    findings = await examinations(on, file)[-1]()
    assert findings[0].what == "the token is taken; the application is called Studycircle"
    assert not any(fake.token in f"{one.what}{one.next}" for one in findings)


async def test_others_who_can_read_the_token_are_told(fake: FakeDiscord, tmp_path: Path) -> None:
    file, token = tmp_path / "config.toml", tmp_path / "discord.token"
    file.write_text('[discord]\ntoken_file = "discord.token"\n')
    token.write_text("x")
    token.chmod(0o640)
    settings = Config(discord=DiscordSettings(token=SecretStr("x"), token_file="discord.token"))
    findings = await examinations(settings, file)[0]()
    assert f"chmod 600 {token}" in [one.next for one in findings]
    token.chmod(0o600)
    assert not any("holds the token" in one.what for one in await examinations(settings, file)[0]())


async def test_a_role_that_cannot_be_given_is_told_with_what_to_click(fake: FakeDiscord) -> None:
    fake.channel("circle")
    await register(fake)
    guild, world = fake.guild(), fake.world
    mine = next(one for one in guild.roles.values() if one.of_bot is not None)
    bakers, crew = world.add_role(guild, "Bakers"), world.add_role(guild, "Crew", May.MANAGE_MESSAGES)

    async def finding(role: int) -> Finding:
        rosters = [(RosterRef("discord", str(guild.id), str(role)), "Bread")]
        return (await examined(fake, Remembered(rosters=rosters)))[-1]

    assert "Studycircle > turn on “Manage Roles”" in (await finding(bakers.id)).next
    world.change_role(guild, mine, May.MANAGE_ROLES)
    assert (await finding(bakers.id)).what == "makers: “Bakers”, the role of Bread, can be given"
    assert (await finding(crew.id)).level is Level.WRONG
    world.change_role(guild, bakers, position=5)
    assert "drag “Studycircle” above “Bakers”" in (await finding(bakers.id)).next
    world.drop_role(guild, bakers)
    assert "not there any more" in (await finding(bakers.id)).what
