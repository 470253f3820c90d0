"""The set-up: an admin goes from nothing to a test post, against a Discord on this machine, each answer checked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import pytest
import typer

from bot.command_line import discord as verbs
from bot.command_line.token import TokenSettings
from bot.config import Config, load
from bot.errors import ConfigError
from tests.fakes.discord import USUAL, FakeDiscord, Kind, May, Overwrite

TOKEN = "MTAwMDAwMDAwMDAwMDAwMDAwMA.GFake1.not-a-real-token-only-for-tests-00"
REGISTER = "PUT /applications/{application_id}/guilds/{guild_id}/commands"
POST = "POST /channels/{channel_id}/messages"

Answer = str | bool | Callable[[], str | bool]


class Person:
    """Somebody at the terminal, who gives the answers that a test laid down and remembers what was shown."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.shown: list[str] = []

    @property
    def text(self) -> str:
        return "\n".join(self.shown)

    def _answer(self, question: str) -> str | bool:
        self.shown.append(f"? {question}")
        assert self.answers, f"nobody answers {question!r} after\n{self.text}"
        answer = self.answers.pop(0)
        return answer() if callable(answer) else answer

    def tell(self, *lines: str) -> None:
        self.shown += lines

    def ask(self, question: str, default: str = "") -> str:
        answer = self._answer(question)
        assert isinstance(answer, str), question
        return answer or default

    def ask_secret(self, question: str) -> str:
        answer = self._answer(question)
        assert isinstance(answer, str), question
        return answer

    def agree(self, question: str) -> bool:
        answer = self._answer(question)
        assert isinstance(answer, bool), question
        return answer


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord() as fake:
        fake.world.application.token = TOKEN
        yield fake


async def set_up(
    fake: FakeDiscord,
    person: Person,
    folder: Path,
    *,
    environment: dict[str, str] | None = None,
    joins: Sequence[Callable[[], object]] = (),
) -> int:
    """Run the set-up with the settings in a folder; while it waits, one thing after the other happens."""
    file = folder / "config.toml"
    settings = settings_in(folder, fake, environment)
    given = settings.discord.token
    kept = TokenSettings(
        given.get_secret_value() if given else None, "discord", file, environment or {}, "./run bot --config X"
    )
    waiting = list(joins)

    async def pause(seconds: float) -> None:
        await asyncio.sleep(0)
        assert waiting, "it waits for ever"
        waiting.pop(0)()

    status = await verbs._set_up(settings, person, kept, pause)
    assert person.answers == [], f"not asked for: {person.answers}\n{person.text}"
    return status


def settings_in(folder: Path, fake: FakeDiscord, environment: dict[str, str] | None = None) -> Config:
    here = {"STUDYCIRCLE_DISCORD__API_URL": fake.api_url, "STUDYCIRCLE_DISCORD__GATEWAY_URL": fake.gateway_url}
    file = folder / "config.toml"
    return load(file if file.exists() else None, {**here, **(environment or {})})


def written(folder: Path) -> dict[str, tuple[str, int]]:
    """Return the files in a folder: what stands in each, and when that was written."""
    return {path.name: (path.read_text(), path.stat().st_mtime_ns) for path in folder.iterdir()}


def token_in(folder: Path, fake: FakeDiscord) -> str | None:
    given = settings_in(folder, fake).discord.token
    return given.get_secret_value() if given else None


async def test_an_admin_goes_from_nothing_to_a_test_post(fake: FakeDiscord, tmp_path: Path) -> None:
    makers = fake.world.add_guild("Makers", fake.world.add_user("fela"), with_bot=False)
    fake.world.add_channel(makers, "general")
    circle = fake.world.add_channel(makers, "circle")
    person = Person(TOKEN, "1", True, "2", True, False)
    status = await set_up(fake, person, tmp_path, joins=[lambda: None, lambda: fake.world.invite(makers)])
    assert status == 0
    [posted] = circle.messages
    assert "test message" in "\n".join(posted.texts)
    assert {one["name"] for one in makers.commands.values()} >= {"submit", "ask", "week", "study"}
    assert len(fake.recorder.to(REGISTER)) == 1
    assert "Joined: Makers." in person.shown
    assert f"client_id={fake.world.application.id}&scope=bot+applications.commands&permissions=" in person.text
    assert person.shown[-2:] == [
        "Done. Start the bot with ./run bot --config X",
        "Then type /study setup in #circle: it helps you to start the first group.",
    ]
    assert token_in(tmp_path, fake) == TOKEN


