"""One Markdown file as a course: H1 is the course, H2 a week, H3 an activity or the list of materials."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from adapters.outlines.activities import activity
from adapters.outlines.blocks import Section, flat, plain, read_sections
from adapters.outlines.cleaning import clean
from adapters.outlines.files import FILE_BYTES, decode
from adapters.outlines.front_matter import Facts, split
from adapters.outlines.links import kind_of, materials, minutes_in
from adapters.outlines.numbering import counted_kind, numbers, without_number
from adapters.outlines.problems import Problems
from adapters.outlines.tidying import tidy
from adapters.outlines.weeks import WEEKS, check_numbers
from bot.cards import Block, Bullets, Paragraph
from bot.study.outline import ActivityPlan, Material, MaterialKind, Outline, WeekPlan
from bot.text import Link, Text, say, to_text

MATERIALS = "Materials"
"""The heading of a week's materials."""
WEEK = re.compile(r"Week \d+: (.+)")
"""A week's heading as `write_outline` writes it."""

_MATERIALS = re.compile(
    r"(?:course |reading )?(?:materials?|readings?|resources?|links?)(?: list)?\s*:?", re.IGNORECASE
)
_KINDS = {
    **{kind.value: kind for kind in MaterialKind},
    **{"watch": MaterialKind.VIDEO, "listen": MaterialKind.AUDIO, "podcast": MaterialKind.AUDIO},
    **{"read": MaterialKind.READING, "article": MaterialKind.READING, "book": MaterialKind.READING},
}


@dataclass(slots=True)
class _Week:
    """A week while it is read: its heading's words, and sections up to the next week."""

    heading: str
    line: int
    sections: list[Section] = field(default_factory=list)


