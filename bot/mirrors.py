"""What members write in one home of a group, shown in its others: with their name, and never a ping.

A mirror is a post like any other, so it is there once, in order, and goes with what it mirrors. The bot's own messages
are known by their posts and are mirrored nowhere.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards import Block, Card, LinkButton, Quote, card
from bot.chat import About, MessageRef, ThreadReplied
from bot.context import Context
from bot.ids import PersonId
from bot.outbox import Message
from bot.pages import pages
from bot.text import Text, say, to_text

SLOT = "mirror"
REPLY = "reply"
"""What a message in a thread is about that is no item of the group's, such as an answer."""


def pass_on(ctx: Context, event: ThreadReplied, root: Message) -> bool:
    """Show what a member wrote below an item in the group's other homes; return whether there are any."""
    # The words are the account's own: whoever is erased by that account alone takes them along.
    own = ctx.uow.people.own(event.account)
    said = About(REPLY, ctx.new_id())
    if ctx.uow.outbox.shown_by(event.message) is not None or not _elsewhere(ctx, root):
        return False
    if ctx.group.emptied_at is not None:  # no text of this group is kept any more
        return False
    if not ctx.uow.outbox.register(Message(ctx.new_id(), event.message, None, said, ctx.group.id, own)):
        return False  # another process passed it on at the same moment
    who = ctx.mention(ctx.person.id)
    shown: Sequence[Card]
    if event.text:
        shown = pages(
            say("{who} writes", who=who),
            [Quote(to_text(event.text))],
            more=say("Continued"),
            footer=written_on(event.message),
        )
    else:
        shown = [unread(ctx, say("{who} wrote something there.", who=who), event.message)]
    ctx.show_below(shown, said, root.about, slot=SLOT, owner=own, only=_elsewhere(ctx, root))
    return True


def is_here(ctx: Context, root: Message) -> bool:
    """Return whether a group still lives where a message stands; what is written elsewhere is not for it."""
    post = ctx.uow.outbox.get(root.post) if root.post is not None else None
    return post is None or bool(ctx.still_here([post]))


def show(
    ctx: Context, cards: Sequence[Card], item: About, below: About, owner: PersonId, root: Message | None = None
) -> None:
    """Show an item that stands as its author's own message in the other homes; without a `root`, where it does so."""
    only = _elsewhere(ctx, root) if root is not None else _mirrored(ctx, item)
    if only:
        ctx.show_below(cards, item, below, slot=SLOT, owner=owner, only=only)


def original_gone(ctx: Context, original: Message) -> None:
    """Let the mirrors of somebody's message be gone with it."""
    if original.post is None:
        ctx.take_back(original.about, SLOT)


def unread(ctx: Context, words: Text, message: MessageRef, *blocks: Block | Text) -> Card:
    """Return a card that says that something was written whose words the platform keeps back, and where it is."""
    link = ctx.link(message)
    return card(
        "",
        words,
        *blocks,
        buttons=[LinkButton(say("Read it there"), link) if link else None],
        footer=written_on(message),
    )


def written_on(message: MessageRef) -> Text:
    """Return where a message was written, in words."""
    return say("Written on {platform}.", platform=message.channel.platform.capitalize())


def _elsewhere(ctx: Context, root: Message) -> set[int]:
    """Return the posts of an item in whose threads a message below one of them is to be seen as well."""
    return {post.id for post in ctx.threads(root.about) if post.id != root.post}


def _mirrored(ctx: Context, item: About) -> set[int]:
    return {post.under for post in ctx.uow.outbox.standing(item, SLOT) if post.under is not None}
