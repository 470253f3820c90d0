"""Links of a course: what becomes material, under which title and of which kind, and what must not become a link."""

from __future__ import annotations

import pytest

from adapters.outlines import read_markdown
from adapters.outlines.links import kind_of, minutes_in, web_address
from bot.cards import Block, Paragraph, paragraph
from bot.study.outline import Material, MaterialKind, WeekPlan
from bot.text import Emphasis, Link, Plain, Strong, Text


def week(text: str) -> WeekPlan:
    outline = read_markdown(f"# Knots\n\n## Week 1: Ropes\n\n{text}\n").outline
    assert outline is not None
    return outline.weeks[0]


def only(text: str) -> Block:
    (block,) = week(text).text
    return block


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://www.youtube.com/watch?v=x", MaterialKind.VIDEO),
        ("https://youtu.be/x", MaterialKind.VIDEO),
        ("https://notyoutube.com/x", MaterialKind.LINK),
        ("https://x.org/talk.MP4", MaterialKind.VIDEO),
        ("https://x.org/talk.mp3?download=1", MaterialKind.AUDIO),
        ("https://open.spotify.com/episode/x", MaterialKind.AUDIO),
        ("https://x.org/sheet.pdf#page=2", MaterialKind.FILE),
        ("https://x.org/code.py", MaterialKind.FILE),
        ("https://x.org/v1.0/java", MaterialKind.LINK),
        ("https://x.org/chapter.html", MaterialKind.READING),
        ("https://en.wikipedia.org/wiki/Knot", MaterialKind.READING),
        ("https://x.org/forum", MaterialKind.LINK),
    ],
)
def test_host_and_ending_tell_the_kind_of_material(url: str, kind: MaterialKind) -> None:
    """J13, J14: typed materials."""
    assert kind_of(url) == kind


@pytest.mark.parametrize(
    ("words", "minutes"),
    [
        ("12 min", 12),
        ("12 minutes", 12),
        ("1 h", 60),
        ("1 h 30 min", 90),
        ("2 hours", 120),
        ("1h30m", 90),
        ("", None),
        ("Unit 3", None),
    ],
)
def test_minutes_are_understood_as_people_write_them(words: str, minutes: int | None) -> None:
    assert minutes_in(words) == minutes


def test_links_become_materials_each_address_once_under_its_most_telling_label() -> None:
    """J13: what a week links is its material."""
    text = "See [here](https://x.org/a.pdf), [the handout](http://www.x.org/a.pdf), [again](https://x.org/a.pdf/)."
    assert week(text).materials == (Material(MaterialKind.FILE, "The handout", "http://www.x.org/a.pdf"),)


def test_a_label_that_says_little_is_helped_by_what_stands_around_it() -> None:
    text = (
        "Sections [4.1](https://x.org/4#1) and [4.2](https://x.org/4#2); the file is [here](https://x.org/hw1.py).\n\n"
        "#### Getting rope\n\n<https://shop.example.org/ropes>"
    )
    wanted = ["Section 4.1", "Section 4.2", "hw1.py (x.org)", "Getting rope (shop.example.org)"]
    assert [material.title for material in week(text).materials] == wanted


def test_minutes_after_a_link_are_its_minutes() -> None:
    assert week("Watch [a knot](https://youtu.be/x) (7 min) first.").materials[0].minutes == 7


def test_pictures_are_links_or_words_and_no_material() -> None:
    picture = week("![a knot](https://x.org/knot.png) and ![a bend]({{ site.baseurl }}{{site.img}}bend.jpg)")
    assert picture.text == (
        Paragraph(Text((Link("a knot", "https://x.org/knot.png"), Plain(" and "), Emphasis("a bend")))),
    )
    assert picture.materials == ()


def test_embedded_videos_become_links_to_their_page() -> None:
    """J14: a video stays a video."""
    video = week('<div class="x"><iframe src="https://www.youtube.com/embed/abc?rel=0" title="A knot"></iframe></div>')
    assert video.materials == (Material(MaterialKind.VIDEO, "A knot", "https://www.youtube.com/watch?v=abc"),)


@pytest.mark.parametrize(
    "address",
    [
        *(
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "&#106;avascript:alert(1)",
            "data:text/html,x",
            "mailto:a@b.org",
        ),
        *(
            "../modules",
            "/img/x",
            "//x.org/a",
            "",
            "http://",
            "http://user:secret@x.org/",
            "file:///etc/passwd",
            "ftp://x.org",
        ),
        *("{{ site.baseurl }}/x", "https://x.org/{{ page.id }}", f"https://x.org/{'a' * 2100}", "http://[::1"),
    ],
)
def test_what_is_no_web_address_keeps_its_label_and_becomes_no_link(address: str) -> None:
    found = week(f"Tie [the knot]({address}) now.")
    assert found.materials == ()
    assert found.text[0] == paragraph("Tie the knot now.")
    assert not any(isinstance(span, Link) for block in found.text for span in getattr(block, "text", Text()).spans)


def test_foreign_letters_in_hosts_are_shown_as_punycode() -> None:
    assert web_address("https://exаmple.org/ä b") == "https://xn--exmple-4nf.org/%C3%A4%20b"


def test_links_in_headings_are_kept_below_the_title() -> None:
    found = week("### Build: [a net](https://x.org/net)")
    assert found.activities[0].title == "a net"
    assert found.activities[0].text == (Paragraph(Text((Plain("Build: "), Link("a net", "https://x.org/net")))),)
    assert [material.url for material in found.materials] == ["https://x.org/net"]


def test_bare_addresses_become_links_and_the_full_stop_stays_outside() -> None:
    assert only("See https://x.org/a_(b). Then (https://x.org/c)!") == Paragraph(
        Text(
            (
                *(Plain("See "), Link("https://x.org/a_(b)", "https://x.org/a_(b)"), Plain(". Then (")),
                *(Link("https://x.org/c", "https://x.org/c"), Plain(")!")),
            )
        )
    )


def test_links_broken_by_line_ends_are_mended_as_kramdown_s_readers_meant_them() -> None:
    text = 'Ask in the [forum]\n(https://x.org/forum){:target="_blank"} or [there](https://x\n.org/there).'
    links = [Link("forum", "https://x.org/forum"), Link("there", "https://x.org/there")]
    assert only(text) == Paragraph(Text((Plain("Ask in the "), links[0], Plain(" or "), links[1], Plain("."))))


def test_unused_link_definitions_are_not_dropped() -> None:
    found = week("Use [the rope][r].\n\n[r]: https://x.org/rope\n[video]: https://youtu.be/x")
    assert [material.url for material in found.materials] == ["https://x.org/rope", "https://youtu.be/x"]
    assert found.text[1] == Paragraph(Text((Plain("[video]: "), Link("https://youtu.be/x", "https://youtu.be/x"))))


def test_html_is_read_for_its_words_styles_and_links() -> None:
    text = (
        '<center>A <b>strong</b> <i class="x">rope</i> &amp; <a href="https://x.org/rope">more</a><br>\nlines</center>'
    )
    assert week(text).text == (
        Paragraph(
            Text(
                (
                    *(Plain("A "), Strong("strong"), Plain(" "), Emphasis("rope"), Plain(" & ")),
                    *(Link("more", "https://x.org/rope"), Plain("\nlines")),
                )
            )
        ),
    )
