"""Which reactions are likes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.study.likes import REFUSED, allowed, fold, spelled

HANDS = "👍👏🙌🙏💪👋👎"
TONES = ["", "\U0001f3fb", "\U0001f3fc", "\U0001f3fd", "\U0001f3fe", "\U0001f3ff"]


@pytest.mark.parametrize(
    ("emoji", "folded"),
    [
        ("👍🏽", "👍"),
        ("❤️", "❤"),
        ("thumbsup::skin-tone-2", "thumbsup"),
        (":thumbsup::skin-tone-6:", "thumbsup"),
        (":tada:", "tada"),
        ("party_parrot", "party_parrot"),
        ("👩🏽‍💻", "👩‍💻"),
    ],
)
def test_skin_tones_and_presentation_are_folded(emoji: str, folded: str) -> None:
    assert fold(emoji) == folded


@given(st.sampled_from(HANDS), st.sampled_from(TONES))
def test_a_hand_says_the_same_in_every_tone(hand: str, tone: str) -> None:
    assert fold(hand + tone) == hand
    assert allowed(hand + tone) == allowed(hand)


@given(st.sampled_from(HANDS), st.sampled_from(TONES), st.sampled_from(TONES))
def test_a_platform_counts_each_tone_by_itself(hand: str, one: str, other: str) -> None:
    assert (spelled(hand + one) == spelled(hand + other)) == (one == other)


@given(st.text(max_size=20))
def test_folding_twice_is_folding_once(emoji: str) -> None:
    assert fold(fold(emoji)) == fold(emoji)


@pytest.mark.parametrize("emoji", [*REFUSED, "👎🏿", ":-1:", "-1::skin-tone-3", "❌️"])
def test_what_says_something_else_than_thanks_is_no_like(emoji: str) -> None:
    assert not allowed(emoji)


@pytest.mark.parametrize("emoji", ["👍", "+1", "❤️", "🎉", ":tada:", "party_parrot", "😢", "🤔"])
def test_anything_else_is_a_like(emoji: str) -> None:
    assert allowed(emoji)
