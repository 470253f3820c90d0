"""P2PU's Course-in-a-Box: a Jekyll folder with `_data/course.yml` and `modules/*/_posts/*` becomes an outline."""

from __future__ import annotations

import re
from dataclasses import dataclass
from os.path import isdir, isfile
from pathlib import Path

from adapters.outlines.blocks import plain, read_sections
from adapters.outlines.cleaning import one_line
from adapters.outlines.files import CourseFolder
from adapters.outlines.front_matter import LONGEST, Facts, facts_of, split
from adapters.outlines.problems import Problems
from adapters.outlines.spans import html_texts
from adapters.outlines.weeks import Post, spoken, week_plans
from bot.study.outline import Outline
from bot.text import say

MENU = "_data/course.yml"
POSTS = 300
"""Posts of a course; the longest course we know of has sixty."""

_POST = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})-(.+)\.(?:md|markdown|mkdown|mkdn|mkd)", re.IGNORECASE)
_MARKDOWN = re.compile(r".+\.(?:md|markdown|mkdown|mkdn|mkd)", re.IGNORECASE)


@dataclass(slots=True)
class _Course:
    """A course while it is read."""

    folder: CourseFolder
    problems: Problems
    facts: Facts
    posts_left: int = POSTS


def read_course_in_a_box(root: Path, problems: Problems) -> Outline | None:
    """Return the outline in a Course-in-a-Box folder; problems are recorded."""
    folder = CourseFolder(root.resolve(), problems)
    menu = folder.root / MENU
    if not isfile(menu):
        problems.stop(MENU, 1, say("There is no such file; it should tell the course's title and its modules."))
        return None
    text = folder.text(menu, longest=LONGEST)
    facts = None if text is None else facts_of(text, MENU, problems)
    if facts is None:
        return None
    course = _Course(folder, problems, facts)
    posts = [post for module in _modules(course) for post in _posts(course, module)]
    if problems.fatal:
        return None
    plans = week_plans(posts, MENU, problems)
    if not plans.weeks and not problems.fatal:
        problems.stop(MENU, 1, say("No posts were found: put them into modules/NAME/_posts as 2000-01-01-title.md."))
    description = " ".join(map(plain, html_texts(facts.words("description") or "", frozenset())))
    source = facts.words("source") or facts.words("url")
    return Outline(_title(course), plans.weeks, one_line(description), plans.introduction, source)


def _title(course: _Course) -> str:
    title = course.facts.words("title")
    if title is None:
        title = one_line(course.folder.root.name) or "course"
        course.problems.note(
            MENU, 1, say("The course has no title here; I took the folder's name, “{name}”.", name=title)
        )
    return title


def _menu(course: _Course) -> list[str]:
    """Return the modules' names in their order; without a menu, all folders in the order of their names."""
    listed = course.facts.values.get("modules")
    line = course.facts.line("modules")
    if listed is None:
        course.problems.note(
            MENU, line, say("No modules are listed here; I took all folders in the order of their names.")
        )
        folders = course.folder.names(course.folder.root / "modules")
        return [name for name in folders if isdir(course.folder.root / "modules" / name)]
    if not isinstance(listed, list) or not all(isinstance(name, str | int) for name in listed):
        course.problems.stop(MENU, line, say("“modules” should be a list of folder names: modules: [first, second]."))
        return []
    return list(dict.fromkeys(map(str, listed)))


def _modules(course: _Course) -> list[str]:
    """Return the names of the modules that exist; those missing, misnamed or left out of the menu are recorded."""
    menu = _menu(course)
    present: list[str] = []
    for name in menu:
        line = course.facts.line(name)
        if not _is_folder_name(name):
            course.problems.stop(
                MENU, line, say("The module “{name}” is not the name of a folder.", name=one_line(name)[:80])
            )
        elif not isdir(course.folder.root / "modules" / name):
            missing = say("The module “{name}” has no folder modules/{name}.", name=name)
            course.problems.stop(MENU, line, missing)
        else:
            present.append(name)
    for name in course.folder.names(course.folder.root / "modules"):
        if name not in menu and isdir(course.folder.root / "modules" / name / "_posts"):
            hidden = say("This module is not listed in {menu}, so I left it out.", menu=MENU)
            course.problems.note(f"modules/{one_line(name)}", 1, hidden)
    return present


def _is_folder_name(name: str) -> bool:
    return name == one_line(name) and not re.match(r"\.|$", name) and not re.search(r"[/\\]", name) and len(name) < 200


def _posts(course: _Course, module: str) -> list[Post]:
    """Return a module's posts in the order of their dates, then of their names."""
    folder = course.folder.root / "modules" / module / "_posts"
    dated: list[tuple[tuple[int, ...], str, str]] = []
    for name in course.folder.names(folder):
        if found := _POST.fullmatch(name):
            dated.append((tuple(map(int, found.groups()[:3])), name, found[4]))
        elif name.lower() != "readme.md" and _MARKDOWN.fullmatch(name):
            undated = say("Its name begins with no date such as 2000-01-01-, so it is no post and I left it out.")
            course.problems.note(course.folder.name(folder / name), 1, undated)
        elif name.lower() != "readme.md" and not name.startswith("."):
            course.problems.note(
                course.folder.name(folder / name), 1, say("This is no Markdown file, so I left it out.")
            )
    if not dated and not course.problems.fatal:
        course.problems.note(f"modules/{module}", 1, say("This module has no posts."))
    posts = [_post(course, module, folder / name, slug) for _, name, slug in sorted(dated)[: course.posts_left]]
    if len(dated) > course.posts_left:
        too_many = say("The course has more than {most} posts; split it up.", most=POSTS)
        course.problems.stop(f"modules/{module}/_posts", 1, too_many)
    course.posts_left -= len(posts)
    return [post for post in posts if post is not None]


def _post(course: _Course, module: str, path: Path, slug: str) -> Post | None:
    name = course.folder.name(path)
    text = course.folder.text(path)
    document = None if text is None else split(text, name, course.problems)
    if document is None:
        return None
    if document.facts is None:
        top = say("This post has no front matter: begin it with “---”, a line “title: …” and “---”.")
        course.problems.stop(name, 1, top)
        return None
    if document.facts.values.get("published") is False:
        course.problems.note(
            name, document.facts.line("published"), say("This post is not published, so I left it out.")
        )
        return None
    sections = read_sections(document.body, name, document.first_line, course.problems)
    return Post(module, name, document.facts.words("title") or spoken(one_line(slug)), slug, tuple(sections))
