"""Breaks as they are kept, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.ids import BreakId, GroupId
from bot.ports import Store
from bot.study.breaks import Break
from tests.storage.samples import GROUP, NOW, group


def rest(id: int, first: date, last: date, of: GroupId = GROUP) -> Break:
    return Break(BreakId(id), of, first, last, True, 7, NOW)


CHRISTMAS = rest(1, date(2027, 12, 20), date(2028, 1, 2))
EASTER = rest(2, date(2027, 3, 22), date(2027, 3, 28))


async def test_breaks_of_a_group_come_by_their_first_day(store: Store) -> None:
    other = group(GroupId(22))
    await store.write(lambda uow: uow.groups.add(group()))
    await store.write(lambda uow: uow.groups.add(other))
    for one in (CHRISTMAS, EASTER, rest(3, date(2027, 5, 1), date(2027, 5, 1), other.id)):
        await store.write(lambda uow, one=one: uow.breaks.add(one))  # type: ignore[misc]

    assert await store.read(lambda uow: uow.breaks.of_group(GROUP)) == [EASTER, CHRISTMAS]


async def test_a_break_can_be_changed_and_forgotten(store: Store) -> None:
    await store.write(lambda uow: uow.groups.add(group()))
    await store.write(lambda uow: uow.breaks.add(EASTER))
    longer = replace(EASTER, last=date(2027, 4, 4), shifts=False, days=0)
    await store.write(lambda uow: uow.breaks.save(longer))
    assert await store.read(lambda uow: uow.breaks.get(EASTER.id)) == longer

    await store.write(lambda uow: uow.breaks.remove(EASTER.id))
    assert await store.read(lambda uow: uow.breaks.get(EASTER.id)) is None


async def test_a_zone_has_one_fingerprint_the_last_one(store: Store) -> None:
    for fingerprint in ("a", "b"):
        await store.write(lambda uow, fingerprint=fingerprint: uow.zones.keep("Asia/Tokyo", fingerprint))  # type: ignore[misc]
    await store.write(lambda uow: uow.zones.keep("America/Lima", "c"))

    assert dict(await store.read(lambda uow: uow.zones.fingerprints())) == {"Asia/Tokyo": "b", "America/Lima": "c"}


async def test_a_store_without_groups_has_no_zones_in_use(store: Store) -> None:
    assert await store.read(lambda uow: uow.zones.in_use()) == []
