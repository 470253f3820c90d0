"""Requests about commands: those of a server, and those of the bot everywhere."""

from __future__ import annotations

from tests.fakes.discord.recorder import Asked
from tests.fakes.discord.routes import Done, route
from tests.fakes.discord.rules import Refused
from tests.fakes.discord.rules_of_commands import check_commands
from tests.fakes.discord.things import Guild, Json
from tests.fakes.discord.world import World

A_DAY = 200
"""New commands that a server takes in a day."""


@route("GET", "/applications/{application_id}/commands")
def global_commands(world: World, asked: Asked) -> list[Json]:
    """Return the bot's commands everywhere."""
    return list(world.application.global_commands.values())


@route("PUT", "/applications/{application_id}/commands")
def put_global_commands(world: World, asked: Asked) -> list[Json]:
    """Let these be the bot's commands everywhere."""
    _registered(world, world.application.global_commands, asked.body, None)
    return list(world.application.global_commands.values())


@route("GET", "/applications/{application_id}/guilds/{guild_id}/commands")
def commands(world: World, asked: Asked) -> list[Json]:
    """Return the commands of a server."""
    return list(_commanded(world, asked).commands.values())


@route("PUT", "/applications/{application_id}/guilds/{guild_id}/commands")
def put_commands(world: World, asked: Asked) -> list[Json]:
    """Let these be the commands of a server; new names count against the day's limit."""
    found = _commanded(world, asked)
    created = _registered(world, found.commands, asked.body, found)
    found.created_today += created
    return list(found.commands.values())


@route("POST", "/applications/{application_id}/guilds/{guild_id}/commands")
def post_command(world: World, asked: Asked) -> Done:
    """Add a command to a server, or change the one of that name."""
    found = _commanded(world, asked)
    others = [one for one in found.commands.values() if _key(one) != _key(asked.json)]
    created = _registered(world, found.commands, [*others, asked.json], found)
    found.created_today += created
    made = next(one for one in found.commands.values() if _key(one) == _key(asked.json))
    return Done(made, 201 if created else 200)


@route("DELETE", "/applications/{application_id}/guilds/{guild_id}/commands/{command_id}")
def remove_command(world: World, asked: Asked) -> None:
    """Remove a command from a server."""
    if _commanded(world, asked).commands.pop(asked.id("command_id"), None) is None:
        raise Refused(404, 10063, "Unknown application command")


def _commanded(world: World, asked: Asked) -> Guild:
    found = world.guilds.get(asked.id("guild_id"))
    if found is None or not world.bot_in(found):
        raise Refused(403, 50001, "Missing Access")
    return found


def _key(command: Json) -> tuple[int, str]:
    return command.get("type", 1), command["name"]


def _registered(world: World, kept: dict[int, Json], wanted: list[Json], found: Guild | None) -> int:
    check_commands(wanted)
    known = {_key(one): id for id, one in kept.items()}
    created = [one for one in wanted if _key(one) not in known]
    if found is not None and found.created_today + len(created) > A_DAY:
        raise Refused(400, 30034, "Max number of daily application command creates has been reached (200)")
    made = {}
    for one in wanted:
        id = known.get(_key(one)) or world.new_id()
        where = {"guild_id": str(found.id)} if found is not None else {}
        made[id] = {
            "type": 1,
            "description": "",
            "options": [],
            "default_member_permissions": None,
            "nsfw": False,
            **one,
            **where,
            "id": str(id),
            "application_id": str(world.application.id),
            "version": str(world.new_id()),
        }
    kept.clear()
    kept.update(made)
    return len(created)
