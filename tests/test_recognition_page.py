"""docs/recognition.md gives the numbers that hold."""

from __future__ import annotations

from pathlib import Path

from bot.study import reputation as rules
from bot.study.swaps import NEXT_ROUND

PAGE = (Path(__file__).parent.parent / "docs" / "recognition.md").read_text(encoding="utf-8")
PARTS = {8: "1", 4: "½", 2: "¼"}


def test_what_counts_is_worth_what_the_page_says() -> None:
    for what, kind in (
        ("an answer of yours", "answer"),
        ("feedback of yours", "review"),
        ("work of yours", "submission"),
        ("a note of yours", "note"),
        ("a question of yours", "question"),
    ):
        assert f"| liked {what} | {rules.LIKE_POINTS[kind]} |" in PAGE
    assert f"| said that your answer solved their question | {rules.ACCEPTED_POINTS} |" in PAGE
    assert f"| said that your feedback helped | {rules.HELPED_POINTS} |" in PAGE
    assert f"| you said whose answer solved your question | {rules.ACCEPTING_POINTS} |" in PAGE


def test_the_rules_are_those_of_the_page() -> None:
    counted = ", ".join(PARTS[weight] for weight in rules.WEIGHTS)
    assert (
        f"Within {rules.WINDOW.days} days, likes from one person to another count {counted}, and then nothing." in PAGE
    )
    minutes = rules.BURST_TIME.seconds // 60
    assert f"Of more than {rules.BURST} likes from one person to another within {minutes} minutes" in PAGE
    assert f"and there are {rules.EXCHANGED} or more of them" in PAGE
    assert f"are worth {rules.DAY_POINTS} points at most" in PAGE
    assert rules.EIGHTHS == 8
    assert NEXT_ROUND.days == 2
    assert "next round, two days later" in " ".join(PAGE.split())
