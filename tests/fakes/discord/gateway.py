"""The gateway: sessions that begin, are heard, break, and go on where they were."""

from __future__ import annotations

import asyncio
import json
import secrets
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from tests.fakes.discord import shapes
from tests.fakes.discord.things import Json
from tests.fakes.discord.world import CONTENT, GUILDS, MEMBERS, PRIVILEGED, News, World

DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, REQUEST_MEMBERS, INVALID, HELLO, ACK = 0, 1, 2, 6, 7, 8, 9, 10, 11


@dataclass(eq=False, slots=True)
class Session:
    """What one client asked to hear, and all that it was told; it outlives its connection."""

    id: str
    intents: int
    shard: tuple[int, int]
    told: list[Json] = field(default_factory=list)
    connection: Connection | None = None

    def tell(self, name: str, data: Json) -> None:
        """Tell of something now, or when the client comes back."""
        event = {"op": DISPATCH, "s": len(self.told) + 1, "t": name, "d": data}
        self.told.append(event)
        if self.connection is not None:
            self.connection.send(event)


class Connection:
    """One WebSocket; what is sent leaves it in order."""

    def __init__(self, socket: web.WebSocketResponse, compressed: bool) -> None:
        self.socket = socket
        self.session: Session | None = None
        self.closed_here = False
        self._deflate = zlib.compressobj() if compressed else None
        self._waiting: asyncio.Queue[Json | int] = asyncio.Queue()

    def send(self, payload: Json) -> None:
        """Send a payload after those before it."""
        self._waiting.put_nowait(payload)

    def close(self, code: int) -> None:
        """Close the connection after what was sent before."""
        self.closed_here = True
        if self.session is not None and self.session.connection is self:
            self.session.connection = None
        self._waiting.put_nowait(code)

    async def write(self) -> None:
        """Write what is sent until the connection is closed."""
        while True:
            payload = await self._waiting.get()
            if isinstance(payload, int):
                await self.socket.close(code=payload, drain=False)
                return
            text = json.dumps(payload)
            try:
                if self._deflate is None:
                    await self.socket.send_str(text)
                else:
                    packed = self._deflate.compress(text.encode())
                    await self.socket.send_bytes(packed + self._deflate.flush(zlib.Z_SYNC_FLUSH))
            except ConnectionError:
                return


