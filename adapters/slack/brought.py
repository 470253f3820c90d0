"""What an interaction brings with it: the call that it asks for, where it came from, and files."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import aiohttp
from slack_sdk.errors import SlackClientError

from adapters.slack.connection import is_slacks, proxy_for
from adapters.slack.errors import TokenRefused
from adapters.slack.forms import Filled, Origin, read_view
from adapters.slack.marks import read_action
from adapters.slack.platform import SlackPlatform
from adapters.slack.refs import account, channel_ref, is_direct, message_ref
from adapters.slack.text import Json, written
from bot.cards import File, Form
from bot.chat import TargetMessage
from bot.errors import Refusal

LARGEST_FILE = 5_000_000
"""Bytes of a file that people may hand in."""
MEMBERS = 20
"""Pages of a private channel's members that are looked through."""


class FileTooLarge(Refusal):
    """“{name}” is too large for me: I take files of up to {limit} MB. Make it smaller, or put it online and link it."""


class FileGone(Refusal):
    """I could not fetch “{name}” from Slack. Attach it and try again."""


class NotYourChannel(Refusal):
    """I can't see that you are in that channel, so I don't write there for you. Choose another, or ask an admin to."""


@dataclass(frozen=True, slots=True)
class Raw:
    """What an interaction asks for, and where it came from.

    `typed` is a line to be read as a command. `view` is the dialog, or the App Home, that it happened in; `private`
    says that the message which was pressed is seen by one person alone. `form` is one that was kept for a button.
    """

    id: str
    team: str
    user: str
    name: str = ""
    command: str = ""
    typed: str | None = None
    arguments: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    channels: Mapping[str, str] = field(default_factory=dict)
    channel: str = ""
    thread: str = ""
    message: TargetMessage | None = None
    submitted: bool = False
    trigger: str = ""
    response_url: str = ""
    view: Json | None = None
    private: bool = False
    form: Form | None = None
    heard_at: float = field(default_factory=time.monotonic)


def typed(body: Json, team: str) -> Raw:
    """Return what a slash command asks for."""
    return Raw(
        id=str(body.get("trigger_id") or ""),
        team=team,
        user=str(body.get("user_id") or ""),
        name=str(body.get("user_name") or ""),
        command=str(body.get("command") or ""),
        typed=str(body.get("text") or ""),
        channel=str(body.get("channel_id") or ""),
        trigger=str(body.get("trigger_id") or ""),
        response_url=str(body.get("response_url") or ""),
    )


def pressed(body: Json, team: str) -> Raw:
    """Return what a button, or an entry of a menu on a message, asks for; one of none of ours has no command."""
    action: Json = (body.get("actions") or [{}])[0]
    command, arguments = read_action(action)
    container: Json = body.get("container") or {}
    stands: Json = body.get("message") or {}
    ts = str(container.get("message_ts") or stands.get("ts") or "")
    thread = str(container.get("thread_ts") or stands.get("thread_ts") or "")
    view = body.get("view") if container.get("type") == "view" or "view" in body else None
    return Raw(
        # One interaction may come again, and its trigger with it.
        id=str(body.get("trigger_id") or ""),
        **_who(body, team),
        command=command,
        arguments=arguments,
        channel=_channel(body, container),
        thread=thread if thread != ts else "",
        trigger=str(body.get("trigger_id") or ""),
        response_url=str(body.get("response_url") or ""),
        view=view,
        private=bool(container.get("is_ephemeral")),
    )


def chosen(body: Json, team: str) -> Raw:
    """Return what a shortcut asks for, on a message or anywhere."""
    there: Json | None = body.get("message")
    channel = _channel(body, {})
    thread = str((there or {}).get("thread_ts") or "")
    return Raw(
        id=str(body.get("trigger_id") or ""),
        **_who(body, team),
        command=str(body.get("callback_id") or ""),
        channel=channel,
        thread=thread,
        message=_target(there, team, channel) if there is not None else None,
        trigger=str(body.get("trigger_id") or ""),
        response_url=str(body.get("response_url") or ""),
    )


def submitted(body: Json, team: str) -> tuple[Raw, Origin, Filled]:
    """Return what a submitted dialog asks for, where it was asked for, and what was filled in."""
    view: Json = body.get("view") or {}
    origin = Origin.unpack(str(view.get("private_metadata") or ""))
    filled = read_view(view)
    raw = Raw(
        id=str(body.get("trigger_id") or f"{view.get('id', '')}:{view.get('hash', '')}"),
        **_who(body, team),
        command=origin.command,
        arguments={**origin.arguments, **filled.arguments},
        files=filled.files,
        channels=filled.channels,
        channel=origin.channel,
        thread=origin.thread,
        submitted=True,
        trigger=str(body.get("trigger_id") or ""),
        response_url=origin.response_url,
        view=view,
    )
    return raw, origin, filled


