"""Slack's places and people as the core names them.

Users and channels belong to a workspace, so each is named with its team. The channel of a message is the channel, also
where the message stands in a thread; a thread is named by the message that it hangs below.
"""

from __future__ import annotations

from datetime import UTC, datetime

from adapters.slack.text import PLATFORM
from bot.chat import AccountRef, ChannelRef, MessageRef, ThreadRef


def account(team: str, user: str) -> AccountRef:
    """Return a person's account."""
    return AccountRef(PLATFORM, f"{team}/{user}")


def team_and_user(ref: AccountRef) -> tuple[str, str]:
    """Return the workspace and the user of an account; both empty where it is none of Slack's."""
    team, _, user = ref.user.partition("/")
    return (team, user) if user else ("", "")


def channel_ref(team: str, channel: str) -> ChannelRef:
    """Return a channel."""
    return ChannelRef(PLATFORM, team, channel)


def message_ref(team: str, channel: str, ts: str, thread: str | None = None) -> MessageRef:
    """Return a message, with the thread below it."""
    return MessageRef(channel_ref(team, channel), ts, thread)


def thread_ref(team: str, channel: str, thread: str) -> ThreadRef:
    """Return the thread below a message."""
    return ThreadRef(channel_ref(team, channel), thread)


def is_direct(channel: str) -> bool:
    """Return whether a channel is the direct conversation with somebody."""
    return channel.startswith("D")


def stamp(at: datetime) -> str:
    """Return an instant as Slack names messages by it."""
    return f"{at.astimezone(UTC).timestamp():.6f}"
