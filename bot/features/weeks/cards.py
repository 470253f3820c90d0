"""How a week looks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.cards import Block, Button, ButtonStyle, Card, Heading, bullets, paragraph
from bot.context import Context
from bot.pages import pages
from bot.study import schedule, steps
from bot.study.outline import Material, MaterialKind
from bot.study.weeks import Activity, Task, Week, WeekState, tasks
from bot.text import EMPTY, Link, Moment, Strong, Text, join, say, say_n, to_text

WEEK = "week"
"""The slot of a week's messages."""
NAMED = 3
"""Weeks that were passed over with a button of their own."""
_MATERIALS: dict[MaterialKind, Text] = {
    MaterialKind.VIDEO: say("Watch"),
    MaterialKind.AUDIO: say("Listen"),
    MaterialKind.READING: say("Read"),
    MaterialKind.LINK: say("Visit"),
    MaterialKind.FILE: say("Download"),
}


def title_of(week: Week) -> Text:
    """Return a week's name: "Week 2: Functions", or its number alone where its outline gave it no other."""
    if week.title == f"Week {week.ordinal}":
        return say("Week {number}", number=week.ordinal)
    return say("Week {number}: {title}", number=week.ordinal, title=week.title)


def week_cards(
    ctx: Context,
    week: Week,
    *,
    above: Iterable[Block] = (),
    below: Iterable[Block] = (),
    buttons: Iterable[Button | None] = (),
    footer: Text = EMPTY,
) -> list[Card]:
    """Return a week as its group sees it: note, text, materials, activities; a long one over several cards."""
    asked = asked_in(ctx, week)
    blocks: list[Block] = [*above, *([paragraph(week.note)] if week.note else []), *week.text]
    if week.materials:
        blocks += [Heading(say("Material")), bullets(_material(one) for one in week.materials)]
    if asked:
        blocks.append(Heading(say("Activities")))
        for task in asked:
            blocks += _activity(task)
    if not blocks:
        blocks = [paragraph(say("The material follows soon."))]
    name = title_of(week)
    return list(pages(name, [*blocks, *below], more=name + say(", continued"), buttons=buttons, footer=footer))


def asked_in(ctx: Context, week: Week) -> list[Task]:
    """Return what there is to do in a week, also in one that was left out, for whoever likes."""
    every = tasks(ctx.uow.weeks, ctx.group.id, retired=True)
    return [task for task in every if task.week.id == week.id and not task.activity.retired]


def _material(material: Material) -> Text:
    text = _MATERIALS[material.kind] + ": " + Link(material.title, material.url)
    return text + " · " + _minutes(material.minutes) if material.minutes else text


def _activity(task: Task) -> list[Block]:
    head = to_text(f"{task.number}. ") + Strong(task.activity.title) + " · " + kind_of(task.activity)
    more = steps.besides(task.activity.needs)
    return [paragraph(head), *task.activity.text, *([paragraph(more)] if more else [])]


def kind_of(activity: Activity) -> Text:
    """Return what an activity is, how long it takes and whether it may be left out."""
    text = activity.kind.label
    if activity.minutes:
        text = text + ", " + _minutes(activity.minutes)
    return text if activity.required else text + ", " + say("if you like")


def _minutes(minutes: int) -> Text:
    return say("about {minutes} min", minutes=minutes)


def posted_cards(ctx: Context, week: Week) -> list[Card]:
    """Return a week's cards for the group's channels, with what to do next as buttons."""
    before = _unseen(ctx, week)
    asked = bool(asked_in(ctx, week))
    return week_cards(
        ctx,
        week,
        above=[paragraph(_opened_too(before))] if before else [],
        buttons=[
            *(
                ctx.button(say("See week {number}", number=one.ordinal), "week", number=str(one.ordinal))
                for one in before[-NAMED:]
            ),
            ctx.button(say("Submit work"), "submit", ButtonStyle.PRIMARY) if asked else None,
            ctx.button(say("See responses"), "responses") if asked else None,
            ctx.button(say("Ask a question"), "ask"),
            ctx.button(say("My progress"), "progress"),
        ],
        footer=_times(ctx, week),
    )


def _times(ctx: Context, week: Week) -> Text:
    """Return what is said below a week: that it came later than planned, and when the next one comes."""
    parts = []
    if schedule.came_late(week):
        parts.append(say("Planned for {when}.", when=Moment(week.opens_at)))
    ahead = schedule.following(ctx.uow.weeks.of_group(ctx.group.id), week)
    if ahead is not None and ahead.state is WeekState.PLANNED and ahead.opens_at > ctx.now:
        parts.append(say("Next: week {number}, {when}", number=ahead.ordinal, when=Moment(ahead.opens_at)))
    return join(parts, " ")


def _unseen(ctx: Context, week: Week) -> list[Week]:
    """Return the weeks right before one that are out but were not posted, since it was newer when they came late."""
    found: list[Week] = []
    for one in reversed(ctx.uow.weeks.of_group(ctx.group.id)):
        if one.ordinal < week.ordinal and one.state is not WeekState.SKIPPED:
            if one.state is not WeekState.POSTED or _stands(ctx, one):
                break
            found.append(one)
    return found[::-1]


def _opened_too(weeks: Sequence[Week]) -> Text:
    named = join([title_of(one) for one in weeks], ", ")
    return say_n(
        "I was away, and this opened too: {weeks}.",
        "I was away, and these opened too: {weeks}.",
        len(weeks),
        weeks=named,
    )


def _stands(ctx: Context, week: Week) -> bool:
    return bool(ctx.uow.outbox.standing(week.about, WEEK))


def show_week(ctx: Context, week: Week) -> None:
    """Let a week stand in the group's channels; what stands there already is edited in place."""
    ctx.show(posted_cards(ctx, week), week.about, slot=WEEK, expires_at=ctx.now + schedule.ANSWER_WITHIN)


def show_changed(ctx: Context, week: Week) -> None:
    """Let a change of a week that is out be seen; one that was passed over for a newer one stays unposted."""
    after = schedule.following(ctx.uow.weeks.of_group(ctx.group.id), week)
    if _stands(ctx, week) or after is None or after.state is WeekState.PLANNED:
        show_week(ctx, week)
