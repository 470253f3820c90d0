"""Likes: reactions on what somebody contributed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import timedelta

from bot import mirrors
from bot.cards import Tone, card
from bot.chat import (
    About,
    InThread,
    MessageDeleted,
    MessageRef,
    ReactionAdded,
    ReactionRemoved,
    ReactionsCleared,
    ThreadRef,
)
from bot.context import Context
from bot.feature import Feature
from bot.ids import PersonId
from bot.outbox import Message, Post, PostState, Verb
from bot.ports import Reacted
from bot.study import reputation
from bot.study.acts import ActKind
from bot.study.likes import Like, Reaction, allowed, spelled
from bot.study.members import PRESENT, Role
from bot.study.people import Person
from bot.study.readings import FIRST_LOOK, Likeable, PlaceRef, beside, counted, likeable, read_from_now_on
from bot.text import Text, say

feature = Feature("likes")

SWIFT = timedelta(seconds=2)
"""How long after its last try a post is known that went out as it should."""


def _thanks(kind: str, who: str) -> Text:
    match kind:
        case "answer":
            return say("{who} found your answer helpful.", who=who)
        case "question":
            return say("{who} likes your question.", who=who)
        case "note":
            return say("{who} likes your note.", who=who)
        case "review":
            return say("{who} found your feedback helpful.", who=who)
        case _:
            return say("{who} likes what you handed in.", who=who)


@feature.on(ReactionAdded)
def like(ctx: Context, event: ReactionAdded) -> bool:
    """Count a reaction on somebody's contribution as a like: one per person and item, never one's own."""
    shown = ctx.uow.outbox.shown_by(event.message)
    if shown is None or not allowed(event.emoji) or not likeable(shown):
        return False
    person = ctx.uow.people.acting(event.account, ctx.now, lock=True)
    own = ctx.uow.people.own(event.account)
    if person is None or own is None:
        return False
    ctx.uow.readings.heard(event.message)  # before all that follows, in the order in which `settle` locks
    return _reacted(ctx, shown, person, own, spelled(event.emoji))


def _reacted(ctx: Context, shown: Message, person: Person, own: PersonId, emoji: str) -> bool:
    """Keep a reaction of somebody who is locked, with the like that it stands for; return False where it is none.

    `own` is whose account it is of by itself. What somebody's other account made is theirs and gets no like, but the
    reaction is kept, for the time after both are unlinked.
    """
    group = ctx.uow.groups.get(shown.group) if shown.group is not None else None
    if group is None or shown.owner is None:
        return False
    if person.id == shown.owner and not ctx.uow.people.aliases(person.id):
        return False
    member = ctx.uow.members.of(group.id, person.id)
    if member is None or member.state not in PRESENT or member.role is Role.OBSERVER:
        return False
    item = shown.about
    new = ctx.uow.likes.react(Reaction(ctx.new_id(), shown.ref, item.kind, item.id, own, emoji, ctx.now))
    if person.id == shown.owner:
        return True
    given = Like(ctx.new_id(), group.id, item.kind, item.id, person.id, shown.owner, ctx.now)
    if new and ctx.uow.likes.like(given):
        reputation.liked(ctx.uow, given)
        here = ctx.within(group, person, member)
        here.act(ActKind.LIKED, item, shown.owner)
        _tell_of_the_first(here, item, shown.owner)
    return True


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
def unlike(ctx: Context, event: ReactionRemoved) -> bool:
    """Take a like back with the last reaction that stood for it."""
    person = ctx.uow.people.acting(event.account, ctx.now, lock=True)
    own = ctx.uow.people.own(event.account)
    if person is None or own is None:
        return False
    heard = ctx.uow.readings.heard(event.message)
    gone = ctx.uow.likes.unreact(event.message, own, spelled(event.emoji))
    if gone is not None:
        _without(ctx, [gone])
    return heard or gone is not None


@feature.on(ReactionsCleared)
def clear(ctx: Context, event: ReactionsCleared) -> bool:
    """Take back the likes that stood on reactions which a moderator cleared."""
    return _clear(ctx, event.message, spelled(event.emoji) if event.emoji else None)


@feature.on(MessageDeleted)
def forget(ctx: Context, event: MessageDeleted) -> bool:
    """Take back the likes that stood on a message which is gone, and forget the message."""
    if ctx.uow.outbox.shown_by(event.message) is None:
        return False
    gone(ctx, event.message)
    return True


def gone(ctx: Context, message: MessageRef) -> None:
    """Take back the likes that stood on a message which is gone, its mirrors too, and forget the message."""
    _clear(ctx, message, None)
    shown = ctx.uow.outbox.shown_by(message)
    if shown is not None:
        mirrors.original_gone(ctx, shown)
    ctx.uow.outbox.forget(message)
    ctx.uow.readings.forget(message)


def _clear(ctx: Context, message: MessageRef, emoji: str | None) -> bool:
    """Take back the likes on a message, or those of an emoji there; return False where there was nothing to know."""
    # All that follows is locked in the order in which `settle` locks, since people may be reacting at this moment.
    there = _locked(ctx, {reaction.person for reaction in ctx.uow.likes.on(message)}).keys()
    heard = ctx.uow.readings.heard(message)
    gone = ctx.uow.likes.clear(message, emoji)
    _locked(ctx, {reaction.person for reaction in gone} - there)  # who came since
    _without(ctx, gone)
    return heard or bool(gone)


def _locked(ctx: Context, owns: Set[PersonId]) -> dict[PersonId, Person | None]:
    """Return who those are by now whose accounts these are, with nobody else deciding about what they like."""
    people = ctx.uow.people
    for person in sorted(owns | {people.now_is(own) for own in owns}):
        people.lock(person)
    return {own: people.lock(people.now_is(own)) for own in sorted(owns)}  # they may have been linked meanwhile


def _without(ctx: Context, gone: Iterable[Reaction]) -> None:
    """Take back likes for which no reaction is left on any message that shows the item."""
    for reaction in gone:
        item = About(reaction.item_kind, reaction.item)
        person = ctx.uow.people.now_is(reaction.person)
        if ctx.uow.likes.reacts(item, person):
            continue
        taken = ctx.uow.likes.unlike(item, person)
        group = ctx.uow.groups.get(taken.group) if taken else None
        if taken is not None and group is not None:
            reputation.unliked(ctx.uow, taken)
            ctx.within(group).act(ActKind.UNLIKED, item, taken.owner, by=taken.person)


# Likes are state: what was missed is read


@feature.witness
def watch(ctx: Context, post: Post) -> None:
    """Let the reactions on a message that was sent be read from now on, and one that is gone be forgotten."""
    if post.message is None:
        return
    if (post.verb, post.state) in ((Verb.DELETE, PostState.SENT), (Verb.EDIT, PostState.CANCELLED)):
        gone(ctx, post.message)
        return
    shown = ctx.uow.outbox.shown_by(post.message)
    if (post.verb, post.state) == (Verb.SEND, PostState.SENT) and shown is not None:
        first_look = FIRST_LOOK
        if post.last_try_at is None or post.sends > 1 or ctx.now - post.last_try_at > SWIFT:
            first_look = timedelta(0)  # it stood there for a while before it was known
        read_from_now_on(ctx.uow.readings, shown, _stands_in(ctx, post, post.message), ctx.now, first_look)


def _stands_in(ctx: Context, post: Post, message: MessageRef) -> PlaceRef:
    """Return the channel or thread that a sent message stands in."""
    if isinstance(post.to, InThread):
        return post.to.thread
    parent = ctx.uow.outbox.message_of(post.under) if post.under is not None else None
    if parent is not None and parent.thread is not None:
        return ThreadRef(parent.channel, parent.thread)
    return message.channel


@dataclass(frozen=True, slots=True)
class Read:
    """What was read of a message: the people who reacted and, where its place was read, the counts that it shows.

    `known` is what was known of the message before; `gap` is the last gap before the reading.
    """

    known: Likeable
    people: Sequence[Reacted]
    counts: Mapping[str, int] | None
    gap: int


def settle(ctx: Context, read: Read) -> bool:
    """Let the store hold the reactions that were read; return False, changing nothing, where it has heard more since.

    An event that came while the platform was asked may be newer than the answer, so the answer is then of no use.
    """
    ref = read.known.ref
    shown = ctx.uow.outbox.shown_by(ref)
    if shown is None or not likeable(shown):
        ctx.uow.readings.forget(ref)
        return True
    there = _by_person(ctx, read.people)
    held = {(reaction.person, reaction.emoji) for reaction in ctx.uow.likes.on(ref)}
    come, went = sorted(there - held), sorted(held - there)
    people = _locked(ctx, {own for own, _ in (*come, *went)})
    # From here on no event slips in between: it would have to note that it was heard, on the row that this locks.
    known = ctx.uow.readings.get(ref, lock=True)
    if known is None or known.events != read.known.events:
        return False
    lost = (ctx.uow.likes.unreact(ref, own, emoji) for own, emoji in went)
    _without(ctx, [reaction for reaction in lost if reaction is not None])
    for own, emoji in come:
        person = people[own]
        if person is not None and _reacted(ctx, shown, person, own, emoji):
            held.add((own, emoji))
    shows = counted(Counter(one.emoji for one in read.people) if read.counts is None else read.counts)
    holds = Counter(emoji for _, emoji in held.difference(went))
    ctx.uow.readings.keep(replace(known, gap=read.gap, beside=beside(shows, holds)))
    return True


def _by_person(ctx: Context, reacted: Iterable[Reacted]) -> set[tuple[PersonId, str]]:
    """Return whose accounts reacted with what, of the people and emoji that can count."""
    found: set[tuple[PersonId, str]] = set()
    for one in reacted:
        own = ctx.uow.people.own(one.account) if allowed(one.emoji) else None
        if own is not None:
            found.add((own, spelled(one.emoji)))
    return found
