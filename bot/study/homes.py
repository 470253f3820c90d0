"""The homes of a group: one channel or several, in one space or on several platforms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from bot.chat import ChannelRef
from bot.errors import Refusal
from bot.ids import new_id
from bot.study import directory, schedule
from bot.study.agenda import Agenda, DueKind
from bot.study.breaks import Breaks
from bot.study.founding import check_channel
from bot.study.groups import OVER, Group, GroupIsOver, Groups, Home
from bot.study.members import Members
from bot.study.occurrences import Occurrences
from bot.study.people import People
from bot.study.spaces import Spaces
from bot.study.weeks import Weeks
from bot.text import Text, say

AT_MOST = 4
"""Homes of one group: what somebody writes is shown in each of them."""


class EnoughHomes(Refusal):
    """{group} lives in {n} channels already, and that is as many as it can. Leave one first."""


class OnlyHome(Refusal):
    """This is the only channel where {group} lives. Give it another home first, and then remove this one."""


class Books(Protocol):
    """What giving a group a home reads and writes."""

    groups: Groups
    members: Members
    people: People
    weeks: Weeks
    spaces: Spaces
    agenda: Agenda
    breaks: Breaks
    occurrences: Occurrences


def add(uow: Books, group: Group, channel: ChannelRef, *, now: datetime, instead: Sequence[Home] = ()) -> Home:
    """Let a group live in one more channel, and what stands in its others be shown there.

    It comes `instead` of homes that are left then: of one in the same space it takes the place for questions and the
    role. Raises GroupIsOver, ChannelTaken and EnoughHomes.
    """
    if group.state in OVER:
        raise GroupIsOver(group=group.title, state=group.state.label)
    check_channel(uow.groups, channel)
    if len(uow.groups.homes(group.id)) - len(instead) >= AT_MOST:
        raise EnoughHomes(group=group.title, n=AT_MOST)
    home = Home(new_id(now), group.id, channel)
    before = next((one for one in instead if one.channel.where == channel.where), None)
    if before is not None:
        home = replace(home, questions=before.questions, roster=before.roster)
    uow.groups.add_home(home)
    schedule.show_anew(uow, group, now=now)
    uow.agenda.set(DueKind.SHOW_QUESTIONS, group.id, now, group.id)
    directory.changed(uow, group.id, now)
    return home


def remove(uow: Books, group: Group, home: Home, *, now: datetime) -> None:
    """Let a group live in a channel no more; what stands there stays. Raises OnlyHome."""
    if len(uow.groups.homes(group.id)) < 2:
        raise OnlyHome(group=group.title)
    directory.changed(uow, group.id, now)
    uow.groups.drop_home(home.id)


def where(channel: ChannelRef, here: ChannelRef | None) -> Text:
    """Return where a channel is, as somebody reads it who is `here`."""
    if channel == here:
        return say("this channel")
    if here is not None and channel.where == here.where:
        return say("another channel here")
    if here is not None and channel.platform == here.platform:
        return say("another place on {platform}", platform=channel.platform.capitalize())
    return say("a channel on {platform}", platform=channel.platform.capitalize())
