"""The public pages as files for any host."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from adapters.web.export import LIST, write
from adapters.web.site import FRESH, Site
from bot.errors import ConfigError
from bot.language import Languages
from bot.study import publishing
from tests.adapters.web.reading import ADDRESS, a_busy_week, elements, opens_page, publishes
from tests.builders import Scene


@pytest.fixture
def files(js: Scene) -> Site:
    """Return the site as an export draws it."""
    return Site(js.store, js.clock, Languages(), ADDRESS, "Circle", forms=False)


def standing(out: Path) -> set[str]:
    """Return the files below a folder."""
    return {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}


@pytest.mark.slow
async def test_all_that_is_public_is_written_and_every_way_leads_somewhere(
    js: Scene, files: Site, tmp_path: Path
) -> None:
    await a_busy_week(js)
    path, page = await publishes(js, "jill"), await opens_page(js)
    out = tmp_path / "out"
    await write(files, out)
    assert standing(out) == {
        "index.html",
        "404.html",
        "style.css",
        "mark.svg",
        "robots.txt",
        LIST,
        *(f"{path}{name}" for name in ("index.html", "feed.atom", "card.png")),
        *(f"{page}{name}" for name in ("index.html", "calendar.ics", "feed.atom", "card.png")),
    }
    for html in out.rglob("*.html"):
        for one in elements(html.read_bytes()):
            way = one.get("href") or ""
            if re.match(r"\.\.?/", way):
                target = (html.parent / way).resolve()
                assert (target / "index.html" if target.is_dir() else target).is_file(), (html, way)


@pytest.mark.slow
async def test_what_was_taken_down_is_gone_after_the_next_export(js: Scene, files: Site, tmp_path: Path) -> None:
    path, page = await publishes(js, "jill"), await opens_page(js)
    out = tmp_path / "out"
    await write(files, out)
    (out / "mine.txt").write_text("A file of somebody else's.")

    def withdraw(ports: publishing.Publications) -> None:
        found = ports.of_person(js.ids["jill"])
        assert found is not None
        publishing.withdraw(ports, found, now=js.clock.now())

    await js.writes(lambda uow: withdraw(uow.publications))
    js.clock.move_by(FRESH)
    written = await write(files, out)
    assert written.removed == 3
    assert not (out / path).exists()
    assert (out / page / "index.html").exists()
    assert (out / "mine.txt").exists()


async def test_a_folder_of_somebody_elses_is_left_alone(js: Scene, files: Site, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("Years of work.")
    with pytest.raises(ConfigError, match="holds other files"):
        await write(files, tmp_path / "out")
    assert standing(tmp_path / "out") == {"thesis.txt"}


async def test_a_list_that_somebody_changed_removes_nothing_outside(js: Scene, files: Site, tmp_path: Path) -> None:
    (tmp_path / "precious.txt").write_text("Mine.")
    out = tmp_path / "out"
    await write(files, out)
    (out / LIST).write_text("../precious.txt\n")
    await write(files, out)
    assert (tmp_path / "precious.txt").exists()
