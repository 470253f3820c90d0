"""Checking a badge, without any network: is it whole, who issued it, does it still hold."""

from __future__ import annotations

import base64
import binascii
import io
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import jwt
from openbadgeslib import baking
from openbadgeslib.errors import LibOpenBadgesException
from openbadgeslib.ob3 import OB3Verifier, OpenBadgeCredential
from PIL import Image

from adapters.badges import carrying
from bot.errors import ConfigError
from bot.options import on_one_line

LARGEST = 10_000_000
"""Bytes of a file that are looked at."""


class NotValid(ConfigError):
    """A badge does not hold; the words say why."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a valid badge says; `revocable` is where a revocation would be told, `asked` whether that was read.

    `picture` is whether the badge answers for the picture that carries it; None where the file is no picture.
    """

    name: str
    achievement: str
    criteria: str
    issuer: str
    did: str
    at: datetime | None
    evidence: tuple[str, ...]
    revocable: str | None
    asked: bool
    picture: bool | None = None


def token_in(content: bytes) -> str:
    """Return the credential that a picture carries, or that a file is; raises NotValid."""
    if len(content) > LARGEST:
        raise NotValid("this file is too large for a badge")
    try:
        kind = carrying.media_type(content)
        if kind == carrying.PNG:
            # Every part of it, not just up to the one looked for.
            Image.open(io.BytesIO(content)).verify()
            is_whole = content.endswith(carrying.PNG_END)
            found = baking.extract_png(content, keyword=baking.ITXT_KEYWORD_OB3) if is_whole else None
        elif kind == carrying.SVG:
            found = baking.extract_svg(content, element=baking.SVG_ELEMENT_OB3)
        else:
            found = content.decode("ascii").strip()
    except Exception as error:  # whatever a damaged picture makes its reader do
        raise NotValid("this file is damaged, or no badge") from error
    if not found or not _is_canonical(found):
        raise NotValid("there is no Open Badge 3.0 in this file, or it was changed")
    return found


def _is_canonical(token: str) -> bool:
    """Return whether a token is written in the one way there is: else a changed letter could mean the same."""
    parts = token.split(".")
    try:
        return len(parts) == 3 and all(_encoded(_decoded(part)) == part for part in parts)
    except (binascii.Error, ValueError):
        return False


def _decoded(part: str) -> bytes:
    return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)


def _encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def claimed_issuer(token: str) -> str:
    """Return who a badge says that it is from, in words, which nobody has checked yet; raises NotValid."""
    try:
        claimed = jwt.decode(token, options={"verify_signature": False}).get("iss")
    except jwt.InvalidTokenError as error:
        raise NotValid("there is no Open Badge 3.0 in this file, or it was changed") from error
    if not isinstance(claimed, str):
        raise NotValid("this badge does not say who issued it")
    return on_one_line(claimed)


def verify(content: bytes, did: str, document: bytes | None, lists: Iterable[bytes] = ()) -> Verdict:
    """Return what a badge of an issuer says; raises NotValid where it is not whole, not theirs or no longer holds.

    `content` is a file: a picture that carries the badge, which has to be as it was issued, or the badge alone.
    `document` is the issuer's did.json, which a did:key needs not. `lists` are copies of status lists; where several
    are of the same list, none of them may tell of a revocation.
    """
    token = token_in(content)
    served = [(_url_of(one), one) for one in lists]
    try:
        verifier = OB3Verifier.for_issuer_did(did, download=lambda _: document or b"")
        found = verifier.verify(token)
        where = _revocable(found)
        copies = [one for url, one in served if url == where]
        for copy in copies:
            held = dict(served) | {str(where): copy}
            verifier.check_status(found, verify_list=True, download=held.__getitem__)
    except LibOpenBadgesException as error:
        raise NotValid(_in_words(str(error))) from error
    identities = [one.identity_hash for one in found.identifiers if not one.hashed]
    return Verdict(
        identities[0] if identities else found.recipient_id or "",
        found.achievement.name,
        found.achievement.criteria_narrative,
        found.issuer.name,
        found.issuer.id,
        found.issuance_date,
        tuple(one.id for one in found.evidence if one.id),
        where,
        bool(copies),
        _answers_for(found, content, token),
    )


def _answers_for(found: OpenBadgeCredential, content: bytes, token: str) -> bool | None:
    """Return whether a badge answers for the picture that carries it; raises NotValid where that is another one.

    Badges of others, and ours from before, say nothing of the picture.
    """
    kind = carrying.media_type(content)
    if kind is None:
        return None
    listed: Any = (found.raw or {}).get("relatedResource")
    named = [one for one in (listed if isinstance(listed, list) else [listed]) if isinstance(one, dict)]
    ours = [one for one in named if str(one.get("id")).startswith(f"{found.id}#")]
    if not ours:
        return False
    picture = carrying.without(content, token)
    wanted = [one.get("digestSRI") for one in ours if one.get("mediaType") == kind]
    if picture is None or carrying.digest(picture) not in wanted:
        raise NotValid("the picture is not the one that this badge was issued with")
    return True


def _revocable(found: OpenBadgeCredential) -> str | None:
    for entry in found.credential_status:
        where: Any = entry.get("statusListCredential")
        if isinstance(where, str):
            return where
    return None


def _url_of(signed: bytes) -> str:
    """Return where a copy of a status list is from; raises NotValid."""
    try:
        claims = jwt.decode(signed.decode("ascii").strip(), options={"verify_signature": False})
        return str(claims["id"])
    except (jwt.InvalidTokenError, ValueError, KeyError) as error:
        raise NotValid("the status list is no signed list of an issuer") from error


def _in_words(said: str) -> str:
    """Return in plain words what is wrong."""
    for sign, words in _WORDS.items():
        if sign in said:
            return words
    return f"it does not hold: {on_one_line(said)}"


_WORDS = {
    "status 'revocation'": "it was revoked by whoever issued it",
    "expired (validUntil": "the status list, or the badge, is too old: get a new copy",
    "has expired": "it has expired",
    "not yet valid": "it is from later than now: check the clock of this computer",
    "Invalid signature": "it was changed, or not signed by this issuer",
    "does not match the DID": "it is from another issuer",
    "names no verificationMethod": "it was signed with a key that this issuer does not publish",
}


def issuer_of(document: bytes) -> str:
    """Return whose did.json this is; raises NotValid."""
    try:
        found = json.loads(document)["id"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise NotValid("this is no did.json of an issuer") from error
    return str(found)
