"""Tables of groups and of who belongs to them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, Date, Index, Integer, Text, UniqueConstraint

from bot.cards import Block
from bot.chat import ChannelRef, RosterRef, SpaceRef
from bot.study.groups import GroupState
from bot.study.members import MemberState, Role
from storage.columns import Document, Instant, Reference, WallTime, Word, column, identity, points_to
from storage.tables.base import Table, only_where


class StudyGroup(Table, table=True):
    """A study group."""

    id: int = identity()
    title: str = column(Text, personal=False)
    slug: str = column(Text, personal=False)
    state: GroupState = column(Word(GroupState), personal=False)
    zone: str = column(Text, personal=False)
    starts: datetime = column(WallTime, personal=False)
    created_at: datetime = column(Instant, personal=False)
    enrol_until: date = column(Date, personal=False)
    description: str = column(Text, personal=False)
    introduction: Any = column(Document(tuple[Block, ...]), personal=False)
    source: str = column(Text, personal=False, null=True)
    language: str = column(Text, personal=False)
    seats: int = column(Integer, personal=False, null=True)
    auto_accept: bool = column(Boolean, personal=False)
    responses_after_own: bool = column(Boolean, personal=False)
    finish_percent: int = column(Integer, personal=False)
    finish_help: int = column(Integer, personal=False)
    ended_at: datetime = column(Instant, personal=False, null=True)
    thanks: bool = column(Boolean, personal=False)
    emptied_at: datetime = column(Instant, personal=False, null=True)

    __table_args__ = (UniqueConstraint("slug"), Index(None, "zone", "id"))


class Home(Table, table=True):
    """A channel in which a group lives; `space` is the channel's, so that a directory can be read by index.

    `questions` is a channel of the same space, where questions stand instead; `roster` is a role that members have.
    """

    id: int = identity()
    group: int = points_to("study_group")
    channel: ChannelRef = column(Reference(ChannelRef), personal=False)
    space: SpaceRef = column(Reference(SpaceRef), personal=False)
    questions: ChannelRef = column(Reference(ChannelRef), personal=False, null=True)
    roster: RosterRef = column(Reference(RosterRef), personal=False, null=True)

    __table_args__ = (
        UniqueConstraint("channel", "group"),
        Index(None, "group"),
        Index(None, "space"),
        Index(None, "questions"),
        Index("ix_home_roster", "roster", **only_where("roster IS NOT NULL")),
    )


class Member(Table, table=True):
    """A person in a group."""

    id: int = identity()
    group: int = points_to("study_group")
    person: int = points_to("person")
    role: Role = column(Word(Role), personal=False)
    state: MemberState = column(Word(MemberState), personal=False)
    applied_at: datetime = column(Instant, personal=False)
    learning: bool = column(Boolean, personal=False)
    accepted_at: datetime = column(Instant, personal=False, null=True)
    goal: str = column(Text, personal=True)
    offer: str = column(Text, personal=True)
    plan: str = column(Text, personal=True)
    paused_until: datetime = column(Instant, personal=True, null=True)
    signal_at: datetime = column(Instant, personal=True, null=True)
    nudges: int = column(Integer, personal=True)
    nudged_at: datetime = column(Instant, personal=True, null=True)
    offered_until: datetime = column(Instant, personal=True, null=True)
    first_like_at: datetime = column(Instant, personal=False, null=True)
    eighths: int = column(Integer, personal=True)
    swaps: bool = column(Boolean, personal=True)

    __table_args__ = (
        UniqueConstraint("group", "person"),
        Index(None, "person"),
        Index("ix_member_leading", "group", **only_where("role IN ('owner', 'facilitator')")),
        Index("ix_member_able", "group", "signal_at", "id", **only_where("offer <> ''")),
    )


class Transition(Table, table=True):
    """A change of a membership."""

    id: int = identity()
    member: int = points_to("member")
    at: datetime = column(Instant, personal=False)
    # No key to person: what moves up by itself has no actor.
    actor: int = column(BigInteger, personal=False)
    became: MemberState = column(Word(MemberState), personal=False)
    role: Role = column(Word(Role), personal=False)
    reason: str = column(Text, personal=True)

    __table_args__ = (Index(None, "member"),)
