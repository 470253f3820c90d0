"""Who issues badges: a name, an identity that anybody can look up, and what is published for those who check."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

import jwt
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

from adapters.badges import carrying, keys, pictures
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

    def identities(self, known: Keys) -> list[str]:
        """Return every identity that badges of this installation can be from: today's first, then each key's own."""
        return [self.did(known), *(did_key_from_pem(key.public.encode()) for key in known.listed)]

    def files(self, claim: Claim) -> Sequence[File]:
        """Return a badge as pictures that carry it, and by itself."""
        png, svg = pictures.png(claim), pictures.svg(claim).encode()
        payload = self.credential(claim).to_jwt_payload()
        carried = [_resource(payload["id"], carrying.PNG, png), _resource(payload["id"], carrying.SVG, svg)]
        token = self.sign({**payload, "relatedResource": carried})
        return [
            File("badge.png", carrying.PNG, carrying.into_png(png, token)),
            File("badge.svg", carrying.SVG, carrying.into_svg(svg, token)),
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


def _resource(badge: str, kind: str, picture: bytes) -> Json:
    """Return what a badge says of a picture that carries it; its name is the badge's own, as it is a part of it."""
    return {"id": f"{badge}#{kind}", "mediaType": kind, "digestSRI": carrying.digest(picture)}


def _urn(did: str, what: str) -> str:
    """Return a name that is the same for the same thing of the same installation."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"{did} {what}").urn
