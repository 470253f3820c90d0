"""How Discord is: the token, the application, the connection, each server's commands, each group's channel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from adapters.discord.alone import LEASE, LEASE_NAME
from adapters.discord.commands import Registered
from adapters.discord.ended import TOKEN_REFUSED
from adapters.discord.errors import TokenRefused
from adapters.discord.gateway import Connection
from adapters.discord.permissions import invite, to_click
from adapters.discord.registering import commands_memo
from adapters.discord.starting import SESSIONS, SPARE, last
from adapters.discord.visit import Application, NotReached, Room, Server, Visit, visiting
from bot.chat import ChannelRef, RosterRef
from bot.checkup import Finding, Level
from bot.ports import Clock

SERVERS = 20
"""How many servers are looked at; those in which groups live come first."""
_ABOUT = "discord"


@dataclass(frozen=True, slots=True)
class Remembered:
    """What the database holds about Discord: groups' channels and roles, with their titles; memos; ends of leases."""

    homes: Sequence[tuple[ChannelRef, str]] = ()
    memos: Mapping[str, str] = field(default_factory=dict)
    leases: Mapping[str, datetime] = field(default_factory=dict)
    rosters: Sequence[tuple[RosterRef, str]] = ()


async def examine(
    connection: Connection, wanted: Registered, remembered: Remembered | None, clock: Clock
) -> list[Finding]:
    """Return how Discord is, for the bot and for each of its groups; nothing is changed."""
    known = remembered or Remembered()
    found = of_connection(known, clock.now()) if remembered is not None else []
    try:
        async with visiting(connection, clock) as visit:
            application = await visit.application()
            found = [
                Finding(Level.OK, _ABOUT, f"the token is taken; the application is called {application.name}"),
                *of_application(application, connection.message_content),
                *found,
            ]
            return [*found, *await _of_servers(visit, application, wanted, known)]
    except TokenRefused:
        what, *rest = TOKEN_REFUSED.problems
        return [Finding(Level.WRONG, _ABOUT, what, " ".join(rest)), *found]
    except NotReached as error:
        return [*found, Finding(Level.WRONG, _ABOUT, str(error), "Is this machine online? https://discordstatus.com")]


def of_application(application: Application, message_content: bool) -> list[Finding]:
    """Return what is set up in the Developer Portal so that the bot cannot work."""
    portal = f"Developer Portal > {application.name} >"
    found = []
    if application.code_grant:
        help = f"{portal} Bot > turn off “Requires OAuth2 Code Grant”."
        found.append(Finding(Level.WRONG, _ABOUT, "nobody can invite the bot: it asks for a code grant", help))
    if application.endpoint:
        help = f"{portal} General Information > empty “Interactions Endpoint URL”."
        found.append(Finding(Level.WRONG, _ABOUT, "commands go to another address and never reach the bot", help))
    if message_content and not application.reads_content:
        said = "message_content is set, and the application may not read messages; the bot cannot connect so"
        help = f"{portal} Bot > turn on “Message Content Intent”, or set message_content = false."
        found.append(Finding(Level.WRONG, _ABOUT, said, help))
    return found


def of_connection(known: Remembered, now: datetime) -> list[Finding]:
    """Return since when the bot is connected, from what it keeps in the database."""
    until = known.leases.get(LEASE_NAME)
    level, began = last(known.memos.get(SESSIONS), now)
    if until is None or until <= now:
        lately = f"; it was last at {until - LEASE:%Y-%m-%d %H:%M} UTC" if until and until.year > 1 else ""
        return [Finding(Level.LOOK, _ABOUT, f"the bot is not connected{lately}", "./run bot starts it.")]
    since = f" since {began:%Y-%m-%d %H:%M} UTC ({_age(now - began)})" if began else ""
    found = [Finding(Level.OK, _ABOUT, f"the bot is connected{since}")]
    if level > SPARE:
        said = "the bot connected so often of late that it waits before it does again"
        found.append(Finding(Level.LOOK, _ABOUT, said, "Something restarts it again and again: its log says why."))
    return found


