"""A second home for a group: its facilitator gives a code, and whoever may start groups there types it."""

from __future__ import annotations

from typing import Annotated

from bot.cards import Block, Button, Reply, Tone, bullets, button, card, paragraph, reply
from bot.chat import About, ChannelRef, InChannel
from bot.context import Context
from bot.errors import Refusal, UnknownItem
from bot.feature import Feature
from bot.features.leading.opening import announce
from bot.ids import GroupId, HomeId, PersonId
from bot.outbox import FAREWELL
from bot.study import codes, founding, homes, seats
from bot.study.codes import Purpose
from bot.study.groups import Group, Home, changeable
from bot.study.rights import LEADERS, OF_A_SPACE
from bot.text import Strong, Text, say, to_text

feature = Feature("homes of a group")


class NotOfThisSpace(Refusal):
    """Only an admin of this server or workspace, or whom they named, can let a group live here. Ask one to type it."""


class NotInItsHome(Refusal):
    """Type this in a channel of the group to get a code. With the code, type it in the channel of the new home."""


@feature.command("lead group home", anywhere=True, title="Where the group lives")
def home(
    ctx: Context, typed: Annotated[str | None, "The code that was shown in the group's first home"] = None
) -> Reply:
    """Let a group live in a second channel, server or workspace as well."""
    if typed is not None:
        return _moves_in(ctx, typed)
    group, leads = ctx.maybe_group, not ctx.standings.isdisjoint(LEADERS)
    if group is None or ctx.call.channel is None:
        raise NotInItsHome
    there = ctx.uow.groups.homes(group.id)
    leave = [_remove(ctx, one) for one in there if len(there) > 1 and (leads or one.channel == ctx.call.channel)]
    return reply(
        card(
            say("Where {group} lives", group=group.title[:80]),
            bullets([homes.where(one.channel, ctx.call.channel) for one in there]),
            *(_invitation(ctx, group) if leads else []),
            buttons=leave,
        )
    )


def _invitation(ctx: Context, group: Group) -> list[Block | Text]:
    """Return how the group gets one home more, with the code that it takes."""
    changeable(group)
    codes.count_made(ctx.uow, ctx.person.id, ctx.now)
    shown = codes.made(ctx.uow, Purpose.HOME, group.id, ctx.call.account, ctx.now)
    return [
        to_text(say("To let it live in a second place too, somebody who may start groups there types in it:")),
        paragraph(Strong(f"/lead group home {shown}")),
        to_text(say("The code works once, within 24 hours. Weeks, work, questions and answers stand in both then.")),
    ]


def _remove(ctx: Context, there: Home) -> Button:
    here = ctx.call.channel
    label = say("Leave {platform}…", platform=_platform(there))
    if here is not None and there.channel.platform == here.platform:
        label = say("Leave this channel…") if there.channel == here else say("Leave the other channel…")
    return ctx.button(label, "lead group home remove", home=there.id)


def _moves_in(ctx: Context, typed: str) -> Reply:
    channel = ctx.call.channel
    if channel is None:
        raise founding.NoHome
    if ctx.standings.isdisjoint(OF_A_SPACE):
        raise NotOfThisSpace
    founding.check_channel(ctx.uow.groups, channel)
    account, space = ctx.call.account, str(channel.where)
    found = codes.tried(ctx.uow, Purpose.HOME, typed, PersonId(0), account, space, ctx.now)
    if isinstance(found, Refusal):
        return reply(card("", found.text))
    ctx.uow.codes.spend(found.id, account, ctx.now)
    group = seats.locked(ctx.uow.groups, GroupId(found.item))
    new = homes.add(ctx.uow, group, channel, now=ctx.now)
    ctx.concerns |= {"group": group.id, "home": new.id}
    here = ctx.within(group)
    announce(here)
    _tell_all(here, new)
    words = say("{group} lives here too from now on. What stands in its other home comes in a moment.", **_named(group))
    return reply(card("", words, buttons=[here.button(say("See the group"), "group")], tone=Tone.DONE))


def _tell_all(here: Context, new: Home) -> None:
    """Tell everybody that what they write is seen in one place more."""
    told = card(
        "",
        say("{group} lives in one place more now, on {platform}.", **_named(here.group), platform=_platform(new)),
        say("What members hand in, ask, answer and write in its threads is shown in all of them, with their name."),
        buttons=[here.button(say("Link my accounts"), "link")],
    )
    here.show(told, About("home", new.id), slot="opened")


@feature.command("lead group home remove", hidden=True, title="Leave a home")
def remove(
    ctx: Context,
    home: Annotated[HomeId, "Which home"],
    sure: Annotated[bool, "Yes, leave it"] = False,
) -> Reply:
    """Let the group live in one of its channels no more."""
    group = seats.locked(ctx.uow.groups, ctx.group.id)
    there = next((one for one in ctx.uow.groups.homes(group.id) if one.id == home), None)
    if there is None:
        raise UnknownItem
    if ctx.standings.isdisjoint(LEADERS) and there.channel != ctx.call.channel:
        raise UnknownItem  # an admin decides about their own space
    where = homes.where(there.channel, ctx.call.channel)
    if not sure:
        words = say(
            "Leave {where}? What stands there stays, and nothing new of {group} comes.", where=where, **_named(group)
        )
        yes = ctx.button(say("Leave it"), "lead group home remove", home=there.id, sure="yes")
        return reply(card("", words, buttons=[yes], tone=Tone.NEEDS_YOU))
    onward = next((one.channel for one in ctx.uow.groups.homes(group.id) if one.id != home), None)
    homes.remove(ctx.uow, group, there, now=ctx.now)
    if onward is not None:
        farewell(ctx, there, onward)
    return reply(card("", say("{group} has left {where}.", where=where, **_named(group)), tone=Tone.DONE))


def farewell(ctx: Context, left: Home, onward: ChannelRef) -> None:
    """Say in a channel that a group has left where it goes on, and how to keep one's place."""
    words = say("{group} goes on in {where}.", **_named(ctx.group), where=homes.where(onward, left.channel))
    told = card(
        "",
        words,
        say("What you did here stays yours. Link your account there with this one, and everything is there too."),
        buttons=[button(say("Link my accounts"), "link")],
    )
    ctx.show_at([InChannel(left.channel)], told, About("home", left.id), slot=FAREWELL)


def _named(group: Group) -> dict[str, str]:
    return {"group": group.title}


def _platform(home: Home) -> str:
    return home.channel.platform.capitalize()
