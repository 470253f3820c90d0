"""A refusal is words for people: what is wrong, and what they can do."""

from __future__ import annotations

import importlib
import pkgutil
import re

import pytest

import adapters
import bot
from bot.errors import ConfigError, DeliveryError, Missing, NotAllowed, Offer, Refusal
from bot.language import ENGLISH
from bot.text import Phrase, to_text


def every_refusal() -> list[type[Refusal]]:
    """Return all refusals of the bot and its adapters."""
    for package in (bot, adapters):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    found: list[type[Refusal]] = []
    waiting = [Refusal]
    while waiting:
        kind = waiting.pop()
        found += [one for one in kind.__subclasses__() if one.__module__.startswith(("bot.", "adapters."))]
        waiting += kind.__subclasses__()
    return sorted(set(found), key=lambda kind: (kind.__module__, kind.__qualname__))


@pytest.mark.parametrize("kind", every_refusal(), ids=lambda kind: f"{kind.__module__}.{kind.__qualname__}")
def test_its_docstring_is_a_sentence_of_its_own(kind: type[Refusal]) -> None:
    assert "__doc__" in vars(kind)
    assert kind.__doc__, "a refusal's docstring is its wording"
    [phrase] = kind().text.spans
    assert isinstance(phrase, Phrase)
    assert "  " not in phrase.template
    assert re.search(r"[.!?}]$", phrase.template), phrase.template
    assert not re.search(r"\b[Ii]nvalid\b|\b[Ff]ailed\b|\b[Ee]rror\b|\bplease\b", phrase.template), phrase.template


def test_what_people_gave_stands_in_it_literally() -> None:
    refusal = NotAllowed(who="mentors", people="{who} **Jill**")
    assert ENGLISH.plain(refusal.text) == "Only mentors can do this. Here, that is {who} **Jill**."


def test_line_breaks_of_the_source_are_not_the_readers() -> None:
    class TwoParts(Refusal):
        pass

    TwoParts.__doc__ = """The first part is so long that it goes on
        in the next line.

        {problems}
        """

    assert ENGLISH.plain(TwoParts(problems="a\nb").text) == (
        "The first part is so long that it goes on in the next line.\n\na\nb"
    )


def test_it_may_offer_ways_out() -> None:
    offer = Offer(to_text("Try this"), "help")
    assert Missing(offer, option="Link").offers == (offer,)


def test_nobody_reads_what_a_traceback_says() -> None:
    assert str(Missing(option="my secret")) == "Missing"


def test_failures_of_the_edges_say_what_may_be_done() -> None:
    lost = DeliveryError("gone", retry_after=3.0)
    assert (lost.reason, lost.permanent, lost.retry_after, lost.sent_maybe) == ("gone", False, 3.0, False)
    assert ConfigError("a", "b").problems == ("a", "b")
