"""`python -m tests.faults.replica`: a nursery of bots that are killed.

It imports the whole bot once and then, for each line of JSON on its standard input, forks a replica: the real bot,
pump and runner on one database and one world of the fake platform. It answers with the process id, and later with how
the replica ended. When its input ends, so do all of them.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import random
import select
import signal
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, Engine, and_, event, or_
from sqlalchemy import select as choose

import storage.postgres  # before the first fork
import storage.sqlite  # noqa: F401 - the same
from adapters.local.cards import draw
from bot import bootstrap, faultpoints
from bot.app import Bot
from bot.bootstrap import assembled
from bot.bootstrap.running import meanwhile
from bot.cards import Reply
from bot.chat import AccountRef, ChannelRef, Event, Invocation, MessageRef, ReactionAdded, ThreadRef, ThreadReplied
from bot.errors import CannotSave, MaybeSaved
from bot.ids import code, new_id
from bot.outbox import PostState
from bot.ports import Store, UnitOfWork
from bot.study import readings
from bot.study.weeks import Activity
from schedules import pump, rereading
from storage import tables
from storage.rows import table_of
from tests.faults.characters import CHARACTERS, TIMEOUT
from tests.faults.client import NAME, Client
from tests.faults.clock import FastClock
from tests.fresh import Compiled

log = logging.getLogger(__name__)

BEAT = timedelta(seconds=3)
LATELY = timedelta(seconds=40)
"""Within this time after a message was sent copies of it are looked for; who does so has a minute for that."""
SOON = timedelta(minutes=20)
"""What is due later is not waited for."""
FROZEN = "frozen here"
"""What a replica logs before it stops itself."""
NOT_SAVED = ("I can't save anything", "I can't tell whether", "Something went wrong")
"""How replies begin to whoever will have to try again."""


@dataclass(frozen=True)
class Life:
    """How one replica lives: where, how long, and at which pass of which fault point it is killed or freezes."""

    database: str
    ports: list[int]
    world: str
    character: str
    clock: dict[str, Any]
    seed: int
    log: str
    seconds: float
    refusals: float = 0
    kill_at: str = ""
    freeze_at: str = ""
    passes: int = 1
    ears: int = 1
    """How many events it takes in at once; without ears it hears of none."""
    until_quiet: bool = True
    warms: bool = False
    """Whether the nursery itself lives it: what it compiles of statements, its children need not."""


# ---- The nursery


_compiled: defaultdict[str, Compiled] = defaultdict(Compiled)


def _share_compiled(connection: Connection) -> None:
    """Let all connections to an engine use what one of them compiled."""
    connection.execution_options(compiled_cache=_compiled[connection.dialect.name])


def _nursery() -> None:
    event.listen(Engine, "engine_connect", _share_compiled)
    children: dict[int, int] = {}
    woken, waker = os.pipe()
    os.set_blocking(waker, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(waker)
    lines = b""
    while True:
        ready, _, _ = select.select([0, woken], [], [])
        if woken in ready:
            os.read(woken, 4096)
        _bury(children)
        if 0 in ready:
            read = os.read(0, 65536)
            if not read:
                break
            *whole, lines = (lines + read).split(b"\n")
            for line in whole:
                order = json.loads(line)
                life = Life(**order["life"])
                if life.warms:
                    asyncio.run(_live(life))
                    signal.set_wakeup_fd(waker)  # the loop had one of its own
                    _tell(id=order["id"], pid=0)
                    _tell(id=order["id"], status=0)
                    continue
                child = os.fork()
                if not child:
                    for fd in (0, woken, waker):
                        os.close(fd)
                    _be_born(life)
                children[child] = order["id"]
                _tell(id=order["id"], pid=child)
    for child in children:
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)


def _bury(children: dict[int, int]) -> None:
    """Tell of the children that ended."""
    while children:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        _tell(id=children.pop(pid), status=os.waitstatus_to_exitcode(status))


def _tell(**what: int) -> None:
    os.write(1, json.dumps(what).encode() + b"\n")


def _be_born(life: Life) -> None:
    """Turn a fork of the nursery into a replica; does not return."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, life.seconds)  # SIGALRM ends it, whatever happens
    written = os.open(life.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for fd in (1, 2):
        os.dup2(written, fd)
    random.seed(life.seed)
    # What grows within one process grew in the nursery too: siblings that went on from there would draw the same ids.
    ids = new_id.__self__  # type: ignore[attr-defined]
    ids._last = 0
    status = 1
    try:
        logging.basicConfig(level=logging.INFO, format=f"{os.getpid()} %(asctime)s %(name)s %(message)s", force=True)
        _arm(life)
        asyncio.run(_live(life))
        status = 0
    except BaseException:
        log.exception("a replica failed")
    finally:
        log.info("ended with %s after %.2f s of work", status, time.process_time())
        os._exit(status)


def _arm(life: Life) -> None:
    passes = 0

    def passed(name: str) -> None:
        nonlocal passes
        if name != (life.kill_at or life.freeze_at):
            return
        passes += 1
        if passes == life.passes:
            if life.freeze_at:
                log.info(FROZEN)
            os.kill(os.getpid(), signal.SIGKILL if life.kill_at else signal.SIGSTOP)

    def note(name: str) -> None:
        if name not in seen:
            seen.add(name)
            log.info("passed %s", name)

    seen: set[str] = set()
    faultpoints.arm(passed if life.kill_at or life.freeze_at else note)


# ---- A replica


async def _live(life: Life) -> None:
    clock = FastClock(**life.clock)
    character = CHARACTERS[life.character]
    pump.SAFETY = rereading.BEAT = clock.real(BEAT)
    # The wiring is the program's own; only what is measured by the machine's clock has to go as fast as ours.
    timeout = {"timeout": clock.real(TIMEOUT)}
    wired = {"Pump": timeout, "Rereader": timeout, "Runner": {"beat": clock.real(BEAT)}}
    for name, faster in wired.items():
        setattr(bootstrap, name, partial(getattr(bootstrap, name), **faster))
    async with AsyncExitStack() as stack:
        chat = await stack.enter_async_context(
            Client(life.ports, life.world, character, clock, refusals=life.refusals, seed=life.seed)
        )
        app = await stack.enter_async_context(assembled(life.database, {NAME: chat}, clock, durable=False))
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, app.runner.stop)
        await app.rereader.gap(NAME)  # as `run` does at its start: what is to be read is known before we wait for quiet
        await stack.enter_async_context(meanwhile(app.rereader))
        running = asyncio.create_task(app.runner.run())
        heard = Heard()
        ears = [asyncio.create_task(_listen(app.bot, chat, clock, heard)) for _ in range(life.ears)]
        if not life.ears:
            heard.all.set()
        if life.until_quiet:
            quiet = asyncio.create_task(_until_quiet(app.store, clock, heard))
            await asyncio.wait({running, quiet}, return_when=asyncio.FIRST_COMPLETED)
            quiet.cancel()
            app.runner.stop()
        await running
        for ear in ears:
            ear.cancel()
        await asyncio.gather(*ears, return_exceptions=True)
        await chat.report(await app.store.read(_likes))


