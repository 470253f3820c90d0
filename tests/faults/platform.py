"""`python -m tests.faults.platform SECONDS`: fake chat platforms over HTTP, one for each test, that outlive the kills.

Prints its two ports: one answers, and one refuses whoever comes. It ends with its standard input, or after SECONDS.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from typing import Any, NoReturn

from aiohttp import web

from tests.faults.characters import CHARACTERS, TIMEOUT
from tests.faults.clock import FastClock
from tests.faults.world import RETRY_AFTER, Fault, Lost, Message, Refused, World

Answer = dict[str, Any]


class Server:
    """Answers for all worlds."""

    def __init__(self) -> None:
        self.worlds: dict[str, World] = {}

    def app(self) -> web.Application:
        """Return the application with its routes: what the bot asks for, and what tests ask for below `/test`."""
        app = web.Application()
        app.router.add_post("/worlds", self.make)
        for verb in (self.send, self.edit, self.delete, self.find, self.reactions, self.tallies):
            app.router.add_post(f"/{{world}}/{verb.__name__}", self.faulty(verb))
        for word in (self.take, self.taken, self.report, self.expect, self.meet, self.judge, self.count, self.react):
            app.router.add_post(f"/{{world}}/test/{word.__name__}", self.sure(word))
        for word in (self.remove, self.end):
            app.router.add_post(f"/{{world}}/test/{word.__name__}", self.sure(word))
        return app

    async def make(self, request: web.Request) -> web.Response:
        """Make a world."""
        body = await request.json()
        name = f"w{len(self.worlds) + 1}"
        self.worlds[name] = World(
            CHARACTERS[body["character"]],
            FastClock(**body["clock"]),
            rate=body["rate"],
            seed=body["seed"],
            ordered=body["ordered"],
        )
        return web.json_response({"world": name})

    # What the bot asks for

    def faulty(self, verb: Callable[[World, Answer, str], Answer]) -> Callable[[web.Request], Awaitable[web.Response]]:
        """Return the handler of a verb: it may meet a fault, before it is done or after."""

        async def answer(world: World, body: Answer) -> Answer:
            fault = world.strike(verb.__name__, body)
            if fault.endswith(" before"):
                await _go_wrong(fault.removesuffix(" before"), world)
            if fault == "limit":
                raise Refused(429, retry_after=RETRY_AFTER)
            done = verb(world, body, fault)
            if fault not in ("", "lag"):
                await _go_wrong(fault, world)
            return done

        async def handler(request: web.Request) -> web.Response:
            try:
                return web.json_response(await answer(self.worlds[request.match_info["world"]], await request.json()))
            except Refused as refused:
                return web.json_response(refused.more, status=refused.status)
            except Lost:
                if request.transport is not None:
                    request.transport.abort()
                return web.Response(status=500)

        return handler

    def send(self, world: World, body: Answer, fault: str) -> Answer:
        """Take a message."""
        return _ref(world.send(body["place"], body["key"], body["text"], body["title"], fault))

    def edit(self, world: World, body: Answer, _: str) -> Answer:
        """Show another text in a message."""
        world.edit(body["message"], body["text"])
        return {}

    def delete(self, world: World, body: Answer, _: str) -> Answer:
        """Remove a message."""
        world.delete(body["message"])
        return {}

    def find(self, world: World, body: Answer, _: str) -> Answer:
        """Read the history for a key."""
        found = world.find(body["place"], body["key"], datetime.fromisoformat(body["since"]))
        return {"found": [_ref(message) for message in found]}

    def reactions(self, world: World, body: Answer, _: str) -> Answer:
        """Tell who reacted."""
        return {"reactions": world.reactions(body["message"])}

    def tallies(self, world: World, body: Answer, _: str) -> Answer:
        """Read a page of the history with the counts of reactions."""
        page = world.page(body["place"], body["before"])
        return {"page": [{**_ref(one), "counts": one.told()["reactions"]} for one in page]}

    # What tests and the bot's ear ask for: without faults

    def sure(self, word: Callable[[World, Answer], Answer]) -> Callable[[web.Request], Awaitable[web.Response]]:
        """Return the handler of a word that meets no faults."""

        async def handler(request: web.Request) -> web.Response:
            return web.json_response(word(self.worlds[request.match_info["world"]], await request.json()))

        return handler

    def take(self, world: World, _: Answer) -> Answer:
        """Deliver the next event."""
        return {"event": None if world.outage else world.take(), "left": world.left()}

    def taken(self, world: World, body: Answer) -> Answer:
        """Hear that an event was taken in."""
        world.taken(body["copy"], body["again"])
        return {}

    def report(self, world: World, body: Answer) -> Answer:
        """Hear which reactions the bot holds."""
        world.likes = body["likes"]
        return {}

    def expect(self, world: World, body: Answer) -> Answer:
        """Let events happen."""
        return {"copies": world.expect(body["events"], (body["least"], body["most"]))}

    def meet(self, world: World, body: Answer) -> Answer:
        """Let requests meet faults from now on."""
        world.faults += [Fault(**fault) for fault in body.get("faults", ())]
        world.rate = body.get("rate", world.rate)
        world.outage = body.get("outage", world.outage)
        return {}

    def judge(self, world: World, _: Answer) -> Answer:
        """Tell all that was ever taken."""
        messages = [one.told() for one in world.messages.values()]
        return {"messages": messages, "left": world.left(), "met": world.met, "likes": world.likes}

    def count(self, world: World, _: Answer) -> Answer:
        """Tell how many of the bot's messages stand."""
        return {"standing": world.count()}

    def react(self, world: World, body: Answer) -> Answer:
        """Let somebody put a reaction or take it back, and nobody hear of it."""
        found = [one for one in world.standing() if body["on"] in one.text]
        for one in found:
            world.reacts(one.id, body["emoji"], body["who"], body["put"])
        return {"messages": len(found)}

    def remove(self, world: World, body: Answer) -> Answer:
        """Let a moderator remove what the bot wrote in a place."""
        found = [one for one in world.standing(body["place"]) if one.key]
        for one in found:
            world.delete(one.id)
        return {"messages": len(found)}

    def end(self, world: World, _: Answer) -> Answer:
        """Forget what a world held: its test is over."""
        world.messages.clear()
        world.copies.clear()
        return {}


async def _go_wrong(kind: str, world: World) -> NoReturn:
    """Answer with a failure, or not at all."""
    if kind == "silence":
        await asyncio.sleep(2 * world.clock.real(TIMEOUT))
    if kind == "error":
        raise Refused(500)
    raise Lost


def _ref(message: Message) -> Answer:
    return {"message": message.id, "thread": message.thread}


async def _serve(seconds: float) -> None:
    runner = web.AppRunner(Server().app(), access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, backlog=1024)
    await site.start()
    closed = socket.socket()
    closed.bind(("127.0.0.1", 0))  # bound, so that nobody else listens there, and not listening
    assert site._server is not None
    ports = [runner.addresses[0][1], closed.getsockname()[1]]
    print(json.dumps(ports), flush=True)
    ended = asyncio.Event()
    asyncio.get_running_loop().add_reader(sys.stdin.fileno(), ended.set)  # nobody writes to it: this is its end
    with suppress(TimeoutError):
        await asyncio.wait_for(ended.wait(), seconds)
    os._exit(0)  # whoever still waits for an answer is gone


if __name__ == "__main__":
    asyncio.run(_serve(float(sys.argv[1])))
