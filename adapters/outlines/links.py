"""Web addresses of a course: which are links, what kind of material each is, and what it is called."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from markdown_it.common.normalize_url import normalizeLink

from adapters.outlines.cleaning import clean, one_line
from bot.cards import Block, Bullets, Heading, Paragraph, Quote
from bot.errors import Refusal
from bot.study.links import LONGEST, read_url
from bot.study.outline import Material, MaterialKind
from bot.text import Link, Plain, Text

TITLE_LENGTH = 200
"""Characters of a title that is made from a link's label."""

_KINDS: tuple[tuple[MaterialKind, tuple[str, ...], str], ...] = (
    (
        MaterialKind.VIDEO,
        ("youtube.com", "youtu.be", "youtube-nocookie.com", "vimeo.com", "dailymotion.com", "ted.com", "twitch.tv"),
        r"mp4|m4v|webm|mov|ogv|mkv|avi",
    ),
    (
        MaterialKind.AUDIO,
        ("soundcloud.com", "spotify.com", "podcasts.apple.com", "bandcamp.com", "librivox.org"),
        r"mp3|m4a|ogg|oga|opus|wav|flac|aac",
    ),
    (
        MaterialKind.FILE,
        ("docs.google.com", "drive.google.com", "dropbox.com"),
        r"pdf|epub|zip|tar|gz|tgz|docx?|odt|rtf|xlsx?|ods|csv|tsv|json|xml|pptx?|odp|py|js|ts|java|c|cpp|ipynb|rb|sql",
    ),
    (
        MaterialKind.READING,
        (
            *("wikipedia.org", "wikibooks.org", "wikiversity.org", "gutenberg.org", "medium.com", "readthedocs.io"),
            *("developer.mozilla.org", "javascript.info", "eloquentjavascript.net", "docs.python.org", "w3schools.com"),
        ),
        r"html?|xhtml|md|markdown|txt",
    ),
)
_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|svg|webp|ico|bmp)$", re.IGNORECASE)
_EMBEDDED = (
    (
        re.compile(r"^https?://(?:www\.)?youtube(?:-nocookie)?\.com/embed/([\w-]+).*"),
        r"https://www.youtube.com/watch?v=\1",
    ),
    (re.compile(r"^https?://player\.vimeo\.com/video/(\d+).*"), r"https://vimeo.com/\1"),
)
_SAYS_LITTLE = re.compile(
    r"(?:click )?(?:here|this|this link|link|this page|more|more info|read more|it|https?://.*)", re.I
)
_NAMES = re.compile(
    r"\b(section|chapter|part|unit|lesson|page|exercise|handout|figure|video|episode)s?\b", re.IGNORECASE
)
_DURATION = re.compile(r"(?:(\d{1,2})\s*h(?:ours?|rs?)?\s*)?(?:(\d{1,4})\s*m(?:in(?:utes?|s|\.)?)?)?", re.IGNORECASE)
_AFTER = re.compile(r"\s*[,–—-]?\s*[(\[]?([^()\[\],]{2,24})[)\]]?")


def web_address(url: str) -> str | None:
    """Return a web address in ASCII, or None where it leads nowhere on the web (`javascript:`, relative, …)."""
    try:
        # Normalised first, since only Markdown knows that spaces and letters of all languages may stand in an address.
        normal = normalizeLink(clean(url).strip().replace("\\", "%5C")) if len(url) <= LONGEST else ""
        address = read_url(normal)
    except (Refusal, ValueError):
        return None
    return None if re.search(r"[\s<>\"\\`{}|^]", address) else address


def watchable(url: str) -> str:
    """Return the page of a video whose address is meant for a frame inside another page."""
    for embedded, page in _EMBEDDED:
        if embedded.match(url):
            return embedded.sub(page, url)
    return url


def kind_of(url: str, otherwise: MaterialKind = MaterialKind.LINK) -> MaterialKind:
    """Return what kind of material an address leads to, by its host and ending."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    _, dot, ending = parts.path.rpartition("/")[2].rpartition(".")
    for kind, hosts, endings in _KINDS:
        if dot and re.fullmatch(endings, ending.lower()):
            return kind
        if any(host == known or host.endswith(f".{known}") for known in hosts):
            return kind
    return otherwise


def minutes_in(words: str) -> int | None:
    """Return the minutes that "12 min", "1 h 30 min" or "2 hours" tell; None for anything else."""
    found = _DURATION.fullmatch(words.strip())
    if found is None or not (found[1] or found[2]):
        return None
    return 60 * int(found[1] or 0) + int(found[2] or 0)


@dataclass(frozen=True, slots=True)
class _Found:
    link: Link
    before: str
    after: str


def materials(sections: Iterable[tuple[str, Iterable[Block]]]) -> tuple[Material, ...]:
    """Return the links of titled sections as materials, each address once, under the most telling of its labels."""
    known: dict[str, Material] = {}
    telling: set[str] = set()
    for title, blocks in sections:
        hint = _hint(title)
        for found in _links(blocks):
            url = found.link.url
            key = re.sub(r"^https?://(?:www\.)?", "", url).rstrip("/")
            says_much = not _SAYS_LITTLE.fullmatch(found.link.label)
            if key in telling or (key in known and not says_much):
                continue
            minutes = minutes_in(after[1]) if (after := _AFTER.match(found.after)) else None
            known[key] = Material(kind_of(url, hint), _title(found, title), url, minutes)
            telling.update({key} if says_much else ())
    return tuple(known.values())


def _hint(title: str) -> MaterialKind:
    first = title.lower().split(" ", 1)[0].strip(":")
    hints = {"read": MaterialKind.READING, "watch": MaterialKind.VIDEO, "video": MaterialKind.VIDEO}
    hints |= {"listen": MaterialKind.AUDIO, "audio": MaterialKind.AUDIO, "podcast": MaterialKind.AUDIO}
    stem = first.removesuffix("ings").removesuffix("ing").removesuffix("s")
    return hints.get(stem, MaterialKind.LINK)


def _links(blocks: Iterable[Block]) -> Iterator[_Found]:
    for block in blocks:
        match block:
            case Paragraph(text) | Heading(text) | Quote(text):
                yield from _links_in(text)
            case Bullets(items):
                for item in items:
                    yield from _links_in(item)


def _links_in(text: Text) -> Iterator[_Found]:
    before = ""
    for at, span in enumerate(text.spans):
        if isinstance(span, Link):
            following = text.spans[at + 1] if at + 1 < len(text.spans) else None
            if not _PICTURE.search(urlsplit(span.url).path):
                yield _Found(span, before, following.text if isinstance(following, Plain) else "")
        elif isinstance(span, Plain):
            before = f"{before[-80:]} {span.text}"


def _title(found: _Found, section: str) -> str:
    label = found.link.label
    if _SAYS_LITTLE.fullmatch(label):
        parts = urlsplit(found.link.url)
        last = unquote(parts.path.rstrip("/").rpartition("/")[2])
        host = str(parts.hostname).removeprefix("www.")
        name = last if "." in last else section
        label = f"{name} ({host})" if name else host
    elif not re.search(r"[^\W\d_]", label) and (names := _NAMES.findall(found.before)):
        label = f"{names[-1].capitalize()} {label}"
    label = one_line(label)
    if re.match(r"[^\W\d_]+ ", label):
        label = label[0].upper() + label[1:]
    return label if len(label) <= TITLE_LENGTH else f"{label[: TITLE_LENGTH - 1].rstrip()}…"
