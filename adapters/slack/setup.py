"""The set-up, step by step: the app from its manifest, its two tokens, a channel, a test post; it can be run again."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack

from adapters.slack.checkup import of_scopes, of_socket
from adapters.slack.errors import TokenRefused
from adapters.slack.refs import channel_ref
from adapters.slack.visit import NotReached, Room, Visit
from adapters.steps import Settings, Steps, Stopped, Talk, cleaned
from bot.checkup import Finding

CONSOLE = "https://api.slack.com/apps"
_BOT_TOKEN = re.compile(r"xoxb-[\w-]{10,}")
_APP_TOKEN = re.compile(r"xapp-[\w-]{10,}")


class Setup(Steps):
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
        super().__init__(talk)
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
            await self._posted(visit.platform, channel_ref((await visit.who()).team, room.id), room.name)
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
            token = cleaned(self._talk.ask_secret("Paste the bot token here; it is not shown"), "Bearer ")
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
            token = cleaned(self._talk.ask_secret("Paste the app token here; it is not shown"), "Bearer ")
            if not _APP_TOKEN.fullmatch(token):
                self._talk.tell(_no_token(token, "xapp-", "Basic Information > App-Level Tokens"))
                continue
            found = of_socket(await self._opens(token))
            if not found.next:
                self._talk.tell("Slack takes it: a socket opens.")
                self._keep(kept, token, "STUDYCIRCLE_SLACK__APP_TOKEN")
                return
            self._talk.tell(found.what, f"  {found.next}")

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
