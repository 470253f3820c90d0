"""The set-up, step by step: the token, a server, a channel, the commands, a test post; it can be run again."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack

from adapters.discord.checkup import of_application
from adapters.discord.commands import Registered
from adapters.discord.errors import TokenRefused
from adapters.discord.permissions import invite, to_click
from adapters.discord.refs import channel_ref
from adapters.discord.visit import NotReached, Room, Server, Visit
from adapters.steps import Settings, Steps, Stopped, Talk, cleaned
from bot.checkup import Finding, Level

PORTAL = "https://discord.com/developers/applications"
WAIT = 3.0
"""Seconds between two looks whether the bot has joined."""
_TOKEN = re.compile(r"[\w-]{20,}\.[\w-]{5,}\.[\w-]{25,}")


class Setup(Steps):
    """One run of the set-up; `visit` logs in with a token."""

    def __init__(
        self,
        talk: Talk,
        settings: Settings,
        visit: Callable[[str], AbstractAsyncContextManager[Visit]],
        wanted: Registered,
        *,
        message_content: bool = False,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        super().__init__(talk)
        self._settings = settings
        self._visit = visit
        self._wanted = wanted
        self._message_content = message_content
        self._pause = pause

    async def run(self) -> None:
        """Go through all steps; raises Stopped, TokenRefused or NotReached where they cannot be gone."""
        self._talk.tell(
            "This connects Studycircle to Discord, in four steps.",
            "Ctrl-C stops at any time. Run it again whenever you like: what is done stays done.",
        )
        async with AsyncExitStack() as stack:
            self._talk.tell("", "1. The application")
            visit = await self._logged_in(stack)
            await self._mended(lambda: self._application(visit))
            self._talk.tell("", "2. The server")
            server = await self._server(visit)
            self._talk.tell("", f"3. The commands, in {server.name}")
            await self._commands(visit, server)
            self._talk.tell("", "4. A channel")
            room = await self._room(visit, server)
            await self._posted(visit.platform, channel_ref(server.id, room.id), room.name)
        self._talk.tell(
            "",
            f"Done. Start the bot with {self._settings.start}",
            f"Then type /study setup in #{room.name}: it helps you to start the first group.",
        )

    # The token

    async def _logged_in(self, stack: AsyncExitStack) -> Visit:
        """Return a visit with a token that Discord takes, kept where the person wants it."""
        given = self._settings.token
        if given is not None:
            visit = await self._entered(stack, given)
            if visit is not None:
                self._talk.tell(f"A token is set already, and Discord takes it: {(await visit.application()).name}.")
                if self._settings.fixed or self._talk.agree("Go on with it?"):
                    return visit
            elif self._settings.fixed:
                raise Stopped(
                    "Discord does not take the token that the environment sets.\n"
                    f"Get a new one at {PORTAL} > your application > Bot > Reset Token, and set that instead."
                )
            else:
                self._talk.tell("Discord does not take the token that is set.")
        else:
            self._talk.tell(
                f"Open {PORTAL} > New Application, and give it a name.",
                "Turn on nothing there: the bot needs no privileged intents.",
            )
        self._talk.tell("Then: Bot > Reset Token > Copy.")
        while True:
            token = cleaned(self._talk.ask_secret("Paste the token here; it is not shown"), "Bot ")
            if not _TOKEN.fullmatch(token):
                self._talk.tell(_no_token(token))
                continue
            visit = await self._entered(stack, token)
            if visit is not None:
                self._talk.tell(f"Discord takes it: {(await visit.application()).name}.")
                self._keep(self._settings, token, "STUDYCIRCLE_DISCORD__TOKEN")
                return visit
            self._talk.tell("Discord does not take this one. Reset the token again, and copy all of it.")

    async def _entered(self, stack: AsyncExitStack, token: str) -> Visit | None:
        """Return a visit, or None where Discord does not take the token; where it is away, the person may try again."""
        while True:
            try:
                return await stack.enter_async_context(self._visit(token))
            except TokenRefused:
                return None
            except NotReached as error:
                self._talk.tell(f"{error}.")
                if not self._talk.agree("Try again?"):
                    raise

    async def _application(self, visit: Visit) -> list[Finding]:
        return of_application(await visit.application(), self._message_content)

    # The server

    async def _server(self, visit: Visit) -> Server:
        """Return the server that the person chooses, after the bot has joined it if need be."""
        there = await visit.servers()
        if there:
            chosen = self._choice("Which server?", [*(one.name for one in there), "another: I invite it now"])
            if chosen < len(there):
                return there[chosen]
        application = await visit.application()
        self._talk.tell("Open this link, choose the server, and press Authorize:", f"  {invite(application.id)}")
        if not application.public:
            self._talk.tell("Only whoever owns the application can do that, as long as “Public Bot” is off.")
        self._talk.tell("Waiting until the bot has joined …")
        known = {one.id for one in there}
        while True:
            await self._pause(WAIT)
            try:
                joined = [one for one in await visit.servers() if one.id not in known]
            except NotReached:
                continue
            if joined:
                self._talk.tell(f"Joined: {joined[0].name}.")
                return joined[0]

    async def _commands(self, visit: Visit, server: Server) -> None:
        application = await visit.application()

        async def refused() -> list[Finding]:
            if await visit.register(server.id, self._wanted):
                return []
            said, help = "The bot may not register commands there.", f"Open {invite(application.id, server.id)}"
            return [Finding(Level.WRONG, "", said, help)]

        if await self._mended(refused):
            self._talk.tell(f"Registered: {len(self._wanted.payload)} commands.")

    # The channel

    async def _room(self, visit: Visit, server: Server) -> Room:
        """Return the channel that the person chooses, once the bot has there what it needs."""
        while not (rooms := [one for one in await visit.rooms(server.id) if not one.forum]):
            self._talk.ask(f"{server.name} has no text channel. Make one, then press Enter")
        chosen = rooms[self._choice("In which channel shall a group live? You can start more later.", _names(rooms))]

        bot = (await visit.application()).name

        async def lacking() -> list[Finding]:
            now = next((one for one in await visit.rooms(server.id) if one.id == chosen.id), chosen)
            return [
                Finding(Level.LOOK, "", f"“{one.shown}” is off: {one.without}.", to_click(one.shown, now.name, bot))
                for one in now.missing
            ]

        if await self._mended(lacking):
            self._talk.tell(f"The bot has every permission that it needs in #{chosen.name}.")
        return chosen


def _names(rooms: Sequence[Room]) -> list[str]:
    """Return channels as they are offered."""
    off = [f"  (permissions that are off: {len(room.missing)})" if room.missing else "" for room in rooms]
    return [f"#{room.name}{words}" for room, words in zip(rooms, off, strict=True)]


def _no_token(given: str) -> str:
    """Return what to say about an answer that cannot be a token, without repeating it."""
    if re.fullmatch(r"\d{15,20}", given):
        return "That is an application's number. The token is under Bot > Reset Token."
    if re.fullmatch(r"[0-9a-f]{64}", given):
        return "That is the public key. The token is under Bot > Reset Token."
    if re.fullmatch(r"[\w-]{32}", given):
        return "That looks like the client secret. The token is under Bot > Reset Token."
    return "That is no bot token: those have three parts with dots between them. It is under Bot > Reset Token."
