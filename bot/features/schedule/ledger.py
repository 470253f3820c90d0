"""The ledger of a group, to look at and to act on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.cards import BUTTONS, Block, Button, ButtonStyle, Heading, Reply, bullets, paragraph, reply
from bot.context import Context
from bot.feature import Feature
from bot.options import Access
from bot.outbox import PostState, Verb
from bot.pages import pages
from bot.study import schedule
from bot.study.groups import ALIVE
from bot.study.ledger import Ledger, Line, ledger, shown
from bot.text import Link, Text, say

feature = Feature("the ledger")

LISTED = 10


@feature.command("lead schedule show", access=Access.READ, title="What is next, and what was posted")
def lead_schedule_show(ctx: Context) -> Reply:
    """See what comes next, what was posted, and what could not be posted and why."""
    found = ledger(ctx.uow, ctx.group, ctx.now)
    blocks: list[Block] = [Heading(say("Next"))]
    blocks.append(_listed(ctx, found.next) if found.next else paragraph(say("Nothing is planned.")))
    for heading, lines in (
        (say("Waits for your answer"), found.asked),
        (say("On the way"), found.waiting),
        (say("Not delivered"), found.failed),
        (say("Left out"), found.skipped),
    ):
        if lines:
            blocks += [Heading(heading), _listed(ctx, lines)]
    blocks.append(Heading(say("Posted last")))
    blocks.append(_listed(ctx, found.sent) if found.sent else paragraph(say("Nothing yet.")))
    return reply(
        *pages(
            say("Schedule of {group}", group=ctx.group.title[:60]),
            blocks,
            more=say("Schedule, continued"),
            buttons=_buttons(ctx, found),
            footer=say("Times are in your own zone."),
        )
    )


def _listed(ctx: Context, lines: Sequence[Line]) -> Block:
    return bullets(_linked(ctx, line) for line in lines[:LISTED])


def _linked(ctx: Context, line: Line) -> Text:
    url = ctx.link(line.message) if line.message is not None else None
    return shown(line) + " · " + Link(ctx.language.plain(say("Open it")), url) if url else shown(line)


def _buttons(ctx: Context, found: Ledger) -> list[Button]:
    """Return what can be done: first about what waits for an answer, then about what is to come."""
    undelivered = list(_undelivered(ctx, found.failed))
    if ctx.group.state not in ALIVE:
        return undelivered
    acting = [*_late(ctx, found.asked), *_undo(ctx), *undelivered]
    return [
        *acting[: BUTTONS - 3],
        ctx.button(say("Open a week"), "newweek"),
        ctx.button(say("Take a break"), "lead schedule break"),
        ctx.button(say("Move weeks"), "lead schedule shift"),
    ]


def _late(ctx: Context, asked: Sequence[Line]) -> Iterable[Button]:
    for week in (line.week for line in asked if line.week is not None):
        post_it = say("Post week {number} now", number=week.ordinal)
        yield ctx.button(post_it, "newweek post", ButtonStyle.PRIMARY, week=week.id)
        yield ctx.button(say("Leave week {number} out", number=week.ordinal), "newweek skip", week=week.id)


def _undo(ctx: Context) -> Iterable[Button]:
    week = schedule.newest_posted(ctx.uow.weeks, ctx.group)
    if week is None or week.posted_at is None or week.posted_by is None:
        return
    if ctx.now - week.posted_at <= schedule.UNDO:
        yield ctx.button(say("Take week {number} back", number=week.ordinal), "newweek undo", week=week.id)


def _undelivered(ctx: Context, failed: Sequence[Line]) -> Iterable[Button]:
    """Yield what can be done about the newest message that did not arrive, came too late, or may be there."""
    stuck = [line.post for line in failed if line.post is not None and line.post.verb is Verb.SEND]
    for post in stuck[:1]:
        if post.state is PostState.UNKNOWN:
            yield ctx.button(say("It's there"), "delivery there", post=post.id)
        yield ctx.button(say("Post again"), "delivery again", post=post.id)
