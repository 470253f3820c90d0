"""From an empty server to a running group, as docs/discord.md says it, with the real program (J1, J9, P1, P12).

Every word that is typed or pressed here stands on that page.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.adapters.discord.test_setup import TOKEN
from tests.adapters.discord.test_setup_terminal import screen
from tests.fakes.discord import FakeDiscord, Message, Person
from tests.processes import PATIENCE, ROOT, command, environment

pytestmark = pytest.mark.slow

PAGE = (ROOT / "docs" / "discord.md").read_text(encoding="utf-8")


def as_the_page_says(words: str) -> str:
    """Return words that stand on the page."""
    assert words in " ".join(PAGE.split()), f"docs/discord.md does not say {words!r}"
    return words


@asynccontextmanager
async def bot_runs(folder: Path, there: dict[str, str]) -> AsyncIterator[Path]:
    """Run `./run bot` in a folder, and see it end cleanly; what it writes is in the file."""
    log = folder / "bot.log"
    with log.open("wb") as out:
        bot = await asyncio.create_subprocess_exec(
            *command("bot"),
            cwd=folder,
            env=environment(there),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=out,
            stderr=out,
        )
    try:
        yield log
        bot.send_signal(signal.SIGTERM)
        async with asyncio.timeout(PATIENCE):
            assert await bot.wait() == 0, log.read_text(encoding="utf-8")
    finally:
        if bot.returncode is None:
            bot.kill()
            await bot.wait()


async def test_an_admin_goes_from_an_empty_server_to_a_group_in_which_somebody_learns(tmp_path: Path) -> None:
    async with FakeDiscord() as fake:
        fake.world.application.token = TOKEN
        owner = fake.world.add_user("fela")
        makers = fake.world.add_guild("Makers", owner, with_bot=False)
        fake.world.add_channel(makers, "general")
        circle = fake.world.add_channel(makers, "circle")
        there = {
            "STUDYCIRCLE_DISCORD__API_URL": fake.api_url,
            "STUDYCIRCLE_DISCORD__GATEWAY_URL": fake.gateway_url,
            "STUDYCIRCLE_WEB__PORT": "0",
        }
        as_the_page_says("./run setup discord")
        asked = [
            ("Paste the token here; it is not shown: ", f"{TOKEN}\n"),
            ("Number [1]: ", "\n"),
            ("Write it? [Y/n]: ", "\n"),
            ("Number [1]: ", "2\n"),
            ("for everybody there to see? [Y/n]: ", "\n"),
            ("Take it away again? [Y/n]: ", "\n"),
        ]
        as_the_page_says("It wants the token from you and the number of a channel; for everything else Enter will do.")
        assert [keys.strip() for _, keys in asked if keys.strip()] == [TOKEN, "2"]
        async with screen("setup", "discord", cwd=tmp_path, **there) as setup:
            for words, keys in asked[:3]:
                await setup.type(words, keys)
            await setup.type("Waiting until the bot has joined", "")
            fake.world.invite(makers)
            for words, keys in asked[3:]:
                await setup.type(words, keys)
            assert await setup.ended() == 0, setup.text
        assert circle.messages == []
        assert (tmp_path / "discord.token").read_text().strip() == TOKEN

        as_the_page_says("./run bot")
        async with bot_runs(tmp_path, there) as log:
            greeted = fake.world.direct(owner)
            await fake.until(lambda: bool(greeted.messages), PATIENCE)
            as_the_page_says("The owner of the server gets one greeting")
            fela = fake.person("fela", guild="Makers", admin=True)
            await fela.types(as_the_page_says("/study setup"), circle)
            await fela.presses(as_the_page_says("Start a group in this channel"))
            assert fela.form is not None
            start = fela.form.fields["start"]["value"]
            assert start.endswith("18:00"), "the form suggests one"
            await fela.fills(zone="Europe/Berlin")
            assert circle.messages == [], "nobody sees anything before"
            await _shown(fake, fela, as_the_page_says("Start the group"))
            await fela.presses("Start the group")
            await fake.until(lambda: bool(circle.messages), PATIENCE)
            assert "Study group: JavaScript in five weeks" in _words(circle.messages[0]), log.read_text()

            jill = fake.person("jill", guild="Makers")
            await jill.presses(as_the_page_says("Enrol"), circle.messages[0])
            await jill.fills(goal="Write my first page")
            await _shown(fake, fela, as_the_page_says("Accept"))
            await fela.presses("Accept")
            await fake.until(lambda: any("You are in" in _words(one) for one in jill.inbox), PATIENCE)
        assert (tmp_path / "studycircle.db").exists()


def _words(message: Message) -> str:
    return "\n".join(message.texts)


async def _shown(fake: FakeDiscord, person: Person, label: str) -> None:
    """Wait until somebody is shown a button: an answer that is edited comes a moment later."""
    await fake.until(lambda: any(label == one["label"] for shown in person.shown for one in shown.buttons), PATIENCE)
