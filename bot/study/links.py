"""Links that people hand in: any web address, written so that it cannot pretend to be another."""

from __future__ import annotations

import re
import unicodedata
from typing import NewType
from urllib.parse import SplitResult, quote, urlsplit

from bot.errors import Refusal

Url = NewType("Url", str)
"""A web address that was checked."""

LONGEST = 2_048
SHOWN_HOST = 60


class NotALink(Refusal):
    """“{given}” is not a link that I can keep. Paste a web address that starts with https:// or http://."""


class LinkTooLong(Refusal):
    """A link can have at most {limit} characters, and yours has {length}. Shorten it and try again."""


class LinkWithPassword(Refusal):
    """There is a user name or password in that link. Take it out first: everyone in the group will see the link."""


def read_url(words: str) -> Url:
    """Return a web address; raises a Refusal where it is none or where it hides something.

    A host that mixes scripts or has signs in it is written in its ASCII form (punycode), so that it cannot look like
    another; characters that no web address has but that mean something in a chat are percent-encoded.
    """
    given = words.strip().removeprefix("<").removesuffix(">")
    if len(given) > LONGEST:
        raise LinkTooLong(limit=f"{LONGEST:,}", length=f"{len(given):,}")
    parts = _split(given)
    if parts is None or any(character.isspace() or unicodedata.category(character) in _UNSEEN for character in given):
        raise NotALink(given=_printable(given))
    if "@" in parts.netloc:
        raise LinkWithPassword
    host = parts.hostname or ""
    if not host.isascii() and _misleads(host):
        try:
            host = host.encode("idna").decode()
        except UnicodeError as error:
            raise NotALink(given=_printable(given)) from error
        port = f":{parts.port}" if parts.port is not None else ""
        parts = parts._replace(netloc=host + port)
    if host.isascii() and ":" not in host and not _HOST.fullmatch(host):
        raise NotALink(given=_printable(given))
    url = _MARKS.sub(lambda found: quote(found[0]), parts._replace(scheme=parts.scheme.lower()).geturl())
    if len(url) > LONGEST:
        raise LinkTooLong(limit=f"{LONGEST:,}", length=f"{len(url):,}")
    return Url(url)


_HOST = re.compile(r"[a-z0-9._-]+")
_MARKS = re.compile(r"""[<>"|`^{}]""")
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def _split(given: str) -> SplitResult | None:
    try:
        parts = urlsplit(given)
        _ = parts.port
    except ValueError:
        return None
    host = parts.hostname or ""
    dotted = "." in host.strip(".") or host == "localhost" or ":" in host
    return parts if parts.scheme.lower() in ("http", "https") and dotted and "\\" not in given else None


def _printable(given: str) -> str:
    return "".join(character for character in given if unicodedata.category(character) not in _UNSEEN)[:80]


def _misleads(host: str) -> bool:
    """Return whether a host name has signs like ⁄ in it, or a label with letters of more than one script."""
    if any(not character.isascii() and unicodedata.category(character)[0] not in "LMN" for character in host):
        return True
    for label in host.split("."):
        # Their Unicode names begin with the script.
        scripts = {unicodedata.name(character, "?").split()[0] for character in label if character.isalpha()}
        if len(scripts - _TOGETHER) > 1 or (scripts & _TOGETHER and "LATIN" in scripts and len(scripts) > 1):
            return True
    return False


_TOGETHER = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL"})
"""Scripts that one word of a language may mix."""


def host_of(url: str) -> str:
    """Return the host of a web address, for people to see where it leads; of a long one its end, which decides."""
    host = (urlsplit(url).hostname or url).removeprefix("www.")
    return host if len(host) <= SHOWN_HOST else "…" + host[-SHOWN_HOST:]
