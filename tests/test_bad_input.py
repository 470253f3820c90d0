"""Bad input to every option of every declared command: plain words come back, and nothing is stored or posted."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.cards import FieldKind, File
from bot.errors import HiddenCharacters, Missing, TooLong, UnknownItem, UnknownOption
from bot.ids import ActivityId, GroupId, WeekId, code, new_id
from bot.options import Access, Command, Option, ZoneName, hidden
from bot.study.founding import ChannelTaken
from bot.study.groups import GroupState
from bot.study.homes import OnlyHome
from bot.study.members import MemberState
from bot.study.silence import GoesOn
from bot.study.times import UnknownZone
from tests.declared import BY_NAME, CALLERS, COMMANDS, Everything, Told, everything

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]

PAST = ("2020-01-01 10:00", "2026-12-31")
OPTIONS = [(command, option) for command in COMMANDS for option in command.options]
GENTLE = {
    ("ask anyway", "draft"): "This is asked already, or more than a day old.",
    ("lead announce post", "draft"): "This is posted already, or more than a day old.",
    ("save to portfolio", "draft"): "This is saved already, or more than a day old.",
    ("lead group change", "draft"): "This group has started already, or you began more than a day ago.",
    ("lead group found", "draft"): "This group has started already, or you began more than a day ago.",
    ("question withdraw", "id"): "This question is gone already.",
    ("review withdraw", "id"): "This feedback is gone already.",
    ("link join", "id"): "This code was used already, or its time is over.",
    ("lead schedule break now", "draft"): "This is done already, or more than a day old.",
    ("lead schedule shift now", "draft"): "This is done already, or more than a day old.",
}
"""Where an id that is not there any more is what people see who press an old button: it is done already."""
TAKES_WEEKS = {"take the lead": GoesOn, "lead group home": ChannelTaken, "lead group home remove": OnlyHome}
"""Commands that do what they are for only after weeks of silence, or in a second home, and what is said before."""
NAMES_ANOTHER = frozenset({("group", "group"), ("group introduction", "group"), ("enrol", "group")})
NAMES_ANOTHER |= {("enrol follow", "group"), ("link join", "id")}  # a code is its account's, wherever it was typed
"""Options for a group, so that the id of another one in this space is no mistake."""
ID = re.compile(r"(?=.*[a-z])(?=.*[0-9])[0-9a-z]{11,13}")


def without_codes(text: str) -> str:
    """Return what was answered without the code in it, which is another each time."""
    return re.sub(r"\b[2-9A-Z]{4}-[2-9A-Z]{4}\b", "CODE", text)


def each_command(fits: Callable[[Command], object] = bool) -> pytest.MarkDecorator:
    """Run a test for each command that fits."""
    found = [command for command in COMMANDS if fits(command)]
    return pytest.mark.parametrize("command", found, ids=[command.name for command in found])


def each_option(fits: Callable[[Option], bool]) -> pytest.MarkDecorator:
    """Run a test for each option of any command that fits."""
    found = [(command, option) for command, option in OPTIONS if fits(option)]
    return pytest.mark.parametrize(("command", "option"), found, ids=[f"{one.name} {two.name}" for one, two in found])


def is_id(option: Option) -> bool:
    return getattr(option.type, "__supertype__", None) is int


def is_written(option: Option) -> bool:
    return option.kind is not FieldKind.FILE


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def there(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Everything]:
    """Return the group with one of everything; no test that uses this leaves anything in it."""
    async with everything(tmp_path_factory.mktemp("bad")) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def fresh(tmp_path: Path) -> AsyncIterator[Everything]:
    """Return a group of this test's own."""
    async with everything(tmp_path) as opened:
        yield opened


