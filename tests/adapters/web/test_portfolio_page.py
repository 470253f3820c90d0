"""What a public portfolio shows beside the work: own words, order, feedback, names, badges (S5, S7, J3, J27)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.badges.later import SignerLater
from adapters.badges.verifying import verify
from adapters.web.export import write
from adapters.web.pages import Pages
from adapters.web.server import Server
from adapters.web.site import FRESH, Site, Wish
from bot.ids import code
from bot.language import Languages
from bot.ports import UnitOfWork
from bot.study import publishing
from tests.adapters.web.reading import ADDRESS, Got, Web, a_busy_week, elements, publishes, surprises
from tests.builders import Scene


@pytest.fixture
def issuer(tmp_path: Path) -> SignerLater:
    return SignerLater(tmp_path / "keys.json", "Circle", ADDRESS, _now)


@pytest.fixture
def site(js: Scene, issuer: SignerLater) -> Site:
    """Return a site that signs badges."""
    return Site(js.store, js.clock, Languages(), ADDRESS, "Circle", issuer=issuer)


@pytest.fixture
async def web(site: Site) -> AsyncIterator[Web]:
    """Return a browser's way to that site."""
    server = Server("127.0.0.1", 0, Pages(site).routes())
    await server.start()
    async with Web(f"http://127.0.0.1:{server.port}/") as opened:
        yield opened
    await server.stop()


def _now() -> datetime:
    """Return the real time, by which libraries judge."""
    return datetime.now(UTC)


@pytest.mark.slow
async def test_own_words_stand_below_the_work_on_the_page_and_in_the_preview(js: Scene, web: Web) -> None:
    """S5: others read why it mattered."""
    await a_busy_week(js)
    work = (await js.reads(lambda uow: uow.submissions.by_person(js.group.id, js.ids["jill"])))[0]
    await js.calls(
        "jill", "portfolio story", submitted=True, what=f"submission:{code(work.id)}", line="It ran at 3 <b>am</b>"
    )
    slug = (await js.writes(lambda uow: publishing.preview(uow.publications, js.ids["jill"], now=js.clock.now()))).slug
    for path in (f"p/{slug}/", await publishes(js, "jill")):
        found = await web.get(path)
        assert "In my own words It ran at 3 <b>am</b>" in found.words
        assert surprises(found.body) == []


@pytest.mark.slow
async def test_what_is_put_first_is_first_and_what_is_hidden_is_not_there(js: Scene, web: Web) -> None:
    """J27."""
    await a_busy_week(js)
    notes = await js.reads(lambda uow: uow.notes.by_person(js.group.id, js.ids["jill"]))
    for note in notes:
        await js.calls("jill", "portfolio first", what=f"note:{code(note.id)}", first="yes")
    found = (await web.get(await publishes(js, "jill"))).words
    assert found.index("Shown first · Week 1: values") < found.index("About loops") < found.index("My first program")
    assert "A private thought" not in found


@pytest.mark.slow
async def test_feedback_is_counted_and_people_are_named_where_they_agreed(js: Scene, web: Web) -> None:
    """S7: two who agreed, and one who did not."""
    for name in ("priya", "nadia"):
        await js.does(name, f"/submit activity:1.1 https://code.example/{name}")
        await js.presses("jill", "Give feedback", js.home.last)
        await js.fills("jill", works="It ends", suggestion="Try an empty list")
    given = await js.reads(lambda uow: uow.reviews.by_person(js.group.id, js.ids["jill"]))
    await js.calls("priya", "review helped", id=code(given[0].id))
    path = await publishes(js, "jill")
    found = (await web.get(path)).words
    assert "gave feedback 2 times, 1 of it “helped me” · helped 2 people" in found
    assert "Priya" not in found

    await js.calls("priya", "settings credit", named="yes")
    js.clock.move_by(FRESH)
    found = (await web.get(path)).words
    assert "helped Priya, 1 other person" in found
    assert "Nadia" not in found


@pytest.mark.slow
async def test_feedback_is_on_the_page_where_its_author_shows_it_and_says_nothing_of_its_reader(
    js: Scene, web: Web
) -> None:
    """J27: an item of its own, with a line of one's own (S5), hidden until it is shown."""
    await js.does("priya", "/submit activity:1.1 https://code.example/priyas-work")
    await js.presses("jill", "Give feedback", js.home.last)
    await js.fills("jill", works="It ends", suggestion="Try an <b>empty</b> list")
    [given] = await js.reads(lambda uow: uow.reviews.by_person(js.group.id, js.ids["jill"]))
    await js.calls("priya", "review helped", id=code(given.id))
    path = await publishes(js, "jill")
    assert "It ends" not in (await web.get(path)).words

    await js.calls("jill", "portfolio item", what=f"review:{code(given.id)}", shown="yes")
    await js.calls(
        "jill", "portfolio story", submitted=True, what=f"review:{code(given.id)}", line="Reading it taught me, too."
    )
    js.clock.move_by(FRESH)
    found = await web.get(path)
    assert "Feedback on somebody's work: Practise values" in found.words
    assert "It ends Try an <b>empty</b> list" in found.words
    assert "In my own words Reading it taught me, too." in found.words
    assert "“helped me”, says who got it" in found.words
    assert "riya" not in found.words
    assert surprises(found.body) == []