async def test_the_token_is_never_shown_and_stands_in_a_file_that_one_person_can_read(
    fake: FakeDiscord, tmp_path: Path
) -> None:
    fake.channel("circle")
    person = Person(f'  "Bot {TOKEN}"\n', "", True, "1", "1", False)
    await set_up(fake, person, tmp_path)
    assert TOKEN not in person.text
    assert TOKEN not in (tmp_path / "config.toml").read_text()
    assert (tmp_path / "discord.token").read_text() == f"{TOKEN}\n"
    assert (tmp_path / "discord.token").stat().st_mode & 0o777 == 0o600
    assert sorted(written(tmp_path)) == ["config.toml", "discord.token"]


@pytest.mark.parametrize("answers", [["2"], ["1", False]])
async def test_without_a_yes_nothing_is_written(fake: FakeDiscord, tmp_path: Path, answers: list[Answer]) -> None:
    fake.channel("circle")
    person = Person(TOKEN, *answers, "1", "1", False)
    assert await set_up(fake, person, tmp_path) == 0
    assert written(tmp_path) == {}
    assert "STUDYCIRCLE_DISCORD__TOKEN_FILE" in person.text


@pytest.mark.parametrize(
    ("pasted", "said"),
    [
        ("", "That is no bot token"),
        ("123456789012345678", "an application's number"),
        ("ab" * 32, "the public key"),
        ("abcdefgh-_" * 3 + "12", "the client secret"),
        (TOKEN[:-1] + "\x00", "That is no bot token"),
        (TOKEN.replace("GFake1", "GFake2"), "Discord does not take this one"),
    ],
)
async def test_what_is_no_token_of_a_bot_is_asked_for_again(
    fake: FakeDiscord, tmp_path: Path, pasted: str, said: str
) -> None:
    fake.channel("circle")
    person = Person(pasted, TOKEN, "2", "1", "1", False)
    assert await set_up(fake, person, tmp_path) == 0
    assert said in person.text
    assert not pasted or pasted not in person.text


async def test_it_can_be_run_again_and_changes_nothing_then(fake: FakeDiscord, tmp_path: Path) -> None:
    fake.channel("circle")
    await set_up(fake, Person(TOKEN, "1", True, "1", "1", False), tmp_path)
    before = written(tmp_path)
    created = fake.guild().created_today
    person = Person(True, "1", "1", False)
    assert await set_up(fake, person, tmp_path) == 0
    assert "A token is set already, and Discord takes it: Studycircle." in person.shown
    assert written(tmp_path) == before
    assert fake.guild().created_today == created


async def test_a_token_that_was_reset_is_exchanged(fake: FakeDiscord, tmp_path: Path) -> None:
    fake.channel("circle")
    (tmp_path / "config.toml").write_text(
        f'# Mine\n[discord]\ntoken = "{TOKEN[:-2]}xx"  # old\nmessage_content = false\n'
    )
    person = Person(TOKEN, "1", True, "1", "1", False)
    assert await set_up(fake, person, tmp_path) == 0
    assert "Discord does not take the token that is set." in person.shown
    assert (
        tmp_path / "config.toml"
    ).read_text() == '# Mine\n[discord]\ntoken_file = "discord.token"\nmessage_content = false\n'
    assert token_in(tmp_path, fake) == TOKEN


async def test_a_bad_token_of_the_environment_is_not_covered_by_a_file(fake: FakeDiscord, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="Discord does not take the token that the environment sets"):
        await set_up(fake, Person(), tmp_path, environment={"STUDYCIRCLE_DISCORD__TOKEN": TOKEN[:-2] + "xx"})
    fake.channel("circle")
    person = Person("1", "1", False)
    assert await set_up(fake, person, tmp_path, environment={"STUDYCIRCLE_DISCORD__TOKEN": TOKEN}) == 0
    assert written(tmp_path) == {}


async def test_while_discord_is_away_one_can_try_again_or_stop(fake: FakeDiscord, tmp_path: Path) -> None:
    fake.channel("circle")
    fake.faults.outage = True

    def wait() -> bool:
        fake.faults.outage = False
        return True

    person = Person(TOKEN, wait, "2", "1", "1", False)
    assert await set_up(fake, person, tmp_path) == 0
    assert "Discord cannot be reached" in person.text
    fake.faults.outage = True
    with pytest.raises(ConfigError, match="cannot be reached"):
        await set_up(fake, Person(TOKEN, False), tmp_path)


