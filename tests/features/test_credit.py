"""Help given and received, by name where people agreed, else as a number (S7)."""

from __future__ import annotations

import json

import pytest

from bot.ids import code
from tests.builders import Scene


@pytest.fixture
async def helped(js: Scene) -> Scene:
    """Let Jill be helped by Tomas and Nadia, and help Priya with a question and Nadia with feedback."""
    await js.does("jill", "/ask Why does my loop never end")
    await js.says("tomas", "Because i never grows", js.home.last)
    await js.says("tomas", "And look at the condition", js.home.last)
    await js.does("priya", "/ask What is a closure")
    await js.says("jill", "A function that remembers", js.home.last)
    await js.does("jill", "/submit activity:1.1 https://code.example/1")
    await js.presses("nadia", "Give feedback", js.home.last)
    await js.fills("nadia", works="It ends", suggestion="Try an empty list")
    await js.does("nadia", "/submit activity:1.1 https://code.example/2")
    await js.presses("jill", "Give feedback", js.home.last)
    await js.fills("jill", works="It is short", suggestion="Name it")
    return js


async def test_others_are_numbers_until_they_agree(helped: Scene) -> None:
    """S7, J27."""
    shown = await helped.does("jill", "/portfolio")
    assert "• Helped 2 people\n• Was helped by 2 people\n" in shown
    assert not [name for name in ("Tomas", "Nadia", "Priya") if name in shown]


async def test_whoever_agrees_is_named_and_can_take_it_back(helped: Scene) -> None:
    """S7: in the chat, in Markdown and in JSON."""
    js = helped
    assert "with your name, where you helped or were helped" in await js.calls("nadia", "settings credit", named="yes")
    await js.does("tomas", "/settings")
    await js.presses("tomas", "Name me where I helped or was helped")

    assert "• Helped Nadia, 1 other person\n• Was helped by Nadia, Tomas\n" in await js.does("jill", "/portfolio")
    await js.does("jill", "/portfolio export")
    written, data = (file.content.decode() for file in js.person("jill").files[:2])
    assert "- Was helped by Nadia, Tomas" in written
    [chapter] = json.loads(data)["chapters"]
    assert chapter["helped"] == {"count": 2, "names": ["Nadia"]}
    assert chapter["helped_by"] == {"count": 2, "names": ["Nadia", "Tomas"]}

    await js.does("nadia", "/settings")
    assert "you are counted, not named" in await js.presses("nadia", "Just count me")
    assert "Was helped by Tomas, 1 other person" in await js.does("jill", "/portfolio")


@pytest.mark.slow
async def test_what_was_taken_back_names_nobody(helped: Scene) -> None:
    """S7: feedback that was withdrawn is no help any more."""
    [review] = await helped.reads(lambda uow: uow.reviews.by_person(helped.group.id, helped.ids["jill"]))
    await helped.calls("jill", "review withdraw", id=code(review.id))
    assert "• Helped 1 person\n" in await helped.does("jill", "/portfolio")
