"""The App Home: one's own page, with this week, what is open, one's questions, and what the bot said last."""

from __future__ import annotations

import logging
import time
from collections import OrderedDict, deque

import aiohttp
from slack_sdk.errors import SlackClientError

from adapters.slack.cards import VIEW_BLOCKS, stacked, without_buttons
from adapters.slack.errors import TokenRefused
from adapters.slack.platform import SlackPlatform
from adapters.slack.refs import account
from adapters.slack.text import Json
from bot.app import Bot
from bot.cards import Card, card
from bot.chat import Invocation
from bot.text import say

log = logging.getLogger(__name__)

DASHBOARD = "home"
"""The command that shows the page."""
RECEIPTS = 3
"""Answers of the bot that stand on the page: in a channel they vanish when somebody reloads."""
PEOPLE = 10_000
"""People whose last answers are kept in mind."""
PAUSE = 5.0
"""Seconds for which a page that was just drawn is not drawn again."""


class Home:
    """Draws people's pages."""

    def __init__(self, bot: Bot, platform: SlackPlatform, *, pause: float = PAUSE) -> None:
        self._bot = bot
        self._platform = platform
        self._pause = pause
        self._receipts: OrderedDict[tuple[str, str], deque[Card]] = OrderedDict()
        self._drawn: OrderedDict[tuple[str, str], float] = OrderedDict()

    def receipt(self, team: str, user: str, shown: Card) -> None:
        """Keep what the bot said to somebody alone."""
        kept = self._receipts.setdefault((team, user), deque(maxlen=RECEIPTS))
        kept.appendleft(without_buttons(shown))
        self._receipts.move_to_end((team, user))
        if len(self._receipts) > PEOPLE:
            self._receipts.popitem(last=False)

    async def refresh(self, team: str, user: str) -> None:
        """Draw somebody's page anew, if they have looked at it."""
        if (team, user) in self._drawn:
            await self.draw(team, user, anew=True)

    async def draw(self, team: str, user: str, *, anew: bool = False) -> None:
        """Show somebody their page as it is now; nothing is raised."""
        last = self._drawn.get((team, user))
        if last is not None and not anew and time.monotonic() - last < self._pause:
            return
        try:
            view = await self.view(team, user)
            await self._platform.wire.write(team, "views.publish", user_id=user, view=view)
        except (SlackClientError, TokenRefused, aiohttp.ClientError, OSError, TimeoutError) as error:
            log.info("an App Home could not be shown: %s", type(error).__name__)
            return
        self._drawn[team, user] = time.monotonic()
        self._drawn.move_to_end((team, user))
        if len(self._drawn) > PEOPLE:
            self._drawn.popitem(last=False)

    async def view(self, team: str, user: str) -> Json:
        """Return somebody's page."""
        profile = await self._platform.profiles.get(team, user)
        call = Invocation(
            id="",
            command=DASHBOARD,
            account=account(team, user),
            name=profile.name,
            locale=profile.locale,
            zone=profile.zone,
        )
        shown = await self._bot.invoke(call)
        cards = list(shown.cards)
        kept = self._receipts.get((team, user))
        if kept:
            language = self._bot.languages.get(profile.locale)
            cards += [card(language.translate(say("What I told you last"))), *kept]
        return {"type": "home", "blocks": stacked(cards, self._platform.shown, room=VIEW_BLOCKS)}
