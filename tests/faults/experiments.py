"""The experiments: one story under kills and faults, which has to end as if nothing had happened."""

from __future__ import annotations

import asyncio
import random
import signal
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.outbox import LEASE
from tests.faults import story
from tests.faults.characters import CHARACTERS, NONCE, Character
from tests.faults.copies import Databases
from tests.faults.lab import Lab, Replica, Verdict, World
from tests.faults.points import fault_points
from tests.faults.replica import FROZEN

Standing = Counter[tuple[str, str]]

ENGINES = ("sqlite", "postgresql")
FAULTS = 0.2
"""How many of the requests of a random run meet a fault."""
OUTAGE = timedelta(minutes=2)
KILLS = 4
"""How often a replica is killed in a random run, at most."""
PASSES = 5
"""At most the so-manieth pass of a fault point kills."""
SECONDS_TO_LIVE = 1.5
"""When a replica is killed at the latest that is killed at no fault point."""
FORGOTTEN = "Closures keep"
"""A message of which the platform loses sight for longer than it promises: it comes twice, and the sweep heals that."""
LOGGED = 12_000
"""How many characters of the log of a failed run are shown."""
MEETS = (
    {"verb": "send", "kind": "cut", "text": "About part 1."},
    {"verb": "send", "kind": "error before", "text": "my first loop"},
    {"verb": "send", "kind": "limit", "text": "Why is this undefined"},
    {"verb": "find", "kind": "error"},
    {"verb": "edit", "kind": "error"},
    {"verb": "send", "kind": "forgotten", "text": FORGOTTEN},
    # For longer than any platform swallows a key: then it has to be looked for there too.
    {"verb": "send", "kind": "cut", "place": "@local:nadia"},
    {"verb": "send", "kind": "error before", "place": "@local:nadia", "seconds": 55},
)
"""The faults of every story in which a fault point kills: so that doubt, looking and waiting happen in it."""


@dataclass(frozen=True)
class Outcome:
    """What came of one run."""

    verdict: Verdict
    kills: int
    stuck: int
    """Replicas that ended neither by themselves nor killed."""
    log: str

    @property
    def sound(self) -> bool:
        """Whether nothing was lost, and no message came twice, not even for a moment, but for the forgotten one."""
        return self.verdict.clean and not self.stuck and all(FORGOTTEN in words for words in self.verdict.copies)

    def told(self) -> str:
        """Return what went wrong, for people."""
        wrong = [f"lost {one}" for one in self.verdict.lost] + [f"too much {one}" for one in self.verdict.doubled]
        wrong += [f"likes of {one}" for one in self.verdict.unlike]
        wrong += [f"copied {words!r}" for words in self.verdict.copies]
        return "\n".join([*wrong, f"{self.kills} kills, {self.stuck} stuck", self.log[-LOGGED:]])


async def warm(lab: Lab, copies: Databases, engines: Sequence[str]) -> None:
    """Let the nursery live through the story once on each engine: its children are quicker then."""
    for engine in engines:
        async with copies.copy(engine) as url, lab.world(url, NONCE, events=story.events()) as world:
            await (await world.replica(warms=True)).end()


async def undisturbed(lab: Lab, copies: Databases) -> Standing:
    """Return how the story ends when nothing goes wrong."""
    async with copies.copy("sqlite") as url, lab.world(url, NONCE, events=story.events()) as world:
        await _through(world, world.replica)
        assert [await child.end() for child in world.children] == [0, 0], world.log
        return await world.standing()


async def killed_at(
    point: str, lab: Lab, copies: Databases, engine: str, character: Character, ends: Standing
) -> Outcome:
    """Kill a replica at its first pass of a fault point, and let others bring the story to its end."""
    async with copies.copy(engine) as url, lab.world(url, character, events=story.events()) as world:
        await world.ask("meet", faults=MEETS)
        killed = False

        async def life() -> Replica:
            nonlocal killed
            replica = await world.replica(kill_at="" if killed else point)
            killed |= await replica.end() == -signal.SIGKILL
            return replica

        await _through(world, life)
        return await _outcome(world, ends)


