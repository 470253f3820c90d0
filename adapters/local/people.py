"""People who use the local platform, as stories tell it: `await jill.types("/submit …", channel)`."""

from __future__ import annotations

from collections.abc import Mapping

from adapters.local import commands, events, forms
from adapters.local.rooms import Channel, Message, Place
from adapters.local.world import Answer, Profile, World
from bot.cards import Button, Choice, File, Form
from bot.chat import AccountRef


class Person:
    """Somebody in front of the platform: what they do, and what they see."""

    def __init__(self, world: World, profile: Profile) -> None:
        self._world = world
        self._profile = profile

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name that others see."""
        return self._profile.name

    @property
    def account(self) -> AccountRef:
        """How the bot names the account."""
        return self._profile.account

    # What they do

    async def types(self, line: str, place: Place | None = None, *, files: Mapping[str, File] | None = None) -> Answer:
        """Type a command in a place, else in the direct conversation with the bot."""
        return await commands.type_line(self._world, self._profile, line, place or self.direct, files)

    async def presses(self, what: str | Button, on: Message | Answer | None = None) -> Answer:
        """Press a button by its label, on what is named or else on the newest thing shown to them alone.

        A Button itself can be pressed too, as somebody does who still sees an older version of a message.
        """
        return await commands.press(self._world, self._profile, what, on)

    async def fills(self, values: Mapping[str, str | File]) -> Answer:
        """Fill the open form in, by the names of its fields, and submit it; raises FormNotTaken."""
        if self._profile.form is None:
            raise LookupError(f"{self.name} has no form open")
        return await forms.submit(self._world, self._profile, self._profile.form, values)

    def closes_form(self) -> None:
        """Close the open form without submitting it."""
        self._profile.form = None

    async def uses_menu(self, label: str, message: Message) -> Answer:
        """Choose an entry of a message's menu."""
        return await commands.use_menu(self._world, self._profile, label, message)

    async def uses_person_menu(self, label: str, on: Person, place: Place) -> Answer:
        """Choose an entry of the menu on somebody, in a place where they are seen."""
        return await commands.use_person_menu(self._world, self._profile, label, on._profile, place)

    async def suggestions(
        self, command: str, option: str, typed: str = "", place: Place | None = None
    ) -> tuple[Choice, ...]:
        """Return what is offered for an option of a command while typing."""
        return await commands.suggest(self._world, self._profile, command, option, typed, place or self.direct)

    async def says(self, text: str, place: Place | None = None, *, thread_of: Message | None = None) -> Message:
        """Write a message into a place, or into the thread of a message."""
        where = events.thread_for(self._world, thread_of) if thread_of else place
        return await events.say(self._world, self._profile, text, where or self.direct)

    async def reacts(self, emoji: str, message: Message) -> None:
        """Put a reaction on a message."""
        await events.react(self._world, self._profile, emoji, message)

    async def unreacts(self, emoji: str, message: Message) -> None:
        """Take a reaction back."""
        await events.unreact(self._world, self._profile, emoji, message)

    async def clears_reactions(self, message: Message, emoji: str | None = None) -> None:
        """Remove all reactions of a message, or all of one emoji; only moderators can."""
        await events.clear(self._world, self._profile, message, emoji)

    async def deletes(self, message: Message) -> None:
        """Delete a message of their own, or as a moderator anybody's."""
        await events.delete(self._world, self._profile, message)

    def clears_answers(self) -> None:
        """Let what the bot answered to them alone be gone from their screen, as after a restart of a real chat."""
        self._profile.answers.clear()

    def refuses_direct_messages(self) -> None:
        """Take no more direct messages from the bot."""
        self._profile.open_to_bot = False

    # What they see

    @property
    def direct(self) -> Channel:
        """Their direct conversation with the bot."""
        return self._profile.direct

    @property
    def inbox(self) -> list[Message]:
        """The messages of that conversation, the oldest first."""
        return list(self._profile.direct.messages)

    @property
    def answers(self) -> list[Answer]:
        """What the bot answered to them alone, the oldest first."""
        return list(self._profile.answers)

    @property
    def files(self) -> list[File]:
        """The files that they got, the oldest first."""
        return [file for answer in self._profile.answers for file in answer.files]

    @property
    def form(self) -> Form | None:
        """The form that is open on their screen."""
        return self._profile.form.form if self._profile.form else None

    def sees(self, place: Place) -> list[str]:
        """Return what they see in a place, the oldest first, their private answers among it."""
        return list(self._world.seen_by(self._profile, place))

    def reads(self, message: Message) -> str:
        """Return a message as they read it, times in their zone."""
        return message.read_by(self._world.reader(self._profile))
