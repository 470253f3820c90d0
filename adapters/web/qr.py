"""Addresses as QR codes, for paper."""

from __future__ import annotations

from functools import lru_cache

import segno
from markupsafe import Markup


@lru_cache(maxsize=256)
def qr(address: str) -> Markup:
    """Return an address as a QR code in SVG that grows with its place."""
    code = segno.make(address, error="m", micro=False)
    # The library writes numbers and the names of its own classes, and nothing of the address itself.
    return Markup(code.svg_inline(border=2, omitsize=True, svgclass="qr", lineclass=None))  # nosec B704
