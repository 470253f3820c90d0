"""Linking: several accounts that are one person, and back again.

Reactions stay the account's own; likes, memberships and all that somebody made are the person's. To unlink gives each
account back what it made, before and meanwhile.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from bot.chat import About
from bot.ids import GroupId, MemberId, PersonId, new_id
from bot.outbox import Outbox
from bot.study import publishing, reputation
from bot.study.acts import Journal
from bot.study.agenda import Agenda, DueKind
from bot.study.directory import changed
from bot.study.groups import Groups
from bot.study.likes import Like, Likes, Reaction
from bot.study.members import PRESENT, WAITING, Member, Members, MemberState, Role, Transition
from bot.study.people import People, Person
from bot.study.publishing import Publications
from bot.study.seats import seat_is_free
from bot.study.spaces import Spaces
from bot.study.weeks import Weeks

ROLES = (Role.OWNER, Role.FACILITATOR, Role.MENTOR, Role.LEARNER, Role.OBSERVER, Role.GUEST)
"""Roles, the one that may do most first."""
STATES = (
    MemberState.FINISHED,
    MemberState.ACTIVE,
    MemberState.PAUSED,
    MemberState.DORMANT,
    MemberState.APPLIED,
    MemberState.WAITLISTED,
)
"""States of a membership, the most favourable first; in all others somebody is out."""
AHEAD = (DueKind.NUDGE, DueKind.RESUME_MEMBER, DueKind.REMIND_APPLICATION)
"""What may lie ahead of a membership."""
LOOK_AGAIN = timedelta(days=7)
"""When a member whose accounts were unlinked is looked after again."""


@dataclass(frozen=True, slots=True)
class SetAside:
    """A membership of `own` that rests beside the one that is `kept`: how it stood, and how that one did and does."""

    id: int
    own: PersonId
    member: MemberId
    kept: MemberId
    state: MemberState
    was_role: Role
    was_state: MemberState
    was_learning: bool
    became_role: Role
    became_state: MemberState
    became_learning: bool


@dataclass(frozen=True, slots=True)
class Signs:
    """When a member was last seen and reminded."""

    signal_at: datetime | None
    nudges: int
    nudged_at: datetime | None
    first_like_at: datetime | None


class Links(Protocol):
    """Where it is kept which accounts are one person."""

    def lock(self, people: Collection[PersonId]) -> None:
        """Let nobody act through these people's accounts until this unit of work ends."""

    def groups(self, people: Collection[PersonId]) -> list[GroupId]:
        """Return the groups in which these people are or were."""

    def join(self, person: PersonId, other: PersonId) -> None:
        """Let what is another's be a person's, but for what the person has one of already."""

    def part(self, person: PersonId, others: Collection[PersonId]) -> None:
        """Give back what is each account's own, also what rests beside a person's under another of them."""

    def likes(self, person: PersonId) -> list[Like]:
        """Return everything that somebody likes, in all groups."""

    def reactions(self, own: PersonId) -> list[Reaction]:
        """Return the reactions of the accounts that were somebody's own before they were linked."""

    def give(self, like: int, person: PersonId) -> None:
        """Let a like be somebody else's."""

    def set_aside(self, membership: SetAside) -> None:
        """Keep how a membership stood that rests from now on."""

    def aside(self, own: PersonId) -> list[SetAside]:
        """Return the memberships of somebody that rest, the last one first."""

    def rests_no_more(self, id: int) -> None:
        """Forget that a membership rested."""

    def show_signs(self, id: MemberId, signs: Signs) -> None:
        """Keep when a member was last seen and reminded."""


class Books(Protocol):
    """What linking reads and writes."""

    people: People
    groups: Groups
    members: Members
    likes: Likes
    journal: Journal
    links: Links
    outbox: Outbox
    agenda: Agenda
    weeks: Weeks
    spaces: Spaces
    publications: Publications


def join(uow: Books, one: PersonId, two: PersonId, *, now: datetime) -> Person:
    """Let two people be one, the elder, and return them; whoever calls has made sure that both agree."""
    person, other = _locked(uow, one, two)
    groups = uow.links.groups([person, other])
    kept, joined = uow.people.get(person), uow.people.get(other)
    assert kept is not None, "whoever has an account is known"
    assert joined is not None, "whoever has an account is known"
    if person == other:
        return kept
    for member in uow.members.of_person(other, tuple(MemberState)):
        _join_members(uow, person, member, now)
    for one_of_both in (person, other):
        public = publishing.published(uow.publications, one_of_both)
        if public is not None:  # it would show the work of both
            publishing.withdraw(uow.publications, public, now=now)
    uow.links.join(person, other)
    _join_likes(uow, person, other)
    kept = _with_wishes(kept, joined)
    uow.people.save(kept)
    _settle(uow, groups, now)
    return kept


