"""The public pages over HTTP: who sees what (J5, J6, J11, J12, J27), and what is found where there is nothing."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from adapters.web.site import FRESH, Site
from bot.ids import NoteId, new_id
from bot.ports import UnitOfWork
from bot.study import publishing
from bot.study.members import MemberState
from bot.study.notes import Note
from bot.study.publishing import Kind
from tests.adapters.web.reading import Web, a_busy_week, elements, opens_page, publishes, surprises
from tests.builders import Scene

NOWHERE = "p/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/"


@pytest.mark.slow
async def test_nothing_is_public_until_somebody_publishes_it(js: Scene, web: Web) -> None:
    await a_busy_week(js)
    assert "No group has a public page yet" in (await web.get("")).words
    for path in (f"g/{js.group.slug}/", f"g/{js.group.slug}/calendar.ics", f"g/{js.group.slug}/feed.atom", NOWHERE):
        assert (await web.get(path)).status == 404


@pytest.mark.slow
async def test_a_portfolio_shows_ones_own_work_and_of_others_only_numbers(js: Scene, web: Web) -> None:
    """J27."""
    await a_busy_week(js)
    await js.changes("jill", goal="Become an astronaut")
    found = await web.get(await publishes(js, "jill"))
    assert found.status == 200
    shown = (
        "Jill",
        "1 study group · 1 piece of work · 1 answer to others · 2 likes",
        "Week 1: values",
        "Practise values",
        "code.example",
        "My first program",
        "About loops",
        "Why does my loop never end",
        "A function that remembers",
        "the answer that solved it",
    )
    for words in shown:
        assert words in found.words
    hidden = ("SECRET WORDS OF TOMAS", "What is a closure", "A private thought", "astronaut")
    for words in (*hidden, "Tomas", "Priya", "Fela", "Nadia"):
        assert words not in found.words
    assert surprises(found.body) == []


async def test_those_who_lead_are_named_once_their_group_has_a_page(js: Scene, web: Web) -> None:
    await opens_page(js)
    assert "led by Fela" in (await web.get(await publishes(js, "jill"))).words


@pytest.mark.slow
async def test_what_is_hidden_is_on_no_page_and_in_no_feed(js: Scene, web: Web) -> None:
    await a_busy_week(js)
    path = await publishes(js, "jill")
    work = (await js.reads(lambda uow: uow.submissions.by_person(js.group.id, js.ids["jill"])))[0]
    page = await opens_page(js)

    def hide(uow: publishing.Publications) -> None:
        publishing.choose(uow, js.ids["jill"], (Kind.SUBMISSION, work.id), shown=False, now=js.clock.now())

    await js.writes(lambda uow: hide(uow.publications))
    for one in (path, f"{path}feed.atom", f"{page}feed.atom"):
        assert b"My first program" not in (await web.get(one)).body


@pytest.mark.slow
async def test_a_page_that_was_taken_down_is_gone_at_once_with_all_that_belongs_to_it(js: Scene, web: Web) -> None:
    path = await publishes(js, "jill")
    page = await opens_page(js)
    below = [path, f"{path}feed.atom", f"{path}card.png", page, f"{page}calendar.ics", f"{page}feed.atom"]
    for one in below:
        assert (await web.get(one)).status == 200

    def withdraw(ports: publishing.Publications) -> None:
        for slug in (path.split("/")[1], page.split("/")[1]):
            found = ports.at(slug)
            assert found is not None
            publishing.withdraw(ports, found, now=js.clock.now())

    await js.writes(lambda uow: withdraw(uow.publications))
    for one in below:
        found = await web.get(one)
        assert (found.status, found.headers["Cache-Control"]) == (410, "no-store")
        assert "taken down" in found.words
    js.clock.move_by(FRESH)
    assert "No group has a public page yet" in (await web.get("")).words


async def test_what_was_never_public_looks_the_same_as_what_never_was(js: Scene, web: Web) -> None:
    """Guessing addresses tells nothing: not whether there is a person, a preview that is over, or a group."""
    slug = (await js.writes(lambda uow: publishing.preview(uow.publications, js.ids["jill"], now=js.clock.now()))).slug
    js.clock.move_by(publishing.PREVIEW)
    page = await publishes(js, "priya")
    group = await opens_page(js)
    paths = [NOWHERE, f"p/{slug}/", f"p/{group.split('/')[1]}/", f"g/{page.split('/')[1]}/", "g/python-together/"]
    found = [await web.get(path) for path in [*paths, "g/.../", "p/%00/", "p/%2e%2e/", "p/'%20OR%201=1/"]]
    assert {one.status for one in found} == {404}
    assert len({one.body for one in found}) == 1
    assert len({tuple(sorted((*one.headers.items(),))[:-2]) for one in found}) <= 2  # but for the date


@pytest.mark.slow
async def test_a_preview_is_seen_by_whoever_has_its_address_and_not_for_long(js: Scene, web: Web) -> None:
    await a_busy_week(js)
    slug = (await js.writes(lambda uow: publishing.preview(uow.publications, js.ids["jill"], now=js.clock.now()))).slug
    found = await web.get(f"p/{slug}/")
    assert "This is a preview" in found.words
    assert "My first program" in found.words
    assert found.headers["Cache-Control"] == "no-store"
    assert found.headers["X-Robots-Tag"] == "noindex"
    assert "ETag" not in found.headers
    for name in ("feed.atom", "card.png"):
        assert (await web.get(f"p/{slug}/{name}")).status == 404
    js.clock.move_by(publishing.PREVIEW - timedelta(seconds=1))
    assert (await web.get(f"p/{slug}/")).status == 200
    js.clock.move_by(timedelta(seconds=1))
    assert (await web.get(f"p/{slug}/")).status == 404


async def test_an_address_cannot_be_guessed_and_a_new_one_leaves_the_old_one_empty(js: Scene, web: Web) -> None:
    path = await publishes(js, "jill")
    assert re.fullmatch(r"p/[a-z2-7]{32}/", path)
    moved = await js.writes(
        lambda uow: publishing.new_address(uow.publications, js.ids["jill"], now=js.clock.now() + timedelta(1))
    )
    assert (await web.get(path)).status == 410
    assert (await web.get(f"p/{moved.slug}/")).status == 200


@pytest.mark.slow
async def test_a_group_page_tells_what_when_who_how_long_and_how_to_join(js: Scene, web: Web) -> None:
    """J5, J6, P16."""
    await js.changes_group(description="We learn it by doing.", seats=6)
    found = await web.get(await opens_page(js, join="https://chat.example/invite"))
    for words in (
        "JavaScript in three weeks",
        "We learn it by doing.",
        "Monday 11 January 2027, 18:00 (Europe/Berlin)",
        "3 weeks",
        "3 places left",
        "Come to the chat: https://chat.example/invite",
        "Type /enrol in the channel of the group",
        "1 values",
        "Practise values",
        "Fela : 1 group run",
        "3 people learn here.",
    ):
        assert words in found.words, words
    for name in ("Jill", "Priya", "Nadia", "Tomas"):
        assert name not in found.words
    assert surprises(found.body) == []
    assert "JavaScript in three weeks" in (await web.get("")).words


async def test_times_are_shown_in_the_readers_zone_if_they_name_it(js: Scene, web: Web) -> None:
    """P15, J12: without a script, whoever reads says where they are; else the group's zone is named."""
    page = await opens_page(js)
    assert "22:30 (Asia/Kolkata)" in (await web.get(f"{page}?zone=kolkata")).words
    strange = (await web.get(f"{page}?zone=%3Cscript%3E")).body
    assert b"I don&#39;t know that place" in strange
    assert surprises(strange) == []


