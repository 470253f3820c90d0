"""Changing a week: its words, its time, its material and its activities; what is posted is edited in place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

from bot.cards import Choice, Reply, Tone, bullets, card, reply
from bot.context import Context
from bot.errors import Refusal, UnknownItem
from bot.feature import Feature
from bot.features.weeks.cards import asked_in, show_changed, title_of
from bot.features.weeks.coming import settle
from bot.features.weeks.reading import alone, week_of
from bot.ids import ActivityId, new_id
from bot.options import LongText, Pick
from bot.pages import pages
from bot.study import schedule, steps
from bot.study.groups import OVER
from bot.study.links import Url, host_of
from bot.study.outline import MOST_REVIEWS, ActivityKind, Material, MaterialKind
from bot.study.rescheduling import EndedAlready
from bot.study.times import LocalTime
from bot.study.weeks import Activity, Task, Week, WeekState, task_choices, tasks
from bot.text import EMPTY, Moment, Text, say

feature = Feature("leading weeks")

MOST_MINUTES = 6_000
"""A hundred hours: a whole book."""


class NotMinutes(Refusal):
    """Minutes go from 1 to {most} here, so {given} does not fit. Write another number, or leave it empty."""


class NotSoMuchFeedback(Refusal):
    """An activity can ask for feedback on 0 to {most} responses, so {given} does not fit. Write another number."""


class OutAlready(Refusal):
    """Week {number} is out since {when}, so its time stays. You can still change its words and what it holds."""


def activities(ctx: Context) -> Sequence[Choice]:
    """Return the group's activities."""
    return task_choices(tasks(ctx.uow.weeks, ctx.group.id))


@feature.command("lead week edit", title="Change a week")
def edit(
    ctx: Context,
    number: Annotated[int, "Week number"],
    title: Annotated[str | None, "New title"] = None,
    text: Annotated[LongText | None, "New text"] = None,
    when: Annotated[LocalTime | None, "When it opens, like 2027-01-18 18:00"] = None,
    note: Annotated[LongText | None, "A personal note on top"] = None,
) -> Reply:
    """Change a week's title, text, time or note; a posted week is changed in place."""
    group = alone(ctx)
    week = week_of(ctx, number)
    if not ctx.call.submitted and (title, text, when, note) == (None, None, None, None):
        return ctx.form(title=week.title, note=week.note)
    changed = schedule.changed(week, title=title, text=text, note=note)
    if when is not None and when != week.opens:
        if group.state in OVER:
            raise EndedAlready(group=group.title)
        if week.state is WeekState.POSTED:
            raise OutAlready(number=week.ordinal, when=Moment(week.posted_at or week.opens_at))
        changed = schedule.reschedule(changed, when, group, now=ctx.now)
        settle(ctx, week, say("{week} opens on {when}.", week=title_of(changed), when=Moment(changed.opens_at)))
        schedule.put(ctx.uow, group, changed)
    if changed == week:
        return reply(card("", say("Nothing changed: {week} is as it was.", week=title_of(week))))
    ctx.uow.weeks.save(changed)
    if when is not None:
        schedule.after_change(ctx.uow, group, ctx.person.id, now=ctx.now)
    return _done(ctx, changed, say("{week} is changed.", week=title_of(changed)))


@feature.command("lead week material", title="Add material to a week")
def material(
    ctx: Context,
    number: Annotated[int, "Week number"],
    url: Annotated[Url, "Link to the material"],
    title: Annotated[str | None, "What it is called"] = None,
    kind: Annotated[MaterialKind | None, "What it is"] = None,
    minutes: Annotated[int | None, "How many minutes it takes"] = None,
) -> Reply:
    """Add something to read, watch or hear to a week, or change what stands there under the same link."""
    alone(ctx)
    week = week_of(ctx, number)
    if minutes is not None and not 1 <= minutes <= MOST_MINUTES:
        raise NotMinutes(given=str(minutes), most=f"{MOST_MINUTES:,}")
    before = next((one for one in week.materials if one.url == url), None)
    added = Material(
        kind or (before.kind if before else MaterialKind.LINK),
        title or (before.title if before else host_of(url)),
        url,
        minutes if minutes is not None else (before.minutes if before else None),
    )
    kept = tuple(added if one.url == url else one for one in week.materials)
    changed = replace(week, materials=kept if before else (*kept, added))
    ctx.uow.weeks.save(changed)
    return _done(ctx, changed, say("{week} has this material now:", week=title_of(changed)))


@feature.command("lead week unlist", hidden=True)
def unlist(
    ctx: Context, number: Annotated[int, "Week number"], place: Annotated[int, "Which material, counted from 1"]
) -> Reply:
    """Take material out of a week."""
    alone(ctx)
    week = week_of(ctx, number)
    if not 1 <= place <= len(week.materials):
        raise UnknownItem
    changed = replace(week, materials=week.materials[: place - 1] + week.materials[place:])
    ctx.uow.weeks.save(changed)
    return _done(ctx, changed, say("{week} has this material now:", week=title_of(changed)))


