"""An outline as one Markdown file, the form that `read_markdown` reads back as the same outline."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

import yaml

from adapters.outlines.activities import activity
from adapters.outlines.blocks import flat, plain, sections
from adapters.outlines.cleaning import clean, one_line
from adapters.outlines.markdown_file import MATERIALS, material_of
from adapters.outlines.tidying import tidy
from bot.cards import Block, Bullets, CodeBlock, Fields, Heading, Paragraph, Progress, Quote
from bot.study.outline import ActivityPlan, Material, Outline, WeekPlan
from bot.text import Code, Emphasis, Link, Plain, Span, Strong, Text, to_text

_LIGHT = re.compile(r"[\\`*_\[\]<>&{]|://")
_HEAVY = re.compile(r"[!-/:-@\[-`{-~]")


def write_outline(outline: Outline) -> str:
    """Return an outline as Markdown: H1 the course, H2 a week, H3 its materials and activities."""
    parts = [f"# {_title(outline.title)}", *_blocks(outline.introduction)]
    for number, week in enumerate(outline.weeks, start=1):
        parts += _week(week, number)
    return "\n\n".join((*_front_matter(outline), *parts)) + "\n"


def _front_matter(outline: Outline) -> Iterator[str]:
    description = clean(outline.description).strip()
    facts = {"description": description, "source": one_line(outline.source or "")}
    told = {key: value for key, value in facts.items() if value}
    if told:
        yield f"---\n{yaml.safe_dump(told, allow_unicode=True, sort_keys=False, width=10**6)}---"


def _week(week: WeekPlan, number: int) -> Iterator[str]:
    named = f"Week {number}: {one_line(week.title)}"
    yield f"## {_title(f'Week {number}' if week.title in {'', f'Week {number}'} else named)}"
    yield from _blocks(week.text)
    texts = [*week.text, *(block for one in week.activities for block in one.text)]
    if week.materials or any(_has_link(block) for block in texts):
        # An empty list is written too: without any, the links of the text would be taken for materials.
        yield f"### {MATERIALS}"
    if week.materials:
        yield "\n".join(map(_material, week.materials))
    for one in week.activities:
        yield f"### {_title(_activity(one))}"
        yield from _blocks(one.text)


def _material(material: Material) -> str:
    minutes = "" if material.minutes is None else f" ({material.minutes} min)"
    start = f"{material.kind.value.capitalize()}: "
    wanted = material_of(tidy([Plain(start), Link(material.title, material.url), Plain(minutes)]))
    item = Text((Plain(start), Link(material.title, material.url), Plain(minutes)))
    return _kept(lambda spell: f"- {spell(item)}", lambda read: bool(read) and _only_material(read) == wanted)


def _only_material(blocks: tuple[Block, ...]) -> Material | None:
    return material_of(blocks[0].items[0]) if len(blocks) == 1 and isinstance(blocks[0], Bullets) else None


def _activity(one: ActivityPlan) -> str:
    title = one_line(one.title)
    notes = [f"{one.minutes} min"] if one.minutes is not None else []
    notes += [] if one.required else ["optional"]
    notes += [f"{one.reviews} {'review' if one.reviews == 1 else 'reviews'}"] if one.reviews else []
    notes += ["checked"] if one.check else []
    if not notes and activity(f"Build: {title}", ()).title != title:
        notes = ["required"]  # else the title's own bracket would be taken for such notes
    return f"{one.kind.value.capitalize()}: {title}" + (f" ({', '.join(notes)})" if notes else "")


def _title(title: str) -> str:
    """Return a title for a heading, escaped so that it is read as it is."""
    words = one_line(title)
    spelled = _kept(lambda spell: f"# {spell(to_text(words))}", lambda read: read == (Heading(to_text(words)),))
    return spelled.removeprefix("# ")


def _blocks(blocks: Iterable[Block]) -> Iterator[str]:
    bullet = ""
    for block in blocks:
        # The other marker begins a new list where one would run into the next.
        bullet = ("*" if bullet == "-" else "-") if isinstance(block, Bullets | Fields) else ""
        if written := _block(block, bullet):
            yield written


def _block(block: Block, bullet: str) -> str:
    match block:
        case Heading(text) if tidy(text.spans):
            return _text_block("#### ", Heading(tidy(text.spans)), tidy(text.spans))
        case Paragraph(text) if tidy(text.spans):
            return _text_block("", Paragraph(tidy(text.spans)), tidy(text.spans))
        case Quote(text) if tidy(text.spans):
            return _text_block("> ", Quote(tidy(text.spans)), tidy(text.spans))
        case Bullets(items, numbered):
            return _list([text for item in items if (text := tidy(item.spans))], numbered, bullet)
        case CodeBlock(code, language) if code.strip():
            return _code(clean(code), language)
        case Fields(pairs):
            return _list([tidy((name + ": " + value).spans) for name, value in pairs], False, bullet)
        case Progress(done, total, label):
            return _block(Paragraph(label + f" {done}/{total}"), bullet)
    return ""


def _text_block(marker: str, block: Block, text: Text) -> str:
    return _kept(lambda spell: marker + spell(text), lambda read: read == (block,))


def _list(items: list[Text], numbered: bool, bullet: str) -> str:
    markers = [f"{at}{'.' if bullet == '-' else ')'}" if numbered else bullet for at in range(1, len(items) + 1)]
    return _kept(
        lambda spell: "\n".join(f"{marker} {spell(item)}" for marker, item in zip(markers, items, strict=True)),
        lambda read: read == (Bullets(tuple(items), numbered),),
    )


def _code(code: str, language: str) -> str:
    longest = max((len(run) for run in re.findall(r"`+", code)), default=0)
    fence = "`" * max(3, longest + 1)
    info = language if re.fullmatch(r"[\w+#.-]{1,30}", language, re.ASCII) else ""
    return f"{fence}{info}\n{code}\n{fence}"


def _kept(write: Callable[[Callable[[Text], str]], str], same: Callable[[tuple[Block, ...]], bool]) -> str:
    """Return Markdown with few escapes if it reads back the same, else with every character escaped that may matter."""
    light = write(_light)
    return light if same(flat(sections(light))) else write(_heavy)


def _light(text: Text) -> str:
    return "".join(_span(span, _LIGHT, "**{}**", "*{}*", _code_span) for span in text.spans)


def _heavy(text: Text) -> str:
    return "".join(_span(span, _HEAVY, "<b>{}</b>", "<i>{}</i>", _code_tag) for span in text.spans)


def _span(span: Span, odd: re.Pattern[str], strong: str, emphasis: str, code: Callable[[str], str]) -> str:
    match span:
        case Strong(words):
            return strong.format(_escaped(words, odd))
        case Emphasis(words):
            return emphasis.format(_escaped(words, odd))
        case Code(words):
            return code(words)
        case Link(label, url):
            return f"[{_escaped(label, odd)}]({_address(url)})"
    return _escaped(plain(Text((span,))), odd)


def _escaped(words: str, odd: re.Pattern[str]) -> str:
    escaped = odd.sub(lambda found: f"\\{found[0]}", words)
    return escaped.replace("\n", "<br>")


def _code_span(words: str) -> str:
    longest = max((len(run) for run in re.findall(r"`+", words)), default=0)
    ticks = "`" * (longest + 1)
    pad = " " if words.startswith(("`", " ")) or words.endswith(("`", " ")) else ""
    return f"{ticks}{pad if words.strip() else ''}{words}{pad if words.strip() else ''}{ticks}"


def _code_tag(words: str) -> str:
    return f"<code>{''.join(f'&#{ord(c)};' if _HEAVY.match(c) or c == ' ' else c for c in words)}</code>"


def _address(url: str) -> str:
    return f"<{url.replace('&', '&amp;')}>" if re.search(r"[()]|&\w+;", url) else url


def _has_link(block: Block) -> bool:
    match block:
        case Paragraph(text) | Heading(text) | Quote(text):
            return any(isinstance(span, Link) for span in text.spans)
        case Bullets(items):
            return any(isinstance(span, Link) for item in items for span in item.spans)
    return False