BAD_WORDS: dict[FieldKind, dict[str, str]] = {
    FieldKind.NUMBER: {
        "letters": "two",
        "a fraction": "1.5",
        "an exponent": "1e3",
        "two signs": "--1",
        "eleven digits": "99999999999",
        "forty digits": "9" * 40,
        "digits of another script": "٣٣٣٣٣٣٣٣٣٣",
        "a statement": "1; DROP TABLE groups",
    },
    FieldKind.YES_NO: {"neither yes nor no": "perhaps", "a number": "2", "more than yes": "yes please do"},
    FieldKind.URL: {
        "a script": "javascript:alert(1)",
        "data": "data:text/html,<script>alert(1)</script>",
        "a link of 2,049 characters": "https://x.example/" + "a" * 2_031,
        "no link": "my homework",
        "a link with a password": "https://jill:secret@x.example/",
        "a broken link": "https://[x/",
    },
    FieldKind.LOCAL_TIME: {
        "no time": "soon",
        "a day that is not": "2027-02-30 18:00",
        "a month that is not": "2027-13-45",
        "nothing but zeros": "0000-00-00",
        "another country's way": "11.01.2027",
        "the end of the calendar": "9999-12-31 23:59",
        "its beginning": "0001-01-01",
        "no day": "18:00",
        "too far ahead": "2190-01-01 18:00",
    },
    FieldKind.CHANNEL: {
        "no channel": "somewhere",
        "a person": "local:jill",
        "a channel of another space": "local:globex/javascript",
        "a channel of another platform": "slack:acme/javascript",
    },
    FieldKind.CHOICE: {"no choice": "something else"},
}
BAD_ZONES = ("Mars/Olympus", "../../etc/passwd", "CET+1", "Atlantis")
BAD_IDS = ("0", "!", "zzzzzzzzzzzzz", "9" * 40, "' OR 1=1 --", "-5")


def bad_words(option: Option) -> dict[str, str]:
    """Return what no option of this kind takes, each by a name."""
    words = {
        "4,001 characters": "x" * 4_001,
        "a control character": "a\x07b",
        "a bidi character": "1\u202e2",
        "an invisible space": "go\u200bod",
        "half a character": "a\ud800",
        **BAD_WORDS.get(option.kind, {}),
    }
    if option.type is ZoneName:
        words |= {f"the zone {zone}": zone for zone in BAD_ZONES}
    if is_id(option):
        words |= {f"the id {id}": id for id in BAD_IDS}
    return words


def in_plain_words(told: Told) -> None:
    """Assert that somebody who reads this knows what is wrong, and sees nothing of how the bot is made."""
    words = told.words
    for sign in ("Traceback", "Something went wrong", "Error", "None", "null", "{", "bot.", "sqlite", "ActivityId"):
        assert sign not in words
    assert not any(hidden(character) for character in words)
    assert not any(ID.fullmatch(word) for word in re.findall(r"\w+", words)), "an id is shown"
    assert words[0].isupper() or words[0] in "“/"
    assert words.rstrip()[-1] in ".?”"
    assert len(words) < 700


async def call(
    there: Everything, command: Command, changed: dict[str, str], *, real: bool = True, who: str = ""
) -> Told:
    """Let the usual caller make the good call with some options changed."""
    arguments, files = there.good(command)
    return await there.calls(
        who or CALLERS.get(command.name, "fela"),
        command.name,
        {**arguments, **changed},
        files,
        real=real,
        admin=True,
        channel=there.place(command),
    )


async def refused(
    there: Everything, command: Command, changed: dict[str, str], before: dict[str, list[Any]] | None = None
) -> Told:
    """Assert that a call is refused in plain words and leaves no trace, and return what came of it."""
    before = before or there.rows()
    told = await call(there, command, changed)
    assert told.refusal is not None, told.text
    in_plain_words(told)
    assert there.rows() == before
    assert not there.scene.home.messages
    return told


# The calls that the bad ones differ from


@each_command()
async def test_the_same_call_without_the_mistake_does_what_it_is_for(command: Command, there: Everything) -> None:
    async with there.prepared(command):
        told = await call(there, command, {}, real=False)
    if command.name in TAKES_WEEKS:
        assert isinstance(told.refusal, TAKES_WEEKS[command.name])
        return
    assert told.refusal is None, told.text
    assert told.reply.cards
    assert told.reply.form is None


# Each option


@each_option(is_written)
async def test_words_that_an_option_cannot_take_are_refused(
    command: Command, option: Option, there: Everything
) -> None:
    before = there.rows()
    for what, words in bad_words(option).items():
        told = await refused(there, command, {option.name: words}, before)
        if what == "4,001 characters":
            assert isinstance(told.refusal, TooLong), told.text
        elif what in ("a control character", "a bidi character", "an invisible space", "half a character"):
            assert isinstance(told.refusal, HiddenCharacters), told.text
        elif what.startswith("the zone"):
            assert isinstance(told.refusal, UnknownZone), told.text


@each_option(lambda option: option.kind is FieldKind.LOCAL_TIME)
async def test_a_time_that_has_passed_is_refused(command: Command, option: Option, there: Everything) -> None:
    for words in PAST:
        await refused(there, command, {option.name: words})


def _but_counted(there: Everything) -> dict[str, list[tuple[Any, ...]]]:
    """Return everything that is stored, but that somebody called: whoever is answered kindly has made a call."""
    return {
        name: rows
        for name, rows in there.rows().items()
        if name not in ("taken", "usage", "audit_entry", "audit_chain")
    }