def _age(passed: timedelta) -> str:
    if passed >= timedelta(days=2):
        return f"{passed.days} days"
    hours, minutes = divmod(int(passed.total_seconds()) // 60, 60)
    return f"{hours} h" if hours else f"{minutes} min"


async def _of_servers(
    visit: Visit, application: Application, wanted: Registered, known: Remembered
) -> Sequence[Finding]:
    servers = await visit.servers()
    if not servers:
        help = f"Invite it: {invite(application.id)}"
        return [*_homeless(known, servers), Finding(Level.LOOK, _ABOUT, "the bot is in no server yet", help)]
    lived_in = {channel.space for channel, _ in known.homes}
    first = sorted(servers, key=lambda one: str(one.id) not in lived_in)
    found = list(_homeless(known, servers))
    for server in first[:SERVERS]:
        found.append(_of_commands(server, application, wanted, await visit.commands(server.id), known))
        homes = [(channel, group) for channel, group in known.homes if channel.space == str(server.id)]
        if homes:
            rooms = {str(room.id): room for room in await visit.rooms(server.id)}
            for channel, group in homes:
                found += of_home(rooms.get(channel.channel), server.name, group, application.name)
        chosen = [(roster, group) for roster, group in known.rosters if roster.space == str(server.id)]
        if chosen:
            stands = await visit.roles(server.id)
            for roster, group in chosen:
                found.append(of_role(stands, int(roster.roster), server.name, group))
    if len(first) > SERVERS:
        found.append(Finding(Level.OK, _ABOUT, f"{len(first) - SERVERS} more servers were not looked at"))
    return found


def _homeless(known: Remembered, servers: Sequence[Server]) -> Iterator[Finding]:
    inside = {str(server.id) for server in servers}
    for channel, group in known.homes:
        if channel.space not in inside:
            said = f"{group} lives in a server that the bot is not in any more"
            yield Finding(Level.WRONG, _ABOUT, said, "Invite the bot again: ./run discord invite prints the link.")


def _of_commands(
    server: Server, application: Application, wanted: Registered, there: frozenset[str] | None, known: Remembered
) -> Finding:
    """Return how the commands of a server are: those of this version, others, or none."""
    if there is None:
        said = f"{server.name}: the bot may not register commands"
        return Finding(Level.WRONG, _ABOUT, said, f"Invite it anew: {invite(application.id, server.id)}")
    names = {str(one["name"]) for one in wanted.payload}
    kept = known.memos.get(commands_memo(server.id))
    if there == names and kept in (None, wanted.hash):
        return Finding(Level.OK, _ABOUT, f"{server.name}: {len(names)} commands are registered")
    if kept == wanted.hash:  # the bot takes them for registered and does nothing
        said = f"{server.name}: commands that the bot had registered are gone"
        return Finding(Level.WRONG, _ABOUT, said, "./run setup discord registers them anew.")
    said = f"{server.name}: the commands are not those of this version"
    return Finding(Level.LOOK, _ABOUT, said, "The bot registers them when it starts; ./run setup discord does at once.")


def of_home(room: Room | None, server: str, group: str, bot: str) -> Iterator[Finding]:
    """Yield how the bot, by its name, is placed in the channel of a group."""
    if room is None:
        help = "Was it deleted? Whoever leads the group should know: nothing reaches it any more."
        yield Finding(Level.WRONG, _ABOUT, f"{server}: the channel of {group} is not there", help)
        return
    for one in room.missing:
        said = f"{server}: “{one.shown}” is off in #{room.name}, home of {group}; {one.without}"
        yield Finding(Level.WRONG if one.vital else Level.LOOK, _ABOUT, said, to_click(one.shown, room.name, bot))
    if not room.missing:
        yield Finding(Level.OK, _ABOUT, f"{server}: #{room.name}, home of {group}, has every permission")


def of_role(stands: Mapping[int, tuple[str, str]], role: int, server: str, group: str) -> Finding:
    """Return how it is with the role of a group, among those of its server: each with its name and what is wrong."""
    if role not in stands:
        help = "Choose another with /lead group role, or give it no more."
        return Finding(Level.WRONG, _ABOUT, f"{server}: the role of {group} is not there any more", help)
    name, wrong = stands[role]
    if wrong:
        return Finding(Level.WRONG, _ABOUT, f"{server}: “{name}”, the role of {group}, can't be given", f"{wrong}.")
    return Finding(Level.OK, _ABOUT, f"{server}: “{name}”, the role of {group}, can be given")
