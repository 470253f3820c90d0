"""What people do on the page: each deed is one request, and says what is to be seen next."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from aiohttp import web
from aiohttp.web_request import FileField

from adapters.local import commands, events, forms
from adapters.local.forms import FormNotTaken
from adapters.local.page.dialogs import Dialogs
from adapters.local.page.looks import Looks
from adapters.local.page.places import item
from adapters.local.page.windows import Windows
from adapters.local.rooms import Message, Place
from adapters.local.world import Answer, Profile
from bot.cards import Button, File
from bot.text import Text, say, to_text

TIMES = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1), "all": None}
_CHANNEL = re.compile(r"[a-z0-9][a-z0-9-]{0,38}")

Form = Mapping[str, str | File]


class Impossible(Exception):
    """What somebody wanted cannot be done, and why in words."""

    def __init__(self, text: Text) -> None:
        super().__init__(text)
        self.text = text


GONE = say("This is gone.")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is to be seen after a deed: a dialog (None leaves the one that is there), another address, an empty line."""

    dialog: str | None = ""
    go: str = ""
    clear: bool = False


@dataclass(frozen=True, slots=True)
class Deed:
    """Who does something, where, with what they sent."""

    profile: Profile
    place: Place
    sent: Form
    item: str

    def text(self, name: str) -> str:
        """Return what was written into a field."""
        value = self.sent.get(name, "")
        return value if isinstance(value, str) else ""


