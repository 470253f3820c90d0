"""A call, an event and a due item: each is one unit of work, and whatever goes wrong is told and undone."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.app import Bot
from bot.chat import AccountRef, Invocation
from bot.errors import Offer
from bot.language import ENGLISH, Languages
from bot.text import to_text
from tests.bot.samples import LONG, NotToday, call, feature, read, untouched, went
from tests.builders import Scene, plain, scene


@pytest.fixture
async def js(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Scene]:
    went.clear()
    async with scene(sqlite_url, [feature], tmp_path) as opened:
        yield opened


# Calls


async def test_what_a_command_does_is_kept_and_what_it_posts_goes_out(js: Scene) -> None:
    assert await js.calls("jill", "note", text="loops end") == "Kept: loops end"
    assert [message.text for message in js.home.messages] == ["loops end"]


async def test_a_refusal_undoes_everything_and_is_told_to_the_caller_alone(js: Scene) -> None:
    assert await js.calls("jill", "note", text="loops end", goes="refused") == "Not today, Jill."
    assert await untouched(js)


async def test_a_bug_undoes_everything_gives_a_reference_and_the_text_back(
    js: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        told = await js.calls("jill", "note", text=LONG, goes="broken")
    reference = re.match(
        r"Something went wrong on my side\. Reference ([0-9A-F]{4})\.\nYour text is safe, here it is:\n> ", told
    )
    assert reference
    assert LONG.strip() in told
    assert f"note failed, reference {reference[1]}" in caplog.text
    assert await untouched(js)


@pytest.mark.parametrize(
    ("goes", "words"),
    [
        ("disk full", "I can't save anything right now. Please try again in a few minutes."),
        ("cut", "I can't tell whether this was saved. Look first, then try again."),
    ],
)
async def test_a_store_that_does_not_save_is_no_bug_and_costs_nobody_their_text(
    js: Scene, goes: str, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    told = await js.calls("jill", "note", text=LONG, goes=goes)
    assert told.startswith(words)
    assert LONG.strip() in told


@pytest.mark.parametrize("goes", ["refused", "broken"])
async def test_a_very_long_text_comes_back_whole_as_a_file(js: Scene, goes: str) -> None:
    text = "“Loops” & <b>more</b> {who}\n" * 140
    answer = await js.bot.invoke(
        Invocation(
            "1",
            "note",
            AccountRef("local", "jill"),
            "Jill",
            js.home.ref,
            arguments={"text": text, "goes": goes},
            submitted=True,
        )
    )
    [file] = answer.files
    assert file.content.decode() == text
    assert "…" in plain(answer.cards[0])


@given(
    st.dictionaries(st.sampled_from(["text", "goes", "a", "b", "c", "d"]), st.text(max_size=4_000)),
    st.text(max_size=100),
)
def test_whatever_a_form_held_can_be_given_back(given_: dict[str, str], group: str) -> None:
    refusal = NotToday(Offer(to_text(group), "help"), who=group * 10)
    bot = Bot.__new__(Bot)
    bot.languages = Languages()
    call = Invocation("1", "note", AccountRef("local", "jill"), "Jill", arguments=given_, submitted=True)
    answer = bot.refused(call, refusal)
    assert plain(answer.cards[0]).startswith("Not today")


async def test_an_unknown_button_is_answered_kindly(js: Scene) -> None:
    told = await js.calls("jill", "submission frobnicate", id="1")
    assert told == "This button is from an older version of me. Type the command instead: /help lists them."


async def test_an_option_that_a_command_does_not_have_is_named(js: Scene) -> None:
    told = await js.calls("jill", "note", text="x", color="red")
    assert told == "/note has no option “color”. It takes: text, goes."
    assert await untouched(js)


async def test_what_is_missing_brings_the_form_with_what_was_given(js: Scene) -> None:
    answer = await js.bot.invoke(call(js, "jill", "note", goes="well"))
    assert answer.form is not None
    assert ENGLISH.plain(answer.form.title) == "Keep a note"
    assert [(field.name, field.value, field.required) for field in answer.form.fields] == [
        ("text", "", True),
        ("goes", "well", False),
    ]
    assert await untouched(js)


async def test_a_form_that_is_sent_empty_is_refused_and_not_shown_again(js: Scene) -> None:
    assert (
        await js.calls("jill", "note", submitted=True, text="  ")
        == "“Your note” is still empty. Fill it in and try again."
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x" * 4_001, "“Your note” takes at most 4,000 characters, and yours has 4,001."),
        ("a\x07b", "“Your note” has invisible control characters in it."),
        ("a\u202eb", "“Your note” has invisible control characters in it."),
        ("\ud800", "“Your note” has invisible control characters in it."),
    ],
)
async def test_bad_input_is_refused_in_plain_words_and_nothing_is_stored_or_posted(
    js: Scene, text: str, words: str
) -> None:
    assert (await js.calls("jill", "note", text=text)).startswith(words)
    assert await untouched(js)


async def test_a_command_that_needs_nothing_works_without_a_store(js: Scene) -> None:
    await js.store.close()  # type: ignore[attr-defined]
    assert await read(js, "gus", "help") == "Hello Gus."
