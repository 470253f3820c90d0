"""Who issues badges: a name, an identity that anybody can look up, and what is published for those who check."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

import jwt
from openbadgeslib import baking
from openbadgeslib.ob3 import (
    Achievement,
    Evidence,
    IdentityObject,
    Issuer,
    OpenBadgeCredential,
    build_did_document,
    build_status_list_credential,
    did_key_from_pem,
    did_web_from_url,
    status_entry,
)

from adapters.badges import keys, pictures
from adapters.badges.keys import Keys
from bot.cards import File
from bot.study.badges import IN_LIST, Claim

Json: TypeAlias = dict[str, Any]
"""What the json module reads and writes."""

ALGORITHM = "ES256"
FRESH = timedelta(days=7)
"""How long a copy of a status list is good for, so that an old one cannot be shown for ever."""
ASKEW = timedelta(minutes=5)
"""How far behind the clock of whoever gets a list may be, so that one made this moment is not of the future there."""
STATUS = "badges/status/"


class Signer:
    """Signs badges for an installation called `name`; `address` is where its pages are, with a slash at its end.

    With an address over https it is known as did:web, and says there which badges were revoked. Without one it is
    known by its key alone (did:key).
    """

    def __init__(self, file: Path, name: str, address: str | None, now: Callable[[], datetime]) -> None:
        self._file = file
        self._name = name
        self._now = now
        self.address = address if address is not None and address.startswith("https://") else None

    @property
    def keys(self) -> Keys:
        """The keys as they are now: another process may have made a new one."""
        return keys.loaded(self._file, self._now())

    def did(self, known: Keys) -> str:
        """Return the identity of this installation."""
        return did_web_from_url(self.address) if self.address else did_key_from_pem(known.newest.public.encode())

    def files(self, claim: Claim) -> Sequence[File]:
        """Return a badge as pictures that carry it, and by itself."""
        token = self.sign(self.credential(claim).to_jwt_payload())
        svg = baking.bake_svg(
            pictures.svg(claim).encode(), token, element=baking.SVG_ELEMENT_OB3, namespace=baking.SVG_NS_OB3
        )
        png = baking.bake_png(pictures.png(claim), token, keyword=baking.ITXT_KEYWORD_OB3)
        return [
            File("badge.png", "image/png", png),
            File("badge.svg", "image/svg+xml", svg),
            File("badge.jwt", "application/vc+jwt", token.encode()),
        ]

    def credential(self, claim: Claim) -> OpenBadgeCredential:
        """Return what a badge says, in the words of the standard."""
        did = self.did(self.keys)
        achievement = Achievement(
            _urn(did, f"group {claim.badge.group}"),
            claim.group,
            claim.description,
            claim.criteria,
            achievement_type="Badge",
        )
        return OpenBadgeCredential(
            Issuer(did, self._name, self.address),
            None,
            achievement,
            id=_urn(did, f"badge {claim.badge.id}"),
            issuance_date=claim.badge.at,
            evidence=[Evidence(one.url, name=one.name) for one in claim.evidence],
            credential_status=self._status(claim.badge.number),
            identifiers=[IdentityObject(claim.badge.name, "name", hashed=False)],
        )

    def _status(self, number: int) -> list[Json]:
        if self.address is None:
            return []
        return [status_entry(f"{self.address}{STATUS}{number // IN_LIST}", "revocation", number % IN_LIST)]

    def sign(self, payload: Json) -> str:
        """Return claims as a signed token that names its key."""
        known = self.keys
        did = self.did(known)
        method = known.newest.name if self.address else did.removeprefix("did:key:")
        assert known.newest.private is not None, "keys are loaded with it"
        return jwt.encode(payload, known.newest.private, algorithm=ALGORITHM, headers={"kid": f"{did}#{method}"})

    def document(self) -> bytes:
        """Return what says who this installation is: its identity with every key that ever signed, the newest first."""
        known = self.keys
        methods = [(key.name, key.jwk) for key in known.listed]
        return json.dumps(build_did_document(self.did(known), methods), indent=2).encode()

    def status_list(self, number: int, revoked: Iterable[int]) -> bytes:
        """Return the signed list that says which badges of it were revoked."""
        url, now = f"{self.address}{STATUS}{number}", self._now() - ASKEW
        did = self.did(self.keys)
        places = [one - number * IN_LIST for one in revoked]
        made = build_status_list_credential(
            did, url, "revocation", places, IN_LIST, issued=now, valid_until=now + FRESH
        )
        return self.sign({**made, "iss": did, "jti": url, "nbf": int(now.timestamp())}).encode()


def _urn(did: str, what: str) -> str:
    """Return a name that is the same for the same thing of the same installation."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"{did} {what}").urn
