"""Answers to what somebody did, seen by them alone: at the address that came with it, in a dialog, or as a message."""

from __future__ import annotations

import hashlib
import logging
import time
from collections import OrderedDict
from collections.abc import Sequence

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from adapters.slack import errors
from adapters.slack.brought import Raw
from adapters.slack.cards import message, plain_text, stacked
from adapters.slack.connection import is_slacks, proxy_for
from adapters.slack.errors import TokenRefused
from adapters.slack.forms import TITLE
from adapters.slack.marks import SHOWN
from adapters.slack.platform import SlackPlatform
from adapters.slack.refs import account, is_direct
from adapters.slack.text import Json
from bot.cards import Card, File, Reply, card
from bot.chat import Direct
from bot.errors import DeliveryError
from bot.language import Language
from bot.text import say

log = logging.getLogger(__name__)

TRIGGER_LASTS = 2.7
"""Seconds after which no dialog opens any more; Slack says three."""
USES = 5
"""How often the address that came with an interaction takes an answer."""
URL_LASTS = 29 * 60.0
"""Seconds for which it does."""
REMEMBERED = 5_000
"""Addresses whose uses are counted."""
_TOO_LATE = ("expired_trigger_id", "trigger_expired", "exchanged_trigger_id", "push_limit_reached")


class TooLate(Exception):
    """No dialog opens any more for this interaction."""


