"""Whatever is typed or pressed: a refusal in plain words, nothing stored, nothing posted.

What goes for every option of every command is in tests/test_bad_input.py.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.local import FormNotTaken
from bot.feature import Feature
from bot.ids import code
from bot.ports import UnitOfWork
from bot.study.questions import QuestionState
from tests.builders import Scene, scene
from tests.features.conftest import DAILY

NOBODYS = code(2**62)


class Stored:
    """Everything that these commands could have changed."""

    def __init__(self, uow: UnitOfWork, js: Scene) -> None:
        group = js.group.id
        questions = uow.questions.in_group(group, tuple(QuestionState))
        self.seen = (
            questions,
            [uow.questions.answers(question.id) for question in questions],
            [uow.notes.by_person(group, person) for person in js.ids.values()],
            uow.journal.of_group(group),
            uow.outbox.of_group(group, 1_000),
            uow.agenda.of_group(group),
            uow.members.in_group(group),
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Stored) and self.seen == other.seen

    __hash__ = None  # type: ignore[assignment]


async def unchanged(js: Scene, name: str, command: str, **arguments: str) -> str:
    """Call a command, see that it changed nothing, and return what it said."""
    before = await js.reads(lambda uow: Stored(uow, js))
    read = await js.calls(name, command, submitted=True, **arguments)
    assert "Something went wrong" not in read
    assert await js.reads(lambda uow: Stored(uow, js)) == before
    assert js.home.messages == []
    return read


@pytest.mark.parametrize(("name", "command"), [("jill", "ask"), ("jill", "note"), ("fela", "lead announce")])
@pytest.mark.parametrize("words", ["", "   ", "\n"])
async def test_an_empty_form_is_refused(js: Scene, name: str, command: str, words: str) -> None:
    for option in ("question", "text"):
        if option in js.bot.commands[command].by_name:
            read = await unchanged(js, name, command, **{option: words})
            assert "is still empty" in read or "One of the two is enough" in read


async def test_an_empty_answer_is_refused(js: Scene) -> None:
    await js.does("jill", "/ask Why does my loop never end")
    await js.presses("tomas", "Answer", js.home.last)

    with pytest.raises(FormNotTaken, match="“Your answer; a first idea is welcome too” is required"):
        await js.fills("tomas", text="  ")
    assert "Nobody has answered yet." in js.home.last.text


@pytest.mark.parametrize("link", ["javascript:alert(1)", "ftp://example.org", "https://u:p@example.org", "nowhere"])
async def test_a_link_that_is_none_is_refused(js: Scene, link: str) -> None:
    assert "link" in await unchanged(js, "jill", "note", link=link)


async def test_a_link_that_is_too_long_is_refused(js: Scene) -> None:
    assert "2,048" in await unchanged(js, "jill", "note", link="https://example.org/" + "a" * 2_029)


@pytest.mark.parametrize("command", ["questions", "question", "portfolio"])
@pytest.mark.parametrize("page", ["many", "1e9", "99999999999"])
async def test_a_page_that_is_no_number_is_refused(js: Scene, command: str, page: str) -> None:
    given = {"id": NOBODYS} if command == "question" else {}

    assert "is not a number" in await unchanged(js, "jill", command, page=page, **given)


@pytest.mark.parametrize("page", ["0", "-3", "400"])
async def test_a_page_beyond_the_last_is_the_nearest_one(js: Scene, page: str) -> None:
    assert "No question is open." in await unchanged(js, "jill", "questions", page=page)
    assert "JavaScript in three weeks" in await unchanged(js, "jill", "portfolio", page=page)


async def test_a_choice_that_is_none_is_refused(js: Scene) -> None:
    assert "You can choose: open, mine, all" in await unchanged(js, "jill", "questions", which="closed")


async def test_a_yes_or_no_that_is_neither_is_refused(js: Scene) -> None:
    assert "You can choose: yes, no" in await unchanged(js, "jill", "note", text="x", share="perhaps")


@pytest.mark.parametrize("name", ["olu", "gus"])
@pytest.mark.parametrize("line", ["/ask Why", "/note text:x", "/lead announce x"])
async def test_whoever_looks_on_changes_nothing(js: Scene, name: str, line: str) -> None:
    before = await js.reads(lambda uow: Stored(uow, js))
    await js.does(name, line)

    assert await js.reads(lambda uow: Stored(uow, js)) == before
    assert js.home.messages == []


async def test_a_menu_without_a_message_is_refused(js: Scene) -> None:
    assert "I can't read that message" in await unchanged(js, "jill", "turn into question")
    assert "I can't read that message" in await unchanged(js, "jill", "save to portfolio")
    assert "not an answer to a question" in await unchanged(js, "jill", "mark answer")


@pytest.mark.slow
async def test_hidden_characters_of_a_message_are_left_out(js: Scene) -> None:
    nothing = await js.person("jill").says("\u202e\u200b", js.home)
    assert "I can't read that message" in await js.uses_menu("jill", "Turn into question", nothing)
    message = await js.person("jill").says("\u202eWhy\u200b so?", js.home)
    await js.uses_menu("jill", "Turn into question", message)

    [question] = await js.reads(lambda uow: uow.questions.in_group(js.group.id))
    assert question.text == "Why so?"


@pytest.fixture
async def two(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Scene]:
    features: tuple[Feature, ...] = DAILY
    async with scene(sqlite_url, features, tmp_path) as opened:
        yield opened


async def test_asking_before_any_week_is_out_is_fine(two: Scene) -> None:
    assert (await two.does("jill", "/ask When does it start")).startswith("Asked")


async def test_words_that_look_like_a_query_find_nothing_and_break_nothing(js: Scene) -> None:
    for words in ('" OR 1=1 --', "NEAR(a b)", "*", "a AND", "'; DROP TABLE question;"):
        read = await js.calls("jill", "ask", submitted=True, question=words)
        assert "Something went wrong" not in read
        await js.writes(lambda uow: _solve_all(uow, js))


def _solve_all(uow: UnitOfWork, js: Scene) -> None:
    for question in uow.questions.in_group(js.group.id):
        uow.questions.save(replace(question, state=QuestionState.SOLVED))
