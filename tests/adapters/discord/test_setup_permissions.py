"""One table of permissions: the invite asks for them, errors and doctor name them, and the page explains them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord.gateway import Connection, client
from adapters.discord.permissions import MANAGE_ROLES, PERMISSIONS, SCOPES, bits, invite, missing
from bot.command_line import discord as verbs
from bot.config import Config, load
from bot.errors import ConfigError
from tests.fakes.discord import FakeDiscord, May
from tests.processes import ROOT, run
from tests.test_command_line import refused

PAGE = (ROOT / "docs" / "discord.md").read_text(encoding="utf-8")


def test_the_invite_asks_for_what_the_table_names_and_nothing_else() -> None:
    asked = parse_qs(urlsplit(invite(42)).query)
    assert asked == {"client_id": ["42"], "scope": ["bot applications.commands"], "permissions": [str(bits())]}
    assert May(bits()) == (
        May.VIEW_CHANNEL
        | May.SEND_MESSAGES
        | May.CREATE_PUBLIC_THREADS
        | May.SEND_MESSAGES_IN_THREADS
        | May.READ_MESSAGE_HISTORY
        | May.ATTACH_FILES
    )
    assert parse_qs(urlsplit(invite(42, 7)).query)["guild_id"] == ["7"]


@given(st.sets(st.sampled_from([one.flag for one in PERMISSIONS])), st.booleans())
def test_what_is_missing_is_what_is_off_and_of_use_there(on: set[str], forum: bool) -> None:
    off = [one.flag for one in missing(discord.Permissions(**dict.fromkeys(on, True)), forum=forum)]
    wanted = [one.flag for one in PERMISSIONS if one.in_forums or not forum]
    assert off == [flag for flag in wanted if flag not in on]


def table(heading: str) -> list[list[str]]:
    """Return the rows of the table below a heading of the page."""
    section = re.split(r"^## ", PAGE.split(f"## {heading}\n")[1], flags=re.MULTILINE)[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| ")]
    return rows[1:]


def test_the_page_explains_each_permission_as_the_table_does() -> None:
    assert table("Permissions") == [[one.shown, one.why, one.without] for one in PERMISSIONS]


def test_the_page_explains_each_scope() -> None:
    for scope, why in SCOPES.items():
        assert f"`{scope}` ({why})" in PAGE


def test_the_page_names_each_intent_that_is_asked_for() -> None:
    names = {row[0].strip("`") for row in table("What it hears")}
    asked = {name for name, on in client(Connection("t", message_content=True)).intents if on}
    assert names == asked


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord() as fake:
        yield fake


def settings(fake: FakeDiscord, token: str) -> Config:
    return load(None, {"STUDYCIRCLE_DISCORD__TOKEN": token, "STUDYCIRCLE_DISCORD__API_URL": fake.api_url})


async def test_the_invite_is_printed_with_what_it_asks_for(
    fake: FakeDiscord, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await verbs._invite(settings(fake, fake.token), fake.token) == 0
    first, *rest, more, how, with_roles = capsys.readouterr().out.splitlines()
    assert first == invite(fake.world.application.id)
    assert with_roles.strip() == invite(fake.world.application.id, None, MANAGE_ROLES)
    assert "Manage Roles" in more
    assert "the bot's role" in how
    assert [line.strip().split(":")[0] for line in rest[1:]] == [*SCOPES, *(one.shown for one in PERMISSIONS)]


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (lambda fake: setattr(fake.rest, "token_refused", True), "Discord does not take this token"),
        (lambda fake: setattr(fake.faults, "outage", True), "Discord cannot be reached"),
    ],
)
async def test_an_invite_that_cannot_be_made_is_told_in_plain_words(
    fake: FakeDiscord, fault: Callable[[FakeDiscord], None], words: str
) -> None:
    fault(fake)
    with pytest.raises(ConfigError, match=words):
        await verbs._invite(settings(fake, fake.token), fake.token)


@pytest.mark.slow
def test_without_a_token_there_is_no_invite(tmp_path: Path) -> None:
    assert refused(run("discord", "invite", cwd=tmp_path)) == [
        "There is no token yet, so I can't tell which bot to invite. Begin with: setup discord"
    ]
