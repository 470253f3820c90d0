from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from adapters.local.cards import ANYBODY, Reader, bar, draw
from bot.cards import CodeBlock, Heading, LinkButton, Progress, Quote, bullets, button, card, fields, paragraph
from bot.language import ENGLISH
from bot.text import Code, Link, Mention, Moment, MomentStyle, Strong, say, to_text

EVERYTHING = card(
    say("Week {n}: {title}", n=2, title="Functions"),
    paragraph(Mention("Fela", ("local:fela",)), " opened it ", Moment(datetime(2027, 1, 18, 17, tzinfo=UTC))),
    Heading(to_text("Materials")),
    bullets([Link("A talk", "https://talks.example/1"), Strong("Two\nlines")]),
    Heading(to_text("Activities")),
    bullets(["Read", Code("x => x")], numbered=True),
    Quote(to_text("I wonder\nwhy")),
    CodeBlock("let a = 1\nlet b = 2", "js"),
    fields([("Due", "Monday"), ("Minutes", 30)]),
    Progress(2, 5, to_text("activities done")),
    buttons=[button("Submit work", "submit"), LinkButton(to_text("Outline"), "https://o.example")],
    footer="3 others have answered",
)


def test_a_card_is_drawn_as_people_read_it() -> None:
    assert draw(EVERYTHING) == (
        """Week 2: Functions
@Fela opened it Monday 18 January 2027, 17:00 (UTC)

Materials
• A talk (https://talks.example/1)
• Two
  lines

Activities
1. Read
2. x => x
> I wonder
> why
    let a = 1
    let b = 2
Due: Monday
Minutes: 30
▓▓▓▓░░░░░░ 2/5 activities done
[Submit work] [Outline: https://o.example]
3 others have answered"""
    )


def test_times_are_in_the_readers_zone() -> None:
    reader = Reader(ENGLISH, ZoneInfo("Asia/Kolkata"), datetime(2027, 1, 18, 15, tzinfo=UTC))
    at = datetime(2027, 1, 18, 17, tzinfo=UTC)
    shown = card("", Moment(at, MomentStyle.TIME), Moment(at, MomentStyle.RELATIVE))
    assert draw(shown, reader) == "22:30 (Asia/Kolkata)\nin 2 hours"


def test_words_of_people_are_shown_as_they_are() -> None:
    assert draw(card("", "**not bold** <@123> @everyone {place}")) == "**not bold** <@123> @everyone {place}"


def test_somebody_without_an_account_has_no_sign_before_their_name() -> None:
    assert ANYBODY.words(to_text(Mention("a former member"))) == "a former member"


def test_a_bar_has_ten_signs_whatever_it_measures() -> None:
    assert [bar(0, 0), bar(0, 5), bar(5, 5), bar(7, 5)] == ["░" * 10, "░" * 10, "▓" * 10, "▓" * 10]