def _likes(uow: UnitOfWork) -> dict[str, dict[str, int]]:
    """Return how many of each reaction the store holds, by message."""
    refs = uow.outbox._db.execute(choose(table_of(tables.Message).c.ref)).scalars()  # type: ignore[attr-defined]
    return {ref.message: counts for ref, counts in uow.likes.shown(list(refs)).items() if counts}


@dataclass
class Heard:
    """What this replica knows of events: whether it heard all, and whether one came before what it is about was known.

    A reaction can be heard in the moment between a message's arrival and the commit that registers it. The bot makes up
    for that when it first reads the message, which a replica that ended before would leave to the next one.
    """

    all: asyncio.Event = field(default_factory=asyncio.Event)
    early: bool = False


async def _until_quiet(store: Store, clock: FastClock, heard: Heard) -> None:
    """Return when no event is left, nothing waits to be sent or read, and what was sent lately was swept."""
    post, reading = table_of(tables.Post).c, table_of(tables.Reading).c

    def awaited(uow: UnitOfWork) -> str:
        now = clock.now()
        under_way = and_(post.state.in_([PostState.DUE, PostState.SENDING]), post.not_before <= now + SOON)
        to_read = reading.next_at <= now + readings.FIRST_LOOK * (1.1 if heard.early else 1 / 3)
        being_read = reading.next_at.between(now + readings.FIRST_LOOK * 1.1, now + readings.LEASE)
        db = uow.outbox._db  # type: ignore[attr-defined]
        due = uow.agenda.due(now + SOON, 1)
        if db.execute(choose(post.id).where(under_way).limit(1)).first():
            return "a post"
        if any(_to_sweep(at, sent, now) for at, sent in db.execute(swept)):
            return "a sweep"
        if db.execute(choose(reading.id).where(or_(to_read, being_read)).limit(1)).first():
            return "a reading"
        return "something due" if due else ""

    swept = choose(post.sweep_at, post.sent_at).where(post.sweep_at.is_not(None), post.sent_at.is_not(None))
    looks, before = 0, ""
    while looks < 2:
        await asyncio.sleep(clock.real(BEAT))
        with suppress(Exception):  # a database that is away now
            what = await store.read(awaited) if heard.all.is_set() else "an event"
            looks = 0 if what else looks + 1
            if what != before:
                log.info("waiting for %s", what or "nothing")
            before = what


