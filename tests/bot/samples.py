"""A feature with a command, a listener and a routine for everything that can go well or wrong."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Annotated

from bot.cards import Choice, Reply, card, reply
from bot.chat import About, AccountRef, ChannelRef, Invocation, MessageDeleted
from bot.context import Context
from bot.errors import CannotSave, MaybeSaved, Refusal
from bot.feature import Feature
from bot.ids import ActivityId, DraftId, code
from bot.options import Access, LongText, Pick
from bot.ports import UnitOfWork
from bot.study.agenda import DueKind
from bot.study.drafts import Draft
from bot.text import Moment, say, to_text
from tests.builders import Scene, plain

LONG = "I wrote a loop that never ends, and this is what I learned from it: " + "again " * 20


class NotToday(Refusal):
    """Not today, {who}."""


feature = Feature("samples")
went: list[str] = []
_ids = count(1)


def _keep(ctx: Context, text: str) -> None:
    """Do all that a handler can: write, act, post, set a time."""
    ctx.uow.drafts.add(Draft(DraftId(ctx.new_id()), ctx.person.id, ctx.group.id, "note", (("text", text),), ctx.now))
    ctx.show(card("", to_text(text)), About("note", 7))
    ctx.due(DueKind.RAISE_QUESTION, 7, timedelta(hours=1))


@feature.command(title="Keep a note")
def note(
    ctx: Context, text: Annotated[LongText, "Your note"], goes: Annotated[str | None, "How it goes"] = None
) -> Reply:
    """Keep a note."""
    _keep(ctx, text)
    match goes:
        case "refused":
            raise NotToday(who=ctx.person.name)
        case "broken":
            raise RuntimeError(f"a bug with {text}")
        case "disk full":
            raise CannotSave("the disk is full")
        case "cut":
            raise MaybeSaved("the connection broke")
    return reply(card("", say("Kept: {text}", text=text)))


def some(ctx: Context) -> list[Choice]:
    went.append("suggested")
    return [Choice(code(2**62), to_text(f"Activity of {ctx.group.title}"), ("1",))]


@feature.command(access=Access.READ)
def responses(ctx: Context, activity: Annotated[ActivityId | None, "Which activity", Pick(some)] = None) -> Reply:
    """See the responses."""
    return reply(card("", say("{who} reads in {group}.", who=ctx.person.name, group=ctx.group.title)))


@feature.command(access=Access.NOTHING, anywhere=True)
def help(ctx: Context) -> Reply:
    """Tell what I can do."""
    return reply(card("", say("Hello {who}.", who=ctx.person.name)))


@feature.command(access=Access.READ)
def week(ctx: Context) -> Reply:
    """Show the week."""
    return reply(card("", say("{when} in {zone}", when=Moment(ctx.now), zone=ctx.zone.key)))


@feature.command()
def enrol(ctx: Context) -> Reply:
    """Join."""
    return reply(card("", say("Welcome {who}.", who=ctx.person.name)))


@feature.command("lead announce")
def announce(ctx: Context) -> Reply:
    """Tell everyone."""
    raise AssertionError("nobody gets here")


@feature.command("nobody's")
def nobodys(ctx: Context) -> Reply:
    """Do what is in no table of rights."""
    raise AssertionError("nobody gets here")


@feature.on(MessageDeleted)
def first(ctx: Context, event: MessageDeleted) -> None:
    ctx.due(DueKind.RAISE_QUESTION, 7, timedelta(hours=1))
    raise RuntimeError("the first listener has a bug")


@feature.on(MessageDeleted)
def second(ctx: Context, event: MessageDeleted) -> None:
    raise NotToday(who="second")


@feature.on(MessageDeleted)
def third(ctx: Context, event: MessageDeleted) -> None:
    went.append("third")


@feature.routine(DueKind.RAISE_QUESTION)
def raise_question(ctx: Context, item: int) -> None:
    ctx.show(card("", say("Raised {n} in {group}", n=item, group=ctx.group.title)), About("question", item))
    if item == 13:
        raise RuntimeError("a bad item")


async def untouched(on: Scene) -> bool:
    """Return whether nothing was kept, nothing posted and nothing planned."""

    def view(uow: UnitOfWork) -> bool:
        return not uow.outbox.of_group(on.group.id) and uow.agenda.at(DueKind.RAISE_QUESTION, 7) is None

    return await on.reads(view) and on.home.messages == []


def call(
    on: Scene, who: str, command: str, *, channel: ChannelRef | None = None, direct: bool = False, **given_: str
) -> Invocation:
    where = None if direct else channel or on.home.ref
    return Invocation(str(next(_ids)), command, AccountRef("local", who), who.title(), where, arguments=given_)


async def read(on: Scene, *args: str, **given_: object) -> str:
    return plain((await on.bot.invoke(call(on, *args, **given_))).cards[0])  # type: ignore[arg-type]