@each_option(is_id)
async def test_ids_of_nothing_and_of_other_groups_are_refused(
    command: Command, option: Option, there: Everything
) -> None:
    ids = {
        "of nothing": new_id(there.scene.clock.now()),
        "of another kind": there.own[WeekId if option.type is not WeekId else ActivityId],
        "near": there.near[option.type],
        "far": there.far[option.type],
    }
    if (command.name, option.name) in NAMES_ANOTHER:
        del ids["near"]
    for id in ids.values():
        if (command.name, option.name) in GENTLE:
            before = _but_counted(there)
            told = await call(there, command, {option.name: code(id)})
            assert told.text.startswith(GENTLE[command.name, option.name])
            assert _but_counted(there) == before
        else:
            await refused(there, command, {option.name: code(id)})


@each_option(is_written)
async def test_an_empty_option_counts_as_left_out(command: Command, option: Option, there: Everything) -> None:
    arguments, files = there.good(command)
    without = {name: value for name, value in arguments.items() if name != option.name}
    who = CALLERS.get(command.name, "fela")
    place = there.place(command)
    before = there.rows()
    async with there.prepared(command):
        left_out = await there.calls(who, command.name, without, files, real=False, admin=True, channel=place)
        for empty in ("", "   ", "\n\t"):
            given = {**without, option.name: empty}
            told = await there.calls(who, command.name, given, files, real=False, admin=True, channel=place)
            assert without_codes(told.text) == without_codes(left_out.text)
            assert "Something went wrong" not in told.text
            if option.required:
                assert isinstance(told.refusal, Missing)
                in_plain_words(told)
                again = await there.calls(who, command.name, given, files, admin=True, channel=place)
                assert again.text == told.text
    assert there.rows() == before


@each_option(lambda option: option.kind is FieldKind.NUMBER)
async def test_a_number_beyond_all_bounds_breaks_nothing(command: Command, option: Option, there: Everything) -> None:
    for words in ("0", "-1", "999999999", "-999999999"):
        told = await call(there, command, {option.name: words}, real=False)
        assert "Something went wrong" not in told.text, words
        if told.refusal is not None:
            in_plain_words(told)
            await refused(there, command, {option.name: words})


@pytest.mark.parametrize("name", ["lead group import"])
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"   \n\n",
        b"\x89PNG\r\n\x1a\n\x00\x00",
        b"\xff\xfe\x00bad",
        b"Just some words, and no heading at all.",
        b"# A course without weeks\n",
        b"---\ntitle: [unclosed\n---\n# X\n",
        b"# Long\n" + b"word " * 2_500_000,
    ],
    ids=["empty", "blank", "a picture", "no text", "no heading", "no weeks", "broken front matter", "12 MB"],
)
async def test_a_file_that_is_no_course_is_refused(name: str, content: bytes, there: Everything) -> None:
    arguments, _ = there.good(BY_NAME[name])
    before = there.rows()
    told = await there.calls(
        "fela",
        name,
        arguments,
        {"file": File("homework.md", "text/markdown", content)},
        admin=True,
        channel=there.place(BY_NAME[name]),
    )
    assert told.refusal is not None, told.text
    in_plain_words(told)
    assert "homework.md" in told.words or "“" in told.words
    assert there.rows() == before


async def test_every_command_that_takes_a_file_has_its_bad_files_tried() -> None:
    assert [command.name for command, option in OPTIONS if option.kind is FieldKind.FILE] == ["lead group import"]


# Each call as a whole


@each_command()
async def test_an_option_that_does_not_exist_is_named(command: Command, there: Everything) -> None:
    told = await refused(there, command, {"colour": "blue"})
    assert isinstance(told.refusal, UnknownOption)


@each_command(lambda command: any(option.required for option in command.options))
async def test_an_empty_form_is_never_stored(command: Command, there: Everything) -> None:
    before = there.rows()
    told = await there.calls(CALLERS.get(command.name, "fela"), command.name, {}, admin=True)
    assert told.refusal is not None
    in_plain_words(told)
    assert there.rows() == before


@each_command(lambda command: any(map(is_written, command.options)))
async def test_somebody_who_makes_a_mistake_at_first_sight_is_not_even_written_down(
    command: Command, there: Everything
) -> None:
    before = there.rows()
    for option in command.options:
        if option.kind is not FieldKind.FILE:
            told = await call(there, command, {option.name: "a\x07b"}, who="newcomer")
            assert told.refusal is not None, told.text
            in_plain_words(told)
    assert there.rows() == before


