"""The app's manifest: what it is called, what it may do and why, and where Slack sends what happens."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import quote

from adapters.slack.commands import Names
from adapters.slack.connection import EVENTS, REDIRECT
from adapters.slack.text import Json
from bot.options import Command

SCOPES: Mapping[str, str] = {
    "commands": "the commands and shortcuts that people call",
    "chat:write": "week cards, questions, receipts and reminders",
    "channels:read": "the name of a channel, and whether it is open",
    "groups:read": "the same for private channels that the bot was invited to",
    "channels:join": "go into an open channel by itself when a group is started there",
    "channels:history": "replies in threads as answers, and to see whether a message is there already",
    "groups:history": "the same in private channels that the bot was invited to",
    "im:write": "write to somebody directly",
    "im:history": "see whether a direct message is there already, so that none comes twice",
    "metadata.message:read": "find its own messages again by the mark that they carry",
    "reactions:read": "reactions count as likes",
    "users:read": "name, time zone and language of whoever uses the bot, and whether they are an admin",
    "files:read": "fetch a file that somebody hands to the bot in a form",
    "files:write": "send somebody a file that they asked for, such as their portfolio",
}
"""What the bot may do in a workspace, and what for."""
EVENTS_HEARD: Mapping[str, str] = {
    "app_home_opened": "draw the App Home",
    "app_uninstalled": "stop when a workspace removes the app",
    "member_joined_channel": "read reactions anew where the bot was invited",
    "message.channels": "replies in threads, and deleted messages",
    "message.groups": "the same in private channels",
    "reaction_added": "likes",
    "reaction_removed": "likes that are taken back",
    "tokens_revoked": "stop when a workspace takes its token back",
    "user_change": "a new name, time zone or role",
}
"""What Slack tells the bot, and what for."""
CONSOLE = "https://api.slack.com/apps"


def manifest(
    commands: Mapping[str, Command], *, prefix: str = "", http: str | None = None, name: str = "Studycircle"
) -> Json:
    """Return the manifest; `http` is the bot's public address where Slack is to call it instead of a socket."""
    names = Names(commands, prefix)
    address = f"{http.rstrip('/')}{EVENTS}" if http else None
    url: Json = {"url": address} if address else {}
    request: Json = {"request_url": address} if address else {}
    settings: Json = {
        "event_subscriptions": {**request, "bot_events": list(EVENTS_HEARD)},
        "interactivity": {
            "is_enabled": True,
            **request,
            **({"message_menu_options_url": address} if address else {}),
        },
        "org_deploy_enabled": False,
        "socket_mode_enabled": address is None,
        "token_rotation_enabled": False,  # nosec B105  # no password: a switch
    }
    redirects: Json = {"redirect_urls": [f"{http.rstrip('/')}{REDIRECT}"]} if http else {}
    return {
        "display_information": {
            "name": name[:35],
            "description": "A facilitator for study groups that lives in the chat people already use.",
            "background_color": "#1f4e46",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": name[:80], "always_online": True},
            "shortcuts": [
                {
                    "name": one.name,
                    "type": "message" if one.on_a_message else "global",
                    "callback_id": one.command,
                    "description": one.summary,
                }
                for one in names.shortcuts()
            ],
            "slash_commands": [
                {
                    "command": one.name,
                    **url,
                    "description": one.summary,
                    "usage_hint": one.hint or "help",
                    "should_escape": True,
                }
                for one in names.slash_commands()
            ],
        },
        "oauth_config": {**redirects, "scopes": {"bot": list(SCOPES)}},
        "settings": settings,
    }


def link(found: Json) -> str:
    """Return the address at which a manifest becomes an app with one click."""
    packed = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
    return f"{CONSOLE}?new_app=1&manifest_json={quote(packed, safe='')}"
