"""All that is so on the fake Discord, and the changes to it, each of which the gateway is told."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING

from tests.fakes.discord import shapes
from tests.fakes.discord.permissions import EVERYTHING, NOTHING, USUAL, May, allowed
from tests.fakes.discord.rules import TooOften, check_length
from tests.fakes.discord.things import (
    EPHEMERAL,
    HAS_THREAD,
    Attachment,
    Channel,
    Emoji,
    Guild,
    Json,
    Kind,
    Member,
    Message,
    Role,
    Tag,
    Upload,
    User,
)

if TYPE_CHECKING:
    from tests.fakes.discord.interactions import Interaction

EPOCH = datetime(2015, 1, 1, tzinfo=UTC)
_LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
_RENAMES_WITHIN = timedelta(minutes=10)
_NAME_CHANGED = 4
"""The kind of the line by which a thread tells of its new name."""

GUILDS, MEMBERS, GUILD_MESSAGES, GUILD_REACTIONS = 1 << 0, 1 << 1, 1 << 9, 1 << 10
DIRECT_MESSAGES, DIRECT_REACTIONS, CONTENT, SCHEDULED = 1 << 12, 1 << 13, 1 << 15, 1 << 16
PRIVILEGED = MEMBERS | (1 << 8) | CONTENT


def system_time() -> datetime:
    """Return the time of this machine."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class News:
    """Something that the gateway tells those who asked for its kind; the text of `message` may be kept back."""

    name: str
    data: Json
    guild: Guild | None
    intent: int
    message: Message | None = None


@dataclass(slots=True)
class Application:
    """The bot as its owner set it up: its token, and whether it may read what people write."""

    id: int
    user: User
    token: str = "fake-token"
    reads_content: bool = False
    reads_members: bool = False
    global_commands: dict[int, Json] = field(default_factory=dict)


