"""Every word of a badge, and of a status list, is one that the standards define (J3, J15).

The library behind badges ships the contexts of Verifiable Credentials 2.0 and Open Badges 3.0 as they are published,
but no JSON Schemas. So a schema of ours says in another test what has to be there; here the contexts say what may be.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

from openbadgeslib.ob3.contexts import load_context

from adapters.badges.issuing import Signer
from tests.adapters.badges.conftest import token_of

CLAIMS = frozenset({"iss", "jti", "nbf"})
"""What a token says besides, in the words of JSON Web Tokens."""

Terms = dict[str, Any]


def said(token: str | bytes) -> Terms:
    part = (token if isinstance(token, str) else token.decode()).split(".")[1]
    whole = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return {name: value for name, value in whole.items() if name not in CLAIMS}


def undefined(whole: Terms) -> list[str]:
    terms: Terms = {}
    for url in whole["@context"]:
        terms |= load_context(url)["@context"]
    return list(_undefined({name: value for name, value in whole.items() if name != "@context"}, terms))


def _undefined(node: object, terms: Terms) -> Iterator[str]:
    """Yield the names and types that mean nothing where they stand."""
    if isinstance(node, list):
        for one in node:
            yield from _undefined(one, terms)
    if not isinstance(node, dict):
        return
    types = node.get("type", [])
    types = [types] if isinstance(types, str) else types
    yield from (one for one in types if one not in terms)
    here = terms | {name: means for one in types for name, means in _within(terms.get(one)).items()}
    for name, value in node.items():
        if name in here:
            yield from _undefined(value, terms | _within(here[name]))
        else:
            yield name


def _within(means: object) -> Terms:
    found = means.get("@context") if isinstance(means, dict) else None
    return found if isinstance(found, dict) else {}


def test_every_word_of_a_badge_is_defined(signer: Signer, keyed: Signer) -> None:
    for one in (signer, keyed):
        assert undefined(said(token_of(one))) == []


def test_every_word_of_a_status_list_is_defined(signer: Signer) -> None:
    assert undefined(said(signer.status_list(0, [5]))) == []


def test_a_word_of_our_own_would_be_found(signer: Signer) -> None:
    badge = said(token_of(signer))
    subject = badge["credentialSubject"] | {"studycircle": 1, "type": ["AchievementSubject", "Learner"]}
    assert undefined(badge | {"credentialSubject": subject, "points": 5}) == ["Learner", "studycircle", "points"]
