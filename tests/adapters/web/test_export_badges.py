"""Badges where the pages are files on any host: who issued them and which were revoked is there too (J3, P13)."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.badges.later import SignerLater
from adapters.badges.verifying import NotValid, verify
from adapters.web.export import write
from adapters.web.site import Site, Wish
from bot.language import Languages
from bot.study import badges
from tests.adapters.web.reading import ADDRESS, elements, publishes
from tests.adapters.web.test_portfolio_page import shows_badge, with_a_badge
from tests.builders import Scene


def _now() -> datetime:
    """Return the real time, by which libraries judge."""
    return datetime.now(UTC)


@pytest.fixture
def issuer(tmp_path: Path) -> SignerLater:
    return SignerLater(tmp_path / "keys.json", "Circle", ADDRESS, _now)


def exported(js: Scene, issuer: SignerLater, address: str = ADDRESS) -> Site:
    """Return the site as an export to an address draws it."""
    return Site(js.store, js.clock, Languages(), address, "Circle", forms=False, issuer=issuer)


@pytest.mark.slow
async def test_a_badge_from_a_static_site_is_checked_with_the_files_of_that_site(
    js: Scene, issuer: SignerLater, tmp_path: Path
) -> None:
    """J3: where the badge says that its list is, it is."""
    badge, path = await with_a_badge(js), await publishes(js, "jill")
    await shows_badge(js, shown=True)
    out = tmp_path / "out"
    await write(exported(js, issuer), out)

    file = (out / f"{path}badge/{badge}.png").read_bytes()
    did = f"did:web:{ADDRESS.removeprefix('https://').strip('/').replace('/', ':')}"
    document = (out / "did.json").read_bytes()
    found = verify(file, did, document)
    assert found.revocable is not None
    status = out / found.revocable.removeprefix(ADDRESS)
    assert verify(file, did, document, [status.read_bytes()]).asked

    await js.writes(lambda uow: badges.revoke(uow, js.group.id, js.ids["jill"], now=js.clock.now()))
    await write(exported(js, issuer), out)
    with pytest.raises(NotValid, match="revoked"):
        verify(file, did, document, [status.read_bytes()])


@pytest.mark.slow
async def test_files_for_another_address_lead_to_where_badges_say_that_they_are_checked(
    js: Scene, issuer: SignerLater, tmp_path: Path
) -> None:
    await with_a_badge(js)
    out = tmp_path / "out"
    await write(exported(js, issuer, "https://elsewhere.example/"), out)

    assert not (out / "did.json").exists()
    assert not (out / "badges/status").exists()
    links = [one.get("href") for one in elements((out / "badges/index.html").read_bytes())]
    assert f"{ADDRESS}did.json" in links


async def test_only_lists_that_are_there_are_answered(js: Scene, issuer: SignerLater) -> None:
    site = exported(js, issuer)
    assert (await site.answer(Wish("badges/status/0"))).media_type == "application/vc+jwt"
    for wrong in ("1", "x", "-1", "9999999", "٣"):
        assert (await site.answer(Wish(f"badges/status/{wrong}"))).status == 404
