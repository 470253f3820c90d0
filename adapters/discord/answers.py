"""Answers to interactions: acknowledged in time whatever happens, and seen by one person alone."""

from __future__ import annotations

import io
import logging
import time
from collections.abc import Sequence
from typing import Any

import aiohttp
import discord
from discord.http import Route
from discord.webhook.async_ import AsyncWebhookAdapter

from adapters.discord import errors
from adapters.discord.cards import EPHEMERAL, file_name, message, with_files
from adapters.discord.marks import Json
from bot.cards import Card, File, Reply, card

log = logging.getLogger(__name__)

TOKEN_LASTS = 14 * 60.0
"""Seconds for which an interaction can be answered; Discord says 15 minutes."""

_MESSAGE, _LATER, _LATER_HERE, _HERE, _SUGGESTIONS, _FORM = 4, 5, 6, 7, 8, 9
"""Kinds of a first answer: a message; one to come; an edit of this one to come; an edit; choices; a dialog."""


class TooLate(Exception):
    """The interaction can't be answered any more."""


class Answer:
    """The answer to one interaction."""

    def __init__(self, interaction: discord.Interaction[Any]) -> None:
        self._interaction = interaction
        self._web = AsyncWebhookAdapter()  # type: ignore[no-untyped-call]
        self._acknowledged = False
        self._heard_at = time.monotonic()  # a clock that is wrong must not make every answer late
        source = interaction.message
        # What a button of a private message brings may take its place; a post of the bot's stays for the others.
        self._private = source is not None and source.flags.ephemeral
        self.can_ask = interaction.type is not discord.InteractionType.modal_submit
        """Whether a form may still be shown: a dialog follows neither another nor a delay."""

    async def later(self) -> None:
        """Let Discord know that the answer takes a moment."""
        self.can_ask = False
        body: Json = {"type": _LATER_HERE} if self._private else {"type": _LATER, "data": {"flags": EPHEMERAL}}
        await self._first(body)
        self._acknowledged = True

    async def suggest(self, choices: Sequence[Json]) -> None:
        """Offer choices for what is being typed."""
        await self._first({"type": _SUGGESTIONS, "data": {"choices": list(choices)}})

    async def ask(self, modal: Json) -> None:
        """Show a dialog."""
        await self._first({"type": _FORM, "data": modal})

    async def tell(self, reply: Reply) -> None:
        """Show a reply's cards and files, a message each; raises TooLate where the interaction is over."""
        shown = list(reply.cards) or [card("", *(file.name for file in reply.files))]
        if time.monotonic() - self._heard_at > TOKEN_LASTS:
            raise TooLate
        first, *more = shown
        await self._begin(_body(first, () if more else reply.files), () if more else reply.files, reply.update)
        for number, one in enumerate(more, 1):
            files = reply.files if number == len(more) else ()
            await self._follow(_body(one, files), files)

    async def _begin(self, body: Json, files: Sequence[File], update: bool) -> None:
        here = update and self._private
        if not self._acknowledged:
            try:
                return await self._first({"type": _HERE if here else _MESSAGE, "data": body}, files)
            except discord.HTTPException as error:
                if error.code != errors.ALREADY_ANSWERED:  # what seemed to fail had arrived
                    raise
        if here or not self._private:
            await self._request("PATCH", "/webhooks/{webhook_id}/{webhook_token}/messages/@original", body, files)
        else:
            await self._follow(body, files)

    async def _follow(self, body: Json, files: Sequence[File]) -> None:
        await self._request("POST", "/webhooks/{webhook_id}/{webhook_token}", body, files)

    async def _first(self, body: Json, files: Sequence[File] = ()) -> None:
        """Answer for the first time; where the connection breaks once more, as a second answer changes nothing."""
        path = "/interactions/{webhook_id}/{webhook_token}/callback"
        for again in (True, False):
            try:
                return await self._request("POST", path, body, files, id=self._interaction.id)
            except discord.HTTPException as error:
                if error.code == errors.ALREADY_ANSWERED and not again:
                    return None
                if error.code in (errors.UNKNOWN_INTERACTION, errors.ARCHIVED):  # in a locked thread it can't stand
                    raise TooLate from error
                raise
            except (aiohttp.ClientError, OSError):
                if not again:
                    raise

    async def _request(self, verb: str, path: str, body: Json, files: Sequence[File], id: int | None = None) -> None:
        # The library's own way of answering: these requests do not count against the limits of the bot, and so do not
        # wait for them either.
        interaction = self._interaction
        route = Route(verb, path, webhook_id=id or interaction.application_id, webhook_token=interaction.token)
        sent = [discord.File(io.BytesIO(file.content), file_name(file, at)) for at, file in enumerate(files)]
        parts = _parts(body, sent)
        await self._web.request(
            route, interaction._session, payload=None if parts else body, multipart=parts or None, files=sent
        )


def _parts(body: Json, files: Sequence[discord.File]) -> list[Json]:
    """Return a request with files in parts; nothing where there are none."""
    if not files:
        return []
    parts: list[Json] = [{"name": "payload_json", "value": discord.utils._to_json(body)}]
    for at, file in enumerate(files):
        kind = "application/octet-stream"
        parts.append({"name": f"files[{at}]", "value": file.fp, "filename": file.filename, "content_type": kind})
    return parts


def _body(shown: Card, files: Sequence[File]) -> Json:
    body = message(shown)
    body["flags"] |= EPHEMERAL
    return with_files(body, files) if files else body
