"""All that is so on the local platform: its spaces and people, what each was shown alone, and who watches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from adapters.local.cards import ONLY_YOU, Reader, draw, draw_files, draw_form
from adapters.local.rooms import DIRECT, Channel, Message, Place, Space, Thread
from bot.app import Bot
from bot.cards import Card, File, Form
from bot.chat import AccountRef, ChannelRef, MessageRef, SpaceRef, ThreadRef
from bot.language import ENGLISH
from bot.ports import Clock


class Kind(StrEnum):
    """What can be seen to happen."""

    TYPED = "typed"
    PRESSED = "pressed"
    CHOSE = "chose"
    FILLED = "filled"
    ASKED = "asked"
    TOLD = "told"
    POSTED = "posted"
    EDITED = "edited"
    DELETED = "deleted"
    SAID = "said"
    REACTED = "reacted"
    UNREACTED = "unreacted"


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened: who did it (or was told), where, and its words as somebody there read them.

    ASKED is a form and TOLD a reply, both shown to `who` alone; POSTED and EDITED are the bot's, SAID is a person's.
    """

    kind: Kind
    at: datetime
    who: str
    where: str
    text: str
    direct: bool = False
    message: MessageRef | None = None
    place: Place | None = None


@dataclass(eq=False, slots=True)
class Answer:
    """What the bot answered to one person alone: cards, files, or a form to fill in."""

    id: str
    place: Place
    reader: Reader
    cards: tuple[Card, ...] = ()
    files: tuple[File, ...] = ()
    form: Form | None = None

    @property
    def text(self) -> str:
        """The answer as its reader sees it."""
        parts = [draw(card, self.reader) for card in self.cards]
        if self.files:
            parts.append(draw_files(self.files))
        if parts:
            parts[-1] += f"\n{ONLY_YOU}"
        if self.form:
            parts.append(draw_form(self.form, self.reader))
        return "\n\n".join(parts)


@dataclass(frozen=True, slots=True)
class OpenForm:
    """A form on somebody's screen; `origin` is the private answer whose button opened it."""

    form: Form
    place: Place
    origin: Answer | None = None


@dataclass(eq=False)
class Profile:
    """Somebody who uses the platform, and what they alone see."""

    account: AccountRef
    name: str
    direct: Channel
    zone: str | None = None
    locale: str | None = None
    admin: bool = False
    robot: bool = False
    open_to_bot: bool = True
    answers: list[Answer] = field(default_factory=list)
    form: OpenForm | None = None