class Answers:
    """Answers interactions, in whichever way is still open."""

    def __init__(self, platform: SlackPlatform, session: aiohttp.ClientSession, api_url: str) -> None:
        self._platform = platform
        self._session = session
        self._api_url = api_url
        self._used: OrderedDict[str, tuple[int, float]] = OrderedDict()

    async def ask(self, raw: Raw, view: Json) -> None:
        """Show a dialog; raises TooLate where none opens any more."""
        if not raw.trigger or time.monotonic() - raw.heard_at > TRIGGER_LASTS:
            raise TooLate
        above = raw.view is not None and raw.view.get("type") == "modal" and not raw.submitted
        method = "views.push" if above else "views.open"
        try:
            await self._platform.wire.write(raw.team, method, trigger_id=raw.trigger, view=view)
        except (SlackApiError, aiohttp.ClientError, OSError, TimeoutError) as error:
            name = errors.name_of(error) if isinstance(error, SlackApiError) else type(error).__name__
            if name not in _TOO_LATE:
                log.warning("%s: %s", method, name)
            raise TooLate from error  # a button to the form is better than silence, whatever it was

    async def tell(self, raw: Raw, reply: Reply, language: Language) -> None:
        """Show a reply's cards, and send its files in the direct conversation."""
        cards = list(reply.cards)
        if reply.files:
            sent = await self._send_files(raw, reply.files)
            where = (
                say("The file is in our direct conversation.")
                if sent
                else say("I could not send you the file. Try again.")
            )
            cards.append(card("", language.translate(where)))
        if not cards:
            return
        if await self._at_the_address(raw, cards, reply.update) or await self._in_a_dialog(raw, cards, language):
            return
        await self._directly(raw, cards)

    async def _at_the_address(self, raw: Raw, cards: Sequence[Card], update: bool) -> bool:
        """Answer where the interaction came from, or beside it; return whether all of it went there."""
        if not raw.response_url and (not raw.channel or is_direct(raw.channel)):
            return False
        for number, one in enumerate(cards):
            body = message(one, shown=self._platform.shown)
            here = update and raw.private and not number
            if not await self._respond(raw, body, here) and not await self._ephemeral(raw, body):
                await self._directly(raw, cards[number:])
                return True
        return True

    async def _respond(self, raw: Raw, body: Json, here: bool) -> bool:
        """Answer at the address that came with an interaction; return whether Slack took it."""
        url = raw.response_url
        if not url or not is_slacks(url, self._api_url) or not self._may_use(url):
            return False
        answer: Json = {**body, "response_type": "ephemeral", "replace_original": here}
        if raw.thread:
            answer["thread_ts"] = raw.thread
        try:
            asked = self._session.post(url, json=answer, proxy=proxy_for(url), allow_redirects=False)
            async with asked as taken:
                if taken.status == 200 and '"ok":false' not in (await taken.text()).replace(" ", ""):
                    return True
                log.info("an answer was not taken (%s)", taken.status)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            log.info("an answer could not be given: %s", type(error).__name__)
        return False

    def _may_use(self, url: str) -> bool:
        """Count a use of an address; return whether it still takes one."""
        uses, since = self._used.pop(url, (0, time.monotonic()))
        self._used[url] = (uses + 1, since)
        if len(self._used) > REMEMBERED:
            self._used.popitem(last=False)
        return uses < USES and time.monotonic() - since < URL_LASTS

    async def _ephemeral(self, raw: Raw, body: Json) -> bool:
        """Show somebody a message in a channel that only they see; return whether that was possible."""
        if not raw.channel or is_direct(raw.channel):
            return False
        shown = {name: value for name, value in body.items() if name in ("text", "blocks", "parse", "link_names")}
        below = {"thread_ts": raw.thread} if raw.thread else {}
        return await self._tried(raw, "chat.postEphemeral", channel=raw.channel, user=raw.user, **below, **shown)

    async def _in_a_dialog(self, raw: Raw, cards: Sequence[Card], language: Language) -> bool:
        """Show cards in the dialog that is open, or in a new one; return whether that was possible."""
        view = raw.view or {}
        shown = dialog(cards, self._platform, language)
        if raw.submitted:
            below = str(view.get("previous_view_id") or "")
            if below and await self._tried(raw, "views.update", view_id=below, view=shown):
                return True
        elif view.get("type") == "modal":
            return await self._tried(raw, "views.update", view_id=str(view.get("id") or ""), view=shown)
        if not raw.trigger or time.monotonic() - raw.heard_at > TRIGGER_LASTS:
            return False
        return await self._tried(raw, "views.open", trigger_id=raw.trigger, view=shown)

    async def _tried(self, raw: Raw, method: str, /, **body: object) -> bool:
        try:
            await self._platform.wire.write(raw.team, method, **body)
        except (SlackClientError, TokenRefused, aiohttp.ClientError, OSError, TimeoutError) as error:
            said = errors.name_of(error) if isinstance(error, SlackApiError) else type(error).__name__
            log.info("%s: %s", method, said)
            return False
        return True

    async def _directly(self, raw: Raw, cards: Sequence[Card]) -> None:
        """Send cards as direct messages, once; whoever takes none can ask again."""
        for number, one in enumerate(cards):
            key = hashlib.sha256(f"{raw.id} {number}".encode()).hexdigest()[:20]
            try:
                await self._platform.send(Direct(account(raw.team, raw.user)), one, key=key)
            except DeliveryError as error:
                log.info("an answer was not taken: %s", error.reason)
                return

    async def _send_files(self, raw: Raw, files: Sequence[File]) -> bool:
        """Send files in the direct conversation: no message that vanishes can carry one."""
        wire = self._platform.wire
        try:
            channel = await self._platform.conversation(raw.team, raw.user)
            uploaded = []
            for file in files:
                place = await wire.read(
                    raw.team, "files.getUploadURLExternal", filename=file.name, length=len(file.content)
                )
                url = str(place["upload_url"])
                asked = self._session.post(url, data=file.content, proxy=proxy_for(url), allow_redirects=False)
                async with asked as taken:
                    taken.raise_for_status()
                uploaded.append({"id": str(place["file_id"]), "title": file.name})
            await wire.write(raw.team, "files.completeUploadExternal", files=uploaded, channel_id=channel)
        except (SlackClientError, TokenRefused, DeliveryError, aiohttp.ClientError, OSError, TimeoutError) as error:
            log.warning("a file could not be sent: %s", type(error).__name__)
            return False
        return True


def dialog(cards: Sequence[Card], platform: SlackPlatform, language: Language) -> Json:
    """Return cards as a dialog that only shows them."""
    return {
        "type": "modal",
        "callback_id": SHOWN,
        "title": plain_text(say("Studycircle"), TITLE),
        "close": plain_text(language.translate(say("Close")), TITLE),
        "blocks": stacked(cards, platform.shown),
    }
