"""A short visit to Slack over its web interface, hearing no events: for the set-up and the doctor."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from adapters.slack import errors
from adapters.slack.connection import PATIENCE, Connection, new_session, web_client
from adapters.slack.errors import TokenRefused
from adapters.slack.people import Profiles
from adapters.slack.platform import SlackPlatform
from adapters.slack.tokens import Access, Tokens
from adapters.slack.wire import Wire
from bot.ports import Clock

PAGES = 10
"""Pages of channels that are read."""


class NotReached(Exception):
    """Slack did not answer as it should; the message says why, in words."""


@dataclass(frozen=True, slots=True)
class Room:
    """A channel in which a group can live; `inside` says whether the bot is in it."""

    id: str
    name: str
    private: bool
    inside: bool
    archived: bool = False


@asynccontextmanager
async def visiting(connection: Connection, clock: Clock) -> AsyncIterator[Visit]:
    """Log in for a while with the bot's token; raises TokenRefused or NotReached."""
    async with new_session() as session:
        client = web_client(connection, session)
        tokens = Tokens(connection, lambda: client, clock)
        wire = Wire(lambda: client, tokens)
        async with asking():
            await tokens.begin()
        platform = SlackPlatform(wire, Profiles(wire), clock)
        platform.connected = True
        yield Visit(wire, platform)


async def opens_socket(connection: Connection, app_token: str) -> str:
    """Return Slack's word for why no socket opens with a token; empty where one would. Raises NotReached."""
    async with new_session() as session:
        try:
            async with asking():
                await web_client(connection, session).apps_connections_open(app_token=app_token)
        except TokenRefused as error:
            return error.error
    return ""


class Visit:
    """What can be looked up and done while the bot is logged in; every question may raise TokenRefused or NotReached.

    `platform` posts and removes messages, as it does for the running bot.
    """

    def __init__(self, wire: Wire, platform: SlackPlatform) -> None:
        self._wire = wire
        self.platform = platform

    async def who(self) -> Access:
        """Return who the bot is, and in which workspace."""
        team = next(iter(self._wire.tokens.teams()), "")
        async with asking():
            return await self._wire.tokens.of(team)

    async def rooms(self) -> Sequence[Room]:
        """Return the channels that the bot can see, by name; of private ones, those that it is in."""
        team = (await self.who()).team
        found: list[Room] = []
        async with asking():
            kinds = "public_channel,private_channel"
            async for page in self._wire.pages(
                team, "conversations.list", "channels", PAGES, types=kinds, exclude_archived=True, limit=200
            ):
                found += [_room(one) for one in page]
        return sorted(found, key=lambda one: (not one.inside, one.name.casefold(), one.id))

    async def room(self, team: str, channel: str) -> Room | None:
        """Return a channel as it is now; None where the bot can't see it."""
        async with asking():
            try:
                answer = await self._wire.read(team, "conversations.info", channel=channel)
            except SlackApiError as error:
                if errors.name_of(error) == "channel_not_found":
                    return None
                raise
        return _room(answer.get("channel") or {})

    async def enter(self, room: Room) -> Room:
        """Go into an open channel; return how it is then."""
        if room.inside or room.private:
            return room
        async with asking():
            await self._wire.write((await self.who()).team, "conversations.join", channel=room.id)
        return replace(room, inside=True)


def _room(found: dict[str, object]) -> Room:
    return Room(
        str(found.get("id") or ""),
        str(found.get("name") or ""),
        bool(found.get("is_private")),
        bool(found.get("is_member")),
        bool(found.get("is_archived")),
    )


@asynccontextmanager
async def asking() -> AsyncIterator[None]:
    """Let what goes wrong be TokenRefused, or NotReached in words."""
    try:
        async with asyncio.timeout(PATIENCE * 4):
            yield
    except SlackApiError as error:
        name = errors.name_of(error)
        if name in errors.TOKEN or name in ("not_allowed_token_type", "missing_scope", "forbidden_for_app"):
            raise TokenRefused(name) from error
        if errors.status_of(error) == 429:
            raise NotReached(f"Slack asks to wait {errors.retry_after(error) or 30:.0f} s") from error
        raise NotReached(
            f"Slack refused: {errors.reason(name, error=error) if name else errors.status_of(error)}"
        ) from error
    except SlackClientError as error:
        raise NotReached(f"Slack's library refused: {type(error).__name__}") from error
    except TimeoutError as error:
        raise NotReached("Slack did not answer in time") from error
    except (aiohttp.ClientError, OSError) as error:
        raise NotReached(f"Slack cannot be reached: {type(error).__name__}") from error
