"""Where somebody's points come from: every one of them, for their own eyes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated

from bot.cards import Block, Button, Heading, Reply, bullets, card, paragraph, reply
from bot.context import Context
from bot.feature import Feature
from bot.ids import PersonId
from bot.options import Access
from bot.study import reputation
from bot.study.acts import ActKind
from bot.study.people import Person
from bot.study.reputation import DAY_POINTS, EIGHTHS, Line, Why, day_of
from bot.text import EMPTY, Moment, MomentStyle, Strong, Text, say, to_text

feature = Feature("points")

PAGE = 12
"""Lines on one page."""
_PARTS = ("", "⅛", "¼", "⅜", "½", "⅝", "¾", "⅞")


def written(eighths: int) -> str:
    """Return eighths of a point as people write them."""
    whole, part = divmod(eighths, EIGHTHS)
    return f"{whole or ''}{_PARTS[part]}" if part else str(whole)


@feature.command("points", access=Access.READ, hidden=True, title="Where my points come from")
def show_points(ctx: Context, page: Annotated[int, "Page"] = 1) -> Reply:
    """See where each of your points comes from."""
    found = reputation.of_group(ctx.uow, ctx.group.id).explained(ctx.person.id)
    last = max(1, -(-len(found.lines) // PAGE))
    page = min(max(page, 1), last)
    shown = found.lines[(page - 1) * PAGE : page * PAGE]
    people = ctx.uow.people.many(line.by for line in shown)
    total = paragraph(say("Points so far: {points}", points=Strong(written(found.eighths))))
    blocks: list[Block] = [total, paragraph(_what_for())] if page == 1 else [total]
    ends = {day_of(line.at): line for line in found.lines}
    blocks += _listed(shown, {ends[day]: eighths for day, eighths in found.over.items()}, people)
    if not found.lines:
        blocks.append(paragraph(say("None yet. They come by themselves once somebody says thanks to you.")))
    return reply(
        card(
            say("Where your points come from"),
            *blocks,
            buttons=_paging(ctx, page, last),
            footer=say("Page {page} of {last}. Only you see this.", page=page, last=last)
            if last > 1
            else say("Only you see this."),
        ),
        update="page" in ctx.call.arguments,
    )


def _what_for() -> Text:
    return say("Points come from other people's thanks alone. They are not for comparing: nobody else sees them.")


def _paging(ctx: Context, page: int, last: int) -> list[Button | None]:
    return [
        ctx.button(say("Previous"), "points", page=str(page - 1)) if page > 1 else None,
        ctx.button(say("Next"), "points", page=str(page + 1)) if page < last else None,
        ctx.button(say("My progress"), "progress"),
    ]


def _listed(shown: Sequence[Line], over: Mapping[Line, int], people: dict[PersonId, Person]) -> list[Block]:
    """Return lines day by day, the newest first, with what a day had too many of below its last one."""
    days: dict[date, list[Line]] = {}
    for line in shown:
        days.setdefault(day_of(line.at), []).append(line)
    blocks: list[Block] = []
    for lines in days.values():
        blocks.append(Heading(to_text(Moment(lines[0].at, MomentStyle.DATE))))
        items = [_line(line, people) for line in lines]
        if lines[-1] in over:
            items.append(
                say(
                    "−{points}: the likes of one day count up to {most} points",
                    points=written(over[lines[-1]]),
                    most=DAY_POINTS,
                )
            )
        blocks.append(bullets(items))
    return blocks


def _line(line: Line, people: dict[PersonId, Person]) -> Text:
    name = people[line.by].name[:40] if line.by in people and people[line.by].name else say("a former member")
    return say("+{points}: {what}{why}", points=written(line.eighths), what=_what(line, name), why=_why(line))


def _what(line: Line, who: str | Text) -> Text:
    if line.own:
        return say("you said that an answer of {who} solved it", who=who)
    match line.kind, line.item_kind:
        case ActKind.ACCEPTED, _:
            return say("{who} said that your answer solved it", who=who)
        case ActKind.HELPED, _:
            return say("{who} said that your feedback helped", who=who)
        case _, "answer":
            return say("{who} likes an answer of yours", who=who)
        case _, "review":
            return say("{who} likes feedback of yours", who=who)
        case _, "question":
            return say("{who} likes a question of yours", who=who)
        case _, "note":
            return say("{who} likes a note of yours", who=who)
        case _:
            return say("{who} likes work of yours", who=who)


def _why(line: Line) -> Text:
    """Return why a like counts less than a whole one."""
    if line.why is Why.BURST:
        return say(", one of many within minutes")
    if line.why is Why.OFTEN:
        return say(", as one of many by the same person this month")
    if line.halved:
        return say(", half, as you two mostly like what the other does")
    return EMPTY
