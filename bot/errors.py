"""What can go wrong for people: refusals whose docstring is what they read, and failures of the edges."""

from __future__ import annotations

from dataclasses import dataclass
from inspect import cleandoc

from bot.language import Language
from bot.text import Text, TextLike, say


@dataclass(frozen=True, slots=True)
class Offer:
    """A way out of a refusal: a button's label and the call behind it."""

    label: Text
    command: str
    arguments: tuple[tuple[str, str], ...] = ()


class Refusal(Exception):
    """This can't be done."""

    def __init__(self, *offers: Offer, **places: TextLike) -> None:
        self.offers = offers
        self.places = places
        self.language: Language | None = None
        """The language of whoever is refused, once it is known."""
        super().__init__(type(self).__name__)

    @property
    def text(self) -> Text:
        """What the person reads: the docstring of the refusal, with its places filled."""
        return say(_wording(type(self)), **self.places)


def _wording(kind: type[Refusal]) -> str:
    """Return a refusal's docstring as running text: its line breaks are the source's, not the reader's."""
    return "\n\n".join(" ".join(part.split()) for part in cleandoc(kind.__doc__ or "").split("\n\n"))


class UnknownCommand(Refusal):
    """I don't know “{name}”. Did you mean {nearest}? Try /help for everything I can do."""


class MoreWords(Refusal):
    """/{name} goes on with one of these words: {choices}. /help {name} says what each of them does."""


class WrongPlace(Refusal):
    """Run this in a group's channel, or choose one below."""


class NoGroupOfYours(WrongPlace):
    """I can't tell which study group you mean. Type this in a channel where one lives; /groups there shows them all."""


class NotDirectly(WrongPlace):
    """Type this in a channel of your server or workspace: in a direct conversation I can't see whether you may."""


class NotAllowed(Refusal):
    """Only {who} can do this. Here, that is {people}."""


class NotAllowedNobody(Refusal):
    """Only {who} can do this."""


class OnlyFollows(NotAllowed):
    """You follow {group}, so you can read everything. To take part yourself, apply with /enrol."""


class NotAMember(Refusal):
    """This is for members of {group}. Join with /enrol, and the facilitator will let you in."""


class TooLong(Refusal):
    """“{option}” takes at most {limit} characters, and yours has {length}. Shorten it, or put it online and link it."""


class HiddenCharacters(Refusal):
    """“{option}” has invisible control characters in it. Type it again, or paste it as plain text."""


class NotANumber(Refusal):
    """“{given}” is not a number that fits “{option}”. Write a whole number in digits, for example 2."""


class NotAChannel(Refusal):
    """I don't know the channel “{given}”. Choose one of those that are here, for example #questions."""


class NotARole(Refusal):
    """I don't know the role “{given}”. Where a server has roles, such as on Discord, choose one of those it offers."""


class NotOneOf(Refusal):
    """I don't know “{given}” for “{option}”. You can choose: {choices}."""


class UnknownItem(Refusal):
    """I can't find that any more. It may have been removed, or it belongs to another group."""


class UnknownOption(Refusal):
    """/{command} has no option “{name}”. It takes: {options}."""


class Missing(Refusal):
    """“{option}” is still empty. Fill it in and try again."""


class OldButton(Refusal):
    """This button is from an older version of me. Type the command instead: /help lists them."""


class DeliveryError(Exception):
    """A platform did not take a message; `permanent` if it never will, else `retry_after` seconds may help.

    `sent_maybe` says that the answer was lost on the way back: the message may be there.
    """

    def __init__(
        self, reason: str, *, permanent: bool = False, retry_after: float | None = None, sent_maybe: bool = False
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent
        self.retry_after = retry_after
        self.sent_maybe = sent_maybe


class MessageGone(DeliveryError):
    """The message that was to be edited, or that was sent under the same key, is not there any more."""

    def __init__(self, reason: str = "the message was deleted") -> None:
        super().__init__(reason, permanent=True)


class PersonRefuses(DeliveryError):
    """A person takes no direct messages from the bot; not to be tried again until they write to it."""

    def __init__(self, reason: str = "this person takes no direct messages from me") -> None:
        super().__init__(reason, permanent=True)


class CannotSave(Exception):
    """Nothing of this was saved; the message says why, and trying again later may work."""


class CannotRead(Exception):
    """Nothing could be looked up; the message says why, and trying again later may work."""


class MaybeSaved(Exception):
    """The connection broke during the commit: look before doing this again."""


AWAY = (CannotSave, CannotRead, MaybeSaved)
"""What a database that is away for a while makes of work; a line in the log tells all there is to know."""


class StoreClosed(RuntimeError):
    """The store is closed; nothing was read or saved."""


class ConfigError(Exception):
    """The configuration cannot be used; `problems` are all of them, a line each."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems
