"""The fake Discord as a server on this machine: its web interface, its gateway, and the people on it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from types import TracebackType

from aiohttp import web

from tests.fakes.discord.faults import Faults
from tests.fakes.discord.gateway import Gateway
from tests.fakes.discord.people import Person
from tests.fakes.discord.recorder import Recorder
from tests.fakes.discord.rest import BASE, Rest
from tests.fakes.discord.things import Channel, Guild, Kind
from tests.fakes.discord.world import World, system_time

HOME = "makers"
"""The server that people are in unless another is named."""


class FakeDiscord:
    """Discord on a free port of this machine, `async with FakeDiscord() as fake`."""

    def __init__(self, now: Callable[[], datetime] = system_time) -> None:
        self.world = World(now)
        self.faults = Faults()
        self.recorder = Recorder()
        self.gateway = Gateway(self.world, lambda: self.gateway_url)
        self.recorder.told = self.gateway.look
        self.rest = Rest(self.world, self.gateway, self.faults, self.recorder)
        self.port = 0
        self._people: dict[tuple[str, int], Person] = {}
        self._runner: web.AppRunner | None = None

    @property
    def token(self) -> str:
        """The token that the bot logs in with."""
        return self.world.application.token

    @property
    def api_url(self) -> str:
        """Where the web interface is."""
        return f"http://127.0.0.1:{self.port}{BASE}"

    @property
    def gateway_url(self) -> str:
        """Where the gateway is."""
        return f"ws://127.0.0.1:{self.port}/gateway"

    async def __aenter__(self) -> FakeDiscord:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Begin to serve; after a stop, on the same port again."""
        app = web.Application(client_max_size=64 * 1024 * 1024)
        self.rest.add_to(app)
        app.router.add_get("/gateway", self.gateway.serve)
        app.router.add_get("/gateway/", self.gateway.serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True)
        await site.start()
        self.port = self._runner.addresses[0][1]
        self.world.site = f"http://127.0.0.1:{self.port}"

    async def stop(self) -> None:
        """Serve nobody any more."""
        self.gateway.drop(1001)
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def until(self, so: Callable[[], bool], within: float = 10) -> None:
        """Wait until something is so, looked at after each request, event of a session and answer."""
        await self.gateway.until(so, within)

    # Servers, channels, people

    def guild(self, name: str = HOME) -> Guild:
        """Return the server of that name, made with its owner at its first use, with the bot in it."""
        found = next((one for one in self.world.guilds.values() if one.name == name), None)
        return found or self.world.add_guild(name, self.world.add_user(f"owner of {name}"))

    def channel(self, name: str, *, guild: str = HOME) -> Channel:
        """Return the channel of that name, made at its first use."""
        return self._channel(name, guild, Kind.TEXT, ())

    def forum(self, name: str, *tags: str, guild: str = HOME) -> Channel:
        """Return the forum of that name, made with tags at its first use."""
        return self._channel(name, guild, Kind.FORUM, tags)

    def _channel(self, name: str, guild: str, kind: Kind, tags: tuple[str, ...]) -> Channel:
        where = self.guild(guild)
        found = next((one for one in where.channels.values() if one.name == name), None)
        return found or self.world.add_channel(where, name, kind, tags)

    def person(self, name: str, *, display: str = "", guild: str = HOME, admin: bool = False) -> Person:
        """Return somebody in a server, who comes at the first mention."""
        where = self.guild(guild)
        if (name, where.id) not in self._people:
            user = next((one for one in self.world.users.values() if one.name == name), None)
            user = user or self.world.add_user(name, display)
            self.world.join(where, user, admin=admin)
            self._people[name, where.id] = Person(self.world, user, where)
        return self._people[name, where.id]
