"""Badges: a stranger verifies one offline, and what was changed, revoked, expired or forged fails (J3, J15)."""

from __future__ import annotations

import base64
import errno
import hmac
import io
import json
import os
import stat
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from hypothesis import given, settings
from hypothesis.strategies import DataObject, binary, data, integers, sampled_from
from joserfc import jwt as other_jwt
from joserfc.jwk import ECKey
from jsonschema import Draft202012Validator
from openbadgeslib import baking
from openbadgeslib.ob3 import OB3Verifier, OpenBadgeCredential
from PIL import Image

from adapters.badges import carrying, keys, pictures, verifying
from adapters.badges.issuing import FRESH, Signer
from adapters.badges.verifying import NotValid, Verdict, token_in, verify
from bot.errors import ConfigError
from bot.study.badges import IN_LIST
from tests.adapters.badges.conftest import NOW, SITE, a_claim, token_of

SCHEMA = json.loads(Path(__file__).with_name("open-badge-3.schema.json").read_text())
DID = "did:web:circle.example.org"


def checked(signer: Signer, badge: str | bytes, *lists: bytes) -> Verdict:
    content = badge.encode() if isinstance(badge, str) else badge
    return verify(content, signer.did(signer.keys), signer.document() if signer.address else None, lists)


def test_a_badge_says_who_finished_what_by_which_criteria(signer: Signer) -> None:
    found = checked(signer, token_of(signer))
    assert (found.name, found.achievement, found.did) == ("Jill", "JavaScript in five weeks", DID)
    assert found.criteria == a_claim().criteria
    assert found.evidence == ("https://circle.example.org/p/abc/",)
    assert (found.at, found.issuer) == (NOW, "Studycircle")
    assert found.revocable == f"{SITE}badges/status/0"
    assert not found.asked


def test_a_badge_without_an_address_is_verified_by_the_key_that_is_its_issuer(keyed: Signer) -> None:
    found = checked(keyed, token_of(keyed))
    assert found.did.startswith("did:key:zDn")
    assert found.revocable is None


def test_every_file_carries_the_same_badge(signer: Signer) -> None:
    png, svg, alone = signer.files(a_claim())
    assert [one.name for one in (png, svg, alone)] == ["badge.png", "badge.svg", "badge.jwt"]
    assert token_in(png.content) == token_in(svg.content) == token_in(alone.content)
    assert Image.open(io.BytesIO(png.content)).size == (640, 640)
    assert png.content.startswith(carrying.PNG_START)
    assert len(png.content) < 40_000


def test_another_library_verifies_it_against_the_published_key(signer: Signer) -> None:
    token = token_of(signer)
    published = json.loads(signer.document())
    kid = json.loads(_part(token, 0))["kid"]
    [method] = [one for one in published["verificationMethod"] if one["id"] == kid]
    read = other_jwt.decode(token, ECKey.import_key(method["publicKeyJwk"]), algorithms=["ES256"])
    assert read.claims["iss"] == DID
    assert read.claims["credentialSubject"]["identifier"][0]["identityHash"] == "Jill"
    assert read.header["alg"] == "ES256"


@pytest.mark.slow
def test_it_validates_against_what_the_standards_require(signer: Signer, keyed: Signer) -> None:
    for one in (signer, keyed):
        Draft202012Validator(SCHEMA).validate(json.loads(_part(token_of(one), 1)))


def test_the_library_reads_back_what_was_written(signer: Signer) -> None:
    read = OpenBadgeCredential.from_jwt_payload(json.loads(_part(token_of(signer), 1)))
    assert read.to_vc() == signer.credential(a_claim()).to_vc()
    assert [one["mediaType"] for one in (read.raw or {})["relatedResource"]] == ["image/png", "image/svg+xml"]


