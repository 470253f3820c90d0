"""A group's page on the web: made by those who lead it, naming only who wants to be named."""

from __future__ import annotations

from typing import Annotated

from bot.cards import ButtonStyle, Card, LinkButton, Reply, Tone, bullets, card, paragraph, reply
from bot.chat import About
from bot.context import Context
from bot.errors import Refusal
from bot.feature import Feature
from bot.study import publishing
from bot.study.directory import entry
from bot.study.groups import GroupState
from bot.study.links import Url
from bot.study.publishing import Kind, NoPages, Publication
from bot.text import Link, join, say, to_text

feature = Feature("publishing groups")

SLOT = "page"
"""The slot of the message that tells a group of its page."""


class NotOnTheWeb(Refusal):
    """{group} has no public page. Those who lead it make one with /lead group page."""


class NothingToShow(Refusal):
    """{group} was cancelled, so a page would only disappoint. Start another group with /lead group create."""


def address(ctx: Context, found: Publication) -> str:
    """Return the web address of a group's page; raises NoPages where nothing is on the web."""
    if ctx.site is None:
        raise NoPages
    return f"{ctx.site}g/{found.slug}/"


@feature.command("lead group page", title="The group's page on the web")
def page(
    ctx: Context,
    public: Annotated[bool | None, "Anybody can see it"] = None,
    join: Annotated[Url | None, "Link by which people come to your server or workspace"] = None,
    listed: Annotated[bool | None, "Search engines may list it"] = None,
) -> Reply:
    """Let the group have a page on the web that people can find and print, or take it down."""
    if ctx.site is None:
        raise NoPages
    group = ctx.uow.groups.lock(ctx.group.id) or ctx.group
    before = ctx.uow.publications.of_group(group.id)
    stands = before is not None and before.withdrawn_at is None
    if public is False:
        return _take_down(ctx, before if stands else None)
    if not stands and not public:
        return reply(_question(ctx))
    if group.state is GroupState.CANCELLED:
        raise NothingToShow(group=group.title)
    found = publishing.publish_group(
        ctx.uow.publications, group, ctx.person.id, listed=listed, join_link=join, now=ctx.now
    )
    if not stands:
        ctx.show(_announcement(ctx, found), About("group", group.id), slot=SLOT)
    return reply(_state(ctx, found, new=not stands))


def _question(ctx: Context) -> Card:
    """Return what the page would show."""
    leaders = [to_text(person.name) for person in entry(ctx.uow, ctx.group).leaders]
    return card(
        say("A page for {group}?", group=ctx.group.title[:80]),
        say("Anybody on the web would see:"),
        bullets(
            [
                say("title, description, weeks and activities with their dates, and how to join"),
                say("who leads it, with their track record: {names}", names=join(leaders)),
                say("how many learn here and how many places are left, as numbers"),
            ]
        ),
        say("Nothing that people wrote here is on it. Learners are named only if they say so themselves."),
        say("It can be printed as a poster, and there is a calendar to subscribe to."),
        buttons=[ctx.button(say("Make it public"), "lead group page", ButtonStyle.PRIMARY, public="yes")],
    )


def _state(ctx: Context, found: Publication, *, new: bool) -> Card:
    where = address(ctx, found)
    if found.join_link:
        joining = say("People come to your chat by {link}.", link=Link(found.join_link, found.join_link))
    else:
        joining = say("It doesn't say how to come to your chat. Give it an invitation: /lead group page join:LINK")
    return card(
        say("The group's page"),
        say("It is on the web now, and I told the group.") if new else say("It is on the web."),
        Link(where, where),
        joining,
        say("Search engines may list it.") if found.listed else say("Search engines are asked to leave it out."),
        buttons=[
            LinkButton(say("Open it"), where),
            ctx.button(say("Keep search engines away"), "lead group page", listed="no")
            if found.listed
            else ctx.button(say("Let search engines list it"), "lead group page", listed="yes"),
            ctx.button(say("Take it down"), "lead group page", ButtonStyle.DANGER, public="no"),
        ],
        tone=Tone.DONE,
    )


def _announcement(ctx: Context, found: Publication) -> Card:
    """Return what the group is told."""
    where = address(ctx, found)
    return card(
        say("{group} has a page on the web", group=ctx.group.title[:80]),
        Link(where, where),
        say("It shows the weeks, the dates and who leads. Those who learn here are a number on it."),
        say("If you like to be named there, say so. Nothing that you write here is shown."),
        buttons=[ctx.button(say("Name me there"), "group name me", shown="yes"), LinkButton(say("Open it"), where)],
    )


def _take_down(ctx: Context, stands: Publication | None) -> Reply:
    if stands is None:
        return reply(card("", say("{group} has no public page, so nothing changed.", group=ctx.group.title)))
    publishing.withdraw(ctx.uow.publications, stands, now=ctx.now)
    ctx.take_back(About("group", ctx.group.id), SLOT)
    return reply(
        card(
            "",
            say("The page is taken down. Within a minute, its address says so."),
            buttons=[ctx.button(say("Make it public again"), "lead group page", public="yes")],
            tone=Tone.DONE,
        )
    )


@feature.command("group name me", hidden=True, title="Your name on the group's page")
def name_me(ctx: Context, shown: Annotated[bool, "Name me there"]) -> Reply:
    """Be named on the group's page on the web, or no more."""
    found = ctx.uow.publications.of_group(ctx.group.id)
    if shown and (found is None or found.withdrawn_at is not None or ctx.site is None):
        raise NotOnTheWeb(group=ctx.group.title)
    publishing.choose(ctx.uow.publications, ctx.person.id, (Kind.NAME, ctx.group.id), shown=shown, now=ctx.now)
    if shown:
        what = say("Your name stands on the group's page now. If your portfolio is public, it leads there.")
        again = ctx.button(say("Take my name off"), "group name me", shown="no")
    else:
        what = say("Your name is not on the group's page any more.")
        again = ctx.button(say("Name me again"), "group name me", shown="yes")
    return reply(card("", paragraph(what), buttons=[again], tone=Tone.DONE))
