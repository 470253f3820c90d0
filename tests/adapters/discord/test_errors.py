"""What an admin reads where Discord does not let us."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from adapters.discord.errors import missing_in, told
from bot.errors import DeliveryError
from tests.adapters.discord.stand_in import refused


def channel(**permissions: bool) -> Any:
    """Return a channel in which the bot may do all but what is off."""
    everything = dict.fromkeys(
        (
            "view_channel",
            "send_messages",
            "read_message_history",
            "create_public_threads",
            "send_messages_in_threads",
            "embed_links",
            "attach_files",
        ),
        True,
    )
    may = SimpleNamespace(**{**everything, **permissions})
    return SimpleNamespace(name="questions", guild=SimpleNamespace(me=object()), permissions_for=lambda _: may)


def test_the_first_permission_that_is_off_is_named_with_what_to_click() -> None:
    assert missing_in(channel(create_public_threads=False)) == (
        "I may not do this in #questions: “Create Public Threads” is off. Server Settings > Roles > Studycircle > "
        "turn on “Create Public Threads”; and look at the permissions of #questions itself"
    )
    assert missing_in(channel()) == ""
    assert missing_in(None) == ""


@pytest.mark.parametrize("code", [50001, 50013])
def test_a_refusal_says_what_is_known_to_be_missing(code: int) -> None:
    with pytest.raises(DeliveryError, match="“Send Messages” is off"), told("#q", lambda: "“Send Messages” is off"):
        raise refused(403, code)
    with pytest.raises(DeliveryError, match="Server Settings > Roles"), told("#q"):
        raise refused(403, code)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (160005, "locked"),
        (200000, "AutoMod"),
        (10003, "not there any more in #q"),
        (999, r"Discord refused this in #q: no"),
    ],
)
def test_other_refusals_are_told_in_words_too(code: int, words: str) -> None:
    with pytest.raises(DeliveryError, match=words) as raised, told("#q"):
        raise refused(400, code)
    assert raised.value.permanent