async def test_learners_are_named_if_they_wish_and_lead_to_their_portfolios(js: Scene, web: Web) -> None:
    page = await opens_page(js)
    path = await publishes(js, "jill")
    await js.calls("jill", "group name me", shown="yes")
    await js.calls("priya", "group name me", shown="yes")
    found = await web.get(page)
    assert "Jill" in found.words
    assert "Priya" in found.words
    assert "Nadia" not in found.words
    assert [one.get("href") for one in elements(found.body) if "/p/" in (one.get("href") or "")] == [f"../../{path}"]
    await js.changes("priya", state=MemberState.LEFT)
    js.clock.move_by(FRESH)
    assert "Priya" not in (await web.get(page)).words


@pytest.mark.slow
@pytest.mark.parametrize("listed", [False, True])
async def test_search_engines_stay_out_unless_the_owner_lets_them_in(listed: bool, js: Scene, web: Web) -> None:
    path = await publishes(js, "jill", listed=listed)
    for one in (path, f"{path}feed.atom", f"{path}card.png"):
        assert ("X-Robots-Tag" in (await web.get(one)).headers) is not listed
    assert (b'content="noindex"' in (await web.get(path)).body) is not listed
    assert b"Disallow" not in (await web.get("robots.txt")).body  # who may not look would not see the noindex


async def test_pages_can_only_be_read(js: Scene, web: Web) -> None:
    path = await publishes(js, "jill")
    for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND"):
        found = await web.get(path, method)
        assert (found.status, found.headers["Allow"]) == (405, "GET, HEAD")
    head = await web.get(path, "HEAD")
    assert (head.status, head.body) == (200, b"")


