"""Shared work as an Atom feed."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

from feedgenerator import Atom1Feed

from adapters.html import Reader, clean, safe_url, words
from bot.study.links import host_of
from bot.study.pieces import Work
from bot.study.portfolio_files import part_title
from bot.study.public import Shared
from bot.text import Link, Plain, Text, join, say, to_text

ENTRIES = 50
"""Entries of a feed, the newest."""


def feed(
    title: str, address: str, own: str, site: str, found: Sequence[Shared], began: datetime, reader: Reader
) -> tuple[bytes, datetime]:
    """Return the feed of a page, which itself is at `own`, and when it last changed."""
    shown = found[:ENTRIES]
    changed = max((one.piece.at for one in shown), default=began)
    made = _Feed(
        title=clean(title), link=address, description="", feed_url=own, language=reader.language.code, feed_guid=address
    )
    made.changed = changed
    for one in shown:
        made.add_item(
            title=clean(reader.language.plain(_title(one))),
            link=f"{site}p/{one.address}/",
            description=None,
            content=str(_content(one, reader)),
            author_name=clean(one.author.name),
            pubdate=one.piece.at,
            updateddate=one.piece.at,
            unique_id=f"tag:{urlsplit(site).hostname},2027:{type(one.piece).__name__.lower()}-{one.piece.id}",
        )
    written = io.BytesIO()
    made.write(written, "utf-8")
    return written.getvalue(), changed


class _Feed(Atom1Feed):  # type: ignore[misc]
    """A feed that says when its newest entry came, and not when it was asked for."""

    changed: datetime

    def latest_post_date(self) -> datetime:
        """Return when the feed last changed."""
        return self.changed


def _title(one: Shared) -> Text:
    if isinstance(one.piece, Work):
        return say("{name}: {activity}", name=one.author.name, activity=one.piece.activity)
    return say("{name}: a note", name=one.author.name)


def _content(one: Shared, reader: Reader) -> str:
    """Return the work itself as HTML, which the feed escapes once more."""
    piece = one.piece
    parts = [
        to_text(Plain(one.group)) + " · " + part_title(one.part),
        to_text(Link(host_of(piece.link), piece.link)) if piece.link and safe_url(piece.link) else None,
        to_text(piece.text) if piece.text else None,
    ]
    return words(join([part for part in parts if part], "\n"), reader)