def _part(token: str, number: int) -> bytes:
    part = token.split(".")[number]
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _packed(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


@pytest.mark.slow
def test_one_byte_changed_anywhere_in_the_token_fails(signer: Signer) -> None:
    token = token_of(signer)
    letters = "ABab01-_.~"
    for place, letter in enumerate(token):
        other = letters[(letters.find(letter) + 1) % len(letters)]
        changed = token[:place] + other + token[place + 1 :]
        with pytest.raises(NotValid):
            checked(signer, changed)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["badge.png", "badge.svg"])
def test_one_byte_changed_anywhere_in_a_picture_fails(signer: Signer, name: str) -> None:
    """Every byte of each file: of the picture, of the badge in it, and of what stands around that."""
    [content] = [one.content for one in signer.files(a_claim()) if one.name == name]
    assert checked(signer, content).picture is True
    held = [place for place in range(len(content)) if _holds(signer, _flipped(content, place))]
    assert held == []


def _flipped(content: bytes, place: int) -> bytes:
    return content[:place] + bytes([content[place] ^ 1 << place % 8]) + content[place + 1 :]


def _holds(signer: Signer, content: bytes) -> bool:
    try:
        checked(signer, content)
    except NotValid:
        return False
    return True


@pytest.fixture(scope="module")
def badges(tmp_path_factory: pytest.TempPathFactory) -> tuple[Signer, Sequence[bytes]]:
    """Return a signer, and a badge of its as pictures."""
    signer = Signer(tmp_path_factory.mktemp("badges") / "keys.json", "Studycircle", None, lambda: NOW)
    return signer, [one.content for one in signer.files(a_claim())[:2]]


@pytest.mark.slow
@given(drawn=data())
@settings(max_examples=300, deadline=None)
def test_nothing_can_be_added_to_a_picture_left_out_or_exchanged(
    badges: tuple[Signer, Sequence[bytes]], drawn: DataObject
) -> None:
    signer, files = badges
    content = drawn.draw(sampled_from(files))
    begin = drawn.draw(integers(0, len(content)))
    end = drawn.draw(integers(begin, min(len(content), begin + 40)))
    put = drawn.draw(binary(max_size=40))
    changed = content[:begin] + put + content[end:]
    assert _holds(signer, changed) is (changed == content)


@pytest.mark.slow
def test_a_badge_does_not_hold_in_another_picture(signer: Signer) -> None:
    png, svg, alone = (one.content for one in signer.files(a_claim()))
    token, other = alone.decode(), a_claim(name="Eve")
    assert checked(signer, alone).picture is None
    for forged in (
        carrying.into_svg(pictures.svg(other).encode(), token),
        carrying.into_png(pictures.png(other), token),
        baking.bake_svg(pictures.svg(a_claim()).encode(), token, element=baking.SVG_ELEMENT_OB3),
        svg.replace(b'"/></svg>', b'"></openbadges:credential></svg>'),
        png.replace(carrying.PNG_END, b"\x00\x00\x00\x00tEXt" + crc32(b"tEXt").to_bytes(4) + carrying.PNG_END),
    ):
        assert token_in(forged) == token
        with pytest.raises(NotValid, match="not the one that this badge was issued with"):
            checked(signer, forged)


@pytest.mark.slow
def test_what_is_taken_out_is_the_picture_as_it_was_drawn(signer: Signer) -> None:
    png, svg, alone = (one.content for one in signer.files(a_claim()))
    token = alone.decode()
    assert carrying.without(png, token) == pictures.png(a_claim())
    assert carrying.without(svg, token) == pictures.svg(a_claim()).encode()
    assert baking.extract_png(png, keyword=baking.ITXT_KEYWORD_OB3) == token
    assert baking.extract_svg(svg, element=baking.SVG_ELEMENT_OB3) == token


