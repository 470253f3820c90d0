"""What acts say about whoever did them."""

from __future__ import annotations

from bot.study.acts import HELPS, SIGNALS, THANKS, ActKind


def test_what_somebody_does_is_a_sign_of_life_and_what_is_undone_is_none() -> None:
    assert {ActKind.SUBMITTED, ActKind.REVIEWED, ActKind.HELPED} <= SIGNALS
    assert not {ActKind.UNLIKED, ActKind.UNACCEPTED, ActKind.UNHELPED, ActKind.JOINED} & SIGNALS


def test_what_is_thanked_for_can_be_taken_back() -> None:
    assert {ActKind(kind.value.removeprefix("un")) for kind in THANKS} == {ActKind.ACCEPTED, ActKind.HELPED}


def test_helping_is_a_sign_of_life() -> None:
    assert HELPS <= SIGNALS