class World:
    """Users, servers, channels and messages; `now` is the time, `site` is where files are fetched from."""

    def __init__(self, now: Callable[[], datetime] = system_time) -> None:
        self.now = now
        self.site = ""
        self.listeners: list[Callable[[News], None]] = []
        self.users: dict[int, User] = {}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.files: dict[int, Attachment] = {}
        self.nonce_window = timedelta(seconds=60)
        self.renames = 2
        """How often a thread or channel can be renamed within ten minutes."""
        self.nonces: dict[tuple[int, str], Message] = {}
        self.interactions: dict[int, Interaction] = {}
        self.by_token: dict[str, Interaction] = {}
        self._counter = count(1)
        self._last = 0
        bot = User(self._old_id(), "studycircle", "Studycircle", bot=True)
        self.users[bot.id] = bot
        self.application = Application(bot.id, bot)

    # Ids

    def new_id(self) -> int:
        """Return a snowflake of now; each is greater than those before."""
        milliseconds = int((self.now() - EPOCH) / timedelta(milliseconds=1))
        self._last = max(self._last + 1, milliseconds << 22)
        return self._last

    def _old_id(self) -> int:
        return (int((_LONG_AGO - EPOCH) / timedelta(milliseconds=1)) + next(self._counter)) << 22

    # People and places

    def add_user(self, name: str, display: str = "", *, bot: bool = False) -> User:
        """Make an account."""
        made = User(self._old_id(), name, display or name.title(), bot=bot)
        self.users[made.id] = made
        return made

    def add_guild(self, name: str, owner: User, *, with_bot: bool = True, bot_may: May = USUAL) -> Guild:
        """Make a server; with the bot in it, the bot has a role of its own."""
        made = Guild(self._old_id(), name, owner)
        made.roles[made.id] = Role(made.id, "@everyone")
        self.guilds[made.id] = made
        self.join(made, owner)
        if with_bot:
            self.invite(made, bot_may)
        return made

    def invite(self, guild: Guild, bot_may: May = USUAL) -> None:
        """Let the bot come to a server, with a role of its own."""
        bot = self.application.user
        role = Role(self._old_id(), bot.display, bot_may, position=1, of_bot=bot.id)
        guild.roles[role.id] = role
        self.join(guild, bot).roles.append(role.id)
        self.tell("GUILD_CREATE", shapes.guild(guild, bot), guild, GUILDS)

    def remove_bot(self, guild: Guild) -> None:
        """Let the bot be thrown out of a server."""
        bot = self.application.user
        self.tell("GUILD_DELETE", {"id": str(guild.id)}, guild, GUILDS)
        for id in guild.members.pop(bot.id).roles:
            guild.roles.pop(id, None)

    def join(self, guild: Guild, user: User, *, admin: bool = False) -> Member:
        """Let somebody come to a server."""
        member = guild.members.setdefault(user.id, Member(user, self.now()))
        if admin:
            role = next((one for one in guild.roles.values() if one.name == "Admins"), None)
            if role is None:
                role = self.add_role(guild, "Admins", EVERYTHING, position=2)
            if role.id not in member.roles:
                member.roles.append(role.id)
        return member

    def add_role(self, guild: Guild, name: str, may: May = NOTHING, *, position: int = 0) -> Role:
        """Make a role at a position; the bot's own stands at 1."""
        made = Role(self._old_id(), name, may, position)
        guild.roles[made.id] = made
        self.tell("GUILD_ROLE_CREATE", {"guild_id": str(guild.id), "role": shapes.role(made)}, guild, GUILDS)
        return made

    def change_role(self, guild: Guild, role: Role, may: May | None = None, position: int | None = None) -> None:
        """Change what a role may, or where it stands among the others."""
        role.permissions = role.permissions if may is None else may
        role.position = role.position if position is None else position
        self.tell("GUILD_ROLE_UPDATE", {"guild_id": str(guild.id), "role": shapes.role(role)}, guild, GUILDS)

    def drop_role(self, guild: Guild, role: Role) -> None:
        """Delete a role."""
        del guild.roles[role.id]
        for member in guild.members.values():
            member.roles = [id for id in member.roles if id != role.id]
        self.tell("GUILD_ROLE_DELETE", {"guild_id": str(guild.id), "role_id": str(role.id)}, guild, GUILDS)

    def leave(self, guild: Guild, user: User) -> None:
        """Let somebody leave a server; their roles are gone with that."""
        guild.members.pop(user.id, None)

    def bot_in(self, guild: Guild) -> bool:
        """Return whether the bot is in a server."""
        return self.application.user.id in guild.members

    def add_channel(self, guild: Guild, name: str, kind: Kind = Kind.TEXT, tags: Sequence[str] = ()) -> Channel:
        """Make a channel, or a forum with tags."""
        made = Channel(self._old_id(), kind, name, guild, created=self.now())
        made.tags = [Tag(self._old_id(), tag) for tag in tags]
        guild.channels[made.id] = self.channels[made.id] = made
        self.tell("CHANNEL_CREATE", shapes.channel(made), guild, GUILDS)
        return made

    def change_channel(self, channel: Channel) -> None:
        """Tell that a channel's name, tags or permissions were changed."""
        self.tell("CHANNEL_UPDATE", shapes.channel(channel), channel.guild, GUILDS)

    def direct(self, user: User) -> Channel:
        """Return the direct conversation of the bot with somebody."""
        for one in self.channels.values():
            if one.kind is Kind.DIRECT and one.other is user:
                return one
        made = Channel(self._old_id(), Kind.DIRECT, other=user)
        self.channels[made.id] = made
        return made

    def open_thread(self, parent: Channel, title: str, by: User, below: Message | None = None) -> Channel:
        """Open a thread below a message, or in a forum; it has the id of the message that it begins with."""
        id = below.id if below is not None else self.new_id()
        thread = Channel(id, Kind.THREAD, title, parent.guild, parent, owner=by, created=self.now())
        thread.inside.add(by.id)
        assert parent.guild is not None
        parent.guild.threads[id] = self.channels[id] = thread
        if below is not None:
            below.thread = thread
            below.flags |= HAS_THREAD
        self.tell("THREAD_CREATE", shapes.channel(thread, newly=True), parent.guild, GUILDS)
        if below is not None:
            self._tell_of(below, "MESSAGE_UPDATE")
        return thread

    def archive(self, thread: Channel, archived: bool = True, locked: bool = False) -> None:
        """Put a thread away, or take it out again."""
        thread.archived, thread.locked = archived, locked
        self.tell("THREAD_UPDATE", shapes.channel(thread), thread.guild, GUILDS)

    def rename(self, channel: Channel, name: str) -> None:
        """Let a channel or thread have another name, seldom enough; in a thread, a line says so."""
        check_length(name, 100, "name")
        if name == channel.name:
            return
        since = self.now() - _RENAMES_WITHIN
        channel.renamed = [at for at in channel.renamed if at > since]
        if len(channel.renamed) >= self.renames:
            raise TooOften((channel.renamed[0] - since).total_seconds())
        channel.renamed.append(self.now())
        channel.name = name
        if channel.is_thread:
            bot = self.application.user
            self.post(Message(self.new_id(), channel, bot, self.now(), name, kind=_NAME_CHANGED))

    # Messages

    def keep_file(self, channel: Channel, upload: Upload) -> Attachment:
        """Keep a file, to be fetched under an address of its own."""
        id = self.new_id()
        url = f"{self.site}/attachments/{channel.id}/{id}/{upload.name}"
        kept = self.files[id] = Attachment(id, upload.name, upload.content, upload.type, url)
        return kept

    def post(self, message: Message, *, silently: bool = False) -> Message:
        """Let a message stand in its channel; `silently`: only one person sees it, and no event tells of it."""
        channel = message.channel
        channel.stored[message.id] = message
        if channel.is_thread:
            channel.inside.add(message.author.id)
            if channel.archived and not channel.locked:
                self.archive(channel, False)
        if not silently:
            self._tell_of(message, "MESSAGE_CREATE")
        return message

    def changed(self, message: Message) -> None:
        """Tell that a message says something else now."""
        message.edited = self.now()
        if not message.flags & EPHEMERAL:
            self._tell_of(message, "MESSAGE_UPDATE")

    def delete(self, *messages: Message) -> None:
        """Remove messages of one channel; several at once are told of at once."""
        channel = messages[0].channel
        for one in messages:
            channel.stored.pop(one.id, None)
        where = {"channel_id": str(channel.id)} | ({"guild_id": str(channel.guild.id)} if channel.guild else {})
        intent = GUILD_MESSAGES if channel.guild else DIRECT_MESSAGES
        if messages[0].ephemeral:
            return
        if len(messages) == 1:
            self.tell("MESSAGE_DELETE", {"id": str(messages[0].id), **where}, channel.guild, intent)
        else:
            ids = [str(one.id) for one in messages]
            self.tell("MESSAGE_DELETE_BULK", {"ids": ids, **where}, channel.guild, intent)

    def mentioned(self, text: str, guild: Guild | None) -> set[int]:
        """Return the people whom a text names, whatever stands around their names."""
        named = {int(id) for id in re.findall(r"<@!?(\d+)>", text)}
        return {id for id in named if id in (guild.members if guild else self.users)}

    # Reactions

    def react(self, message: Message, user: User, emoji: Emoji, *, burst: bool = False) -> None:
        """Put a reaction on a message; a second one of the same kind changes nothing."""
        there = message.reactions.setdefault(emoji, {}).setdefault(burst, {})
        if user.id in there:
            return
        there[user.id] = user
        data = self._reaction(message, user, emoji, burst) | {"message_author_id": str(message.author.id)}
        guild = message.channel.guild
        if guild is not None and user.id in guild.members:
            data["member"] = shapes.member(guild.members[user.id])
        self._tell_reaction("ADD", message, data)

    def unreact(self, message: Message, user: User, emoji: Emoji, *, burst: bool = False) -> bool:
        """Take a reaction back; return whether it was there."""
        if message.reactions.get(emoji, {}).get(burst, {}).pop(user.id, None) is None:
            return False
        self._clean(message)
        self._tell_reaction("REMOVE", message, self._reaction(message, user, emoji, burst))
        return True

    def clear(self, message: Message, emoji: Emoji | None = None) -> None:
        """Remove all reactions, or all with one emoji."""
        where = self._where(message)
        if emoji is None:
            message.reactions.clear()
            return self._tell_reaction("REMOVE_ALL", message, where)
        message.reactions.pop(emoji, None)
        self._tell_reaction("REMOVE_EMOJI", message, {**where, "emoji": shapes.emoji(emoji)})

    def _clean(self, message: Message) -> None:
        for emoji in [one for one, kinds in message.reactions.items() if not any(kinds.values())]:
            del message.reactions[emoji]

    def _reaction(self, message: Message, user: User, emoji: Emoji, burst: bool) -> Json:
        kind = {"burst": burst, "type": int(burst)}
        return {**self._where(message), "user_id": str(user.id), "emoji": shapes.emoji(emoji), **kind}

    def _where(self, message: Message) -> Json:
        channel = message.channel
        where: Json = {"channel_id": str(channel.id), "message_id": str(message.id)}
        return where | ({"guild_id": str(channel.guild.id)} if channel.guild else {})

    # What the gateway is told

    def _tell_reaction(self, what: str, message: Message, data: Json) -> None:
        intent = GUILD_REACTIONS if message.channel.guild else DIRECT_REACTIONS
        self.tell(f"MESSAGE_REACTION_{what}", data, message.channel.guild, intent)

    def _tell_of(self, message: Message, name: str) -> None:
        intent = GUILD_MESSAGES if message.channel.guild else DIRECT_MESSAGES
        data = self.describe(message, event=True) | ({"nonce": message.nonce} if message.nonce else {})
        self.tell(name, data, message.channel.guild, intent, message)

    def describe(
        self, message: Message, *, reader: User | None = None, blank: bool = False, event: bool = False
    ) -> Json:
        """Return a message in JSON, with the people whom it names."""
        shown = shapes.message(message, reader=reader, blank=blank, event=event)
        shown["mentions"] = [shapes.user(self.users[id]) for id in sorted(message.pinged)]
        return shown

    def readable(self, message: Message) -> bool:
        """Return whether the bot may read what a message says without leave to read everything."""
        bot = self.application.user
        return message.channel.guild is None or message.author is bot or bot.id in message.pinged

    def tell(self, name: str, data: Json, guild: Guild | None, intent: int, message: Message | None = None) -> None:
        """Let the gateway tell of something, where the bot can see it."""
        if guild is not None and not self.bot_in(guild):
            return
        place = message.channel if message is not None else self.channels.get(int(data.get("channel_id") or 0))
        if guild is not None and place is not None and not allowed(guild, self.application.user, place):
            return
        for listener in self.listeners:
            listener(News(name, data, guild, intent, message))