class Gateway:
    """The gateway of the fake; a test can let it break in each of the ways in which Discord's does."""

    def __init__(self, world: World, address: Callable[[], str]) -> None:
        self.heartbeat = 41.25
        self.starts_left = 1000
        self.starts = 0
        self.resumes = 0
        self.heartbeats = 0
        self.takes_resumes = True
        self.refuses_with: int | None = None
        self.smallest_shards = 1
        self._world = world
        self._address = address
        self.sessions: dict[str, Session] = {}
        self._connections: set[Connection] = set()
        self._changed = asyncio.Event()
        world.listeners.append(self._hear)

    # What a test lets happen

    async def until(self, so: Callable[[], bool], within: float = 10) -> None:
        """Wait until something is so, looked at whenever a session changes, and at `look`."""
        async with asyncio.timeout(within):
            while not so():
                self._changed.clear()
                await self._changed.wait()

    def look(self) -> None:
        """Let those who wait look again whether what they wait for is so."""
        self._changed.set()

    def drop(self, code: int = 4000) -> None:
        """Close all connections; their sessions can be resumed."""
        for one in list(self._connections):
            one.close(code)

    def cut(self) -> None:
        """Let all connections break without a word."""
        for one in list(self._connections):
            if one.session is not None:
                one.session.connection = None
            transport = one.socket._req.transport if one.socket._req else None
            if transport is not None:
                transport.abort()

    def ask_to_reconnect(self) -> None:
        """Ask all clients to connect anew, and to resume."""
        for one in list(self._connections):
            one.send({"op": RECONNECT, "d": None})

    def invalidate(self) -> None:
        """Tell all clients that their session is invalid; what happens until the next one is lost to them."""
        for one in list(self._connections):
            if one.session is not None:
                self.sessions.pop(one.session.id, None)
                one.session.connection = None
            one.send({"op": INVALID, "d": False})

    def forget(self) -> None:
        """Forget all sessions and break their connections: nobody can resume."""
        self.sessions.clear()
        self.cut()

    # What Discord does

    def about(self) -> Json:
        """Return what a client asks before it connects."""
        return {
            "url": self._address(),
            "shards": self.smallest_shards,
            "session_start_limit": {
                "total": 1000,
                "remaining": self.starts_left,
                "reset_after": 86_400_000,
                "max_concurrency": 16,
            },
        }

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one client."""
        socket = web.WebSocketResponse(max_msg_size=0, timeout=1)
        await socket.prepare(request)
        connection = Connection(socket, request.query.get("compress") == "zlib-stream")
        self._connections.add(connection)
        connection.send({"op": HELLO, "d": {"heartbeat_interval": int(self.heartbeat * 1000), "_trace": []}})
        writing = asyncio.create_task(connection.write())
        try:
            async for frame in socket:
                if frame.type is WSMsgType.TEXT:
                    self._read(connection, json.loads(frame.data))
        finally:
            self._connections.discard(connection)
            session = connection.session
            if session is not None and session.connection in (connection, None):
                session.connection = None
                if (
                    socket.close_code in (1000, 1001) and not connection.closed_here
                ):  # whoever says goodbye gives the session up
                    self.sessions.pop(session.id, None)
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)
            self._changed.set()
        return socket

    def _read(self, connection: Connection, payload: Json) -> None:
        data: Any = payload.get("d")
        match payload.get("op"):
            case 1:
                self.heartbeats += 1
                connection.send({"op": ACK})
            case 2 if connection.session is not None:
                connection.close(4005)
            case 2:
                self._identify(connection, data)
            case 6:
                self._resume(connection, data)
            case 8 if connection.session is not None:
                self._members(connection.session, data)
            case 3 | 4 | 31 if connection.session is not None:
                pass
            case 3 | 4 | 8 | 31:
                connection.close(4003)
            case _:
                connection.close(4001)
        self._changed.set()

    def _identify(self, connection: Connection, data: Json) -> None:
        application = self._world.application
        intents, shard = int(data["intents"]), tuple(data.get("shard") or (0, 1))
        granted = (CONTENT if application.reads_content else 0) | (MEMBERS if application.reads_members else 0)
        self.starts += 1
        self.starts_left -= 1
        if self.refuses_with is not None:
            return connection.close(self.refuses_with)
        if data["token"] != application.token:
            return connection.close(4004)
        if intents & PRIVILEGED & ~granted:
            return connection.close(4014)
        if shard[1] < self.smallest_shards:
            return connection.close(4011)
        session = Session(secrets.token_hex(16), intents, (int(shard[0]), int(shard[1])))
        self.sessions[session.id] = session
        session.connection, connection.session = connection, session
        guilds = [one for one in self._world.guilds.values() if self._world.bot_in(one) and _in_shard(session, one.id)]
        ready = {
            "v": 10,
            "user": shapes.user(application.user),
            "guilds": [{"id": str(one.id), "unavailable": True} for one in guilds],
            "session_id": session.id,
            "session_type": "normal",
            "resume_gateway_url": self._address(),
            "shard": list(session.shard),
            "application": {"id": str(application.id), "flags": 0},
            "private_channels": [],
            "relationships": [],
        }
        session.tell("READY", ready)
        if intents & GUILDS:
            for one in guilds:
                session.tell("GUILD_CREATE", shapes.guild(one, application.user))

    def _resume(self, connection: Connection, data: Json) -> None:
        session = self.sessions.get(str(data["session_id"]))
        if data["token"] != self._world.application.token:
            return connection.close(4004)
        if session is None or not self.takes_resumes:
            if session is not None:
                self.sessions.pop(session.id)
            return connection.send({"op": INVALID, "d": False})
        if data["seq"] is None or int(data["seq"]) > len(session.told):
            return connection.close(4007)
        self.resumes += 1
        if session.connection is not None:
            session.connection.close(4000)
        session.connection, connection.session = connection, session
        for event in session.told[int(data["seq"]) :]:
            connection.send(event)
        session.tell("RESUMED", {"_trace": []})

    def _members(self, session: Session, data: Json) -> None:
        guild = self._world.guilds[int(data["guild_id"])]
        wanted = {int(id) for id in data.get("user_ids") or ()}
        found = [shapes.member(one) for one in guild.members.values() if not wanted or one.user.id in wanted]
        chunk = {"guild_id": str(guild.id), "members": found, "chunk_index": 0, "chunk_count": 1}
        session.tell("GUILD_MEMBERS_CHUNK", chunk | ({"nonce": data["nonce"]} if data.get("nonce") else {}))

    def _hear(self, news: News) -> None:
        for session in list(self.sessions.values()):
            if news.intent and not session.intents & news.intent:
                continue
            if not _in_shard(session, news.guild.id if news.guild is not None else 0):
                continue
            data = news.data
            if news.message is not None and not session.intents & CONTENT and not self._world.readable(news.message):
                data = data | {"content": "", "components": [], "embeds": [], "attachments": []}
            session.tell(news.name, data)


def _in_shard(session: Session, guild: int) -> bool:
    return (guild >> 22) % session.shard[1] == session.shard[0]