class Acting:
    """Does what people do on the page."""

    def __init__(self, looks: Looks, dialogs: Dialogs, windows: Windows) -> None:
        self._stage = looks.stage
        self._world = looks.world
        self._looks = looks
        self._dialogs = dialogs
        self._windows = windows
        self._deeds: dict[str, Callable[[Deed], Awaitable[Outcome]]] = {
            "say": self._say,
            "press": self._press,
            "react": self._react,
            "more": self._more,
            "fill": self._fill,
            "new": self._new_group,
            "time": self._time,
        }

    async def do(self, what: str, deed: Deed) -> Outcome:
        """Do what somebody wants and let the bot answer; raises Impossible."""
        if what not in self._deeds:
            raise Impossible(GONE)
        try:
            outcome = await self._deeds[what](deed)
        except LookupError as error:
            raise Impossible(GONE) from error
        except (ValueError, PermissionError) as error:
            raise Impossible(to_text(str(error))) from error
        if self._stage.time.under_way is None:
            await self._stage.time.settle()
        await self._stage.keeper.flush()
        return outcome

    async def _say(self, deed: Deed) -> Outcome:
        line = deed.text("line").strip()
        if not line:
            return Outcome()
        if line.startswith("/"):
            return self._answered(deed, await commands.type_line(self._world, deed.profile, line, deed.place))
        await events.say(self._world, deed.profile, line, deed.place)
        return Outcome(clear=True)

    def _answered(self, deed: Deed, answer: Answer) -> Outcome:
        """Return what follows an answer: its form, where it is one."""
        return Outcome(self._dialogs.form(deed.profile, deed.place) if answer.form else "", clear=True)

    def _item(self, deed: Deed) -> Message | Answer:
        found = item(deed.profile, deed.place, deed.item)
        if found is None:
            raise LookupError(deed.item)
        return found

    def _message(self, deed: Deed) -> Message:
        found = self._item(deed)
        if not isinstance(found, Message):
            raise LookupError(deed.item)
        return found

    async def _press(self, deed: Deed) -> Outcome:
        found = self._item(deed)
        value = deed.text("button")
        shown = (button for card in found.cards for button in card.buttons if isinstance(button, Button))
        button = next((one for one in shown if commands.button_id(one) == value), None)
        if button is None:  # the message has changed since; the bot says so kindly
            name, arguments = commands.read_button_id(value)
            if not name:
                raise LookupError(value)
            button = Button(to_text("…"), name, tuple(arguments.items()))
        return self._answered(deed, await commands.press(self._world, deed.profile, button, found))

    async def _react(self, deed: Deed) -> Outcome:
        await self._toggle(deed, self._message(deed), deed.text("emoji"))
        return Outcome(None)

    async def _toggle(self, deed: Deed, message: Message, emoji: str) -> None:
        if not 0 < len(emoji) <= 16:
            raise LookupError(emoji)
        mine = any(one.emoji == emoji and one.account == deed.profile.account for one in message.reactions)
        change = events.unreact if mine else events.react
        await change(self._world, deed.profile, emoji, message)

    async def _more(self, deed: Deed) -> Outcome:
        """Do what was chosen among all that can be done with a message."""
        message = self._message(deed)
        world, profile = self._world, deed.profile
        if deed.text("close"):
            return Outcome()
        if entry := deed.text("entry"):
            return self._answered(deed, await commands.use_menu(world, profile, entry, message))
        if entry := deed.text("person"):
            other = world.profiles[message.author]
            return self._answered(deed, await commands.use_person_menu(world, profile, entry, other, deed.place))
        if deed.text("delete"):
            await events.delete(world, profile, message)
        elif emoji := deed.text("emoji"):
            await self._toggle(deed, message, emoji)
        elif reply := deed.text("reply").strip():
            where = events.thread_for(world, message)
            await events.say(world, profile, reply, where)
            return Outcome(go="" if where is deed.place else self._looks.url(profile, where))
        return Outcome()

    async def _fill(self, deed: Deed) -> Outcome:
        profile = deed.profile
        opened = profile.form
        if opened is None:
            return Outcome()
        if deed.text("close"):
            profile.form = None
            return Outcome()
        names = {field.name for field in opened.form.fields}
        values = {name: value for name, value in deed.sent.items() if name in names}
        values = {name: _as_typed(value) for name, value in values.items()}
        try:
            answer = await forms.submit(self._world, profile, opened, values)
        except FormNotTaken as not_taken:
            written = {name: value for name, value in values.items() if isinstance(value, str)}
            return Outcome(self._dialogs.form(profile, deed.place, written, not_taken.by_field))
        return self._answered(deed, answer)

    async def _new_group(self, deed: Deed) -> Outcome:
        """Ask for a channel, make it, and open the form for an outline there as whoever starts groups."""
        if deed.text("close"):
            return Outcome()
        name = deed.text("channel").strip().removeprefix("#").lower()
        if "channel" not in deed.sent:
            return Outcome(self._dialogs.new_group(deed.profile, deed.place))
        problem = None
        if not _CHANNEL.fullmatch(name):
            problem = say("Small letters, digits and hyphens make a channel's name.")
        elif name in self._stage.space.channels:
            problem = say("There is a channel of that name.")
        if problem is not None:
            words = self._world.reader(deed.profile).words(problem)
            return Outcome(self._dialogs.new_group(deed.profile, deed.place, words, name))
        channel = self._stage.space.channel(name)
        starter = self._world.join(self._stage.starter)
        await commands.type_line(self._world, starter, "/lead group import", channel)
        self._windows.renew()
        return Outcome(go=self._looks.url(starter, channel))

    async def _time(self, deed: Deed) -> Outcome:
        time, by = self._stage.time, deed.text("by")
        if by == "stop":
            time.stop()
        elif by == "peers":
            time.peers = not time.peers
        elif by in TIMES and time.under_way is None:
            time.start(TIMES[by])
        self._windows.renew()
        return Outcome(None)


def _as_typed(value: str | File) -> str | File:
    """Return a value as somebody types it: browsers write moments with a T and line ends with a return."""
    if not isinstance(value, str):
        return value
    return re.sub(r"^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)", r"\1 \2", value.replace("\r\n", "\n"))


async def sent(request: web.Request) -> Form:
    """Return what a form on the page sent; a field for a file that is empty is left out."""
    found: dict[str, str | File] = {}
    for name, value in (await request.post()).items():
        if isinstance(value, FileField):
            if value.filename:
                found[name] = File(value.filename[:200], value.content_type, value.file.read())
        elif isinstance(value, str):
            found[name] = value
    return found
