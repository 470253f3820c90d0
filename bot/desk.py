"""The desk: where handlers lay down what is to be seen, in the transaction of what happened."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.cards import Card
from bot.chat import About, Address, OpenThread
from bot.ids import GroupId, PersonId, new_id
from bot.outbox import Outbox, Post, PostState, Verb, key, once_of, place_of, space_of


@dataclass(frozen=True, slots=True)
class Shown:
    """What a message is about: its item, which of the item's messages it is, whose it is, in which group."""

    about: About
    slot: str = "card"
    group: GroupId | None = None
    owner: PersonId | None = None
    expires_at: datetime | None = None


class Desk:
    """Where handlers lay down what is to be seen, in the transaction of what happened."""

    def __init__(self, outbox: Outbox, instance: str, now: datetime) -> None:
        self._outbox = outbox
        self._instance = instance
        self._now = now
        self.used = False

    def show(
        self,
        what: Shown,
        cards: Sequence[Card],
        places: Iterable[Address],
        within: Collection[str] | None = None,
    ) -> None:
        """Let cards stand in places, one message each; what stands there already is edited, what is too many goes.

        With `within`, what stands in other places than these is left as it is.
        """
        standing = {(post.place, post.part): post for post in self._outbox.standing(what.about, what.slot)}
        for to in places:
            for part, card in enumerate(cards):
                self._stand(what, standing.pop((place_of(to), part), None), card, to, None, part)
        for post in standing.values():
            if within is None or post.place in within:
                self._take_back(post)

    def answer(
        self,
        what: Shown,
        cards: Sequence[Card],
        below: About,
        slot: str = "card",
        only: Collection[int] | None = None,
    ) -> None:
        """Let cards stand in the threads below an item's messages, or `only` these; what is too many there goes."""
        standing = {(post.under, post.part): post for post in self._outbox.standing(what.about, what.slot)}
        there = self._outbox.standing(below, slot)
        parents = {one.id: one for one in there if one.part == 0 and (only is None or one.id in only)}
        for parent in parents.values():
            for part, card in enumerate(cards):
                self._stand(what, standing.pop((parent.id, part), None), card, None, parent, part)
        for (under, _), post in standing.items():
            if under in parents:
                self._take_back(post)

    def take_back(self, about: About, slot: str = "card") -> None:
        """Let an item's messages in a slot be gone: unsent ones are cancelled, sent ones deleted."""
        for post in self._outbox.standing(about, slot):
            self._take_back(post)
        self._outbox.drop(about, slot)

    def is_there(self, post: Post) -> bool:
        """Let a dead or unknown post count as sent, as somebody saw it; return False where that is settled already."""
        return self._outbox.decide(replace(post, state=PostState.SENT, sent_at=self._now))

    def post_again(self, post: Post) -> bool:
        """Let a dead, unknown or expired post go out once more, as a new message; return whether it does.

        It does not where it was taken back or something newer stands in its place, where it is settled already, and
        where its time has run out since it was turned down. A change or a removal is tried again.
        """
        if post.verb is not Verb.SEND:
            return self._outbox.decide(replace(post, state=PostState.CANCELLED)) and self.repeat(post)
        once = once_of(post.about, post.slot, post.part, post.place)
        gone = post.state is PostState.UNKNOWN and post.once is None
        gone |= any(one.once == once and one.id != post.id for one in self._outbox.standing(post.about, post.slot))
        is_over = post.expires_at is not None and post.expires_at <= self._now
        if gone or (is_over and post.state is not PostState.EXPIRED):
            self._outbox.decide(replace(post, state=PostState.CANCELLED, once=None))
            return False
        self.used = True
        return self._outbox.decide(
            replace(
                post,
                # A new key: under the old one a copy that does stand would count as this message.
                key=key(self._instance, post.id, post.fence),
                once=once,
                state=PostState.DUE,
                not_before=self._now,
                attempts=0,
                lease_until=None,
                first_try_at=None,
                last_try_at=None,
                reason="",
                sends=0,
                looks=0,
                looked_at=None,
                refused=False,
                expires_at=None if is_over else post.expires_at,
            )
        )

    def repeat(self, change: Post) -> bool:
        """Let a message be edited or deleted once more, as it is wished by now; return False where that is settled."""
        post = self._outbox.get(change.under) if change.under is not None else None
        if post is None or post.message is None:
            return False
        if change.verb is Verb.EDIT and (post.once is None or self._outbox.pending_edit(post.id)):
            return False
        if change.verb is Verb.RENAME and self._outbox.pending_title(post.id):
            return False
        card = post.card if change.verb is Verb.EDIT else None
        to = change.to if change.verb is Verb.RENAME else None
        if to is not None and isinstance(post.to, OpenThread):
            to = post.to  # the newest wish
        return self._add(_what(post), change.verb, card, to, post, post.part)

    def redraw(self, post: Post, card: Card) -> None:
        """Let a message that stands show another card."""
        self._stand(_what(post), post, card, None, None, post.part)

    def rename(self, post: Post, title: str) -> None:
        """Let the thread that a post heads have another title, also where the message above it is gone.

        A platform may keep a line that tells of it for good, so it must be one that names nobody.
        """
        if not isinstance(post.to, OpenThread) or post.to.title == title:
            return
        self.used = True
        to = replace(post.to, title=title)
        if self._outbox.readdress(post.id, to):
            return
        pending = self._outbox.pending_title(post.id)
        if pending:
            self._outbox.readdress(pending.id, to)
        else:
            self._add(_what(post), Verb.RENAME, None, to, post, post.part)

    def withdraw(self, post: Post) -> None:
        """Let a message that stands be gone: deleted, or cancelled where it was not sent."""
        self._take_back(post)

    def _stand(
        self, what: Shown, post: Post | None, card: Card, to: Address | None, under: Post | None, part: int
    ) -> None:
        if post is None:
            if self._add(what, Verb.SEND, card, to, under, part):
                return
            # Somebody else laid it down at the same time, and has committed since; this is the newer wish.
            place = _place(to, under)
            standing = self._outbox.standing(what.about, what.slot)
            post = next((one for one in standing if (one.place, one.part) == (place, part)), None)
        if post is not None and post.card != card:
            self.used = True
            if self._outbox.set_card(post.id, card):
                return
            pending = self._outbox.pending_edit(post.id)
            if pending:
                self._outbox.set_card(pending.id, card)
            else:
                self._add(what, Verb.EDIT, card, None, post, part)

    def _take_back(self, post: Post) -> None:
        self.used = True
        if not self._outbox.release(post.id):
            self._add(_what(post), Verb.DELETE, None, None, post, post.part)

    def _add(
        self, what: Shown, verb: Verb, card: Card | None, to: Address | None, under: Post | None, part: int
    ) -> bool:
        """Lay a post down; return False where one like it stands already."""
        id = new_id(self._now)
        place = f"title:{under.id}" if verb is Verb.RENAME and under is not None else _place(to, under)
        self.used = True
        post = Post(
            id=id,
            key=key(self._instance, id),
            verb=verb,
            place=place,
            to=to,
            about=what.about,
            slot=what.slot,
            part=part,
            card=card,
            state=PostState.DUE,
            at=self._now,
            not_before=self._now,
            once=once_of(what.about, what.slot, part, place) if verb is Verb.SEND else None,
            group=what.group,
            owner=what.owner,
            under=under.id if under is not None else None,
            expires_at=what.expires_at,
            space=space_of(to) if to is not None else under.space if under is not None else "",
        )
        return self._outbox.add(post) if verb is not Verb.SEND else self._add_message(post, under)

    def _add_message(self, post: Post, under: Post | None) -> bool:
        """Lay a message down under a key that it would have again, were this decided anew after a restore."""
        parts = (self._instance, post.about, post.slot, post.part, under.key if under is not None else post.place)
        if self._outbox.add(replace(post, key=key(*parts, 0))):
            return True
        if any(one.once == post.once for one in self._outbox.standing(post.about, post.slot)):
            return False
        # It stood here before and was taken back. What stands now is another message, so it has another key.
        earlier = self._outbox.laid_down(post.about, post.slot, post.part, post.place)
        return self._outbox.add(replace(post, key=key(*parts, earlier)))


def _what(post: Post) -> Shown:
    return Shown(post.about, post.slot, post.group, post.owner)


def _place(to: Address | None, under: Post | None) -> str:
    return place_of(to) if to is not None else f"post:{under.id}" if under is not None else ""
