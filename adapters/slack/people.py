"""Who people are: their name, zone, language and whether they are admins, asked when they are first seen."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from dataclasses import dataclass

import aiohttp
from slack_sdk.errors import SlackClientError

from adapters.slack.errors import TokenRefused
from adapters.slack.text import Json
from adapters.slack.wire import Wire

log = logging.getLogger(__name__)

FRESH = 600.0
"""Seconds after which somebody is asked for again; a change is told by Slack before that."""
PATIENCE = 1.5
"""Seconds that an answer is waited for: a form has to open within three."""
KEPT = 20_000
"""People who are kept in mind."""


@dataclass(frozen=True, slots=True)
class Profile:
    """Somebody, as the workspace knows them."""

    name: str = ""
    zone: str | None = None
    locale: str | None = None
    admin: bool = False
    bot: bool = False


class Profiles:
    """Looks people up, once in a while."""

    def __init__(self, wire: Wire, *, patience: float = PATIENCE) -> None:
        self._wire = wire
        self._patience = patience
        self._known: OrderedDict[tuple[str, str], tuple[Profile, float]] = OrderedDict()

    async def get(self, team: str, user: str) -> Profile:
        """Return somebody; what cannot be looked up in time is as it was, or empty, and makes nobody an admin."""
        known = self._known.get((team, user))
        if known is not None and time.monotonic() - known[1] < FRESH:
            return known[0]
        try:
            async with asyncio.timeout(self._patience):
                answer = await self._wire.read(team, "users.info", user=user, include_locale=True)
        except (SlackClientError, TokenRefused, aiohttp.ClientError, OSError, TimeoutError) as error:
            log.info("somebody could not be looked up: %s", type(error).__name__)
            return known[0] if known is not None else Profile()
        return self.heard(team, answer.get("user") or {})

    def heard(self, team: str, user: Json) -> Profile:
        """Keep what Slack says about somebody."""
        profile = read_profile(user, team)
        before = self._known.get((team, str(user.get("id", ""))))
        if before is not None and profile.locale is None:  # an event does not always name it
            profile = Profile(profile.name, profile.zone, before[0].locale, profile.admin, profile.bot)
        self._known[team, str(user.get("id", ""))] = (profile, time.monotonic())
        if len(self._known) > KEPT:
            self._known.popitem(last=False)
        return profile


def read_profile(user: Json, team: str) -> Profile:
    """Return somebody as Slack describes them to a workspace; in a shared channel, an admin of another is none here."""
    shown: Json = user.get("profile") or {}
    names = (shown.get("display_name"), shown.get("real_name"), user.get("real_name"), user.get("name"))
    name = next((str(one) for one in names if one), "")
    admin = any(user.get(key) is True for key in ("is_admin", "is_owner", "is_primary_owner"))
    zone, locale = user.get("tz"), user.get("locale")
    return Profile(
        name,
        str(zone) if zone else None,
        str(locale) if locale else None,
        admin and user.get("deleted") is not True and _belongs(user, team),
        user.get("is_bot") is True or user.get("id") == "USLACKBOT",
    )


def _belongs(user: Json, team: str) -> bool:
    """Return whether somebody is of a workspace, and no guest from another that shares a channel with it."""
    of = {str(one) for one in ((user.get("enterprise_user") or {}).get("teams") or (user.get("team_id") or team,))}
    return team in of and user.get("is_stranger") is not True
