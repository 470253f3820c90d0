"""The script `run`: what a newcomer sees on a fresh machine, and what may go wrong there.

Most tests give it an installer of their own (a small `uv` on PATH) that notes what it was asked and can be held up;
some use the real pip with a package made here, so that none needs a network.
"""

import ast
import base64
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from packaging.requirements import Requirement

pytestmark = pytest.mark.slow  # each sets up a checkout

ROOT = Path(__file__).parent.parent

BOT = """
import fcntl, os, sys
from importlib.util import find_spec
with open(os.path.join(os.environ["PYTHONPATH"], ".setup.lock")) as lock:
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
print("bot", sys.argv[1:], "greeting" if find_spec("greeting") else "bare", os.getcwd())
sys.exit(7 if "seven" in sys.argv else 0)
"""

UV = """#!/bin/sh
for last in "$@"; do :; done
basename "$last" >> "$STAGE/asked"
while [ -e "$STAGE/held" ]; do sleep 0.02; done
[ ! -e "$STAGE/broken" ] || { echo "error: the disk is on fire" >&2; exit 1; }
"""

# Runs `run` as it would run where the parts of Python named in LACKING cannot be used.
LACKING = """
import os, runpy, sys
lacking = os.environ["LACKING"].split()
sys.argv = sys.argv[1:]
if "modern" in lacking:
    sys.version_info, sys.version = (3, 9, 2, "final", 0), "3.9.2 (default)"
import subprocess
class Popen(subprocess.Popen):
    def __init__(self, command, **options):
        module = command[command.index("-m") + 1] if "-m" in command else None
        super().__init__(["false"] if module in lacking else command, **options)
subprocess.Popen = Popen
runpy.run_path(sys.argv[0], run_name="__main__")
"""


