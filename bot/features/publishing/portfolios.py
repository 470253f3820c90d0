"""One's own portfolio on the web: look first, publish, give it another address, take it down."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from bot.cards import Button, ButtonStyle, Card, LinkButton, Reply, Tone, bullets, card, paragraph, reply
from bot.context import Context
from bot.errors import Refusal
from bot.feature import Feature
from bot.options import Access
from bot.study import publishing
from bot.study.directory import is_near
from bot.study.pieces import things
from bot.study.portfolio import Chapter, chapter, chapters_of
from bot.study.public import portfolio_view
from bot.study.publishing import NoPages, NotPublished, Publication
from bot.text import Link, Text, join, say, say_n

feature = Feature("publishing portfolios")

LISTED = 12
"""Chapters that a card names."""


class NothingToPublish(Refusal):
    """Your portfolio is empty so far: it fills by itself once you learn in a group. /groups shows which are open."""


def address(ctx: Context, found: Publication) -> str:
    """Return the web address of a portfolio; raises NoPages where nothing is on the web."""
    if ctx.site is None:
        raise NoPages
    return f"{ctx.site}p/{found.slug}/"


@feature.command("portfolio publish", anywhere=True, title="Publish your portfolio")
def publish_portfolio(ctx: Context) -> Reply:
    """Put your portfolio on the web; you see first what it would show."""
    if ctx.site is None:
        raise NoPages
    ctx.uow.people.lock(ctx.person.id)
    found = publishing.published(ctx.uow.publications, ctx.person.id)
    if found is not None:
        return reply(_public(ctx, found, say("Your portfolio is public.")))
    if not chapters_of(ctx.uow.members, ctx.person.id):
        raise NothingToPublish
    before = publishing.preview(ctx.uow.publications, ctx.person.id, now=ctx.now)
    return reply(_question(ctx, before))


def _question(ctx: Context, before: Publication) -> Card:
    """Return what would be public, and where to look at it."""
    view = portfolio_view(ctx.uow, before)
    shown = view.chapters if view else ()
    near = [one for one in shown if is_near(ctx.uow.groups, one.group, ctx.call.channel)]
    contents = [say("{group}: {what}", group=one.title[:100], what=_counted(one)) for one in near[:LISTED]]
    if left := len(shown) - len(contents):
        contents.append(say_n("what you made in {n} group elsewhere", "what you made in {n} groups elsewhere", left))
    kept = _kept_back(ctx, shown)
    return card(
        say("Publish your portfolio?"),
        say("Anybody who has the address will see your name and this:"),
        bullets(contents) if contents else paragraph(say("Nothing: you have hidden it all.")),
        say_n("{n} thing of yours stays hidden.", "{n} things of yours stay hidden.", kept) if kept else "",
        say("Others appear as numbers of likes and answers, never with their words."),
        say("The address can't be guessed, and search engines are asked to leave it out."),
        buttons=[
            LinkButton(say("Look at it first"), address(ctx, before)),
            Button(say("Choose what is shown"), "portfolio items"),
            Button(say("Publish it"), "portfolio publish now", style=ButtonStyle.PRIMARY),
        ],
        footer=say("The link to look at it first works for 30 minutes, and only for whoever has it."),
    )


def _counted(one: Chapter) -> Text:
    """Return how much of what a chapter shows."""
    work = sum(len(part.work) for part in one.parts)
    notes = sum(len(part.notes) for part in one.parts)
    questions = sum(len(part.questions) for part in one.parts)
    answers = sum(len(part.answers) for part in one.parts)
    reviews = sum(len(part.reviews) for part in one.parts)
    parts = [
        say_n("{n} piece of work", "{n} pieces of work", work) if work else None,
        say_n("{n} note", "{n} notes", notes) if notes else None,
        say_n("{n} question", "{n} questions", questions) if questions else None,
        say_n("{n} answer", "{n} answers", answers) if answers else None,
        say_n("{n} piece of feedback", "{n} pieces of feedback", reviews) if reviews else None,
    ]
    return join([part for part in parts if part]) if any(parts) else say("how far you came")


def _kept_back(ctx: Context, shown: tuple[Chapter, ...]) -> int:
    """Return how many things of somebody's are not shown."""
    mine = chapters_of(ctx.uow.members, ctx.person.id)
    groups = ctx.uow.groups.many(one.group for one in mine)
    every = (chapter(ctx.uow, groups[one.group], one) for one in mine if one.group in groups)
    return _size(every) - _size(iter(shown))


