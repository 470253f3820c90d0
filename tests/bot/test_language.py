"""Languages, and moments in the words and the zone of whoever reads."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.language import ENGLISH, Languages
from bot.text import Code, Emphasis, Link, Mention, Moment, MomentStyle, Strong, Text, say, say_n, to_text
from tests.pseudo import CODE, pseudo_locale

AT = datetime(2027, 1, 11, 17, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture(scope="module")
def languages(tmp_path_factory: pytest.TempPathFactory) -> Languages:
    return Languages(pseudo_locale(tmp_path_factory.mktemp("locales")))


@pytest.mark.parametrize(
    ("style", "words"),
    [
        (MomentStyle.FULL, "Monday 11 January 2027, 18:00 (Europe/Berlin)"),
        (MomentStyle.DATE, "Monday 11 January 2027"),
        (MomentStyle.TIME, "18:00 (Europe/Berlin)"),
    ],
)
def test_a_moment_is_told_in_the_readers_zone_which_is_named(style: MomentStyle, words: str) -> None:
    assert ENGLISH.plain(Moment(AT, style), BERLIN) == words


@pytest.mark.parametrize(
    ("later", "words"),
    [
        (timedelta(seconds=20), "now"),
        (timedelta(minutes=1), "in 1 minute"),
        (timedelta(minutes=-45), "45 minutes ago"),
        (timedelta(hours=2), "in 2 hours"),
        (timedelta(hours=-35), "35 hours ago"),
        (timedelta(days=2), "in 2 days"),
        (timedelta(days=-9), "9 days ago"),
    ],
)
def test_a_relative_moment_is_told_as_seen_now(later: timedelta, words: str) -> None:
    assert ENGLISH.plain(Moment(AT + later, MomentStyle.RELATIVE), BERLIN, AT) == words


def test_a_relative_moment_without_a_now_is_told_whole() -> None:
    assert ENGLISH.plain(Moment(AT, MomentStyle.RELATIVE), BERLIN) == "Monday 11 January 2027, 18:00 (Europe/Berlin)"


def test_every_kind_of_span_has_plain_words() -> None:
    text = Text((Strong("a"), Emphasis("b"), Code("c"), Mention("d", ("local:d",)), Link("e", "https://e.example")))
    assert ENGLISH.plain(text) == "abcde (https://e.example)"
    assert ENGLISH.plain(Link("https://e.example", "https://e.example")) == "https://e.example"


def test_english_is_always_there() -> None:
    known = Languages(Path("/nowhere"))
    assert known.codes == ("en",)
    assert known.get(None) is known.get("en-GB") is known.get("xx") is known.get("../..") is ENGLISH


def test_a_language_is_found_by_its_first_part(languages: Languages) -> None:
    assert languages.codes == ("en", CODE)
    assert languages.get(f"{CODE}-AT").code == languages.get(f"{CODE}_AT").code == CODE


def test_a_sentence_is_translated_with_what_stands_in_it(languages: Languages) -> None:
    week = say("Week {number}: {title}", number=2, title="Loops")
    assert languages.get(CODE).plain(say("{week} is changed.", week=week)) == "⟦⟦Week 2: Loops⟧ is changed.⟧"


def test_a_plural_is_translated_in_the_form_that_fits(languages: Languages) -> None:
    assert [languages.get(CODE).plain(say_n("{n} like", "{n} likes", n)) for n in (1, 2)] == ["⟦1 like⟧", "⟦2 likes⟧"]


def test_a_date_is_translated(languages: Languages) -> None:
    told = languages.get(CODE).plain(Moment(AT, MomentStyle.DATE), BERLIN)
    assert told == "⟦⟦Monday⟧ 11 ⟦January⟧ 2027⟧"


def test_peoples_words_stay_as_they_are_even_where_they_are_a_sentence_of_the_bots(languages: Languages) -> None:
    assert languages.get(CODE).translate(to_text("Monday")) == to_text("Monday")


def test_an_empty_sentence_stays_empty(languages: Languages) -> None:
    """A catalogue holds its own header as the translation of nothing."""
    assert languages.get(CODE).plain(say("")) == ""


def test_a_sentence_without_a_translation_stays_in_english(languages: Languages) -> None:
    assert languages.get(CODE).plain(say("Nobody ever wrote {this}.", this="that")) == "Nobody ever wrote that."
