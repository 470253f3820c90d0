"""One Markdown file as a course: headings, materials, activities, and kramdown's ways of writing."""

from __future__ import annotations

import pytest

from adapters.outlines import Reading, check_lines, read_markdown
from bot.cards import Block, Bullets, CodeBlock, Heading, Paragraph, Quote, paragraph
from bot.study.outline import ActivityKind, ActivityPlan, Material, MaterialKind, Outline
from bot.text import Code, Emphasis, Link, Plain, Strong, Text, to_text
from tests.adapters.outlines.course_builder import told

COURSE = """---
description: Tying knots together
source: https://x.org/knots
---

# Knots

Welcome.

## Week 1: Bends

Two ropes become one.

### Materials

- Video: [A bend](https://x.org/bend) (12 min)
- Read: [Why it holds](https://x.org/why)
- [The picture book](https://x.org/book.pdf) – 1 h 30 min
- Bring a rope.

### Build: A hammock (30 min, optional)

Hang it up.

### Which knot do you like? (really)

Say why.

## Week 2: Hitches
"""


def outline(text: str) -> Outline:
    reading = read_markdown(text)
    assert reading.outline is not None, told(reading)
    return reading.outline


def blocks(text: str) -> tuple[Block, ...]:
    return outline(f"# Knots\n\n## Ropes\n\n{text}\n").weeks[0].text


def problems(text: str) -> list[str]:
    return told(read_markdown(text))


def test_headings_are_course_week_and_activity() -> None:
    """P4: a course is one Markdown file."""
    course = outline(COURSE)
    assert (course.title, course.description) == ("Knots", "Tying knots together")
    assert course.source == "https://x.org/knots"
    assert course.introduction == (paragraph("Welcome."),)
    assert [week.title for week in course.weeks] == ["Bends", "Hitches"]


def test_the_list_of_materials_is_typed_and_the_rest_of_it_stays_text() -> None:
    """J13, J14: materials have a kind, a title, an address and minutes."""
    week = outline(COURSE).weeks[0]
    assert week.materials == (
        Material(MaterialKind.VIDEO, "A bend", "https://x.org/bend", 12),
        Material(MaterialKind.READING, "Why it holds", "https://x.org/why"),
        Material(MaterialKind.FILE, "The picture book", "https://x.org/book.pdf", 90),
    )
    assert week.text == (
        *(paragraph("Two ropes become one."), Heading(to_text("Materials"))),
        Bullets((to_text("Bring a rope."),)),
    )


def test_an_activity_s_heading_tells_kind_minutes_and_whether_it_is_required() -> None:
    """J16: several activities a week."""
    assert outline(COURSE).weeks[0].activities == (
        ActivityPlan(ActivityKind.BUILD, "A hammock", (paragraph("Hang it up."),), required=False, minutes=30),
        ActivityPlan(ActivityKind.PRACTICE, "Which knot do you like? (really)", (paragraph("Say why."),)),
    )


@pytest.mark.parametrize(
    ("bracket", "reviews", "check"),
    [
        ("30 min, 2 reviews", 2, False),
        ("1 review, optional", 1, False),
        ("30 min, feedback on 3 responses", 3, False),
        ("and give feedback on 1 response", 1, False),
        ("checked", 0, True),
        ("2 reviews, checked by a facilitator", 2, True),
    ],
)
def test_an_activity_s_heading_tells_what_it_takes_besides_handing_in(bracket: str, reviews: int, check: bool) -> None:
    [found] = outline(f"# A\n\n## Week 1: B\n\n### Build: A hammock ({bracket})\n").weeks[0].activities
    assert (found.title, found.reviews, found.check) == ("A hammock", reviews, check)


@pytest.mark.parametrize("bracket", ["99 reviews", "2 reviews of films", "2 responses", "reviews", "checked twice"])
def test_a_bracket_that_tells_something_else_stays_in_the_name(bracket: str) -> None:
    [found] = outline(f"# A\n\n## Week 1: B\n\n### Build: A hammock ({bracket})\n").weeks[0].activities
    assert (found.title, found.reviews, found.check) == (f"A hammock ({bracket})", 0, False)


def test_a_line_that_says_materials_opens_the_list_too() -> None:
    week = outline(
        "# K\n\n## R\n\nMaterials:\n\n- Audio: [Song](https://x.org/s)\n\nSee [also](https://x.org/also)."
    ).weeks[0]
    assert [(material.kind, material.title) for material in week.materials] == [
        (MaterialKind.AUDIO, "Song"),
        (MaterialKind.LINK, "also"),
    ]
    assert len(week.text) == 1


def test_headings_without_a_number_beside_weeks_become_the_introduction() -> None:
    reading = read_markdown("# K\n\n## About\n\nUs.\n\n## Week 1\n\nOne.\n\n## Week 2: Two\n\n## Thanks\n\nAll.")
    assert reading.outline is not None
    assert [week.title for week in reading.outline.weeks] == ["Week 1", "Two"]
    about, thanks = Heading(to_text("About")), Heading(to_text("Thanks"))
    assert reading.outline.introduction == (about, paragraph("Us."), thanks, paragraph("All."))
    assert told(reading) == [
        "Note: course.md, line 3: “About” has no number; I put it into the introduction.",
        "Note: course.md, line 13: “Thanks” has no number; I put it into the introduction.",
    ]


