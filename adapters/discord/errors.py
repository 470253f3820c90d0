"""Discord's errors as the delivery understands them, those that an admin can mend with what to click."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import aiohttp
import discord

from adapters.discord import permissions
from bot.errors import DeliveryError, MessageGone, PersonRefuses

UNKNOWN_CHANNEL = 10003
UNKNOWN_GUILD = 10004
UNKNOWN_MEMBER = 10007
UNKNOWN_MESSAGE = 10008
UNKNOWN_INTERACTION = 10062
ALREADY_ANSWERED = 40060
ARCHIVED = 50083
HAS_THREAD = 160004
NO_ACCESS = 50001
NO_PERMISSION = 50013

_WAITS = {
    40003: 600.0,  # too many new direct messages
    30046: 3_600.0,  # too many edits of a message older than an hour
    20016: 60.0,  # slow mode
    20028: 60.0,  # too many messages in this channel
}
"""Seconds after which another try may do, by code."""
_REFUSES = (50007, 50278)
"""Somebody takes no messages from us, or shares no server with us any more."""
LOCKED = "this thread is closed and locked. Unlock it, so that I can change what stands there"
_WORDS = {
    ARCHIVED: LOCKED,
    160005: "this thread is locked. Unlock it, or take the group's thread anew",
    160006: "this server has as many open threads as it can. Close some that are over",
    160007: "this server has as many open announcement threads as it can. Close some that are over",
    200000: "the server's AutoMod blocked this message. Server Settings > AutoMod: let Studycircle's role pass",
    200001: "the server's AutoMod blocked this title. Server Settings > AutoMod: let Studycircle's role pass",
    40067: "this forum wants a tag on each post, and has none that I may use",
    50024: "this can't be done in a channel of this kind",
    50008: "this is no channel that messages can stand in",
    UNKNOWN_GUILD: "I am not in this server any more. Invite me again: ./run discord invite prints the link",
    10011: "this role is not there any more. Choose another with /lead group role",
}


class TokenRefused(Exception):
    """Discord does not take the token (any more)."""


@contextmanager
def told(where: str = "", missing: Callable[[], str] = str) -> Iterator[None]:
    """Let what goes wrong with a request be a DeliveryError; `missing` says what an admin would have to click."""
    try:
        yield
    except discord.RateLimited as error:
        raise DeliveryError("Discord asks to wait", retry_after=error.retry_after) from error
    except discord.HTTPException as error:
        raise _of_answer(error, where, missing) from error
    except aiohttp.ClientConnectorError as error:  # nothing was sent
        raise DeliveryError("Discord cannot be reached") from error
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        raise DeliveryError("the connection to Discord broke", sent_maybe=True) from error


def may_pass(error: discord.HTTPException) -> bool:
    """Return whether an error says nothing of what was asked for: the token's, a limit's, Discord's own."""
    return error.status in (401, 429) or error.status >= 500


def _of_answer(error: discord.HTTPException, where: str, missing: Callable[[], str]) -> Exception:
    if error.status == 401:
        return TokenRefused()
    if error.status == 429:
        return DeliveryError("Discord asks to wait", retry_after=_retry_after(error))
    if error.status >= 500:
        return DeliveryError(f"Discord failed ({error.status})", sent_maybe=True)
    if error.code == UNKNOWN_MESSAGE:
        return MessageGone()
    if error.code in _REFUSES:
        return PersonRefuses()
    if error.code in _WAITS:
        return DeliveryError("Discord asks to wait", retry_after=_WAITS[error.code])
    return DeliveryError(_reason(error, where, missing), permanent=True)


def _reason(error: discord.HTTPException, where: str, missing: Callable[[], str]) -> str:
    there = f" in {where}" if where else ""
    if error.code in (NO_ACCESS, NO_PERMISSION):
        return missing() or (
            f"I may not do this{there}. Server Settings > Roles > Studycircle: turn on what is missing; "
            "and look at the channel's own permissions"
        )
    if error.code == UNKNOWN_CHANNEL:
        return f"the channel is not there any more{there}"
    return _WORDS.get(error.code, f"Discord refused this{there}: {error.text or error.status} ({error.code})")


def _retry_after(error: discord.HTTPException) -> float:
    """Return the seconds that an answer names; from a server in front of Discord it may not be JSON."""
    named = error.response.headers.get("Retry-After", "")
    try:
        return float(named)
    except ValueError:
        return 60.0


def missing_in(channel: object) -> str:
    """Return what an admin has to click in a channel that the gateway told of; empty where nothing is known."""
    return next((_off(channel, one) for one in _lacked(channel)), "")


def unreadable(channel: object) -> str:
    """Return what an admin has to click so that we can read what was written, or nothing."""
    return next((_off(channel, one) for one in _lacked(channel) if one.flag == "read_message_history"), "")


def _lacked(channel: object) -> Sequence[permissions.Permission]:
    guild = getattr(channel, "guild", None)
    may = getattr(channel, "permissions_for", None)
    if may is None or guild is None or guild.me is None:
        return ()
    try:
        return permissions.missing(may(guild.me), forum=isinstance(channel, discord.ForumChannel))
    except discord.ClientException:  # a thread whose channel nobody told us of
        return ()


def _off(channel: object, one: permissions.Permission) -> str:
    name, me = getattr(channel, "name", ""), getattr(getattr(channel, "guild", None), "me", None)
    click = permissions.to_click(one.shown, name, getattr(me, "name", "Studycircle"))
    return f"I may not do this in #{name}: “{one.shown}” is off. {click}"
