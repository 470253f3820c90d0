"""One's own story: a line to what is in the portfolio, in one's own words, and what of it comes first (S5)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

from bot.cards import Block, Button, Card, Choice, Quote, Reply, Tone, bullets, card, paragraph, reply
from bot.context import Context
from bot.errors import Refusal
from bot.feature import Feature
from bot.ids import code, from_code
from bot.measure import excerpt
from bot.options import Access, LongText, Pick
from bot.study import portfolio, portfolio_files, publishing
from bot.study.pieces import Thing, kind_of, things
from bot.study.publishing import Kind
from bot.study.stories import LONGEST, Story
from bot.text import EMPTY, say, to_text

feature = Feature("stories")

PAGE = 6
"""Things on one page: each has a button, and the ways on have the others."""


class TooLongALine(Refusal):
    """A line to your work has at most {longest} characters, so that it is read. Shorten it to what matters most."""


@feature.command("portfolio stories", access=Access.READ, anywhere=True, title="Your own words")
def stories(ctx: Context, page: Annotated[int, "Page"] = 1) -> Reply:
    """Say in your own words what something in your portfolio meant to you."""
    every = list(_things(ctx))
    last = max(1, -(-len(every) // PAGE))
    page = min(max(page, 1), last)
    shown = every[(page - 1) * PAGE : page * PAGE]
    blocks: list[Block] = []
    for number, (_, thing) in enumerate(shown, 1):
        blocks.append(paragraph(to_text(f"{number}. "), excerpt(portfolio_files.line_of(thing), 200)))
        blocks += [Quote(excerpt(to_text(thing.story), 200))] if thing.story else []
    if not shown:
        blocks = [paragraph(say("There is nothing in your portfolio yet. What you do in a group comes in by itself."))]
    return reply(
        card(
            say("Your own words"),
            say("A line of yours beside your work tells others why it mattered. It stands in your portfolio."),
            *blocks,
            buttons=[
                *(_tell(number, kind, thing) for number, (kind, thing) in enumerate(shown, 1)),
                Button(say("Previous"), "portfolio stories", (("page", str(page - 1)),)) if page > 1 else None,
                Button(say("Next"), "portfolio stories", (("page", str(page + 1)),)) if page < last else None,
                Button(say("My portfolio"), "portfolio"),
            ],
            footer=say("Page {page} of {last}", page=page, last=last) if last > 1 else EMPTY,
        ),
        update="page" in ctx.call.arguments,
    )


def _tell(number: int, kind: Kind, thing: Thing) -> Button:
    return Button(say("Write to {n}", n=number), "portfolio story", (("what", _value(kind, thing)),))


def _things(ctx: Context) -> Iterator[tuple[Kind, Thing]]:
    """Yield what is in somebody's portfolio, or in its chapter of this group, with what each is."""
    mine = portfolio.chapters_of(ctx.uow.members, ctx.person.id) if ctx.person.id else []
    groups = ctx.uow.groups.many(member.group for member in mine)
    for member in mine:
        if member.group in groups and (ctx.maybe_group is None or ctx.maybe_group.id == member.group):
            for part in portfolio.arranged(portfolio.chapter(ctx.uow, groups[member.group], member)):
                yield from ((kind_of(thing), thing) for thing in things(part))


@feature.command("portfolio order", access=Access.READ, anywhere=True, title="What comes first")
def order(ctx: Context, page: Annotated[int, "Page"] = 1) -> Reply:
    """See in which order your portfolio is read, and put first what matters most."""
    return reply(_ordered(ctx, page), update="page" in ctx.call.arguments)


def mine(ctx: Context) -> Sequence[Choice]:
    """Return what somebody can put first here."""
    return [Choice(_value(kind, thing), portfolio_files.line_of(thing)) for kind, thing in _things(ctx)]


def _value(kind: Kind, thing: Thing) -> str:
    return f"{kind}:{code(thing.id)}"


@feature.command("portfolio first", anywhere=True, hidden=True, title="What comes first")
def put_first(
    ctx: Context,
    what: Annotated[str, "Which thing of yours", Pick(mine)],
    first: Annotated[bool, "Show it first"] = True,
    page: Annotated[int, "Page"] = 1,
) -> Reply:
    """Show one thing of your portfolio first, or leave it in its week."""
    kind, _, id = what.partition(":")
    ctx.uow.people.lock(ctx.person.id)
    item = Kind(kind), from_code(id) or 0
    publishing.put_first(ctx.uow.publications, ctx.person.id, item, first=first, now=ctx.now)
    return reply(_ordered(ctx, page), update=True)


def _ordered(ctx: Context, page: int) -> Card:
    """Return one page of what can be put first."""
    every = list(_things(ctx))
    last = max(1, -(-len(every) // PAGE))
    page = min(max(page, 1), last)
    here = every[(page - 1) * PAGE : page * PAGE]
    lines = [
        say("{what} (comes first)", what=excerpt(portfolio_files.line_of(thing), 200))
        if thing.place is not None
        else excerpt(portfolio_files.line_of(thing), 200)
        for _, thing in here
    ]
    nothing = say("There is nothing in your portfolio yet. What you do in a group comes in by itself.")
    return card(
        say("What comes first"),
        say("What you put first is read before everything else, wherever your portfolio goes. The rest is by week."),
        bullets(to_text(f"{number}. ") + line for number, line in enumerate(lines, 1)) if here else paragraph(nothing),
        buttons=[
            *(_put(number, kind, thing, page) for number, (kind, thing) in enumerate(here, 1)),
            Button(say("Previous"), "portfolio order", (("page", str(page - 1)),)) if page > 1 else None,
            Button(say("Next"), "portfolio order", (("page", str(page + 1)),)) if page < last else None,
            Button(say("My portfolio"), "portfolio"),
        ],
        footer=say("Page {page} of {last}", page=page, last=last) if last > 1 else EMPTY,
    )


def _put(number: int, kind: Kind, thing: Thing, page: int) -> Button:
    label = say("Show {n} first", n=number) if thing.place is None else say("Leave {n} in its week", n=number)
    first = "yes" if thing.place is None else "no"
    return Button(label, "portfolio first", (("what", _value(kind, thing)), ("first", first), ("page", str(page))))


@feature.command("portfolio story", anywhere=True, hidden=True, title="Your own words")
def story(
    ctx: Context,
    what: Annotated[str, "Which thing of yours", Pick(mine)],
    line: Annotated[LongText | None, "Why it matters to you; empty takes your line away"] = None,
) -> Reply:
    """Write your own line to something in your portfolio."""
    kind, _, written = what.partition(":")
    id = from_code(written) or 0
    if line is None and not ctx.call.submitted:
        return ctx.form(["line"], line=ctx.uow.stories.of_person(ctx.person.id).get((kind, id), ""))
    words = (line or "").strip()
    if len(words) > LONGEST:
        raise TooLongALine(longest=LONGEST)
    ctx.uow.stories.tell(Story(ctx.new_id(), ctx.person.id, kind, id, words))
    done = say("Kept: your line stands beside it now.") if words else say("Your line is gone; the work itself stays.")
    more = Button(say("Write to another"), "portfolio stories")
    return reply(card("", done, buttons=[more, Button(say("My portfolio"), "portfolio")], tone=Tone.DONE))