@pytest.mark.slow
async def test_every_answer_forbids_all_that_is_not_needed(js: Scene, web: Web) -> None:
    path, page = await publishes(js, "jill"), await opens_page(js)
    for one in ("", path, page, f"{path}feed.atom", f"{path}card.png", "style.css", "nowhere", "p/x"):
        headers = (await web.get(one)).headers
        policy = headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; style-src 'self'; img-src 'self'; ")
        assert "script" not in policy
        assert "unsafe" not in policy
        assert (headers["X-Content-Type-Options"], headers["Referrer-Policy"]) == ("nosniff", "no-referrer")
        assert "Set-Cookie" not in headers


@pytest.mark.slow
async def test_no_page_has_a_script_or_loads_anything_from_elsewhere(js: Scene, web: Web) -> None:
    await a_busy_week(js)
    path, page = await publishes(js, "jill"), await opens_page(js)
    for one in ("", path, page, "nowhere/at/all"):
        for found in elements((await web.get(one)).body):
            assert found.tag != "script"
            loaded = found.get("src") or (found.get("href") if found.get("rel") in ("stylesheet", "icon") else "")
            assert re.match(r"(\.\./|\./|$)", loaded or "")


async def test_whoever_has_a_page_already_is_told_so(js: Scene, web: Web) -> None:
    path, page = await publishes(js, "jill"), await opens_page(js)
    for one in (path, page, f"{page}calendar.ics", f"{page}feed.atom", "", "style.css"):
        first = await web.get(one)
        again = await web.get(one, If_None_Match=f'"other", W/{first.headers["ETag"]}')
        assert (again.status, again.body) == (304, b"")
        assert (await web.get(one, If_None_Match='"other"')).status == 200
    for one in (f"{page}calendar.ics", f"{page}feed.atom"):
        since = (await web.get(one)).headers["Last-Modified"]
        assert (await web.get(one, If_Modified_Since=since)).status == 304
        assert (await web.get(one, If_Modified_Since="Mon, 01 Jan 2024 00:00:00 GMT")).status == 200
        assert (await web.get(one, If_Modified_Since="yesterday")).status == 200


async def test_an_address_without_its_slash_leads_to_the_one_with_it_whether_there_is_anything_or_not(
    js: Scene, web: Web
) -> None:
    path = await publishes(js, "jill")
    for one in (path[:-1], NOWHERE[:-1]):
        found = await web.get(one)
        assert (found.status, found.headers["Location"]) == (308, f"./{one[2:]}/")


async def test_addresses_that_are_too_long_or_strange_lead_nowhere(js: Scene, web: Web) -> None:
    path, page = await publishes(js, "jill"), await opens_page(js)
    for one in (
        f"{path}{'a' * 400}",
        f"{path}?{'a' * 300}",
        f"{path}0/",
        f"{path}1/",
        f"{path}2/",
        f"{path}-1/",
        f"{path}9999999999/",
        f"{path}²/",
        f"{path}style.css",
        f"{page}x",
        f"{path}/",
        "/",
        "static/../style.css/x",
    ):
        assert (await web.get(one.replace("²", "%C2%B2"))).status == 404, one


async def test_a_failure_is_told_kindly_and_without_a_trace(
    js: Scene, web: Web, site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fails(wish: object) -> None:
        raise RuntimeError("postgresql://circle:secret@db is away")

    monkeypatch.setattr(site, "answer", fails)
    found = await web.get("")
    assert found.status == 500
    assert "This page can't be shown just now" in found.words
    assert b"secret" not in found.body
    assert "a public page failed" in caplog.text


@pytest.mark.slow
async def test_a_long_portfolio_comes_in_pages_that_are_each_under_50_kilobytes(js: Scene, web: Web) -> None:
    """J12: 500 things, each with more words than most write."""
    await js.writes(lambda uow: _writes_a_lot(js, uow))
    path = await publishes(js, "jill")
    style = len((await web.get("style.css")).body)
    sizes, seen, number = [], set(), 1
    while (found := await web.get(path if number == 1 else f"{path}{number}/")).status == 200:
        sizes.append(len(found.body))
        seen |= set(re.findall(r"thought number \d+", found.words))
        number += 1
    assert len(seen) == 500
    assert max(sizes) + style < 50_000
    assert len(sizes) < 60


def _writes_a_lot(js: Scene, uow: UnitOfWork) -> None:

    for number in range(500):
        words = f"thought number {number}, " + "and 'more' <of> it\n" * (number % 20)
        note = Note(
            NoteId(new_id(js.clock.now())),
            js.group.id,
            js.ids["jill"],
            f"https://blog.example/{number}",
            words,
            js.clock.now(),
            shared=True,
        )
        uow.notes.add(note)
