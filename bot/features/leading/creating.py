"""Where a new group begins: with an outline at hand, a file, or a look at a course."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

from bot.cards import ButtonStyle, Choice, File, Reply, bullets, button, paragraph, reply
from bot.chat import ChannelRef
from bot.context import Context
from bot.errors import Refusal
from bot.feature import Feature
from bot.features.leading.founding import Plan, look_over
from bot.measure import excerpt
from bot.options import Access, Pick, ZoneName
from bot.pages import pages
from bot.study import founding
from bot.study.outline import WeekPlan
from bot.study.times import LocalTime
from bot.study.times import zone as find_zone
from bot.text import EMPTY, Strong, Text, join, say, say_n, to_text

feature = Feature("creating groups")


class NoOutlines(Refusal):
    """There is no course outline at hand yet. Bring your own as a file with /lead group import."""


def outlines_at_hand(ctx: Context) -> Sequence[Choice]:
    """Return the outlines that come with this installation."""
    return [Choice(name, to_text(title)) for name, title in ctx.outlines.names()]


@feature.command("lead group create", title="Start a study group here", anywhere=True)
def create(
    ctx: Context,
    outline: Annotated[str | None, "Course outline", Pick(outlines_at_hand)] = None,
    title: Annotated[str | None, "Title (the outline's if you leave it empty)"] = None,
    start: Annotated[LocalTime | None, "First day and time, like 2027-01-11 18:00"] = None,
    zone: Annotated[ZoneName | None, "Time zone of the group, like Europe/Berlin"] = None,
    seats: Annotated[int | None, "Places (everyone can come if you leave it empty)"] = None,
) -> Reply:
    """Start a study group in this channel."""
    channel = _free_channel(ctx)
    at_hand = ctx.outlines.names()
    if not at_hand:
        raise NoOutlines
    if outline is None or start is None:
        if ctx.call.submitted:
            ctx.missing("outline" if outline is None else "start")
        only = {"outline": at_hand[0][0]} if len(at_hand) == 1 else {}
        return ctx.form(needed=("outline", "start"), **_suggested(ctx, zone, **only))
    return look_over(ctx, Plan(channel, start, zone or ctx.zone.key, title or "", seats, name=outline))


@feature.command("lead group import", title="Start a study group from a file", anywhere=True)
def bring(
    ctx: Context,
    file: Annotated[File | None, "Course outline as a Markdown file"] = None,
    title: Annotated[str | None, "Title (the course's if you leave it empty)"] = None,
    start: Annotated[LocalTime | None, "First day and time, like 2027-01-11 18:00"] = None,
    zone: Annotated[ZoneName | None, "Time zone of the group, like Europe/Berlin"] = None,
    seats: Annotated[int | None, "Places (everyone can come if you leave it empty)"] = None,
) -> Reply:
    """Start a study group in this channel from a course outline of your own."""
    channel = _free_channel(ctx)
    if file is None or start is None:
        if ctx.call.submitted:
            ctx.missing("file" if file is None else "start")
        return ctx.form(needed=("file", "start"), **_suggested(ctx, zone))
    written = ctx.outlines.write(ctx.outlines.read(file)).content.decode()
    return look_over(ctx, Plan(channel, start, zone or ctx.zone.key, title or "", seats, written=written))


@feature.command("lead group preview", title="Look at a course", access=Access.READ, anywhere=True, hidden=True)
def preview(ctx: Context, outline: Annotated[str | None, "Course outline", Pick(outlines_at_hand)] = None) -> Reply:
    """See what a course outline has in it, week by week, before a group starts with it."""
    at_hand = [name for name, _ in ctx.outlines.names()]
    if not at_hand:
        raise NoOutlines
    if outline is None and len(at_hand) > 1:
        if ctx.call.submitted:
            ctx.missing("outline")
        return ctx.form(needed=("outline",))
    name = outline or at_hand[0]
    course = ctx.outlines.get(name)
    short = name.isascii() and len(name) <= 40
    return reply(
        *pages(
            course.title,
            [
                paragraph(excerpt(to_text(course.description), 900)) if course.description else EMPTY,
                bullets(map(_planned, course.weeks), numbered=True) if course.weeks else EMPTY,
                paragraph(say("Nothing is posted before you start a group, and everything can be changed after that.")),
            ],
            more=say("The course, continued"),
            buttons=[
                button(
                    say("Start a group with it"),
                    "lead group create",
                    style=ButtonStyle.PRIMARY,
                    **({"outline": name} if short else {}),
                )
            ],
        )
    )


def _suggested(ctx: Context, zone: ZoneName | None, **more: str) -> dict[str, str]:
    """Return what stands in the form where nothing else was given: a Monday evening that leaves a week or two."""
    name = zone or ctx.zone.key
    today = ctx.now.astimezone(find_zone(name)).date()
    monday = today + timedelta(days=14 - today.weekday() if today.weekday() else 7)
    found = {"start": f"{monday:%Y-%m-%d} 18:00", "zone": name, **more}
    return {name: value for name, value in found.items() if name not in ctx.call.arguments}


def _planned(week: WeekPlan) -> Text:
    counts = [
        say_n("{n} material", "{n} materials", len(week.materials)),
        say_n("{n} activity", "{n} activities", len(week.activities)),
    ]
    return to_text(Strong(week.title[:120])) + " · " + join(counts, " · ")


def _free_channel(ctx: Context) -> ChannelRef:
    """Return the channel of the call; raises NoHome or ChannelTaken where no group can begin to live there."""
    if ctx.call.channel is None:
        raise founding.NoHome
    founding.check_channel(ctx.uow.groups, ctx.call.channel)
    return ctx.call.channel
