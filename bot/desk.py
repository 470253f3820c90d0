"""The desk: where handlers lay down what is to be seen, in the transaction of what happened."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.cards import Card
from bot.chat import About, Address
from bot.ids import GroupId, PersonId, new_id
from bot.outbox import Outbox, Post, PostState, Verb, key, place_of, space_of


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

    def show(self, what: Shown, cards: Sequence[Card], places: Iterable[Address]) -> None:
        """Let cards stand in places, one message each; what stands there already is edited, what is too many goes."""
        standing = {(post.place, post.part): post for post in self._outbox.standing(what.about, what.slot)}
        for to in places:
            for part, card in enumerate(cards):
                self._stand(what, standing.pop((place_of(to), part), None), card, to, None, part)
        for post in standing.values():
            self._take_back(post)

    def answer(self, what: Shown, cards: Sequence[Card], below: About, slot: str = "card") -> None:
        """Let cards stand in the threads below an item's messages; there too, what is too many goes."""
        standing = {(post.under, post.part): post for post in self._outbox.standing(what.about, what.slot)}
        parents = {parent.id: parent for parent in self._outbox.standing(below, slot) if parent.part == 0}
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
            what = Shown(post.about, post.slot, post.group, post.owner)
            self._add(what, Verb.DELETE, None, None, post, post.part)

    def _add(
        self, what: Shown, verb: Verb, card: Card | None, to: Address | None, under: Post | None, part: int
    ) -> bool:
        """Lay a post down; return False where one like it stands already."""
        id = new_id(self._now)
        place = _place(to, under)
        self.used = True
        return self._outbox.add(
            Post(
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
                once=f"{what.about}/{what.slot}/{part}/{place}" if verb is Verb.SEND else None,
                group=what.group,
                owner=what.owner,
                under=under.id if under is not None else None,
                expires_at=what.expires_at,
                space=space_of(to) if to is not None else under.space if under is not None else "",
            )
        )


def _place(to: Address | None, under: Post | None) -> str:
    return place_of(to) if to is not None else f"post:{under.id}" if under is not None else ""
