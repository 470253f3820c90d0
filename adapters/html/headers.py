"""What pages are sent with, so that a browser shows them and nothing else."""

from __future__ import annotations

import base64
import hashlib


def sha256_source(text: str) -> str:
    """Return the source that allows an inline style or script of exactly this text."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def security_headers(
    *, style: str = "'self'", script: str = "", connect: str = "", form: str = "'none'", image: str = "'self'"
) -> dict[str, str]:
    """Return the headers of a page: nothing is loaded or run but what the sources name."""
    policy = [
        "default-src 'none'",
        f"style-src {style}",
        f"img-src {image}",
        *([f"script-src {script}"] if script else []),
        *([f"connect-src {connect}"] if connect else []),
        f"form-action {form}",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
    return {
        "Content-Security-Policy": "; ".join(policy),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
