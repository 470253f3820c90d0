"""Links that people hand in lead where they seem to."""

from __future__ import annotations

import unicodedata
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Refusal
from bot.language import ENGLISH
from bot.study.links import LinkTooLong, LinkWithPassword, NotALink, host_of, read_url
from tests.strategies import words

labels = st.text(st.characters(categories=["Ll", "Lu", "Nd"]), min_size=1, max_size=12)
hosts = st.lists(labels, min_size=2, max_size=4).map(".".join)
shapes = st.tuples(
    st.sampled_from(
        ["http://", "https://", "HTTPS://", "javascript:", "data:", "ftp://", "//", "", "https:/", "<https://"]
    ),
    st.sampled_from(["", "user@", "user:pw@", ":@", "@"]),
    hosts | labels | st.sampled_from(["[::1]", "[", "localhost", "127.0.0.1", "example.org", "exämple.org"]),
    st.sampled_from(["", ":80", ":0", ":99999", ":x", ":"]),
    st.sampled_from(["", "/", "/@me", "/?q=1", "#x", "\\@evil.example"]),
    words,
).map("".join)


@given(shapes | words)
def test_whatever_is_kept_is_a_web_address_that_hides_nothing(written: str) -> None:
    try:
        url = read_url(written)
    except Refusal as refusal:
        assert ENGLISH.plain(refusal.text)  # noqa: PT017  # a refusal is one of the two answers
        return
    parts = urlsplit(url)
    assert parts.scheme in ("http", "https")
    assert parts.hostname
    assert "@" not in parts.netloc
    assert len(url) <= 2_048
    assert not any(character in '<>"|`^{}\\ ' or character.isspace() for character in url)
    assert not {unicodedata.category(character) for character in url} & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert read_url(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "https://blog.example/2027/01/loops?draft=1#end",
        "http://example.org",
        "https://example.org:8443/a_(b)/@jill",
        "https://github.com/jill/loops/blob/main/a%20b.js",
        "http://localhost:3000/",
        "http://127.0.0.1:8000/",
        "http://[2001:db8::1]:8080/x",
        "https://en.wikipedia.org/wiki/Fold_(higher-order_function)",
        "https://müller.example/ä",
        "https://例え.テスト/ページ",
        "https://пример.рф/",
        "https://xn--mller-kva.example/",
        "https://web.archive.org/web/*/example.org",
        "https://x.example/?a=1&b[]=2;c='3'",
    ],
)
def test_any_web_address_is_kept_as_it_is(url: str) -> None:
    assert read_url(url) == url


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("  https://example.org/ ", "https://example.org/"),
        ("<https://example.org/>", "https://example.org/"),
        ("HTTPS://Example.org/A", "https://Example.org/A"),
        ("https://example.org/a>b|c`d", "https://example.org/a%3Eb%7Cc%60d"),
    ],
)
def test_what_a_chat_adds_or_takes_for_a_mark_is_put_right(written: str, url: str) -> None:
    assert read_url(written) == url


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("https://аpple.example/", "https://xn--pple-43d.example/"),  # a Cyrillic а
        ("https://аpple.example:8443/x", "https://xn--pple-43d.example:8443/x"),
        ("https://pαypal.example/", "https://xn--pypal-d9d.example/"),  # a Greek α
        ("https://example.org⁄login.evil.example/", "https://xn--example-ub7c.evil.example/"),
    ],
)
def test_a_host_that_looks_like_another_is_written_as_it_is(written: str, url: str) -> None:
    kept = read_url(written)
    assert kept.isascii()
    assert urlsplit(kept).hostname != "apple.example"
    assert "xn--" in kept
    if "⁄" not in written:
        assert kept == url


@pytest.mark.parametrize(
    "written",
    [
        "javascript:alert(1)",
        "JaVaScRiPt://example.org/%0aalert(1)",
        "data:text/html,<script>alert(1)</script>",
        "file:///etc/passwd",
        "ftp://example.org/",
        "mailto:a@b.example",
        "https://",
        "https:example.org",
        "//example.org/",
        "example.org",
        "https://intranet/",
        "https://./",
        "https://example.org:99999/",
        "https://[::1/",
        "https://exa mple.org/",
        "https://example.org/a b",
        "https://example.org/\u202egnp.exe",
        "https://exam\u200bple.org/",
        "https://example.org/\x00",
        "https://example.org/\x1b[31m",
        "https://example.org\\@evil.example/",
        "https://example.org%40evil.example/",
        "https://exa'mple.org/",
        "https://\ud800.example/",
        "",
    ],
)
def test_anything_else_is_no_link(written: str) -> None:
    with pytest.raises(NotALink) as raised:
        read_url(written)
    told = ENGLISH.plain(raised.value.text)
    assert "Paste a web address that starts with https:// or http://" in told
    assert not any(unicodedata.category(character) in ("Cc", "Cf", "Cs") for character in told)


@pytest.mark.parametrize(
    "written", ["https://jill@example.org/", "https://jill:secret@example.org/", "https://@example.org/"]
)
def test_a_link_with_a_name_or_password_in_it_is_refused(written: str) -> None:
    with pytest.raises(LinkWithPassword) as raised:
        read_url(written)
    assert "secret" not in ENGLISH.plain(raised.value.text)


def test_a_link_has_2048_characters() -> None:
    longest = "https://example.org/".ljust(2_048, "x")
    assert read_url(longest) == longest
    with pytest.raises(LinkTooLong) as raised:
        read_url(longest + "x")
    assert "at most 2,048 characters, and yours has 2,049" in ENGLISH.plain(raised.value.text)
    with pytest.raises(LinkTooLong):
        read_url("https://example.org/".ljust(2_048, "|"))  # each is written with three


def test_a_link_is_shown_with_its_host() -> None:
    assert host_of("https://www.example.org:8080/a") == "example.org"
    long = host_of("https://login.bank.example." + "a." * 60 + "evil.example/")
    assert long.startswith("…")
    assert long.endswith("evil.example")
    assert len(long) <= 61
