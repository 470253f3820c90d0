"""The sentences of the page itself."""

from __future__ import annotations

from functools import cache

from bot.language import Language
from bot.text import Text, say

WORDS: dict[str, Text] = {
    "act_as": say("You are"),
    "all_weeks": say("Play all weeks"),
    "answer": say("Reply in a thread"),
    "bot": say("bot"),
    "channels": say("Channels"),
    "close": say("Close"),
    "commands": say("Commands"),
    "day": say("+1 day"),
    "delete": say("Delete message"),
    "direct": say("Direct messages"),
    "earlier": say("Show earlier messages"),
    "edited": say("edited"),
    "empty": say("Nothing has been written here yet. Type / to see what you can do."),
    "empty_direct": say("The bot writes here when something concerns only you."),
    "hour": say("+1 hour"),
    "inspect": say("What platforms would get"),
    "lost": say("The line to the page is lost. Trying again …"),
    "menu": say("What you can do with this message"),
    "new_group": say("New group from an outline"),
    "new_group_channel": say("A channel for the group"),
    "new_group_hint": say("Small letters, digits and hyphens, for example gardeners."),
    "next": say("Next"),
    "now": say("It is"),
    "only_you": say("Only you can see this"),
    "peers_on": say("Others take part"),
    "places": say("Places"),
    "react": say("React"),
    "respond": say("React or reply"),
    "required": say("required"),
    "send": say("Send"),
    "skip": say("Go to the message box"),
    "stop": say("Stop"),
    "time": say("Let time pass"),
    "week": say("+1 week"),
    "write": say("Message or /command"),
    "write_hint": say("Enter sends. Type / to see what you can do."),
    "yes": say("yes"),
    "no": say("no"),
}
REACTIONS: tuple[tuple[str, Text], ...] = (
    ("👍", say("Like")),
    ("❤️", say("Love")),
    ("🎉", say("Celebrate")),
    ("🙏", say("Thank you")),
    ("👏", say("Applause")),
    ("👀", say("Having a look")),
)
"""The reactions that are offered, and what they say."""


@cache
def of(language: Language) -> dict[str, str]:
    """Return the sentences in a language, by name."""
    return {name: language.plain(text) for name, text in WORDS.items()}


def back_to(place: str, language: Language) -> str:
    """Return what leads back from a thread."""
    return language.plain(say("Back to {place}", place=place))


def messages_in(place: str, language: Language) -> str:
    """Return what the list of a place's messages is called."""
    return language.plain(say("Messages in {place}", place=place))


def reaction_name(emoji: str, language: Language) -> str:
    """Return what a reaction says; one that is not offered says itself."""
    return next((language.plain(text) for known, text in REACTIONS if known == emoji), emoji)
