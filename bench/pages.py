"""The public pages: CPU of a request beside that of a page which never changes, on the same server."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from statistics import median

import aiohttp
from aiohttp import web

from adapters.web.pages import Pages
from adapters.web.server import Server
from adapters.web.site import FRESH, Site
from bench import sample
from bench.spending import Spent, folder, spent
from bench.table import Result, only_told
from bot.chat import AccountRef
from bot.ids import NoteId, new_id
from bot.language import Languages
from bot.ports import UnitOfWork
from bot.study import publishing
from bot.study.notes import Note
from schedules.clock import MovedClock
from storage.store import open_store

NOTES = (
    "**pages**: a portfolio of 500 things (its first page), a group's page, its calendar and its feed, over HTTP on "
    "this machine, client and server in one process. *Drawn* is anew for each request, *kept* as when many look within "
    "15 seconds; whether it is public is asked of the database both times. Beside them a page that never changes.",
)
THINGS = 500
ADDRESS = "https://circle.example/"
NOW = datetime(2027, 2, 1, 12, tzinfo=UTC)


def measure(requests: int = 60, rounds: int = 5) -> list[Result]:
    """Compare requests of each kind with those of a constant page."""
    with folder() as place:
        return asyncio.run(_measure(f"sqlite:///{place / 'pages.db'}", requests, rounds))


async def _measure(url: str, requests: int, rounds: int) -> list[Result]:
    clock = MovedClock(NOW)
    await sample.play(url)
    async with await open_store(url, durable=False) as store:
        portfolio, group = await store.write(_published)
        site = Site(store, clock, Languages(), ADDRESS, "Bench")
        routes = [web.get("/constant", _constant), *Pages(site).routes()]
        server = Server("127.0.0.1", 0, routes)
        await server.start()
        root = f"http://127.0.0.1:{server.port}/"
        wanted = {
            f"a portfolio of {THINGS} things": portfolio,
            "a group's page": group,
            "its calendar": f"{group}calendar.ics",
            "its feed": f"{group}feed.atom",
        }
        results = []
        async with aiohttp.ClientSession() as session:
            for what, path in wanted.items():
                for way, step in (("drawn", FRESH), ("kept", timedelta(0))):
                    pairs = [
                        (
                            await _ask(session, clock, root + path, requests, step),
                            await _ask(session, clock, root + "constant", requests, step),
                        )
                        for _ in range(rounds)
                    ]
                    ratio = median(one.cpu / constant.cpu for one, constant in pairs)
                    costs = [
                        Spent(median(o.cpu for o in way_), median(o.wall for o in way_))
                        for way_ in zip(*pairs, strict=True)
                    ]
                    said = f"pages, {what}, {way}: CPU, it : constant page"
                    results.append(only_told(said, ratio, f"{costs[0]} : {costs[1]}"))
        await server.stop()
    return results


async def _ask(
    session: aiohttp.ClientSession, clock: MovedClock, address: str, requests: int, step: timedelta
) -> Spent:
    """Ask for an address so many times, with this time between."""
    with spent(requests) as cost:
        for _ in range(requests):
            clock.move_by(step)
            async with session.get(address) as answer:
                assert answer.status == 200
                await answer.read()
    return cost


async def _constant(request: web.Request) -> web.Response:
    return web.Response(text="<!doctype html><title>x</title>" + "x" * 10_000, content_type="text/html")


def _published(uow: UnitOfWork) -> tuple[str, str]:
    """Publish a portfolio of many things and the page of its group; return their paths."""
    account = AccountRef("local", "user1")
    person, group = uow.people.by_account(account), uow.groups.in_channel(sample.HOME)
    assert person is not None, "the sample has such a person"
    assert group is not None, "the sample has a group"
    for number in range(THINGS):
        words = f"Thought {number}: what surprised me most is how much I learned from reading the others' answers."
        at = NOW - timedelta(hours=number)
        link = f"https://blog.example/{number}"
        uow.notes.add(Note(NoteId(new_id(at)), group.id, person.id, link, words, at, shared=True))
    portfolio = publishing.publish(uow.publications, person.id, listed=False, now=NOW)
    page = publishing.publish_group(uow.publications, group, person.id, listed=False, join_link=None, now=NOW)
    return f"p/{portfolio.slug}/", f"g/{page.slug}/"
