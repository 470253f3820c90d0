"""What is known about a member when it is decided whether to write to them, read anew each time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.chat import Direct
from bot.context import Context
from bot.ids import MemberId, PersonId
from bot.outbox import place_of
from bot.study import progress, quiet
from bot.study.members import Member, MemberState
from bot.study.people import Account, Person
from bot.study.progress import Progress
from bot.study.quiet import Known
from bot.study.times import zone as find_zone
from bot.study.weeks import Task, Week


@dataclass(frozen=True, slots=True)
class Seen:
    """A member with what is known about them; `still` is what is open for them, the smallest step first, of `state`.

    `account` is where a message would go; None where they agreed to none, or where none arrives.
    """

    member: Member
    person: Person
    known: Known
    still: tuple[Task, ...]
    weeks: Sequence[Week]
    account: Account | None
    state: Progress


def look(ctx: Context, id: MemberId, *, besides: int = 0) -> Seen | None:
    """Return what is known about a member of this group; `besides` is the post that is being decided about."""
    member = ctx.uow.members.get(id)
    person = ctx.uow.people.get(member.person) if member else None
    if member is None or person is None or member.group != ctx.group.id:
        return None
    weeks = ctx.uow.weeks.of_group(ctx.group.id)
    state = progress.of_work(ctx.uow, ctx.group, member)
    still = state.open
    accounts = ctx.uow.people.accounts([person.id]).get(person.id, ())
    account = next((one for one in accounts if one.refused_at is None), None) if person.reminders else None
    places = [place_of(Direct(one.ref)) for one in accounts]
    written = [ctx.uow.outbox.last_sent(place) for place in places]
    # Also of groups that they have left: it is the person who is left in peace.
    nudged = [other.nudged_at for other in ctx.uow.members.of_person(person.id, tuple(MemberState))]
    known = Known(
        member=member,
        group_state=ctx.group.state,
        group_zone=ctx.group.where,
        zone=find_zone(person.zone or ctx.group.zone),
        opened_at=quiet.first_opening(weeks),
        missing=len(still),
        active_since=quiet.active_since(ctx.uow.members.history(id), member, ctx.now),
        nudged_at=max((at for at in nudged if at is not None), default=None),
        written_at=max((at for at in written if at is not None), default=None),
        waits=quiet.waits_on_others(ctx.uow.questions.by_person(ctx.group.id, person.id), ctx.now),
        missing_since=min((quiet.came_out(task.week) for task in still), default=None),
        next_opening=quiet.next_opening(weeks),
        rests=rests(ctx),
        writing=any(ctx.uow.outbox.waits(place, besides) for place in places),
        may_write=account is not None,
        led=bool(leaders(ctx, person.id)),
        small=ctx.uow.members.are_few(ctx.group.id, quiet.SMALL),
    )
    return Seen(member, person, known, still, weeks, account, state)


def rests(ctx: Context) -> tuple[quiet.Rest, ...]:
    """Return the group's breaks as instants."""
    where = ctx.group.where
    return tuple((one.begins_at(where), one.ends_at(where)) for one in ctx.uow.breaks.of_group(ctx.group.id))


def leaders(ctx: Context, besides: PersonId) -> list[Member]:
    """Return those who lead the group and can be written to, without one person."""
    found = ctx.uow.members.leading(ctx.group.id)
    accounts = ctx.uow.people.accounts(member.person for member in found)
    return [member for member in found if member.person != besides and member.person in accounts]
