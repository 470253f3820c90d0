"""Methods about messages."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.fakes.slack import shapes
from tests.fakes.slack.blocks import TOGETHER, problems
from tests.fakes.slack.methods import Call, Refused, method
from tests.fakes.slack.things import Channel, Json, Message, User
from tests.fakes.slack.world import World, walked

LONGEST = 40_000
"""Characters of a message's text."""
METADATA = 8_000
"""Characters of a message's metadata."""
_KEPT = ("parse", "link_names", "unfurl_links", "unfurl_media", "mrkdwn")


def numbered(world: World, blocks: list[Json]) -> list[Json]:
    """Return blocks with the ids that Slack gives those without one."""
    made: list[Json] = json.loads(json.dumps(blocks))
    for block in made:
        if not block.get("block_id"):
            block["block_id"] = world.new_id("bk")
        for one in walked([block]):
            if one.get("type") in ("button", "overflow", "static_select", "external_select"):
                one.setdefault("action_id", world.new_id("ac"))
    return made


def checked(call: Call, args: Json, *, warn: bool = True) -> tuple[str, list[Json]]:
    """Return text and blocks of a message; refuses what Slack does not take."""
    text, blocks = args.get("text"), args.get("blocks")
    if blocks is None or blocks == []:
        blocks = []
        if not text:
            raise Refused("no_text")
    elif found := problems(blocks, "message"):
        raise Refused("invalid_blocks", *found)
    elif len(json.dumps(blocks, ensure_ascii=False)) > TOGETHER:
        raise Refused("msg_blocks_too_long")
    if not isinstance(text, str | None):
        raise Refused("invalid_arguments", "text: must be a string")
    if len(text or "") > LONGEST:
        raise Refused("msg_too_long")
    if warn and not text:
        call.warnings.append("missing_text_in_message")
    return text or "", numbered(call.world, blocks)


def _metadata(args: Json) -> Json | None:
    given = args.get("metadata")
    if given is None:
        return None
    if not isinstance(given, dict) or not isinstance(given.get("event_type"), str):
        raise Refused("invalid_metadata_format")
    payload = given.get("event_payload")
    if not isinstance(payload, dict):
        raise Refused("invalid_metadata_schema")
    if len(json.dumps(given)) > METADATA:
        raise Refused("metadata_too_large")
    return {"event_type": given["event_type"], "event_payload": payload}


def _place(call: Call) -> Channel:
    """Return where a message goes; a person's id stands for the direct conversation with them."""
    named = call.words("channel")
    if named in call.team.users:
        call.args["channel"] = conversation(call, call.team.users[named]).id
    found = call.channel()
    if found.other is not None and not found.other.takes_direct_messages:
        raise Refused("messages_tab_disabled")
    if found.other is not None and found.other.deleted:
        raise Refused("is_inactive")
    if found.other is None and call.app.user.id not in found.members and "chat:write.public" not in call.app.scopes:
        raise Refused("not_in_channel")
    if found.archived:
        raise Refused("is_archived")
    if found.posting == "restricted":
        raise Refused("restricted_action")
    return found


def conversation(call: Call, user: User) -> Channel:
    """Return the direct conversation with somebody."""
    if user.deleted:
        raise Refused("user_not_found")
    if user.bot:
        raise Refused("cannot_dm_bot")
    return call.world.direct(call.team, user)


def composed(call: Call, channel: Channel, args: Json) -> Message:
    """Return a new message of the app, which stands nowhere yet."""
    text, blocks = checked(call, args)
    made = Message(call.world.new_ts(), channel, call.app.user, text, blocks, bot_id=call.app.bot_id)
    made.metadata = _metadata(args)
    made.asked = {name: args[name] for name in _KEPT if name in args}
    thread = args.get("thread_ts")
    if thread:
        if not re.fullmatch(r"\d+\.\d{6}", str(thread)):
            raise Refused("invalid_thread_ts")
        head = channel.stored.get(str(thread))
        if head is None:
            raise Refused("thread_not_found")
        made.thread_ts = head.thread_ts or head.ts
    return made


@method("chat.postMessage", "chat:write")
def post_message(call: Call) -> Json:
    """Post a message."""
    channel = _place(call)
    made = call.world.post(composed(call, channel, call.args))
    return {"channel": channel.id, "ts": made.ts, "message": shapes.message(made)}


@method("chat.postEphemeral", "chat:write")
def post_ephemeral(call: Call) -> Json:
    """Show a message to one person alone, who has to be there."""
    channel = call.channel()
    if channel.other is None and call.app.user.id not in channel.members:
        raise Refused("not_in_channel" if not channel.private else "channel_not_found")
    reader = call.team.users.get(call.words("user"))
    if reader is None or reader.id not in channel.members:
        raise Refused("user_not_in_channel")
    if channel.archived:
        raise Refused("is_archived")
    made = composed(call, channel, call.args)
    made.only_for = reader
    call.world.post(made)
    if (asked := call.asked.newest(reader)) is not None:
        asked.show(made)
    return {"message_ts": made.ts}


def rewritten(call: Call, message: Message, args: Json) -> Message:
    """Let a message say what a request says; without blocks those that it had are gone where a text is given."""
    before = shapes.message(message)
    given: dict[str, Any] = dict(args)
    if "blocks" not in given and not given.get("text"):
        raise Refused("no_text")
    message.text, message.blocks = checked(call, given)
    message.asked |= {name: args[name] for name in _KEPT if name in args}
    if "metadata" in args:
        message.metadata = _metadata(args)
    call.world.changed(message, before)
    return message


@method("chat.update", "chat:write")
def update(call: Call) -> Json:
    """Let a message of the app say something else; metadata that is not given again stays."""
    channel = call.channel()
    message = call.message(channel, "ts")
    if message.author is not call.app.user or message.subtype is not None:
        raise Refused("cant_update_message")
    if channel.archived:
        raise Refused("is_archived")
    rewritten(call, message, call.args)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": shapes.message(message)}


@method("chat.delete", "chat:write")
def delete(call: Call) -> Json:
    """Remove a message of the app."""
    channel = call.channel()
    message = call.message(channel, "ts")
    if message.subtype is not None:
        raise Refused("message_not_found")
    if message.author is not call.app.user:
        raise Refused("cant_delete_message")
    call.world.delete(message)
    return {"channel": channel.id, "ts": message.ts}


@method("chat.getPermalink")
def permalink(call: Call) -> Json:
    """Return the address of a message."""
    channel = call.channel()
    message = call.message(channel, "message_ts")
    where = f"https://{call.team.domain}.slack.com/archives/{channel.id}/p{message.ts.replace('.', '')}"
    below = f"?thread_ts={message.thread_ts}&cid={channel.id}" if message.thread_ts else ""
    return {"channel": channel.id, "permalink": where + below}