def _locked(uow: Books, one: PersonId, two: PersonId) -> tuple[PersonId, PersonId]:
    """Return who two people are now, the elder first, with nobody else linking or acting through their accounts."""
    while True:
        person, other = sorted((uow.people.now_is(one), uow.people.now_is(two)))
        uow.links.lock([person, other, *uow.people.aliases(person), *uow.people.aliases(other)])
        if [person, other] == sorted((uow.people.now_is(one), uow.people.now_is(two))):
            return person, other


def part(uow: Books, person: PersonId, *, now: datetime) -> list[PersonId]:
    """Let each account of somebody be a person of its own again, and return who those others are."""
    others = uow.people.aliases(person)
    uow.links.lock([person, *others])
    others = uow.people.aliases(person)  # as it is now that nobody else changes it
    groups = uow.links.groups([person, *others])
    uow.links.part(person, others)
    resting = [one for other in others for one in uow.links.aside(other)]
    for aside in sorted(resting, key=lambda one: -one.id):
        _part_members(uow, aside, now)
    _part_likes(uow, person, others, now)
    before = uow.people.get(person)
    for other in others:
        alone = uow.people.get(other)
        if alone is not None and before is not None:
            uow.people.save(_with_refusals(alone, before))
    _settle(uow, groups, now)
    return others


def _settle(uow: Books, groups: Iterable[GroupId], now: datetime) -> None:
    """Let what is reckoned over a whole group be right again."""
    for group in groups:
        reputation.rebuild(uow, group)
        changed(uow, group, now)
        seat_is_free(uow, group, now)  # of two places that one person had


def _with_wishes(person: Person, other: Person) -> Person:
    """Return a person with what they had said only through another account; a no to messages or names holds for all."""
    said = {person.reminders, other.reminders}
    return replace(
        person,
        zone=person.zone or other.zone,
        language=person.language or other.language,
        reminders=False if False in said else True if True in said else None,
        named=person.named and other.named,
        credited=person.credited and other.credited,
    )


def _with_refusals(alone: Person, before: Person) -> Person:
    """Return a person who stands alone again; what they said no to meanwhile they said with all their accounts."""
    return replace(
        alone,
        reminders=False if before.reminders is False and alone.reminders else alone.reminders,
        named=alone.named and before.named,
        credited=alone.credited and before.credited,
    )


# Memberships


def _join_members(uow: Books, person: PersonId, theirs: Member, now: datetime) -> None:
    """Let two memberships of one group be one, with the more favourable of each, and the other rest."""
    mine = uow.members.of(theirs.group, person)
    if mine is None:
        return  # it moves as it is
    better = min(mine, theirs, key=_state_rank)
    role = min(mine, theirs, key=lambda member: (member.state not in PRESENT, ROLES.index(member.role))).role
    now_is = replace(
        mine,
        role=role,
        state=better.state,
        paused_until=better.paused_until,
        learning=mine.learning or theirs.learning,
        applied_at=min(mine.applied_at, theirs.applied_at),
        accepted_at=min((at for at in (mine.accepted_at, theirs.accepted_at) if at), default=None),
        goal=mine.goal or theirs.goal,
        offer=mine.offer or theirs.offer,
        plan=mine.plan or theirs.plan,
    )
    uow.members.save(now_is)
    uow.links.show_signs(mine.id, _together(mine, theirs))
    uow.members.save(replace(theirs, state=MemberState.LINKED))
    _look_after_both(uow, mine, theirs)
    uow.links.set_aside(
        SetAside(
            new_id(now),
            theirs.person,
            theirs.id,
            mine.id,
            theirs.state,
            mine.role,
            mine.state,
            mine.learning,
            now_is.role,
            now_is.state,
            now_is.learning,
        )
    )
    for member, state in ((now_is, now_is.state), (theirs, MemberState.LINKED)):
        uow.members.record(Transition(new_id(now), member.id, now, person, state, member.role, "linked"))


def _look_after_both(uow: Books, mine: Member, theirs: Member) -> None:
    """Let what lies ahead of a membership that rests lie ahead of the other, such as the end of a pause."""
    for kind in AHEAD:
        when = uow.agenda.at(kind, theirs.id)
        if when is not None and uow.agenda.at(kind, mine.id) is None:
            uow.agenda.set(kind, mine.id, when, mine.group)


def _state_rank(member: Member) -> int:
    return STATES.index(member.state) if member.state in STATES else len(STATES)


