"""What a public address answers, whoever serves it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

HTML = "text/html; charset=utf-8"
CSS = "text/css; charset=utf-8"
SVG = "image/svg+xml"
PNG = "image/png"
TEXT = "text/plain; charset=utf-8"
CALENDAR = "text/calendar; charset=utf-8"
ATOM = "application/atom+xml; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """A page, picture or feed; `listed` lets search engines list it, `private` keeps every cache away."""

    body: bytes
    media_type: str = HTML
    status: int = 200
    listed: bool = False
    private: bool = False
    changed_at: datetime | None = None
    form: bool = False

    @property
    def tag(self) -> str:
        """The entity tag: another one for other content."""
        return f'"{sha256(self.body).hexdigest()[:32]}"'
