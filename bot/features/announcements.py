"""Announcements: a word from those who lead the group, seen by everyone, previewed first."""

from __future__ import annotations

from typing import Annotated

from bot.cards import ButtonStyle, Card, Reply, Tone, card, paragraph, reply
from bot.chat import About
from bot.context import Context
from bot.feature import Feature
from bot.ids import DraftId
from bot.options import LongText
from bot.pages import pages
from bot.study.drafts import Draft, taken
from bot.study.groups import changeable
from bot.text import say

feature = Feature("announcements")


@feature.command("lead announce", title="Announce something", asks=("text",))
def lead_announce(ctx: Context, text: Annotated[LongText | None, "What everyone should know"] = None) -> Reply:
    """Write to the whole group; you see it before they do."""
    changeable(ctx.group)
    if text is None:
        if ctx.call.submitted:
            ctx.missing("text")
        return ctx.form(needed=("text",))
    draft = Draft(DraftId(ctx.new_id()), ctx.person.id, ctx.group.id, "lead announce", (("text", text),), ctx.now)
    ctx.uow.drafts.add(draft)
    confirm = card(
        "",
        say("This is how your group will see it. It is kept for a day."),
        buttons=[
            ctx.button(say("Post now"), "lead announce post", ButtonStyle.PRIMARY, draft=draft.id),
            ctx.button(say("Write it anew"), "lead announce"),
        ],
        tone=Tone.NEEDS_YOU,
    )
    return reply(*_cards(ctx, text), confirm)


def _cards(ctx: Context, text: str) -> tuple[Card, ...]:
    parts = [paragraph(part.strip()) for part in text.split("\n\n") if part.strip()]
    title = say("A word from {who}", who=ctx.mention(ctx.person.id))
    more = say("A word from {who}, continued", who=ctx.mention(ctx.person.id))
    return pages(title, parts, more=more, buttons=[ctx.button(say("This week"), "week")])


@feature.command("lead announce post", hidden=True)
def lead_announce_post(ctx: Context, draft: Annotated[DraftId, "Which announcement"]) -> Reply:
    """Post an announcement that you previewed."""
    changeable(ctx.group)
    found = taken(ctx.uow.drafts, draft, ctx.person.id, ctx.group.id, "lead announce")
    if found is None:
        again = ctx.button(say("Announce something"), "lead announce")
        return reply(card("", say("This is posted already, or more than a day old."), buttons=[again]))
    cards = _cards(ctx, dict(found.arguments)["text"])
    ctx.show(cards, About("announcement", found.id))
    return reply(card("", say("Posted: everyone in the group can see it."), tone=Tone.DONE))
