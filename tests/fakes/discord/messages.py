"""Requests about messages, threads and reactions."""

from __future__ import annotations

from urllib.parse import unquote

from tests.fakes.discord import shapes
from tests.fakes.discord.permissions import May, allowed
from tests.fakes.discord.recorder import Asked
from tests.fakes.discord.routes import Done, channel_of, message_of, need, route
from tests.fakes.discord.rules import Refused, invalid
from tests.fakes.discord.things import EPHEMERAL, Channel, Emoji, Json, Kind, Message, User
from tests.fakes.discord.world import World
from tests.fakes.discord.writing import compose, rewrite, writable

_MESSAGES = "/channels/{channel_id}/messages"
_MESSAGE = "/channels/{channel_id}/messages/{message_id}"
_REACTIONS = "/channels/{channel_id}/messages/{message_id}/reactions"


def _described(world: World, message: Message, *, events: bool = False) -> Json:
    blank = not world.application.reads_content and not world.readable(message)
    return world.describe(message, reader=world.application.user, blank=blank, event=events)


@route("POST", _MESSAGES)
def send(world: World, asked: Asked) -> Json:
    """Send a message; under a nonce that was sent just before, return what was sent then."""
    channel = channel_of(world, asked)
    writable(world, channel)
    if asked.files:
        need(world, channel, May.ATTACH_FILES)
    body = {**asked.json, "flags": int(asked.json.get("flags") or 0) & ~EPHEMERAL}
    me = world.application.user
    nonce = body.get("nonce")
    if nonce is not None and body.get("enforce_nonce"):
        first = world.nonces.get((channel.id, str(nonce)))
        if first is not None and world.now() - first.at < world.nonce_window:
            return _described(world, first) | {"nonce": nonce}
    made = world.post(compose(world, channel, me, body, asked.files))
    if made.nonce is not None:
        world.nonces[channel.id, made.nonce] = made
    return _described(world, made) | ({"nonce": nonce} if nonce is not None else {})


@route("GET", _MESSAGES)
def history(world: World, asked: Asked) -> list[Json]:
    """Return a page of messages, the newest first; without leave to read what was written before, none."""
    channel = channel_of(world, asked)
    limit = int(asked.query.get("limit", 50))
    if not 1 <= limit <= 100:
        raise invalid("limit", "int value should be between 1 and 100.", "NUMBER_TYPE_MAX")
    guild = channel.guild
    if guild is not None and May.READ_MESSAGE_HISTORY not in allowed(guild, world.application.user, channel):
        return []
    if channel.kind is Kind.FORUM:
        raise Refused(400, 50024, "Cannot execute action on this channel type")
    found = sorted(channel.messages, key=lambda one: one.id)
    if before := asked.query.get("before"):
        found = [one for one in found if one.id < int(before)]
    if after := asked.query.get("after"):
        found = [one for one in found if one.id > int(after)][:limit]
    return [_described(world, one) for one in reversed(found[-limit:])]


@route("GET", _MESSAGE)
def get(world: World, asked: Asked) -> Json:
    """Return a message."""
    return _described(world, message_of(channel_of(world, asked, May.READ_MESSAGE_HISTORY), asked))


@route("PATCH", _MESSAGE)
def edit(world: World, asked: Asked) -> Json:
    """Let a message of the bot's say something else."""
    channel = channel_of(world, asked)
    message = message_of(channel, asked)
    if message.author is not world.application.user:
        raise Refused(403, 50005, "Cannot edit a message authored by another user")
    if channel.archived:
        raise Refused(400, 50083, "Thread is archived")
    rewrite(world, message, asked.json, asked.files)
    world.changed(message)
    return _described(world, message)


@route("DELETE", _MESSAGE)
def delete(world: World, asked: Asked) -> None:
    """Remove a message; those of others need a permission."""
    channel = channel_of(world, asked)
    message = message_of(channel, asked)
    if message.author is not world.application.user:
        need(world, channel, May.MANAGE_MESSAGES)
    if channel.archived:
        raise Refused(400, 50083, "Thread is archived")
    world.delete(message)


# Threads