@pytest.mark.slow
def test_a_badge_from_before_says_that_its_picture_is_not_covered(signer: Signer) -> None:
    """As it was made until pictures had a digest: it holds, and nothing is said for what it looks like."""
    token = signer.sign(signer.credential(a_claim()).to_jwt_payload())
    for older in (
        baking.bake_svg(pictures.svg(a_claim()).encode(), token, element=baking.SVG_ELEMENT_OB3),
        baking.bake_png(pictures.png(a_claim()), token, keyword=baking.ITXT_KEYWORD_OB3),
    ):
        found = checked(signer, older)
        assert (found.name, found.picture) == ("Jill", False)
    elsewhere = {"id": "https://example.org/logo.svg", "mediaType": "image/svg+xml", "digestSRI": "sha256-AAAA"}
    for other in (elsewhere, [elsewhere], "https://example.org/logo.svg", [None, 5]):
        token = signer.sign({**signer.credential(a_claim()).to_jwt_payload(), "relatedResource": other})
        assert checked(signer, carrying.into_png(pictures.png(a_claim()), token)).picture is False


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"<svg/>", b"<svg", b"a.b.c", b"\xff\xfe", carrying.PNG_START, b"." * 99]
)
def test_what_is_no_badge_is_told_in_words(content: bytes) -> None:
    with pytest.raises(NotValid, match=r"no badge|no Open Badge"):
        verifying.claimed_issuer(token_in(content))


def test_no_badge_can_write_lines_of_its_own_where_it_is_checked(signer: Signer) -> None:
    spoof = "Eve\n\nValid: Eve finished all of it.\x1b[2K\u202e"
    assert verifying.claimed_issuer(signer.sign({"iss": spoof})) == "Eve Valid: Eve finished all of it.[2K"
    with pytest.raises(NotValid) as told:
        checked(signer, signer.sign({**signer.credential(a_claim()).to_jwt_payload(), "jti": spoof}))
    assert str(told.value).isprintable()


def test_a_badge_of_another_key_that_claims_this_issuer_fails(signer: Signer, tmp_path: Path) -> None:
    forger = Signer(tmp_path / "forged.json", "Studycircle", SITE, lambda: NOW)
    with pytest.raises(NotValid, match="changed, or not signed by this issuer"):
        checked(signer, token_of(forger))


@pytest.mark.slow
def test_a_badge_of_another_issuer_fails(signer: Signer, key_file: Path) -> None:
    other = Signer(key_file, "Studycircle", "https://elsewhere.example/", lambda: NOW)
    with pytest.raises(NotValid):
        checked(signer, token_of(other))
    keyed = Signer(key_file, "Studycircle", None, lambda: NOW)
    with pytest.raises(NotValid):
        checked(signer, token_of(keyed))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"exp": int(NOW.timestamp()) - 9_999}, "expired"),
        ({"validUntil": "2020-01-01T00:00:00Z"}, "expired|too old"),
        ({"nbf": int(NOW.timestamp()) + 9_999}, "check the clock"),
        ({"iss": "did:web:elsewhere.example"}, "issuer"),
        ({"jti": "urn:uuid:other"}, "does not hold"),
        ({"type": ["VerifiableCredential"]}, "does not hold"),
    ],
)
def test_what_does_not_hold_together_fails_though_it_is_signed(
    signer: Signer, change: dict[str, Any], words: str
) -> None:
    payload = signer.credential(a_claim()).to_jwt_payload()
    with pytest.raises(NotValid, match=words):
        checked(signer, signer.sign(payload | change))


@pytest.mark.slow
def test_an_unsigned_badge_fails(signer: Signer) -> None:
    import jwt

    header, payload, _ = token_of(signer).split(".")
    none = jwt.encode(json.loads(_part(f"{header}.{payload}.", 1)), "", algorithm="none")
    for forged in (none, f"{header}.{payload}."):
        with pytest.raises(NotValid):
            checked(signer, forged)


# Revoked


