"""What people do with the bot: commands, buttons, menus, forms and suggestions become calls, and are answered."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import aiohttp
import discord

from adapters.discord import forms
from adapters.discord.answers import Answer, TooLate
from adapters.discord.brought import Raw, chosen, chosen_roles, fetched, target
from adapters.discord.cards import label
from adapters.discord.commands import ON_A_PERSON, Registered, read_typed
from adapters.discord.forms import read_modal
from adapters.discord.marks import LONGEST_ID, Json, call_id, packed_whole, read_call_id
from adapters.discord.platform import DiscordPlatform
from adapters.discord.refs import PlaceKind, account, channel_ref, place_of
from bot.app import Bot
from bot.cards import CALL_CHARACTERS, Button, ButtonStyle, Choice, Form, Reply, Tone, card, pack, reply, unpack
from bot.chat import ChannelRef, Direct, Invocation, ThreadRef
from bot.errors import DeliveryError, Refusal
from bot.text import say

log = logging.getLogger(__name__)

HURRY = 0.3
"""Seconds within which a call is answered at once; after that Discord is told that it takes a moment."""
SUGGESTIONS_WITHIN = 2.0
"""Seconds that looking up suggestions may take; Discord waits three."""
SUGGESTIONS = 25
"""How many choices are offered while typing."""
KEPT = 2_000
"""Calls that are remembered because they have no room in a button or a form."""


class Calls:
    """Answers what people do with the bot; `registered` says what the words of a command mean."""

    def __init__(self, bot: Bot, platform: DiscordPlatform, registered: Registered, *, hurry: float = HURRY) -> None:
        self._bot = bot
        self._platform = platform
        self._registered = registered
        self._hurry = hurry
        self._kept: OrderedDict[str, Mapping[str, str] | Form] = OrderedDict()
        self._under_way: set[asyncio.Task[Any]] = set()

    async def answer(self, interaction: discord.Interaction[Any]) -> None:
        """Answer an interaction, whatever happens; nothing is raised."""
        task = asyncio.current_task()
        assert task is not None, "an interaction is answered in a task"
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        try:
            raw = self._read(interaction)
            if raw is not None and interaction.type is discord.InteractionType.autocomplete:
                await self._suggest(interaction, raw)
            elif raw is not None and raw.form is not None:
                await Answer(interaction).ask(self._modal(raw.form, str(interaction.locale)))
            elif raw is not None:
                await self._work(interaction, raw)
        except (discord.HTTPException, aiohttp.ClientError, OSError, TooLate) as error:
            log.warning("an answer could not be given: %s", _told(error))
        except Exception:  # the entry point of interactions: one that fails must not stop the others
            log.exception("an interaction failed")

    async def finish(self, within: float) -> None:
        """Wait until what people asked for is answered, for some seconds at most."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=within)

    # Reading

    def _read(self, interaction: discord.Interaction[Any]) -> Raw | None:
        data: Json = dict(interaction.data or {})
        match interaction.type:
            case discord.InteractionType.component:
                return self._behind(str(data.get("custom_id", "")))
            case discord.InteractionType.modal_submit:
                behind, filled = self._behind(str(data.get("custom_id", ""))), read_modal(data)
                arguments = {**behind.arguments, **filled.arguments}
                return replace(
                    behind, arguments=arguments, files=filled.files, channels=filled.channels, submitted=True
                )
            case discord.InteractionType.application_command if "target_id" in data:
                command = self._registered.menus.get(str(data["name"]), "")
                if data.get("type") == ON_A_PERSON:
                    return Raw(command, person=account(int(data["target_id"])))
                return Raw(command, message=target(interaction, data))
            case discord.InteractionType.application_command | discord.InteractionType.autocomplete:
                typed = read_typed(data)
                name = self._registered.names.get(typed.path, " ".join(typed.path))
                return Raw(name, typed.arguments, typed.files, typed.channels, typed.roles, focused=typed.focused)
        return None

    def _behind(self, id: str) -> Raw:
        """Return the call behind a button or form; none of ours, or a forgotten one, has no command."""
        command, packed = read_call_id(id)
        token = packed.removeprefix("~=")
        if not token.startswith("~"):
            return Raw(command, unpack(packed))
        kept = self._kept.get(token)
        if isinstance(kept, Form):
            return Raw(command, form=kept)
        return Raw(command if kept is not None else "", kept or {})

    async def _call(self, interaction: discord.Interaction[Any], raw: Raw) -> Invocation:
        channel, thread = await self._where(interaction)
        call = Invocation(
            id=str(interaction.id),
            command=raw.command,
            account=account(interaction.user.id),
            name=interaction.user.display_name,
            channel=channel,
            thread=thread,
            arguments=raw.arguments,
            message=raw.message,
            person=raw.person,
            submitted=raw.submitted,
            admin=interaction.guild_id is not None and interaction.permissions.manage_guild,
            locale=str(interaction.locale),
        )
        return call

    async def _where(self, interaction: discord.Interaction[Any]) -> tuple[ChannelRef | None, ThreadRef | None]:
        """Return the channel and the thread of an interaction; a direct conversation is neither."""
        if interaction.guild_id is None or interaction.channel_id is None:
            return None, None
        place = place_of(interaction.channel)
        if place.kind is not PlaceKind.THREAD or place.parent is None:
            return channel_ref(interaction.guild_id, interaction.channel_id), None
        thread = await self._platform.places.thread(replace(place, guild=interaction.guild_id))
        return channel_ref(interaction.guild_id, place.parent), thread

    # Answering

    async def _suggest(self, interaction: discord.Interaction[Any], raw: Raw) -> None:
        call = await self._call(interaction, raw)
        option = raw.focused or ""
        typed = raw.arguments.get(option, "").strip().casefold()
        found: tuple[Choice, ...] = ()
        try:
            async with asyncio.timeout(SUGGESTIONS_WITHIN):
                others = {name: value for name, value in raw.arguments.items() if name != option}
                found = await self._bot.suggest(replace(call, arguments=others), option)
        except TimeoutError:
            log.info("suggestions for %s took too long", raw.command)
        language = self._bot.languages.get(call.locale)
        named = [(label(language.translate(one.label), 100), one) for one in found]
        fitting = [
            {"name": words, "value": one.value[:100]}
            for words, one in named
            if typed in words.casefold() or typed in map(str.casefold, (one.value, *one.keys))
        ]
        await Answer(interaction).suggest(fitting[:SUGGESTIONS])

    async def _work(self, interaction: discord.Interaction[Any], raw: Raw) -> None:
        """Do what was asked, and answer at once if that is quick; else say so, and answer when it is done."""
        answer = Answer(interaction)
        call = await self._call(interaction, raw)
        saying: list[asyncio.Task[None]] = []
        over = False

        async def later() -> None:
            if not over:  # the answer may have come since the timer ended
                await self._later(answer, raw)

        # A timer, as most calls are quick: a task for each and one to wait for it would cost more than many of them.
        timer = asyncio.get_running_loop().call_later(self._hurry, lambda: saying.append(asyncio.create_task(later())))
        try:
            told = await self._done(interaction, call, raw)
        finally:
            over = True
            timer.cancel()
            await asyncio.gather(*saying, return_exceptions=True)
        try:
            for acknowledged in saying:
                acknowledged.result()
            await self._tell(answer, call, told)
        except TooLate:
            await self._tell_directly(call, told)

    async def _later(self, answer: Answer, raw: Raw) -> None:
        """Say that the answer takes a moment; raises TooLate where there can be none any more."""
        try:
            await answer.later()
        except (discord.HTTPException, aiohttp.ClientError, OSError, TooLate) as error:
            log.warning("%s could not be acknowledged: %s", raw.command, _told(error))
            if isinstance(error, TooLate):
                raise

    async def _done(self, interaction: discord.Interaction[Any], call: Invocation, raw: Raw) -> Reply:
        try:
            arguments = {**call.arguments, **chosen(interaction, raw), **chosen_roles(interaction, raw)}
            files = await fetched(interaction, raw) if raw.files else {}
        except Refusal as refusal:
            return self._bot.refused(call, refusal)
        return await self._bot.invoke(replace(call, arguments=arguments, files=files))

    async def _tell(self, answer: Answer, call: Invocation, told: Reply) -> None:
        if told.form is not None and answer.can_ask:
            await answer.ask(self._modal(told.form, call.locale))
        elif told.form is not None:
            await answer.tell(self._to_fill_in(told.form, call))
        elif told.cards or told.files:  # nothing at all: the same interaction came before, and was answered
            await answer.tell(told)

    async def _tell_directly(self, call: Invocation, told: Reply) -> None:
        """Send what comes too late for an answer as direct messages, once; whoever takes none can ask again."""
        for number, shown in enumerate(told.cards):
            key = hashlib.sha256(f"{call.id} {number}".encode()).hexdigest()[:20]
            try:
                await self._platform.send(Direct(call.account), shown, key=key)
            except DeliveryError as error:
                log.info("a late answer was not taken: %s", error.reason)
                return

    # Forms

    def _modal(self, form: Form, locale: str | None) -> Json:
        id = self._id(form.command, dict(form.preset))
        say_it = self._bot.languages.get(locale).translate
        return forms.modal(form, id, say_it(say("Yes")), say_it(say("No")))

    def _id(self, command: str, arguments: Mapping[str, str]) -> str:
        room = LONGEST_ID - len(call_id(command, ""))
        return call_id(command, packed_whole(arguments, room) or self._keep(arguments) if arguments else "")

    def _keep(self, what: Mapping[str, str] | Form) -> str:
        """Remember what has no room in an id, and return what stands for it there until the next start."""
        token = f"~{secrets.token_hex(8)}"
        self._kept[token] = what
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return token

    def _to_fill_in(self, form: Form, call: Invocation) -> Reply:
        """Return a button that opens a form: Discord shows none after a delay, nor after another."""
        language = self._bot.languages.get(call.locale)
        given = dict(call.arguments)
        room = CALL_CHARACTERS - len(form.command)
        if not (set(form.preset) <= given.items() and call.message is None and call.person is None):
            arguments = {"~": self._keep(form)}  # the same call would not lead to it again
        elif packed_whole(given, room) is not None and pack(given).isascii():
            arguments = given
        else:
            arguments = {"~": self._keep(given)}
        opens = Button(
            language.translate(say("Fill it in")), form.command, tuple(arguments.items()), ButtonStyle.PRIMARY
        )
        words = language.translate(say("One more step: a short form."))
        return reply(card(form.title, words, buttons=[opens], tone=Tone.NEEDS_YOU))


def _told(error: Exception) -> str:
    """Return an error without the address of its request, which has the interaction's token in it."""
    return f"{error.status}, {error.code}" if isinstance(error, discord.HTTPException) else type(error).__name__