@route("POST", "/channels/{channel_id}/messages/{message_id}/threads")
def open_below(world: World, asked: Asked) -> Done:
    """Open a thread below a message."""
    channel = channel_of(world, asked)
    message = message_of(channel, asked)
    if channel.is_thread or channel.guild is None:
        raise Refused(400, 50024, "Cannot execute action on this channel type")
    if message.thread is not None:
        raise Refused(400, 160004, "A thread has already been created for this message")
    need(world, channel, May.CREATE_PUBLIC_THREADS)
    return Done(shapes.channel(_opened(world, channel, asked.json, message), newly=True), 201)


@route("POST", "/channels/{channel_id}/threads")
def open_post(world: World, asked: Asked) -> Done:
    """Open a post in a forum."""
    channel = channel_of(world, asked, May.SEND_MESSAGES)
    if channel.kind is not Kind.FORUM:
        if channel.kind is not Kind.TEXT:
            raise Refused(400, 50024, "Cannot execute action on this channel type")
        need(world, channel, May.CREATE_PUBLIC_THREADS)
        return Done(shapes.channel(_opened(world, channel, asked.json), newly=True), 201)
    tags = [int(id) for id in asked.json.get("applied_tags") or ()]
    known = {tag.id for tag in channel.tags}
    if len(tags) > 5 or not set(tags) <= known:
        raise invalid("applied_tags", "Unknown tag, or more than five.", "FORUM_TAG_UNKNOWN")
    if channel.needs_tag and not tags:
        raise Refused(400, 40067, "A tag is required to create a forum post in this channel")
    compose(world, channel, world.application.user, asked.json["message"], asked.files)  # refused before it is opened
    thread = _opened(world, channel, asked.json)
    thread.applied = tags
    first = compose(world, thread, world.application.user, asked.json["message"], asked.files)
    first.id = thread.id
    world.post(first)
    return Done(shapes.channel(thread, newly=True) | {"message": _described(world, first)}, 201)


def _opened(world: World, channel: Channel, body: Json, below: Message | None = None) -> Channel:
    name = body.get("name")
    if not isinstance(name, str) or not 1 <= len(name) <= 100:
        raise invalid("name", "Must be between 1 and 100 in length.", "BASE_TYPE_BAD_LENGTH")
    after = int(body.get("auto_archive_duration", 1440))
    if after not in (60, 1440, 4320, 10080):
        raise invalid("auto_archive_duration", "Value must be one of (60, 1440, 4320, 10080).")
    thread = world.open_thread(channel, name, world.application.user, below)
    thread.archives_after = after
    return thread


# Reactions


def _emoji(asked: Asked) -> Emoji:
    return Emoji.parse(unquote(asked.at["emoji_name"]))


@route("PUT", _REACTIONS + "/{emoji_name}/@me")
def react(world: World, asked: Asked) -> None:
    """React as the bot."""
    message = message_of(channel_of(world, asked, May.READ_MESSAGE_HISTORY), asked)
    if _emoji(asked) not in message.reactions:
        need(world, message.channel, May.ADD_REACTIONS)
    world.react(message, world.application.user, _emoji(asked))


@route("DELETE", _REACTIONS + "/{emoji_name}/@me")
def unreact(world: World, asked: Asked) -> None:
    """Take the bot's reaction back."""
    message = message_of(channel_of(world, asked), asked)
    if not world.unreact(message, world.application.user, _emoji(asked)):
        raise Refused(404, 10014, "Unknown Emoji")


@route("GET", _REACTIONS + "/{emoji_name}")
def reacting(world: World, asked: Asked) -> list[Json]:
    """Return a page of the people who reacted, by their ids."""
    message = message_of(channel_of(world, asked, May.READ_MESSAGE_HISTORY), asked)
    limit = int(asked.query.get("limit", 25))
    if not 1 <= limit <= 100:
        raise invalid("limit", "int value should be between 1 and 100.", "NUMBER_TYPE_MAX")
    burst = asked.query.get("type", "0") == "1"
    people: dict[int, User] = message.reactions.get(_emoji(asked), {}).get(burst, {})
    after = int(asked.query.get("after", 0))
    return [shapes.user(people[id]) for id in sorted(people) if id > after][:limit]


@route("DELETE", _REACTIONS)
def clear(world: World, asked: Asked) -> None:
    """Remove all reactions."""
    world.clear(message_of(channel_of(world, asked, May.MANAGE_MESSAGES), asked))
