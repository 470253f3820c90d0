"""Words that try to be more than words on Discord, what is looked at in a message, and a wire that takes everything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any

from discord.http import Route
from hypothesis import strategies as st

from adapters.discord.marks import Json, walked
from adapters.discord.platform import DiscordPlatform
from bot.chat import AccountRef, ChannelRef
from schedules.clock import MovedClock
from tests import strategies
from tests.adapters.discord.stand_in import StandIn, channel
from tests.fakes.discord.rules import check_message

TRICKS = (
    *strategies.MARKS,
    *(
        "@everyone",
        "@here",
        "\\@everyone",
        "@\u200beveryone",
        "@silent ",
        "<@80351110224678912",
        "<@&165511591545143296>",
    ),
    *("<#41771983429993937>", "</week:1>", "</lead week edit:1>", "<id:customize>", "<a:x:1>", "<:x:1>"),
    *("<t:1700000000:R>", "<t:0>", "<t:-1:F>", "&lt;@1&gt;", "https://@everyone", "discord.gg/x", "steam://run/1"),
    *(
        "[a](<https://evil.example>)",
        "[a](https://evil.example 'b')",
        "<https://evil.example>",
        "![a](https://e.example)",
    ),
    *("-# ", "### ", ">>> ", "* ", "||x||", "~~x~~", "__x__", "***x***", "``x``", "```js\nx\n```", "```\n@everyone\n"),
    *("\u202e", "\u2066", "\u2069", "\u061c", "\u200b", "\u2060", "\ufeff", "\u00ad", "\u0000", "\u001b[31m", "\u2029"),
    *("\r", "\r\n# ", "\n# x", "\n-# x", "\n> x", "\n- x", "\n1. x", "\x0b# ", "\x85- ", "Z\u0310\u0301\u0302" * 40),
)
"""Known ways to be loud, and to look like something else."""
LONG = (
    *("👩🏽‍💻" * 1_000, "\U0001f600" * 4_000, "W" * 4_000, "(" * 2_000, "\\" * 3_000, "`" * 999, "@everyone " * 400),
)
"""Ways to be too long."""


def _texts(tricks: Sequence[str]) -> st.SearchStrategy[str]:
    parts = st.lists(st.sampled_from(tricks) | st.text(max_size=8), min_size=1, max_size=6)
    return parts.map("".join).filter(lambda written: bool(written.strip()))


_SHORT = _texts(TRICKS)
TEXTS = _SHORT | _SHORT | _SHORT | _texts(TRICKS + LONG)
"""Whatever somebody may write who means harm; one in a few is far too long."""
KEY = "abcdefghij0123456789"
HOME, FORUM = ChannelRef("discord", "7", "70"), ChannelRef("discord", "7", "80")
JILL = AccountRef("discord", "42")
NOW = datetime(2027, 1, 11, 17, tzinfo=UTC)


# What is looked at


def looked_at(body: Json, named: Iterable[str] = (), files: Sequence[str] = ()) -> str:
    """Check a message as it would be sent, and return its words; it may notify those who are `named`."""
    check_message(body, body["flags"], files)
    allowed = body["allowed_mentions"]
    assert allowed["parse"] == []
    assert allowed["replied_user"] is False
    assert set(allowed) == {"parse", "users", "replied_user"}
    assert set(allowed["users"]) <= set(named)
    parts = (part["content"] for part in walked(body["components"]) if part["type"] == 10)
    return "\n".join([*([body["content"]] if body.get("content") else []), *parts])


class Wire(StandIn):
    """Takes whatever is sent and keeps its bodies."""

    def __init__(self) -> None:
        super().__init__()
        self.bodies: list[tuple[Route, Json]] = []
        self._ids = count(1_000)

    async def request(self, route: Route, **how: Any) -> Any:
        path = route.url.removeprefix(Route.BASE)
        if "json" in how:
            self.bodies.append((route, how["json"]))
        match route.method, path.split("/")[1:]:
            case "POST", ["channels", where, "messages"]:
                return {"id": str(next(self._ids)), "channel_id": where}
            case "GET", ["channels", "80"]:
                tags = [{"id": "1", "name": "Open", "moderated": False}]
                return channel(80, 15, available_tags=tags, flags=1 << 4)
            case "GET", ["channels", "71"]:
                return channel(71, 11, parent_id="70")
            case "GET", ["channels", where]:
                return channel(int(where), 0)
            case "GET", ["guilds", _, "threads", "active"]:
                return {"threads": []}
        return {"id": str(next(self._ids))}


def messages_in(sent: Iterable[tuple[Route, Json]]) -> Iterator[Json]:
    """Yield the messages among what was sent; a thread's title is checked here."""
    for _, body in sent:
        if "name" in body:
            assert 1 <= len(body["name"]) <= 100
            assert body["name"].strip()
        if "message" in body:
            yield body["message"]
        elif "components" in body:
            yield body


def platform_of(wire: Wire) -> DiscordPlatform:
    platform = DiscordPlatform(wire.client, MovedClock(NOW))
    platform.connected = True
    return platform
