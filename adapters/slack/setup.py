"""The set-up, step by step: the app from its manifest, its two tokens, a channel, a test post; it can be run again."""

from __future__ import annotations

import re
import secrets
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import Protocol

from adapters.slack.checkup import of_scopes, of_socket
from adapters.slack.errors import TokenRefused
from adapters.slack.refs import channel_ref
from adapters.slack.visit import NotReached, Room, Visit
from bot.cards import Tone, card
from bot.chat import InChannel
from bot.checkup import Finding
from bot.errors import ConfigError, DeliveryError
from bot.text import say

CONSOLE = "https://api.slack.com/apps"
SKIP = "skip"
_BOT_TOKEN = re.compile(r"xoxb-[\w-]{10,}")
_APP_TOKEN = re.compile(r"xapp-[\w-]{10,}")


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
    """One token in the settings, as far as the set-up reads and writes it."""

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


class Stopped(Exception):
    """The set-up can't go on; the lines say why."""


class Setup:
    """One run of the set-up; `visit` logs in with a bot token, `opens` says why no socket opens with an app token."""

    def __init__(
        self,
        talk: Talk,
        bot_token: Settings,
        app_token: Settings,
        visit: Callable[[str], AbstractAsyncContextManager[Visit]],
        opens: Callable[[str], Awaitable[str]],
        *,
        link: str,
        umbrella: str,
    ) -> None:
        self._talk = talk
        self._bot_token = bot_token
        self._app_token = app_token
        self._visit = visit
        self._opens = opens
        self._link = link
        self._umbrella = umbrella

    async def run(self) -> None:
        """Go through all steps; raises Stopped or NotReached where they cannot be gone."""
        self._talk.tell(
            "This connects Studycircle to Slack, in four steps.",
            "Ctrl-C stops at any time. Run it again whenever you like: what is done stays done.",
        )
        async with AsyncExitStack() as stack:
            self._talk.tell("", "1. The app")
            visit = await self._logged_in(stack)
            await self._mended(lambda: self._scopes(visit))
            self._talk.tell("", "2. The socket")
            await self._socket()
            self._talk.tell("", f"3. A channel, in {(await visit.who()).name}")
            room = await self._room(visit)
            self._talk.tell("", "4. A test")
            await self._test_post(visit, room)
        self._talk.tell(
            "",
            f"Done. Start the bot with {self._bot_token.start}",
            f"Then type {self._umbrella} setup in #{room.name}: it helps you to start the first group.",
            "Type it into the message box of the channel itself, not into a thread: Slack has no commands there.",
        )

    # The tokens

    async def _logged_in(self, stack: AsyncExitStack) -> Visit:
        """Return a visit with a token that Slack takes, kept where the person wants it."""
        kept = self._bot_token
        if kept.token is not None:
            visit = await self._entered(stack, kept.token)
            if visit is not None:
                name = (await visit.who()).name
                self._talk.tell(f"A bot token is set already, and Slack takes it, for the workspace {name}.")
                if kept.fixed or self._talk.agree("Go on with it?"):
                    return visit
            elif kept.fixed:
                raise Stopped(
                    "Slack does not take the bot token that the environment sets.\n"
                    f"Copy it anew at {CONSOLE} > your app > Install App, and set that instead."
                )
            else:
                self._talk.tell("Slack does not take the bot token that is set.")
        self._talk.tell(
            "Open this link, choose the workspace, and press Next, then Create:",
            f"  {self._link}",
            "Then: Install App > Install to Workspace > Allow, and copy the “Bot User OAuth Token”.",
        )
        while True:
            token = _cleaned(self._talk.ask_secret("Paste the bot token here; it is not shown"))
            if not _BOT_TOKEN.fullmatch(token):
                self._talk.tell(_no_token(token, "xoxb-", "Install App > Bot User OAuth Token"))
                continue
            visit = await self._entered(stack, token)
            if visit is not None:
                self._talk.tell(f"Slack takes it, for the workspace {(await visit.who()).name}.")
                self._keep(kept, token, "STUDYCIRCLE_SLACK__BOT_TOKEN")
                return visit
            self._talk.tell("Slack does not take this one. Copy all of it, once more.")

    async def _entered(self, stack: AsyncExitStack, token: str) -> Visit | None:
        """Return a visit, or None where Slack does not take the token; where it is away, the person may try again."""
        while True:
            try:
                return await stack.enter_async_context(self._visit(token))
            except TokenRefused:
                return None
            except NotReached as error:
                self._talk.tell(f"{error}.")
                if not self._talk.agree("Try again?"):
                    raise

    async def _socket(self) -> None:
        """Let there be an app token with which a socket opens."""
        kept = self._app_token
        if kept.token is not None:
            found = of_socket(await self._opens(kept.token))
            if not found.next:
                self._talk.tell("An app token is set already, and Slack takes it.")
                if kept.fixed or self._talk.agree("Go on with it?"):
                    return
            elif kept.fixed:
                raise Stopped(f"{found.what}\n{found.next}")
            else:
                self._talk.tell("Slack does not take the app token that is set.")
        self._talk.tell(
            f"At {CONSOLE} > your app > Basic Information > App-Level Tokens, press Generate Token and Scopes,",
            "give it any name, add the scope connections:write, press Generate, and copy the token.",
        )
        while True:
            token = _cleaned(self._talk.ask_secret("Paste the app token here; it is not shown"))
            if not _APP_TOKEN.fullmatch(token):
                self._talk.tell(_no_token(token, "xapp-", "Basic Information > App-Level Tokens"))
                continue
            found = of_socket(await self._opens(token))
            if not found.next:
                self._talk.tell("Slack takes it: a socket opens.")
                self._keep(kept, token, "STUDYCIRCLE_SLACK__APP_TOKEN")
                return
            self._talk.tell(found.what, f"  {found.next}")

    def _keep(self, kept: Settings, token: str, name: str) -> None:
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

    async def _scopes(self, visit: Visit) -> list[Finding]:
        return [one for one in of_scopes(await visit.who()) if one.next]

    # The channel

    async def _room(self, visit: Visit) -> Room:
        """Return the channel that the person chooses, once the bot is in it."""
        while not (rooms := list(await visit.rooms())):
            self._talk.ask("The bot sees no channel. Make one, or invite it into a private one, then press Enter")
        names = [f"#{room.name}{' (private)' if room.private else ''}" for room in rooms]
        chosen = rooms[self._choice("In which channel shall a group live? You can start more later.", names)]
        entered = await visit.enter(chosen)
        if not chosen.inside and entered.inside:
            self._talk.tell(f"The bot is in #{entered.name} now.")
        return entered

    async def _test_post(self, visit: Visit, room: Room) -> None:
        if not self._talk.agree(f"Post a test message in #{room.name}, for everybody there to see?"):
            return
        hello = card(
            say("Studycircle is here"),
            say("This is a test message of the set-up. An admin begins with /study setup."),
            tone=Tone.DONE,
        )
        try:
            to = InChannel(channel_ref((await visit.who()).team, room.id))
            sent = await visit.platform.send(to, hello, key=secrets.token_hex(10))
            self._talk.tell(f"It is there: {visit.platform.link(sent)}")
            if self._talk.agree("Take it away again?"):
                await visit.platform.delete(sent)
        except DeliveryError as error:
            self._talk.tell(f"That did not work: {error.reason}.")

    # Answers

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


def _cleaned(pasted: str) -> str:
    """Return a token as it was meant: without what is often copied with it."""
    return pasted.strip().strip("'\"").removeprefix("Bearer ").strip()


def _no_token(given: str, prefix: str, where: str) -> str:
    """Return what to say about an answer that cannot be the token, without repeating it."""
    kinds = {
        "xoxb-": "a bot token",
        "xapp-": "an app token",
        "xoxp-": "a person's token",
        "xoxe": "a token that renews others",
    }
    what = next((words for start, words in kinds.items() if given.startswith(start) and start != prefix), "")
    if not what and re.fullmatch(r"[0-9a-f]{32}", given):
        what = "the signing secret or the client secret"
    said = f"That looks like {what}." if what else f"That is not it: it begins with {prefix}."
    return f"{said} The right one is under {where}."