class Checkout:
    """A small checkout in a folder with a space in its name, with an empty home beside it."""

    def __init__(self, tmp_path: Path) -> None:
        self.root = tmp_path / "study circle"
        self.home = tmp_path / "home"
        self.stage = tmp_path / "stage"
        for folder in (self.root / "bot", self.home, self.stage):
            folder.mkdir(parents=True)
        shutil.copy(ROOT / "run", self.root)
        (self.root / "bot" / "__init__.py").touch()
        (self.root / "bot" / "__main__.py").write_text(BOT)
        (self.root / "pyproject.toml").write_text('[project]\nname = "small"\n')
        (self.root / "requirements.lock").touch()
        (self.root / "requirements-dev.lock").touch()
        uv = self.stage / "uv"
        uv.write_text(UV)
        uv.chmod(0o755)

    def environment(self, uv: bool, extra: Mapping[str, str]) -> dict[str, str]:
        path = [str(self.stage)] if uv else []
        return {
            "PATH": os.pathsep.join([*path, "/usr/bin", "/bin"]),
            "HOME": str(self.home),
            "STAGE": str(self.stage),
            "PIP_CONFIG_FILE": os.devnull,
            **extra,
        }

    def start(self, *args: str, uv: bool = True, lacking: str = "", **extra: str) -> subprocess.Popen[str]:
        driver = ["-c", LACKING] if lacking else []
        return subprocess.Popen(
            [sys.executable, *driver, str(self.root / "run"), *args],
            env=self.environment(uv, {"LACKING": lacking, **extra}),
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *args: str, uv: bool = True, lacking: str = "", **extra: str) -> "Result":
        return Result(self.start(*args, uv=uv, lacking=lacking, **extra))

    @property
    def asked(self) -> list[str]:
        """The lock files that the installer was given so far."""
        path = self.stage / "asked"
        return path.read_text().split() if path.exists() else []

    def ships(self, package: str, checksum: str | None = None) -> dict[str, str]:
        """Lock a package of one module, and return the settings that let pip find it without a network."""
        wheel = self.stage / f"{package}-1.0-py3-none-any.whl"
        info = f"{package}-1.0.dist-info"
        files = {
            f"{package}.py": "",
            f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n",
            f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        }
        record = "".join(f"{name},{record_hash(text)},{len(text)}\n" for name, text in files.items())
        with zipfile.ZipFile(wheel, "w") as archive:
            for name, text in {**files, f"{info}/RECORD": f"{record}{info}/RECORD,,\n"}.items():
                archive.writestr(name, text)
        checksum = checksum or hashlib.sha256(wheel.read_bytes()).hexdigest()
        (self.root / "requirements.lock").write_text(f"{package}==1.0 --hash=sha256:{checksum}\n")
        return {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": self.stage.as_uri()}


class Result:
    """What a finished run printed and returned."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.out, self.err = process.communicate(timeout=30)
        self.status = process.returncode


def record_hash(text: str) -> str:
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


def eventually(fact: Callable[[], object]) -> None:
    """Wait until something is so."""
    limit = time.monotonic() + 10
    while not fact():
        assert time.monotonic() < limit, "it never happened"
        time.sleep(0.01)


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


@pytest.fixture
def held_up(checkout: Checkout) -> Iterator[Path]:
    """An installer that does not finish before this file is deleted."""
    held = checkout.stage / "held"
    held.touch()
    yield held
    held.unlink(missing_ok=True)  # no installer outlives its test


@pytest.fixture(scope="session")
def quick() -> str:
    """What must be lacking for pip not to be unpacked first: two seconds less, where Python has a pip itself."""
    base = getattr(sys, "_base_executable", sys.executable)
    found = subprocess.run([base, "-m", "pip", "--python", sys.executable, "--version"], capture_output=True)
    return "" if found.returncode else "ensurepip"


def test_a_python_that_is_too_old_is_told_which_one_is_needed(checkout: Checkout) -> None:
    result = checkout.run("demo", lacking="modern")
    assert result.status == 1
    assert "needs Python 3.11 or newer; this is 3.9.2" in result.err
    assert not (checkout.root / ".venv").exists()


def test_an_old_python_can_read_the_script_as_far_as_that_message() -> None:
    ast.parse((ROOT / "run").read_text(), feature_version=(3, 6))


def test_the_first_start_sets_up_and_then_runs_the_verb(checkout: Checkout) -> None:
    result = checkout.run("course", "check", "a b")
    assert result.out == f"bot ['course', 'check', 'a b'] bare {checkout.home}\n"
    assert checkout.asked == ["requirements.lock"]
    assert "installing requirements.lock" in result.err


def test_the_exit_status_is_the_verbs_own(checkout: Checkout) -> None:
    assert checkout.run("demo").status == 0
    assert checkout.run("demo", "seven").status == 7


def test_the_second_start_installs_nothing_and_says_nothing(checkout: Checkout) -> None:
    checkout.run("demo")
    again = checkout.run("demo")
    assert (again.status, again.err) == (0, "")
    assert checkout.asked == ["requirements.lock"]


def test_help_needs_no_set_up(checkout: Checkout) -> None:
    assert "./run demo" in checkout.run().out
    assert "./run demo" in checkout.run("--help").out
    assert not (checkout.root / ".venv").exists()


def test_changed_pins_or_wishes_set_up_anew_but_a_linters_setting_does_not(checkout: Checkout) -> None:
    checkout.run("demo")
    project = checkout.root / "pyproject.toml"
    project.write_text(project.read_text() + "[tool.ruff]\nline-length = 99\n")
    checkout.run("demo")
    assert len(checkout.asked) == 1
    project.write_text('[project]\nname = "small"\ndependencies = ["rich"]\n')
    checkout.run("demo")
    assert len(checkout.asked) == 2
    (checkout.root / "requirements.lock").write_text("# one more pin\n")
    checkout.run("demo")
    assert len(checkout.asked) == 3


def test_a_checkout_that_moved_sets_up_anew(checkout: Checkout) -> None:
    checkout.run("demo")
    checkout.root = checkout.root.rename(checkout.root.with_name("elsewhere"))
    assert checkout.run("demo").status == 0
    assert len(checkout.asked) == 2


def test_the_tests_add_their_packages_to_what_is_there(checkout: Checkout) -> None:
    checkout.run("demo")
    (checkout.root / ".venv" / "mine").touch()
    checkout.run("test")
    assert checkout.asked == ["requirements.lock", "requirements-dev.lock"]
    assert (checkout.root / ".venv" / "mine").exists()


def test_what_the_tests_need_is_enough_for_the_bot(checkout: Checkout) -> None:
    checkout.run("test")
    assert checkout.run("demo").err == ""
    assert checkout.asked == ["requirements-dev.lock"]


def test_a_failed_step_is_named_and_the_next_start_begins_again(checkout: Checkout) -> None:
    broken = checkout.stage / "broken"
    broken.touch()
    result = checkout.run("demo")
    assert (result.status, result.out) == (1, "")
    assert "Setting up failed at: installing requirements.lock.\n    error: the disk is on fire" in result.err
    assert "Nothing outside this folder was changed." in result.err
    broken.unlink()
    assert checkout.run("demo").status == 0


def test_the_bot_still_runs_when_the_packages_for_the_tests_cannot_be_had(checkout: Checkout) -> None:
    checkout.run("demo")
    (checkout.stage / "broken").touch()
    assert checkout.run("test").status == 1
    assert checkout.run("demo").status == 0


def test_a_second_copy_waits_for_the_first_and_uses_what_it_made(checkout: Checkout, held_up: Path) -> None:
    first = checkout.start("demo")
    eventually(lambda: checkout.asked)
    second = checkout.start("demo")
    assert second.stderr is not None
    assert second.stderr.readline() == "Another ./run is setting up this folder; waiting until it is done.\n"
    held_up.unlink()
    assert [Result(first).status, Result(second).status] == [0, 0]
    assert len(checkout.asked) == 1


def test_a_set_up_killed_half_way_starts_over_once_its_orphan_is_gone(checkout: Checkout, held_up: Path) -> None:
    first = checkout.start("demo")
    eventually(lambda: checkout.asked)
    first.kill()
    assert Result(first).status == -9
    (checkout.root / ".venv" / "half").touch()
    second = checkout.start("demo")
    assert second.stderr is not None
    assert "waiting" in second.stderr.readline()
    assert (checkout.root / ".venv" / "half").exists()
    held_up.unlink()
    assert Result(second).status == 0
    assert not (checkout.root / ".venv" / "half").exists()
    assert len(checkout.asked) == 2


def test_a_folder_that_cannot_be_written_is_said(checkout: Checkout) -> None:
    (checkout.root / ".setup.lock").mkdir()
    result = checkout.run("demo")
    assert result.status == 1
    assert result.err.startswith("Setting up stopped: ")
    assert "Traceback" not in result.err


def test_without_ensurepip_and_pip_the_debian_package_is_named(checkout: Checkout) -> None:
    result = checkout.run("demo", uv=False, lacking="ensurepip pip")
    assert result.status == 1
    assert "apt-get install python3-venv" in result.err


def test_without_ensurepip_the_systems_pip_installs(checkout: Checkout, quick: str) -> None:
    if not quick:
        pytest.skip("this Python has no pip")
    result = checkout.run("demo", uv=False, lacking="ensurepip", **checkout.ships("greeting"))
    assert "greeting" in result.out, result.err


def test_without_a_network_it_says_so_and_leaves_the_home_alone(checkout: Checkout, quick: str) -> None:
    checkout.ships("greeting")
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "1"}
    result = checkout.run("demo", uv=False, lacking=quick, **nowhere)
    assert result.status == 1
    assert "Setting up failed at: installing requirements.lock." in result.err
    assert "The package index can't be reached: is this machine online" in result.err
    assert list(checkout.home.iterdir()) == []


def test_with_the_python_as_it_comes_pip_is_added_and_installs(checkout: Checkout) -> None:
    result = checkout.run("demo", uv=False, **checkout.ships("greeting"))
    assert "greeting" in result.out, result.err


def test_a_package_with_another_checksum_is_refused(checkout: Checkout, quick: str) -> None:
    result = checkout.run("demo", uv=False, lacking=quick, **checkout.ships("greeting", checksum="0" * 64))
    assert result.status == 1
    assert "DO NOT MATCH THE HASHES" in result.err


# The lock files themselves.


def pins(name: str) -> dict[str, str]:
    """The locked versions by package, each checked to have a checksum."""
    entries = re.split(r"\n(?=\S)", (ROOT / name).read_text().strip())
    assert all("--hash=sha256:" in entry for entry in entries)
    return dict(entry.split(" ")[0].split("==") for entry in entries)


def wishes(development: bool) -> list[Requirement]:
    """What pyproject.toml asks for."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    project = settings["project"]
    lists = [project["dependencies"], *project["optional-dependencies"].values()]
    if development:
        lists.append(settings["dependency-groups"]["dev"])
    return [Requirement(text) for texts in lists for text in texts]


@pytest.mark.parametrize(("name", "development"), [("requirements.lock", False), ("requirements-dev.lock", True)])
def test_a_lock_file_fits_what_pyproject_asks_for(name: str, development: bool) -> None:
    locked = pins(name)
    for wish in wishes(development):
        package = re.sub(r"[-_.]+", "-", wish.name).lower()
        assert wish.specifier.contains(locked[package.split("[")[0]]), wish


def test_the_tests_run_with_the_versions_that_the_bot_runs_with() -> None:
    assert pins("requirements.lock").items() <= pins("requirements-dev.lock").items()


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_file_names_no_host(name: str) -> None:
    text = (ROOT / name).read_text()
    assert "://" not in text
    assert "index-url" not in text
