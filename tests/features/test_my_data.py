"""My data: what is kept of somebody can be taken along, and is forgotten when they want it to be (P13, S6, J15)."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import html5lib
import pytest

from bot.bootstrap import FEATURES
from bot.ports import UnitOfWork
from bot.study.members import MemberState
from bot.study.questions import QuestionState
from tests.builders import Scene, scene


@pytest.fixture
async def all_of_it(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Scene]:
    """Return the JavaScript group with all features and its first week out."""
    async with scene(sqlite_url, FEATURES, tmp_path) as opened:
        await opened.open_week(1)
        yield opened


async def a_busy_week(js: Scene) -> None:
    """Let Jill hand in, note, ask, answer and like."""
    await js.does("jill", "/submit https://code.example/jills-first note:Jills own words")
    await js.fills("jill", activity="Week 1, activity 1: Practise values")
    await js.likes("priya", js.home.last)
    await js.does("jill", "/note https://blog.example/jill text:Jill on loops share:yes")
    await js.does("jill", "/ask Why does the loop of Jill never end")
    reply = await js.says("tomas", "Because i never grows", js.home.last)
    await js.uses_menu("jill", "Mark as answer", reply)
    await js.does("priya", "/ask What is a closure")
    await js.calls("jill", "answer", question=await _newest_question(js), text="JILL A function that remembers")
    await js.does("priya", "/submit https://code.example/priyas")
    await js.fills("priya", activity="Week 1, activity 1: Practise values")
    await js.likes("jill", js.home.last)


async def _newest_question(js: Scene) -> str:
    from bot.ids import code

    return code((await js.reads(lambda uow: uow.questions.in_group(js.group.id)))[-1].id)


def unpacked(js: Scene, name: str) -> dict[str, bytes]:
    [file] = js.person(name).files[-1:]
    assert (file.name, file.media_type) == ("my-data.zip", "application/zip")
    with zipfile.ZipFile(io.BytesIO(file.content)) as box:
        return {one: box.read(one) for one in box.namelist()}


@pytest.mark.slow
async def test_everything_comes_in_one_file_to_read_and_for_programs(all_of_it: Scene) -> None:
    """P13: the work can be taken along."""
    js = all_of_it
    await a_busy_week(js)

    assert "Here is everything that I keep about you" in await js.does("jill", "/settings export")

    files = unpacked(js, "jill")
    assert list(files) == ["my-data.html", "my-data.json", "portfolio.md", "portfolio.json"]
    data = json.loads(files["my-data.json"])
    assert (data["format"], data["version"], data["name"]) == ("studycircle-my-data", 1, "Jill")
    assert data["tables"]["account"][0]["ref"] == "local:jill"
    assert data["tables"]["submission"][0]["note"] == "Jills own words"
    assert data["tables"]["answer"][0]["text"] == "JILL A function that remembers"
    page = html5lib.HTMLParser(strict=True).parse(files["my-data.html"].decode())
    text = "".join(page.itertext())
    assert "What is kept about Jill" in text
    assert "Jill on loops" in text


async def test_what_people_wrote_is_text_in_the_page(all_of_it: Scene) -> None:
    js = all_of_it
    await js.does("jill", "/note text:</dd><script>alert(1)</script>")
    await js.does("jill", "/settings export")

    page = unpacked(js, "jill")["my-data.html"].decode()
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.slow
async def test_before_anything_goes_it_is_said_what_and_asked(all_of_it: Scene) -> None:
    js = all_of_it
    await a_busy_week(js)

    assert await js.does("jill", "/settings erase") == (
        "Erase everything about you?\n"
        "This is what goes, for good:\n"
        "• your name and settings, and 1 account\n"
        "• your place in 1 group\n"
        "• 1 piece of work that you handed in\n"
        "• 1 note\n"
        "• the words of 1 question\n"
        "• the words of 1 answer\n"
        "I forget you within a minute, and my messages about you go within a day. Backups that were made "
        "before are deleted in their time; after a restore you are forgotten again.\n"
        "What others wrote stays theirs; where they speak with you, it says “a former member”. Likes that you gave "
        "still count for those who got them. What you wrote in the chat yourself you can delete there.\n"
        "This can't be undone.\n"
        "[Download it first] [Yes, erase everything]\n"
        "Only you can see this"
    )
    assert (await js.member("jill")).state is MemberState.ACTIVE


@pytest.mark.slow
async def test_whoever_is_erased_is_a_former_member_to_the_others(all_of_it: Scene) -> None:
    js = all_of_it
    await a_busy_week(js)
    await js.does("jill", "/settings erase")

    assert "I have forgotten you" in await js.presses("jill", "Yes, erase everything")

    shown = [js.person("priya").reads(message) for message in js.home.messages]
    everything = "\n".join(shown)
    assert "Jill" not in everything
    assert "code.example/jills-first" not in everything
    assert "a former member asked something here" in everything
    assert "code.example/priyas" in everything
    listed = await js.does("fela", "/questions all")
    assert "A question whose words are gone" in listed
    assert "loop" not in listed
    for read in ("/participants", "/responses 1.1", "/lead pulse", "/lead members list", "/progress", "/group"):
        answer = await js.does("fela", read)
        assert "Jill" not in answer
        assert "wrong on my side" not in answer


@pytest.mark.slow
async def test_no_title_of_a_thread_tells_of_whoever_is_erased(all_of_it: Scene) -> None:
    """A thread outlives the message that it hangs below, also one that was taken back before."""
    js = all_of_it
    await a_busy_week(js)
    await js.does("jill", "/submit https://code.example/jills-second")
    await js.fills("jill", activity="Week 1, activity 2: Reflect on values")
    await js.presses("jill", "Undo")
    threads = js.home.threads.values()
    assert "Why does the loop of Jill never end" in {thread.title for thread in threads}
    assert len([thread for thread in threads if thread.title.startswith("Jill: ")]) == 2

    await js.calls("jill", "settings erase now")

    assert sorted(thread.title for thread in threads) == [
        "A question from a former member",
        "Priya: Practise values",
        "What is a closure",
        "Work of a former member",
        "Work of a former member",
    ]


@pytest.mark.slow
async def test_the_work_and_the_likes_of_others_stay(all_of_it: Scene) -> None:
    js = all_of_it
    await a_busy_week(js)
    before = await js.does("priya", "/portfolio")
    await js.calls("jill", "settings erase now")

    assert "Likes: 1 received" in before
    after = await js.does("priya", "/portfolio")
    assert "Likes: 1 received" in after
    assert "code.example/priyas" in after
    answers = await js.reads(lambda uow: uow.questions.answers_by(js.group.id, js.ids["tomas"]))
    question = await js.reads(lambda uow: uow.questions.get(answers[0].question))
    assert question is not None
    assert (question.text, question.state, question.accepted) == ("", QuestionState.ACCEPTED, answers[0].id)


async def test_whoever_comes_back_is_somebody_new(all_of_it: Scene) -> None:
    js = all_of_it
    await js.calls("jill", "settings erase now")

    assert "There is nothing of you here" in await js.calls("jill", "settings erase now")
    assert "There is nothing of you here" in await js.does("jill", "/settings export")
    assert await js.reads(lambda uow: uow.people.by_account(js.person("jill").account)) is None
    await js.does("jill", "/settings zone:Asia/Tokyo")
    again = await js.reads(lambda uow: uow.people.by_account(js.person("jill").account))
    assert again is not None
    assert again.id != js.ids["jill"]
    assert await js.reads(lambda uow: uow.my_data.erased()) == [js.ids["jill"]]


async def test_who_leads_alone_hands_over_or_ends_the_group_first(all_of_it: Scene) -> None:
    js = all_of_it
    told = await js.does("fela", "/settings erase")
    assert told.startswith("You lead JavaScript in three weeks, and the people there count on somebody.")
    assert "Nothing is erased yet." in told
    assert "count on somebody" in await js.calls("fela", "settings erase now")

    await js.does("fela", "/lead group finish")
    await js.presses("fela", "Finish it")
    await js.passes(minutes=1)
    assert "I have forgotten you" in await js.calls("fela", "settings erase now")


async def test_nothing_lies_ahead_of_whoever_is_erased(all_of_it: Scene) -> None:
    js = all_of_it
    await js.agrees("jill")
    await js.calls("jill", "settings erase now")
    await js.passes(days=30)

    assert not [words for words in js.inbox("jill") if "former" not in words]
    for name in ("fela", "tomas", "priya"):
        assert "Jill" not in "\n".join(js.inbox(name))


@pytest.mark.slow
async def test_the_longest_name_is_in_no_thanks_any_more(all_of_it: Scene) -> None:
    js = all_of_it
    long = "Tomasz " * 11

    def named(uow: UnitOfWork) -> None:
        person = uow.people.get(js.ids["tomas"])
        assert person is not None
        uow.people.save(replace(person, name=long.strip()))

    await js.writes(named)
    await js.does("jill", "/ask Why does my loop never end")
    await js.says("tomas", "Look at i++", js.home.last)
    await js.passes(days=13)
    assert any("Tomasz" in js.person("priya").reads(message) for message in js.home.messages)

    await js.calls("tomas", "settings erase now")

    assert not any("Tomasz" in js.person("priya").reads(message) for message in js.home.messages)