def test_weeks_may_be_h1_where_the_front_matter_has_the_title() -> None:
    course = outline("---\ntitle: K\n---\n#Week 1: A\n\n#Week 2: B\n")
    assert (course.title, [week.title for week in course.weeks]) == ("K", ["A", "B"])


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "There are no weeks"),
        ("## Week 1: A", "The course has no title"),
        ("# K\n\nWords.", "There are no weeks"),
        ("---\ntitle: x\n# K\n\n## A", "The front matter has no end"),
        ("---\ntitle: [x\n---\n# K\n\n## A", "This YAML cannot be read"),
    ],
)
def test_what_a_course_lacks_is_told_with_its_remedy(text: str, problem: str) -> None:
    assert read_markdown(text).outline is None
    assert any(line.startswith("Problem: course.md, line ") and problem in line for line in problems(text))


def test_problems_name_the_line_in_the_file_also_below_front_matter() -> None:
    text = "---\ntitle: K\n---\n\n## Week 1: A\n\n## Others\n"
    assert problems(text) == ["Note: course.md, line 7: “Others” has no number; I put it into the introduction."]


def test_headings_without_a_space_are_headings_but_numbers_with_a_hash_are_not() -> None:
    assert blocks("####Hello\nYou are\n\n#1 of us. #rope") == (
        *(Heading(to_text("Hello")), paragraph("You are")),
        paragraph("#1 of us. #rope"),
    )


def test_styles_code_and_line_breaks_are_spans() -> None:
    assert blocks("___a___ *b* `c`  \nd\ne <br> f") == (
        Paragraph(Text((Strong("a"), Plain(" "), Emphasis("b"), Plain(" "), Code("c"), Plain("\nd e\nf")))),
    )


def test_what_jekyll_would_fill_in_is_left_out_except_in_code() -> None:
    text = "From {{ site.start }}{:.x} on `{{ code }}`.\n{: .note}\n\n{% include a.html %}\n\n```\n{{ kept }}\n```"
    assert blocks(text) == (
        Paragraph(Text((Plain("From … on "), Code("{{ code }}"), Plain(".")))),
        CodeBlock("{{ kept }}"),
    )


def test_jekyll_s_highlighted_code_is_code() -> None:
    assert blocks("{% highlight python %}\n# not a heading\nx = 1\n{% endhighlight %}\nAnd on.") == (
        CodeBlock("# not a heading\nx = 1", "python"),
        paragraph("And on."),
    )


def test_lists_within_lists_keep_their_marks() -> None:
    assert blocks("1. a\n   - b\n   - c\n2. d") == (Bullets((to_text("a\n– b\n– c"), to_text("d")), numbered=True),)


def test_numbered_lists_that_hold_code_or_begin_later_keep_their_numbers() -> None:
    assert blocks("1. a\n\n   ```\n   code\n   ```\n\n2. b") == (
        paragraph("1. a"),
        CodeBlock("code"),
        paragraph("2. b"),
    )
    assert blocks("3. a\n4. b") == (paragraph("3. a"), paragraph("4. b"))


def test_quotes_keep_their_headings_lists_and_code() -> None:
    assert blocks("> # Note\n> a\n>\n> - b\n>\n> ```\n> code\n> ```\n> c") == (
        Quote(Text((Strong("Note"), Plain("\na\n– b")))),
        CodeBlock("code"),
        Quote(to_text("c")),
    )


def test_tables_become_rows_of_text_with_their_links() -> None:
    assert blocks("| Knot | Use |\n|---|---|\n| [Bend](https://x.org/b) | **two** ropes |") == (
        Bullets(
            (
                Text((Strong("Knot"), Plain(" · "), Strong("Use"))),
                Text((Link("Bend", "https://x.org/b"), Plain(" · "), Strong("two"), Plain(" ropes"))),
            )
        ),
    )


def test_html_comments_and_scripts_are_not_shown_but_preformatted_text_is() -> None:
    text = "<!-- hidden -->\n\n<script>\nalert(1)\n</script>\n\n<pre>\n  a &lt; b\n</pre>\n\n<!-- never closed"
    assert blocks(text) == (CodeBlock("  a < b"), paragraph("never closed"))


def test_titles_of_links_are_kept() -> None:
    assert blocks('[a](https://x.org "the reason")') == (
        Paragraph(Text((Link("a", "https://x.org"), Plain(" (the reason)")))),
    )


def test_control_and_direction_characters_are_taken_out_and_told() -> None:
    reading = read_markdown("# K\u202enots\n\n## R\u0007opes &#x202e;x\u2066\n\n`a\u200fb`\n")
    assert reading.outline is not None
    assert (reading.outline.title, reading.outline.weeks[0].title) == ("Knots", "Ropes x")
    assert reading.outline.weeks[0].text == (Paragraph(Text((Code("ab"),))),)
    assert told(reading) == ["Note: course.md, line 1: I took out 4 characters that nobody can see."]


def test_course_check_prints_weeks_before_notes() -> None:
    """P4: the facilitator sees what the course will be before a group follows it."""
    reading: Reading = read_markdown(COURSE)
    assert check_lines(reading) == [
        "Week 1: Bends (3 materials, 2 activities)",
        "Week 2: Hitches (0 materials, 0 activities)",
    ]
