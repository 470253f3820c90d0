"""Conversations below somebody's work: its author is brought in once."""

from __future__ import annotations

from bot.study.members import MemberState
from tests.builders import Scene


async def test_the_author_is_called_once_by_the_first_who_writes(js: Scene) -> None:
    """J20: an edited message calls nobody, so later ones leave it as it is."""
    await js.does("jill", "/submit https://jill.example/1 activity:1.1")
    work = js.home.last
    await js.says("priya", "Nice.", below=work)
    await js.says("nadia", "Indeed.", below=work)

    assert work.thread is not None
    assert [message.text for message in work.thread.messages] == [
        "Nice.",
        "@Jill, Priya wrote about your work.",
        "Indeed.",
    ]


async def test_somebody_who_has_left_calls_nobody(js: Scene) -> None:
    await js.does("jill", "/submit https://jill.example/1 activity:1.1")
    work = js.home.last
    await js.changes("priya", state=MemberState.LEFT)
    await js.says("priya", "Nice.", below=work)

    assert work.thread is not None
    assert [message.text for message in work.thread.messages] == ["Nice."]
    assert (await js.member("priya")).signal_at is None


async def test_a_receipt_says_who_can_see_the_work(js: Scene) -> None:
    await js.changes_group(responses_after_own=True)

    assert (await js.does("jill", "/submit https://jill.example/1 activity:1.1")).startswith(
        "Saved: Week 1, activity 1. Those who have handed in theirs can see it."
    )
