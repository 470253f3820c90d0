"""Changing a group: what it is called, when it starts, who can come."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Annotated

from bot.cards import Reply, Tone, card, reply
from bot.chat import About
from bot.context import Context
from bot.errors import Refusal
from bot.feature import Feature
from bot.features.leading.opening import announce
from bot.options import LongText, ZoneName
from bot.study import directory, founding, rescheduling, schedule, seats
from bot.study.groups import Group, GroupState, changeable
from bot.study.times import LocalTime, instant, local_time
from bot.text import Moment, say

feature = Feature("changing groups")


class EnrolmentInThePast(Refusal):
    """Enrolment can end today at the earliest. Choose today to close it tonight."""


class EnrolmentTooFar(Refusal):
    """That is more than two years away. Check the year."""


class SeatsOrEveryone(Refusal):
    """You gave a number of places and said that everyone can come. Choose one of the two."""


@feature.command("lead group edit", title="Change the group")
def edit(
    ctx: Context,
    title: Annotated[str | None, "Title"] = None,
    description: Annotated[LongText | None, "Description"] = None,
    start: Annotated[LocalTime | None, "First day and time, like 2027-01-11 18:00"] = None,
    zone: Annotated[ZoneName | None, "Time zone of the group, like Europe/Berlin"] = None,
    own_first: Annotated[bool | None, "See others' responses only after handing in one's own"] = None,
) -> Reply:
    """Change the group's title, description, start, time zone, or who sees responses when."""
    group = _locked(ctx)
    if not ctx.call.submitted and (title, description, start, zone, own_first) == (None,) * 5:
        return ctx.form(
            title=group.title,
            description=group.description,
            start=f"{group.starts:%Y-%m-%d %H:%M}",
            zone=group.zone,
            own_first="yes" if group.responses_after_own else "no",
        )
    changed = replace(
        group,
        title=founding.checked_title(title) if title is not None else group.title,
        description=description.strip() if description is not None else group.description,
        responses_after_own=group.responses_after_own if own_first is None else own_first,
    )
    starts, where = start or group.starts, zone or group.zone
    if (starts, where) != (group.starts, group.zone):
        if starts != group.starts and group.state is GroupState.OPEN:
            founding.check_start(starts, replace(group, zone=where).where, ctx.now)
        changed = rescheduling.move(ctx.uow, changed, starts, where, now=ctx.now)
    else:
        ctx.uow.groups.save(changed)
    return _done(ctx, group, changed)


def _locked(ctx: Context) -> Group:
    """Return the group as it is now, which nobody else changes meanwhile."""
    group = seats.locked(ctx.uow.groups, ctx.group.id)
    changeable(group)
    return group


def _done(ctx: Context, before: Group, after: Group) -> Reply:
    here = ctx.within(after)
    if before == after:
        return reply(card("", say("Nothing changed: everything was like that already.")))
    announce(here)
    directory.changed(ctx.uow, after.id, ctx.now)
    see = here.button(say("See the group"), "group")
    began = Moment(instant(after.starts, after.where))
    if instant(before.starts, before.where) == began.at:
        return reply(card("", say("{group} is changed.", group=after.title), buttons=[see], tone=Tone.DONE))
    if after.state is GroupState.OPEN:
        told = say("{group} starts at another time: {when}. All weeks moved along.", group=after.title, when=began)
        words = say(
            "{group} starts on {when} now, and all weeks moved along. I told the group.", group=after.title, when=began
        )
    else:
        told = say("{group} goes by the clocks of {zone} now. The weeks to come moved along.", **_named(after))
        words = say(
            "{group} goes by the clocks of {zone} now, and the weeks to come moved along. I told the group.",
            **_named(after),
        )
    here.show(card("", told, buttons=[see]), About("group", after.id), slot="moved")
    return reply(card("", words, buttons=[see], tone=Tone.DONE))


def _named(group: Group) -> dict[str, str]:
    return {"group": group.title, "zone": group.zone}


@feature.command("lead group enrolment", title="Change who can come")
def change_enrolment(
    ctx: Context,
    seats: Annotated[int | None, "Places"] = None,
    everyone: Annotated[bool | None, "Everyone can come, without a number"] = None,
    until: Annotated[LocalTime | None, "Last day of enrolment, like 2027-01-18"] = None,
    auto_accept: Annotated[bool | None, "Let everyone in at once, without asking me"] = None,
) -> Reply:
    """Change the places, the last day of enrolment, and whether applicants are let in at once."""
    group = _locked(ctx)
    if not ctx.call.submitted and (seats, everyone, until, auto_accept) == (None,) * 4:
        return ctx.form(
            seats=str(group.seats or ""),
            until=group.enrol_until.isoformat(),
            auto_accept="yes" if group.auto_accept else "no",
        )
    if everyone and seats is not None and seats != group.seats:
        raise SeatsOrEveryone
    founding.check_seats(seats)
    if until is not None and until.date() != group.enrol_until:
        _check_until(ctx, group, until)
    changed = replace(
        group,
        seats=None if everyone else seats if seats is not None else group.seats,
        enrol_until=until.date() if until is not None else group.enrol_until,
        auto_accept=group.auto_accept if auto_accept is None else auto_accept,
    )
    ctx.uow.groups.save(changed)
    if changed.seats != group.seats:
        _free(ctx, changed)
    return _done(ctx, group, changed)


def _check_until(ctx: Context, group: Group, until: LocalTime) -> None:
    today = local_time(ctx.now, group.where).date()
    if until.date() < today:
        raise EnrolmentInThePast
    if until.date() > today + timedelta(days=schedule.FURTHEST.days):
        raise EnrolmentTooFar


def _free(ctx: Context, group: Group) -> None:
    """Let the waiting list move up, since there are more places now, or fewer."""
    seats.seat_is_free(ctx.uow, group.id, ctx.now)
