"""The laboratory: databases, worlds and replicas for one experiment, and the judgement on what came of it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp

from tests.faults import story
from tests.faults.characters import Character
from tests.faults.clock import SPEED, FastClock
from tests.faults.replica import Life
from tests.processes import ROOT, environment

SECONDS = 180.0
"""How long one life may last: a story takes seconds, and minutes where so much else runs that requests time out."""
LIMIT = 3600.0
"""How long a platform may last."""
LINE = 1 << 20


class Nursery:
    """The process that replicas are forked from, seen from outside."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._born: dict[int, asyncio.Future[int]] = {}
        self._ended: dict[int, asyncio.Future[int]] = {}
        self._reading = asyncio.create_task(self._read())

    async def bear(self, life: Life) -> Replica:
        """Return a new replica."""
        number = len(self._born) + 1
        loop = asyncio.get_running_loop()
        self._born[number], self._ended[number] = loop.create_future(), loop.create_future()
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"id": number, "life": asdict(life)}).encode() + b"\n")
        return Replica(await self._born[number], self._ended[number], life)

    async def _read(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            told = json.loads(line)
            if "pid" in told:
                self._born[told["id"]].set_result(told["pid"])
            else:
                self._ended[told["id"]].set_result(told["status"])

    async def close(self) -> None:
        """End it, and all that still live."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.wait()
        await self._reading


@dataclass
class Replica:
    """A process of the bot."""

    pid: int
    ended: asyncio.Future[int]
    life: Life

    def signal(self, number: int) -> bool:
        """Send a signal, unless it has ended; return whether it was sent."""
        if self.ended.done():
            return False
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)
        return True

    async def end(self) -> int:
        """Return how it ended: 0, or the signal that killed it below 0."""
        return await asyncio.shield(self.ended)


@dataclass(frozen=True)
class Verdict:
    """What a platform saw: `lost` and `doubled` are what is missing or too much in the end, as place and words.

    `copies` are the words of messages that came a second time under their key, also of those that were removed again.
    """

    lost: list[tuple[str, str]]
    doubled: list[tuple[str, str]]
    copies: list[str]
    unlike: list[str]
    """Messages of which the bot holds other reactions than stand there."""

    @property
    def clean(self) -> bool:
        """Whether nothing was lost, nothing stands twice and the likes are right."""
        return not self.lost and not self.doubled and not self.unlike


@dataclass
class World:
    """One chat platform with one database, and replicas that come and go."""

    lab: Lab
    name: str
    database: str
    character: Character
    clock: FastClock
    folder: Path
    seed: int
    refusals: float
    children: list[Replica] = field(default_factory=list)

    async def ask(self, word: str, **body: Any) -> Any:
        """Tell or ask the platform something, as tests do."""
        return await self.lab.ask(f"{self.name}/test/{word}", body)

    async def replica(self, **wishes: Any) -> Replica:
        """Start a replica."""
        life = Life(
            database=self.database,
            ports=self.lab.ports,
            world=self.name,
            character=self.character.name,
            clock=self.clock.told(),
            seed=self.seed + len(self.children),
            log=str(self.folder / f"{self.name}.log"),
            seconds=SECONDS * SPEED / self.clock.speed,
            refusals=self.refusals,
        )
        child = await self.lab.nursery.bear(replace(life, **wishes))
        self.children.append(child)
        return child

    async def standing(self) -> Counter[tuple[str, str]]:
        """Return what the bot's messages show in the end: place and words, and how often."""
        judged = await self.ask("judge")
        return _standing(judged["messages"])

    async def judge(self, expected: Counter[tuple[str, str]]) -> Verdict:
        """Compare what stands with what has to."""
        judged = await self.ask("judge")
        messages = judged["messages"]
        stands = _standing(messages)
        words = {one["key"]: one["text"] for one in messages if one["key"]}
        keys = Counter(one["key"] for one in messages if one["key"])
        copies = [words[key] for key, times in keys.items() if times > 1]
        lost, doubled = expected - stands, stands - expected
        shown = {one["id"]: one["reactions"] for one in messages if one["reactions"] and not one["deleted_at"]}
        unlike = [
            f"{id}: {shown.get(id)} held as {judged['likes'].get(id)}"
            for id in {*shown, *judged["likes"]}
            if shown.get(id) != judged["likes"].get(id)
        ]
        return Verdict(sorted(lost.elements()), sorted(doubled.elements()), copies, unlike)

    @property
    def log(self) -> str:
        """What the replicas logged."""
        file = self.folder / f"{self.name}.log"
        return file.read_text(errors="replace") if file.exists() else ""


class Lab:
    """What all experiments share: the platforms' process, the nursery, and databases to copy."""

    def __init__(self, folder: Path, ports: list[int], nursery: Nursery, http: aiohttp.ClientSession) -> None:
        self.folder = folder
        self.ports = ports
        self.nursery = nursery
        self._http = http

    async def ask(self, path: str, body: Any) -> Any:
        """Ask the platforms' process."""
        async with self._http.post(f"http://127.0.0.1:{self.ports[0]}/{path}", json=body) as response:
            assert response.status == 200, await response.text()
            return await response.json()

    @asynccontextmanager
    async def world(
        self,
        database: str,
        character: Character,
        *,
        start: datetime = story.EVE,
        speed: float = SPEED,
        rate: float = 0,
        seed: int = 0,
        ordered: bool = True,
        events: Iterable[dict[str, Any]] = (),
        copies: tuple[int, int] = (1, 1),
    ) -> AsyncIterator[World]:
        """Open a world; leaving kills what still lives in it."""
        clock = FastClock.from_now(start, speed)
        # One fault in nine is that the platform cannot be reached at all, which it does not see itself.
        told = {"character": character.name, "clock": clock.told(), "rate": rate * 8 / 9, "seed": seed}
        name = (await self.ask("worlds", told | {"ordered": ordered}))["world"]
        world = World(self, name, database, character, clock, self.folder, seed, rate / 9)
        await world.ask("expect", events=list(events), least=copies[0], most=copies[1])
        try:
            yield world
        finally:
            for child in world.children:
                child.signal(signal.SIGKILL)
            await asyncio.gather(*(child.end() for child in world.children))
            await world.ask("end")


def _standing(messages: Sequence[dict[str, Any]]) -> Counter[tuple[str, str]]:
    return Counter(
        (_plain_place(messages, one), one["text"]) for one in messages if one["key"] and not one["deleted_at"]
    )


def _plain_place(messages: Sequence[dict[str, Any]], message: dict[str, Any]) -> str:
    """Return a message's place; a thread is named by the words above it, as its id differs from run to run."""
    channel, _, thread = message["place"].partition("#")
    roots = [one["text"] for one in messages if thread and one["thread"] == thread]
    return f"{channel} below {roots[0]!r}" if roots else channel


@asynccontextmanager
async def laboratory(folder: Path) -> AsyncIterator[Lab]:
    """Open a laboratory: two processes that end with this one."""
    async with AsyncExitStack() as stack:
        platform = await _program("tests.faults.platform", str(LIMIT))
        stack.push_async_callback(_ended, platform)
        assert platform.stdout is not None
        ports = json.loads(await platform.stdout.readline())
        nursery = Nursery(await _program("tests.faults.replica"))
        stack.push_async_callback(nursery.close)
        http = await stack.enter_async_context(aiohttp.ClientSession())
        yield Lab(folder, ports, nursery, http)


async def _program(*words: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        *words,
        cwd=ROOT,
        env=environment(),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=LINE,
    )


async def _ended(process: asyncio.subprocess.Process) -> None:
    assert process.stdin is not None
    process.stdin.close()
    await process.wait()
