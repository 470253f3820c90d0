"""What people do with the bot: commands, buttons, shortcuts and forms become calls, and are answered."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from adapters.slack import brought, errors, forms
from adapters.slack.answers import Answers, TooLate
from adapters.slack.brought import Fetching, Raw
from adapters.slack.cards import label
from adapters.slack.commands import Names
from adapters.slack.errors import TokenRefused
from adapters.slack.forms import CHOICE, CHOICES, LONGEST, PICK, Origin
from adapters.slack.home import Home
from adapters.slack.people import Profile
from adapters.slack.platform import SlackPlatform
from adapters.slack.refs import account, channel_ref, is_direct, thread_ref
from adapters.slack.text import Json
from bot.app import Bot
from bot.cards import CALL_CHARACTERS, Button, ButtonStyle, FieldKind, Form, Reply, Tone, card, pack, reply, unpack
from bot.chat import Invocation
from bot.errors import OldButton, Refusal
from bot.language import Language
from bot.options import Access
from bot.study.times import UnknownZone
from bot.study.times import zone as find_zone
from bot.text import say

log = logging.getLogger(__name__)

SUGGESTIONS_WITHIN = 2.0
"""Seconds that looking up choices may take; Slack waits three."""
KEPT = 2_000
"""Calls that are remembered because they have no room in a button or a form."""
SEEN = 5_000
"""Interactions that are remembered so that one which comes again is not answered again."""


@dataclass(frozen=True, slots=True)
class _Around:
    """What reading an option needs to know of somebody."""

    language: Language
    zone: ZoneInfo


class Calls:
    """Answers what people do with the bot."""

    def __init__(
        self, bot: Bot, platform: SlackPlatform, names: Names, answers: Answers, fetching: Fetching, home: Home
    ) -> None:
        self._bot = bot
        self._platform = platform
        self._names = names
        self._answers = answers
        self._fetching = fetching
        self._home = home
        self._kept: OrderedDict[str, Mapping[str, str] | Form] = OrderedDict()
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._under_way: set[asyncio.Task[Any]] = set()

    def begin(self, raw: Raw) -> None:
        """Do what was asked, beside everything else; what came before is not done again."""
        if raw.id in self._seen:
            return
        if raw.id:
            self._seen[raw.id] = None
            if len(self._seen) > SEEN:
                self._seen.popitem(last=False)
        task = asyncio.create_task(self.answer(raw))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def answer(self, raw: Raw) -> None:
        """Answer an interaction, whatever happens; nothing is raised."""
        try:
            await self._work(raw)
            return
        except (SlackClientError, TokenRefused, aiohttp.ClientError, OSError) as error:
            said = errors.name_of(error) if isinstance(error, SlackApiError) else ""
            log.warning("an answer could not be given: %s %s", type(error).__name__, said)
        except Exception:  # the entry point of interactions: one that fails must not stop the others
            log.exception("an interaction failed")
        try:
            sorry = reply(
                card("", say("That did not work, and it is my fault. Look whether it is done, then try again."))
            )
            await self._answers.tell(raw, sorry, self._bot.languages.get(None))
        except Exception:  # nothing more can be done
            log.exception("nobody could be told of it")

    async def finish(self, within: float) -> None:
        """Wait until what people asked for is answered, for some seconds at most."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=within)

    # Forms that are still open

    async def problems(self, raw: Raw, filled: forms.Filled) -> dict[str, str]:
        """Return what is wrong with single fields of a form, by field."""
        command = self._bot.commands.get(raw.command)
        if command is None:
            return {}
        profile = await self._platform.profiles.get(raw.team, raw.user)
        return forms.problems(command, filled, self._around(profile))

    async def choices(self, body: Json, team: str) -> list[Json]:
        """Return the choices of a list whose field holds what is being typed."""
        prefix, _, command = str(body.get("action_id") or "").rpartition(":")
        if prefix != PICK:
            return []
        origin = Origin.unpack(str((body.get("view") or {}).get("private_metadata") or ""))
        raw = replace(brought.chosen(body, team), command=command, channel=origin.channel, message=None)
        written = str(body.get("value") or "").strip().casefold()
        try:
            async with asyncio.timeout(SUGGESTIONS_WITHIN):
                profile = await self._platform.profiles.get(team, raw.user)
                call = replace(self._call(raw, profile), arguments=origin.arguments)
                found = await self._bot.suggest(call, str(body.get("block_id") or ""))
        except TimeoutError:
            return []
        language = self._bot.languages.get(call.locale)
        named = [replace(one, label=language.translate(one.label)) for one in found]
        fitting = [
            one
            for one in named
            if written in label(one.label, CHOICE).casefold() or written in map(str.casefold, (one.value, *one.keys))
        ]
        return [forms.option(one) for one in fitting[:CHOICES]]

    def _around(self, profile: Profile) -> _Around:
        try:
            zone = find_zone(profile.zone or "UTC")
        except UnknownZone:
            zone = find_zone("UTC")
        return _Around(self._bot.languages.get(profile.locale), zone)

    # Answering

    async def _work(self, raw: Raw) -> None:
        profile = await self._platform.profiles.get(raw.team, raw.user)
        language = self._bot.languages.get(profile.locale)
        call, told = await self._done(raw, self._call(raw, profile))
        if told.form is not None:
            try:
                return await self._answers.ask(raw, self._modal(told.form, raw, language))
            except TooLate:
                told = self._to_fill_in(told.form, call, language)
        await self._answers.tell(raw, told, language)
        command = self._bot.commands.get(call.command)
        if command is not None and command.access is Access.WRITE and told.cards:
            self._home.receipt(raw.team, raw.user, told.cards[0])
            await self._home.refresh(raw.team, raw.user)

    async def _done(self, raw: Raw, call: Invocation) -> tuple[Invocation, Reply]:
        """Return what was called, as it was meant, and the answer."""
        try:
            if raw.typed is not None:
                typed = self._names.read(raw.command, raw.typed, raw.team)
                call = replace(call, command=typed.command.name, arguments=typed.arguments)
                raw = self._with_channels(raw, call)
            elif not call.command:
                raise OldButton
            kept = self._kept.get(call.arguments.get("~", ""))
            if isinstance(kept, Form):
                return call, Reply(form=kept)
            if kept is not None:
                call = replace(call, arguments=kept)
            elif "~" in call.arguments:
                raise OldButton
            arguments = {**call.arguments, **await self._fetching.channels(raw)}
            files = await self._fetching.files(raw) if raw.files else {}
        except Refusal as refusal:
            return call, self._bot.refused(call, refusal)
        call = replace(call, arguments=arguments, files=files)
        return call, await self._bot.invoke(call)

    def _with_channels(self, raw: Raw, call: Invocation) -> Raw:
        """Return what was typed with its channels apart, as whoever names one has to be in it."""
        command = self._bot.commands[call.command]
        given = {
            one.name: call.arguments[one.name]
            for one in command.options
            if one.kind is FieldKind.CHANNEL and one.name in call.arguments
        }
        here = str(channel_ref(raw.team, ""))
        meant = {name: words.strip() for name, words in given.items()}  # as the core reads them
        named = {name: words.removeprefix(here) for name, words in meant.items() if words.startswith(here)}
        return replace(raw, channels=named)

    def _call(self, raw: Raw, profile: Profile) -> Invocation:
        there = bool(raw.channel) and not is_direct(raw.channel)
        target = raw.message
        if target is not None:
            target = replace(target, link=self._platform.link(target.ref))
        return Invocation(
            id=raw.id,
            command=raw.command if raw.typed is None else "",
            account=account(raw.team, raw.user),
            name=profile.name or raw.name or raw.user,
            channel=channel_ref(raw.team, raw.channel) if there else None,
            thread=thread_ref(raw.team, raw.channel, raw.thread) if there and raw.thread else None,
            arguments=raw.arguments,
            message=target,
            submitted=raw.submitted,
            admin=profile.admin and there,
            locale=profile.locale,
            zone=profile.zone,
        )

    # Forms

    def _modal(self, form: Form, raw: Raw, language: Language) -> Json:
        settled = dict(form.preset)
        origin = Origin(form.command, settled, raw.channel, raw.thread, raw.response_url)
        if len(origin.pack()) > LONGEST:
            origin = replace(origin, arguments={}, kept=self._keep(settled))
        return forms.modal(form, origin, language)

    def completed(self, raw: Raw, origin: Origin) -> Raw:
        """Return what a form asks for, with what had no room in its dialog; one that was forgotten has no command."""
        if not origin.kept:
            return raw
        kept = self._kept.get(origin.kept)
        if not isinstance(kept, Mapping):
            return replace(raw, command="")
        return replace(raw, arguments={**kept, **raw.arguments})

    def _keep(self, what: Mapping[str, str] | Form) -> str:
        """Remember what has no room in an id, and return what stands for it there until the next start."""
        token = f"~{secrets.token_hex(8)}"
        self._kept[token] = what
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return token

    def _to_fill_in(self, form: Form, call: Invocation, language: Language) -> Reply:
        """Return a button that opens a form: Slack shows none after three seconds."""
        given = dict(call.arguments)
        packed = pack(given)
        fits = len(form.command) + len(packed) <= CALL_CHARACTERS and packed.isascii() and unpack(packed) == given
        if not (set(form.preset) <= given.items() and call.message is None and fits):
            given = {"~": self._keep(form)}  # the same call would not lead to it again
        opens = Button(language.translate(say("Fill it in")), form.command, tuple(given.items()), ButtonStyle.PRIMARY)
        words = language.translate(say("One more step: a short form."))
        return reply(card(form.title, words, buttons=[opens], tone=Tone.NEEDS_YOU))
