"""Jekyll's Markdown: CommonMark with tables, and kindness to what kramdown and Liquid add."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block import reference as commonmark_reference
from markdown_it.rules_block import table as gfm_table
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

NESTING = 20
"""Levels of lists and quotes inside each other."""
PARAGRAPH = 10_000
"""Characters of one paragraph or HTML block; some hostile ones take time that grows with the square of this."""

CELLS = 3_000
"""Cells of one table."""

_CODE_OR_ODD = re.compile(
    r"""\\.                                                # an escaped character means itself
      | (?<!`)(?P<ticks>`+)(?!`) .+? (?<!`)(?P=ticks)(?!`) # code means itself
      | \]\((?P<nowhere>[^(){}\n]*\{\{[^(){}\n]*\}\}[^()\n]*)\)  # an address that only Jekyll knows
      | \](?:[ ]|\n)?\(\s*(?P<web>https?://[^\s()<>"']+)(?:[ \t]*\n[ \t]*(?P<tail>[^\s()<>"']+))?\s*\)
      | (?P<attributes>\{:[^{}\n]*\} | \{\#[\w:.-]+\})     # kramdown's {:target="_blank"} and {#name}
      | (?P<tag>\{%(?:[^%{}]|%(?!\}))*%\})                 # Liquid
      | (?P<output>\{\{[^{}\n]*\}\})
    """,
    re.VERBOSE | re.DOTALL,
)
_LIQUID = re.compile(r"[<>]|\{\{[^{}\n]*\}\}")
_DELIMITERS = re.compile(r"[-:| \t]+")
_HEADING = re.compile(r"(#{1,6})(?![#!\d])[ \t]*(.*?)(?:[ \t]+#+)?[ \t]*$")
_HIGHLIGHT = re.compile(r"\{%-?\s*highlight\s+([\w+#.-]+).*%\}\s*$")
_END_HIGHLIGHT = re.compile(r"\s*\{%-?\s*endhighlight\s*-?%\}\s*$")


class TooMuch(Exception):
    """Markdown that would take too long or that is nested too deeply; `line` counts from 0."""

    def __init__(self, line: int, deep: bool) -> None:
        super().__init__(line)
        self.line = line
        self.deep = deep


def parse(markdown: str) -> SyntaxTreeNode:
    """Return Markdown as a tree of markdown-it's nodes; raises TooMuch."""
    env: dict[str, Any] = {"text_lines": set()}
    found = _PARSER.parse(markdown, env)
    if unused := _unused_definitions(found, env):
        found = _PARSER.parse(markdown, {"text_lines": unused})
    return SyntaxTreeNode(found)


def without_liquid(text: str) -> str:
    """Return text outside of code without Liquid and kramdown's attributes; what Jekyll would fill in becomes "…"."""
    if _CODE_OR_ODD.sub(lambda found: "" if found["output"] or found["tag"] else found[0], text).strip() == "":
        return ""
    return _CODE_OR_ODD.sub(_replacement, text)


def _replacement(found: re.Match[str]) -> str:
    if found["nowhere"]:
        return f"](<…{_LIQUID.sub('', found['nowhere'])}>)"  # no web address any more, so only its label stays
    if found["web"]:
        return f"]({found['web']}{found['tail'] or ''})"
    if found["output"]:
        return "…"
    return "" if found["attributes"] or found["tag"] else found[0]


def _heading(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Take a heading, also one without a space after its #."""
    line = _line(state, start)
    if not line.startswith("#") or state.is_code_block(start):
        return False
    found = _HEADING.match(line)
    if found is None:
        # "# 1" is a heading, "#1" is a number.
        found = re.match(r"(#{1,6})[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$", line)
    if found is None:
        return False
    if silent:
        return True
    state.line = start + 1
    tag = f"h{len(found[1])}"
    for kind, nesting in (("heading_open", 1), ("inline", 0), ("heading_close", -1)):
        token = state.push(kind, tag if nesting else "", nesting)  # type: ignore[arg-type]  # -1, 0 or 1
        token.map = [start, state.line]
        if not nesting:
            token.content, token.children = found[2].strip(" \t"), []
    return True


def _highlight(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Take Jekyll's own code block, `{% highlight python %}` to `{% endhighlight %}`."""
    line = _line(state, start)
    found = _HIGHLIGHT.match(line)
    if found is None or state.is_code_block(start):
        return False
    last = start + 1
    while last < end and not _END_HIGHLIGHT.match(state.src[state.bMarks[last] : state.eMarks[last]]):
        last += 1
    if last == end:
        return False
    if not silent:
        state.line = last + 1
        token = state.push("fence", "code", 0)
        token.info = found[1]
        token.content = state.getLines(start + 1, last, state.sCount[start], True)
        token.map = [start, state.line]
    return True


def _table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Take a table of ordinary size; markdown-it fills short rows up, so few characters could make very many cells."""
    if start + 2 > end or not _DELIMITERS.fullmatch(columns := _line(state, start + 1)):
        return False
    last = start
    while last < end and not state.isEmpty(last):
        last += 1
    if (last - start) * len(columns.split("|")) > CELLS:
        return False
    return gfm_table(state, start, end, silent)


def _line(state: StateBlock, number: int) -> str:
    return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]]


def _reference(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Take a link's definition unless it stays text."""
    return start not in state.env["text_lines"] and commonmark_reference(state, start, end, silent)


def _unused_definitions(found: Sequence[Token], env: Mapping[str, Any]) -> set[int]:
    """Return the lines of definitions that no link uses; they would vanish with their words."""
    inline = [child for token in found for child in token.children or ()]
    inline += [child for token in inline for child in token.children or ()]
    used = {token.attrGet("href") or token.attrGet("src") for token in inline}
    unused = [one for one in env.get("references", {}).values() if one["href"] not in used]
    return {one["map"][0] for one in (*unused, *env.get("duplicate_refs", ()))}


def _check_and_tidy(state: StateCore) -> None:
    """Refuse what would take too long, before inline text is read; take out Liquid and attributes."""
    for token in state.tokens:
        line = token.map[0] if token.map else 0
        if token.level >= NESTING - 1:
            raise TooMuch(line, deep=True)
        if token.type in {"inline", "html_block"}:
            if len(token.content) > PARAGRAPH:
                raise TooMuch(line, deep=False)
            token.content = without_liquid(token.content)


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": NESTING}).enable("table")
    # Escaped characters stay tokens of their own, so that an escaped web address is not taken for a link.
    parser.disable("text_join")
    parser.core.ruler.after("block", "check_and_tidy", _check_and_tidy)
    alternatives = {"alt": ["paragraph", "reference", "blockquote"]}
    parser.block.ruler.at("heading", _heading, alternatives)  # type: ignore[arg-type]
    parser.block.ruler.at("reference", _reference)
    parser.block.ruler.at("table", _table, {"alt": ["paragraph", "reference"]})
    parser.block.ruler.before("fence", "highlight", _highlight, alternatives)  # type: ignore[arg-type]
    # Which addresses become links is decided in links.py; refused ones keep their label there.
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    parser.normalizeLink = lambda url: url  # type: ignore[method-assign]
    parser.normalizeLinkText = lambda link: link  # type: ignore[method-assign]
    return parser


_PARSER = _parser()


def tokens(node: SyntaxTreeNode) -> list[Token]:
    """Return the inline tokens below a paragraph, heading or table cell."""
    return [token for child in node.children if child.token for token in child.token.children or ()]
