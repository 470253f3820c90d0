"""Runs of text: Markdown's inline tokens and HTML's tags become spans, in the one form that writing gives back."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from markdown_it.common.html_re import HTML_TAG_RE
from markdown_it.token import Token

from adapters.outlines.cleaning import one_line
from adapters.outlines.links import watchable, web_address
from adapters.outlines.tidying import tidy
from bot.text import Code, Emphasis, Link, Plain, Span, Strong, Text

LABEL_LENGTH = 300
"""Characters of a link's label; a longer one is told as text, since no platform can split a link."""

_BARE_URL = re.compile(r"\bhttps?://[^\s<>\"“”`]+")
_ATTRIBUTE = re.compile(r"""([a-z-]+)\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)""", re.IGNORECASE)
_TAG_NAME = re.compile(r"</?([a-z][a-z0-9-]*)", re.IGNORECASE)
_STYLES: dict[str, type[Strong | Emphasis | Code]] = {
    **{"strong": Strong, "b": Strong, "em": Emphasis, "i": Emphasis},
    **{"code": Code, "kbd": Code, "samp": Code, "tt": Code},
}
_FRAMES = {"iframe", "video", "audio", "source", "embed"}


def inline_text(tokens: Sequence[Token]) -> Text:
    """Return Markdown's inline tokens as text."""
    builder = SpanBuilder()
    for token in tokens:
        builder.token(token)
    return builder.result()


class SpanBuilder:
    """Collects spans while styles and links open and close."""

    def __init__(self) -> None:
        self._spans: list[Span] = []
        self._styles: list[type[Strong | Emphasis | Code]] = []
        self._link: tuple[str, str] | None = None  # address and title
        self._label: list[str] = []

    def result(self) -> Text:
        """Return what was collected, tidied."""
        self.link_end()
        return tidy(self._spans)

    def token(self, token: Token) -> None:
        """Take one inline token."""
        match token.type:
            case "text":
                self.words(token.content, may_hold_urls=True)
            case "softbreak":
                self.words(" ")
            case "hardbreak":
                self.words("\n")
            case "code_inline":
                self._put(Code(token.content))
            case "strong_open" | "em_open" | "strong_close" | "em_close":
                self.style(Strong if token.type.startswith("strong") else Emphasis, opens=token.nesting > 0)
            case "link_open":
                self.link(str(token.attrGet("href") or ""), str(token.attrGet("title") or ""))
            case "link_close":
                self.link_end()
            case "image":
                alt = "".join(child.content or " " for child in token.children or ())
                self.picture(alt, str(token.attrGet("src") or ""), str(token.attrGet("title") or ""))
            case "html_inline":
                self.tag(token.content)
            case _:
                self.words(token.content)

    def words(self, words: str, *, may_hold_urls: bool = False) -> None:
        """Take words in the style that is open; web addresses among them become links."""
        if not may_hold_urls or self._link or Code in self._styles or "://" not in words:
            self._put(self._styled(words))
            return
        at = 0
        for found in _BARE_URL.finditer(words):
            shown = _without_punctuation(found[0])
            if url := web_address(shown):
                self._put(self._styled(words[at : found.start()]))
                self._put(Link(shown, url))
                at = found.start() + len(shown)
        self._put(self._styled(words[at:]))

    def style(self, style: type[Strong | Emphasis | Code], *, opens: bool) -> None:
        """Open or close a style."""
        if opens:
            self._styles.append(style)
        elif style in self._styles:
            self._styles.reverse()
            self._styles.remove(style)
            self._styles.reverse()

    def link(self, url: str, title: str = "") -> None:
        """Open a link; one inside another ends the other."""
        self.link_end()
        self._link = (url, title)

    def link_end(self) -> None:
        """Close the link that is open; where its address leads nowhere on the web, its label stays as text."""
        if self._link is None:
            return
        url, title = self._link
        label = "".join(self._label)
        self._link, self._label = None, []
        self._link_or_words(label, url)
        if title and one_line(title) != one_line(label):
            self._put(Plain(f" ({title})"))

    def picture(self, alt: str, url: str, title: str = "") -> None:
        """Take a picture: a link if it is on the web, else what it shows, in words."""
        if self._link:
            self._label.append(alt)
        elif web_address(url):
            self._link_or_words(alt, url)
        else:
            self._put(Emphasis(alt))
        if title and one_line(title) != one_line(alt):
            self._put(Plain(f" ({title})"))

    def tag(self, tag: str) -> None:
        """Take an HTML tag: styles, links, line breaks and embedded media count, others and comments do not."""
        named = _TAG_NAME.match(tag)
        if named is None:
            return
        name, opens = named[1].lower(), not tag.startswith("</")
        if name in _STYLES:
            self.style(_STYLES[name], opens=opens)
        elif not opens:
            if name == "a":
                self.link_end()
        elif name == "br":
            self.words("\n")
        elif name in {"a", "img"} | _FRAMES:
            self._tag_with_address(name, attributes(tag))

    def _tag_with_address(self, name: str, given: dict[str, str]) -> None:
        if name == "a":
            if "href" in given:
                self.link(given["href"])
        elif name == "img":
            self.picture(given.get("alt", ""), given.get("src", ""))
        elif url := web_address(watchable(given.get("src", ""))):
            self._link_or_words(given.get("title", ""), url)

    def _link_or_words(self, label: str, url: str) -> None:
        if address := web_address(url):
            if len(label) > LABEL_LENGTH:
                self._put(self._styled(f"{label} "))
                label = ""
            self._put(Link(label, address))
        else:
            self._put(self._styled(label))

    def _styled(self, words: str) -> Span:
        style = next((one for one in (Code, Strong, Emphasis) if one in self._styles), Plain)
        return style(words)

    def _put(self, span: Span) -> None:
        if self._link:
            self._label.append(_label_of(span))
        else:
            self._spans.append(span)


def attributes(tag: str) -> dict[str, str]:
    """Return the attributes of an HTML tag."""
    return {name.lower(): html.unescape(value.strip("\"'")) for name, value in _ATTRIBUTE.findall(tag)}


def html_texts(markup: str, breaks: frozenset[str]) -> list[Text]:
    """Return the texts of HTML, a new one at each tag of `breaks`."""
    texts: list[Text] = []
    builder, at = SpanBuilder(), 0
    for found in HTML_TAG_RE.finditer(markup):
        builder.words(_unescaped(markup[at : found.start()]), may_hold_urls=True)
        at = found.end()
        named = _TAG_NAME.match(found[0])
        if named and named[1].lower() in breaks:
            texts.append(builder.result())
            builder = SpanBuilder()
        builder.tag(found[0])
    builder.words(_unescaped(markup[at:]), may_hold_urls=True)
    return [text for text in (*texts, builder.result()) if text]


def _unescaped(words: str) -> str:
    return html.unescape(words).replace("\n", " ")


def _without_punctuation(url: str) -> str:
    shown = url.rstrip(".,;:!?'*_~")
    while shown.endswith((")", "]")) and shown.count("(") + shown.count("[") < shown.count(")") + shown.count("]"):
        shown = shown[:-1].rstrip(".,;:!?'*_~")
    return shown


def _label_of(span: Span) -> str:
    return span.label if isinstance(span, Link) else str(getattr(span, "text", ""))
