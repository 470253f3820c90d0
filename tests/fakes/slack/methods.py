"""Which method does what: handlers find each other here by name."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from tests.fakes.slack.things import Channel, Installed, Json, Message, Team
from tests.fakes.slack.world import World

if TYPE_CHECKING:
    from tests.fakes.slack.interactions import Interactions

LISTED = 1_000
"""The most that a page of a list holds."""


class Refused(Exception):
    """What Slack answers instead of doing something; `more` stands beside the name of the error."""

    def __init__(self, error: str, *messages: str, **more: Any) -> None:
        super().__init__(error, *messages)
        about: Json = {"response_metadata": {"messages": [f"[ERROR] {one}" for one in messages]}} if messages else {}
        self.body: Json = {"ok": False, "error": error, **about, **more}


@dataclass(slots=True)
class Call:
    """One call of a method by the app in a workspace."""

    world: World
    asked: Interactions
    args: Json
    one: Installed | None
    base: str
    warnings: list[str] = field(default_factory=list)

    @property
    def app(self) -> Installed:
        """The app in its workspace."""
        assert self.one is not None
        return self.one

    @property
    def team(self) -> Team:
        """The workspace."""
        return self.app.team

    def words(self, name: str, default: str | None = None) -> str:
        """Return an argument that has to be there, or what stands for it."""
        value = self.args.get(name)
        if value is None or value == "":
            if default is None:
                raise Refused("invalid_arguments", f"missing required field: {name}")
            return default
        return value if isinstance(value, str) else json.dumps(value)

    def yes(self, name: str) -> bool:
        """Return whether an argument says yes."""
        return str(self.args.get(name, "")).lower() in ("1", "true")

    def number(self, name: str, default: int) -> int:
        """Return an argument that is a number."""
        value = str(self.args.get(name) or default)
        if not value.isdigit():
            raise Refused("invalid_arguments", f"invalid {name}")
        return int(value)

    def needs(self, *scopes: str) -> None:
        """Refuse what the app has no scope for."""
        missing = [one for one in scopes if one not in self.app.scopes]
        if missing:
            raise Refused("missing_scope", needed=",".join(scopes), provided=",".join(sorted(self.app.scopes)))

    def channel(self, name: str = "channel", *, inside: bool = False) -> Channel:
        """Return the channel that an argument names, as far as the app can see it; `inside`: it has to be in it."""
        found = self.team.channels.get(self.words(name))
        if found is None or (found.private and self.app.user.id not in found.members):
            raise Refused("channel_not_found")
        if inside and found.other is None and self.app.user.id not in found.members:
            raise Refused("not_in_channel")
        return found

    def message(self, channel: Channel, name: str) -> Message:
        """Return the message that an argument names."""
        found = channel.stored.get(self.words(name))
        if found is None:
            raise Refused("message_not_found")
        return found

    def page(self, several: list[Any], default: int = 100, most: int = LISTED) -> tuple[list[Any], str]:
        """Return the page of a list that the cursor names, and the cursor of the next one."""
        limit = min(self.number("limit", default) or default, most)
        cursor = str(self.args.get("cursor") or "")
        if cursor and not cursor.startswith("next:"):
            raise Refused("invalid_cursor")
        begun = int(cursor.removeprefix("next:")) if cursor else 0
        rest = begun + limit < len(several)
        return several[begun : begun + limit], f"next:{begun + limit}" if rest else ""


Handler: TypeAlias = Callable[[Call], Json]


@dataclass(frozen=True, slots=True)
class Method:
    """What a method does, and what it needs: scopes of the token, or a token of another kind."""

    do: Handler
    scopes: tuple[str, ...] = ()
    token: str = "bot"


METHODS: dict[str, Method] = {}


def method(name: str, *scopes: str, token: str = "bot") -> Callable[[Handler], Handler]:
    """Let a function answer calls; `token` is `bot`, `app` or `none`."""

    def keep(handler: Handler) -> Handler:
        METHODS[name] = Method(handler, scopes, token)
        return handler

    return keep
