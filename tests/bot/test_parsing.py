"""Typed commands: what is written is what is called, and nothing that people type breaks anything."""

from __future__ import annotations

from typing import Annotated

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.cards import Choice, Reply, reply
from bot.context import Context
from bot.errors import MoreWords, UnknownCommand
from bot.feature import Feature
from bot.ids import ActivityId
from bot.language import ENGLISH
from bot.options import Access, Command, LongText, Pick
from bot.parsing import line, parse
from bot.study.links import Url
from bot.study.times import LocalTime
from bot.text import to_text
from tests.strategies import words

feature = Feature("samples")


def activities(ctx: Context) -> list[Choice]:
    return [Choice("2", to_text("Week 1, activity 2"))]


@feature.command()
def submit(
    ctx: Context,
    activity: Annotated[ActivityId | None, "Which activity", Pick(activities)] = None,
    link: Annotated[Url | None, "Link to your work"] = None,
    note: Annotated[LongText | None, "Or your answer as text"] = None,
) -> Reply:
    """Hand in your work."""
    return reply()


@feature.command(access=Access.READ)
def ask(ctx: Context, question: Annotated[str, "What is your question?"]) -> Reply:
    """Ask your group."""
    return reply()


@feature.command(access=Access.READ)
def week(ctx: Context, number: Annotated[int | None, "Week number"] = None) -> Reply:
    """Show a week."""
    return reply()


@feature.command("lead week edit")
def edit(
    ctx: Context,
    number: Annotated[int, "Week number"],
    title: Annotated[str | None, "New title"] = None,
    text: Annotated[LongText | None, "New text"] = None,
    when: Annotated[LocalTime | None, "When it opens"] = None,
) -> Reply:
    """Change a week."""
    return reply()


@feature.command(access=Access.NOTHING)
def help(ctx: Context) -> Reply:
    """List everything."""
    return reply()


@feature.command("submission withdraw", hidden=True)
def withdraw(ctx: Context) -> Reply:
    """Take it back."""
    return reply()


COMMANDS = {command.name: command for command in feature.commands}
TYPED = [command for command in feature.commands if not command.hidden]


@given(st.sampled_from(TYPED), st.data())
def test_what_a_call_is_written_as_is_read_as_that_call(command: Command, data: st.DataObject) -> None:
    names = [option.name for option in command.options]
    given_ = data.draw(st.dictionaries(st.sampled_from(names), words.filter(bool))) if names else {}
    typed = parse(line(command.name, given_), COMMANDS)
    assert (typed.command, typed.arguments) == (command, given_)


@given(st.lists(words | st.sampled_from(["/submit", "/ask", "link:", "note:", "activity:2", '"', "\\", "/"])))
def test_any_line_is_a_command_or_unknown(parts: list[str]) -> None:
    typed = " ".join(parts)
    try:
        found = parse(typed, COMMANDS)
    except UnknownCommand as refusal:
        assert "/help" in ENGLISH.plain(refusal.text)  # noqa: PT017  # a refusal is one of the two answers
    else:
        assert typed.strip().removeprefix("/").lower().startswith(found.command.name.split()[0])


@given(words)
def test_a_question_needs_no_quotes_and_no_name(question: str) -> None:
    assume(question.strip() and "question:" not in question)
    assert parse(f"/ask {question}", COMMANDS).arguments == {"question": question.strip()}


@pytest.mark.parametrize(
    ("typed", "arguments"),
    [
        ("/submit https://blog.example/1 activity:2", {"activity": "2", "link": "https://blog.example/1"}),
        ("/submit activity:2 https://blog.example/1", {"activity": "2", "link": "https://blog.example/1"}),
        ("/submit 2 https://blog.example/1", {"activity": "2", "link": "https://blog.example/1"}),
        (
            "/submit 2.1 https://blog.example/1 done!",
            {"activity": "2.1", "link": "https://blog.example/1", "note": "done!"},
        ),
        ("/submit I wrote a loop", {"note": "I wrote a loop"}),
        ("/submit note:I wrote a loop activity: 2", {"note": "I wrote a loop", "activity": "2"}),
        (
            '/submit note:"quoted \\"words\\" activity:9" activity:2',
            {"note": 'quoted "words" activity:9', "activity": "2"},
        ),
        ("/submit note:“in smart quotes” activity:2", {"note": "in smart quotes", "activity": "2"}),
        ("/submit note:„auf Deutsch“ activity:2", {"note": "auf Deutsch", "activity": "2"}),
        ("/ask How do I write a loop? I tried for(;;)", {"question": "How do I write a loop? I tried for(;;)"}),
        ("/ask what does “this” mean", {"question": "what does “this” mean"}),
        ("/ask https://example.org says: use let. Why?", {"question": "https://example.org says: use let. Why?"}),
        ("/submit activity:2 I wrote a loop", {"activity": "2", "note": "I wrote a loop"}),
        ("/submit activity:Week 1, activity 2 note:done", {"activity": "Week 1, activity 2", "note": "done"}),
        ("/lead week edit 2 when:2027-01-18 Loops", {"number": "2", "when": "2027-01-18", "title": "Loops"}),
        ("/week 3", {"number": "3"}),
        ("/week", {}),
        ("week 3", {"number": "3"}),
        ("/Week number:3", {"number": "3"}),
        ("  /week   3  ", {"number": "3"}),
        (
            "/lead week edit 2 title:Loops and lists when:2027-01-18 18:00",
            {
                "number": "2",
                "title": "Loops and lists",
                "when": "2027-01-18 18:00",
            },
        ),
        ("/lead week edit number:2 Loops", {"number": "2", "title": "Loops"}),
        ("/help anything", {}),
    ],
)
def test_people_may_write_it_this_way(typed: str, arguments: dict[str, str]) -> None:
    assert parse(typed, COMMANDS).arguments == arguments


@pytest.mark.parametrize(
    ("typed", "nearest"),
    [
        ("/sumbit https://blog.example", "/submit"),
        ("/submitt", "/submit"),
        ("/wek 3", "/week"),
        ("/hlep", "/help"),
        ("/lead week edti 2", "/lead week edit"),
        ("/", "/help"),
        ("", "/help"),
        ("/xyzzy", "/help"),
        ("/submission withdraw", "/submit"),
    ],
)
def test_a_mistyped_command_gets_the_nearest_one(typed: str, nearest: str) -> None:
    with pytest.raises(UnknownCommand) as raised:
        parse(typed, COMMANDS)
    assert f"Did you mean {nearest}?" in ENGLISH.plain(raised.value.text)


def test_the_beginning_of_a_command_names_the_words_that_can_follow() -> None:
    with pytest.raises(MoreWords) as raised:
        parse("/lead", COMMANDS)
    assert ENGLISH.plain(raised.value.text).startswith("/lead goes on with one of these words: ")


def test_what_is_behind_buttons_cannot_be_typed() -> None:
    with pytest.raises(UnknownCommand):
        parse("/submission withdraw id:1", COMMANDS)
