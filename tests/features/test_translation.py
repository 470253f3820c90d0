"""In another language everything is in that language, but what people wrote stays as they wrote it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.chat import Invocation
from bot.features import likes, submissions
from bot.features.weeks import leading, opening, reading
from bot.ids import code
from bot.language import Languages
from bot.study.groups import GroupState
from bot.text import say, to_text
from tests.builders import OUTLINE, Scene, scene
from tests.pseudo import CODE, pseudo_locale, untranslated

FEATURES = (reading.feature, opening.feature, leading.feature, submissions.feature, likes.feature)
PEOPLE = (
    *("Jill", "Priya", "Fela", "my own words", "blog.example", "js.example", "JavaScript in three weeks"),
    *(week.title for week in OUTLINE.weeks),
    *(one.title for week in OUTLINE.weeks for one in week.activities),
    *(one.title for week in OUTLINE.weeks for one in week.materials),
)


@pytest.fixture
async def js(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Scene]:
    """Return the group, its language and everyone's one that nobody speaks."""
    async with scene(sqlite_url, FEATURES, tmp_path) as opened:
        opened.bot.languages = Languages(pseudo_locale(tmp_path / "locales"))
        await opened.open_week(1)
        await opened.changes_group(language=CODE, state=GroupState.RUNNING)
        for id in opened.ids.values():
            await opened.writes(
                lambda uow, id=id: uow.people.save(replace(uow.people.many([id])[id], language=CODE))  # type: ignore[misc]
            )
        yield opened


@pytest.mark.parametrize(
    ("who", "command", "given"),
    [
        ("jill", "submit", {}),
        ("jill", "submit", {"activity": "1", "note": "my own words"}),
        ("jill", "submit", {"activity": "9"}),
        ("jill", "submit", {"activity": "1", "link": "javascript:my own words"}),
        ("jill", "responses", {}),
        ("jill", "responses", {"activity": "1"}),
        ("jill", "week", {}),
        ("jill", "week", {"number": "2"}),
        ("jill", "newweek", {}),
        ("gus", "submit", {}),
        ("fela", "newweek", {"number": "2"}),
        ("fela", "newweek", {"number": "4"}),
        ("fela", "newweek", {"when": "2027-01-19 18:00"}),
        ("fela", "newweek", {"number": "1"}),
        ("fela", "lead week edit", {"number": "1"}),
        ("fela", "lead week edit", {"number": "1", "title": "my own words"}),
        ("fela", "lead week material", {}),
        ("fela", "lead week activity", {"number": "2", "title": "my own words", "kind": "build", "required": "no"}),
        ("fela", "lead week activity", {"number": "2", "title": "my own words", "required": "perhaps"}),
        ("fela", "no such command", {}),
    ],
)
async def test_replies_refusals_forms_and_buttons_are_translated_whole(
    js: Scene, who: str, command: str, given: dict[str, str]
) -> None:
    call = Invocation("1", command, js.person(who).account, who.title(), js.home.ref, arguments=given, locale=CODE)
    answer = await js.bot.invoke(call)
    assert answer.cards or answer.form
    quoted = (*PEOPLE, *given.values())
    assert untranslated(answer, quoted) == []


async def test_posts_and_direct_messages_are_translated_whole(js: Scene) -> None:
    week = await js.reads(lambda uow: uow.weeks.at(js.group.id, 2))
    assert week is not None
    await js.calls("fela", "newweek post", week=code(week.id))
    await js.calls("jill", "submit", activity=code(await js.activity(1)), note="my own words")
    await js.likes("priya", js.home.messages[-1])
    seen = [message.card for message in (*js.home.messages, *js.person("jill").inbox)]
    assert len(seen) == 3
    for card in seen:
        assert card is not None
        assert untranslated(card, PEOPLE) == []


async def test_a_refusal_is_in_the_persons_language_whatever_their_platform_speaks(js: Scene) -> None:
    call = Invocation("1", "newweek", js.person("jill").account, "Jill", js.home.ref, locale="en-US")
    assert untranslated(await js.bot.invoke(call), PEOPLE) == []


def test_what_is_not_translated_is_found() -> None:
    assert untranslated(to_text("Saved: ") + "Jill", ["Jill"]) == ["Saved"]
    assert untranslated(say("Saved")) == ["Saved"]
    assert untranslated(to_text("⟦Saved: Jill ⟦x⟧⟧ · 3")) == []
