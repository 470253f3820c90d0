"""Choosing where a group's questions stand: in its channel, or in one of their own, such as a forum."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from bot.cards import Reply, Tone, card, reply
from bot.chat import ChannelRef
from bot.context import Context
from bot.errors import NotDirectly, Refusal
from bot.feature import Feature
from bot.study import seats
from bot.study.groups import Home, changeable, holder
from bot.text import say

feature = Feature("where groups ask")


class AnotherSpace(Refusal):
    """That channel is in another server or workspace. Choose one where the group lives."""


class OfAnotherGroup(Refusal):
    """{group} has that channel already, and questions of two groups would mix. Choose one that is free."""


@feature.command("lead group questions", title="Where questions go")
def questions(
    ctx: Context, channel: Annotated[ChannelRef | None, "Channel or forum; the group's own brings them back"] = None
) -> Reply:
    """Choose the channel or forum where the group's questions go."""
    group = seats.locked(ctx.uow.groups, ctx.group.id)
    changeable(group)
    home = home_here(ctx)
    if channel is None:
        if ctx.call.submitted:
            ctx.missing("channel")
        return ctx.form(needed=("channel",))
    if channel.where != home.channel.where:
        raise AnotherSpace
    there = holder(ctx.uow.groups, channel)
    if there is not None and there.id != group.id:
        raise OfAnotherGroup(group=there.title)
    changed = replace(home, questions=channel if channel != home.channel else None)
    if changed == home:
        return reply(card("", say("Nothing changed: everything was like that already.")))
    ctx.uow.groups.save_home(changed)
    own = say("Questions go to the group's own channel again.")
    new = say("Questions go to that channel from now on. Weeks and announcements stay where they are.")
    done = own if changed.questions is None else new
    kept = say("Those that were asked before stay where their answers are.")
    return reply(card("", done, kept, tone=Tone.DONE))


def home_here(ctx: Context) -> Home:
    """Return the group's home that a call is about: the channel that it comes from, else the first of that space."""
    here = ctx.call.channel
    homes = [
        home for home in ctx.uow.groups.homes(ctx.group.id) if here is not None and home.channel.where == here.where
    ]
    if not homes:
        raise NotDirectly
    return next((home for home in homes if here in (home.channel, home.questions)), homes[0])
