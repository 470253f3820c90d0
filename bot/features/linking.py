"""Linking accounts: one code joins two into one person, one tap takes them apart again."""

from __future__ import annotations

from typing import Annotated

from bot.cards import Button, ButtonStyle, Card, Reply, Tone, bullets, button, card, paragraph, reply
from bot.chat import About, Direct
from bot.context import Context
from bot.errors import Refusal
from bot.feature import Feature
from bot.ids import CodeId, PersonId, code
from bot.study import codes, linking, publishing
from bot.study.audit import scope_of
from bot.study.codes import Purpose
from bot.study.people import Account
from bot.text import EMPTY, Strong, Text, join, say, to_text

feature = Feature("linking accounts")


@feature.command(anywhere=True, title="Link your accounts")
def link(ctx: Context, typed: Annotated[str | None, "The code that your other account was shown"] = None) -> Reply:
    """Use several accounts as one person, or take them apart again."""
    if typed is not None:
        return _typed(ctx, typed)
    codes.count_made(ctx.uow, ctx.person.id, ctx.now)
    shown = codes.made(ctx.uow, Purpose.PERSON, ctx.person.id, ctx.call.account, ctx.now)
    accounts = _accounts(ctx, ctx.person.id)
    linked = len(accounts) > 1
    return reply(
        card(
            say("Your accounts"),
            bullets([_called(account) for account in accounts]),
            say("Do you have another one, on another platform or in another workspace? Type this there:"),
            paragraph(Strong(f"/link {shown}")),
            say("It works once, within 10 minutes, and only for yourself: whoever types it becomes one with you."),
            buttons=[
                button(say("I have a code"), "link type"),
                button(say("Unlink them…"), "unlink") if linked else None,
            ],
        )
    )


@feature.command("link type", anywhere=True, hidden=True, title="Link your accounts")
def type_code(ctx: Context, typed: Annotated[str, "The code that your other account was shown"]) -> Reply:
    """Type the code that your other account was shown."""
    return _typed(ctx, typed)


def _typed(ctx: Context, typed: str) -> Reply:
    """Name both accounts, and ask whether they are to be one person."""
    space = str(ctx.call.channel.where) if ctx.call.channel else ""
    found = codes.tried(ctx.uow, Purpose.PERSON, typed, ctx.person.id, ctx.call.account, space, ctx.now)
    if isinstance(found, Refusal):
        return reply(card("", found.text, buttons=[button(say("Show me a code"), "link")]))
    theirs = _accounts(ctx, ctx.uow.people.now_is(PersonId(found.item)))
    there = next((one for one in theirs if one.ref == found.account), None)
    named = _called(there) if there is not None else join([_called(one) for one in theirs])
    here = ctx.uow.people.account(ctx.call.account)
    return reply(
        card(
            say("Are both of them you?"),
            bullets([named, _called(here) if here is not None else to_text(ctx.person.name)]),
            say("If you join them, your work, likes, places in groups and settings are together, here and there."),
            say("Did somebody else give you this code? Then stop here: nothing has happened yet."),
            buttons=[button(say("Join both"), "link join", style=ButtonStyle.PRIMARY, id=code(found.id))],
            tone=Tone.NEEDS_YOU,
        )
    )


@feature.command("link join", anywhere=True, hidden=True)
def join_both(ctx: Context, id: Annotated[CodeId, "Which code"]) -> Reply:
    """Let both of your accounts be one person."""
    found = ctx.uow.codes.spend(id, ctx.call.account, ctx.now)
    other = ctx.uow.people.now_is(PersonId(found.item)) if found is not None else None
    if found is None or found.purpose is not Purpose.PERSON or other is None or ctx.uow.people.get(other) is None:
        words = say("This code was used already, or its time is over. Your accounts are as they were.")
        return reply(card("", words, buttons=[button(say("See my accounts"), "link")]))
    public = any(publishing.published(ctx.uow.publications, one) for one in (other, ctx.person.id))
    together = linking.join(ctx.uow, other, ctx.person.id, now=ctx.now)
    ctx.uow.audit.add(
        scope_of(None), ctx.now, together.id, "link join", f"person={min(other, ctx.person.id)} joined={ctx.person.id}"
    )
    accounts = _accounts(ctx, together.id)
    if found.account is not None:
        told = card(
            say("Your accounts are linked"),
            bullets([_called(account) for account in accounts]),
            say("Was that not you? Take them apart, and each is as it was."),
            buttons=[button(say("Unlink them…"), "unlink")],
        )
        ctx.show_at([Direct(found.account)], told, About("person", together.id), slot=f"linked {code(found.id)}")
    return reply(
        card(
            "",
            say("Done: you are one person with all of these."),
            bullets([_called(account) for account in accounts]),
            say("What both have done is together now. A like from both counts once."),
            say("Your portfolio is private now, as it would show what both have made.") if public else EMPTY,
            buttons=[
                button(say("Publish it again"), "portfolio publish") if public else None,
                button(say("My portfolio"), "portfolio"),
                button(say("Unlink them…"), "unlink"),
            ],
            tone=Tone.DONE,
        )
    )


@feature.command(anywhere=True, hidden=True)
def unlink(ctx: Context, sure: Annotated[bool, "Yes, take them apart"] = False) -> Reply:
    """Take your accounts apart again."""
    accounts = _accounts(ctx, ctx.person.id)
    if not ctx.uow.people.aliases(ctx.person.id):
        return reply(card("", say("None of your accounts is linked with another."), buttons=[_again()]))
    if not sure:
        words = say("Take these apart again? Each gets back what it made, before and since.")
        yes = button(say("Unlink them"), "unlink", style=ButtonStyle.DANGER, sure="yes")
        return reply(_listing(words, accounts, [yes], Tone.NEEDS_YOU))
    others = linking.part(ctx.uow, ctx.person.id, now=ctx.now)
    items = " ".join([f"person={ctx.person.id}", *(f"parted={other}" for other in others)])
    ctx.uow.audit.add(scope_of(None), ctx.now, ctx.person.id, "unlink", items)
    return reply(_listing(say("Done: each of them stands by itself again."), accounts, [_again()], Tone.DONE))


def _again() -> Button:
    return button(say("Link accounts"), "link")


def _listing(words: Text, accounts: tuple[Account, ...], buttons: list[Button], tone: Tone) -> Card:
    return card("", words, bullets([_called(account) for account in accounts]), buttons=buttons, tone=tone)


def _accounts(ctx: Context, person: PersonId) -> tuple[Account, ...]:
    return ctx.uow.people.accounts([person]).get(person, ())


def _called(account: Account) -> Text:
    """Return how an account is called, and where."""
    return say("{name} on {platform}", name=account.name, platform=account.ref.platform.capitalize())
