"""From a course, a date and a channel to a group: what will happen is shown first, and founded with one more tap."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Self

from bot.cards import Block, ButtonStyle, Card, File, Heading, Reply, Tone, bullets, button, card, fields, reply
from bot.chat import ChannelRef
from bot.context import Context
from bot.errors import UnknownItem
from bot.feature import Feature
from bot.features.leading.opening import announce
from bot.ids import DraftId, code
from bot.options import ZoneName
from bot.pages import pages
from bot.study import directory
from bot.study import founding as rules
from bot.study.drafts import Draft
from bot.study.groups import ENROL_DAYS_AFTER_START
from bot.study.outline import Outline, WeekPlan
from bot.study.times import LocalTime, instant, weekly
from bot.study.times import zone as find_zone
from bot.text import Moment, MomentStyle, Strong, Text, join, say, say_n, to_text

feature = Feature("founding groups")

DRAFT = "lead group create"
"""What the drafts of groups are called, wherever their course comes from."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A group that may be founded: `name` is an outline at hand, else `written` is the whole outline as a file."""

    channel: ChannelRef
    start: LocalTime
    zone: str
    title: str = ""
    seats: int | None = None
    name: str = ""
    written: str = ""

    @classmethod
    def of(cls, draft: Draft) -> Self:
        """Return the plan in a draft."""
        kept = dict(draft.arguments)
        return cls(
            ChannelRef.parse(kept["channel"]),
            LocalTime(datetime.fromisoformat(kept["start"])),
            kept["zone"],
            kept["title"],
            int(kept["seats"]) if kept["seats"] else None,
            kept["name"],
            kept["written"],
        )

    def kept(self) -> tuple[tuple[str, str], ...]:
        """Return the plan as a draft holds it."""
        return (
            ("channel", str(self.channel)),
            ("start", self.start.isoformat(timespec="minutes")),
            ("zone", self.zone),
            ("title", self.title),
            ("seats", "" if self.seats is None else str(self.seats)),
            ("name", self.name),
            ("written", self.written),
        )

    def outline(self, ctx: Context) -> Outline:
        """Return the course."""
        if self.name:
            return ctx.outlines.get(self.name)
        return ctx.outlines.read(File("course.md", "text/markdown", self.written.encode()))


def look_over(ctx: Context, plan: Plan) -> Reply:
    """Show what founding a group would do, and keep the plan for a day; raises what would keep it from being founded.

    Nothing is founded and nobody sees anything yet.
    """
    outline = plan.outline(ctx)
    title = rules.check(
        ctx.uow.groups,
        outline,
        title=plan.title,
        channels=[plan.channel],
        starts=plan.start,
        zone=plan.zone,
        now=ctx.now,
        seats=plan.seats,
    )
    draft = Draft(DraftId(ctx.new_id()), ctx.person.id, None, DRAFT, plan.kept(), ctx.now)
    ctx.uow.drafts.add(draft)
    return reply(*_preview(title, outline, plan, draft.id), update=True)


def _preview(title: str, outline: Outline, plan: Plan, draft: DraftId) -> tuple[Card, ...]:
    where = find_zone(plan.zone)
    starts, last = [instant(weekly(plan.start, week), where) for week in (0, len(outline.weeks) - 1)]
    closes = instant(LocalTime(plan.start + timedelta(days=ENROL_DAYS_AFTER_START)), where)
    facts: list[tuple[Text, Text]] = [
        (say("First week"), to_text(Moment(starts))),
        (say("Last week"), to_text(Moment(last))),
        (say("On the group's clock"), say("{time} in {zone}", time=f"{plan.start:%H:%M}", zone=where.key)),
        (say("Enrolment until"), to_text(Moment(closes, MomentStyle.DATE))),
        (say("Places"), to_text(str(plan.seats)) if plan.seats else say("everyone can come")),
    ]
    another = "lead group create" if plan.name else "lead group import"
    return pages(
        say("Look it over: {group}", group=title),
        [
            say("Nobody sees anything yet. This is what happens when you press “Start the group”."),
            fields(facts),
            *_what_is_posted(),
            Heading(say("Week by week")),
            bullets((_week(week, plan, number) for number, week in enumerate(outline.weeks)), numbered=True),
        ],
        more=say("Look it over, continued"),
        buttons=[
            button(say("Start the group"), "lead group found", style=ButtonStyle.PRIMARY, draft=code(draft)),
            button(say("Change something"), "lead group change", draft=code(draft)),
            button(say("Take another course"), another),
        ],
        tone=Tone.NEEDS_YOU,
    )


