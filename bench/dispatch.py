"""A typed command that reads nothing, among thirty-one: from the line to the reply."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from typing import NoReturn

from adapters.outlines import Shelf
from bench.chatter import CHANNEL, BusyClock
from bench.spending import Spent, spent
from bench.table import Result
from bot.app import Bot
from bot.bootstrap import COURSES
from bot.cards import Reply, card, reply
from bot.chat import AccountRef, Invocation
from bot.context import Context
from bot.feature import Feature
from bot.options import Access
from bot.parsing import parse
from bot.study.rights import ANYONE, RIGHTS

NOTES = (
    "**dispatch**: `parse` of a typed line and `Bot.invoke`, which finds the command, checks the right, binds no "
    "option, runs it and translates its card of one sentence; nothing is read from a store. The ruler is a loop of "
    f"Python that adds {1_000:,} numbers up.",
)
OTHERS = 30
LIMIT = 60.0
"""Microseconds of CPU."""
GREETING = "Hello. What would you like to do next?"
ACCOUNT = AccountRef("local", "jill")


def measure(calls: int = 4_000, rounds: int = 7) -> list[Result]:
    """Measure so many calls in each round."""
    with _commands() as feature:
        bot = Bot([feature], _NoStore(), BusyClock(), Shelf(COURSES))
        costs, rulers = [], []
        for _ in range(rounds):
            costs.append(asyncio.run(_called(bot, calls)).cpu)
            rulers.append(_ruler(calls).cpu)
    cost = median(costs)
    ratio = median(one / ruler for one, ruler in zip(costs, rulers, strict=True))
    context = f"{ratio:.2f} × the ruler, which took {median(rulers):.1f} µs"
    what = f"dispatch: CPU of one among {OTHERS + 1} commands"
    return [Result(what, f"{cost:.1f} µs", f"≤ {LIMIT:g} µs", cost <= LIMIT, context)]


class _NoStore:
    """A store that nobody may ask."""

    async def write(self, work: object) -> NoReturn:
        raise AssertionError("nothing is to be written")

    async def read(self, view: object) -> NoReturn:
        raise AssertionError("nothing is to be read")


@contextmanager
def _commands() -> Iterator[Feature]:
    """Declare the commands and let everybody run them, for as long as it is needed."""
    feature = Feature("bench")
    names = ["say hello", *(f"other command {number}" for number in range(OTHERS))]

    def hello(ctx: Context) -> Reply:
        """Say hello."""
        return reply(card("", GREETING))

    for name in names:
        feature.command(name, access=Access.NOTHING, anywhere=True)(hello)
    RIGHTS.update(dict.fromkeys(names, ANYONE))
    try:
        yield feature
    finally:
        for name in names:
            del RIGHTS[name]


async def _called(bot: Bot, calls: int) -> Spent:
    with spent(calls) as cost:
        for number in range(calls):
            typed = parse("/say hello", bot.commands)
            answer = await bot.invoke(
                Invocation(str(number), typed.command.name, ACCOUNT, "Jill", CHANNEL, arguments=typed.arguments)
            )
    assert answer.cards == reply(card("", GREETING)).cards, f"the answer was {answer}"
    return cost


def _ruler(times: int) -> Spent:
    with spent(times) as cost:
        for _ in range(times):
            total = 0
            for number in range(1_000):
                total += number
    return cost
