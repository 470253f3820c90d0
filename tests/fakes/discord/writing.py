"""Messages made from requests: checked, kept with their files, and whom they notify."""

from __future__ import annotations

from collections.abc import Sequence

from tests.fakes.discord.permissions import May, allowed
from tests.fakes.discord.rules import Refused, check_message, invalid, numbered
from tests.fakes.discord.things import (
    COMPONENTS,
    EPHEMERAL,
    LOADING,
    Attachment,
    Channel,
    Json,
    Message,
    Upload,
    User,
    walked,
)
from tests.fakes.discord.world import World

_SETTABLE = COMPONENTS | EPHEMERAL | 1 << 2 | 1 << 12


def compose(world: World, channel: Channel, author: User, body: Json, files: Sequence[Upload]) -> Message:
    """Return a new message from a request, which does not stand anywhere yet."""
    flags = int(body.get("flags") or 0) & _SETTABLE
    check_message(body, flags, [one.name for one in files])
    made = Message(world.new_id(), channel, author, world.now(), flags=flags)
    made.nonce = str(body["nonce"]) if body.get("nonce") is not None else None
    if reference := body.get("message_reference"):
        made.answers = int(reference["message_id"])
        made.kind = 19
    _say(world, made, body, files)
    return made


def rewrite(world: World, message: Message, body: Json, files: Sequence[Upload]) -> None:
    """Let a message say what a request says; what it does not name stays."""
    flags = message.flags | (int(body.get("flags") or 0) & COMPONENTS)
    kept = [{"id": str(one.id)} for one in message.attachments]
    stays = {
        "content": message.content,
        "components": message.components,
        "embeds": message.embeds,
        "attachments": kept,
    }
    wish = stays | {name: value for name, value in body.items() if name in stays}
    names = [one.name for one in files] + [one.name for one in message.attachments]
    check_message(wish, flags, names)
    message.flags = flags & ~LOADING
    _say(world, message, wish | {"allowed_mentions": body.get("allowed_mentions")}, files)


def _say(world: World, message: Message, body: Json, files: Sequence[Upload]) -> None:
    message.content = body.get("content") or ""
    message.embeds = body.get("embeds") or []
    kept_ids = {str(one["id"]) for one in body.get("attachments") or ()}
    message.attachments = [one for one in message.attachments if str(one.id) in kept_ids]
    new = [world.keep_file(message.channel, one) for one in files]
    message.attachments += new
    message.components = numbered(body.get("components") or [])
    _resolve_files(message.components, message.attachments)
    _notify(world, message, body.get("allowed_mentions"))


def _resolve_files(components: Sequence[Json], files: Sequence[Attachment]) -> None:
    named = {f"attachment://{one.name}": one for one in files}
    for part in walked(components):
        if part["type"] == 13 and (file := named.get(part["file"]["url"])):
            part["file"] = {"url": file.url}
            part |= {"name": file.name, "size": len(file.content)}


def _notify(world: World, message: Message, wanted: Json | None) -> None:
    """Note whom a message notifies: without limits everybody whom it names."""
    guild = message.channel.guild
    text = "\n".join(message.texts)
    named = world.mentioned(text, guild)
    parse = {"users", "everyone", "roles"} if wanted is None else set(wanted.get("parse") or ())
    listed = {int(id) for id in (wanted or {}).get("users") or ()}
    if len(listed) > 100:
        raise invalid("allowed_mentions.users", "Must be 100 or fewer in length.", "BASE_TYPE_MAX_LENGTH")
    if listed and "users" in parse:
        raise invalid("allowed_mentions.parse", 'parse:["users"] and users: [ids...] are mutually exclusive.')
    message.pinged |= named if "users" in parse else named & listed
    may = allowed(guild, message.author, message.channel) if guild else May(0)
    loud = "@everyone" in text or "@here" in text
    message.pings_everyone |= loud and "everyone" in parse and May.MENTION_EVERYONE in may


def writable(world: World, channel: Channel) -> None:
    """Refuse a message where the bot cannot write."""
    if channel.other is not None and not takes(world, channel.other):
        raise Refused(403, 50007, "Cannot send messages to this user")
    if channel.guild is None:
        return
    may = allowed(channel.guild, world.application.user, channel)
    needed = May.SEND_MESSAGES_IN_THREADS if channel.is_thread else May.SEND_MESSAGES
    if May.VIEW_CHANNEL not in may:
        raise Refused(403, 50001, "Missing Access")
    if needed not in may:
        raise Refused(403, 50013, "Missing Permissions")
    if channel.locked and May.MANAGE_THREADS not in may:
        raise Refused(400, 160005, "Thread is locked")
    if channel.kind == 15:
        raise Refused(400, 50008, "Cannot send messages in a non-text channel")


def takes(world: World, user: User) -> bool:
    """Return whether somebody takes direct messages of the bot: they do not refuse, and share a server with it."""
    shared = any(user.id in guild.members and world.bot_in(guild) for guild in world.guilds.values())
    return user.takes_direct_messages and shared and not user.bot