def _to_sweep(sweep_at: datetime, sent_at: datetime, now: datetime) -> bool:
    """Return whether a post waits for its first sweep, or somebody who was about to do it may have been killed."""
    return sent_at >= now - LATELY or LATELY * 2 < sweep_at - sent_at < LATELY * 3


async def _listen(bot: Bot, chat: Client, clock: FastClock, heard: Heard) -> None:
    """Take events in until cancelled; `heard` says whether any is left."""
    while True:
        answer = await chat.hear()
        if answer["left"]:
            heard.all.clear()
        else:
            heard.all.set()
        if answer["event"] is None:
            await asyncio.sleep(clock.real(BEAT))
            continue
        heard.early |= not await _registered(bot, answer["event"])
        saved = await _known(bot, answer["event"]) and await _take_in(bot, answer["event"])
        await chat.took(answer["event"]["copy"], again=not saved)


async def _known(bot: Bot, told: dict[str, Any]) -> bool:
    """Return whether the bot can know what somebody replies to.

    A message whose answer was lost stands for up to a minute before the bot finds it. Nobody here replies before that:
    no platform lets a bot read later, for sure, who wrote what in a thread.
    """
    if told["kind"] != "reply":
        return True
    thread = _thread(told["message"])
    return await bot.store.read(lambda uow: uow.outbox.thread_of(thread)) is not None


async def _registered(bot: Bot, told: dict[str, Any]) -> bool:
    """Return whether the bot knows the message that somebody reacts to."""
    if told["kind"] != "react":
        return True
    return await bot.store.read(lambda uow: uow.outbox.shown_by(_message(told["message"])) is not None)


def _message(on: dict[str, Any]) -> MessageRef:
    return MessageRef(ChannelRef.parse(on["place"].partition("#")[0]), on["id"], on["thread"])


def _thread(on: dict[str, Any]) -> ThreadRef:
    return ThreadRef(ChannelRef.parse(on["place"].partition("#")[0]), on["thread"])


async def _take_in(bot: Bot, told: dict[str, Any]) -> bool:
    """Let the bot have an event; return whether it says that it kept it."""
    taking: Callable[[Bot, dict[str, Any]], Any] = {"call": _called, "withdraw": _withdrawn}.get(told["kind"], _handled)
    try:
        answer: Reply | None = await taking(bot, told)
    except (CannotSave, MaybeSaved) as error:  # an adapter then answers that it could not take it
        log.info("event %s: %s", told["key"], error)
        return False
    words = "\n".join(map(draw, answer.cards)) if answer else ""
    log.info("event %s: %.200s", told["key"], words)
    return not words.startswith(NOT_SAVED)


async def _called(bot: Bot, told: dict[str, Any]) -> Reply:
    arguments = dict(told.get("arguments", {}))
    if number := told.get("activity"):  # chosen from a list: forms bring the id
        arguments["activity"] = await bot.store.read(lambda uow: code(_activities(uow, told)[number - 1].id))
    call = Invocation(
        id=told["key"],
        command=told["command"],
        account=AccountRef(NAME, told["who"]),
        name=told["who"].title(),
        channel=ChannelRef.parse(told["channel"]),
        arguments=arguments,
        submitted=True,
    )
    return await bot.invoke(call)


async def _withdrawn(bot: Bot, told: dict[str, Any]) -> Reply:
    """Press the button of a receipt that was lost: the id is looked up in the store."""

    def view(uow: UnitOfWork) -> str:
        person = uow.people.by_account(AccountRef(NAME, told["who"]))
        assert person
        works = (uow.submissions.of(one.id, person.id) for one in _activities(uow, told))
        return next(code(work.id) for work in works if work)

    arguments = {"id": await bot.store.read(view)}
    return await _called(bot, {**told, "command": "submission withdraw", "arguments": arguments})


def _activities(uow: UnitOfWork, told: dict[str, Any]) -> list[Activity]:
    group = uow.groups.in_channel(ChannelRef.parse(told["channel"]))
    assert group
    return uow.weeks.activities(group.id)


async def _handled(bot: Bot, told: dict[str, Any]) -> None:
    account = AccountRef(NAME, told["who"])
    on = told["message"]
    message = _message(on)
    happened: Event
    if told["kind"] == "react":
        happened = ReactionAdded(account, message, told["emoji"], told["who"].title(), key=told["key"])
    else:
        thread = _thread(on)
        said = MessageRef(message.channel, told["said"])
        happened = ThreadReplied(account, told["who"].title(), thread, said, told["text"], key=told["key"])
    await bot.handle(happened)


if __name__ == "__main__":
    _nursery()
