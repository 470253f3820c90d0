"""A group's calendar (J5, J15), and shared work as a feed (J11), read by the parsers of others."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from icalendar import Calendar

from bot.ids import BreakId
from bot.ports import UnitOfWork
from bot.study.breaks import Break
from bot.study.weeks import WeekState
from tests.adapters.web.reading import ADDRESS, Web, a_busy_week, opens_page, publishes
from tests.builders import Scene

ATOM = "{http://www.w3.org/2005/Atom}"


async def events(web: Web, page: str) -> dict[str, Any]:
    """Return the events of a group's calendar by title."""
    found = await web.get(f"{page}calendar.ics")
    assert found.headers["Content-Type"] == "text/calendar; charset=utf-8"
    return {str(one["SUMMARY"]): one for one in Calendar.from_ical(found.body).walk("VEVENT")}


async def test_every_week_is_an_event_at_the_groups_clock(js: Scene, web: Web) -> None:
    page = await opens_page(js)
    found = await events(web, page)
    assert list(found) == [
        "JavaScript in three weeks, week 1: values",
        "JavaScript in three weeks, week 2: functions",
        "JavaScript in three weeks, week 3: objects",
    ]
    second = found["JavaScript in three weeks, week 2: functions"]
    assert second["DTSTART"].params["TZID"] == "Europe/Berlin"
    assert second.decoded("DTSTART").astimezone(UTC) == datetime(2027, 1, 18, 17, tzinfo=UTC)
    assert (second["TRANSP"], second["STATUS"], int(second["SEQUENCE"])) == ("TRANSPARENT", "CONFIRMED", 0)
    assert "1. Practise functions" in second["DESCRIPTION"]


async def test_the_calendar_brings_the_rules_of_its_zone_along(js: Scene, web: Web) -> None:
    page = await opens_page(js)
    whole = Calendar.from_ical((await web.get(f"{page}calendar.ics")).body)
    [zone] = whole.walk("VTIMEZONE")
    assert zone["TZID"] == "Europe/Berlin"
    offsets = {part.name: part.decoded("TZOFFSETTO") for part in zone.subcomponents}
    assert offsets == {"STANDARD": timedelta(hours=1), "DAYLIGHT": timedelta(hours=2)}
    assert [str(whole[name]) for name in ("VERSION", "PRODID")] == ["2.0", "-//Studycircle//Study groups//EN"]


async def test_a_week_that_moves_is_the_same_event_of_a_higher_sequence(js: Scene, web: Web) -> None:
    page = await opens_page(js)
    title = "JavaScript in three weeks, week 2: functions"
    before = (await events(web, page))[title]
    sequences = [int(before["SEQUENCE"])]
    for days in (1, 3):
        week = await js.reads(lambda uow: uow.weeks.at(js.group.id, 2))
        assert week is not None
        later = replace(week, opens_at=week.opens_at + timedelta(days=days))
        await js.writes(lambda uow, later=later: uow.weeks.save(later))  # type: ignore[misc]
        js.clock.move_by(timedelta(minutes=1))
        after = (await events(web, page))[title]
        assert after["UID"] == before["UID"]
        sequences.append(int(after["SEQUENCE"]))
    assert sequences == [0, 1, 2]


async def test_what_calendars_do_not_show_makes_no_new_sequence(js: Scene, web: Web) -> None:
    page = await opens_page(js)
    week = await js.reads(lambda uow: uow.weeks.at(js.group.id, 2))
    assert week is not None
    await js.writes(lambda uow: uow.weeks.save(replace(week, note="Bring tea.")))
    found = (await events(web, page))["JavaScript in three weeks, week 2: functions"]
    assert int(found["SEQUENCE"]) == 0


async def test_a_week_that_is_left_out_is_cancelled_and_a_break_fills_its_days(js: Scene, web: Web) -> None:
    page = await opens_page(js)

    def work(uow: UnitOfWork) -> None:
        week = uow.weeks.at(js.group.id, 3)
        assert week is not None
        uow.weeks.save(replace(week, state=WeekState.SKIPPED))
        first = datetime(2027, 1, 25, tzinfo=UTC).date()
        uow.breaks.add(Break(BreakId(7), js.group.id, first, first + timedelta(days=6), False, 0, js.clock.now()))

    await js.writes(work)
    found = await events(web, page)
    assert found["JavaScript in three weeks, week 3: objects"]["STATUS"] == "CANCELLED"
    rest = found["JavaScript in three weeks: break"]
    assert [str(rest.decoded(name)) for name in ("DTSTART", "DTEND")] == ["2027-01-25", "2027-02-01"]


async def test_the_feed_of_a_group_has_the_work_of_those_who_publish_and_of_nobody_else(js: Scene, web: Web) -> None:
    await a_busy_week(js)
    await js.does("priya", "/submit https://priya.example/1 activity:1.1")
    page = await opens_page(js)
    path = await publishes(js, "jill")
    found = await web.get(f"{page}feed.atom")
    assert found.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    tree = ElementTree.fromstring(found.body)
    titles = [one.findtext(f"{ATOM}title") for one in tree.iter(f"{ATOM}entry")]
    assert sorted(titles, key=str) == ["Jill: Practise values", "Jill: a note"]
    assert {one.get("href") for one in tree.iter(f"{ATOM}link") if "/p/" in one.get("href", "")} == {ADDRESS + path}
    for words in (b"priya", b"SECRET", b"A private thought"):
        assert words not in found.body


@pytest.mark.slow
async def test_feeds_have_all_that_atom_asks_for(js: Scene, web: Web) -> None:
    """RFC 4287: id, title and updated on both levels, an author for each entry, and a link to the feed itself."""
    await a_busy_week(js)
    path = await publishes(js, "jill")
    tree = ElementTree.fromstring((await web.get(f"{path}feed.atom")).body)
    assert tree.tag == f"{ATOM}feed"
    assert [one.get("href") for one in tree.findall(f"{ATOM}link") if one.get("rel") == "self"] == [
        f"{ADDRESS}{path}feed.atom"
    ]
    entries = tree.findall(f"{ATOM}entry")
    for one in (tree, *entries):
        assert all(len(one.findall(ATOM + name)) == 1 for name in ("id", "title", "updated"))
        assert datetime.fromisoformat(one.findtext(f"{ATOM}updated") or "").tzinfo is not None
    assert all(one.findtext(f"{ATOM}author/{ATOM}name") == "Jill" for one in entries)
    assert len({one.findtext(f"{ATOM}id") for one in entries}) == len(entries) == 2


@pytest.mark.slow
async def test_a_feed_stays_the_same_until_there_is_something_new(js: Scene, web: Web) -> None:
    await a_busy_week(js)
    path = await publishes(js, "jill")
    first = await web.get(f"{path}feed.atom")
    js.clock.move_by(timedelta(minutes=5))
    assert (await web.get(f"{path}feed.atom", If_None_Match=first.headers["ETag"])).status == 304
    await js.does("jill", "/note https://blog.example/more share:yes")
    js.clock.move_by(timedelta(minutes=5))
    later = await web.get(f"{path}feed.atom", If_None_Match=first.headers["ETag"])
    assert later.status == 200
    assert later.headers["Last-Modified"] > first.headers["Last-Modified"]
