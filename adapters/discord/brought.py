"""What an interaction brings with it: the call that it asks for, the message that it is about, and files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import discord

from adapters.discord import roles
from adapters.discord.marks import Json
from adapters.discord.refs import DIRECT, account, channel_ref, message_ref
from adapters.discord.text import PLATFORM
from bot.cards import File, Form
from bot.chat import AccountRef, RosterRef, TargetMessage
from bot.errors import Refusal

LARGEST_FILE = 5_000_000
"""Bytes of a file that people may hand in."""


class FileTooLarge(Refusal):
    """“{name}” is too large for me: I take files of up to {limit} MB. Make it smaller, or put it online and link it."""


class FileGone(Refusal):
    """I could not fetch “{name}” from Discord. Attach it and try again."""


class NotYourChannel(Refusal):
    """You can't write in #{name} yourself, so I don't write there for you. Choose another, or ask an admin to."""


@dataclass(frozen=True, slots=True)
class Raw:
    """What an interaction asks for, before its files are fetched and its channels and roles looked at.

    `form` is the form that a button opens which came instead of it.
    """

    command: str
    arguments: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    channels: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    message: TargetMessage | None = None
    person: AccountRef | None = None
    submitted: bool = False
    focused: str | None = None
    form: Form | None = None


def target(interaction: discord.Interaction[Any], data: Json) -> TargetMessage | None:
    """Return the message on whose menu an entry was chosen; Discord brings its text."""
    id = str(data.get("target_id", ""))
    found = (data.get("resolved") or {}).get("messages", {}).get(id)
    if found is None:
        return None
    author: Json = found["author"]
    channel = int(found.get("channel_id") or interaction.channel_id or 0)
    server = interaction.guild_id
    where = str(server) if server is not None else DIRECT
    return TargetMessage(
        message_ref(server, channel, int(id)),
        account(int(author["id"])),
        str(author.get("global_name") or author["username"]),
        str(found.get("content") or ""),
        f"https://discord.com/channels/{where}/{channel}/{id}",
    )


def chosen(interaction: discord.Interaction[Any], raw: Raw) -> dict[str, str]:
    """Return the channels that somebody chose, as the core names them; raises NotYourChannel where they can't write."""
    data: Json = dict(interaction.data or {})
    there: Mapping[str, Json] = (data.get("resolved") or {}).get("channels") or {}
    named: dict[str, str] = {}
    for name, id in raw.channels.items():
        found = there.get(id)
        if found is None:
            continue
        may = discord.Permissions(int(found.get("permissions", 0)))
        if not may.administrator and not (may.view_channel and may.send_messages):
            raise NotYourChannel(name=str(found.get("name", ""))[:80])
        named[name] = str(channel_ref(interaction.guild_id, int(id)))
    return named


def chosen_roles(interaction: discord.Interaction[Any], raw: Raw) -> dict[str, str]:
    """Return the roles that somebody chose, as the core names them; raises a Refusal for one that we do not give."""
    guild = interaction.guild
    if guild is None:
        return {}
    for id in raw.roles.values():
        roles.check(guild.get_role(int(id)), interaction.user)
    return {name: str(RosterRef(PLATFORM, str(guild.id), id)) for name, id in raw.roles.items()}


async def fetched(interaction: discord.Interaction[Any], raw: Raw) -> dict[str, File]:
    """Return the files that somebody sent; raises FileTooLarge or FileGone."""
    data: Json = dict(interaction.data or {})
    sent: Mapping[str, Json] = (data.get("resolved") or {}).get("attachments") or {}
    files: dict[str, File] = {}
    for name, id in raw.files.items():
        found = sent.get(id)
        if found is None:
            continue
        title = str(found["filename"])
        if int(found.get("size", 0)) > LARGEST_FILE:
            raise FileTooLarge(name=title[:80], limit=LARGEST_FILE // 1_000_000)
        try:
            content = await interaction.client.http.get_from_cdn(str(found["url"]))
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            raise FileGone(name=title[:80]) from error
        files[name] = File(title, str(found.get("content_type") or "application/octet-stream"), content)
    return files
