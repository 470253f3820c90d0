"""How long texts are kept is said by an admin, who sees before what would go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Annotated

from bot.cards import Block, Button, ButtonStyle, Card, Reply, Tone, bullets, button, card, paragraph, reply
from bot.context import Context
from bot.feature import Feature
from bot.features.retention.going import plan_anew
from bot.study import retention, spaces
from bot.study.spaces import Space
from bot.text import Moment, MomentStyle, Text, say, say_n

feature = Feature("term of texts")

OFFERED = (6, 12, 24)
"""Terms with a button of their own, in months."""


@feature.command("study privacy", anywhere=True, title="How long texts are kept")
def privacy(
    ctx: Context,
    months: Annotated[int | None, "Months after a group's end; 0 keeps everything"] = None,
    sure: Annotated[bool, "Yes, let texts go then"] = False,
) -> Reply:
    """See and say how long what people write is kept after a group's end."""
    space = spaces.here(ctx.uow.spaces, ctx.call.channel)
    if months is None:
        return reply(_card(space, None))
    if not 0 <= months <= retention.LONGEST:
        raise retention.NotATerm(longest=retention.LONGEST)
    term = months or None
    if term is not None and not sure and term != space.keep_months:
        return reply(_confirm(ctx, space, term))
    if term != space.keep_months:
        space = replace(space, keep_months=term)
        ctx.uow.spaces.save(space)
        for group in retention.over_in(ctx.uow.groups, space.ref):
            plan_anew(ctx, group)
    return reply(_card(space, say("Saved.")))


def _card(space: Space, saved: Text | None) -> Card:
    term = space.keep_months
    offered = [_offer(months) for months in OFFERED if months != term]
    return card(
        say("How long texts are kept"),
        saved or "",
        retention.in_words(term),
        say("Two weeks before texts go, the group and those who lead it are told, so that all can take along theirs."),
        buttons=[
            *offered,
            button(say("For good"), "study privacy", months="0") if term is not None else None,
        ],
        footer=say("Any other number, from 1 to {n}, like /study privacy months:18", n=retention.LONGEST),
        tone=Tone.DONE if saved else Tone.PLAIN,
    )


def _offer(months: int) -> Button:
    return button(retention.months(months), "study privacy", months=str(months))


def _confirm(ctx: Context, space: Space, term: int) -> Card:
    """Say what would go, and ask."""
    wanted = list(_ends(ctx, space, term))
    soon = sum(at <= ctx.now for at in wanted)
    then = Moment(ctx.now + retention.NOTICE, MomentStyle.DATE)
    blocks: list[Block] = [
        paragraph(
            say(
                "In every group here that has been over for {months}, this would go for good:",
                months=retention.months(term),
            )
        ),
        bullets(
            [
                say("the texts and links of work and notes, and of feedback"),
                say("the words of questions and answers, goals and applications"),
                say("my messages that show them"),
            ]
        ),
        paragraph(say("Participation records, badges, likes and counts stay, and what people published themselves.")),
    ]
    if soon:
        blocks.append(
            paragraph(
                say_n(
                    "{n} group has been over for as long already: it is told now, and its texts go on {date}.",
                    "{n} groups have been over for as long already: they are told now, and their texts go on {date}.",
                    soon,
                    date=then,
                )
            )
        )
    return card(
        say("Let texts go after {months}?", months=retention.months(term)),
        *blocks,
        buttons=[
            button(
                say("Yes, after {months}", months=retention.months(term)),
                "study privacy",
                style=ButtonStyle.DANGER,
                months=str(term),
                sure="yes",
            ),
            button(say("Leave it as it is"), "study privacy"),
        ],
        tone=Tone.NEEDS_YOU,
    )


def _ends(ctx: Context, space: Space, term: int) -> Iterator[datetime]:
    for group in retention.over_in(ctx.uow.groups, space.ref):
        if group.ended_at is not None:
            yield retention.after(group.ended_at, term)
