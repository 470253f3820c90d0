"""What is kept of somebody as one zip file: a page to read, the same as JSON, and the portfolio.

`my-data.json` is `{"format": "studycircle-my-data", "version": 1, "name", "written_at", "tables": {TABLE: [ROW]}}`; a
row has the columns of its table. Times are ISO 8601 in UTC. A new table or column is in it without anybody's doing.
"""

from __future__ import annotations

import html
import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, tzinfo

from bot.cards import File
from bot.language import Language
from bot.study import portfolio_files, portfolio_json
from bot.study.my_data import Row, Value
from bot.study.portfolio import Chapter
from bot.text import Moment, MomentStyle, Text, say

FORMAT = "studycircle-my-data"
VERSION = 1
_TITLES: Mapping[str, Text] = {
    "person": say("You"),
    "account": say("Your accounts"),
    "member": say("Your groups"),
    "transition": say("How your membership changed"),
    "submission": say("Your work"),
    "submission_version": say("Every version of your work"),
    "note": say("Your notes"),
    "question": say("Your questions"),
    "answer": say("Your answers"),
    "record": say("Your participation records"),
    "likes": say("Likes that you gave and got"),
    "reaction": say("Your reactions"),
    "act": say("What you did and when"),
    "post": say("Messages about you or to you"),
    "message": say("Where your messages stand"),
    "draft": say("What waits for one more tap of yours"),
    "audit_entry": say("What you decided over others"),
}
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:66ch;margin:2rem auto;padding:0 1rem;color:#1d2b2a;"
    "background:#fdfcf9}h1,h2{font-family:Charter,Cambria,serif}dl{display:grid;grid-template-columns:max-content 1fr;"
    "gap:.1rem 1rem;border-top:1px solid #cfd8d6;padding-top:.5rem}dt{color:#4a5b59}"
    "dd{margin:0;overflow-wrap:anywhere;white-space:pre-wrap}@media(prefers-color-scheme:dark){body{color:#e6eceb;"
    "background:#141b1a}dt{color:#a9bab7}dl{border-color:#374644}}"
)


def archive(
    name: str,
    found: Mapping[str, Sequence[Row]],
    chapters: Sequence[Chapter],
    language: Language,
    zone: tzinfo,
    *,
    now: datetime,
) -> File:
    """Return everything as one zip file."""
    files = {
        "my-data.html": as_html(name, found, language, now=now),
        "my-data.json": as_json(name, found, now=now),
        "portfolio.md": portfolio_files.as_markdown(name, chapters, language, zone, now=now),
        "portfolio.json": portfolio_json.as_json(name, chapters, language, now=now),
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as box:
        for file, content in files.items():
            entry = zipfile.ZipInfo(file, now.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            box.writestr(entry, content)
    return File("my-data.zip", "application/zip", packed.getvalue())


def as_json(name: str, found: Mapping[str, Sequence[Row]], *, now: datetime) -> str:
    """Return everything as JSON, as this module describes it."""
    whole = {"format": FORMAT, "version": VERSION, "name": name, "written_at": now.isoformat(), "tables": found}
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def as_html(name: str, found: Mapping[str, Sequence[Row]], language: Language, *, now: datetime) -> str:
    """Return everything as a page that needs nothing else; what people wrote is text in it, whatever it looks like."""
    title = html.escape(language.plain(say("What is kept about {name}", name=name)))
    date = Moment(now, MomentStyle.DATE)
    written = html.escape(language.plain(say("Written on {date} by Studycircle.", date=date)))
    sections = "".join(_section(table, rows, language) for table, rows in found.items() if rows)
    return (
        f'<!doctype html>\n<html lang="{html.escape(language.code)}">\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width,initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n<h1>{title}</h1>\n<p>{written}</p>\n{sections}</html>\n"
    )


def _section(table: str, rows: Sequence[Row], language: Language) -> str:
    title = _TITLES.get(table)
    named = language.plain(title) if title else table.replace("_", " ").capitalize()
    listed = "".join(f"<dl>{''.join(_pairs(row))}</dl>\n" for row in rows)
    return f"<h2>{html.escape(named)} ({len(rows)})</h2>\n{listed}"


def _pairs(row: Row) -> Iterator[str]:
    for name, value in row.items():
        words = _words(value)
        if words:
            yield f"<dt>{html.escape(name.replace('_', ' '))}</dt><dd>{html.escape(words)}</dd>"


def _words(value: Value) -> str:
    """Return a value in words: of what a card or an address is made of, the texts."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str | int):
        return str(value)
    parts = [value[key] for key in value if key != "$"] if isinstance(value, Mapping) else value
    return "\n".join(words for words in map(_words, parts) if words)
