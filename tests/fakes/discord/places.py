"""Requests about the bot itself, servers, channels, members, roles and scheduled events."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from tests.fakes.discord import shapes
from tests.fakes.discord.permissions import May, allowed
from tests.fakes.discord.recorder import Asked
from tests.fakes.discord.routes import channel_of, guild_of, need, route
from tests.fakes.discord.rules import Refused, invalid
from tests.fakes.discord.things import Channel, Guild, Json, Role, Tag
from tests.fakes.discord.world import SCHEDULED, World


@route("GET", "/users/@me")
def me(world: World, asked: Asked) -> Json:
    """Return the bot's account."""
    return {**shapes.user(world.application.user), "verified": True, "mfa_enabled": False, "email": None}


@route("GET", "/oauth2/applications/@me")
def application(world: World, asked: Asked) -> Json:
    """Return the application."""
    owner = world.application.user
    return {
        "id": str(world.application.id),
        "name": "Studycircle",
        "icon": None,
        "description": "",
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": (1 << 19 if world.application.reads_content else 0)
        | (1 << 15 if world.application.reads_members else 0),
        "owner": shapes.user(owner),
        "rpc_origins": [],
        "summary": "",
        "team": None,
    }


@route("GET", "/applications/@me")
def application_itself(world: World, asked: Asked) -> Json:
    """Return the application."""
    return application(world, asked) | {"approximate_guild_count": len(world.guilds)}  # type: ignore[no-any-return]


@route("GET", "/users/@me/guilds")
def my_guilds(world: World, asked: Asked) -> list[Json]:
    """Return the servers that the bot is in."""
    mine = [one for one in world.guilds.values() if world.bot_in(one)]
    return [
        {
            "id": str(one.id),
            "name": one.name,
            "icon": None,
            "banner": None,
            "owner": False,
            "permissions": str(int(allowed(one, world.application.user))),
            "features": [],
        }
        for one in mine
    ]


@route("POST", "/users/@me/channels")
def talk_directly(world: World, asked: Asked) -> Json:
    """Return the direct conversation with somebody, open to them or not."""
    found = world.users.get(int(asked.json.get("recipient_id") or 0))
    if found is None:
        raise Refused(400, 50033, "Invalid Recipient(s)")
    return shapes.channel(world.direct(found))


@route("GET", "/users/{user_id}")
def user(world: World, asked: Asked) -> Json:
    """Return an account."""
    found = world.users.get(asked.id("user_id"))
    if found is None:
        raise Refused(404, 10013, "Unknown User")
    return shapes.user(found)


# Servers


@route("GET", "/guilds/{guild_id}")
def guild(world: World, asked: Asked) -> Json:
    """Return a server."""
    gateway = ("channels", "members", "threads", "presences", "voice_states", "stage_instances", "joined_at", "large")
    shown = shapes.guild(guild_of(world, asked), world.application.user)
    return {name: value for name, value in shown.items() if name not in gateway}


@route("GET", "/guilds/{guild_id}/channels")
def channels(world: World, asked: Asked) -> list[Json]:
    """Return a server's channels."""
    return [shapes.channel(one) for one in guild_of(world, asked).channels.values()]


@route("GET", "/guilds/{guild_id}/threads/active")
def active_threads(world: World, asked: Asked) -> Json:
    """Return the threads of a server that are open and that the bot can see."""
    found = guild_of(world, asked)
    me = world.application.user
    seen = [one for one in found.threads.values() if not one.archived and allowed(found, me, one)]
    return {"threads": [shapes.channel(one) for one in seen], "members": [], "has_more": False}


@route("GET", "/channels/{channel_id}/threads/archived/public")
def closed_threads(world: World, asked: Asked) -> Json:
    """Return the threads of a channel that were put away, the last one first."""
    parent = channel_of(world, asked, May.READ_MESSAGE_HISTORY)
    assert parent.guild is not None
    away = [one for one in parent.guild.threads.values() if one.parent is parent and one.archived]
    return {"threads": [shapes.channel(one) for one in reversed(away)], "members": [], "has_more": False}


@route("GET", "/guilds/{guild_id}/members/{user_id}")
def member(world: World, asked: Asked) -> Json:
    """Return a member."""
    found = guild_of(world, asked).members.get(asked.id("user_id"))
    if found is None:
        raise Refused(404, 10007, "Unknown Member")
    return shapes.member(found)


@route("GET", "/guilds/{guild_id}/roles")
def roles(world: World, asked: Asked) -> list[Json]:
    """Return a server's roles."""
    return [shapes.role(one) for one in guild_of(world, asked).roles.values()]


@route("POST", "/guilds/{guild_id}/roles")
def make_role(world: World, asked: Asked) -> Json:
    """Make a role, below that of the bot."""
    found = guild_of(world, asked)
    _need_in(world, found, May.MANAGE_ROLES)
    made = Role(world.new_id(), str(asked.json.get("name", "new role")), May(int(asked.json.get("permissions", 0))))
    found.roles[made.id] = made
    return shapes.role(made)


@route("PUT", "/guilds/{guild_id}/members/{user_id}/roles/{role_id}")
def give_role(world: World, asked: Asked) -> None:
    """Give somebody a role that stands below that of the bot."""
    found, role = _role(world, asked)
    if role.id not in found.members[asked.id("user_id")].roles:
        found.members[asked.id("user_id")].roles.append(role.id)


@route("DELETE", "/guilds/{guild_id}/members/{user_id}/roles/{role_id}")
def take_role(world: World, asked: Asked) -> None:
    """Take a role from somebody."""
    found, role = _role(world, asked)
    if role.id in found.members[asked.id("user_id")].roles:
        found.members[asked.id("user_id")].roles.remove(role.id)