@each_command(lambda command: command.access is not Access.NOTHING and "group" not in command.by_name)
async def test_an_unknown_group_is_refused(command: Command, there: Everything) -> None:
    before = there.rows()
    for group in ("1", "zzzzzzzzzzzzz", "; DROP TABLE", code(there.far[GroupId]), "x" * 4_001):
        told = await refused(there, command, {"group": group}, before)
        assert isinstance(told.refusal, UnknownItem), told.text


async def test_a_command_that_is_not_there_any_more_is_refused(there: Everything) -> None:
    before = there.rows()
    told = await there.calls("jill", "popup", {"topic": "x"})
    in_plain_words(told)
    assert "/help lists them" in told.words
    assert there.rows() == before


# Closed, full, over


async def changed(fresh: Everything, **fields: object) -> None:
    await fresh.scene.changes_group(**fields)


@pytest.mark.parametrize("name", ["enrol", "enrol follow", "lead members invite"])
async def test_a_group_that_is_closed_takes_nobody(name: str, fresh: Everything) -> None:
    await changed(fresh, enrol_until=date(2027, 1, 9))
    told = await refused(fresh, BY_NAME[name], {})
    assert told.words.startswith("Enrolment for JavaScript in three weeks closed after Saturday 9 January 2027.")


@pytest.mark.parametrize("name", ["lead members accept", "lead members role"])
async def test_a_group_that_is_full_lets_nobody_past_the_waiting_list(name: str, fresh: Everything) -> None:
    await changed(fresh, seats=1)
    await fresh.scene.changes("ada", state=MemberState.WAITLISTED)
    told = await refused(fresh, BY_NAME[name], {"role": "learner"} if name == "lead members role" else {})
    assert told.words.startswith("No place of JavaScript in three weeks is free.")


OVER_ALLOWS = frozenset(
    {
        "enrol",  # the other group of this space is open
        "lead group create",  # the channel is free
        "lead group import",
        "lead group change",
        "lead group found",
        "link",  # these are not about the group
        "link type",
        "link join",
        "unlink",
        "lead group home",  # with a code: the group that it brings is another
        "settings",
        "settings edit",
        "settings credit",
        "study setup",
        "study facilitators",
        "study privacy",
        "lead group hand-over",  # somebody has to look after what is kept
        "lead members decline",  # nobody is left without an answer
        "lead members role",
        "lead members remove",  # nor has to be seen in it
        "lead members remove now",
        "withdraw",  # one can always leave,
        "delivery again",  # what was said while it went on may arrive late
        "delivery there",
        "submission withdraw",  # and take back or delete what is one's own
        "note delete",
        "note feature decline",
        "portfolio publish",  # what one made stays one's own, to show and to hide
        "portfolio publish now",
        "portfolio hide",
        "portfolio new address",
        "portfolio item",
        "portfolio first",
        "group name me",
        "portfolio story",
        "portfolio badge make",
        "settings erase now",  # and leaving without a trace is always possible
        "lead award",  # records are decided about when they are written
        "lead group page",  # and a page can be taken down; a cancelled group gets none
    }
)
"""Commands that write, and may after a group is archived."""


@each_command(lambda command: command.access is Access.WRITE and command.name not in OVER_ALLOWS)
@pytest.mark.parametrize("state", [GroupState.ARCHIVED, GroupState.CANCELLED])
async def test_nothing_is_added_to_a_group_that_is_over(command: Command, state: GroupState, there: Everything) -> None:
    if (command.name, state) == ("lead group archive", GroupState.CANCELLED):
        return  # that is what can still be done with it
    before_state = there.scene.group.state
    await there.scene.changes_group(state=state)
    try:
        rehearsed = await call(there, command, {}, real=False)
        assert rehearsed.refusal is not None, rehearsed.text  # before it could change what other tests find
        await refused(there, command, {})
    finally:
        await there.scene.changes_group(state=before_state)


ABOUT_WHAT_COMES = frozenset({"lead members invite", "groups"})
"""Reading that is about groups which people can still join."""


async def test_reading_goes_on_when_a_group_is_over(there: Everything) -> None:
    before_state = there.scene.group.state
    await there.scene.changes_group(state=GroupState.ARCHIVED)
    try:
        for command in COMMANDS:
            if command.access is Access.READ and command.name not in ABOUT_WHAT_COMES:
                told = await call(there, command, {})
                assert told.refusal is None, f"{command.name}: {told.text}"
    finally:
        await there.scene.changes_group(state=before_state)
