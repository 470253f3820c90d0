"""A group's weeks and breaks as a calendar to subscribe to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event, Timezone, vDuration, vText

from adapters.html import Reader, clean
from bot.study.public import GroupView
from bot.study.weeks import Week, WeekState
from bot.text import TextLike, say

REFRESH = timedelta(hours=6)
"""How often calendars are asked to look again."""
LASTS = timedelta(minutes=30)
"""How long the opening of a week takes up in a calendar, where it blocks nothing."""
PRODUCT = "-//Studycircle//Study groups//EN"


def calendar(view: GroupView, reader: Reader, address: str) -> tuple[bytes, datetime]:
    """Return the calendar of a group and when it last changed, as far as the weeks say."""
    group, found = view.group, Calendar()
    found.add("prodid", PRODUCT)
    found.add("version", "2.0")
    found.add("calscale", "GREGORIAN")
    found.add("x-wr-calname", _line(group.title))
    found.add("name", _line(group.title))
    found.add("url", address)
    found.add("x-wr-timezone", group.zone)
    found["refresh-interval"] = _lasting(REFRESH)
    found["x-published-ttl"] = vText("PT6H")
    changed = max([group.created_at, *(week.posted_at for week in view.entry.weeks if week.posted_at is not None)])
    for week in view.entry.weeks:
        found.add_component(_week(view, week, reader, address))
    for one in view.breaks:
        rest = Event()
        rest.add("uid", f"break-{one.id}@{_host(address)}")
        rest.add("dtstamp", one.made_at)
        rest.add("dtstart", one.first)
        rest.add("dtend", one.last + timedelta(days=1))
        rest.add("summary", _said(reader, say("{group}: break", group=group.title)))
        rest.add("transp", "TRANSPARENT")
        found.add_component(rest)
        changed = max(changed, one.made_at)
    _add_zone(found, view)
    written: bytes = found.to_ical()
    return written, changed


def _lasting(time: timedelta) -> vDuration:
    lasting = vDuration(time)
    lasting.params["VALUE"] = "DURATION"
    return lasting


def _week(view: GroupView, week: Week, reader: Reader, address: str) -> Event:
    """Return a week as an event: the same one forever, of a higher sequence whenever it moved or was renamed."""
    group, one = view.group, Event()
    one.add("uid", f"week-{week.id}@{_host(address)}")
    one.add("dtstamp", week.posted_at or group.created_at)
    one.add("sequence", week.revision)
    one.add("dtstart", week.opens_at.astimezone(group.where))
    one.add("duration", LASTS)
    title = say("{group}, week {number}: {title}", group=group.title, number=week.ordinal, title=week.title)
    one.add("summary", _said(reader, title))
    asked = [f"{task.number}. {_line(task.activity.title)}" for task in view.tasks.get(week.id, ())]
    one.add("description", "\n".join([*asked, address]))
    one.add("url", address)
    one.add("status", "CANCELLED" if week.state is WeekState.SKIPPED else "CONFIRMED")
    one.add("transp", "TRANSPARENT")
    return one


def _host(address: str) -> str:
    return address.split("/")[2]


def _said(reader: Reader, text: TextLike) -> str:
    return _line(reader.language.plain(text, reader.zone))


def _line(words: str) -> str:
    """Return words on one line: a property that no calendar unescapes must not break."""
    return " ".join(clean(words).split())


def _add_zone(found: Calendar, view: GroupView) -> None:
    """Add the rules of the group's zone, for calendars that have none of their own."""
    if view.group.zone == "UTC":
        return
    opened = [week.opens_at for week in view.entry.weeks] or [datetime.now(UTC)]
    first, last = min(opened).date() - timedelta(days=400), max(opened).date() + timedelta(days=400)
    found.subcomponents.insert(0, Timezone.from_tzinfo(view.group.where, view.group.zone, first, last))
