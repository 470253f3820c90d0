"""Text as Slack shows it: what people wrote can neither format, nor ping, nor link (S4)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from adapters.slack.text import elements, escape, mrkdwn, plain, unescape, user_of, written
from bot.text import Code, Emphasis, Link, Mention, Moment, MomentStyle, Plain, Span, Strong, Text, say

AT = datetime(2027, 1, 11, 17, tzinfo=UTC)
PRIYA = ("discord:1", "slack:T1/U7")


def text(*spans: Span) -> Text:
    return Text(spans)


def test_words_of_people_are_literal_elements() -> None:
    assert elements(text(Plain("<!channel> *a* <@U1>"))) == [{"type": "text", "text": "<!channel> *a* <@U1>"}]


def test_words_in_one_style_that_follow_each_other_are_one_element() -> None:
    drawn = elements(text(Plain("a"), Plain("b"), Strong("c"), Strong("d"), Plain("")))
    assert drawn == [{"type": "text", "text": "ab"}, {"type": "text", "text": "cd", "style": {"bold": True}}]


def test_styles_are_slacks() -> None:
    drawn = elements(text(Emphasis("a"), Code("b\nc")))
    assert [one["style"] for one in drawn] == [{"italic": True}, {"code": True}]
    assert drawn[1]["text"] == "b c"


def test_only_whoever_is_to_be_notified_is_mentioned() -> None:
    assert elements(text(Mention("Priya", PRIYA, ping=True))) == [{"type": "user", "user_id": "U7"}]
    assert elements(text(Mention("Priya", PRIYA))) == [{"type": "text", "text": "@Priya"}]
    assert plain(text(Mention("Priya", PRIYA, ping=True))) == "@Priya"
    assert elements(text(Mention("Priya", ("discord:1",), ping=True))) == [{"type": "text", "text": "Priya"}]


def test_an_account_that_is_no_slack_user_is_never_a_mention() -> None:
    assert user_of(Mention("x", ("slack:T1/!channel",))) is None
    assert user_of(Mention("x", ("slack:T1/U7",))) == "U7"


def test_a_link_is_one_only_where_it_leads_to_the_web() -> None:
    assert elements(text(Link("here", "https://a.example"))) == [
        {"type": "link", "url": "https://a.example", "text": "here"}
    ]
    assert elements(text(Link("x", "javascript:alert(1)"))) == [{"type": "text", "text": "x javascript:alert(1)"}]
    assert elements(text(Link("", "https://a.example"))) == [{"type": "link", "url": "https://a.example"}]


@pytest.mark.parametrize("style", list(MomentStyle))
def test_a_moment_is_told_in_the_readers_zone_and_in_utc_where_that_fails(style: MomentStyle) -> None:
    (drawn,) = elements(text(Moment(AT, style)))
    assert drawn["type"] == "date"
    assert drawn["timestamp"] == int(AT.timestamp())
    assert ("17:00 UTC" in drawn["fallback"]) or (style is MomentStyle.DATE and drawn["fallback"] == "2027-01-11")


def test_a_sentence_has_to_be_translated_first() -> None:
    with pytest.raises(TypeError):
        elements(say("Hello"))


def test_small_print_formats_nothing_that_people_wrote() -> None:
    drawn = mrkdwn(text(Plain("*a* _b_ ~c~ `d` <!here> & <@U1>"), Link("x|y", "https://a.example/?a=1&b=<2>")))
    assert "*a*" not in drawn
    assert "_b_" not in drawn
    assert "<!here>" not in drawn
    assert "<@U1>" not in drawn
    assert "&lt;!here&gt; &amp;" in drawn
    assert drawn.endswith("<https://a.example/?a=1&amp;b=%3C2%3E|x/y>")
    moment = mrkdwn(text(Moment(AT, MomentStyle.FULL)))
    assert moment == f"<!date^{int(AT.timestamp())}^{{date_short_pretty}} at {{time}}|2027-01-11 17:00 UTC>"


def test_small_print_begins_no_quote() -> None:
    assert not mrkdwn(text(Plain("> said\n > so"))).startswith("&gt;")
    assert "\n &gt;" not in mrkdwn(text(Plain("> said\n > so")))


@pytest.mark.parametrize(
    "url", ["https://", "https:///way", "http://a b.example", "https://[::1", "https://a.example/\x07", "HTTPS://"]
)
def test_an_address_that_slack_would_not_take_is_words(url: str) -> None:
    """Of a message with one it takes nothing at all, and the card would never stand there."""
    assert [one["type"] for one in elements(text(Link("here", url)))] == ["text"]


def test_plain_words_have_no_marks() -> None:
    assert plain(text(Strong("a"), Link("b", "https://c.example"), Moment(AT, MomentStyle.DATE))) == (
        "ab (https://c.example)2027-01-11"
    )


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("&lt;b&gt; &amp;amp;", "<b> &amp;"),
        ("<https://a.example/?x=1&amp;y=2|a.example>", "https://a.example/?x=1&y=2"),
        ("<@U1|ana> in <#C2|general> and <#C3>", "@ana in #general and #C3"),
        ("<!channel> <!subteam^S1|@team>", "@channel @team"),
        ("<mailto:a@b.example|a@b.example>", "a@b.example"),
        ("1 < 2", "1 < 2"),
    ],
)
def test_what_slack_says_that_somebody_wrote_is_read_as_they_meant_it(words: str, meant: str) -> None:
    assert written(words) == meant


def test_people_and_channels_in_a_command_become_those_of_its_workspace() -> None:
    assert written("<@U1|ana> <#C2|general>", "T9") == "slack:T9/U1 slack:T9/C2"


def test_escaping_can_be_undone() -> None:
    words = "<!channel> & &amp; <https://x|y>"
    assert unescape(escape(words)) == words
    assert not set("<>") & set(escape(words))
