"""Likes: reactions on what somebody contributed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.cards import Tone, card
from bot.chat import About, MessageDeleted, ReactionAdded, ReactionRemoved, ReactionsCleared
from bot.context import Context
from bot.feature import Feature
from bot.ids import PersonId
from bot.study.acts import ActKind
from bot.study.likes import LIKEABLE, Like, Reaction, allowed, spelled
from bot.study.members import PRESENT, Role
from bot.text import Text, say

feature = Feature("likes")


def _thanks(kind: str, who: str) -> Text:
    match kind:
        case "answer":
            return say("{who} found your answer helpful.", who=who)
        case "question":
            return say("{who} likes your question.", who=who)
        case "note":
            return say("{who} likes your note.", who=who)
        case _:
            return say("{who} likes what you handed in.", who=who)


@feature.on(ReactionAdded)
def like(ctx: Context, event: ReactionAdded) -> None:
    """Count a reaction on somebody's contribution as a like: one per person and item, never one's own."""
    shown = ctx.uow.outbox.shown_by(event.message)
    if shown is None or shown.about.kind not in LIKEABLE or shown.group is None or not allowed(event.emoji):
        return
    person = ctx.uow.people.by_account(event.account, lock=True)
    if person is None or shown.owner is None or person.id == shown.owner:
        return
    member = ctx.uow.members.of(shown.group, person.id)
    if member is None or member.state not in PRESENT or member.role is Role.OBSERVER:
        return
    item = shown.about
    new = ctx.uow.likes.react(
        Reaction(ctx.new_id(), event.message, item.kind, item.id, person.id, spelled(event.emoji), ctx.now)
    )
    if not new or not ctx.uow.likes.like(
        Like(ctx.new_id(), shown.group, item.kind, item.id, person.id, shown.owner, ctx.now)
    ):
        return
    group = ctx.uow.groups.get(shown.group)
    if group is not None:
        here = ctx.within(group, person, member)
        here.act(ActKind.LIKED, item, shown.owner)
        _tell_of_the_first(here, item, shown.owner)


def _tell_of_the_first(ctx: Context, item: About, owner: PersonId) -> None:
    """Tell somebody of the first like that anything of theirs in a group gets, and of no other."""
    author = ctx.uow.members.of(ctx.group.id, owner)
    if author is None or author.first_like_at is not None or not ctx.uow.members.first_liked(author.id, ctx.now):
        return
    person = ctx.uow.people.get(owner)
    if person is None or person.reminders is False:  # they asked for no messages that they did not ask for
        return
    kept = say("Likes are added to your portfolio; only you can see it until you publish.")
    mine = ctx.button(say("My portfolio"), "portfolio")
    told = card("", _thanks(item.kind, ctx.person.name), kept, buttons=[mine], tone=Tone.DONE)
    ctx.tell(owner, told, About("member", author.id), slot="first like")


@feature.on(ReactionRemoved)
def unlike(ctx: Context, event: ReactionRemoved) -> None:
    """Take a like back with the last reaction that stood for it."""
    person = ctx.uow.people.by_account(event.account, lock=True)
    if person is None:
        return
    gone = ctx.uow.likes.unreact(event.message, person.id, spelled(event.emoji))
    if gone is not None:
        _without(ctx, [gone])


@feature.on(ReactionsCleared)
def clear(ctx: Context, event: ReactionsCleared) -> None:
    """Take back the likes that stood on reactions which a moderator cleared."""
    _cleared(ctx, ctx.uow.likes.clear(event.message, spelled(event.emoji) if event.emoji else None))


@feature.on(MessageDeleted)
def forget(ctx: Context, event: MessageDeleted) -> None:
    """Take back the likes that stood on a message which is gone, and forget the message."""
    _cleared(ctx, ctx.uow.likes.clear(event.message, None))
    ctx.uow.outbox.forget(event.message)


def _cleared(ctx: Context, gone: Sequence[Reaction]) -> None:
    """Take back the likes of several people, each locked, since they may be reacting elsewhere at this moment."""
    for person in sorted({reaction.person for reaction in gone}):
        ctx.uow.people.lock(person)
    _without(ctx, gone)


def _without(ctx: Context, gone: Iterable[Reaction]) -> None:
    """Take back likes for which no reaction is left on any message that shows the item."""
    for reaction in gone:
        item = About(reaction.item_kind, reaction.item)
        if ctx.uow.likes.reacts(item, reaction.person):
            continue
        taken = ctx.uow.likes.unlike(item, reaction.person)
        group = ctx.uow.groups.get(taken.group) if taken else None
        if taken is not None and group is not None:
            ctx.within(group).act(ActKind.UNLIKED, item, taken.owner, by=taken.person)