@pytest.mark.slow
def test_a_revoked_badge_fails_and_its_neighbours_hold(signer: Signer) -> None:
    lists = signer.status_list(0, [5])
    with pytest.raises(NotValid, match="revoked by whoever issued it"):
        checked(signer, token_of(signer), lists)
    assert checked(signer, token_of(signer, a_claim(4)), lists).asked
    assert checked(signer, token_of(signer, a_claim(6)), lists).asked


def test_a_list_tells_of_its_own_badges_alone(signer: Signer) -> None:
    claim = a_claim(IN_LIST + 5)
    token = token_of(signer, claim)
    assert not checked(signer, token, signer.status_list(0, [5])).asked
    with pytest.raises(NotValid, match="revoked"):
        checked(signer, token, signer.status_list(0, []), signer.status_list(1, [IN_LIST + 5]))


@pytest.mark.slow
def test_an_old_or_forged_copy_of_a_list_is_refused(signer: Signer, key_file: Path, tmp_path: Path) -> None:
    past = Signer(key_file, "Studycircle", SITE, lambda: NOW - FRESH - timedelta(days=1))
    with pytest.raises(NotValid, match="too old"):
        checked(signer, token_of(signer), past.status_list(0, []))
    forger = Signer(tmp_path / "forged.json", "Studycircle", SITE, lambda: NOW)
    with pytest.raises(NotValid):
        checked(signer, token_of(signer), forger.status_list(0, []))
    with pytest.raises(NotValid, match="no signed list"):
        checked(signer, token_of(signer), b"hello")


@pytest.mark.slow
def test_of_several_copies_of_a_list_the_one_that_tells_of_a_revocation_counts(signer: Signer) -> None:
    before, after = signer.status_list(0, []), signer.status_list(0, [5])
    for lists in ((before, after), (after, before)):
        with pytest.raises(NotValid, match="revoked by whoever issued it"):
            checked(signer, token_of(signer), *lists)


def test_a_list_made_this_moment_is_read_where_the_clock_is_somewhat_behind(key_file: Path) -> None:
    ahead = Signer(key_file, "Studycircle", SITE, lambda: NOW + timedelta(minutes=4))
    assert checked(ahead, token_of(ahead), ahead.status_list(0, [])).asked


@pytest.mark.parametrize("alg", ["none", "None", "HS256", "RS256", "ES384"])
def test_the_header_of_a_badge_does_not_choose_how_it_is_checked(signer: Signer, key_file: Path, alg: str) -> None:
    """An algorithm that the issuer's key is not for is refused, also HMAC with the public key as its secret."""
    _, payload, signature = token_of(signer).split(".")
    header = _packed({"alg": alg, "kid": f"{DID}#key-1", "typ": "JWT"})
    public = keys.loaded(key_file, NOW).newest.public.encode()
    by_public = hmac.new(public, f"{header}.{payload}".encode(), "sha256").digest()
    for forged in (signature, "", base64.urlsafe_b64encode(by_public).rstrip(b"=").decode()):
        with pytest.raises(NotValid):
            checked(signer, f"{header}.{payload}.{forged}")


@pytest.mark.parametrize("kid", [f"{DID}#key-9", f"{DID}#", "did:web:evil.example#key-1", "../../etc/passwd", ""])
def test_a_badge_names_a_key_of_its_issuer(signer: Signer, key_file: Path, kid: str) -> None:
    import jwt

    private = keys.loaded(key_file, NOW).newest.private
    assert private is not None
    payload = signer.credential(a_claim()).to_jwt_payload()
    with pytest.raises(NotValid):
        checked(signer, jwt.encode(payload, private, algorithm="ES256", headers={"kid": kid}))


@pytest.mark.parametrize("content", [b"[" * 100_000, b"{}", b"null", b"\xff", b'{"id": 5}'])
def test_what_is_no_identity_of_an_issuer_is_told_in_words(signer: Signer, content: bytes) -> None:
    with pytest.raises(NotValid):
        verifying.verify(token_of(signer).encode(), verifying.issuer_of(content), content)


