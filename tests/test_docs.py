"""The documents say what is so."""

from __future__ import annotations

import re
import runpy
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from bot.__main__ import app
from bot.bootstrap import FEATURES
from tools import commands

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted(
    ROOT / name
    for name in subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    if not name.startswith("courses/")
)
MISSION = (ROOT / "docs" / "mission.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| ([JPS]\d+) \| (?:[^|]+) \| ([^|]+) \|$", re.MULTILINE)
PROOF = re.compile(r"\[[^\]]*\]\(([^)#]+)(?:#[^)]*)?\)")


def links() -> Iterator[tuple[Path, str]]:
    for page in PAGES:
        for target in re.findall(r"\]\(<?([^)>#\s]+)", page.read_text(encoding="utf-8")):
            if "://" not in target and not target.startswith("mailto:"):
                yield page, target


def test_the_page_of_commands_is_what_the_commands_declare() -> None:
    written = commands.PAGE.read_text(encoding="utf-8")
    assert written == commands.page(), "./run docs writes it anew"


def test_every_routine_is_described_with_the_architecture() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    routines = [routine.kind.value for feature in FEATURES for routine in feature.routines]
    assert [name for name in routines if f"| {name} |" not in page] == []


def test_every_link_to_a_file_leads_to_one() -> None:
    lost = [f"{page.relative_to(ROOT)} → {target}" for page, target in links() if not (page.parent / target).exists()]
    assert lost == []


def test_every_verb_that_a_document_names_is_there() -> None:
    own = set(runpy.run_path(str(ROOT / "run"))["VERBS"])
    program = typer.main.get_command(app)
    assert isinstance(program, TyperGroup)
    known = own | set(program.commands) | {"help"}
    named = {
        (page.name, verb)
        for page in PAGES
        if page.name != "CHANGELOG.md"
        for verb in re.findall(r"\./run ([a-z]+)", page.read_text(encoding="utf-8"))
    }
    assert {(page, verb) for page, verb in named if verb not in known} == set()


@pytest.mark.parametrize(("id", "proof"), ROW.findall(MISSION))
def test_every_requirement_is_planned_or_has_proofs_that_name_it(id: str, proof: str) -> None:
    targets = PROOF.findall(proof)
    assert targets or "planned" in proof
    for target in targets:
        text = (ROOT / "docs" / target).read_text(encoding="utf-8")
        assert re.search(rf"\b{id}\b", text), f"{target} does not name {id}"


def test_all_requirements_are_listed() -> None:
    expected = [f"J{n}" for n in range(1, 31)] + [f"P{n}" for n in range(1, 18)] + [f"S{n}" for n in range(1, 8)]
    assert sorted(id for id, _ in ROW.findall(MISSION)) == sorted(expected)