async def test_a_missing_permission_is_named_with_what_fails_and_what_to_click_and_checked_again(
    fake: FakeDiscord, tmp_path: Path
) -> None:
    circle = fake.channel("circle")
    everyone = fake.guild().id
    circle.overwrites[everyone] = Overwrite(of_role=True, deny=May.CREATE_PUBLIC_THREADS)

    def mend() -> str:
        circle.overwrites.clear()
        return ""

    person = Person(TOKEN, "2", "1", "1", "", mend, False)
    assert await set_up(fake, person, tmp_path) == 0
    assert "  1  #circle  (permissions that are off: 1)" in person.shown
    assert person.text.count("“Create Public Threads” is off: cards stand without a thread") == 2
    assert "Server Settings > Roles > Studycircle > turn on “Create Public Threads”" in person.text
    assert "The bot has every permission that it needs in #circle." in person.shown


async def test_one_can_go_on_without_a_permission(fake: FakeDiscord, tmp_path: Path) -> None:
    fake.world.add_guild("Makers", fake.world.add_user("fela"), bot_may=May(0))
    makers = fake.guild("Makers")
    makers.everyone.permissions = USUAL & ~May.SEND_MESSAGES
    fake.channel("circle", guild="Makers")
    person = Person(TOKEN, "2", "1", "1", "skip", True)
    assert await set_up(fake, person, tmp_path) == 0
    assert "That did not work: I may not do this" in person.text
    assert "every permission" not in person.text


async def test_a_server_that_lets_the_bot_register_no_commands_is_shown_the_link_again(
    fake: FakeDiscord, tmp_path: Path
) -> None:
    fake.channel("circle")
    fake.faults.refuse(REGISTER, status=403, code=50001)
    person = Person(TOKEN, "2", "1", "", "1", False)
    assert await set_up(fake, person, tmp_path) == 0
    assert "The bot may not register commands there." in person.shown
    assert f"&guild_id={fake.guild().id}&disable_guild_select=true" in person.text
    assert any(line.startswith("Registered: ") for line in person.shown)


async def test_numbers_that_are_not_offered_are_asked_for_again(fake: FakeDiscord, tmp_path: Path) -> None:
    fake.channel("circle")
    person = Person(TOKEN, "2", "0", "7", "one", "²", "1", "1", False)
    assert await set_up(fake, person, tmp_path) == 0
    assert person.shown.count("Please type a number from 1 to 2.") == 4


async def test_only_channels_for_words_are_offered_and_one_is_waited_for(fake: FakeDiscord, tmp_path: Path) -> None:
    fake.forum("questions")

    def make() -> str:
        fake.world.add_channel(fake.guild(), "circle", Kind.TEXT)
        return ""

    person = Person(TOKEN, "2", "1", make, "1", False)
    assert await set_up(fake, person, tmp_path) == 0
    assert "#questions" not in person.text


async def test_a_test_message_is_taken_away_again_where_that_is_wished(fake: FakeDiscord, tmp_path: Path) -> None:
    circle = fake.channel("circle")
    assert await set_up(fake, Person(TOKEN, "2", "1", "1", True, True), tmp_path) == 0
    assert len(fake.recorder.to(POST)) == 1
    assert circle.messages == []


async def test_it_can_be_stopped_at_any_question_and_while_it_waits(fake: FakeDiscord, tmp_path: Path) -> None:
    def stop() -> str:
        raise typer.Abort

    def interrupt() -> object:
        raise asyncio.CancelledError

    person = Person(TOKEN, "1", True, stop)
    fake.channel("circle")
    assert await set_up(fake, person, tmp_path) == 130
    assert person.shown[-1].startswith("Stopped. What was done stays done")
    assert token_in(tmp_path, fake) == TOKEN
    person = Person(True, "2")
    assert await set_up(fake, person, tmp_path, joins=[interrupt]) == 130


async def test_an_unreachable_discord_does_not_end_the_wait_for_the_join(fake: FakeDiscord, tmp_path: Path) -> None:
    makers = fake.world.add_guild("Makers", fake.world.add_user("fela"), with_bot=False)
    fake.world.add_channel(makers, "circle")
    joins = [
        lambda: fake.faults.cut("GET /users/@me/guilds"),
        lambda: fake.world.invite(makers),
    ]
    assert await set_up(fake, Person(TOKEN, "2", "1", False), tmp_path, joins=joins) == 0
