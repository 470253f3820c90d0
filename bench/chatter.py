"""A group whose members react to what was posted: the events of a busy chat."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count

from bot.chat import About, AccountRef, ChannelRef, MessageRef, ReactionAdded
from bot.ids import GroupId, MemberId, PersonId, new_id
from bot.outbox import Message
from bot.ports import UnitOfWork
from bot.study.founding import found
from bot.study.members import Member, MemberState, Role
from bot.study.outline import ActivityKind, ActivityPlan, Outline, WeekPlan
from bot.study.people import Account, Person
from bot.study.times import LocalTime

START = datetime(2027, 1, 11, 17, tzinfo=UTC)
CHANNEL = ChannelRef("local", "acme", "javascript")
PEOPLE = 50
OUTLINE = Outline("JavaScript", (WeekPlan("values", activities=(ActivityPlan(ActivityKind.PRACTICE, "Practise"),)),))


class BusyClock:
    """A clock on which a millisecond passes between two looks."""

    def __init__(self) -> None:
        self._looks = count()

    def now(self) -> datetime:
        """Return the present instant."""
        return START + timedelta(milliseconds=next(self._looks))


def found_group(uow: UnitOfWork) -> tuple[GroupId, dict[AccountRef, PersonId]]:
    """Found a group of fifty who all got their first like long ago; return it and the learners."""
    owner, *learners = (_known(uow, number) for number in range(PEOPLE))
    starts = LocalTime(datetime(2027, 1, 11, 18))  # noqa: DTZ001  # a wall clock has no zone
    group = found(
        uow, OUTLINE, title="", channels=[CHANNEL], owner=owner.person, starts=starts, zone="Europe/Berlin", now=START
    )
    for account in learners:
        id = MemberId(new_id(START))
        state = MemberState.ACTIVE
        uow.members.add(
            Member(id, group.id, account.person, Role.LEARNER, state, START, learning=True, first_like_at=START)
        )
    return group.id, {account.ref: account.person for account in learners}


def _known(uow: UnitOfWork, number: int) -> Account:
    person = Person(PersonId(new_id(START)), f"User {number}", START)
    account = Account(new_id(START), AccountRef("local", f"user{number}"), person.id, person.name, START)
    uow.people.add(person, account)
    return account


def reactions(uow: UnitOfWork, how_many: int) -> list[ReactionAdded]:
    """Found a group and let so many reactions be on their way that each is a like, on messages that are registered."""
    group, learners = found_group(uow)
    coming: list[ReactionAdded] = []
    for number, owner in enumerate(list(learners.values()) * (how_many // PEOPLE**2 + 2)):
        ref = MessageRef(CHANNEL, str(number))
        uow.outbox.register(Message(new_id(START), ref, None, About("submission", new_id(START)), group, owner))
        coming += [ReactionAdded(account, ref, "👍") for account, person in learners.items() if person != owner]
        if len(coming) >= how_many:
            break
    return coming[:how_many]
