"""`audit verify` and `audit show`: what they print, and that whoever changes the log is told of."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from schedules.clock import SystemClock
from tests.processes import ROOT, Ended, run

pytestmark = pytest.mark.slow  # each starts the program

DATABASE = "studycircle.db"
WHOLE = re.compile(r"instance: whole, 2 lines, last hash [0-9a-f]{64}\n")


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return a database in which two groups were founded from the command line."""
    folder = tmp_path_factory.mktemp("founded")
    for channel in ("javascript", "python"):
        made = run(
            *("group", "create", "--course", ROOT / "courses" / "javascript-in-five-weeks.md"),
            *("--home", f"local:acme/{channel}", "--facilitator", "local:fela"),
            *("--starts", f"{SystemClock().now().year + 1}-01-12T18:00", "--zone", "Europe/Berlin"),
            cwd=folder,
        )
        assert made.status == 0, made.err
    return Path(folder, DATABASE).read_bytes()


@pytest.fixture
def there(founded: bytes, tmp_path: Path) -> Path:
    """Return a folder with that database in it."""
    Path(tmp_path, DATABASE).write_bytes(founded)
    return tmp_path


def audit(there: Path, *args: str) -> Ended:
    ended = run("audit", *args, cwd=there)
    assert ended.err == "" or ended.status == 1, ended.err
    return ended


def change(there: Path, statement: str) -> None:
    with closing(sqlite3.connect(there / DATABASE)) as db:
        db.execute(statement)
        db.commit()


def test_a_log_that_nobody_changed_is_whole(there: Path) -> None:
    verified = audit(there, "verify")
    assert (verified.status, bool(WHOLE.fullmatch(verified.out))) == (0, True), verified.out


def test_a_changed_line_is_named_and_the_status_says_so(there: Path) -> None:
    change(there, "UPDATE audit_entry SET actor = 7 WHERE number = 1")
    verified = audit(there, "verify")
    assert verified.status == 1
    first, second = verified.out.splitlines()
    assert first.startswith("instance: not whole, 2 lines, last hash ")
    assert second == "  line 1 was changed"


def test_a_line_that_no_program_wrote_is_told_of_without_a_traceback(there: Path) -> None:
    change(there, "UPDATE audit_entry SET at = 'yesterday' WHERE number = 2")
    verified = audit(there, "verify")
    assert (verified.status, verified.err) == (1, "")
    assert verified.out.endswith("  a line after 0 cannot be read\n")


def test_a_cut_that_also_mends_the_end_is_found_against_an_earlier_output(there: Path) -> None:
    before = there / "before.txt"
    before.write_text(audit(there, "verify").out)
    assert audit(there, "verify", "--against", str(before)).status == 0
    change(there, "DELETE FROM audit_entry WHERE number = 2")
    change(there, "UPDATE audit_chain SET number = 1, hash = (SELECT hash FROM audit_entry)")
    assert audit(there, "verify").status == 0
    verified = audit(there, "verify", "--against", str(before))
    assert verified.status == 1
    assert verified.out.endswith("  lines 2 to 2 are missing\n")


def test_a_log_that_is_gone_altogether_is_found_against_an_earlier_output(there: Path) -> None:
    before = there / "before.txt"
    before.write_text(audit(there, "verify").out)
    change(there, "DELETE FROM audit_entry")
    change(there, "DELETE FROM audit_chain")
    assert audit(there, "verify").out == "The audit log is empty.\n"
    verified = audit(there, "verify", "--against", str(before))
    assert verified.status == 1
    assert verified.out.endswith("  lines 1 to 2 are missing\n")


def test_a_file_that_is_no_earlier_output_is_refused(there: Path) -> None:
    other = there / "other.txt"
    other.write_text("Hello\n")
    verified = audit(there, "verify", "--against", str(other))
    assert (verified.status, verified.out) == (1, "")
    assert verified.err == f"{other} is no output of audit verify: it has no line with a last hash.\n"


def test_lines_are_shown_with_when_who_and_what(there: Path) -> None:
    shown = audit(there, "show").out.splitlines()
    line = r"\d  \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC  the command line  group create  group=\d{18,19}"
    assert [bool(re.fullmatch(line, one)) for one in shown] == [True, True], shown
    group = re.findall(r"group=(\d+)", shown[0])[0]
    assert audit(there, "show", "--group", group).out == f"The audit log has no lines of group:{group}.\n"


def test_looking_for_the_log_makes_no_database(tmp_path: Path) -> None:
    verified = audit(tmp_path, "verify")
    assert (verified.status, verified.out) == (1, "")
    assert verified.err.startswith("There is no database at ")
    assert list(tmp_path.iterdir()) == []
