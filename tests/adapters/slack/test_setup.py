"""The set-up and the doctor: an admin goes from nothing to a test post, against a Slack on this machine (P12, S4)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer

from adapters.slack import Connection
from adapters.slack.checkup import Remembered, examine, of_home, of_scopes, of_use
from adapters.slack.listening import CALLED, CONNECTED
from adapters.slack.manifest import SCOPES, manifest
from adapters.slack.tokens import Access
from adapters.slack.visit import Room
from bot.bootstrap import FEATURES
from bot.chat import ChannelRef
from bot.checkup import Finding, Level
from bot.command_line import slack as verbs
from bot.command_line.token import TokenSettings
from bot.config import load
from bot.errors import ConfigError
from schedules.clock import SystemClock
from tests.adapters.discord.test_setup import Answer, Person
from tests.fakes.slack import FakeSlack

COMMANDS = {command.name: command for feature in FEATURES for command in feature.commands}
NOW = datetime(2027, 1, 11, 17, tzinfo=UTC)


@pytest.fixture
async def fake() -> AsyncIterator[FakeSlack]:
    async with FakeSlack() as fake:
        fake.channel("javascript")
        fake.world.app.set_up(manifest(COMMANDS))
        team = fake.team()
        assert team.installed is not None
        team.installed.scopes = set(SCOPES)
        fake.channel("javascript").members.discard(team.installed.user.id)
        yield fake


async def set_up(
    fake: FakeSlack, folder: Path, *answers: Answer, environment: Mapping[str, str] | None = None
) -> Person:
    """Run the set-up with the settings in a folder, and return what somebody saw of it."""
    person, file = Person(*answers), folder / "config.toml"
    if not file.exists():
        file.write_text(f'[slack]\napi_url = "{fake.api_url}"\n', encoding="utf-8")
    settings = load(file, environment or {})
    given = settings.slack
    tokens = [
        TokenSettings(one.get_secret_value() if one else None, "slack", file, environment or {}, "./run bot", key=key)
        for one, key in ((given.bot_token, "bot_token"), (given.app_token, "app_token"))
    ]
    assert await verbs._set_up(settings, person, *tokens) == 0
    assert person.answers == []
    for secret in (fake.token, fake.app_token):
        assert secret not in person.text
    return person


async def test_an_admin_goes_from_nothing_to_a_test_post(fake: FakeSlack, tmp_path: Path) -> None:
    wrong = ["xapp-not-this-one-at-all", "x" * 10, "xoxb-" + "1" * 30]
    shown = await set_up(
        fake, tmp_path, *wrong, f" {fake.token}\n", "1", True, fake.app_token, "1", True, "1", True, True
    )
    assert "manifest_json=" in shown.text
    assert "That looks like an app token." in shown.text
    assert "Slack does not take this one." in shown.text
    assert "The bot is in #javascript now." in shown.text
    assert "Then type /study setup in #javascript" in shown.text
    again = load(tmp_path / "config.toml", {}).slack
    assert again.bot_token is not None
    assert again.app_token is not None
    assert (again.bot_token.get_secret_value(), again.app_token.get_secret_value()) == (fake.token, fake.app_token)
    assert (tmp_path / "slack.bot_token").stat().st_mode & 0o077 == 0
    posted = [one for one in fake.recorder.asked if one.method == "chat.postMessage"]
    assert len(posted) == 1
    assert [one.method for one in fake.recorder.asked][-1] == "chat.delete"


async def test_it_can_be_run_again_and_writes_nothing_that_the_environment_sets(
    fake: FakeSlack, tmp_path: Path
) -> None:
    environment = {"STUDYCIRCLE_SLACK__BOT_TOKEN": fake.token, "STUDYCIRCLE_SLACK__APP_TOKEN": fake.app_token}
    shown = await set_up(fake, tmp_path, "1", False, environment=environment)
    assert "A bot token is set already" in shown.text
    assert not (tmp_path / "slack.bot_token").exists()  # a folder of the test's own


async def test_scopes_that_are_missing_are_named_until_they_are_there(fake: FakeSlack, tmp_path: Path) -> None:
    installed = fake.team().installed
    assert installed is not None
    installed.scopes = set(SCOPES) - {"reactions:read"}
    environment = {"STUDYCIRCLE_SLACK__BOT_TOKEN": fake.token, "STUDYCIRCLE_SLACK__APP_TOKEN": fake.app_token}
    shown = await set_up(fake, tmp_path, "skip", "1", False, environment=environment)
    assert "reactions:read (reactions count as likes)" in shown.text


async def test_a_token_of_the_environment_that_is_not_taken_stops_it(fake: FakeSlack, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="Slack does not take the bot token that the environment sets"):
        await set_up(fake, tmp_path, environment={"STUDYCIRCLE_SLACK__BOT_TOKEN": "xoxb-not-this-one"})


async def test_the_doctor_says_how_slack_is(fake: FakeSlack) -> None:
    connection = Connection(bot_token=fake.token, app_token=fake.app_token, api_url=fake.api_url)
    team, channel = fake.team(), fake.channel("javascript")
    home = ChannelRef("slack", team.id, channel.id)
    known = Remembered([(home, "JavaScript"), (ChannelRef("slack", team.id, "C0NONE"), "Python")])
    found = await examine(connection, "/study", known, SystemClock())
    said = {one.what: one for one in found}
    assert said[f"the token is taken, in the workspace {team.name}"].level is Level.OK
    assert said["a socket can be opened"].level is Level.OK
    assert said[f"the app has all {len(SCOPES)} scopes"].level is Level.OK
    assert "/invite @Studycircle in #javascript" in said["the bot is not in #javascript, home of JavaScript"].next
    assert said["the bot can't see the channel of Python"].level is Level.WRONG
    assert all(secret not in f"{one.what}{one.next}" for one in found for secret in (fake.token, fake.app_token))


async def test_the_doctor_tells_a_token_that_is_not_taken(fake: FakeSlack) -> None:
    connection = Connection(bot_token="xoxb-wrong", app_token="xapp-wrong", api_url=fake.api_url)
    found = await examine(connection, "/study", None, SystemClock())
    assert [one.level for one in found] == [Level.WRONG, Level.WRONG]
    assert found[0].what.startswith("slack.bot_token")
    assert found[1].what.startswith("slack.app_token")


def test_the_doctor_tells_when_the_bot_was_connected_and_whether_its_command_reaches_it() -> None:
    socket = Connection(bot_token="x", app_token="y")

    def said(**memos: str) -> list[Finding]:
        known = Remembered(memos={name.replace("_", " "): word for name, word in memos.items()})
        return list(of_use(socket, "/study", known, NOW))

    assert CONNECTED == "slack connected"
    assert CALLED == "slack called"
    (never,) = said()
    assert never.what == "the bot is not connected"
    assert "last on 2027-01-01" in said(slack_connected="2027-01-01T10:00:00+00:00")[0].what
    fresh = said(slack_connected="2027-01-11T14:30:00+00:00", slack_called="/study")
    assert [one.what for one in fresh] == ["the socket was opened last 2 h ago"]
    taken = said(slack_connected="2027-01-11T16:50:00+00:00", slack_called="/other")[1]
    assert "prefix" in taken.next


def test_the_doctor_tells_of_scopes_and_channels() -> None:
    some = Access("T1", "x", "U1", "B1", scopes=frozenset(set(SCOPES) - {"chat:write"}))
    assert "chat:write" in next(of_scopes(some)).what
    assert list(of_scopes(Access("T1", "x", "U1", "B1"))) == []
    assert of_home(None, "JavaScript").level is Level.WRONG
    assert "archived" in of_home(Room("C1", "js", private=False, inside=True, archived=True), "JavaScript").what
    assert of_home(Room("C1", "js", private=True, inside=True), "JavaScript").level is Level.OK


@pytest.mark.parametrize("address", ["http://circle.example.org", "https://", "https://a b", "circle.example.org"])
def test_an_address_that_slack_could_not_call_makes_no_manifest(
    address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit):
        verbs.manifest(prefix=None, http=address, config=None)
    assert "will not do" in "".join(capsys.readouterr())


def test_an_address_may_be_given_with_the_path_that_slack_calls(capsys: pytest.CaptureFixture[str]) -> None:
    verbs.manifest(prefix=None, http="https://circle.example.org/slack/events/", config=None)
    said = capsys.readouterr().out
    assert '"https://circle.example.org/slack/events"' in said
    assert "events/slack" not in said
