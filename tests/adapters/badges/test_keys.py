"""The keys that badges are signed with: of several who change them at once, nobody's change is lost (J3)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from adapters.badges import keys
from tests.adapters.badges.conftest import NOW
from tests.processes import PATIENCE, ROOT, environment

ROTATIONS = 12
ROTATES = f"""
import sys
from datetime import UTC, datetime
from pathlib import Path
from adapters.badges import keys
print("ready", flush=True)
sys.stdin.readline()
for _ in range({ROTATIONS}):
    keys.rotated(Path(sys.argv[1]), datetime.now(UTC))
"""


@pytest.mark.slow
def test_processes_that_make_new_keys_at_once_lose_none(key_file: Path) -> None:
    before = keys.loaded(key_file, NOW).newest.name
    started = [
        subprocess.Popen(
            [sys.executable, "-c", ROTATES, key_file],
            cwd=ROOT,
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        for _ in range(2)
    ]
    try:
        for one in started:
            assert one.stdout is not None
            assert one.stdout.readline() == "ready\n"
        for one in started:
            assert one.stdin is not None
            one.stdin.write("go\n")
            one.stdin.flush()
        assert [one.wait(PATIENCE) for one in started] == [0, 0]
    finally:
        for one in started:
            one.kill()
            one.communicate()

    known = keys.loaded(key_file, NOW).listed
    assert before == "key-1"
    assert [key.name for key in known] == [f"key-{number}" for number in range(2 * ROTATIONS + 1, 0, -1)]
    assert [key.name for key in known if key.private is not None] == [known[0].name]
    assert [one.name for one in key_file.parent.iterdir()] == [key_file.name]
