"""What people ask of an app, and what they are answered: within three seconds, and through what came with it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.fakes.slack.things import Channel, Json, Message, Team, User, View

TRIGGER_LASTS = 3.0
"""Seconds for which a trigger opens a view, once."""
URL_LASTS = timedelta(minutes=30)
URL_USES = 5


@dataclass(eq=False, slots=True)
class Interaction:
    """One thing that somebody asked of the app, and all that they alone were answered.

    `shown` are the private messages that came of it, `edited` the message whose button it was, where that was changed,
    `dialog` the form that was opened, `errors` what a form said beside its fields, `failed` what Slack itself said.
    """

    kind: str
    team: Team
    user: User
    channel: Channel | None
    payload: Json
    at: datetime
    trigger: str
    trigger_until: float
    response_url: str | None = None
    message: Message | None = None
    view: View | None = None
    uses: int = 0
    shown: list[Message] = field(default_factory=list)
    edited: Message | None = None
    dialog: View | None = None
    errors: dict[str, str] = field(default_factory=dict)
    options: list[Json] = field(default_factory=list)
    failed: str | None = None
    closed: bool = False
    acked: asyncio.Event = field(default_factory=asyncio.Event)
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    begun: float = field(default_factory=time.monotonic)
    took: float | None = None
    """Seconds until Slack had the acknowledgement."""

    def acknowledge(self, failed: str | None = None) -> None:
        """Note that Slack was answered, or was not in time."""
        self.failed = failed
        self.took = time.monotonic() - self.begun
        self.acked.set()
        if failed is not None:
            self.answered.set()

    def show(self, message: Message) -> None:
        """Note a private message, or one that was changed."""
        if message is self.message:
            self.edited = message
        elif message not in self.shown:
            self.shown.append(message)
        self.answered.set()

    async def wait(self, within: float) -> bool:
        """Wait until there is an answer; return whether there is."""
        try:
            await asyncio.wait_for(self.answered.wait(), within)
        except TimeoutError:
            return False
        return True


class Interactions:
    """All that was asked, found by trigger, by address of an answer, and by who asked."""

    def __init__(self) -> None:
        self.all: list[Interaction] = []
        self.by_trigger: dict[str, Interaction] = {}
        self.by_url: dict[str, Interaction] = {}
        self.used: set[str] = set()
        """Triggers with which a view was opened."""
        self.uploads: dict[str, int] = {}
        """How many bytes were announced of files that are being put."""
        self.ticket: Callable[[], str] = str
        """What gives the address of a socket."""

    def add(self, one: Interaction) -> Interaction:
        """Keep one."""
        self.all.append(one)
        self.by_trigger[one.trigger] = one
        if one.response_url is not None:
            self.by_url[one.response_url.rpartition("/")[2]] = one
        return one

    def newest(self, user: User) -> Interaction | None:
        """Return what somebody asked last."""
        return next((one for one in reversed(self.all) if one.user is user and one.kind != "block_suggestion"), None)
