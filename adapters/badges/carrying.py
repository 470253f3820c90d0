"""How a picture carries a badge: put into it as the standard says, and taken out again to the byte.

What is left without the badge is the picture as it was drawn. Its digest is in the badge, so no byte of the file can
change unseen: each belongs to the picture, to the badge, or to the few that have to stand around it.
"""

from __future__ import annotations

import base64
import hashlib
import struct
import zlib

from openbadgeslib import baking

SVG, PNG = "image/svg+xml", "image/png"
PNG_START, PNG_END = b"\x89PNG\r\n\x1a\n", b"\x00\x00\x00\x00IEND\xaeB`\x82"
_SVG_END = b"</svg>"


def digest(picture: bytes) -> str:
    """Return the digest of a picture in the words of Subresource Integrity."""
    return f"sha256-{base64.b64encode(hashlib.sha256(picture).digest()).decode()}"


def media_type(content: bytes) -> str | None:
    """Return what kind of picture a file is; None where it is none that carries badges."""
    if content.startswith(PNG_START):
        return PNG
    return SVG if content.lstrip()[:1] == b"<" else None


def into_svg(picture: bytes, token: str) -> bytes:
    """Return an SVG picture that carries a badge."""
    return picture.removesuffix(_SVG_END) + _element(token) + _SVG_END


def into_png(picture: bytes, token: str) -> bytes:
    """Return a PNG picture that carries a badge."""
    return picture.removesuffix(PNG_END) + _chunk(token) + PNG_END


def without(content: bytes, token: str) -> bytes | None:
    """Return the picture that carries a badge as it was before; None where it does not carry it as we put it in."""
    carried = _chunk(token) if media_type(content) == PNG else _element(token)
    before, found, after = content.partition(carried)
    return before + after if found else None


def _element(token: str) -> bytes:
    name, space = baking.SVG_ELEMENT_OB3, baking.SVG_NS_OB3
    return f'<{name} xmlns:{name.partition(":")[0]}="{space}" verify="{token}"/>'.encode()


def _chunk(token: str) -> bytes:
    """Return a chunk of text: its length, its kind, its name, no compression, no language, the badge, a checksum."""
    said = b"iTXt" + baking.ITXT_KEYWORD_OB3 + bytes(5) + token.encode()
    return struct.pack("!I", len(said) - 4) + said + struct.pack("!I", zlib.crc32(said))
