"""Slack's errors as the delivery understands them, those that an admin can mend with what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.errors import ConfigError, DeliveryError, MessageGone, PersonRefuses

TOKEN = frozenset(
    {
        "account_inactive",
        "invalid_auth",
        "not_authed",
        "token_revoked",
        "token_expired",
        "org_login_required",
        "team_access_not_granted",
    }
)
"""Slack does not take the token (any more)."""
EXPIRED = "token_expired"
SOCKET_TOKEN = frozenset({"not_allowed_token_type", "missing_scope"})
"""The token is none that opens a socket."""
NO_SOCKET = frozenset({"forbidden_for_app", "socket_mode_not_enabled", "not_enabled"})
"""The app has no Socket Mode."""
TOKEN_REFUSED = ConfigError(
    "slack.bot_token: Slack does not take this token. At api.slack.com/apps, open your app > Install App, copy the",
    "“Bot User OAuth Token” (it begins with xoxb-), and put it into the settings.",
)
APP_TOKEN_REFUSED = ConfigError(
    "slack.app_token: Slack does not take this token. At api.slack.com/apps, open your app > Basic Information >",
    "App-Level Tokens, make one with the scope connections:write (it begins with xapp-), and put it into the settings.",
)
SOCKET_OFF = ConfigError(
    "slack.mode: this app has no Socket Mode. At api.slack.com/apps, open your app > Socket Mode > turn it on,",
    'or set mode = "http".',
)
NOT_IN = frozenset({"not_in_channel", "channel_not_found"})
GONE = frozenset({"message_not_found"})
_REFUSES = frozenset(
    {
        "user_disabled",
        "cannot_dm_bot",
        "user_not_found",
        "users_not_found",
        "user_not_visible",
        "user_is_bot",
        "user_is_restricted",
    }
)
"""Somebody takes no messages from us, or is not there any more."""
_CLOSED = frozenset({"is_inactive", "is_archived", "channel_not_found"})
"""A conversation is closed, which of a direct one says that the person is gone."""
_WAITS = {
    "ratelimited": 30.0,
    "rate_limited": 30.0,
    "message_limit_exceeded": 3_600.0,
    "team_added_to_org": 600.0,
    "accesslimited": 600.0,
}
"""Seconds after which another try may do, where Slack does not say how many."""
_FAILED = frozenset({"fatal_error", "internal_error", "service_unavailable", "request_timeout"})
"""Slack failed; it may have done it all the same."""
_WORDS = {
    "channel_not_found": "I can't see the channel{where}. Was it deleted, or is it private? Type /invite @{bot} there",
    "not_in_channel": "I am not in the channel{where}. Type /invite @{bot} there",
    "is_archived": "the channel{where} is archived. Unarchive it, or move the group to another",
    "is_inactive": "the channel{where} is archived or frozen. Unarchive it, or move the group to another",
    "restricted_action": "this workspace does not let apps write{where}. Channel settings > Posting permissions",
    "restricted_action_read_only_channel": "only some may write{where}. Channel settings > Posting permissions",
    "restricted_action_thread_only_channel": "only threads are allowed{where}. Channel settings > Posting permissions",
    "restricted_action_non_threadable_channel": "threads are off{where}. Channel settings > Posting permissions",
    "restricted_action_thread_locked": "this thread is locked{where}. Unlock it",
    "msg_too_long": "this message is too long for Slack",
    "msg_blocks_too_long": "this message is too long for Slack",
    "messages_tab_disabled": "I can't write to anybody: api.slack.com/apps > App Home > turn on “Messages Tab”",
    "ekm_access_denied": "this workspace's keys do not let me write. Ask who looks after them",
    "no_permission": "I may not do this{where}. Reinstall me with the manifest: ./run slack manifest",
    "thread_not_found": "the message that this belongs below was deleted",
    "cant_update_message": "this message is not mine, so I can't change it",
    "cant_delete_message": "this message is not mine, so I can't remove it",
    "edit_window_closed": "this message is too old to be changed in this workspace",
}


class TokenRefused(Exception):
    """Slack does not take the token of a workspace (any more); `error` is Slack's word for it."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


@contextmanager
def told(where: str = "", bot: str = "Studycircle", *, direct: bool = False) -> Iterator[None]:
    """Let what goes wrong with a request be a DeliveryError; `where` is the channel by its name."""
    try:
        yield
    except SlackApiError as error:
        if direct and name_of(error) in _CLOSED:
            raise PersonRefuses from error
        raise _of_answer(error, where, bot) from error
    except SlackClientError as error:
        raise DeliveryError(f"Slack's library refused: {type(error).__name__}", permanent=True) from error
    except aiohttp.ClientConnectorError as error:  # nothing was sent
        raise DeliveryError("Slack cannot be reached") from error
    except (TimeoutError, aiohttp.ClientError, OSError) as error:
        raise DeliveryError("the connection to Slack broke", sent_maybe=True) from error


def name_of(error: SlackApiError) -> str:
    """Return Slack's word for what is wrong; empty where it said nothing that could be read."""
    answer = error.response
    data = answer.get("error") if hasattr(answer, "validate") and isinstance(answer.data, dict) else None
    return data if isinstance(data, str) else ""


def status_of(error: SlackApiError) -> int:
    """Return the status of an answer."""
    answer = error.response
    found = getattr(answer, "status_code", None) or getattr(answer, "status", None)
    return found if isinstance(found, int) else 0


def retry_after(error: SlackApiError) -> float | None:
    """Return the seconds that an answer names."""
    headers = getattr(error.response, "headers", None) or {}
    named = next((value for name, value in headers.items() if name.lower() == "retry-after"), None)
    try:
        return float(named) if named is not None else None
    except ValueError:
        return None


def passes(error: SlackApiError) -> bool:
    """Return whether another try may do later."""
    name, status = name_of(error), status_of(error)
    return status == 429 or status >= 500 or name in _WAITS or name in _FAILED or not name


def _of_answer(error: SlackApiError, where: str, bot: str) -> Exception:
    name, status = name_of(error), status_of(error)
    if name in TOKEN:
        return TokenRefused(name)
    if status == 429 or name in _WAITS:
        return DeliveryError("Slack asks to wait", retry_after=retry_after(error) or _WAITS.get(name, 30.0))
    if status >= 500 or name in _FAILED or not name:
        return DeliveryError(f"Slack failed ({name or status})", sent_maybe=True)
    if name in GONE:
        return MessageGone()
    if name in _REFUSES:
        return PersonRefuses()
    return DeliveryError(reason(name, where, bot, error), permanent=True)


def reason(name: str, where: str = "", bot: str = "Studycircle", error: SlackApiError | None = None) -> str:
    """Return what an error means, in words that say what to do."""
    if name == "missing_scope":
        needed = error.response.get("needed") if error is not None else None
        lacking = f" (it lacks {needed})" if isinstance(needed, str) and needed else ""
        return f"this app may not do that{lacking}. Reinstall it with the manifest: ./run slack manifest"
    there = f" #{where}" if where else ""
    words = _WORDS.get(name)
    if words is None:
        return f"Slack refused this{f' in{there}' if there else ''}: {name}"
    return words.replace("{where}", there).replace("{bot}", bot)
