"""The dialogs: forms that the bot asks, all that can be done with a message, and what is offered while typing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from textwrap import shorten

from adapters.local.cards import Reader
from adapters.local.page import words
from adapters.local.page.looks import Looks
from adapters.local.page.suggesting import Offer
from adapters.local.rooms import Message, Place
from adapters.local.world import Profile
from bot.cards import Field, FieldKind


class Dialogs:
    """Draws what opens above the page."""

    def __init__(self, looks: Looks) -> None:
        self._looks = looks
        self._stage = looks.stage
        self._world = looks.world

    def form(
        self,
        profile: Profile,
        place: Place,
        written: Mapping[str, str] | None = None,
        problems: Mapping[str, str] | None = None,
    ) -> str:
        """Return the form that is open on somebody's screen as a dialog, with what they wrote; empty where none is."""
        if profile.form is None:
            return ""
        reader = self._world.reader(profile)
        form = profile.form.form
        asked = [self._field(field, reader, (written or {}).get(field.name), problems or {}) for field in form.fields]
        return self._looks.fill(
            "form",
            profile,
            title=reader.words(form.title),
            fields=asked,
            problems=list((problems or {}).values()),
            act=self._looks.act(profile, place),
        )

    def _field(
        self, field: Field, reader: Reader, written: str | None, problems: Mapping[str, str]
    ) -> dict[str, object]:
        value = field.value if written is None else written
        choices = [(choice.value, reader.words(choice.label)) for choice in field.choices]
        t = words.of(reader.language)
        if field.kind is FieldKind.YES_NO and not choices:
            choices = [("yes", t["yes"]), ("no", t["no"])]
        if field.kind is FieldKind.CHANNEL:
            choices = [(f"#{name}", f"#{name}") for name in self._stage.space.channels]
        return {
            "name": field.name,
            "label": reader.words(field.label),
            "required": field.required,
            "kind": field.kind.value,
            "choices": choices,
            "value": value.replace(" ", "T", 1) if field.kind is FieldKind.LOCAL_TIME else value,
            "longest": field.longest,
            "problem": problems.get(field.name, ""),
        }

    def more(self, profile: Profile, place: Place, message: Message) -> str:
        """Return all that somebody can do with a message as a dialog."""
        reader = self._world.reader(profile)
        commands = self._world.bot.commands.values()
        by_person = message.author != self._world.bot_account
        mine = {one.emoji for one in message.reactions if one.account == profile.account}
        return self._looks.fill(
            "more",
            profile,
            id=message.id,
            excerpt=shorten(" · ".join(message.read_by(reader).split("\n")[:2]), 140, placeholder=" …"),
            act=self._looks.act(profile, place),
            reactions=[(emoji, reader.words(text), emoji in mine) for emoji, text in words.REACTIONS],
            entries=[reader.words(one.menu) for one in commands if one.menu],
            on_person=[reader.words(one.person_menu) for one in commands if one.person_menu] if by_person else [],
            author=message.author_name,
            deletes=message.author == profile.account or profile.admin,
            payloads=self._payloads(message, reader) if message.card else [],
        )

    def _payloads(self, message: Message, reader: Reader) -> list[tuple[str, str]]:
        """Return what each platform would get for a message, as text."""
        assert message.card is not None
        shown = []
        for name, inspect in self._stage.inspectors.items():
            try:
                payload = inspect(message.card)
            except ValueError as error:
                payload = str(error)
            shown.append((name, json.dumps(payload, indent=2, ensure_ascii=False)))
        return shown

    def new_group(self, profile: Profile, place: Place, problem: str = "", name: str = "") -> str:
        """Return the dialog that asks in which channel a new group is to live."""
        act = self._looks.act(profile, place)
        return self._looks.fill("new_group", profile, act=act, problem=problem, name=name)

    def offers(self, profile: Profile, found: Sequence[Offer]) -> str:
        """Return what is offered while typing."""
        return self._looks.fill("offers", profile, offers=found)
