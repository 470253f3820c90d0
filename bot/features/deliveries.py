"""Messages that did not arrive, or may not have: those who lead the group hear of it in plain words, and decide."""

from __future__ import annotations

import hashlib
from typing import Annotated

from bot.cards import ButtonStyle, Card, Paragraph, Quote, Reply, Tone, card, reply
from bot.chat import About, ChannelRef, InChannel, InThread, OpenThread
from bot.context import Context
from bot.errors import UnknownItem
from bot.feature import Feature
from bot.ids import PostId, code
from bot.measure import excerpt
from bot.outbox import Post, PostState, Verb
from bot.study.members import PRESENT, RUNS_GROUP
from bot.text import EMPTY, Text, say, say_n, to_text

feature = Feature("deliveries")

SLOT = "not delivered"
SHOWN = 200
"""Characters of a message by which it is recognised."""


@feature.witness
def tell_who_leads(ctx: Context, post: Post) -> None:
    """Tell those who lead a group that something of theirs was turned down, came too late, or may not be there.

    A channel that turns everything down makes one message a day; each message that may be there, or was too late, is a
    question of its own. What goes to one person alone is nobody else's business.
    """
    late = post.state is PostState.EXPIRED and post.verb is Verb.SEND
    if not (late or post.state in (PostState.DEAD, PostState.UNKNOWN)) or ctx.maybe_group is None:
        return
    channel = _channel(ctx, post)
    if channel is None:
        return
    about = About("post", post.id)
    if late:
        words = _late(ctx, post)
    elif post.state is PostState.UNKNOWN:
        words = _unknown(ctx, post, channel)
    else:
        about, words = _day_of(ctx, channel), _dead(ctx, post)
    for leader in ctx.uow.members.in_group(ctx.group.id, PRESENT, RUNS_GROUP):
        if not ctx.uow.outbox.standing(about, f"{SLOT}:{code(leader.person)}"):
            ctx.tell(leader.person, words, about, slot=SLOT)


def _channel(ctx: Context, post: Post) -> ChannelRef | None:
    """Return the channel in which a post was to stand, or in which what it belongs to stands; None for one person's."""
    top: Post | None = post
    while top is not None and top.to is None:
        top = ctx.uow.outbox.get(top.under) if top.under is not None else None
    match top.to if top is not None else None:
        case InThread(thread):
            return thread.channel
        case InChannel(channel) | OpenThread(channel):
            return channel
        case _:
            return None


def _day_of(ctx: Context, channel: ChannelRef) -> About:
    """Return what one day's failures in a channel are known by."""
    day = f"{ctx.group.id} {channel} {ctx.now.astimezone(ctx.group.where):%Y-%m-%d}"
    return About("channel", int.from_bytes(hashlib.sha256(day.encode()).digest()[:8]) >> 1)


def _dead(ctx: Context, post: Post) -> Card:
    group = ctx.group.title
    match post.verb:
        case Verb.SEND:
            title, what = say("A message could not be posted"), say("I could not post this in {group}:", group=group)
        case Verb.EDIT:
            title = say("A message could not be changed")
            what = say("I could not bring this up to date in {group}:", group=group)
        case Verb.DELETE:
            title, what = say("A message could not be removed"), say("I could not remove this in {group}:", group=group)
        case Verb.RENAME:
            title = say("A thread could not get another title")
            what = say("In {group}, a thread was to be called this:", group=group)
    return card(
        title,
        what,
        _shown(ctx, post),
        say("The reason: {reason}.", reason=post.reason[:300].rstrip(".") or say("none was given")),
        say("Once that is put right, I can try again, also with whatever else was turned down there since."),
        buttons=[
            ctx.button(say("Try again"), "delivery again", ButtonStyle.PRIMARY, post=post.id),
            ctx.button(say("See the schedule"), "lead schedule show"),
        ],
        tone=Tone.NEEDS_YOU,
    )


def _late(ctx: Context, post: Post) -> Card:
    return card(
        say("A message was not posted in time"),
        say("I could not post this in {group} while its time lasted:", group=ctx.group.title),
        _shown(ctx, post),
        say("If it is still of use, I can post it now."),
        buttons=[
            ctx.button(say("Post now"), "delivery again", ButtonStyle.PRIMARY, post=post.id),
            ctx.button(say("See the schedule"), "lead schedule show"),
        ],
        tone=Tone.NEEDS_YOU,
    )


def _unknown(ctx: Context, post: Post, channel: ChannelRef) -> Card:
    return card(
        say("Is this message there?"),
        say(
            "{platform} gave no clear answer, and I can't look for it myself in {group}:",
            platform=channel.platform.title(),
            group=ctx.group.title,
        ),
        _shown(ctx, post),
        say("Please look. I post it again only if you say so, so that nobody reads it twice."),
        buttons=[
            ctx.button(say("It's there"), "delivery there", ButtonStyle.PRIMARY, post=post.id),
            ctx.button(say("Post again"), "delivery again", post=post.id),
        ],
        tone=Tone.NEEDS_YOU,
    )


def _shown(ctx: Context, post: Post) -> Quote:
    """Return the beginning of a message, by which it is recognised."""
    words: Text = to_text(post.to.title) if post.verb is Verb.RENAME and isinstance(post.to, OpenThread) else EMPTY
    removed = ctx.uow.outbox.get(post.under) if post.verb is Verb.DELETE and post.under is not None else None
    shown = (removed or post).card
    if shown is not None:
        texts = [shown.title, *(block.text for block in shown.blocks if isinstance(block, Paragraph))]
        words = next((text for text in texts if text), EMPTY)
    return Quote(excerpt(words or say("a message"), SHOWN))


def _of_group(ctx: Context, post: PostId) -> Post:
    found = ctx.uow.outbox.get(post)
    if found is None or found.group != ctx.group.id or _channel(ctx, found) is None:
        raise UnknownItem
    return found


@feature.command("delivery there", hidden=True)
def there(ctx: Context, post: Annotated[PostId, "Which message"]) -> Reply:
    """Say that a message is there, so that it is not posted again."""
    found = _of_group(ctx, post)
    if found.state is not PostState.UNKNOWN or not ctx.desk_at_hand.is_there(found):
        return reply(card("", say("Thank you. This was settled already.")))
    return reply(card("", say("Thank you. I leave it as it is."), tone=Tone.DONE))


@feature.command("delivery again", hidden=True)
def again(ctx: Context, post: Annotated[PostId, "Which message"]) -> Reply:
    """Post a message again, with whatever else was turned down at that place since."""
    found = _of_group(ctx, post)
    chosen = [found]
    if found.state not in (PostState.UNKNOWN, PostState.EXPIRED):
        channel = _channel(ctx, found)
        since = [one for one in reversed(ctx.uow.outbox.stuck(ctx.group.id)) if one.id >= found.id]
        chosen = [one for one in since if one.state is PostState.DEAD and _channel(ctx, one) == channel]
    tried = sum(ctx.desk_at_hand.post_again(one) for one in chosen)
    if not tried:
        return reply(card("", say("There is nothing left to post again: it is settled, or its time is over.")))
    words = say_n("I am trying again now.", "I am trying again with {n} messages now.", tried)
    return reply(card("", words, tone=Tone.DONE))
