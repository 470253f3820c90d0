"""How Slack is: the token, what the app may do, the socket, the names of its commands, each group's channel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from adapters.slack.connection import EVENTS, Connection
from adapters.slack.errors import APP_TOKEN_REFUSED, NO_SOCKET, SOCKET_OFF, TOKEN_REFUSED, TokenRefused
from adapters.slack.listening import CALLED, CONNECTED
from adapters.slack.manifest import SCOPES
from adapters.slack.tokens import Access
from adapters.slack.visit import NotReached, Room, Visit, opens_socket, visiting
from bot.chat import ChannelRef
from bot.checkup import Finding, Level
from bot.errors import ConfigError
from bot.ports import Clock

HOMES = 40
"""How many groups' channels are looked at."""
OLD = timedelta(days=2)
"""Slack has a socket opened anew several times a day; one that was opened longer ago is none."""
_ABOUT = "slack"


@dataclass(frozen=True, slots=True)
class Remembered:
    """What the database holds about Slack: where groups live, with their titles, and memos."""

    homes: Sequence[tuple[ChannelRef, str]] = ()
    memos: Mapping[str, str] = field(default_factory=dict)


async def examine(connection: Connection, umbrella: str, known: Remembered | None, clock: Clock) -> list[Finding]:
    """Return how Slack is, for the bot and for each of its groups; `umbrella` is its command. Nothing is changed."""
    remembered = known or Remembered()
    found = list(of_mode(connection))
    if known is not None:
        found += of_use(connection, umbrella, remembered, clock.now())
    try:
        if connection.mode == "socket" and connection.app_token:
            found.append(of_socket(await opens_socket(connection, connection.app_token)))
        if connection.bot_token is None:
            said = f"{len(remembered.memos.get('slack teams', '').split())} workspaces have installed the app"
            return [*found, Finding(Level.OK, _ABOUT, said)]
        async with visiting(connection, clock) as visit:
            access = await visit.who()
            found = [Finding(Level.OK, _ABOUT, f"the token is taken, in the workspace {access.name}"), *found]
            return [*found, *of_scopes(access), *await _of_homes(visit, remembered)]
    except TokenRefused as error:
        return [_refused(TOKEN_REFUSED, f" ({error})"), *found]
    except NotReached as error:
        return [*found, Finding(Level.WRONG, _ABOUT, str(error), "Is this machine online? https://slack-status.com")]


def of_mode(connection: Connection) -> Iterator[Finding]:
    """Yield what is missing for the way in which Slack is to reach the bot."""
    if connection.mode == "http" and not (connection.public_url or "").startswith("https://"):
        help = f"Set web.public_url to the address under which Slack reaches {EVENTS}."
        yield Finding(Level.LOOK, _ABOUT, "mode is http, and no public address over https is set", help)


def of_socket(error: str) -> Finding:
    """Return whether a socket opens, from Slack's word for why not."""
    if error in NO_SOCKET:
        return _refused(SOCKET_OFF)
    return _refused(APP_TOKEN_REFUSED) if error else Finding(Level.OK, _ABOUT, "a socket can be opened")


def of_use(connection: Connection, umbrella: str, known: Remembered, now: datetime) -> Iterator[Finding]:
    """Yield when the bot was connected last, and whether its commands ever reached it."""
    connected = _instant(known.memos.get(CONNECTED))
    if connection.mode == "socket":
        if connected is None or now - connected > OLD:
            lately = f"; it was last on {connected:%Y-%m-%d %H:%M} UTC" if connected else ""
            yield Finding(Level.LOOK, _ABOUT, f"the bot is not connected{lately}", "./run bot starts it.")
        else:
            yield Finding(Level.OK, _ABOUT, f"the socket was opened last {_age(now - connected)} ago")
    if known.memos.get(CALLED) != umbrella and connected is not None:
        said = f"{umbrella} has not reached the bot yet"
        help = (
            "If another app answers to it, it was installed later: set prefix in [slack], for example prefix = "
            '"circle-", and update the app with ./run slack manifest.'
        )
        yield Finding(Level.LOOK, _ABOUT, said, help)


def of_scopes(access: Access) -> Iterator[Finding]:
    """Yield what the app may not do, as far as Slack said what it may."""
    if not access.scopes:
        return
    missing = [f"{name} ({SCOPES[name]})" for name in SCOPES if name not in access.scopes]
    if missing:
        help = "api.slack.com/apps > your app > App Manifest: paste what ./run slack manifest prints, then reinstall."
        yield Finding(Level.WRONG, _ABOUT, f"the app lacks scopes: {', '.join(missing)}", help)
    else:
        yield Finding(Level.OK, _ABOUT, f"the app has all {len(SCOPES)} scopes")


async def _of_homes(visit: Visit, known: Remembered) -> list[Finding]:
    here = (await visit.who()).team
    found: list[Finding] = []
    for channel, group in known.homes[:HOMES]:
        if channel.space != here:
            said = f"{group} lives in a workspace that this token does not belong to"
            found.append(Finding(Level.WRONG, _ABOUT, said, "Was the bot installed anew, in another workspace?"))
            continue
        found.append(of_home(await visit.room(here, channel.channel), group))
    return found


def of_home(room: Room | None, group: str) -> Finding:
    """Return how the bot is placed in the channel of a group."""
    if room is None:
        help = "If it is private, type /invite @Studycircle there. If it was deleted, move the group."
        return Finding(Level.WRONG, _ABOUT, f"the bot can't see the channel of {group}", help)
    if room.archived:
        help = "Unarchive it, or move the group to another channel."
        return Finding(Level.WRONG, _ABOUT, f"#{room.name}, home of {group}, is archived", help)
    if not room.inside:
        help = f"Type /invite @Studycircle in #{room.name}. Until then it hears no answers and no likes there."
        return Finding(Level.WRONG, _ABOUT, f"the bot is not in #{room.name}, home of {group}", help)
    return Finding(Level.OK, _ABOUT, f"#{room.name}, home of {group}: the bot is there")


def _refused(error: ConfigError, more: str = "") -> Finding:
    what, *rest = error.problems
    return Finding(Level.WRONG, _ABOUT, what + more, " ".join(rest))


def _instant(word: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(word) if word else None
    except ValueError:
        return None


def _age(passed: timedelta) -> str:
    hours, minutes = divmod(int(passed.total_seconds()) // 60, 60)
    return f"{hours} h" if hours else f"{minutes} min"
