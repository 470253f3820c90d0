"""Badges in the chat: who finished a group gets one, downloads it, and loses it where it was revoked (J3, J15)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.badges.later import SignerLater
from adapters.badges.verifying import NotValid, Verdict, verify
from bot.bootstrap import FEATURES
from bot.ids import code
from bot.ports import UnitOfWork
from bot.study import badges
from bot.study.badges import IN_LIST
from tests.builders import Scene, scene

SITE = "https://circle.example.org/"


@pytest.fixture
async def ended(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Scene]:
    """Return a group that Jill finished and Priya did not, on an installation that signs badges."""
    async with scene(sqlite_url, FEATURES, tmp_path) as opened:
        opened.bot.issuer = SignerLater(tmp_path / "keys.json", "Studycircle", SITE, _now)
        await opened.open_week(1)
        await opened.changes_group(finish_percent=30, finish_help=0)
        await opened.does("jill", "/submit https://code.example/1")
        await opened.fills("jill", activity="Week 1, activity 1: Practise values")
        await opened.does("fela", "/lead group finish")
        await opened.presses("fela", "Finish it")
        await opened.passes(minutes=1)
        yield opened


def _now() -> datetime:
    """Return the real time, by which libraries judge."""
    return datetime.now(UTC)


def signer(js: Scene) -> SignerLater:
    assert isinstance(js.bot.issuer, SignerLater)
    return js.bot.issuer


async def in_the_past(js: Scene) -> None:
    """Let badges be of the past: the story plays in the future, of which no verifier approves."""

    def work(uow: UnitOfWork) -> None:
        for badge in uow.badges.of_person(js.ids["jill"]):
            uow.badges.save(replace(badge, at=_now()))

    await js.writes(work)


async def checked(js: Scene) -> Verdict:
    revoked = await js.reads(lambda uow: uow.badges.revoked(0, IN_LIST))
    picture = js.person("jill").files[-3].content
    return verify(picture, "did:web:circle.example.org", signer(js).document(), [signer(js).status_list(0, revoked)])


@pytest.mark.slow
async def test_whoever_finished_downloads_a_badge_that_a_stranger_verifies(ended: Scene) -> None:
    js = ended
    await in_the_past(js)
    assert "[Badge]" in await js.does("jill", "/portfolio")

    assert "Here is your badge." in await js.presses("jill", "Badge")

    assert [file.name for file in js.person("jill").files[-3:]] == ["badge.png", "badge.svg", "badge.jwt"]
    found = await checked(js)
    assert (found.name, found.achievement) == ("Jill", "JavaScript in three weeks")
    assert found.criteria.startswith("30 % of the required activities")
    assert found.asked


@pytest.mark.slow
async def test_it_links_to_the_portfolio_once_that_is_published(ended: Scene) -> None:
    js = ended
    js.bot.site = SITE
    await in_the_past(js)
    await js.does("jill", "/portfolio badge")
    assert (await checked(js)).evidence == ()

    await js.does("jill", "/portfolio publish")
    await js.presses("jill", "Publish it")
    await js.does("jill", "/portfolio badge")

    slug = await js.reads(lambda uow: uow.publications.of_person(js.ids["jill"]))
    assert slug is not None
    assert (await checked(js)).evidence == (f"{SITE}p/{slug.slug}/",)


async def test_whoever_did_not_finish_has_none(ended: Scene) -> None:
    told = await ended.does("priya", "/portfolio badge")
    assert told.startswith("A badge is for those who finished JavaScript in three weeks.")
    assert "[Badge]" not in await ended.does("priya", "/portfolio")
    assert "A badge is for those" in await ended.calls("priya", "portfolio badge make")
    assert "for each group that you finish" in (await ended.person("gus").types("/portfolio badge")).text


@pytest.mark.slow
async def test_an_award_gives_one_and_taking_it_back_revokes_it(ended: Scene) -> None:
    js = ended
    await in_the_past(js)
    priya, jill = code(js.members["priya"]), code(js.members["jill"])
    await js.calls("fela", "lead award", member=priya, award="yes")
    assert "Here is your badge." in await js.does("priya", "/portfolio badge")

    await js.does("jill", "/portfolio badge")
    await js.calls("fela", "lead award", member=jill, award="no")
    with pytest.raises(NotValid, match="revoked"):
        await checked(js)
    assert "A badge is for those" in await js.does("jill", "/portfolio badge")

    await js.calls("fela", "lead award", member=jill, award="yes")
    await in_the_past(js)
    await js.does("jill", "/portfolio badge")
    assert (await checked(js)).name == "Jill"


async def test_whoever_lost_a_badge_cannot_make_it_again_themselves(ended: Scene) -> None:
    js = ended
    await js.writes(lambda uow: badges.revoke(uow, js.group.id, js.ids["jill"], now=js.clock.now()))
    for call in ("portfolio badge", "portfolio badge make"):
        assert (await js.calls("jill", call)).startswith("Your badge of JavaScript in three weeks was revoked")
    assert await js.reads(lambda uow: uow.badges.of(js.group.id, js.ids["jill"])) is None


async def test_of_two_badges_that_were_given_at_once_none_is_left_when_it_is_taken_back(ended: Scene) -> None:
    js = ended
    await in_the_past(js)

    def twice(uow: UnitOfWork) -> None:
        given = uow.badges.of(js.group.id, js.ids["jill"])
        assert given is not None
        uow.badges.add(replace(given, id=given.id + 1, number=given.number + 1))

    await js.writes(twice)
    await js.calls("fela", "lead award", member=code(js.members["jill"]), award="no")
    assert await js.reads(lambda uow: len(uow.badges.revoked(0, IN_LIST * 2))) == 2


@pytest.mark.slow
async def test_the_badge_of_whoever_is_erased_is_revoked(ended: Scene) -> None:
    js = ended
    await in_the_past(js)
    await js.does("jill", "/portfolio badge")
    await js.calls("jill", "settings erase now")

    with pytest.raises(NotValid, match="revoked"):
        await checked(js)


@pytest.mark.slow
async def test_a_badge_that_was_never_made_can_be_made_and_is_made_once(ended: Scene) -> None:
    js = ended
    await js.writes(lambda uow: uow.badges._db.exec_driver_sql("DELETE FROM badge"))  # type: ignore[attr-defined]
    assert "Your badge can be made now." in await js.does("jill", "/portfolio badge")
    await js.presses("jill", "Make my badge")
    await js.calls("jill", "portfolio badge make")
    assert await js.reads(lambda uow: uow.badges.count()) == 1
    await in_the_past(js)
    assert "Here is your badge." in await js.does("jill", "/portfolio badge")


@pytest.mark.slow
async def test_without_a_key_it_is_said_who_can_help(ended: Scene, tmp_path: Path) -> None:
    ended.bot.issuer = None
    assert "Your record is safe" in await ended.does("jill", "/portfolio badge")
    (tmp_path / "broken.json").write_text("{")
    ended.bot.issuer = SignerLater(tmp_path / "broken.json", "Studycircle", SITE, _now)
    assert "Your record is safe" in await ended.does("jill", "/portfolio badge")
