"""What people ask of a bot, and its answers: within three seconds, once, and for fifteen minutes more."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.fakes.discord import shapes
from tests.fakes.discord.recorder import Asked
from tests.fakes.discord.routes import route
from tests.fakes.discord.rules import Refused, check_modal, invalid
from tests.fakes.discord.rules_of_commands import check_suggestions
from tests.fakes.discord.things import EPHEMERAL, LOADING, Channel, Dialog, Json, Message, Upload, User
from tests.fakes.discord.world import World
from tests.fakes.discord.writing import compose, rewrite

FIRST_WITHIN = timedelta(seconds=3)
TOKEN_LASTS = timedelta(minutes=15)

COMMAND, COMPONENT, AUTOCOMPLETE, SUBMIT = 2, 3, 4, 5
_MESSAGE, _LATER, _LATER_HERE, _HERE, _SUGGESTIONS, _FORM = 4, 5, 6, 7, 8, 9


@dataclass(eq=False, slots=True)
class Interaction:
    """One thing that somebody asked of the bot, and all that they were answered.

    `shown` are the messages that answered it, `original` the first; `edited` is the message whose button it was, where
    that was changed in place.
    """

    id: int
    token: str
    kind: int
    user: User
    channel: Channel
    data: Json
    at: datetime
    message: Message | None = None
    first: int | None = None
    original: Message | None = None
    shown: list[Message] = field(default_factory=list)
    edited: Message | None = None
    dialog: Dialog | None = None
    choices: list[Json] = field(default_factory=list)
    answered: asyncio.Event = field(default_factory=asyncio.Event)

    async def wait(self, within: float) -> bool:
        """Wait until the bot has answered with more than that it is thinking; return whether it has."""
        try:
            await asyncio.wait_for(self.answered.wait(), within)
        except TimeoutError:
            return False
        return True


def begin(world: World, kind: int, user: User, channel: Channel, data: Json, message: Message | None) -> Interaction:
    """Let somebody ask something of the bot, which hears it over the gateway."""
    made = Interaction(world.new_id(), secrets.token_urlsafe(24), kind, user, channel, data, world.now(), message)
    world.interactions[made.id] = world.by_token[made.token] = made
    world.tell("INTERACTION_CREATE", _described(world, made), channel.guild, 0)
    return made


def _described(world: World, one: Interaction) -> Json:
    bot = world.application.user
    guild = one.channel.guild
    shown: Json = {
        "id": str(one.id),
        "application_id": str(world.application.id),
        "type": one.kind,
        "data": one.data,
        "token": one.token,
        "version": 1,
        "channel_id": str(one.channel.id),
        "channel": shapes.channel(one.channel) | {"permissions": shapes.permissions_in(one.channel, one.user)},
        "locale": one.user.locale,
        "entitlements": [],
        "app_permissions": shapes.permissions_in(one.channel, bot) if guild else str(1 << 11),
        "authorizing_integration_owners": {"0": str(guild.id) if guild else "0"},
        "context": 0 if guild else 1,
        "attachment_size_limit": 10_485_760,
    }
    if one.message is not None:
        shown["message"] = world.describe(one.message)
    if guild is None:
        return shown | {"user": shapes.user(one.user)}
    member = shapes.member(guild.members[one.user.id])
    return shown | {
        "guild_id": str(guild.id),
        "guild": {"id": str(guild.id), "features": [], "locale": guild.locale},
        "guild_locale": guild.locale,
        "member": member | {"permissions": shapes.permissions_in(one.channel, one.user)},
    }


# First answers


@route("POST", "/interactions/{interaction_id}/{interaction_token}/callback")
def answer(world: World, asked: Asked) -> Json | None:
    """Take the first answer."""
    one = world.interactions.get(asked.id("interaction_id"))
    if one is None or one.token != asked.at["interaction_token"] or world.now() - one.at > FIRST_WITHIN:
        raise Refused(404, 10062, "Unknown interaction")
    if one.first is not None:
        raise Refused(400, 40060, "Interaction has already been acknowledged.")
    kind, data = asked.json.get("type"), asked.json.get("data") or {}
    if (kind == _SUGGESTIONS) != (one.kind == AUTOCOMPLETE):
        raise invalid("type", f"Interactions of type {one.kind} cannot be answered with {kind}.")
    _take(world, one, kind, data, asked.files)
    one.first = kind
    if asked.query.get("with_response", "false").lower() not in ("true", "1"):
        return None
    return {"interaction": _told(one), "resource": _resource(world, one)}


def _take(world: World, one: Interaction, kind: Any, data: Json, files: Sequence[Upload]) -> None:
    match kind:
        case 4:
            _show(world, one, data, files)
        case 5:
            one.original = _message(world, one, int(data.get("flags") or 0) & EPHEMERAL | LOADING)
        case 6 if one.message is not None:
            one.original = one.message
        case 7 if one.message is not None:
            one.original = one.message
            _change(world, one, one.message, data, files)
        case 8:
            check_suggestions(data.get("choices") or [], _focused(one.data))
            one.choices = data["choices"]
            one.answered.set()
        case 9 if one.kind != SUBMIT:
            check_modal(data)
            one.dialog = Dialog(data, one.channel, one.message)
            one.answered.set()
        case _:
            raise invalid("type", f"Interactions of type {one.kind} cannot be answered with {kind}.")


def _focused(data: Json) -> int:
    """Return the kind of the option into which somebody types."""
    for option in data.get("options") or ():
        if option.get("focused"):
            return int(option["type"])
        if option.get("options") and (kind := _focused(option)):
            return kind
    return 0


def _message(world: World, one: Interaction, flags: int) -> Message:
    """Return an answer that says nothing yet."""
    made = Message(world.new_id(), one.channel, world.application.user, world.now(), flags=flags, kind=20)
    made.only_for = one.user if flags & EPHEMERAL else None
    made.kind = 20 if one.kind == COMMAND else 0
    return world.post(made, silently=made.ephemeral or bool(flags & LOADING))


def _show(world: World, one: Interaction, data: Json, files: Sequence[Upload]) -> Message:
    made = compose(world, one.channel, world.application.user, data, files)
    made.only_for = one.user if made.ephemeral else None
    world.post(made, silently=made.ephemeral)
    one.original = one.original or made
    one.shown.append(made)
    one.answered.set()
    return made


def _change(world: World, one: Interaction, message: Message, data: Json, files: Sequence[Upload]) -> Message:
    was_loading = bool(message.flags & LOADING)
    rewrite(world, message, data, files)
    world.changed(message)
    if was_loading or message in one.shown:
        one.shown = [*(each for each in one.shown if each is not message), message]
    else:
        one.edited = message
    one.answered.set()
    return message


def _told(one: Interaction) -> Json:
    return {
        "id": str(one.id),
        "type": one.kind,
        "response_message_id": str(one.original.id) if one.original else None,
        "response_message_loading": bool(one.original and one.original.flags & LOADING),
        "response_message_ephemeral": bool(one.original and one.original.ephemeral),
    }


def _resource(world: World, one: Interaction) -> Json:
    message = {"message": world.describe(one.original)} if one.original is not None else {}
    return {"type": one.first, **message}


# Later answers


_WEBHOOK = "/webhooks/{webhook_id}/{webhook_token}"


def _later(world: World, asked: Asked) -> Interaction:
    found = world.by_token.get(asked.at["webhook_token"])
    if found is None or found.first is None or asked.id("webhook_id") != world.application.id:
        raise Refused(404, 10015, "Unknown Webhook")
    if world.now() - found.at > TOKEN_LASTS:
        raise Refused(401, 50027, "Invalid Webhook Token")
    return found


@route("POST", _WEBHOOK)
def follow_up(world: World, asked: Asked) -> Json:
    """Take another answer; the first one after a delay takes the place of what stood there meanwhile."""
    one = _later(world, asked)
    if one.original is not None and one.original.flags & LOADING:
        return world.describe(_change(world, one, one.original, asked.json, asked.files))
    return world.describe(_show(world, one, asked.json, asked.files))


def _answer_of(one: Interaction, asked: Asked) -> Message:
    named = asked.at.get("message_id")
    found = one.original if named is None else next((each for each in one.shown if str(each.id) == named), None)
    if found is None or found.deleted:
        raise Refused(404, 10008, "Unknown Message")
    return found


@route("GET", _WEBHOOK + "/messages/@original")
@route("GET", _WEBHOOK + "/messages/{message_id}")
def get_answer(world: World, asked: Asked) -> Json:
    """Return an answer."""
    return world.describe(_answer_of(_later(world, asked), asked))


@route("PATCH", _WEBHOOK + "/messages/@original")
@route("PATCH", _WEBHOOK + "/messages/{message_id}")
def edit_answer(world: World, asked: Asked) -> Json:
    """Let an answer say something else."""
    one = _later(world, asked)
    return world.describe(_change(world, one, _answer_of(one, asked), asked.json, asked.files))


@route("DELETE", _WEBHOOK + "/messages/@original")
@route("DELETE", _WEBHOOK + "/messages/{message_id}")
def delete_answer(world: World, asked: Asked) -> None:
    """Take an answer away."""
    one = _later(world, asked)
    found = _answer_of(one, asked)
    world.delete(found)
    one.shown = [each for each in one.shown if each is not found]
    one.answered.set()
