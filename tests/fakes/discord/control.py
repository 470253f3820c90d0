"""The fake as a process of its own is played through one address, POST /control with `{"do": "types", …}`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.fakes.discord.interactions import Interaction
from tests.fakes.discord.server import FakeDiscord
from tests.fakes.discord.things import Channel, Json, Message
from tests.fakes.process import Act
from tests.fakes.refusing import Cannot


def _seen(message: Message) -> Json:
    """Return a message as it is seen."""
    return {
        "id": message.id,
        "author": message.author.name,
        "text": "\n".join(message.texts),
        "buttons": [str(one["label"]) for one in message.buttons],
        "private": message.ephemeral,
        "thread": message.thread.id if message.thread else None,
        "files": [file.name for file in message.attachments],
    }


def _told(asked: Interaction) -> Json:
    """Return what somebody was answered; `answered` is false where nothing came."""
    form = asked.dialog
    return {
        "answered": asked.answered.is_set(),
        "messages": [_seen(one) for one in asked.shown],
        "edited": _seen(asked.edited) if asked.edited else None,
        "form": {"title": form.title, "fields": list(form.fields)} if form else None,
    }


def _place(fake: FakeDiscord, about: Json) -> Channel | None:
    """Return the channel of a name, or the thread of a number."""
    named = about.get("place")
    return fake.world.channels[named] if isinstance(named, int) else fake.channel(named) if named else None


def _message(fake: FakeDiscord, about: Json) -> Message | None:
    wanted = about.get("on")
    everything = (one for channel in fake.world.channels.values() for one in channel.stored.values())
    return next((one for one in everything if one.id == wanted), None) if wanted is not None else None


def _there(fake: FakeDiscord, about: Json) -> Message:
    found = _message(fake, about)
    if found is None:
        raise Cannot(f"there is no message {about.get('on')}")
    return found


async def _enters(fake: FakeDiscord, about: Json) -> int:
    person = fake.person(about["who"], display=about.get("display", ""), admin=about.get("admin", False))
    person.user.takes_direct_messages = about.get("open", True)
    person.patience = about.get("patience", person.patience)
    return person.user.id


async def _types(fake: FakeDiscord, about: Json) -> Json:
    options: Mapping[str, Any] = about.get("options") or {}
    return _told(await fake.person(about["who"]).types(about["line"], _place(fake, about), **options))


async def _presses(fake: FakeDiscord, about: Json) -> Json:
    return _told(await fake.person(about["who"]).presses(about["label"], _message(fake, about)))


async def _fills(fake: FakeDiscord, about: Json) -> Json:
    return _told(await fake.person(about["who"]).fills(**about["values"]))


async def _opens_menu(fake: FakeDiscord, about: Json) -> Json:
    return _told(await fake.person(about["who"]).opens_menu(about["entry"], _there(fake, about)))


async def _says(fake: FakeDiscord, about: Json) -> Json:
    return _seen(fake.person(about["who"]).says(about["text"], _place(fake, about)))


async def _reacts(fake: FakeDiscord, about: Json) -> None:
    fake.person(about["who"]).reacts(about["emoji"], _there(fake, about))


async def _unreacts(fake: FakeDiscord, about: Json) -> None:
    fake.person(about["who"]).unreacts(about["emoji"], _there(fake, about))


async def _messages(fake: FakeDiscord, about: Json) -> list[Json]:
    place = _place(fake, about)
    assert place is not None
    return [_seen(one) for one in place.messages]


async def _inbox(fake: FakeDiscord, about: Json) -> list[Json]:
    return [_seen(one) for one in fake.person(about["who"]).inbox]


async def _commands(fake: FakeDiscord, about: Json) -> list[str]:
    return [str(one["name"]) for one in fake.guild().commands.values()]


async def _connected(fake: FakeDiscord, about: Json) -> int:
    """Wait until a client is connected; return how many sessions were begun so far."""
    await fake.gateway.connected(within=about.get("within", 30))
    return fake.gateway.starts


async def _gateway(fake: FakeDiscord, about: Json) -> None:
    """Let the gateway drop, cut, ask_to_reconnect, invalidate, forget or go_silent."""
    acts = ("drop", "cut", "ask_to_reconnect", "invalidate", "forget", "go_silent")
    if about["act"] not in acts:
        raise Cannot(f"the gateway does one of {acts}")
    getattr(fake.gateway, about["act"])()


async def _refuses(fake: FakeDiscord, about: Json) -> None:
    """Let the gateway refuse each client with a code, or none any more."""
    fake.gateway.refuses_with = about.get("code")


async def _fails(fake: FakeDiscord, about: Json) -> None:
    """Let requests fail as `way` says: refuse, limit, banned, cut, lose_answer or slow, with its arguments."""
    ways = ("refuse", "limit", "banned", "cut", "lose_answer", "slow")
    if about["way"] not in ways:
        raise Cannot(f"requests fail in one of {ways}")
    getattr(fake.faults, about["way"])(about.get("where", ""), **about.get("how", {}))


async def _outage(fake: FakeDiscord, about: Json) -> None:
    fake.faults.outage = about["on"]


async def _recorded(fake: FakeDiscord, about: Json) -> list[Json]:
    names = ("method", "path", "template", "query", "body", "done", "status")
    return [{name: getattr(one, name) for name in names} for one in fake.recorder.asked]


ACTS: dict[str, Act[FakeDiscord]] = {
    "enters": _enters,
    "types": _types,
    "presses": _presses,
    "fills": _fills,
    "opens_menu": _opens_menu,
    "says": _says,
    "reacts": _reacts,
    "unreacts": _unreacts,
    "messages": _messages,
    "inbox": _inbox,
    "commands": _commands,
    "connected": _connected,
    "gateway": _gateway,
    "refuses": _refuses,
    "fails": _fails,
    "outage": _outage,
    "recorded": _recorded,
}
