"""The end of a group: everyone's participation record, and what is next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from bot.cards import Block, Button, Card, Heading, Tone, bullets, button, card
from bot.chat import About, SpaceRef
from bot.ids import PersonId, code, new_id
from bot.language import Languages
from bot.measure import excerpt
from bot.study import progress, retention
from bot.study.agenda import Agenda
from bot.study.groups import Group, Groups, GroupState, moved
from bot.study.likes import Likes
from bot.study.members import PRESENT, Member, Members, MemberState, Transition
from bot.study.people import GUEST
from bot.study.questions import Questions
from bot.study.records import ParticipationRecord, Records
from bot.study.reviews import Reviews
from bot.study.spaces import Spaces
from bot.study.submissions import Submissions
from bot.study.times import local_time
from bot.study.weeks import Weeks
from bot.text import Moment, MomentStyle, Text, say, say_n, to_text

OFFERED = 3
"""Groups that a closing card offers to go on with."""


class Sources(Protocol):
    """What the end of a group reads and writes: that part of a unit of work."""

    groups: Groups
    members: Members
    weeks: Weeks
    submissions: Submissions
    questions: Questions
    likes: Likes
    records: Records
    reviews: Reviews
    spaces: Spaces
    agenda: Agenda


class Place(Protocol):
    """Where a group ends: the part of a Context in that group that it needs."""

    now: datetime
    languages: Languages

    @property
    def uow(self) -> Sources:
        """The transaction."""

    def show(self, cards: Card, about: About, *, slot: str = "card") -> None:
        """Let a card stand in the group's homes."""


def end(place: Place, group: Group, *, by: PersonId = GUEST) -> Group:
    """End a group: records for everyone who learned, a closing card in its homes, and nothing due any more.

    Raises CannotMove where the group is not running. `by` is who ended it; nobody where its time had come.
    """
    uow, now = place.uow, place.now
    group = uow.groups.lock(group.id) or group
    over = replace(moved(group, GroupState.ENDED), ended_at=now)
    uow.groups.save(over)
    finished = [
        member for member in learners(uow.members, group) if _record(uow, place.languages, over, member, by, now)
    ]
    retention.nothing_else_ahead(uow, over, now)
    place.show(closing_card(uow, over, len(finished), now=now), About("group", group.id), slot="closing")
    return over


def learners(members: Members, group: Group) -> list[Member]:
    """Return everyone who was ever accepted to learn in a group, whatever became of it."""
    return [
        member
        for member in members.in_group(group.id, states=tuple(MemberState), limit=100_000)
        if member.learning and member.accepted_at is not None
    ]


def _record(uow: Sources, languages: Languages, group: Group, member: Member, by: PersonId, now: datetime) -> bool:
    """Write down what somebody did, with the criteria in the words that were in force; return whether they finished."""
    state = progress.of_member(uow, group, member)
    criteria = languages.get(group.language).plain(progress.criteria(group, state))
    uow.records.add(
        ParticipationRecord(
            new_id(now),
            group.id,
            member.person,
            state.finished,
            state.counted,
            len(state.required),
            state.help.given,
            criteria,
            now,
        )
    )
    if state.finished and member.state in PRESENT:
        uow.members.save(replace(member, state=MemberState.FINISHED))
        uow.members.record(Transition(new_id(now), member.id, now, by, MemberState.FINISHED, member.role))
    return state.finished


def closing_card(uow: Sources, group: Group, finished: int, *, now: datetime) -> Card:
    """Return the card that ends a group: what it was, and what to do next."""
    took_part = len(learners(uow.members, group))
    work = sum(uow.submissions.counts(group.id).values())
    answers = sum(len(uow.questions.answers(one.id)) for one in uow.questions.in_group(group.id))
    counted = [
        (took_part, say_n("{n} person learned here.", "{n} people learned here.", took_part)),
        (work, say_n("{n} response was handed in.", "{n} responses were handed in.", work)),
        (answers, say_n("{n} answer was given to a question.", "{n} answers were given to questions.", answers)),
        (finished, say_n("{n} person finished.", "{n} people finished.", finished)),
    ]
    together = [words for number, words in counted if number]
    offered = next_groups(uow.groups, group, now=now)
    return card(
        say("{group} has come to its end", group=group.title[:80]),
        say("Thank you for learning together."),
        *([bullets(together)] if together else []),
        say("Everyone who learned here has a participation record. It is in your portfolio, which only you can see."),
        *_what_next(offered),
        buttons=[
            button(say("My portfolio"), "portfolio", group=code(group.id)),
            *(_join(other) for other in offered),
            button(say("All groups"), "groups"),
        ],
        footer=_until(retention.goes_at(uow, group)),
        tone=Tone.DONE,
    )


def _until(goes_at: datetime | None) -> Text:
    if goes_at is None:
        return say("Everything stays readable here.")
    return say("Everything stays readable here until {date}.", date=Moment(goes_at, MomentStyle.DATE))


def _what_next(offered: Sequence[Group]) -> list[Block | Text]:
    """Return what to go on with."""
    if not offered:
        return [say("No other group is open right now. /groups shows when one is.")]
    lines = (
        say("{group}, from {start}", group=other.title[:80], start=Moment(_start(other), MomentStyle.DATE))
        for other in offered
    )
    return [Heading(say("What next")), bullets(lines)]


def _join(group: Group) -> Button:
    return button(say("Join {group}", group=excerpt(to_text(group.title), 50)), "enrol", group=code(group.id))


def _start(group: Group) -> datetime:
    return group.starts.replace(tzinfo=group.where)


def next_groups(groups: Groups, group: Group, *, now: datetime) -> list[Group]:
    """Return the groups in the same spaces that take learners now, those that start first first."""
    found: dict[int, Group] = {}
    for space in _spaces(groups, group):
        for other in groups.in_space(space, (GroupState.OPEN, GroupState.RUNNING), 0, 50):
            if other.id != group.id and local_time(now, other.where).date() <= other.enrol_until:
                found[other.id] = other
    return sorted(found.values(), key=lambda other: (other.starts, other.id))[:OFFERED]


def _spaces(groups: Groups, group: Group) -> Iterable[SpaceRef]:
    return dict.fromkeys(home.channel.where for home in groups.homes(group.id))
