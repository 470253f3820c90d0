"""The end of a group's texts: the group is told two weeks before, and then they go."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.cards import Card, Tone, button, card, translated
from bot.chat import About, Direct, OpenThread
from bot.context import Context
from bot.feature import Feature
from bot.ids import GroupId
from bot.outbox import Post, PostState
from bot.study import directory, retention
from bot.study.agenda import DueKind
from bot.study.groups import Group, GroupState, moved
from bot.text import Moment, MomentStyle, say

feature = Feature("end of texts")

SLOT = "term"
"""The slot of the notice, and the first word of the slots of messages about it."""
BATCH = 100
"""Messages that are taken down in one transaction."""


def plan_anew(ctx: Context, group: Group) -> None:
    """Plan when a group is told; a notice with another date goes."""
    told = ctx.uow.agenda.at(DueKind.EMPTY_TEXTS, group.id)
    if told is not None:
        ctx.take_back(_about(group), SLOT)
        for leader in ctx.uow.members.leading(group.id):
            ctx.untell(leader.person, _about(group), slot=_slot(told))
    retention.plan(ctx.uow, group, ctx.now)


def _slot(at: datetime) -> str:
    """Return the slot of what leaders are told about a date: another date is another message."""
    return f"{SLOT} {at:%Y-%m-%d}"


def _about(group: Group) -> About:
    return About("group", group.id)


@feature.routine(DueKind.TELL_OF_TERM)
def tell_of_term(ctx: Context, id: GroupId) -> None:
    """Tell a group, and those who lead it, when its texts go."""
    group = ctx.uow.groups.lock(id)
    at = retention.goes_at(ctx.uow, group) if group is not None else None
    if group is None or at is None:
        return
    if at - retention.NOTICE > ctx.now:  # the term is longer by now
        retention.plan(ctx.uow, group, ctx.now)
        return
    at = max(at, ctx.now + retention.NOTICE)
    ctx.due(DueKind.EMPTY_TEXTS, id, at)
    ctx.take_back(_about(group), SLOT)  # an earlier notice stands where nobody looks any more, if it stands at all
    ctx.show(_notice(group, at), _about(group), slot=SLOT)
    for leader in ctx.uow.members.leading(id):
        ctx.tell(leader.person, _to_leaders(ctx, at), _about(group), slot=_slot(at))


def _notice(group: Group, at: datetime) -> Card:
    return card(
        say("What was written in {group} goes soon", group=group.title[:60]),
        say(
            "The group is long over, and its server or workspace keeps texts for a while only. They go on {date}.",
            date=Moment(at, MomentStyle.DATE),
        ),
        say("Your record, badge and likes stay, and so does what your published portfolio shows."),
        say("Whatever else you would like to keep, take it along before:"),
        buttons=[
            button(say("Download my portfolio"), "portfolio export"),
            button(say("Download everything"), "settings export"),
        ],
    )


def _to_leaders(ctx: Context, at: datetime) -> Card:
    return card(
        say("What was written in {group} goes soon", group=ctx.group.title[:60]),
        say(
            "Its server or workspace keeps texts for a while only. They go on {date}, as the group's channel says too.",
            date=Moment(at, MomentStyle.DATE),
        ),
        say("Is there something to keep for the next group? The export has the outline and what happened."),
        buttons=[ctx.button(say("Export the group"), "lead export")],
        tone=Tone.NEEDS_YOU,
    )


@feature.before_sending(SLOT)
def still_planned(ctx: Context, post: Post) -> Post:
    """Let a notice be gone where nothing is planned any more, and a direct one wait for the end of the night."""
    group = ctx.maybe_group
    if group is None or (group.emptied_at is None and ctx.uow.agenda.at(DueKind.EMPTY_TEXTS, group.id) is None):
        return replace(post, state=PostState.CANCELLED, reason="the texts stay")
    return ctx.by_day(post) if isinstance(post.to, Direct) else post


@feature.routine(DueKind.EMPTY_TEXTS)
def empty_texts(ctx: Context, id: GroupId) -> None:
    """Let the texts of a group go, step by step: it takes nothing new, its messages go, then what they showed."""
    group = ctx.uow.groups.lock(id)
    at = retention.goes_at(ctx.uow, group) if group is not None else None
    if group is None or at is None or at > ctx.now:
        if group is not None and group.emptied_at is None:
            ctx.take_back(_about(group), SLOT)
            retention.plan(ctx.uow, group, ctx.now)
        return
    if group.state is GroupState.ENDED:
        ctx.uow.groups.save(moved(group, GroupState.ARCHIVED))
        directory.changed(ctx.uow, id, ctx.now)
        ctx.due(DueKind.EMPTY_TEXTS, id, retention.SETTLES)
        return
    if _taken_down(ctx, group) == BATCH:
        ctx.due(DueKind.EMPTY_TEXTS, id, ctx.now)
        return
    ctx.uow.texts.empty(id, _instead(ctx, group), ctx.now)
    group = replace(group, emptied_at=ctx.now)
    ctx.uow.groups.save(group)
    ctx.show(_gone(group, ctx.now), _about(group), slot=SLOT)


def _taken_down(ctx: Context, group: Group) -> int:
    """Take some messages down that show what members wrote, and return how many; a question keeps its place."""
    instead, title = _instead(ctx, group), _title(ctx, group)
    posts = ctx.uow.texts.shown(group.id, instead, title, BATCH)
    for post in posts:
        if isinstance(post.to, OpenThread) and post.about.kind == "question":
            ctx.desk_at_hand.rename(post, title)
        if post.once is None:
            continue
        if post.about.kind == "question" and post.slot == "card":
            ctx.desk_at_hand.redraw(post, instead)
        else:
            _withdraw(ctx, post)
    return len(posts)


def _withdraw(ctx: Context, post: Post) -> None:
    """Let a message be gone, and the likes on it stay: from now on, nobody asks what stands on it."""
    if post.message is not None:
        ctx.uow.likes.clear(post.message, None)
        ctx.uow.outbox.forget(post.message)
    ctx.desk_at_hand.withdraw(post)


def _instead(ctx: Context, group: Group) -> Card:
    """Return what stands for a question whose words are gone."""
    gone = card(
        say("A question stood here"),
        say("Its words are gone: the group has been over for long, and texts are kept for a while only."),
    )
    return translated(gone, ctx.languages.get(group.language))


def _title(ctx: Context, group: Group) -> str:
    return ctx.languages.get(group.language).plain(say("A question of long ago"))


def _gone(group: Group, at: datetime) -> Card:
    return card(
        say("What was written in {group} is gone", group=group.title[:60]),
        say("It went on {date}, long after the group's end.", date=Moment(at, MomentStyle.DATE)),
        say("Your record, badge and likes are in your portfolio, with what you did and when."),
        buttons=[button(say("My portfolio"), "portfolio")],
    )
