"""References to places and people, as words in the database and on the command line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat import About, AccountRef, ChannelRef, MessageRef, SpaceRef, ThreadRef
from tests.strategies import words

parts = st.text(st.characters(categories=["Ll", "Lu", "Nd"], include_characters="-_."), min_size=1, max_size=20)
channels = st.builds(ChannelRef, parts, parts, parts)


@given(parts, parts)
def test_an_account_and_a_space_are_read_as_they_are_written(platform: str, name: str) -> None:
    assert AccountRef.parse(str(AccountRef(platform, name))) == AccountRef(platform, name)
    assert SpaceRef.parse(str(SpaceRef(platform, name))) == SpaceRef(platform, name)


@given(channels, parts)
def test_a_channel_a_thread_and_a_message_are_read_as_they_are_written(channel: ChannelRef, name: str) -> None:
    assert ChannelRef.parse(str(channel)) == channel
    assert ThreadRef.parse(str(ThreadRef(channel, name))) == ThreadRef(channel, name)
    assert MessageRef.parse(str(MessageRef(channel, name))) == MessageRef(channel, name)


@given(words)
def test_anything_else_is_a_value_error(written: str) -> None:
    for kind in (AccountRef, SpaceRef, ChannelRef, ThreadRef, MessageRef):
        try:
            read = kind.parse(written)
        except ValueError:
            continue
        assert kind.parse(str(read)) == read


@pytest.mark.parametrize(
    "written", ["", "discord", "discord:", ":1", "discord:1", "discord:1/", "discord:1/2/3", "a b:1/2"]
)
def test_what_is_no_channel_is_told_with_an_example(written: str) -> None:
    with pytest.raises(ValueError, match="PLATFORM:SPACE/CHANNEL, for example discord:"):
        ChannelRef.parse(written)


def test_a_user_of_a_workspace_is_named_with_it() -> None:
    assert AccountRef.parse("slack:T024BE7LD/U024BE7LH") == AccountRef("slack", "T024BE7LD/U024BE7LH")


def test_a_channel_is_in_its_space() -> None:
    assert ChannelRef("local", "acme", "javascript").where == SpaceRef("local", "acme")


def test_a_message_is_the_same_with_and_without_its_thread() -> None:
    channel = ChannelRef("local", "acme", "javascript")
    assert MessageRef(channel, "7", "8") == MessageRef(channel, "7")
    assert hash(MessageRef(channel, "7", "8")) == hash(MessageRef(channel, "7"))


def test_what_a_message_is_about_is_its_kind_and_id() -> None:
    assert str(About("week", 7)) == "week:7"