def _role(world: World, asked: Asked) -> tuple[Guild, Role]:
    found = guild_of(world, asked)
    _need_in(world, found, May.MANAGE_ROLES)
    role = found.roles.get(asked.id("role_id"))
    if role is None:
        raise Refused(404, 10011, "Unknown Role")
    if asked.id("user_id") not in found.members:
        raise Refused(404, 10007, "Unknown Member")
    mine = found.members[world.application.user.id].roles
    if role.position >= max((found.roles[id].position for id in mine), default=0):
        raise Refused(403, 50013, "Missing Permissions")
    return found, role


def _need_in(world: World, found: Guild, *needed: May) -> None:
    may = allowed(found, world.application.user)
    if any(one not in may for one in needed):
        raise Refused(403, 50013, "Missing Permissions")


@route("GET", "/channels/{channel_id}")
def channel(world: World, asked: Asked) -> Json:
    """Return a channel or thread."""
    return shapes.channel(channel_of(world, asked))


@route("PATCH", "/channels/{channel_id}")
def change_channel(world: World, asked: Asked) -> Json:
    """Change a channel, or open a thread that was put away."""
    found = channel_of(world, asked)
    body = asked.json
    if found.is_thread:
        own = found.owner is world.application.user and not found.locked
        if not own and (set(body) != {"archived"} or body["archived"] or found.locked):
            need(world, found, May.MANAGE_THREADS)
        if found.archived and body.get("archived", True):
            raise Refused(400, 50083, "Thread is archived")
        world.rename(found, body.get("name", found.name))
        found.applied = _applied(world, found, body.get("applied_tags", found.applied))
        world.archive(found, bool(body.get("archived", found.archived)), bool(body.get("locked", found.locked)))
    else:
        need(world, found, May.MANAGE_CHANNELS)
        world.rename(found, body.get("name", found.name))
        if "available_tags" in body:
            if len(body["available_tags"]) > 20:
                raise invalid("available_tags", "Must be 20 or fewer in length.", "BASE_TYPE_MAX_LENGTH")
            found.tags = [
                Tag(int(one.get("id") or world.new_id()), one["name"], bool(one.get("moderated")))
                for one in body["available_tags"]
            ]
        world.change_channel(found)
    return shapes.channel(found)


def _applied(world: World, post: Channel, ids: Iterable[object]) -> list[int]:
    """Return the tags of a post; those for moderators are given and taken by them alone."""
    wanted = [int(str(id)) for id in ids]
    known = {tag.id: tag for tag in post.parent.tags} if post.parent is not None else {}
    if len(wanted) > 5 or not set(wanted) <= known.keys():
        raise invalid("applied_tags", "Unknown tag, or more than five.", "FORUM_TAG_UNKNOWN")
    if any(known[id].moderated for id in set(wanted) ^ set(post.applied) if id in known):
        need(world, post, May.MANAGE_THREADS)
    return wanted


# Scheduled events


@route("GET", "/guilds/{guild_id}/scheduled-events")
def events(world: World, asked: Asked) -> list[Json]:
    """Return a server's scheduled events."""
    return list(guild_of(world, asked).events.values())


@route("POST", "/guilds/{guild_id}/scheduled-events")
def make_event(world: World, asked: Asked) -> Json:
    """Make a scheduled event; one at a place elsewhere needs an end and the place."""
    found = guild_of(world, asked)
    _need_in(world, found, May.CREATE_EVENTS)
    body = asked.json
    if datetime.fromisoformat(body["scheduled_start_time"]) <= world.now():
        raise invalid(
            "scheduled_start_time", "Cannot schedule event in the past.", "GUILD_SCHEDULED_EVENT_SCHEDULE_PAST"
        )
    if body.get("entity_type") == 3 and not (
        body.get("scheduled_end_time") and (body.get("entity_metadata") or {}).get("location")
    ):
        raise invalid("scheduled_end_time", "This field is required", "BASE_TYPE_REQUIRED")
    made = {
        "channel_id": None,
        "description": None,
        "scheduled_end_time": None,
        "entity_metadata": None,
        **body,
        "id": str(world.new_id()),
        "guild_id": str(found.id),
        "creator_id": str(world.application.id),
        "creator": shapes.user(world.application.user),
        "entity_id": None,
        "status": 1,
        "user_count": 0,
        "image": None,
        "recurrence_rule": None,
    }
    found.events[int(made["id"])] = made
    world.tell("GUILD_SCHEDULED_EVENT_CREATE", made, found, SCHEDULED)
    return made


@route("PATCH", "/guilds/{guild_id}/scheduled-events/{guild_scheduled_event_id}")
def change_event(world: World, asked: Asked) -> Json:
    """Change a scheduled event."""
    found, event = _event(world, asked)
    event |= asked.json
    world.tell("GUILD_SCHEDULED_EVENT_UPDATE", event, found, SCHEDULED)
    return event


@route("DELETE", "/guilds/{guild_id}/scheduled-events/{guild_scheduled_event_id}")
def remove_event(world: World, asked: Asked) -> None:
    """Remove a scheduled event."""
    found, event = _event(world, asked)
    found.events.pop(int(event["id"]))
    world.tell("GUILD_SCHEDULED_EVENT_DELETE", event, found, SCHEDULED)


def _event(world: World, asked: Asked) -> tuple[Guild, Json]:
    found = guild_of(world, asked)
    event = found.events.get(asked.id("guild_scheduled_event_id"))
    if event is None:
        raise Refused(404, 10070, "Unknown Guild Scheduled Event")
    _need_in(world, found, May.MANAGE_EVENTS)
    return found, event
