"""A signer with a key of its own, and a badge to sign."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.badges.issuing import Signer
from bot.ids import GroupId, PersonId
from bot.study.badges import Badge, Claim, Evidence

NOW = datetime.now(UTC).replace(microsecond=0)
SITE = "https://circle.example.org/"


def a_claim(number: int = 5, name: str = "Jill", group: str = "JavaScript in five weeks") -> Claim:
    badge = Badge(930_000_000_000_000_001, GroupId(21), PersonId(11), name, number, NOW)
    evidence = (Evidence("https://circle.example.org/p/abc/", "Portfolio of Jill"),)
    did = f"{name} finished the study group {group}. 10 of 12 required activities done."
    criteria = "80 % of the required activities and help with 1 question of somebody else"
    return Claim(badge, group, did, criteria, "finished this study group", evidence)


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    return tmp_path / "badge-keys.json"


@pytest.fixture
def signer(key_file: Path) -> Signer:
    """Return a signer that has an address."""
    return Signer(key_file, "Studycircle", SITE, lambda: NOW)


@pytest.fixture
def keyed(key_file: Path) -> Signer:
    """Return a signer that is known by its key alone."""
    return Signer(key_file, "Studycircle", None, lambda: NOW)


def token_of(signer: Signer, claim: Claim | None = None) -> str:
    return signer.files(claim or a_claim())[2].content.decode()
