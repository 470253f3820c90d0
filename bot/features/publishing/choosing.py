"""What one's portfolio shows to others, thing by thing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

from bot.cards import LABEL_COST, Button, Card, Choice, Reply, bullets, card, paragraph, reply
from bot.context import Context
from bot.feature import Feature
from bot.ids import code, from_code
from bot.measure import excerpt
from bot.options import Access, Pick
from bot.study import publishing
from bot.study.badges import has_finished
from bot.study.directory import is_near
from bot.study.links import host_of
from bot.study.pieces import Answered, Asked, Kept, Part, Reviewed, Thing, Work, kind_of, things
from bot.study.portfolio import Chapter, chapter, chapters_of
from bot.study.public import shows
from bot.study.publishing import Item, Kind, is_shown
from bot.text import EMPTY, Strong, Text, TextLike, say

feature = Feature("choosing what is public")

PAGE = 7
"""Things on one page: each has a button, and three more lead on."""
WORDS = 60
"""Characters by which a thing is known again."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that can be shown or hidden, in words."""

    item: Item
    name: TextLike
    what: Text
    shown: bool


@feature.command("portfolio items", access=Access.READ, anywhere=True, hidden=True, title="What your portfolio shows")
def items(ctx: Context, page: Annotated[int, "Page"] = 1) -> Reply:
    """See what your portfolio shows to others, and change it."""
    return reply(_card(ctx, page), update="page" in ctx.call.arguments)


def mine(ctx: Context) -> Sequence[Choice]:
    """Return what somebody can show and hide here."""
    return [Choice(_value(one.item), one.what) for one in _lines(ctx)]


def _value(item: Item) -> str:
    kind, id = item
    return f"{kind}:{code(id)}"


@feature.command("portfolio item", anywhere=True, hidden=True, title="What your portfolio shows")
def item(
    ctx: Context,
    what: Annotated[str, "Which thing of yours", Pick(mine)],
    shown: Annotated[bool, "Show it"],
    page: Annotated[int, "Page"] = 1,
) -> Reply:
    """Show one thing in your public portfolio, or hide it."""
    kind, _, id = what.partition(":")
    meant = Kind(kind), from_code(id) or 0
    publishing.choose(ctx.uow.publications, ctx.person.id, meant, shown=shown, now=ctx.now)
    return reply(_card(ctx, page), update=True)


def _card(ctx: Context, page: int) -> Card:
    """Return one page of what can be shown and hidden."""
    every = list(_lines(ctx))
    last = max(1, -(-len(every) // PAGE))
    page = min(max(page, 1), last)
    here = every[(page - 1) * PAGE : page * PAGE]
    state = {True: say("Shown"), False: say("Hidden")}
    listed = [say("{state}: {what}", state=Strong(ctx.language.plain(state[one.shown])), what=one.what) for one in here]
    return card(
        say("What your portfolio shows"),
        say("You decide about each thing. What is hidden stays in your own portfolio."),
        say("What you made elsewhere can be chosen there, or in a direct conversation with me.")
        if ctx.call.channel is not None
        else "",
        bullets(listed) if here else paragraph(say("There is nothing in it yet.")),
        buttons=[
            *(_switch(one, page) for one in here),
            Button(say("Previous"), "portfolio items", (("page", str(page - 1)),)) if page > 1 else None,
            Button(say("Next"), "portfolio items", (("page", str(page + 1)),)) if page < last else None,
            Button(say("Done"), "portfolio publish"),
        ],
        footer=say("Page {page} of {last}", page=page, last=last) if last > 1 else EMPTY,
    )


def _switch(one: Line, page: int) -> Button:
    label = say("Hide {name}", name=one.name) if one.shown else say("Show {name}", name=one.name)
    arguments = (("what", _value(one.item)), ("shown", "no" if one.shown else "yes"), ("page", str(page)))
    return Button(excerpt(label, LABEL_COST), "portfolio item", arguments)


def _lines(ctx: Context) -> Iterator[Line]:
    """Yield what can be shown and hidden, chapter by chapter; of a chapter that is hidden, only that it is."""
    choices = ctx.uow.publications.choices(ctx.person.id)
    members = chapters_of(ctx.uow.members, ctx.person.id)
    groups = ctx.uow.groups.many(one.group for one in members)
    for member in members:
        if member.group not in groups or not is_near(ctx.uow.groups, member.group, ctx.call.channel):
            continue
        one = chapter(ctx.uow, groups[member.group], member)
        name = _cut(one.title, 30)
        whole = is_shown(choices, Kind.GROUP, one.group)
        yield Line((Kind.GROUP, one.group), name, say("everything from {group}", group=name), whole)
        if whole:
            if has_finished(ctx.uow, one.group, ctx.person.id):
                badge = say("your badge of {group}", group=name)
                yield Line((Kind.BADGE, one.group), say("badge"), badge, is_shown(choices, Kind.BADGE, one.group))
            yield from _inside(one, choices)


def _inside(one: Chapter, choices: dict[Item, bool]) -> Iterator[Line]:
    if one.goal:
        what = say("your goal: {goal}", goal=_cut(one.goal, WORDS))
        yield Line((Kind.GOAL, one.group), _cut(one.goal, 30), what, is_shown(choices, Kind.GOAL, one.group))
    for part in one.parts:
        for piece in things(part):
            name = _name(piece)
            what = _said(part, piece, name)
            yield Line((kind_of(piece), piece.id), _cut(name, 30), what, shows(choices, piece))


def _name(piece: Thing) -> str:
    """Return the words by which its owner knows something again."""
    match piece:
        case Work():
            words = piece.activity
        case Kept():
            words = piece.text or (host_of(piece.link) if piece.link else "")
        case Asked() | Answered() | Reviewed():
            words = piece.text
    return _cut(words, WORDS) or "…"


def _said(part: Part, piece: Thing, name: str) -> Text:
    match piece:
        case Work():
            what = say("your work for {name}", name=name)
        case Kept():
            what = say("your note {name}", name=name)
        case Asked():
            what = say("your question {name}", name=name)
        case Answered():
            what = say("your answer {name}", name=name)
        case Reviewed():
            what = say("your feedback {name}", name=name)
    return what if part.ordinal is None else say("week {number}, {what}", number=part.ordinal, what=what)


def _cut(words: str, longest: int) -> str:
    line = " ".join(words.split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"