def read_markdown_file(content: bytes | str, file: str, problems: Problems) -> Outline | None:
    """Return the outline in a Markdown file's content; problems are recorded."""
    raw = content.encode("utf-8", "replace") if isinstance(content, str) else content
    if len(raw) > FILE_BYTES:
        problems.stop(file, 1, say("This file is larger than {most} KB; split it up.", most=FILE_BYTES // 1024))
        return None
    text = decode(raw, file, problems)
    document = None if text is None else split(text, file, problems)
    if document is None:
        return None
    sections = read_sections(document.body, file, document.first_line, problems)
    facts = document.facts or Facts()
    return None if problems.fatal else _outline(sections, facts, file, problems)


def _outline(sections: Sequence[Section], facts: Facts, file: str, problems: Problems) -> Outline | None:
    title = facts.words("title") or ""
    opening: list[Section] = []
    weeks: list[_Week] = []
    counts_in_h1 = len([one for one in sections if one.level == 1 and numbers(one.words)]) > 1
    for section in sections:
        if section.level == 1 and not (title or weeks or counts_in_h1):
            title = section.words
            opening.append(Section(0, line=section.line, blocks=section.below_title))
        elif section.level in {1, 2}:
            weeks.append(
                _Week(section.words, section.line, [Section(0, line=section.line, blocks=section.below_title)])
            )
        else:
            (weeks[-1].sections if weeks else opening).append(section)
    if not title:
        problems.stop(file, 1, say("The course has no title: put “# Title of the course” at the top."))
    if not weeks:
        problems.stop(file, 1, say("There are no weeks: begin each with a heading such as “## Week 1: First steps”."))
    if len(weeks) > WEEKS:
        line = weeks[WEEKS].line
        problems.stop(file, line, say("The course has {n} weeks; {most} is the most.", n=len(weeks), most=WEEKS))
    plans, beside = _plans(weeks, file, problems)
    described = facts.values.get("description")
    description = clean(described).strip() if isinstance(described, str) else ""
    return Outline(title, plans, description, (*flat(opening), *beside), facts.words("source"))


def _plans(weeks: Sequence[_Week], file: str, problems: Problems) -> tuple[tuple[WeekPlan, ...], tuple[Block, ...]]:
    """Return the weeks, and the text of headings that have no number beside those that have one."""
    told = [numbers(week.heading) for week in weeks]
    kind = counted_kind(told)
    if kind is not None:
        check_numbers([one[kind] for one in told if kind in one], kind, file, problems)
    plans: list[WeekPlan] = []
    beside: list[Block] = []
    for week, counted in zip(weeks, told, strict=True):
        if kind is None or kind in counted:
            plans.append(_plan(week, counted.get(kind or "", len(plans) + 1)))
            continue
        first, *others = week.sections
        beside.extend(flat([Section(2, to_text(week.heading), week.line, first.blocks), *others]))
        unnumbered = say("“{title}” has no number; I put it into the introduction.", title=week.heading)
        problems.note(file, week.line, unnumbered)
    return tuple(plans), tuple(beside)


def _plan(week: _Week, number: int) -> WeekPlan:
    written = WEEK.fullmatch(week.heading)
    title = written[1] if written else without_number(week.heading, number)
    text: list[Block] = []
    activities: list[ActivityPlan] = []
    listed: list[Material] | None = None
    for section, deeper in _by_h3(week.sections):
        if section.level < 3:
            text.extend(flat([section, *deeper]))
        elif _MATERIALS.fullmatch(section.words):
            found, rest = _materials(section.blocks)
            listed = (listed or []) + found
            left = Section(3, section.title, section.line, rest)
            text.extend(flat([left, *deeper]) if rest or deeper else ())
        else:
            activities.append(activity(section.words, (*section.below_title, *flat(deeper))))
    if listed is None:
        listed, text = _listed_in_text(text)
        found_in = [(section.words, section.all_blocks()) for section in week.sections]
        known = {material.url for material in listed}
        listed += [material for material in materials(found_in) if material.url not in known]
    return WeekPlan(title or f"Week {number}", tuple(text), tuple(listed), tuple(activities))


def _by_h3(sections: Sequence[Section]) -> list[tuple[Section, list[Section]]]:
    """Return each section of level 3 or above with the deeper ones that follow it."""
    grouped: list[tuple[Section, list[Section]]] = []
    for section in sections:
        if section.level <= 3 or not grouped:
            grouped.append((section, []))
        else:
            grouped[-1][1].append(section)
    return grouped


def _listed_in_text(blocks: Sequence[Block]) -> tuple[list[Material], list[Block]]:
    """Return the materials of a list under a line that says "Materials:", and the other blocks."""
    for at, (block, following) in enumerate(pairwise(blocks)):
        if isinstance(block, Paragraph) and isinstance(following, Bullets) and _MATERIALS.fullmatch(plain(block.text)):
            found, rest = _materials([following])
            if found:
                return found, [*blocks[: at if not rest else at + 1], *rest, *blocks[at + 2 :]]
    return [], list(blocks)


def _materials(blocks: Sequence[Block]) -> tuple[list[Material], list[Block]]:
    """Return the items that are materials and nothing else, and what is left of the blocks."""
    found: list[Material] = []
    rest: list[Block] = []
    for block in blocks:
        if not isinstance(block, Bullets):
            rest.append(block)
            continue
        left = []
        for item in block.items:
            if material := material_of(item):
                found.append(material)
            else:
                left.append(item)
        rest.extend([Bullets(tuple(left), block.numbered)] if left else [])
    return found, rest


def material_of(item: Text) -> Material | None:
    """Return the material that an item such as `Video: [title](url) (12 min)` is, None if it says anything else."""
    links = [at for at, span in enumerate(item.spans) if isinstance(span, Link)]
    if len(links) != 1:
        return None
    link = item.spans[links[0]]
    before = plain(tidy(item.spans[: links[0]])).rstrip(": ").lower()
    after = plain(tidy(item.spans[links[0] + 1 :]))
    told = after.strip(" ,.–—-()[]")
    minutes = minutes_in(told)
    if not isinstance(link, Link) or (before and before not in _KINDS) or (told and minutes is None):
        return None
    kind = _KINDS[before] if before else kind_of(link.url)
    return Material(kind, " ".join(link.label.split()), link.url, minutes)
