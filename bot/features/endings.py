"""The end of a group, when its time has come."""

from __future__ import annotations

from datetime import timedelta

from bot.cards import card
from bot.chat import About
from bot.context import Context
from bot.feature import Feature
from bot.ids import GroupId
from bot.study import badges, directory, endings, schedule, seats
from bot.study.agenda import DueKind
from bot.study.groups import GroupState
from bot.study.members import WAITING, Member, MemberState
from bot.study.occurrences import Outcome, What, decide
from bot.text import say

feature = Feature("endings")

A_DAY = timedelta(days=1)

GOES_ON = frozenset({GroupState.RUNNING, GroupState.BREAK})
"""States of groups that a planned end is for; a frozen one waits until somebody thaws or ends it."""


@feature.routine(DueKind.END_GROUP)
def end_group(ctx: Context, id: GroupId) -> None:
    """End a group a week after its last week opened: a record for everyone, and what comes next."""
    group = ctx.uow.groups.lock(ctx.group.id) if ctx.maybe_group is not None else None
    if group is None or group.state not in GOES_ON:
        return
    if schedule.overdue(ctx.uow, group, ctx.now):
        # A late week has not been decided about: whoever decides sets the end anew.
        ctx.due(DueKind.END_GROUP, group.id, A_DAY)
        return
    decide(ctx.uow.occurrences, group.id, What.END, "", Outcome.POSTED, due_at=ctx.now, now=ctx.now)
    for member in ctx.uow.members.in_group(ctx.group.id, states=WAITING):
        _tell_applicant(ctx, member)
    endings.end(ctx, ctx.group)
    for person in ctx.uow.people.many(one.person for one in ctx.uow.records.in_group(ctx.group.id)).values():
        badges.follow(ctx.uow, ctx.group, person, now=ctx.now)
    directory.changed(ctx.uow, ctx.group.id, ctx.now)


def _tell_applicant(ctx: Context, member: Member) -> None:
    """Close an application that nobody decided about in time, and tell the applicant."""
    declined = member.turned_away(MemberState.DECLINED)
    seats.keep(ctx.uow.members, declined, actor=ctx.person.id, now=ctx.now, why="the group ended")
    told = card(
        "",
        say("{group} has ended, so your application is closed.", group=ctx.group.title),
        say("There may be another group for you."),
        buttons=[ctx.button(say("See other groups"), "groups")],
    )
    ctx.tell(member.person, told, About("member", member.id), slot="ended")
