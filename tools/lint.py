"""Run every check of the code that needs no test: `./run lint`, `./run lint --quick`, `./run lint --fix`."""

import json
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

BIN = Path(sys.executable).parent

QUICK = {
    "ruff check": ["ruff", "check"],
    "ruff format": ["ruff", "format", "--check"],
}
FIX = {
    "ruff check": ["ruff", "check", "--fix"],
    "ruff format": ["ruff", "format"],
}
THOROUGH = {
    "mypy": ["mypy"],
    "imports": ["lint-imports", "--no-cache", "--no-logo"],
    "bandit": ["bandit", "-q", "-r", "-c", "pyproject.toml", "bot", "adapters", "schedules", "storage"],
}
AUDIT = ["pip-audit", "-r", "requirements.lock", "--disable-pip", "--require-hashes", "-f", "json", "--timeout", "5"]


def main(args: list[str]) -> int:
    """Run the checks that the arguments ask for, all of them even if one fails; return 1 if one did."""
    checks = FIX if "--fix" in args else QUICK if "--quick" in args else QUICK | THOROUGH
    failed = [name for name, command in checks.items() if not check(name, command)]
    if "--fix" not in args and "--quick" not in args and not audit():
        failed.append("pip-audit")
    print(f"Failed: {', '.join(failed)}." if failed else "All checks passed.")
    return 1 if failed else 0


def check(name: str, command: list[str]) -> bool:
    """Run one tool, print its result, and what it said if it failed; return whether it passed."""
    began = time.monotonic()
    status, output = run(command)
    report(name, "FAILED" if status else "ok", began, output.splitlines() if status else [])
    return status == 0


def audit() -> bool:
    """Ask for known weaknesses of the locked packages; having nobody to ask is no failure."""
    began = time.monotonic()
    _, output = run(AUDIT)
    lines = output.strip().splitlines() or ["it printed nothing"]
    found = next((line for line in lines if line.startswith('{"dependencies"')), None)
    if found is None:
        report(
            "pip-audit",
            "skipped",
            began,
            ["no advisories could be fetched (is there a network?):", f"{lines[-1]:.200}"],
        )
        return True
    answers = [package for package in json.loads(found)["dependencies"] if "vulns" in package]
    if not answers:
        report("pip-audit", "skipped", began, ["the package index in use knows no advisories"])
        return True
    weak = [f"{p['name']} {p['version']}: {', '.join(v['id'] for v in p['vulns'])}" for p in answers if p["vulns"]]
    report("pip-audit", "FAILED" if weak else "ok", began, weak)
    return not weak


def run(command: list[str]) -> tuple[int, str]:
    """Run a tool of this environment; return its exit status and everything that it printed."""
    tool = [str(BIN / command[0]), *command[1:]]
    done = subprocess.run(tool, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return done.returncode, done.stdout.decode(errors="replace")


def report(name: str, result: str, began: float, lines: Iterable[str]) -> None:
    """Print one line for a check, and below it what there is to know."""
    print(f"{name:<12} {result:<8} {time.monotonic() - began:5.1f} s")
    for line in lines:
        print(f"    {line}")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
