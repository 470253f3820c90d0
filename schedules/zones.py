"""Time-zone data: when a zone's clocks are to go otherwise, the plans of its groups are computed anew."""

from __future__ import annotations

import hashlib
import zoneinfo
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from importlib import resources
from pathlib import Path

from bot.ids import GroupId
from bot.ports import Clock, Store, UnitOfWork
from bot.study import rescheduling
from schedules.upkeep import Chore

CHUNK = 100
"""How many groups are computed anew in one transaction, so that nobody waits for it."""


def fingerprint(zone: str) -> str:
    """Return what a zone's data looks like on this machine now, as `zoneinfo` finds it; empty where there is none."""
    found = data_of(zone)
    return hashlib.sha256(found).hexdigest() if found else ""


def data_of(zone: str) -> bytes:
    """Return a zone's data as `zoneinfo` finds it: in the folders of the system, or else in the package tzdata."""
    for folder in zoneinfo.TZPATH:
        file = Path(folder, zone)
        if file.is_file():
            return file.read_bytes()
    package, _, name = f"tzdata/zoneinfo/{zone}".rpartition("/")
    try:
        return resources.files(package.replace("/", ".")).joinpath(name).read_bytes()
    except (ModuleNotFoundError, FileNotFoundError):
        return b""


async def follow(store: Store, clock: Clock, fingerprint: Callable[[str], str] = fingerprint) -> str:
    """Compute the plans anew in zones whose data changed since they were computed; return a line for the log, or none.

    It costs as much as there are zones in use, and as there are groups where a zone changed. A zone is done only once
    all its groups are, so a crash in between loses nothing.
    """
    zoneinfo.ZoneInfo.clear_cache()  # also for what another process noticed and has computed anew
    zones, kept = await store.read(lambda uow: (uow.zones.in_use(), dict(uow.zones.fingerprints())))
    changed = {zone: now for zone in zones if (now := fingerprint(zone)) and now != kept.get(zone)}
    groups = moved = 0
    for zone, now in changed.items():
        seen, different = await _compute(store, clock, zone)
        groups, moved = groups + seen, moved + different
        await store.write(partial(_keep, zone=zone, fingerprint=now))
    return f"the plans of {groups} groups are computed anew, {moved} of them have changed" if moved else ""


def _keep(uow: UnitOfWork, zone: str, fingerprint: str) -> None:
    uow.zones.keep(zone, fingerprint)


async def _compute(store: Store, clock: Clock, zone: str) -> tuple[int, int]:
    """Compute the plans of all groups of a zone anew; return how many they were, and how many changed."""
    after, groups, moved = GroupId(0), 0, 0
    while True:
        after, seen, different = await store.write(partial(_chunk, zone=zone, after=after, clock=clock))
        groups, moved = groups + seen, moved + different
        if seen < CHUNK:
            return groups, moved


def _chunk(uow: UnitOfWork, zone: str, after: GroupId, clock: Clock) -> tuple[GroupId, int, int]:
    """Compute the plans of some groups anew; return the last one, how many they were, and how many changed."""
    found = uow.zones.groups(zone, after, CHUNK)
    changed = 0
    for one in found:
        group = uow.groups.lock(one.id)
        if group is not None and group.zone == zone:
            changed += rescheduling.recompute(uow, group, now=clock.now())
    return (found[-1].id if found else after), len(found), changed


def following(store: Store, clock: Clock) -> Chore:
    """Return the chore that looks for changed time-zone data every day."""
    return Chore("time zones", timedelta(days=1), lambda: follow(store, clock))
