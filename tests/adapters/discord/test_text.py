"""Text as Discord shows it: what people wrote can neither format nor ping."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord.text import draw_text
from bot.text import Code, Emphasis, Link, Mention, Moment, MomentStyle, Plain, Strong, Text, say, to_text

AT = datetime(2027, 1, 11, 17, tzinfo=UTC)


def shown(*spans: object) -> str:
    return draw_text(Text(tuple(spans)))  # type: ignore[arg-type]


def literal(written: str) -> str:
    """Return what Discord shows of escaped words: a backslash before a sign shows the sign."""
    return re.sub(r"\\([^0-9A-Za-z\s])", r"\1", written)


def unescaped(written: str) -> str:
    """Return what Discord could still take for marks, with an x for each sign that is escaped."""
    return re.sub(r"\\[^0-9A-Za-z\s]", "x", written)


@pytest.mark.parametrize(
    ("words", "written"),
    [
        ("@everyone", r"\@everyone"),
        ("<@123> <#4> <:a:5>", r"\<\@123\> \<\#4\> \<\:a\:5\>"),
        ("# loud", r"\# loud"),
        ("- one\n1. two\n> three", "\\- one\n1\\. two\n\\> three"),
        ("||hidden|| ~~gone~~ __under__", r"\|\|hidden\|\| \~\~gone\~\~ \_\_under\_\_"),
        ("[click](https://evil.example)", r"\[click\]\(https\://evil\.example\)"),
        ("a\\*b", r"a\\\*b"),
        ("plain words, as they are.", "plain words, as they are."),
    ],
)
def test_words_of_people_are_shown_literally(words: str, written: str) -> None:
    assert shown(Plain(words)) == written


def test_what_stands_out_has_marks_that_touch_words() -> None:
    assert shown(Strong(" a*b ")) == " **a\\*b** "
    assert shown(Emphasis("\nx")) == " *x*"
    assert shown(Strong("  ")) == "  "


def test_code_with_a_backtick_is_plain_words() -> None:
    assert shown(Code("a*b")) == "`a*b`"
    assert shown(Code("a`b")) == "a\\`b"


def test_marks_in_a_row_do_not_run_into_each_other() -> None:
    assert shown(Strong("a"), Strong("b")) == "**ab**"
    assert shown(Strong("a"), Emphasis("b"), Code("c"), Code("d")) == "**a**\u200b*b*\u200b`c`\u200b`d`"


def test_a_link_hides_no_address_behind_another() -> None:
    assert shown(Link("Read *this*", "https://a.example/b(c)")) == r"[Read \*this\*](<https://a.example/b%28c%29>)"
    assert shown(Link("", "https://a.example")) == "<https://a.example>"
    assert shown(Link("https://a.example", "https://a.example")) == "<https://a.example>"


def test_a_person_is_addressed_by_the_account_here_else_by_name() -> None:
    assert shown(Mention("Jill", ("slack:T1/U2", "discord:42"))) == "<@42>"
    assert shown(Mention("@here\n*J*", ("slack:T1/U2",))) == r"\@here \*J\*"
    assert shown(Mention("Jill", ("discord:4>2",))) == "Jill"


def test_a_moment_is_told_in_the_readers_own_zone() -> None:
    stamp = int(AT.timestamp())
    assert shown(Moment(AT)) == f"<t:{stamp}:F>"
    assert shown(Moment(AT, MomentStyle.RELATIVE)) == f"<t:{stamp}:R>"


def test_a_sentence_is_translated_before_it_is_drawn() -> None:
    with pytest.raises(TypeError):
        draw_text(say("Hello {name}", name=to_text("x")))


HOSTILE = st.text(st.sampled_from("<>@#&!:/\\*_~`|-+.()[]{} \n1aé0=^$тhttps"), max_size=60)


@given(HOSTILE)
def test_no_words_of_people_mean_anything_to_discord(words: str) -> None:
    written = draw_text(to_text(words))
    left = unescaped(written)
    assert not re.search(r"[<>*_~`|\[\]@#]", left)
    assert "://" not in left.replace(" ", "")
    assert not re.search(r"^\s*(-|\+|\d+\.)\s", left, re.MULTILINE)
    assert literal(written) == words


@given(
    st.lists(st.sampled_from([Plain, Strong, Emphasis, Code]), max_size=6), st.lists(HOSTILE, min_size=6, max_size=6)
)
def test_no_span_lets_words_ping(kinds: list[type[Plain]], words: list[str]) -> None:
    written = draw_text(Text(tuple(kind(one) for kind, one in zip(kinds, words, strict=False))))
    outside = re.sub(r"(?<!\\)`[^`]*`", "", unescaped(written))  # what stands in code means nothing
    assert not re.search(r"<@|@everyone|@here|<#|<:|<t:", outside)