def _what_is_posted() -> Iterator[Block]:
    yield Heading(say("What I post in this channel"))
    yield bullets(
        [
            say("now: what the group is about, with a button to enrol"),
            say("each week on time: what there is to read and to do; you can change a week or hold it back"),
            say("what people hand in and ask, each with a thread to talk about it"),
        ]
    )


def _week(week: WeekPlan, plan: Plan, number: int) -> Text:
    counts = [
        say_n("{n} material", "{n} materials", len(week.materials)),
        say_n("{n} activity", "{n} activities", len(week.activities)),
    ]
    opens = Moment(instant(weekly(plan.start, number), find_zone(plan.zone)), MomentStyle.DATE)
    return to_text(Strong(week.title[:120])) + " · " + join([to_text(opens), *counts], " · ")


@feature.command("lead group change", title="Change the new group", anywhere=True, hidden=True)
def change(
    ctx: Context,
    draft: Annotated[DraftId, "Which group"],
    title: Annotated[str | None, "Title (the course's if you leave it empty)"] = None,
    start: Annotated[LocalTime | None, "First day and time, like 2027-01-11 18:00"] = None,
    zone: Annotated[ZoneName | None, "Time zone of the group, like Europe/Berlin"] = None,
    seats: Annotated[int | None, "Places (everyone can come if you leave it empty)"] = None,
) -> Reply:
    """Change a group that you are about to start, and look it over again."""
    found = _own(ctx, draft)
    if found is None:
        return _gone()
    plan = Plan.of(found)
    if not ctx.call.submitted:
        return ctx.form(("title", "start", "zone", "seats"), needed=("start",), **_filled(plan))
    if start is None:
        ctx.missing("start")
    ctx.uow.drafts.take(draft, ctx.person.id)
    again = Plan(plan.channel, start, zone or plan.zone, title or "", seats, plan.name, plan.written)
    return look_over(ctx, again)


def _filled(plan: Plan) -> Mapping[str, str]:
    return {
        "title": plan.title,
        "start": f"{plan.start:%Y-%m-%d %H:%M}",
        "zone": plan.zone,
        "seats": str(plan.seats) if plan.seats else "",
    }


@feature.command("lead group found", anywhere=True, hidden=True)
def start_it(ctx: Context, draft: Annotated[DraftId, "Which group"]) -> Reply:
    """Start a group that you have looked over."""
    found = _own(ctx, draft)
    if found is None:
        return _gone()
    ctx.uow.drafts.take(draft, ctx.person.id)
    plan = Plan.of(found)
    group = rules.found(
        ctx.uow,
        plan.outline(ctx),
        title=plan.title,
        channels=[plan.channel],
        owner=ctx.person.id,
        starts=plan.start,
        zone=plan.zone,
        now=ctx.now,
        seats=plan.seats,
        language=ctx.language.code,
    )
    ctx.concerns["group"] = group.id
    here = ctx.within(group)
    announce(here)
    directory.changed(ctx.uow, group.id, ctx.now)
    words = say(
        "{group} is open for enrolment. Its first week opens by itself on {when}.",
        group=group.title,
        when=Moment(instant(group.starts, group.where)),
    )
    buttons = [
        here.button(say("See the group"), "group"),
        here.button(say("Invite people"), "lead members invite"),
        here.button(say("Change something"), "lead group edit"),
    ]
    return reply(card("", words, buttons=buttons, tone=Tone.DONE), update=True)


def _own(ctx: Context, draft: DraftId) -> Draft | None:
    """Return the caller's draft of a group; raises UnknownItem where it is one of another space."""
    found = ctx.uow.drafts.get(draft, ctx.person.id)
    if found is None or found.command != DRAFT:
        return None
    if ctx.call.channel is None or ctx.call.channel.where != Plan.of(found).channel.where:
        raise UnknownItem  # who may start groups in one space may not in another
    return found


def _gone() -> Reply:
    again = button(say("Start a group"), "lead group create")
    words = say("This group has started already, or you began more than a day ago.")
    return reply(card("", words, buttons=[again]), update=True)
