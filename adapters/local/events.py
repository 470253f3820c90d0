"""What people do without a command: they write, react and delete, and the bot hears of it."""

from __future__ import annotations

import logging

from adapters.local.cards import MESSAGE_CHARACTERS
from adapters.local.rooms import Message, Place
from adapters.local.world import Kind, Profile, World
from bot.chat import Event, MessageDeleted, ReactionAdded, ReactionRemoved, ReactionsCleared, ThreadReplied
from bot.errors import CannotSave
from bot.ports import Reacted

log = logging.getLogger(__name__)

THREAD_TITLE = 40
"""Characters of the title of a thread that somebody opens by answering."""
DELIVERIES = 4
"""How often an event comes that the bot cannot save, as on Slack: once, and three times again."""


async def say(world: World, profile: Profile, text: str, place: Place) -> Message:
    """Let somebody write into a place; the bot hears of it where that is a thread."""
    if not 0 < len(text) <= MESSAGE_CHARACTERS:
        raise ValueError(f"a message holds 1 to {MESSAGE_CHARACTERS:,} characters, not {len(text):,}")
    message = Message(world.new_id(), place, profile.account, profile.name, world.clock.now(), text)
    world.add(message)
    world.tell_of(Kind.SAID, message)
    if place.thread and not profile.robot:
        heard = None if world.keeps_text_back else text
        await _hear(
            world,
            ThreadReplied(profile.account, profile.name, place.thread.ref, message.ref, heard, key=world.new_id()),
        )
    return message


def thread_for(world: World, message: Message) -> Place:
    """Return the thread in which people answer a message, opened if need be."""
    if message.place.thread:
        return message.place
    return message.thread or world.open_thread(message, message.text.partition("\n")[0][:THREAD_TITLE])


async def react(world: World, profile: Profile, emoji: str, message: Message) -> None:
    """Let somebody put a reaction on a message; the same one again is none."""
    reacted = Reacted(profile.account, emoji)
    if message.deleted:
        raise LookupError("the message was deleted")
    if reacted in message.reactions:
        return
    message.reactions.append(reacted)
    world.tell(Kind.REACTED, profile.name, message.place, emoji, message)
    if not profile.robot:
        await _hear(world, ReactionAdded(profile.account, message.ref, emoji, profile.name, key=world.new_id()))


async def unreact(world: World, profile: Profile, emoji: str, message: Message) -> None:
    """Let somebody take a reaction back."""
    reacted = Reacted(profile.account, emoji)
    if reacted not in message.reactions:
        raise LookupError(f"{profile.name} has no {emoji} on this message")
    message.reactions.remove(reacted)
    world.tell(Kind.UNREACTED, profile.name, message.place, emoji, message)
    if not profile.robot:
        await _hear(world, ReactionRemoved(profile.account, message.ref, emoji, key=world.new_id()))


async def clear(world: World, profile: Profile, message: Message, emoji: str | None) -> None:
    """Let a moderator remove all reactions of a message, or all of one emoji."""
    _moderator(profile)
    message.reactions[:] = [one for one in message.reactions if emoji is not None and one.emoji != emoji]
    world.tell(Kind.UNREACTED, profile.name, message.place, emoji or "all reactions", message)
    await _hear(world, ReactionsCleared(message.ref, emoji, key=world.new_id()))


async def delete(world: World, profile: Profile, message: Message) -> None:
    """Let somebody delete their own message, or a moderator anybody's."""
    if message.author != profile.account:
        _moderator(profile)
    world.remove(message)
    world.tell(Kind.DELETED, profile.name, message.place, message.text, message)
    await _hear(world, MessageDeleted(message.ref, key=world.new_id()))


def _moderator(profile: Profile) -> None:
    if not profile.admin:
        raise PermissionError(f"{profile.name} is no moderator here")


async def _hear(world: World, event: Event) -> None:
    """Let the bot hear of an event, again where it could not save it; people have done what they did either way."""
    if not world.told:
        return
    for _ in range(DELIVERIES):
        try:
            return await world.bot.handle(event)
        except CannotSave as error:
            log.warning("%s is not saved: %s", type(event).__name__, error)