@feature.command("lead week activity", title="Add an activity to a week")
def activity(
    ctx: Context,
    number: Annotated[int, "Week number"],
    title: Annotated[str, "What there is to do, in a few words"],
    text: Annotated[LongText | None, "How it goes"] = None,
    kind: Annotated[ActivityKind | None, "What kind of activity it is"] = None,
    required: Annotated[bool | None, "Whether finishing needs it"] = None,
) -> Reply:
    """Add an activity to a week, or change the one with the same title."""
    alone(ctx)
    week = week_of(ctx, number)
    here = [one for one in ctx.uow.weeks.activities(ctx.group.id) if one.week == week.id]
    before = next((one for one in here if one.title.casefold() == title.casefold()), None)
    words = schedule.changed(week, text=text).text if text is not None else None
    if before is None:
        added = Activity(
            ActivityId(new_id(ctx.now)),
            ctx.group.id,
            week.id,
            max((one.ordinal for one in here), default=0) + 1,
            kind or ActivityKind.PRACTICE,
            title,
            words or (),
            True if required is None else required,
        )
        ctx.uow.weeks.add_activity(added)
    else:
        ctx.uow.weeks.save_activity(
            replace(
                before,
                kind=kind or before.kind,
                text=before.text if words is None else words,
                required=before.required if required is None else required,
                retired=False,
            )
        )
    schedule.note_version(ctx.uow.weeks, ctx.group, ctx.person.id, now=ctx.now)
    return _done(ctx, week, say("{week} has these activities now:", week=title_of(week)))


@feature.command("lead week criteria", title="When an activity is done")
def criteria(
    ctx: Context,
    activity: Annotated[ActivityId, "Which activity", Pick(activities)],
    reviews: Annotated[int | None, "Feedback on how many responses of others"] = None,
    check: Annotated[bool | None, "Whether a facilitator checks it"] = None,
) -> Reply:
    """Let an activity be done only with feedback on others' responses, or with a facilitator's check."""
    alone(ctx)
    found, week = _found(ctx, activity)
    if not ctx.call.submitted and (reviews, check) == (None, None):
        return ctx.form(["reviews", "check"], reviews=str(found.reviews), check="yes" if found.check else "no")
    if reviews is not None and not 0 <= reviews <= MOST_REVIEWS:
        raise NotSoMuchFeedback(given=str(reviews), most=MOST_REVIEWS)
    wanted = replace(
        found,
        reviews=found.reviews if reviews is None else reviews,
        check=found.check if check is None else check,
    )
    ctx.uow.weeks.save_activity(wanted)
    schedule.note_version(ctx.uow.weeks, ctx.group, ctx.person.id, now=ctx.now)
    asks_more = wanted.reviews > found.reviews or wanted.check > found.check
    return _done(
        ctx, week, say("{week} has these activities now:", week=title_of(week)), _for_whom() if asks_more else EMPTY
    )


def _for_whom() -> Text:
    return say(
        "Whoever is in the group already can finish without it: nothing that is asked later counts against them."
    )


@feature.command("lead week retire", hidden=True)
def retire(ctx: Context, activity: Annotated[ActivityId, "Which activity"]) -> Reply:
    """Ask nobody for an activity any more; what was handed in for it stays."""
    alone(ctx)
    found, week = _found(ctx, activity)
    ctx.uow.weeks.save_activity(replace(found, retired=True))
    schedule.note_version(ctx.uow.weeks, ctx.group, ctx.person.id, now=ctx.now)
    return _done(ctx, week, say("{week} has these activities now:", week=title_of(week)))


def _found(ctx: Context, activity: ActivityId) -> tuple[Activity, Week]:
    """Return an activity of this group and its week; raises UnknownItem where it is another's."""
    found = ctx.uow.weeks.activity(activity)
    week = ctx.uow.weeks.get(found.week) if found else None
    if found is None or week is None or found.group != ctx.group.id:
        raise UnknownItem
    return found, week


def _done(ctx: Context, week: Week, what: Text, more: Text = EMPTY) -> Reply:
    """Edit the posted week where there is one, and tell the facilitator what the week holds now."""
    if week.state is WeekState.POSTED:
        show_changed(ctx, week)
    number = str(week.ordinal)
    asked = asked_in(ctx, week)
    materials = [say("Material {n}: {title}", n=n, title=one.title) for n, one in enumerate(week.materials, 1)]
    activities = [_listed(task) for task in asked]
    listed = [*materials, *activities]
    seen = say("Everyone sees the change in the posted message.")
    return reply(
        *pages(
            "",
            [
                what,
                *([bullets(listed)] if listed else []),
                *([more] if more else []),
                *([seen] if week.state is WeekState.POSTED else []),
            ],
            more=title_of(week) + say(", continued"),
            buttons=[
                ctx.button(say("See the week"), "week", number=number),
                *(
                    ctx.button(say("Remove material {n}", n=n), "lead week unlist", number=number, place=str(n))
                    for n in range(1, min(len(week.materials), 4) + 1)
                ),
                *(
                    ctx.button(say("Retire activity {n}", n=task.number), "lead week retire", activity=task.activity.id)
                    for task in asked[:5]
                ),
            ],
            tone=Tone.DONE,
        )
    )


def _listed(task: Task) -> Text:
    named = say("Activity {n}: {title}", n=task.number, title=task.activity.title)
    more = steps.besides(task.activity.needs)
    return named + " · " + more if more else named
