"""How the things of the fake Slack are written in its JSON."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from tests.fakes.slack.things import Channel, File, Json, Message, Team, User, View

FEW = 5
"""How many of the people behind a reaction a history names; `reactions.get` with `full` names all."""


def user(one: User, team: Team, now: datetime) -> Json:
    """Return an account as `users.info` tells of it."""
    zone = ZoneInfo(one.zone)
    offset = now.astimezone(zone).utcoffset()
    return {
        "id": one.id,
        "team_id": team.id,
        "name": one.name,
        "deleted": one.deleted,
        "real_name": one.display,
        "tz": one.zone,
        "tz_label": one.zone,
        "tz_offset": int(offset.total_seconds()) if offset is not None else 0,
        "profile": {
            "real_name": one.display,
            "real_name_normalized": one.display,
            "display_name": one.display,
            "display_name_normalized": one.display,
            "team": team.id,
        },
        "is_admin": one.admin,
        "is_owner": one.admin,
        "is_primary_owner": False,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "is_bot": one.bot,
        "is_app_user": False,
        "updated": 0,
    }


def channel(one: Channel, bot: str) -> Json:
    """Return a channel as the bot with that id sees it."""
    created = int(one.created.timestamp()) if one.created else 0
    if one.other is not None:
        return {"id": one.id, "created": created, "is_im": True, "user": one.other.id, "is_archived": False}
    return {
        "id": one.id,
        "name": one.name,
        "name_normalized": one.name,
        "is_channel": not one.private,
        "is_group": one.private,
        "is_im": False,
        "is_mpim": False,
        "is_private": one.private,
        "is_archived": one.archived,
        "is_general": False,
        "is_member": bot in one.members,
        "is_shared": False,
        "is_ext_shared": False,
        "context_team_id": one.team.id,
        "created": created,
        "topic": {"value": "", "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "num_members": len(one.members),
    }


def file(one: File) -> Json:
    """Return a file as messages and modals bring it."""
    return {
        "id": one.id,
        "name": one.name,
        "title": one.name,
        "mimetype": one.type,
        "filetype": one.name.rpartition(".")[2],
        "user": one.user,
        "size": len(one.content),
        "mode": "hosted",
        "is_external": False,
        "url_private": one.url,
        "url_private_download": f"{one.url}?download",
        "channels": list(one.shared),
    }


def message(one: Message, *, metadata: bool = False, full: bool = False) -> Json:
    """Return a message; its `metadata` only where that was asked for."""
    if one.subtype == "tombstone":
        told: Json = {"type": "message", "subtype": "tombstone", "text": "This message was deleted.", "hidden": True}
        return told | {"user": "USLACKBOT", "ts": one.ts, "thread_ts": one.ts, "reply_count": len(one.replies)}
    told = {"type": "message", "user": one.author.id, "text": one.text, "ts": one.ts, "team": one.channel.team.id}
    if one.blocks:
        told["blocks"] = one.blocks
    if one.bot_id is not None:
        told |= {"bot_id": one.bot_id, "app_id": "A0STUDY"}
    if one.edited is not None:
        told["edited"] = {"user": one.author.id, "ts": one.edited}
    if one.files:
        told |= {"files": [file(each) for each in one.files], "upload": False}
    if metadata and one.metadata is not None:
        told["metadata"] = one.metadata
    if one.reactions:
        told["reactions"] = reactions(one, full=full)
    return told | _threaded(one)


def _threaded(one: Message) -> Json:
    if one.thread_ts is not None and one.thread_ts != one.ts:
        return {"thread_ts": one.thread_ts}
    replies = one.replies
    if not replies:
        return {}
    who = list(dict.fromkeys(each.author.id for each in replies))
    return {
        "thread_ts": one.ts,
        "reply_count": len(replies),
        "reply_users_count": len(who),
        "reply_users": who[:5],
        "latest_reply": replies[-1].ts,
        "subscribed": False,
    }


def reactions(one: Message, *, full: bool) -> list[Json]:
    """Return the reactions on a message, with all people or some."""
    return [
        {"name": name, "users": list(who) if full else list(who)[:FEW], "count": len(who)}
        for name, who in one.reactions.items()
    ]


def view(one: View, app: str, bot: str) -> Json:
    """Return a view with what stands in its fields."""
    empty: Json = {"private_metadata": "", "callback_id": "", "external_id": "", "clear_on_close": False}
    empty |= {"notify_on_close": False, "close": None, "submit": None}
    return {
        **empty,
        **one.data,
        "id": one.id,
        "team_id": one.team.id,
        "app_id": app,
        "app_installed_team_id": one.team.id,
        "bot_id": bot,
        "hash": one.hash,
        "root_view_id": one.root,
        "previous_view_id": one.previous,
        "state": {"values": one.state},
    }