async def frozen_at(
    point: str, lab: Lab, copies: Databases, engine: str, character: Character, ends: Standing
) -> Outcome:
    """Freeze a replica at its first pass of a fault point, let another one take over, and wake it."""
    async with copies.copy(engine) as url, lab.world(url, character, events=story.events()) as world:
        await world.ask("meet", faults=MEETS)
        sleeper = await world.replica(freeze_at=point)
        for _ in range(1000):
            if sleeper.ended.done() or FROZEN in world.log:
                break
            await asyncio.sleep(0.02)
        other = await world.replica()
        await asyncio.wait({other.ended}, timeout=world.clock.real(1.5 * LEASE))
        sleeper.signal(signal.SIGCONT)
        await asyncio.gather(sleeper.end(), other.end())
        await _through(world, world.replica)
        return await _outcome(world, ends)


async def out(lab: Lab, copies: Databases, character: Character, ends: Standing) -> Outcome:
    """Let the platform be away for two minutes while the story begins."""
    async with copies.copy("sqlite") as url, lab.world(url, character, events=story.events()) as world:
        await world.ask("meet", outage=True)
        await world.replica()
        await asyncio.sleep(world.clock.real(OUTAGE))
        await world.ask("meet", outage=False)
        await _through(world, world.replica)
        return await _outcome(world, ends)


async def removed(lab: Lab, copies: Databases, ends: Standing) -> Outcome:
    """Let a moderator remove a message whose answer was lost, before it is sent under its key once more."""
    place = "@local:nadia"
    async with copies.copy("sqlite") as url, lab.world(url, NONCE, events=story.events()) as world:
        cut, away = ({"verb": "send", "place": place, "kind": kind} for kind in ("cut", "error before"))
        await world.ask("meet", faults=[cut, {**away, "seconds": 20}])
        await world.replica()
        for _ in range(1000):
            if (await world.ask("remove", place=place))["messages"]:
                break
            await asyncio.sleep(0.02)
        await _through(world, world.replica)
        return await _outcome(world, ends)


async def at_random(
    seed: int,
    lab: Lab,
    copies: Databases,
    ends: Standing,
    replicas: Mapping[str, int],
    engines: tuple[str, ...] = ENGINES,
) -> Outcome:
    """Kill replicas at random points and times while a fifth of all requests fail."""
    chance = random.Random(seed)
    engine, character = chance.choice(engines), CHARACTERS[chance.choice(sorted(CHARACTERS))]
    kills = iter(range(chance.randint(1, KILLS)))
    told = story.events()

    async def life() -> Replica:
        if next(kills, None) is None:
            return await world.replica()
        if chance.random() < 0.7:
            return await world.replica(kill_at=chance.choice(fault_points()), passes=chance.randint(1, PASSES))
        replica = await world.replica()
        await _killed_within(replica, chance.uniform(0, SECONDS_TO_LIVE))
        return replica

    async with copies.copy(engine) as url, lab.world(url, character, events=told, rate=FAULTS, seed=seed) as world:
        await _through(world, life, replicas[engine])
        return await _outcome(world, ends)


async def _through(world: World, life: Callable[[], Awaitable[Replica]], replicas: int = 1) -> None:
    """Bring the story to its end, then let people react while nobody listens, and bring that to its end."""

    async def lives() -> None:
        while await (await life()).end() == -signal.SIGKILL:
            pass

    await asyncio.gather(*(lives() for _ in range(replicas)))
    for reaction in story.UNHEARD:
        await world.ask("react", **reaction)
    await asyncio.gather(*(lives() for _ in range(replicas)))


async def _killed_within(replica: Replica, seconds: float) -> None:
    await asyncio.wait({replica.ended}, timeout=seconds)
    replica.signal(signal.SIGKILL)


async def _outcome(world: World, ends: Standing) -> Outcome:
    ends_of = [await child.end() for child in world.children]
    kills = ends_of.count(-signal.SIGKILL)
    return Outcome(await world.judge(ends), kills, len(ends_of) - kills - ends_of.count(0), world.log)