class World:
    """The state of the platform; `web` is where messages could be looked up, `zone` is the watchers'."""

    def __init__(self, clock: Clock, name: str, bot_name: str, zone: str, web: str) -> None:
        self.clock = clock
        self.name = name
        self.bot_name = bot_name
        self.bot_account = AccountRef(name, bot_name.lower())
        self.web = web
        self.zone = ZoneInfo(zone)
        self.keeps_text_back = False
        self.spaces: dict[str, Space] = {}
        self.profiles: dict[AccountRef, Profile] = {}
        self.watchers: list[Callable[[Happening], None]] = []
        # From the time, so that a platform that is started anew over a kept database repeats none.
        self.number = int(clock.now().timestamp() * 1000)
        self._messages: dict[str, Message] = {}
        self._connected: Bot | None = None
        self.told = True
        """Whether the bot is told of what happens; what it was not told of is lost to it."""

    @property
    def bot(self) -> Bot:
        """The bot behind the platform."""
        if self._connected is None:
            raise RuntimeError("no bot is connected to this platform: call connect(bot) first")
        return self._connected

    def connect(self, bot: Bot) -> None:
        """Let a bot answer from now on."""
        self._connected = bot
        self.told = True

    def link(self, message: MessageRef) -> str:
        """Return where a message could be looked up."""
        return f"{self.web}/{message.channel.space}/{message.channel.channel}/{message.message}"

    def new_id(self) -> str:
        """Return an id that nothing had before."""
        self.number += 1
        return str(self.number)

    # People

    def join(self, user: str) -> Profile:
        """Return the profile of an account, made at its first use."""
        account = AccountRef(self.name, user)
        if account not in self.profiles:
            direct = Channel(ChannelRef(self.name, DIRECT, user), account)
            self.profiles[account] = Profile(account, user.capitalize(), direct)
        return self.profiles[account]

    def reader(self, profile: Profile | None = None) -> Reader:
        """Return somebody as a reader, now; without a profile, whoever watches."""
        if profile is None:
            return Reader(ENGLISH, self.zone, self.clock.now())
        language = self._connected.languages.get(profile.locale) if self._connected else ENGLISH
        return Reader(language, ZoneInfo(profile.zone) if profile.zone else self.zone, self.clock.now())

    # Places

    def space(self, name: str) -> Space:
        """Return the space of that name, made at its first use."""
        if name not in self.spaces:
            self.spaces[name] = Space(SpaceRef(self.name, name))
        return self.spaces[name]

    def channel(self, ref: ChannelRef) -> Channel | None:
        """Return a channel or direct conversation that is there."""
        if ref.platform != self.name:
            return None
        if ref.space == DIRECT:
            profile = self.profiles.get(AccountRef(self.name, ref.channel))
            return profile.direct if profile else None
        space = self.spaces.get(ref.space)
        return space.channels.get(ref.channel) if space else None

    def thread(self, ref: ThreadRef) -> Thread | None:
        """Return a thread that is there."""
        channel = self.channel(ref.channel)
        return channel.threads.get(ref.thread) if channel else None

    def open_thread(self, root: Message, title: str) -> Thread:
        """Open a thread below a message, or return the one that is there."""
        if root.thread is None:
            root.thread = Thread(root, self.new_id(), title)
            root.place.channel.threads[root.thread.id] = root.thread
        return root.thread

    # Messages

    def message_numbered(self, id: str) -> Message | None:
        """Return the message with an id that is there."""
        return self._messages.get(id)

    def message(self, ref: MessageRef) -> Message | None:
        """Return a message that is there."""
        message = self._messages.get(ref.message)
        return message if message and message.ref == ref else None

    def add(self, message: Message) -> None:
        """Let a message stand at the end of its place."""
        self._messages[message.id] = message
        message.place.messages.append(message)

    def remove(self, message: Message) -> None:
        """Let a message be gone."""
        del self._messages[message.id]
        message.place.messages.remove(message)
        message.deleted = True

    # What is seen

    def tell(self, kind: Kind, who: str, place: Place, text: str, message: Message | None = None) -> None:
        """Let the watchers know what happened."""
        owner = place.channel.owner
        where = f"@{self.profiles[owner].name}" if owner else str(place)
        ref = message.ref if message else None
        seen = Happening(kind, self.clock.now(), who, where, text, owner is not None, ref, place)
        for watcher in self.watchers:
            watcher(seen)

    def tell_of(self, kind: Kind, message: Message, who: str = "") -> None:
        """Let the watchers know of a message, in the words of whoever reads it there."""
        owner = message.place.channel.owner
        text = message.read_by(self.reader(self.profiles[owner] if owner else None))
        self.tell(kind, who or message.author_name, message.place, text, message)

    def seen_by(self, profile: Profile, place: Place) -> Iterator[str]:
        """Yield what somebody sees in a place from the oldest to the newest, their private answers among it."""
        reader = self.reader(profile)
        shown: list[Message | Answer] = [*place.messages, *(one for one in profile.answers if one.place is place)]
        for one in sorted(shown, key=lambda one: int(one.id)):
            if isinstance(one, Answer):
                yield one.text
            else:
                yield _seen(one, reader)


def _seen(message: Message, reader: Reader) -> str:
    lines = [f"{message.author_name}: {message.read_by(reader)}" + (" (edited)" if message.edited else "")]
    if message.labels:
        lines.append("  ".join(f"#{label}" for label in message.labels))
    emojis = [reacted.emoji for reacted in message.reactions]
    if emojis:
        lines.append("  ".join(f"{emoji} {emojis.count(emoji)}" for emoji in dict.fromkeys(emojis)))
    if message.thread and message.thread.messages:
        lines.append(f"({len(message.thread.messages)} in the thread)")
    return "\n".join(lines)
