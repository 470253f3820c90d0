"""`export site` on the command line: the files, and what to know about the badges among them (P13, J3)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.__main__ import app
from tests.fresh import prepared
from tests.processes import Ended

Run = Callable[..., Ended]
SITE = "https://circle.example.org"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return how to export the site of an installation that has an address, in this process."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STUDYCIRCLE_WEB__PUBLIC_URL", SITE)
    prepared(f"sqlite:///{tmp_path / 'studycircle.db'}")

    def run(*args: str) -> Ended:
        done = CliRunner().invoke(app, ["export", "site", "out", *args])
        return Ended(done.exit_code, done.stdout, done.stderr)

    return run


@pytest.mark.slow
def test_the_files_hold_who_issues_badges_and_for_how_long_the_list_is_good(run: Run, tmp_path: Path) -> None:
    told = run()
    assert (told.status, told.err) == (0, "")
    assert "holds for 7 days" in told.out
    for name in ("did.json", ".well-known/did.json", "badges/status/0", "index.html"):
        assert (tmp_path / "out" / name).is_file()


@pytest.mark.slow
def test_files_for_another_place_leave_the_badges_where_they_are(run: Run, tmp_path: Path) -> None:
    told = run("--url", "https://elsewhere.example/pages")
    assert f"checked at {SITE}/: keep that reachable" in told.out
    assert not (tmp_path / "out" / "did.json").exists()
