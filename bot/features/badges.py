"""Badges: what somebody who finished a group can show to anybody, and how they get it."""

from __future__ import annotations

from bot.cards import Block, Reply, Tone, bullets, card, paragraph, reply
from bot.context import Context
from bot.errors import ConfigError, Refusal
from bot.feature import Feature
from bot.options import Access
from bot.study import badges
from bot.study.badges import Badge, Evidence
from bot.study.groups import Group
from bot.study.publishing import Standing
from bot.text import say, to_text

feature = Feature("badges")


class NoKeyHere(Refusal):
    """This bot can't sign badges yet, as its key is not set up. Your record is safe; ask whoever runs the bot."""


class NoGroupFinished(Refusal):
    """You get a badge for each group that you finish. Your portfolio shows how far you are: /portfolio."""


@feature.command("portfolio badge", access=Access.READ, anywhere=True, title="Your badge")
def portfolio_badge(ctx: Context) -> Reply:
    """Download the badge of a group that you finished; anybody can check that it is real."""
    if ctx.maybe_group is None:
        return _which(ctx)
    given = ctx.uow.badges.of(ctx.group.id, ctx.person.id)
    if given is not None:
        return _files(ctx, ctx.group, given)
    badges.check_may_make(ctx.uow, ctx.group, ctx.person.id)
    words = say("You finished {group}. Your badge can be made now.", group=ctx.group.title)
    return reply(card("", words, buttons=[ctx.button(say("Make my badge"), "portfolio badge make")]))


def _which(ctx: Context) -> Reply:
    """Return the groups that somebody can have a badge of."""
    mine = ctx.uow.members.of_person(ctx.person.id, badges.FINISHED) if ctx.person.id else []
    groups = ctx.uow.groups.many(member.group for member in mine)
    here = ctx.call.channel
    finished = [
        group
        for group in groups.values()
        if badges.has_finished(ctx.uow, group.id, ctx.person.id)
        and (here is None or any(home.channel.where == here.where for home in ctx.uow.groups.homes(group.id)))
    ]
    if not finished:
        raise NoGroupFinished
    if len(finished) == 1:
        return portfolio_badge(ctx.within(finished[0], ctx.person))
    buttons = [ctx.within(group).button(to_text(group.title[:30]), "portfolio badge") for group in finished[:10]]
    return reply(card(say("Your badges"), say("The badge of which group?"), buttons=buttons))


def _files(ctx: Context, group: Group, given: Badge) -> Reply:
    """Return a badge as files, with what can be done with them."""
    record = ctx.uow.records.of(group.id, ctx.person.id)
    if record is None or ctx.issuer is None:
        raise NoKeyHere
    claim = badges.claim(given, group, record, ctx.languages.get(group.language), _evidence(ctx))
    try:
        files = ctx.issuer.files(claim)
    except ConfigError as error:
        raise NoKeyHere from error
    blocks: list[Block] = [
        paragraph(say("Here is your badge. The picture carries a signed statement of what you did.")),
        bullets(
            [
                say("badge.png and badge.svg: pictures to show, which wallets for Open Badges 3.0 read"),
                say("badge.jwt: the statement alone"),
            ]
        ),
    ]
    blocks.append(
        paragraph(say("Pass the files on as they are: a copy that was edited or made smaller no longer holds."))
    )
    if claim.evidence:
        blocks.append(paragraph(say("It links to your published portfolio.")))
    else:
        blocks.append(paragraph(say("If you publish your portfolio, a badge downloaded after that links to it.")))
    return reply(card(say("Your badge: {group}", group=group.title[:80]), *blocks, tone=Tone.DONE), files=files)


def _evidence(ctx: Context) -> list[Evidence]:
    """Return where the work can be seen by anybody now."""
    found = ctx.uow.publications.of_person(ctx.person.id)
    if found is None or ctx.site is None or found.standing(ctx.now) is not Standing.OPEN:
        return []
    named = ctx.language.plain(say("Portfolio of {name}", name=ctx.person.name))
    return [Evidence(f"{ctx.site}p/{found.slug}/", named)]


@feature.command("portfolio badge make", anywhere=True, hidden=True)
def make_badge(ctx: Context) -> Reply:
    """Have the badge made of a group that you finished."""
    ctx.uow.people.lock(ctx.person.id)  # pressed twice, the second finds the first
    if ctx.uow.badges.of(ctx.group.id, ctx.person.id) is None:
        badges.check_may_make(ctx.uow, ctx.group, ctx.person.id)
    badges.give(ctx.uow, ctx.group, ctx.person, now=ctx.now)
    words = say("Your badge for {group} is made.", group=ctx.group.title)
    return reply(card("", words, buttons=[ctx.button(say("Download it"), "portfolio badge")], tone=Tone.DONE))