def _size(chapters: Iterator[Chapter]) -> int:
    return sum(1 for one in chapters for part in one.parts for _ in things(part))


@feature.command("portfolio publish now", anywhere=True, hidden=True, title="Publish your portfolio")
def publish_now(ctx: Context, listed: Annotated[bool | None, "Search engines may list it"] = None) -> Reply:
    """Let your portfolio be public from now on, and say whether search engines may list it."""
    if ctx.site is None:
        raise NoPages
    ctx.uow.people.lock(ctx.person.id)
    if not chapters_of(ctx.uow.members, ctx.person.id):
        raise NothingToPublish
    found = publishing.publish(ctx.uow.publications, ctx.person.id, listed=listed, now=ctx.now)
    return reply(_public(ctx, found, say("Your portfolio is public now. Show it to whom you like:")))


def _public(ctx: Context, found: Publication, first: Text) -> Card:
    """Return where a portfolio is and what can be done about it."""
    where = address(ctx, found)
    if found.listed:
        listed = Button(say("Keep search engines away"), "portfolio publish now", (("listed", "no"),))
    else:
        listed = Button(say("Let search engines list it"), "portfolio publish now", (("listed", "yes"),))
    return card(
        say("Your portfolio on the web"),
        first,
        Link(where, where),
        say("Search engines may list it.")
        if found.listed
        else say("Search engines are asked to leave it out: it is for those to whom you give the address."),
        say("What you make from now on comes in by itself. Notes that you keep to yourself do not."),
        buttons=[
            LinkButton(say("Open it"), where),
            Button(say("Choose what is shown"), "portfolio items"),
            listed,
            Button(say("Another address"), "portfolio new address"),
            Button(say("Take it down"), "portfolio hide", style=ButtonStyle.DANGER),
        ],
        tone=Tone.DONE,
    )


@feature.command("portfolio link", access=Access.READ, anywhere=True, title="The address of your portfolio")
def link(ctx: Context) -> Reply:
    """See where your portfolio is on the web, if you have published it."""
    if ctx.site is None:
        raise NoPages
    found = publishing.published(ctx.uow.publications, ctx.person.id)
    if found is None:
        raise NotPublished
    return reply(_public(ctx, found, say("Your portfolio is public.")))


@feature.command("portfolio hide", anywhere=True, title="Take your portfolio down")
def hide(ctx: Context) -> Reply:
    """Take your portfolio off the web; you keep everything in it."""
    ctx.uow.people.lock(ctx.person.id)
    found = publishing.published(ctx.uow.publications, ctx.person.id)
    if found is None:
        raise NotPublished
    publishing.withdraw(ctx.uow.publications, found, now=ctx.now)
    return reply(
        card(
            "",
            say("Your portfolio is private again. Within a minute, its address says that it was taken down."),
            say("Everything in it is kept. If you publish it again, it has the same address."),
            buttons=[
                Button(say("Publish it again"), "portfolio publish"),
                Button(say("My portfolio"), "portfolio"),
            ],
            tone=Tone.DONE,
        )
    )


@feature.command("portfolio new address", anywhere=True, hidden=True, title="Another address for your portfolio")
def move(ctx: Context) -> Reply:
    """Give your portfolio another address; the old one says that it was taken down."""
    if ctx.site is None:
        raise NoPages
    ctx.uow.people.lock(ctx.person.id)
    found = publishing.new_address(ctx.uow.publications, ctx.person.id, now=ctx.now)
    return reply(_public(ctx, found, say("Your portfolio has another address now, and the old one leads nowhere:")))
