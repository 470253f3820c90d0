"""The command line: what each verb prints, and which exit status it ends with."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.processes import ROOT, Ended, in_plain_words, run

pytestmark = pytest.mark.slow  # each starts the program

SAMPLE = ROOT / "courses" / "javascript-in-five-weeks.md"
DATABASE = "studycircle.db"


def create(tmp_path: Path, **options: str) -> Ended:
    """Create a group with good options, or with some of them changed."""
    given = {
        "course": str(SAMPLE),
        "home": "discord:1970384/2012345",
        "facilitator": "discord:80351110224678912",
        "starts": "2099-01-11T18:00",
        "zone": "Europe/Berlin",
    } | options
    given["starts"] = given["starts"].replace("2099", str(_next_year()))
    arguments = [part for name, value in given.items() for part in (f"--{name.replace('_', '-')}", value)]
    return run("group", "create", *arguments, cwd=tmp_path)


def _next_year() -> int:
    from schedules.clock import SystemClock

    return SystemClock().now().year + 1


def count(tmp_path: Path, table: str) -> int:
    """Return how many rows a table has, 0 where there is no database."""
    if not (tmp_path / DATABASE).exists():
        return 0
    with closing(sqlite3.connect(tmp_path / DATABASE)) as database:
        return int(database.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0])


def refused(ended: Ended) -> list[str]:
    """Assert that a verb ended with 1 and said why in plain words; return the lines."""
    assert ended.status == 1, ended.out + ended.err
    assert ended.out == ""
    assert in_plain_words(ended.err)
    return ended.err.splitlines()


@pytest.mark.parametrize(
    "verb",
    [
        (),
        ("bot",),
        ("demo",),
        ("course",),
        ("course", "check"),
        ("group",),
        ("group", "create"),
        ("audit",),
        ("schedule", "show"),
        ("backup",),
        ("restore",),
        ("doctor",),
    ],
)
def test_each_verb_tells_how_it_is_used(verb: tuple[str, ...], tmp_path: Path) -> None:
    ended = run(*verb, "--help", cwd=tmp_path)
    assert ended.status == 0, ended.err
    assert ended.out.startswith("Usage: python -m bot")
    assert ended.err == ""
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_verb_is_refused(tmp_path: Path) -> None:
    ended = run("dance", cwd=tmp_path)
    assert ended.status == 2
    assert "No such command 'dance'" in ended.err


# course check


def test_a_course_is_listed_week_by_week(tmp_path: Path) -> None:
    ended = run("course", "check", SAMPLE, cwd=tmp_path)
    assert (ended.status, ended.err) == (0, "")
    assert ended.out.splitlines() == [
        "Week 1: Values and functions in the console (4 materials, 3 activities)",
        "Week 2: Objects and arrays (4 materials, 3 activities)",
        "Week 3: Pages that answer (3 materials, 3 activities)",
        "Week 4: Waiting without standing still (4 materials, 3 activities)",
        "Week 5: A small thing of your own (3 materials, 3 activities)",
    ]


def test_what_is_wrong_with_a_course_is_told_with_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "bad.md").write_text("# Bad\n")
    ended = run("course", "check", "bad.md", cwd=tmp_path)
    assert ended.status == 1
    assert ended.out == (
        "Problem: bad.md, line 1: There are no weeks: begin each with a heading such as “## Week 1: First steps”.\n"
    )


def test_a_course_that_is_not_there_is_told(tmp_path: Path) -> None:
    ended = run("course", "check", "nothing.md", cwd=tmp_path)
    assert ended.status == 1
    assert ended.out == "Problem: nothing.md, line 1: There is no such file or folder.\n"


# group create


def test_a_group_is_created_with_its_weeks_its_home_and_who_leads_it(tmp_path: Path) -> None:
    ended = create(tmp_path, title="Tuesday circle", seats="12")
    assert (ended.status, ended.err) == (0, "")
    assert ended.out.splitlines() == [
        f"Created: Tuesday circle (5 weeks), from {_next_year()}-01-11 18:00 in Europe/Berlin.",
        "It lives in discord:1970384/2012345, and discord:80351110224678912 leads it.",
    ]
    with closing(sqlite3.connect(tmp_path / DATABASE)) as database:
        assert database.execute("SELECT title, state, seats, auto_accept FROM study_group").fetchall() == [
            ("Tuesday circle", "open", 12, 0)
        ]
        assert database.execute("SELECT role, state FROM member").fetchall() == [("owner", "active")]
        assert database.execute("SELECT count(*) FROM week").fetchone() == (5,)
        posted = database.execute("SELECT place, state FROM post").fetchall()
        assert [state for _, state in posted] == ["due"]
        assert "1970384/2012345" in posted[0][0]


def test_a_second_group_in_the_same_channel_is_refused(tmp_path: Path) -> None:
    assert create(tmp_path).status == 0
    assert refused(create(tmp_path, title="Another")) == [
        "JavaScript in five weeks lives in this channel already. "
        "Go to a channel that is free and create the new group there."
    ]
    assert count(tmp_path, "study_group") == 1
    assert count(tmp_path, "person") == 1


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("home", "somewhere", "'somewhere' is not PLATFORM:SPACE/CHANNEL"),
        ("facilitator", "fela", "'fela' is not PLATFORM:USER"),
        ("zone", "Mars/Olympus", "I don't know the time zone “Mars/Olympus”."),
        ("starts", "2020-01-11T18:00", "Saturday 11 January 2020, 17:00 (UTC) has passed already."),
        ("starts", "soon", "I can't read “soon” as a date and time. Write it like 2027-01-11 18:00."),
        ("seats", "0", "A group needs at least one place."),
        ("title", "!!!", "The group needs a title that people can read."),
        ("course", "nothing.md", "Problem: nothing.md, line 1: There is no such file or folder."),
    ],
)
def test_a_group_that_cannot_be_is_refused_and_leaves_nothing(
    option: str, value: str, words: str, tmp_path: Path
) -> None:
    said = refused(create(tmp_path, **{option: value}))
    assert said[0].startswith(words), said
    if (tmp_path / DATABASE).exists():
        for table in ("study_group", "home", "person", "account", "member", "week", "agenda"):
            assert count(tmp_path, table) == 0


def test_what_is_left_out_of_a_group_is_named(tmp_path: Path) -> None:
    ended = run("group", "create", cwd=tmp_path)
    assert ended.status == 2
    assert "Missing option '--course'" in ended.err
    assert not (tmp_path / DATABASE).exists()


# bot, and the settings


def test_a_bot_without_a_platform_says_what_to_set(tmp_path: Path) -> None:
    said = refused(run("bot", cwd=tmp_path))
    assert said[0] == "No platform is switched on, so there is nobody to talk to."
    assert "set token in [discord] (or STUDYCIRCLE_DISCORD__TOKEN)" in said[1]
    assert "set bot_token and app_token in [slack]" in said[2]
    assert "set enabled = true in [local] (or STUDYCIRCLE_LOCAL__ENABLED=true)" in said[3]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("verb", ["bot", "group create"])
def test_everything_that_is_wrong_with_the_settings_is_told_at_once(verb: str, tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text(
        '[instance]\nzone = "Berlin"\n[storage]\nurl = "mysql://x"\n'
        "[web]\nport = 99999\nprot = 1\n[locl]\nenabled = true\n"
    )
    rest = ["--course", "c", "--home", "a:b/c", "--facilitator", "a:b", "--starts", "x", "--zone", "y"]
    arguments = [*verb.split(), "--config", "bad.toml", *(rest if " " in verb else [])]
    said = refused(run(*arguments, cwd=tmp_path))
    assert said[0] == "The settings cannot be used:"
    told = "\n".join(said[1:])
    for name in ("instance.zone", "storage.url", "web.port", "web.prot", "locl"):
        assert name in told
    assert "Europe/Berlin" in told
    assert "Did you mean web.port?" in told
    assert "Did you mean local?" in told
    assert not (tmp_path / DATABASE).exists()


def test_settings_that_are_not_there_or_not_readable_are_told(tmp_path: Path) -> None:
    said = refused(run("bot", "--config", "nothing.toml", cwd=tmp_path))
    assert said[1:] == ["  nothing.toml: there is no such file. Copy config.example.toml to it and fill it in."]
    (tmp_path / "broken.toml").write_text("[web\n")
    said = refused(run("bot", "--config", "broken.toml", cwd=tmp_path))
    assert said[1].startswith("  broken.toml: cannot be read:")


def test_a_database_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    (tmp_path / "folder.db").mkdir()
    said = refused(
        run(
            "bot",
            cwd=tmp_path,
            STUDYCIRCLE_LOCAL__ENABLED="true",
            STUDYCIRCLE_WEB__PORT="0",
            STUDYCIRCLE_STORAGE__URL=f"sqlite:///{tmp_path / 'folder.db'}",
        )
    )
    assert "folder.db" in "\n".join(said)
