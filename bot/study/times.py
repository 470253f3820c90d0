"""Local times and zones: a schedule holds what a wall clock shows, and instants follow from it.

A local time that does not exist moves forward by the gap, one that occurs twice is the first; a week is seven local
calendar days, never 604,800 seconds.
"""

from __future__ import annotations

import difflib
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NewType
from zoneinfo import ZoneInfo, available_timezones

from bot.errors import Refusal

LocalTime = NewType("LocalTime", datetime)
"""What a wall clock shows: a datetime without a zone."""

YEARS = range(1970, 2201)
"""Years that a date can be in: at the ends of the calendar, some zone's instant would fall outside of it."""
QUIET_FROM = time(21)
QUIET_UNTIL = time(9)
SEND_FROM = time(10)
SEND_UNTIL = time(18)


class UnknownZone(Refusal):
    """I don't know the time zone “{given}”. Write it like Europe/Berlin or America/New_York; {nearest} comes close."""


class NotATime(Refusal):
    """I can't read “{given}” as a date and time. Write it like 2027-01-11 18:00."""


@lru_cache(maxsize=1)
def zone_names() -> tuple[str, ...]:
    """Return the names of all zones, sorted."""
    return tuple(sorted(name for name in available_timezones() if "/" in name or name == "UTC"))


@lru_cache(maxsize=1)
def _by_lower() -> dict[str, str]:
    return {name.lower(): name for name in zone_names()}


@lru_cache(maxsize=1)
def _cities() -> dict[str, str]:
    """Return zones by their city, where one zone alone has that name: Berlin, but not Louisville."""
    found: dict[str, str] = {}
    for name in zone_names():
        city = name.rsplit("/", 1)[-1].lower()
        found[city] = "" if city in found else name
    return {city: name for city, name in found.items() if name}


def zone(name: str) -> ZoneInfo:
    """Return the zone of that name, or of that city; raises UnknownZone, naming the nearest."""
    wanted = name.strip().replace(" ", "_")
    by_lower, cities = _by_lower(), _cities()
    found = by_lower.get(wanted.lower()) or cities.get(wanted.lower())
    if found:
        return ZoneInfo(found)
    near = difflib.get_close_matches(wanted.lower(), [*by_lower, *cities], n=1, cutoff=0.5)
    nearest = (by_lower.get(near[0]) or cities[near[0]]) if near else "Europe/London"
    raise UnknownZone(given=name[:60], nearest=nearest)


def read_local(text: str) -> LocalTime:
    """Read `2027-01-11 18:00`, also with a T or without the time (then 18:00); raises NotATime."""
    cleaned = text.strip().replace("T", " ")
    for form in ("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d"):
        try:
            read = datetime.strptime(cleaned, form)  # noqa: DTZ007  # a wall clock has no zone
        except ValueError:
            continue
        if read.year in YEARS:
            return LocalTime(read if "H" in form else datetime.combine(read.date(), time(18)))
    raise NotATime(given=text[:60])


def instant(local: LocalTime, where: ZoneInfo) -> datetime:
    """Return the UTC instant at which a wall clock in `where` shows `local`."""
    return local.replace(tzinfo=where, fold=0).astimezone(UTC)


def local_time(at: datetime, where: ZoneInfo) -> LocalTime:
    """Return what a wall clock in `where` shows at an instant."""
    return LocalTime(at.astimezone(where).replace(tzinfo=None, fold=0))


def weekly(start: LocalTime, weeks: int) -> LocalTime:
    """Return the same local time, `weeks` times seven calendar days later."""
    return LocalTime(start + timedelta(days=7 * weeks))


def local_days(earlier: datetime, later: datetime, where: ZoneInfo) -> int:
    """Return how many midnights of `where` lie between two instants."""
    return (later.astimezone(where).date() - earlier.astimezone(where).date()).days


def is_quiet(at: datetime, where: ZoneInfo) -> bool:
    """Return whether people in `where` are to be left in peace at an instant."""
    clock = at.astimezone(where).time()
    return clock >= QUIET_FROM or clock < QUIET_UNTIL


def after_quiet(at: datetime, where: ZoneInfo) -> datetime:
    """Return the first instant from `at` on that is not in the quiet hours of `where`."""
    if not is_quiet(at, where):
        return at
    local = at.astimezone(where)
    day = local.date() + timedelta(days=1 if local.time() >= QUIET_FROM else 0)
    return at_clock(day, QUIET_UNTIL, where)


def next_sending(at: datetime, where: ZoneInfo) -> datetime:
    """Return the first instant from `at` on within the hours when a personal message is welcome."""
    local = at.astimezone(where)
    if SEND_FROM <= local.time() < SEND_UNTIL:
        return at
    day = local.date() + timedelta(days=1 if local.time() >= SEND_UNTIL else 0)
    return at_clock(day, SEND_FROM, where)


def at_clock(day: date, clock: time, where: ZoneInfo) -> datetime:
    """Return the instant at which a wall clock in `where` shows `clock` on `day`."""
    return instant(LocalTime(datetime.combine(day, clock)), where)
