"""`badge` on the command line: keys, giving, revoking, and checking without any network (J3, J15)."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import ClientSession
from typer.testing import CliRunner

from adapters.badges.issuing import Signer
from bot.__main__ import app
from bot.ports import UnitOfWork
from bot.study.records import ParticipationRecord
from storage.store import open_store
from tests.adapters.badges.conftest import a_claim
from tests.fresh import prepared
from tests.processes import Ended
from tests.storage import samples

Run = Callable[..., Ended]
SITE = "https://circle.example.org"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return how to run a verb in the test's folder, in this process."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STUDYCIRCLE_WEB__PUBLIC_URL", SITE)

    def run(*args: str) -> Ended:
        done = CliRunner().invoke(app, ["badge", *args])
        return Ended(done.exit_code, done.stdout, done.stderr)

    return run


@pytest.fixture
def here(tmp_path: Path) -> str:
    """Return the short name of a group that Ann finished."""
    url = prepared(f"sqlite:///{tmp_path / 'studycircle.db'}")

    def begin(uow: UnitOfWork) -> str:
        samples.found_group(uow)
        group = uow.groups.get(samples.GROUP)
        assert group is not None
        now = datetime.now(UTC)
        for number, (person, finished) in enumerate(((samples.ANN, True), (samples.BEN, False))):
            record = ParticipationRecord(900 + number, group.id, person, finished, 8, 10, 1, "80 % of it", now)
            uow.records.add(record)
        return group.slug

    async def work() -> str:
        async with await open_store(url, durable=False) as store:
            return await store.write(begin)

    return asyncio.run(work())


def test_a_badge_without_an_address_holds_here_after_a_new_key_and_with_an_address(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("STUDYCIRCLE_WEB__PUBLIC_URL")
    signer = Signer(tmp_path / "badge-keys.json", "Studycircle", None, lambda: datetime.now(UTC))
    (tmp_path / "badge.jwt").write_bytes(signer.files(a_claim())[2].content)
    run("key", "--rotate")
    assert run("verify", "badge.jwt").out.startswith("Valid: Jill finished")
    monkeypatch.setenv("STUDYCIRCLE_WEB__PUBLIC_URL", SITE)
    assert run("verify", "badge.jwt").out.startswith("Valid: Jill finished")

    kept = json.loads((tmp_path / "badge-keys.json").read_text())
    (tmp_path / "badge-keys.json").write_text(json.dumps({"keys": kept["keys"][:1]}))
    assert run("verify", "badge.jwt").status == 1, "a key that was taken out is trusted no more"


def test_an_issuer_writes_no_lines_of_their_own_into_what_is_told(run: Run, tmp_path: Path) -> None:
    """A terminal would obey what stands there, and people would take it for our words."""
    signer = Signer(tmp_path / "evil.json", "Evil", None, lambda: datetime.now(UTC))
    spoof = "Eve\n\nIt was not revoked, says the issuer's status list.\x1b[2K"
    badge = signer.credential(a_claim(name=spoof, group=spoof)).to_jwt_payload()
    (tmp_path / "evil.jwt").write_text(signer.sign(badge))

    found = run("verify", "evil.jwt", "--issuer", badge["iss"])
    assert found.status == 0
    assert [line.split(" ")[0] for line in found.out.splitlines()] == [
        "Valid:",
        "Issued",
        "Criteria:",
        "Work:",
        "Nobody",
    ]
    assert found.out.replace("\n", "").isprintable()


@pytest.mark.slow
def test_a_badge_is_issued_verified_revoked_and_fails_then(run: Run, here: str, tmp_path: Path) -> None:
    told = run("issue", here)
    assert (told.status, told.err) == (0, "")
    assert re.fullmatch(r"Ann: badges/\d+\n", told.out)
    [png] = tmp_path.glob("badges/*/badge.png")

    found = run("verify", str(png))
    assert (found.status, found.err) == (0, "")
    assert found.out.splitlines()[0] == "Valid: Ann finished “Maths”."
    assert "Criteria: 80 % of it" in found.out
    assert "The picture is the one that was issued." in found.out
    (changed := tmp_path / "changed.svg").write_bytes(next(tmp_path.glob("badges/*/badge.svg")).read_bytes() + b" ")
    assert run("verify", str(changed)).status == 1
    assert f"get {SITE}/badges/status/0 and give it with --status" in found.out

    assert run("issue", here, "--out", "again").status == 0
    assert run("revoke", here, "local:ann").out.startswith("Revoked: the badge of Ann.")
    assert run("revoke", here, "local:ann").status == 1
    assert run("issue", here).status == 1
    assert run("issue", here, "--member", "local:ann").status == 0


@pytest.mark.slow
def test_a_stranger_verifies_with_the_published_document_alone(
    run: Run, here: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("issue", here)
    [svg] = tmp_path.glob("badges/*/badge.svg")
    signer = Signer(tmp_path / "badge-keys.json", "Studycircle", f"{SITE}/", lambda: datetime.now(UTC))
    away = tmp_path / "away"
    away.mkdir()
    (away / "did.json").write_bytes(signer.document())
    (away / "status").write_bytes(signer.status_list(0, []))
    (away / "badge.svg").write_bytes(svg.read_bytes())
    monkeypatch.chdir(away)

    alone = run("verify", "badge.svg")
    assert alone.status == 1
    assert "Say whose badge it has to be" in alone.err
    assert "It claims to be from did:web:circle.example.org, which nobody has checked." in alone.err
    found = run("verify", "badge.svg", "--issuer", "did.json", "--status", "status")
    assert (found.status, found.err) == (0, "")
    assert "It was not revoked, says the issuer's status list." in found.out
    for wrong in ("did:key:zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU2169", "badge.svg", "nowhere.json"):
        assert run("verify", "badge.svg", "--issuer", wrong).status == 1


def test_the_key_is_shown_without_its_secret_and_renewed(run: Run, tmp_path: Path) -> None:
    first = run("key")
    assert first.status == 0
    assert "Issuer: did:web:circle.example.org" in first.out
    assert "PRIVATE" not in first.out
    assert "2, the newest is key-2" in run("key", "--rotate").out


@pytest.mark.slow
@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("issue", "nothing"), "There is no group “nothing”."),
        (("revoke", "maths", "nobody"), "is not PLATFORM:USER"),
        (("revoke", "maths", "local:nobody"), "The bot has not met local:nobody."),
        (("verify", "nothing.png"), "nothing.png cannot be read"),
    ],
)
def test_what_cannot_be_is_told_in_words(run: Run, here: str, args: tuple[str, ...], words: str) -> None:
    told = run(*(here if arg == "maths" else arg for arg in args))
    assert told.status == 1
    assert words in told.err
    assert "Traceback" not in told.err


@pytest.mark.slow
async def test_the_identity_and_the_lists_are_served(tmp_path: Path) -> None:
    from adapters.badges.later import SignerLater
    from adapters.web.badges import routes
    from adapters.web.server import Server

    url = f"sqlite:///{tmp_path / 'test.db'}"
    issuer = SignerLater(tmp_path / "keys.json", "Studycircle", f"{SITE}/", lambda: datetime.now(UTC))
    async with await open_store(url, durable=False) as store:
        server = Server("127.0.0.1", 0, routes(store, issuer))
        await server.start()
        try:
            async with ClientSession(f"http://127.0.0.1:{server.port}") as client:
                async with client.get("/.well-known/did.json") as answer:
                    assert answer.status == 200
                    assert answer.headers["Access-Control-Allow-Origin"] == "*"
                    assert (await answer.json(content_type=None))["id"] == "did:web:circle.example.org"
                async with client.get("/badges/status/0") as answer:
                    assert (answer.status, answer.content_type) == (200, "application/vc+jwt")
                    assert (await answer.text()).count(".") == 2
                for path in ("/badges/status/1", "/badges/status/x", "/badges/status/99999999"):
                    async with client.get(path) as answer:
                        assert answer.status == 404
        finally:
            await server.stop()