def _together(mine: Member, theirs: Member) -> Signs:
    return Signs(
        max((at for at in (mine.signal_at, theirs.signal_at) if at), default=None),
        max(mine.nudges, theirs.nudges),
        max((at for at in (mine.nudged_at, theirs.nudged_at) if at), default=None),
        min((at for at in (mine.first_like_at, theirs.first_like_at) if at), default=None),
    )


def _part_members(uow: Books, aside: SetAside, now: datetime) -> None:
    """Let a membership stand by itself again; what was decided about the person meanwhile holds for both."""
    theirs, mine = uow.members.get(aside.member), uow.members.get(aside.kept)
    uow.links.rests_no_more(aside.id)
    if theirs is None or mine is None:
        return
    same_state, same_role = mine.state is aside.became_state, mine.role is aside.became_role
    lower = max(mine.role, theirs.role, key=ROLES.index)
    theirs_now = replace(
        theirs,
        state=aside.state if same_state else _lasting(mine.state, aside.state),
        role=theirs.role if same_role else lower,
    )
    mine_now = replace(
        mine,
        state=aside.was_state if same_state else mine.state,
        role=aside.was_role if same_role else mine.role,
        learning=aside.was_learning if mine.learning == aside.became_learning else mine.learning,
    )
    for member in (mine_now, theirs_now):
        uow.members.save(_with_an_end(uow, member, now))
    uow.links.show_signs(theirs.id, _together(theirs, mine))
    for member in (mine_now, theirs_now):
        uow.members.record(
            Transition(new_id(now), member.id, now, member.person, member.state, member.role, "unlinked")
        )
    if theirs_now.learning and theirs_now.state in PRESENT:
        uow.agenda.set(DueKind.NUDGE, theirs.id, now + LOOK_AGAIN, theirs.group)


def _lasting(mine: MemberState, theirs: MemberState) -> MemberState:
    """Return how a membership stands that rested while the other came to be `mine`: nobody is back in by unlinking."""
    if mine in PRESENT:
        return theirs
    if mine in WAITING:
        return MemberState.LEFT if theirs in PRESENT else theirs
    return mine


def _with_an_end(uow: Books, member: Member, now: datetime) -> Member:
    """Return a membership whose pause, if it is on one, ends: when it was to, or now where that has passed."""
    if member.state is not MemberState.PAUSED:
        return replace(member, paused_until=None)
    until = uow.agenda.at(DueKind.RESUME_MEMBER, member.id) or max(member.paused_until or now, now)
    uow.agenda.set(DueKind.RESUME_MEMBER, member.id, until, member.group)
    return replace(member, paused_until=until)


# Likes: what stands follows from the reactions of all accounts


def _join_likes(uow: Books, person: PersonId, other: PersonId) -> None:
    """Let two people's likes of one item be one, and those of what is their own now none."""
    mine = {_item(like): like for like in uow.links.likes(person)}
    for like in mine.values():
        if like.owner == person:
            uow.likes.unlike(_item(like), person)
    for like in uow.links.likes(other):
        if like.owner == person:
            uow.likes.unlike(_item(like), other)
        elif (first := mine.get(_item(like))) is None:
            uow.links.give(like.id, person)
        else:
            earlier, later = (first, like) if first.at <= like.at else (like, first)
            uow.likes.unlike(_item(later), later.person)
            uow.links.give(earlier.id, person)


def _part_likes(uow: Books, person: PersonId, others: Collection[PersonId], now: datetime) -> None:
    """Let everybody like what their own accounts react to."""
    stands = {own: _liked(uow, own) for own in (person, *others)}
    likes = {_item(like): like for like in uow.links.likes(person)}
    for item, like in likes.items():
        if item in stands[person]:
            continue
        heir = next((own for own in others if item in stands[own] and like.owner != own), None)
        if heir is not None:
            uow.links.give(like.id, heir)
            del stands[heir][item]
        elif any(item in stands[own] for own in others):
            uow.likes.unlike(item, person)
    for found in stands.values():
        for like in found.values():
            uow.likes.like(replace(like, id=new_id(now)))


def _liked(uow: Books, own: PersonId) -> dict[About, Like]:
    """Return what somebody likes by the reactions of their own accounts; not what is theirs or in a strange group."""
    found: dict[About, Like] = {}
    for reaction in uow.links.reactions(own):
        item = About(reaction.item_kind, reaction.item)
        shown = uow.outbox.shown_by(reaction.message)
        if item in found or shown is None or shown.group is None or shown.owner is None or shown.owner == own:
            continue
        member = uow.members.of(shown.group, own)
        if member is not None and member.role is not Role.OBSERVER:
            found[item] = Like(0, shown.group, item.kind, item.id, own, shown.owner, reaction.at)
    return found


def _item(like: Like) -> About:
    return About(like.item_kind, like.item)