# Keys


def test_a_key_that_was_taken_out_of_the_file_gives_its_name_to_no_other(signer: Signer, key_file: Path) -> None:
    keys.rotated(key_file, NOW)
    by_the_second = token_of(signer)
    kept = json.loads(key_file.read_text())
    key_file.write_text(json.dumps({"keys": kept["keys"][:1]}))
    assert [key.name for key in keys.rotated(key_file, NOW).listed] == ["key-3", "key-2"]
    assert checked(signer, by_the_second).name == "Jill"


def test_where_no_key_can_be_written_it_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be written"):
        keys.loaded(tmp_path / "nowhere" / "keys.json", NOW)


def test_a_file_system_without_links_keeps_keys_as_well(key_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", none)
    first = keys.loaded(key_file, NOW)
    assert keys.loaded(key_file, NOW) == first
    assert [path.name for path in key_file.parent.iterdir()] == [key_file.name]


def test_the_key_is_made_once_and_nobody_else_may_read_it(key_file: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: keys.loaded(key_file, NOW).newest.public, range(4)))
    assert len(set(found)) == 1
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert [path.name for path in key_file.parent.iterdir()] == [key_file.name]


@pytest.mark.slow
def test_what_a_former_key_signed_stays_valid_and_the_former_key_signs_no_more(signer: Signer, key_file: Path) -> None:
    before = token_of(signer)
    first = keys.loaded(key_file, NOW).newest
    after = keys.rotated(key_file, NOW)
    assert [key.name for key in after.listed] == ["key-2", "key-1"]
    assert [key.private is None for key in after.listed] == [False, True]
    assert first.private is not None
    assert first.private.splitlines()[1] not in key_file.read_text()
    assert checked(signer, before, signer.status_list(0, [])).name == "Jill"
    assert checked(signer, token_of(signer)).name == "Jill"
    assert [one["id"] for one in json.loads(signer.document())["verificationMethod"]] == [
        f"{DID}#key-2",
        f"{DID}#key-1",
    ]


def test_nothing_secret_is_published(signer: Signer) -> None:
    document = signer.document().decode()
    assert "PRIVATE" not in document
    assert '"d"' not in document


@pytest.mark.parametrize("content", ["", "{}", '{"keys": []}', '{"keys": [{"name": "key-1"}]}', "\x00"])
def test_a_damaged_key_file_is_told_and_left_alone(key_file: Path, content: str) -> None:
    key_file.write_text(content)
    with pytest.raises(ConfigError, match="holds the keys of badges and cannot be read"):
        keys.loaded(key_file, NOW)
    assert key_file.read_text() == content


# Pictures


@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    ["<script>alert(1)</script>", "“Quotes” & ampersands", "學習小組", "x" * 200, "a " * 100, "\u202eevil", "é" * 3],
)
def test_whatever_people_are_called_it_is_a_picture(signer: Signer, words: str) -> None:
    claim = a_claim(name=words, group=words)
    drawn = pictures.svg(claim)
    assert "<script" not in drawn
    assert token_in(baking.bake_svg(drawn.encode(), "YQ.YQ.YQ", element=baking.SVG_ELEMENT_OB3)) == "YQ.YQ.YQ"
    assert [checked(signer, one.content).name for one in signer.files(claim)] == [words] * 3
    assert [checked(signer, one.content).picture for one in signer.files(claim)] == [True, True, None]


def test_the_library_itself_verifies_it_where_it_is_published(signer: Signer) -> None:
    """As a stranger's program does that can reach the address."""
    served = {f"{SITE}.well-known/did.json": signer.document(), f"{SITE}badges/status/0": signer.status_list(0, [])}
    token = token_of(signer)
    found = OB3Verifier.for_issuer_did(DID, download=served.__getitem__).verify(
        token, check_status=True, download=served.__getitem__
    )
    assert found.achievement.name == "JavaScript in five weeks"
