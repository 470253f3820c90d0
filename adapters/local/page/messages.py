"""How messages and private replies look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlencode
from zlib import crc32

from adapters import html
from adapters.local.cards import Reader
from adapters.local.commands import button_id
from adapters.local.page import words
from adapters.local.page.looks import Looks
from adapters.local.page.places import path_of
from adapters.local.rooms import Message, Place, Thread
from adapters.local.world import Answer, Profile
from bot.cards import Button, ButtonStyle, Card, LinkButton, Tone
from bot.text import MomentStyle


@dataclass(frozen=True, slots=True)
class Pressable:
    """A button as it is shown: what it says, and what it sends or where it leads."""

    label: str
    value: str = ""
    style: str = "plain"
    url: str = ""


@dataclass(frozen=True, slots=True)
class ReactionShown:
    """How often a reaction stands on a message, and whether the reader's own is among them."""

    emoji: str
    name: str
    count: int
    mine: bool


class Messages:
    """Draws messages and private replies for whoever looks."""

    def __init__(self, looks: Looks) -> None:
        self._looks = looks
        self._world = looks.world

    def log(self, profile: Profile, place: Place, shown: Sequence[Message | Answer]) -> str:
        """Return what stands in a place."""
        if not shown:
            t = words.of(self._world.reader(profile).language)
            return f'<p class="empty" id="empty">{t["empty_direct" if place.channel.owner else "empty"]}</p>'
        before = [None, *shown[:-1]]
        return "\n".join(self.item(profile, place, one, above) for one, above in zip(shown, before, strict=True))

    def item(self, profile: Profile, place: Place, one: Message | Answer, above: Message | Answer | None) -> str:
        """Return one message or private reply; `above` is what stands over it."""
        reader = self._world.reader(profile)
        at = self._at(one).astimezone(reader.zone)
        new_day = above is None or self._at(above).astimezone(reader.zone).date() != at.date()
        private = isinstance(one, Answer)
        author = self._world.bot_account if isinstance(one, Answer) else one.author
        drawn = html.Reader(reader.language, reader.zone, self._world.clock.now())
        return self._looks.fill(
            "item",
            profile,
            id=one.id,
            act=self._looks.act(profile, place),
            more=f"{self._looks.url(profile, place)}?more={one.id}",
            get_more=f"/part/{quote(profile.account.user)}/more?{urlencode({'at': path_of(place), 'item': one.id})}",
            name=self._world.bot_name if isinstance(one, Answer) else one.author_name,
            author_id=crc32(author.user.encode()),
            bot=author == self._world.bot_account,
            mine=author == profile.account,
            at=f"{at:%H:%M}",
            exact=self._at(one).strftime("%Y-%m-%dT%H:%M:%SZ"),
            full=reader.language.moment(self._at(one), MomentStyle.FULL, reader.zone),
            day=reader.language.moment(self._at(one), MomentStyle.DATE, reader.zone) if new_day else "",
            private=private,
            edited=isinstance(one, Message) and one.edited,
            cards=[self._card(card, reader, drawn) for card in one.cards],
            said=html.words(one.said, drawn) if isinstance(one, Message) and not one.card else "",
            files=self._files(profile, one),
            reactions=_reactions(one, profile, reader),
            labels=one.labels if isinstance(one, Message) else (),
            thread=self._thread(profile, place, one),
        )

    def _at(self, one: Message | Answer) -> datetime:
        return one.at if isinstance(one, Message) else one.reader.now or self._world.clock.now()

    def _card(self, card: Card, reader: Reader, drawn: html.Reader) -> dict[str, object]:
        return {
            "title": html.words(card.title, drawn),
            "body": html.blocks(card, drawn, heading=3),
            "footer": html.words(card.footer, drawn),
            "tone": {Tone.DONE: "done", Tone.NEEDS_YOU: "needs"}.get(card.tone, "plain"),
            "buttons": [_pressable(button, reader) for button in card.buttons],
        }

    def _files(self, profile: Profile, one: Message | Answer) -> list[tuple[str, str]]:
        if not isinstance(one, Answer):
            return []
        stem = f"/file/{quote(profile.account.user)}/{one.id}"
        return [(file.name, f"{stem}/{number}") for number, file in enumerate(one.files)]

    def _thread(self, profile: Profile, place: Place, one: Message | Answer) -> dict[str, object] | None:
        if not isinstance(one, Message) or one.thread is None or isinstance(place, Thread) or not one.thread.messages:
            return None
        return {
            "url": self._looks.url(profile, one.thread),
            "count": len(one.thread.messages),
            "unread": self._looks.unread(profile, one.thread),
        }


def _pressable(button: Button | LinkButton, reader: Reader) -> Pressable:
    label = reader.words(button.label)
    if isinstance(button, LinkButton):
        return Pressable(label, url=html.safe_url(button.url) or "")
    style = {ButtonStyle.PRIMARY: "primary", ButtonStyle.DANGER: "danger"}.get(button.style, "plain")
    return Pressable(label, button_id(button), style)


def _reactions(one: Message | Answer, profile: Profile, reader: Reader) -> list[ReactionShown]:
    if isinstance(one, Answer):
        return []
    emojis = [reacted.emoji for reacted in one.reactions]
    mine = {reacted.emoji for reacted in one.reactions if reacted.account == profile.account}
    return [
        ReactionShown(emoji, words.reaction_name(emoji, reader.language), emojis.count(emoji), emoji in mine)
        for emoji in dict.fromkeys(emojis)
    ]
