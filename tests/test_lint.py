"""`./run lint`: every check has its say, and no network is no failure."""

import json
import sys
from collections.abc import Callable

import pytest

from tools import lint


def prints(text: str, status: int = 0) -> list[str]:
    """Return a command that prints something and ends with this status."""
    return [sys.executable, "-c", f"print({text!r}); raise SystemExit({status})"]


@pytest.fixture
def audit_of(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], bool]:
    """Give the audit an answer instead of asking for one."""

    def audit(answer: str) -> bool:
        monkeypatch.setattr(lint, "AUDIT", prints(answer))
        return lint.audit()

    return audit


def test_all_checks_run_even_if_one_fails(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(lint, "QUICK", {"first": prints("a broken line", status=1), "second": prints("all is well")})
    assert lint.main(["--quick"]) == 1
    printed = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in printed] == [
        ["first", "FAILED"],
        ["a", "broken"],
        ["second", "ok"],
        ["Failed:", "first."],
    ]


def test_a_clean_run_ends_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lint, "QUICK", {"only": prints("fine")})
    assert lint.main(["--quick"]) == 0


def test_the_audit_is_skipped_without_a_network(
    audit_of: Callable[[str], bool], capsys: pytest.CaptureFixture[str]
) -> None:
    assert audit_of("ERROR: Temporary failure in name resolution")
    assert "skipped" in capsys.readouterr().out


def test_the_audit_is_skipped_where_nobody_knows_the_packages(
    audit_of: Callable[[str], bool], capsys: pytest.CaptureFixture[str]
) -> None:
    assert audit_of(json.dumps({"dependencies": [{"name": "rich", "skip_reason": "not found"}], "fixes": []}))
    assert "skipped" in capsys.readouterr().out


def test_the_audit_names_the_weak_package(audit_of: Callable[[str], bool], capsys: pytest.CaptureFixture[str]) -> None:
    weak = {"name": "rich", "version": "1.0", "vulns": [{"id": "PYSEC-1"}]}
    assert not audit_of(
        json.dumps({"dependencies": [weak, {"name": "yarl", "version": "2", "vulns": []}], "fixes": []})
    )
    assert "rich 1.0: PYSEC-1" in capsys.readouterr().out


def test_the_audit_passes_when_nothing_is_known_to_be_weak(audit_of: Callable[[str], bool]) -> None:
    assert audit_of(json.dumps({"dependencies": [{"name": "yarl", "version": "2", "vulns": []}], "fixes": []}))