async def with_a_badge(js: Scene) -> str:
    """Let Jill finish the group and have her badge; return its code."""
    await js.changes_group(finish_percent=30, finish_help=0)
    await a_busy_week(js)
    await js.does("fela", "/lead group finish")
    await js.presses("fela", "Finish it")
    await js.passes(minutes=1)

    def past(uow: UnitOfWork) -> int:
        """Let the badge be of the past: the story plays in the future, of which no verifier approves."""
        [badge] = uow.badges.of_person(js.ids["jill"])
        uow.badges.save(replace(badge, at=_now()))
        return badge.id

    if not await js.reads(lambda uow: uow.badges.of_person(js.ids["jill"])):
        await js.calls("jill", "portfolio badge make")
    return code(await js.writes(past))


async def shows_badge(js: Scene, *, shown: bool) -> None:
    await js.calls("jill", "portfolio item", what=f"badge:{code(js.group.id)}", shown="yes" if shown else "no")
    js.clock.move_by(FRESH)


def is_real(found: Got, issuer: SignerLater) -> str:
    """Return whose badge it is; raises where it does not hold."""
    verdict = verify(found.body, f"did:web:{ADDRESS.removeprefix('https://').strip('/')}", issuer.document())
    return str(verdict)


@pytest.mark.slow
async def test_a_badge_is_on_the_page_where_its_owner_shows_it(js: Scene, web: Web, issuer: SignerLater) -> None:
    """J3, J27: a stranger downloads it from the page, and verifies it with nothing but did.json."""
    badge, path = await with_a_badge(js), await publishes(js, "jill")
    hidden = await web.get(path)
    assert "badge" not in hidden.words.lower()
    assert (await web.get(f"{path}badge/{badge}.png")).status == 404

    await shows_badge(js, shown=True)
    found = await web.get(path)
    assert surprises(found.body) == []
    [image] = [one for one in elements(found.body) if one.tag == "img"]
    assert (image.attrib["src"], image.attrib["alt"]) == (
        f"../../{path}badge/{badge}.svg",
        "Badge: finished JavaScript in three weeks",
    )
    for ending, kind in (("png", "image/png"), ("svg", "image/svg+xml")):
        file = await web.get(f"{path}badge/{badge}.{ending}")
        assert (file.status, file.headers["Content-Type"]) == (200, kind)
        assert "Jill" in is_real(file, issuer)
    how = await web.get("badges/")
    assert "Open Badges 3.0" in how.words
    assert "./run badge verify badge.png --issuer did.json" in how.words
    assert surprises(how.body) == []
    assert (await web.get("did.json")).body == issuer.document()

    await shows_badge(js, shown=False)
    assert (await web.get(f"{path}badge/{badge}.png")).status == 404


@pytest.mark.slow
async def test_a_revoked_badge_and_one_of_somebody_else_are_not_there(js: Scene, web: Web) -> None:
    badge, path, other = await with_a_badge(js), await publishes(js, "jill"), await publishes(js, "priya")
    await shows_badge(js, shown=True)
    for wrong in (f"{other}badge/{badge}.png", f"{path}badge/{badge}.exe", f"{path}badge/", f"{path}badge/x.png"):
        assert (await web.get(wrong)).status == 404

    def revoke(uow: UnitOfWork) -> None:
        [found] = uow.badges.of_person(js.ids["jill"])
        uow.badges.save(replace(found, revoked_at=_now()))

    await js.writes(revoke)
    js.clock.move_by(FRESH)
    assert (await web.get(f"{path}badge/{badge}.png")).status == 404
    assert "<img" not in (await web.get(path)).body.decode()


@pytest.mark.slow
async def test_a_badge_is_in_the_preview_and_in_the_export(js: Scene, web: Web, site: Site, tmp_path: Path) -> None:
    """J27, P13."""
    badge, path = await with_a_badge(js), await publishes(js, "jill")
    await shows_badge(js, shown=True)
    slug = (await js.writes(lambda uow: publishing.preview(uow.publications, js.ids["jill"], now=js.clock.now()))).slug
    assert "The badge as a file" in (await web.get(f"p/{slug}/")).words
    assert (await web.get(f"p/{slug}/badge/{badge}.png")).headers["Cache-Control"] == "no-store"

    await write(site, tmp_path / "out")
    for name in (f"{path}badge/{badge}.png", f"{path}badge/{badge}.svg", "badges/index.html", "did.json"):
        assert (tmp_path / "out" / name).stat().st_size > 0


@pytest.mark.slow
async def test_pages_stay_small_with_all_of_it(js: Scene, site: Site) -> None:
    """J27: a page is less than 50 KB, also where every thing has a long line of its own."""
    for number in range(60):
        await js.does("jill", f"/note text:Note {number} {'word ' * 60} share:yes")
    for note in await js.reads(lambda uow: uow.notes.by_person(js.group.id, js.ids["jill"])):
        await js.calls("jill", "portfolio story", submitted=True, what=f"note:{code(note.id)}", line="<&> " * 100)
    path = await publishes(js, "jill")
    pages = [one for one in await site.paths() if one.startswith(path) and one.endswith("/")]
    assert len(pages) > 2
    for one in pages:
        assert len((await site.answer(Wish(one))).body) < 50_000
