"""Posts become weeks: one for each number they tell, else one for each module; the rest is the introduction."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from adapters.outlines.activities import asks_for_work, split_off_activities
from adapters.outlines.blocks import Section, flat
from adapters.outlines.links import materials
from adapters.outlines.numbering import counted_kind, missing, numbers, without_number
from adapters.outlines.problems import Problems
from bot.cards import Block
from bot.study.outline import WeekPlan
from bot.text import say, to_text

WEEKS = 100
"""Weeks of a course; two years are enough."""


@dataclass(frozen=True, slots=True)
class Post:
    """One post of a course: the folder it stands in, its title, the name in its address, and its text."""

    module: str
    file: str
    title: str
    slug: str
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Plans:
    """The weeks of a course and what is read before them."""

    weeks: tuple[WeekPlan, ...]
    introduction: tuple[Block, ...] = ()


@dataclass(slots=True)
class _Week:
    """Posts that make up a week; `number` is None where the course does not count."""

    title: str
    number: int | None = None
    posts: list[Post] = field(default_factory=list)


def week_plans(posts: Sequence[Post], file: str, problems: Problems) -> Plans:
    """Return the weeks that posts tell, in the order of their numbers or modules; problems are told of `file`."""
    modules = dict.fromkeys(post.module for post in posts)
    by_module = {module: numbers(module) for module in modules}
    by_post = {post.file: numbers(post.title, post.slug) for post in posts}
    if kind := counted_kind(by_module.values()):
        weeks, beside = _counted(posts, kind, {post.file: by_module[post.module] for post in posts}, by_module=True)
    elif kind := counted_kind(by_post.values()):
        weeks, beside = _counted(posts, kind, by_post)
    else:
        beside = []
        weeks = [_Week(spoken(module), None, [post for post in posts if post.module == module]) for module in modules]
    check_numbers([week.number for week in weeks if week.number is not None], kind or "week", file, problems)
    if len(weeks) > WEEKS:
        problems.stop(file, 1, say("The course has {n} weeks; {most} is the most.", n=len(weeks), most=WEEKS))
        return Plans(())
    return Plans(tuple(map(_plan, weeks)), flat(section for post in beside for section in _titled(post)))


def check_numbers(counted: Sequence[int], kind: str, file: str, problems: Problems) -> None:
    """Note the numbers that are left out."""
    if left_out := missing(counted):
        shown = ", ".join(map(str, left_out[:10]))
        problems.note(file, 1, say("Numbers are left out: {kind} {numbers}.", kind=kind, numbers=shown))


def _counted(
    posts: Sequence[Post], kind: str, told: dict[str, dict[str, int]], *, by_module: bool = False
) -> tuple[list[_Week], list[Post]]:
    """Return weeks by number, and the posts beside them; a post without a number goes with the one before it."""
    weeks: dict[int, _Week] = {}
    beside: list[Post] = []
    latest: dict[str, int] = {}
    for post in posts:
        number = told[post.file].get(kind, latest.get(post.module))
        if number is None:
            beside.append(post)
            continue
        latest[post.module] = number
        week = weeks.setdefault(number, _Week("", number))
        week.posts.append(post)
        if not week.title:
            names = [spoken(post.module)] if by_module else [post.title, *([post.slug] if numbers(post.slug) else [])]
            week.title = next(filter(None, (spoken(without_number(name, number)) for name in names)), "")
    for number, week in weeks.items():
        week.title = week.title or _other_title(week) or f"{kind.capitalize()} {number}"
    return [weeks[number] for number in sorted(weeks)], beside


def _other_title(week: _Week) -> str:
    """Return a title from the title or the first heading of a post that is a whole week."""
    if len(week.posts) > 1:
        return ""
    post = week.posts[0]
    heading = next((section.words for section in post.sections if section.title), "")
    names = [post.title, "" if asks_for_work(heading) else heading]
    return next(filter(None, (without_number(name, week.number or 0) for name in names)), "")


def _plan(week: _Week) -> WeekPlan:
    if len(week.posts) == 1:
        sections = _merged(week.title, week.posts[0].sections)
    else:
        sections = [section for post in week.posts for section in _titled(post, unless=week.title)]
    return week_plan(week.title, sections)


def week_plan(title: str, sections: Sequence[Section]) -> WeekPlan:
    """Return a week as running text tells it: links are materials, some headings open activities."""
    text, activities = split_off_activities(sections)
    linked = materials((section.words, section.all_blocks()) for section in sections)
    return WeekPlan(title, flat(text), linked, tuple(activities))


def _titled(post: Post, unless: str = "") -> Iterable[Section]:
    """Return a post's sections below its title."""
    first, *others = _merged(post.title, post.sections)
    title = "" if same(without_number(post.title, -1), unless) else post.title
    yield replace(first, level=1, title=to_text(title))
    yield from (replace(section, level=section.level + 1) for section in others)


def _merged(title: str, sections: Sequence[Section]) -> list[Section]:
    """Return sections without a first heading that only repeats the title."""
    opening = sections[0] if sections else Section(0)
    if not opening.blocks and len(sections) > 1 and same(sections[1].words, title):
        return [replace(opening, blocks=sections[1].below_title), *sections[2:]]
    return [opening, *sections[1:]]


def same(one: str, other: str) -> bool:
    """Return whether two titles have the same words."""
    return re.findall(r"\w+", one.casefold()) == re.findall(r"\w+", other.casefold())


def spoken(name: str) -> str:
    """Return a folder's or file's name as people would say it: `before-you-start` as "Before you start"."""
    words = " ".join(re.sub(r"[-_]+", " ", name).split())
    return words[:1].upper() + words[1:]
