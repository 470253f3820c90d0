"""All that is so on the fake Slack, and the changes to it, each of which the app is told where it may hear of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from tests.fakes.slack import shapes
from tests.fakes.slack.things import Channel, File, Installed, Json, Message, Team, Upload, User, View

SCOPES = {
    "app_mentions:read",
    "channels:history",
    "channels:join",
    "channels:read",
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "groups:history",
    "groups:read",
    "im:history",
    "im:read",
    "im:write",
    "reactions:read",
    "team:read",
    "users:read",
}
EVENTS = {
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "channel_archive",
    "channel_deleted",
    "channel_rename",
    "member_joined_channel",
    "message.channels",
    "message.groups",
    "message.im",
    "reaction_added",
    "reaction_removed",
    "tokens_revoked",
    "user_change",
}
COMMANDS = {"/study", "/submit", "/ask", "/newweek", "/enrol"}
TOKENS_LAST = timedelta(hours=12)


def system_time() -> datetime:
    """Return the time of this machine."""
    return datetime.now(UTC)


@dataclass(slots=True)
class Application:
    """The app as its owner set it up: from a manifest, or with all that a test may want."""

    id: str = "A0STUDY"
    client_id: str = "11111.22222"
    client_secret: str = "fake-client-secret"
    signing_secret: str = "fake-signing-secret"
    app_token: str = "xapp-1-A0STUDY-fake"
    verification_token: str = "fake-verification"
    scopes: set[str] = field(default_factory=lambda: set(SCOPES))
    events: set[str] = field(default_factory=lambda: set(EVENTS))
    commands: set[str] = field(default_factory=lambda: set(COMMANDS))
    shortcuts: dict[str, tuple[str, str]] | None = None
    """What menus offer, by name: the kind (`message` or `global`) and the callback id."""
    escapes: bool = True
    """Whether what is typed behind a command names people, channels and links by what they are."""
    rotates: bool = False
    """Whether tokens end after twelve hours."""
    socket_mode: bool = True
    request_url: str = ""
    """Where HTTP mode is told what happens; nothing is sent there in Socket Mode."""

    def set_up(self, manifest: Json) -> None:
        """Let the app be what a manifest says."""
        features, settings = manifest["features"], manifest["settings"]
        self.scopes = set(manifest["oauth_config"]["scopes"]["bot"])
        self.events = set(settings.get("event_subscriptions", {}).get("bot_events", ()))
        self.commands = {one["command"] for one in features.get("slash_commands", ())}
        self.escapes = all(one.get("should_escape", False) for one in features.get("slash_commands", ()))
        self.shortcuts = {one["name"]: (one["type"], one["callback_id"]) for one in features.get("shortcuts", ())}
        self.rotates = bool(settings.get("token_rotation_enabled", False))
        self.socket_mode = bool(settings.get("socket_mode_enabled", False))
        self.request_url = settings.get("event_subscriptions", {}).get("request_url", "")


@dataclass(frozen=True, slots=True)
class News:
    """Something that the app is told: an `events_api`, `slash_commands` or `interactive` payload."""

    kind: str
    payload: Json
    about: Any = None


class World:
    """Workspaces with people, channels and messages; `now` is the time, `site` is where the web interface is."""

    def __init__(self, now: Callable[[], datetime] = system_time) -> None:
        self.now = now
        self.site = ""
        self.app = Application()
        self.listeners: list[Callable[[News], None]] = []
        self.seen: list[Callable[[Message | View], None]] = []
        self.teams: dict[str, Team] = {}
        self.files: dict[str, File] = {}
        self.views: dict[str, View] = {}
        self.codes: dict[str, Team] = {}
        self.lag = timedelta(0)
        """How old a message has to be for a history to show it."""
        self.names_item_user = True
        """Whether events about reactions name the author of the message."""
        self.made: list[Message] = []
        """Every message of the app that ever was, but for ephemeral ones."""
        self._counter = count(1)
        self._last = 0

    # Ids

    def new_id(self, letter: str) -> str:
        """Return an id that nothing has."""
        return f"{letter}{next(self._counter):07d}{'SC'}"

    def new_ts(self) -> str:
        """Return the time of a message; each is greater than those before."""
        self._last = max(self._last + 1, int(self.now().timestamp() * 1_000_000))
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"

    def event_id(self) -> str:
        """Return the id of an event."""
        return self.new_id("Ev")

    # Workspaces, people, channels

    def add_team(self, name: str, *, id: str = "", installed: bool = True) -> Team:
        """Make a workspace, with the app in it."""
        made = Team(id or self.new_id("T"), name, name.lower().replace(" ", "-"))
        self.teams[made.id] = made
        if installed:
            self.install(made)
        return made

    def install(self, team: Team, scopes: Iterable[str] = ()) -> Installed:
        """Let the app come to a workspace, or come again with a new token."""
        if team.installed is None:
            bot = User(self.new_id("U"), "studycircle", "Studycircle", bot=True)
            team.users[bot.id] = bot
            team.installed = Installed(team, bot, self.new_id("B"), "", set())
        one = team.installed
        one.scopes = set(scopes) or set(self.app.scopes)
        self.give_token(one)
        return one

    def give_token(self, one: Installed) -> None:
        """Let an installation have a new token, which ends where tokens rotate; the old one is good no more."""
        if one.token:
            one.old.add(one.token)
        kind = "xoxe.xoxb" if self.app.rotates else "xoxb"
        one.token = f"{kind}-{one.team.id}-{self.new_id('fake')}"
        one.refresh_token = f"xoxe-1-{one.team.id}-{self.new_id('fake')}" if self.app.rotates else None
        one.expires = self.now() + TOKENS_LAST if self.app.rotates else None

    def uninstall(self, team: Team) -> None:
        """Let somebody throw the app out of a workspace."""
        one = team.installed
        assert one is not None
        self.tell(team, {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [one.user.id]}})
        self.tell(team, {"type": "app_uninstalled"})
        for channel in team.channels.values():
            channel.members.discard(one.user.id)
        team.installed = None

    def installation(self, token: str) -> Installed | None:
        """Return whose token this is."""
        there = (team.installed for team in self.teams.values() if team.installed is not None)
        return next((one for one in there if token and token in {one.token, *one.old}), None)

    def add_user(self, team: Team, name: str, display: str = "", *, id: str = "", admin: bool = False) -> User:
        """Make an account in a workspace."""
        made = User(id or self.new_id("U"), name, display or name.title(), admin=admin)
        team.users[made.id] = made
        return made

    def add_channel(
        self, team: Team, name: str, *, id: str = "", private: bool = False, with_bot: bool = True
    ) -> Channel:
        """Make a channel, with the app in it."""
        made = Channel(id or self.new_id("C"), team, name, private, created=self.now())
        team.channels[made.id] = made
        if with_bot and team.installed is not None:
            made.members.add(team.installed.user.id)
        return made

    def direct(self, team: Team, user: User, *, id: str = "") -> Channel:
        """Return the direct conversation of the app with somebody."""
        for one in team.channels.values():
            if one.other is user:
                return one
        made = Channel(id or self.new_id("D"), team, other=user, created=self.now())
        made.members = {user.id}
        team.channels[made.id] = made
        return made

    def invite(self, channel: Channel) -> None:
        """Let the app come into a channel."""
        one = channel.team.installed
        assert one is not None
        if one.user.id not in channel.members:
            channel.members.add(one.user.id)
            what = {"channel": channel.id, "channel_type": channel.id[0], "team": channel.team.id}
            self.tell(channel.team, {"type": "member_joined_channel", "user": one.user.id, **what}, channel)

    def archive(self, channel: Channel) -> None:
        """Put a channel away."""
        channel.archived = True
        self.tell(channel.team, {"type": "channel_archive", "channel": channel.id}, channel)

    # Messages

    def keep_file(self, user: User, upload: Upload) -> File:
        """Keep a file, to be fetched under an address of its own by whoever has a token."""
        id = self.new_id("F")
        made = File(id, upload.name, upload.content, upload.type, user.id, f"{self.site}/files-pri/{id}/{upload.name}")
        self.files[id] = made
        return made

    def post(self, message: Message) -> Message:
        """Let a message stand in its channel; of an ephemeral one nobody is told."""
        channel = message.channel
        if not message.ephemeral:
            channel.stored[message.ts] = message
            if message.bot_id is not None:
                self.made.append(message)
            self.tell(channel.team, self._told_of(message), channel)
        self._notify(message)
        for look in self.seen:
            look(message)
        return message

    def _told_of(self, message: Message) -> Json:
        where = {"channel": message.channel.id, "event_ts": message.ts, "channel_type": message.channel.kind}
        told = shapes.message(message, metadata=True) | where
        if message.thread_ts is not None and message.thread_ts != message.ts:
            head = message.channel.stored.get(message.thread_ts)
            told["parent_user_id"] = head.author.id if head is not None else ""
        if message.bot_id is None:
            told["client_msg_id"] = f"00000000-0000-4000-8000-{message.ts.replace('.', '')[-12:]}"
        return told | ({"subtype": "file_share"} if message.files else {})

    def changed(self, message: Message, before: Json) -> None:
        """Tell that a message says something else now."""
        message.edited = self.new_ts()
        self._notify(message)
        for look in self.seen:
            look(message)
        if not message.ephemeral:
            told = {"message": shapes.message(message, metadata=True), "previous_message": before}
            self._tell_hidden("message_changed", message, told)

    def delete(self, message: Message) -> None:
        """Remove a message; of one with answers a tombstone stays."""
        before = shapes.message(message)
        message.deleted = True
        if message.replies:
            message.subtype = "tombstone"
            message.text, message.blocks, message.reactions = "", [], {}
            told = {"message": shapes.message(message), "previous_message": before}
            return self._tell_hidden("message_changed", message, told)
        message.channel.stored.pop(message.ts, None)
        self._tell_hidden("message_deleted", message, {"deleted_ts": message.ts, "previous_message": before})

    def _tell_hidden(self, subtype: str, message: Message, more: Json) -> None:
        ts = self.new_ts()
        about = {"type": "message", "subtype": subtype, "hidden": True, "ts": ts, "event_ts": ts}
        about |= {"channel": message.channel.id, "channel_type": message.channel.kind}
        self.tell(message.channel.team, about | more, message.channel)

    def _notify(self, message: Message) -> None:
        """Note whom a message names so that they are notified, in its text and in its blocks."""
        named, loud = set[str](), False
        for words in [message.text, *_marked(message.blocks)]:
            named |= set(re.findall(r"<@([UW]\w+)(?:\|[^>]*)?>", words))
            loud |= bool(re.search(r"<!(channel|here|everyone|group)", words))
        if message.asked.get("parse") == "full" or message.asked.get("link_names") in (True, 1, "1", "true"):
            loud |= bool(re.search(r"@(channel|here|everyone)\b", message.text))
        for one in _rich(message.blocks):
            named |= {one["user_id"]} if one.get("type") == "user" else set()
            loud |= one.get("type") in ("broadcast", "usergroup")
        message.pinged |= named & message.channel.team.users.keys()
        message.pings_everyone |= loud

    # Reactions

    def react(self, message: Message, user: User, name: str) -> None:
        """Put a reaction on a message; a second one of the same name changes nothing."""
        there = message.reactions.setdefault(name, [])
        if user.id not in there:
            there.append(user.id)
            self._tell_reaction("reaction_added", message, user, name)

    def unreact(self, message: Message, user: User, name: str) -> bool:
        """Take a reaction back; return whether it was there."""
        there = message.reactions.get(name, [])
        if user.id not in there:
            return False
        there.remove(user.id)
        if not there:
            del message.reactions[name]
        self._tell_reaction("reaction_removed", message, user, name)
        return True

    def _tell_reaction(self, kind: str, message: Message, user: User, name: str) -> None:
        item = {"type": "message", "channel": message.channel.id, "ts": message.ts}
        told = {"type": kind, "user": user.id, "reaction": name, "item": item, "event_ts": self.new_ts()}
        if self.names_item_user:
            told["item_user"] = message.author.id
        self.tell(message.channel.team, told, message.channel)

    # What the app is told

    def tell(self, team: Team, event: Json, channel: Channel | None = None) -> None:
        """Tell the app of an event, where it asked for its kind and is in the channel."""
        one = team.installed
        if one is None or not self._hears(event, channel) or not self._sees(one, channel):
            return
        event.setdefault("event_ts", self.new_ts())
        who = {"enterprise_id": None, "team_id": team.id, "user_id": one.user.id, "is_bot": True}
        payload = {
            "token": self.app.verification_token,
            "team_id": team.id,
            "context_team_id": team.id,
            "context_enterprise_id": None,
            "api_app_id": self.app.id,
            "event": event,
            "type": "event_callback",
            "event_id": self.event_id(),
            "event_time": int(self.now().timestamp()),
            "authorizations": [who | {"is_enterprise_install": False}],
            "is_ext_shared_channel": False,
        }
        self.announce(News("events_api", payload))

    def announce(self, news: News) -> None:
        """Let those who carry news to the app do so."""
        for listener in self.listeners:
            listener(news)

    def _hears(self, event: Json, channel: Channel | None) -> bool:
        kind = event["type"]
        if kind == "message":
            kind = f"message.{'im' if channel is None else channel.kind + ('' if channel.kind == 'im' else 's')}"
        return kind in self.app.events

    @staticmethod
    def _sees(one: Installed, channel: Channel | None) -> bool:
        return channel is None or channel.other is not None or one.user.id in channel.members


def walked(blocks: Sequence[Any]) -> Iterable[Json]:
    """Yield blocks and every object in them."""
    for one in blocks:
        if isinstance(one, dict):
            yield one
            yield from walked(list(one.values()))
        elif isinstance(one, list):
            yield from walked(one)


def _marked(blocks: Sequence[Json]) -> list[str]:
    """Return the texts in blocks in which marks mean something."""
    found = [str(one.get("text", "")) for one in walked(blocks) if one.get("type") == "mrkdwn"]
    return found + [str(one.get("text", "")) for one in blocks if one.get("type") == "markdown"]


def _rich(blocks: Sequence[Json]) -> list[Json]:
    return [one for block in blocks if block.get("type") == "rich_text" for one in walked(block["elements"])]
