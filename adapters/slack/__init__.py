"""Slack: commands, cards, forms and events of the core, as Slack has them.

An account is `slack:T1/U1`, a channel `slack:T1/C1`, a direct conversation `slack:T1/D1`, a message `slack:T1/C1#ts`
(its channel is the channel, also where it stands in a thread), a thread `slack:T1/C1#thread_ts`.
"""

from adapters.slack.client import Slack
from adapters.slack.connection import Connection
from adapters.slack.platform import SlackPlatform

__all__ = ["Connection", "Slack", "SlackPlatform"]
