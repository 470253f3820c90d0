"""A group's export: its outline for the next group, and what happened in it."""

from __future__ import annotations

from bot.cards import Reply, card, reply
from bot.context import Context
from bot.feature import Feature
from bot.options import Access
from bot.study import export
from bot.text import say

feature = Feature("exports")


@feature.command("lead export", access=Access.READ, title="Export the group")
def lead_export(ctx: Context) -> Reply:
    """Download the course outline and what happened in the group."""
    outline = ctx.outlines.write(export.outline_of(ctx.uow.weeks, ctx.group))
    tables = export.tables(ctx.uow, ctx.group)
    return reply(
        card(
            "",
            say("Here is {group}: an outline to start another group from, and what happened.", group=ctx.group.title),
            say("They name people. Keep them where only those who lead the group can read them."),
        ),
        files=[outline, *export.files(ctx.group, tables, now=ctx.now)],
    )
