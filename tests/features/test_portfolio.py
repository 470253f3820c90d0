"""The portfolio: what one made, asked, answered and noted, seen by its owner alone."""

from __future__ import annotations

import json

import pytest

from tests.builders import Scene


async def a_busy_week(js: Scene) -> None:
    """Let Jill hand in, note, ask and answer, and be liked for it."""
    await js.does("jill", "/submit https://code.example/1 note:My first program")
    await js.fills("jill", activity="Week 1, activity 1: Practise values")
    await js.likes("priya", js.home.last)
    await js.does("jill", "/note https://blog.example/loops text:About loops share:yes")
    await js.does("jill", "/ask Why does my loop never end")
    await js.says("tomas", "SECRET WORDS OF TOMAS", js.home.last)
    await js.does("priya", "/ask What is a closure")
    reply = await js.says("jill", "A function that remembers", js.home.last)
    await js.uses_menu("priya", "Mark as answer", reply)
    await js.likes("priya", reply)


@pytest.mark.slow
async def test_everything_one_contributed_is_in_it(js: Scene) -> None:
    """J27: every contribution and every like builds the portfolio."""
    await js.changes("jill", goal="Build a game")
    await a_busy_week(js)

    assert await js.does("jill", "/portfolio") == (
        "JavaScript in three weeks\n"
        "▓▓▓░░░░░░░ 1/3 Required activities done\n"
        "• Since Monday 11 January 2027, still going on\n"
        "• Joined as learner on Monday 4 January 2027\n"
        "• Facilitated by Fela\n"
        "• Course: js.example (https://js.example)\n"
        "• Goal: Build a game\n"
        "• 1 of 3 required activities done\n"
        "• Finishing takes 80 % of the required activities and help with 1 question or response of others\n"
        "• Helped with 1 question, 1 of the answers accepted\n"
        "• Helped 1 person\n"
        "• Was helped by 1 person\n"
        "• Likes: 2 received, 0 given\n"
        "\n"
        "Week 1: values\n"
        "Practise values · code.example (https://code.example/1) · Monday 11 January 2027 · 1 like\n"
        "> My first program\n"
        "Note, shared · blog.example (https://blog.example/loops) · Monday 11 January 2027\n"
        "> About loops\n"
        "Asked: Why does my loop never end · answered · 1 answer · Monday 11 January 2027\n"
        "Answered somebody's question · accepted · Monday 11 January 2027 · 1 like\n"
        "> A function that remembers\n"
        "[Download] [Your own words] [What comes first]\n"
        "Only you can see this"
    )


async def test_the_words_of_others_are_not_in_it(js: Scene) -> None:
    """J27: other people appear as counts."""
    await a_busy_week(js)
    said = await js.person("nadia").says("SECRET WORDS OF NADIA", js.home)
    await js.uses_menu("jill", "Turn into question", said)
    await js.does("jill", "/portfolio export")

    for file in js.person("jill").files:
        content = file.content.decode()
        assert "SECRET" not in content
        assert "closure" not in content


async def test_it_is_exported_as_markdown_and_json(js: Scene) -> None:
    """P13: the work can be taken along."""
    await a_busy_week(js)
    await js.does("jill", "/portfolio export")

    written, data, table, xapi = js.person("jill").files
    names = ("portfolio.md", "portfolio.json", "portfolio.csv", "portfolio-xapi.json")
    assert tuple(file.name for file in (written, data, table, xapi)) == names
    assert "- **Practise values** · [code\\.example](<https://code.example/1>)" in written.content.decode()
    read = json.loads(data.content)
    assert (read["format"], read["version"], read["name"]) == ("studycircle-portfolio", 1, "Jill")
    [chapter] = read["chapters"]
    assert chapter["completion"] == {
        "finished": False,
        "done": 1,
        "required": 3,
        "criteria": "80 % of the required activities and help with 1 question or response of others",
        "recorded_at": None,
    }
    [week] = chapter["weeks"]
    assert [work["likes"] for work in week["submissions"]] == [1]
    assert week["answers"] == [
        {
            "text": "A function that remembers",
            "at": "2027-01-11T17:00:00+00:00",
            "accepted": True,
            "also_helped": False,
            "likes": 1,
            "story": "",
            "place": None,
        }
    ]


async def test_what_people_wrote_formats_nothing_in_the_export(js: Scene) -> None:
    await js.does("jill", "/note text:# Not a heading <script>alert(1)</script> [x](javascript:alert(1)) **b**")
    await js.does("jill", "/portfolio export")

    written = js.person("jill").files[0].content.decode()
    assert "<script>" not in written
    assert "](javascript" not in written
    assert "**b**" not in written


async def test_work_that_was_taken_back_is_not_in_it(js: Scene) -> None:
    await js.does("jill", "/submit https://code.example/1 activity:1.1")
    await js.presses("jill", "Undo")

    assert "code.example" not in await js.does("jill", "/portfolio")


async def test_an_empty_portfolio_says_how_it_fills(js: Scene) -> None:
    assert "Nothing here yet. What you hand in, note, ask and answer comes in by itself." in await js.does(
        "jill", "/portfolio"
    )


async def test_somebody_without_any_group_has_none(js: Scene) -> None:
    assert (await js.does("gus", "/portfolio")).startswith("Your portfolio is empty so far")
    assert (await js.calls("gus", "portfolio export")).startswith("Your portfolio is empty so far")


async def test_whoever_left_keeps_the_chapter(js: Scene) -> None:
    """P13: old groups keep working for those who were in them."""
    from bot.study.members import MemberState

    await js.does("jill", "/note text:About loops")
    await js.changes("jill", state=MemberState.LEFT)

    assert "> About loops" in await js.does("jill", "/portfolio")


@pytest.mark.slow
async def test_a_long_portfolio_is_read_page_by_page(js: Scene) -> None:
    for number in range(40):
        await js.does("jill", f"/note text:Note {number} {'word ' * 30}")

    first = await js.does("jill", "/portfolio")
    assert "Page 1 of" in first
    second = await js.presses("jill", "Next")
    assert "Page 2 of" in second
    assert "Note 0 " in first
    assert "Note 0 " not in second


async def test_several_groups_are_chapters_to_choose_from(js: Scene) -> None:
    other = await js.another_group()
    answer = await js.person("fela").types("/portfolio")

    assert "Which group do you want to look at?" in answer.text
    assert other.title in answer.text
    assert (await js.presses("fela", "Python together")).startswith("Python together")
