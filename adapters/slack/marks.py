"""What a message of ours carries unseen: the calls behind its buttons, and the key under which it was sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from adapters.slack.text import Json
from bot.cards import Button, pack, unpack

PREFIX = "sc1"
"""What the ids of our blocks, buttons and forms begin with."""
EVENT_TYPE = "studycircle_post"
"""The kind of the metadata in which the key of a message is."""
FORM = f"{PREFIX}:form"
"""The callback id of forms."""
SHOWN = f"{PREFIX}:shown"
"""The callback id of dialogs that only show something."""
OVERFLOW = "…"
"""What stands instead of a command in the id of a menu whose entries name their own."""


def first_block(key: str) -> str:
    """Return the id of the first block of a message that is sent under a key."""
    return f"{PREFIX}:{key}"


def metadata(key: str) -> Json:
    """Return the metadata of a message that is sent under a key."""
    return {"event_type": EVENT_TYPE, "event_payload": {"key": key}}


def key_of(message: Json) -> str | None:
    """Return the key under which a message of ours was sent."""
    carried: Json = message.get("metadata") or {}
    if carried.get("event_type") == EVENT_TYPE:
        key = (carried.get("event_payload") or {}).get("key")
        if isinstance(key, str) and key:
            return key
    blocks: Sequence[Json] = message.get("blocks") or ()
    prefix, _, key = str(blocks[0].get("block_id", "")).partition(":") if blocks else ("", "", "")
    return key if prefix == PREFIX and key else None


def action_id(command: str, number: int) -> str:
    """Return the id of a button, the only one in its message."""
    return f"{PREFIX}:{command}:{number}"


def entry(button: Button) -> str:
    """Return what an entry of a menu carries for a button."""
    return f"{button.command}|{pack(dict(button.arguments))}"


def read_action(action: Json) -> tuple[str, Mapping[str, str]]:
    """Return the command and the arguments behind something that was pressed; no command where it is none of ours."""
    prefix, _, rest = str(action.get("action_id", "")).partition(":")
    command, separator, _ = rest.rpartition(":")
    if prefix != PREFIX or not separator:
        return "", {}
    if command == OVERFLOW:
        chosen: Json = action.get("selected_option") or {}
        command, _, packed = str(chosen.get("value", "")).partition("|")
        return command, unpack(packed)
    return command, unpack(str(action.get("value") or ""))
