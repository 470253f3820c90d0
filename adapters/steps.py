"""What the set-ups of platforms share: the person at the terminal, the settings, and the steps that go alike."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from bot.cards import Tone, card
from bot.chat import ChannelRef, InChannel
from bot.checkup import Finding
from bot.errors import ConfigError, DeliveryError
from bot.ports import Linking, Platform
from bot.text import say

SKIP = "skip"


class Talk(Protocol):
    """The person at the terminal."""

    def tell(self, *lines: str) -> None:
        """Show lines."""

    def ask(self, question: str, default: str = "") -> str:
        """Return what the person types, or the default for nothing."""

    def ask_secret(self, question: str) -> str:
        """Return what the person types without showing it."""

    def agree(self, question: str) -> bool:
        """Return whether the person says yes, which an empty answer is."""


class Settings(Protocol):
    """One token in the settings, as far as a set-up reads and writes it."""

    @property
    def token(self) -> str | None:
        """The token that is set."""

    @property
    def fixed(self) -> bool:
        """Whether the environment sets the token, so that nothing in a file can change it."""

    def plan(self) -> Sequence[str]:
        """Return, in words, what `keep` would write, and where."""

    def keep(self, token: str) -> None:
        """Write the token to a file of its own, and its name into the settings; raises ConfigError."""

    @property
    def start(self) -> str:
        """The command that starts the bot with these settings."""


class Posting(Platform, Linking, Protocol):
    """A platform whose messages can be looked at."""


class Stopped(Exception):
    """The set-up can't go on; the lines say why."""


class Steps:
    """What a set-up asks and shows, whatever the platform."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk

    def _keep(self, kept: Settings, token: str, name: str) -> None:
        """Keep a token where the person wants it; `name` is that of its variable in the environment."""
        chosen = self._choice(
            "Where shall the token be kept?",
            ["in a file of its own, which only you can read", "nowhere by me: I set it in the environment myself"],
        )
        if chosen == 0:
            self._talk.tell("This will be written:", *(f"  {line}" for line in kept.plan()))
            if self._talk.agree("Write it?"):
                try:
                    kept.keep(token)
                    self._talk.tell("Written.")
                    return
                except ConfigError as error:
                    self._talk.tell(*error.problems)
        self._talk.tell(
            "Nothing was written. Set it wherever the bot is started, in one of two ways:",
            f"  {name}       the token itself",
            f"  {name}_FILE  a file that holds it",
        )

    async def _posted(self, platform: Posting, channel: ChannelRef, name: str) -> None:
        """Post a test message in a channel, if the person likes, and take it away again."""
        if not self._talk.agree(f"Post a test message in #{name}, for everybody there to see?"):
            return
        hello = card(
            say("Studycircle is here"),
            say("This is a test message of the set-up. An admin begins with /study setup."),
            tone=Tone.DONE,
        )
        try:
            sent = await platform.send(InChannel(channel), hello, key=secrets.token_hex(10))
            self._talk.tell(f"It is there: {platform.link(sent)}")
            if self._talk.agree("Take it away again?"):
                await platform.delete(sent)
        except DeliveryError as error:
            self._talk.tell(f"That did not work: {error.reason}.")

    def _choice(self, question: str, options: Sequence[str]) -> int:
        """Return which of some options the person chooses, by its number; the first one if they just press Enter."""
        self._talk.tell(question, *(f"  {number}  {one}" for number, one in enumerate(options, 1)))
        while True:
            answer = self._talk.ask("Number", "1").strip()
            if answer.isascii() and answer.isdigit() and 1 <= int(answer) <= len(options):
                return int(answer) - 1
            self._talk.tell(f"Please type a number from 1 to {len(options)}.")

    async def _mended(self, look: Callable[[], Awaitable[list[Finding]]]) -> bool:
        """Show what is wrong until nothing is, or the person goes on without; return whether nothing is."""
        while found := await look():
            for one in found:
                self._talk.tell(one.what, f"  {one.next}")
            answer = self._talk.ask(f"Press Enter to check again, or type {SKIP} to go on without")
            if answer.strip().casefold() == SKIP:
                return False
        return True


def cleaned(pasted: str, prefix: str) -> str:
    """Return a token as it was meant: without what is often copied with it."""
    return pasted.strip().strip("'\"").removeprefix(prefix).strip()
