"""The portfolio, as its owner sees it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Annotated

from bot.cards import Block, Button, Card, File, Heading, Quote, Reply, bullets, card, paragraph, reply
from bot.cards import Progress as Bar
from bot.context import Context
from bot.errors import Refusal
from bot.feature import Feature
from bot.ids import GroupId
from bot.measure import excerpt
from bot.options import Access
from bot.pages import pages
from bot.study import badges, portfolio, portfolio_exports, portfolio_files, portfolio_json, retention
from bot.study.directory import is_near
from bot.study.groups import Group
from bot.study.members import Member
from bot.study.portfolio import Chapter
from bot.text import Moment, MomentStyle, say, to_text

feature = Feature("portfolio")

SHOWN = 350
"""Characters of a text that the portfolio shows in chat; the files have it whole."""
OTHERS = 4
"""Other chapters with a button of their own."""


class NothingYet(Refusal):
    """Your portfolio is empty so far: it fills by itself once you learn in a group. /groups shows which are open."""


@feature.command("portfolio", access=Access.READ, anywhere=True, title="Your portfolio")
def show_portfolio(ctx: Context, page: Annotated[int, "Page"] = 1) -> Reply:
    """See what you have made, asked and answered; only you can see it."""
    mine = portfolio.chapters_of(ctx.uow.members, ctx.person.id)
    groups = ctx.uow.groups.many(member.group for member in mine)
    near = [member for member in mine if is_near(ctx.uow.groups, member.group, ctx.call.channel)]
    mine = [member for member in near if member.group in groups]
    if not mine:
        raise NothingYet
    here = ctx.maybe_group.id if ctx.maybe_group else None
    chosen = next((member for member in mine if member.group == here), mine[0] if len(mine) == 1 else None)
    if chosen is None:
        return reply(_contents(ctx, mine, groups))
    until = retention.goes_at(ctx.uow, groups[chosen.group])
    shown = _chapter_cards(portfolio.chapter(ctx.uow, groups[chosen.group], chosen), until)
    page = min(max(page, 1), len(shown))
    others = [member for member in mine if member is not chosen]
    return reply(
        replace(shown[page - 1], buttons=tuple(_buttons(ctx, groups, chosen, others, page, len(shown)))),
        update="page" in ctx.call.arguments,
    )


def _contents(ctx: Context, mine: list[Member], groups: dict[GroupId, Group]) -> Card:
    """Return the list of somebody's chapters."""
    listed = [groups[member.group] for member in mine]
    return card(
        say("Your portfolio"),
        say("Which group do you want to look at?"),
        bullets(group.title for group in listed[:10]),
        buttons=[*_chapter_buttons(ctx, listed[:8]), ctx.button(say("Download"), "portfolio export")],
    )


def _chapter_buttons(ctx: Context, groups: list[Group]) -> list[Button]:
    return [ctx.within(group).button(to_text(group.title[:30]), "portfolio") for group in groups]


def _chapter_cards(one: Chapter, until: datetime | None = None) -> tuple[Card, ...]:
    """Return a chapter: what is to be known of it, then week by week."""
    blocks: list[Block] = []
    if one.learning and one.required:
        blocks.append(Bar(one.done, one.required, say("Required activities done")))
    blocks.append(bullets(portfolio_files.facts(one)))
    if until is not None:
        kept = say("The words here stay until {date}; downloaded, for good.", date=Moment(until, MomentStyle.DATE))
        blocks.append(paragraph(kept))
    for part in portfolio.arranged(one):
        blocks.append(Heading(portfolio_files.part_title(part)))
        for entry, words in portfolio_files.entries(part):
            blocks.append(paragraph(entry))
            if words:
                blocks.append(Quote(excerpt(to_text(words), SHOWN)))
    if not one.parts:
        blocks.append(paragraph(say("Nothing here yet. What you hand in, note, ask and answer comes in by itself.")))
    return pages(one.title[:100], blocks, more=one.title[:100], numbered=True)


def _buttons(
    ctx: Context, groups: dict[GroupId, Group], chosen: Member, others: list[Member], page: int, last: int
) -> list[Button]:
    within = ctx.within(groups[chosen.group])
    return [
        *([within.button(say("Previous"), "portfolio", page=str(page - 1))] if page > 1 else []),
        *([within.button(say("Next"), "portfolio", page=str(page + 1))] if page < last else []),
        within.button(say("Download"), "portfolio export"),
        *_badge(within),
        Button(say("Your own words"), "portfolio stories"),
        Button(say("What comes first"), "portfolio order"),
        *([Button(say("On the web"), "portfolio publish")] if ctx.site else []),
        *_chapter_buttons(ctx, [groups[member.group] for member in others[:OTHERS]]),
    ]


def _badge(within: Context) -> list[Button]:
    """Return the way to the badge of a group that its owner finished."""
    finished = badges.has_finished(within.uow, within.group.id, within.person.id)
    return [within.button(say("Badge"), "portfolio badge")] if finished else []


@feature.command("portfolio export", access=Access.READ, anywhere=True, title="Download your portfolio")
def export_portfolio(ctx: Context) -> Reply:
    """Download your portfolio as files that you can keep."""
    mine = portfolio.chapters_of(ctx.uow.members, ctx.person.id)
    groups = ctx.uow.groups.many(member.group for member in mine)
    chapters = [
        portfolio.chapter(ctx.uow, groups[member.group], member) for member in reversed(mine) if member.group in groups
    ]
    if not chapters:
        raise NothingYet
    name = ctx.person.name
    written = portfolio_files.as_markdown(name, chapters, ctx.language, ctx.zone, now=ctx.now)
    data = portfolio_json.as_json(name, chapters, ctx.language, now=ctx.now)
    xapi = portfolio_exports.as_xapi(ctx.person.id, name, chapters, ctx.language, ctx.site)
    return reply(
        card(
            "",
            say("Here is your portfolio: one file to read, the others for programs. All are yours to keep."),
        ),
        files=[
            File("portfolio.md", "text/markdown; charset=utf-8", written.encode()),
            File("portfolio.json", "application/json", data.encode()),
            File("portfolio.csv", "text/csv; charset=utf-8", portfolio_exports.as_table(chapters).encode("utf-8-sig")),
            File("portfolio-xapi.json", "application/json", xapi.encode()),
        ],
    )