def _who(body: Json, team: str) -> dict[str, Any]:
    user: Json = body.get("user") or {}
    return {
        "team": team,
        "user": str(user.get("id") or ""),
        "name": str(user.get("username") or user.get("name") or ""),
    }


def _channel(body: Json, container: Json) -> str:
    return str((body.get("channel") or {}).get("id") or container.get("channel_id") or "")


def _target(there: Json, team: str, channel: str) -> TargetMessage:
    """Return the message on whose menu an entry was chosen; Slack brings its text."""
    author = str(there.get("user") or there.get("bot_id") or "unknown")
    name = str(there.get("username") or there.get("user") or "")
    ref = message_ref(team, channel, str(there.get("ts") or ""))
    return TargetMessage(ref, account(team, author), name, written(str(there.get("text") or "")))


class Fetching:
    """Fetches what an interaction only names: files, and whether somebody is in a channel that they chose."""

    def __init__(self, platform: SlackPlatform, session: aiohttp.ClientSession, api_url: str) -> None:
        self._platform = platform
        self._session = session
        self._api_url = api_url

    async def channels(self, raw: Raw) -> dict[str, str]:
        """Return the channels that somebody chose, as the core names them; raises NotYourChannel."""
        named: dict[str, str] = {}
        for name, id in raw.channels.items():
            if not await self.may_write(raw.team, raw.user, id):
                raise NotYourChannel
            named[name] = str(channel_ref(raw.team, id))
        return named

    async def may_write(self, team: str, user: str, channel: str) -> bool:
        """Return whether somebody is in a channel, or could be as it is open to all; it gets known by its name."""
        wire = self._platform.wire
        try:
            found: Json = (await wire.read(team, "conversations.info", channel=channel)).get("channel") or {}
            self._platform.named(channel_ref(team, channel), str(found.get("name") or ""))
            if is_direct(channel) or found.get("is_im"):
                return False
            if not found.get("is_private"):
                return True
            async for page in wire.pages(team, "conversations.members", "members", MEMBERS, channel=channel, limit=200):
                if user in cast("list[object]", page):
                    return True
        except (SlackClientError, TokenRefused, aiohttp.ClientError, OSError, TimeoutError):
            return False
        return False

    async def files(self, raw: Raw) -> dict[str, File]:
        """Return the files that somebody sent; raises FileTooLarge or FileGone."""
        return {name: await self._file(raw.team, id) for name, id in raw.files.items()}

    async def _file(self, team: str, id: str) -> File:
        title = "file"
        try:
            wire = self._platform.wire
            found: Json = (await wire.read(team, "files.info", file=id)).get("file") or {}
            title = str(found.get("name") or title)
            if int(found.get("size") or 0) > LARGEST_FILE:
                raise FileTooLarge(name=title[:80], limit=LARGEST_FILE // 1_000_000)
            url = str(found.get("url_private_download") or found.get("url_private") or "")
            if not is_slacks(url, self._api_url):
                raise FileGone(name=title[:80])
            token = (await wire.tokens.of(team)).token
            content = await self._fetched(url, token)
        except (SlackClientError, TokenRefused, aiohttp.ClientError, OSError, TimeoutError) as error:
            raise FileGone(name=title[:80]) from error
        if content is None:
            raise FileTooLarge(name=title[:80], limit=LARGEST_FILE // 1_000_000)
        return File(title, str(found.get("mimetype") or "application/octet-stream"), content)

    async def _fetched(self, url: str, token: str) -> bytes | None:
        """Return what is at an address; None where it is larger than was said."""
        headers = {"Authorization": f"Bearer {token}"}
        async with self._session.get(url, headers=headers, proxy=proxy_for(url), allow_redirects=False) as answer:
            if answer.status != 200:
                raise aiohttp.ClientError(f"status {answer.status}")
            content = bytearray()
            async for part in answer.content.iter_chunked(65_536):
                content += part
                if len(content) > LARGEST_FILE:
                    return None
            return bytes(content)


def unused(body: Json) -> bool:
    """Return whether an interaction asks for nothing: a link that was opened, or a choice inside a form."""
    return body.get("type") == "block_actions" and not read_action((body.get("actions") or [{}])[0])[0]
