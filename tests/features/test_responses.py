"""Seeing what everyone handed in, and talking about it."""

from __future__ import annotations

import pytest

from bot.chat import AccountRef
from bot.ids import PersonId, new_id
from bot.ports import UnitOfWork
from bot.study.acts import ActKind
from bot.study.people import Account, Person
from bot.study.submissions import hand_in
from tests.builders import Scene
from tests.features.handing_in import LINK, SUBMIT, id_of, posted

# J20, J21: seeing everyone's


async def test_responses_are_listed_with_their_likes_five_to_a_page(js: Scene) -> None:
    """J20."""
    for who in ("priya", "jill", "nadia", "tomas", "fela"):
        await js.does(who, f"/submit activity:1 https://blog.example/{who}")
    await js.likes("nadia", posted(js)[0])
    one = await js.does("jill", "/responses activity:1")
    assert one.splitlines()[:5] == [
        "Week 1, activity 1: Practise values",
        "",
        "Priya · Monday 11 January 2027 · 1 like",
        "blog.example (https://blog.example/priya)",
        "",
    ]
    assert [name for name in ("Priya", "Jill", "Nadia", "Tomas", "Fela") if name in one] == [
        "Priya", "Jill", "Nadia", "Tomas", "Fela",
    ]  # fmt: skip
    assert "[Next]" not in one


async def test_pages_turn_in_place(js: Scene) -> None:
    activity = await js.activity(1)

    def many(uow: UnitOfWork) -> None:
        for number in range(7):
            now = js.clock.now()
            person = Person(PersonId(new_id(now)), f"Reader {number}", now)
            uow.people.add(person, Account(new_id(now), AccountRef("local", f"r{number}"), person.id, "", now))
            hand_in(uow.submissions, js.group.id, activity, person.id, None, f"work {number}", now=now)

    await js.writes(many)
    one = await js.does("jill", "/responses activity:1")
    assert [number for number in range(7) if f"> work {number}" in one] == [0, 1, 2, 3, 4]
    assert "Page 1 of 2" in one
    answers = len(js.person("jill").answers)
    two = await js.presses("jill", "Next")
    assert [number for number in range(7) if f"> work {number}" in two] == [5, 6]
    assert len(js.person("jill").answers) == answers
    assert "Page 1 of 2" in await js.calls("jill", "responses", activity="1", page="-5")
    assert "Page 2 of 2" in await js.calls("jill", "responses", activity="1", page="999999999")


async def test_a_long_response_is_one_tap_away_whole(js: Scene) -> None:
    words = "& ".join(f"word{number}." for number in range(350))
    await js.calls("priya", "submit", activity="1", note=words)
    shown = await js.does("jill", "/responses activity:1")
    assert "word349." not in shown
    whole = await js.presses("jill", "Read 1")
    assert "word0." in whole
    assert "word349." in whole


async def test_without_an_activity_all_of_them_are_listed(js: Scene) -> None:
    await js.does("priya", SUBMIT)
    told = await js.does("jill", "/responses")
    assert "• Week 1, activity 1: Practise values · 1 response" in told
    assert "• Week 1, activity 2: Reflect on values · 0 responses" in told


async def test_a_facilitator_can_let_people_answer_first(js: Scene) -> None:
    """J21: responses are visible at once, or after one's own if the facilitator set so."""
    await js.changes_group(responses_after_own=True)
    await js.does("priya", f"{SUBMIT} what I found out")
    assert LINK not in posted(js)[0].text
    assert "Hand in your own response to see this one." in posted(js)[0].text
    refused = "In this group you see the others' responses once you have handed in your own. /submit starts it."
    assert (await js.does("jill", "/responses activity:1")).startswith(refused)
    assert await js.calls("jill", "response", id=await id_of(js, "priya")) == refused
    for who in ("fela", "tomas", "olu"):
        assert "what I found out" in await js.does(who, "/responses activity:1")
    await js.does("jill", "/submit activity:1 mine")
    assert "what I found out" in await js.does("jill", "/responses activity:1")
    await js.presses("jill", "Undo", [one for one in js.person("jill").answers if "Saved" in one.text][-1])
    assert (await js.does("jill", "/responses activity:1")).startswith(refused)


# J20: talking about it


async def test_a_reply_in_the_thread_brings_the_author_in_once(js: Scene) -> None:
    """J20."""
    await js.does("jill", SUBMIT)
    [message] = posted(js)
    await js.says("priya", "Nice loop!", message)
    await js.says("priya", "Really.", message)
    assert message.thread is not None
    assert [one.text for one in message.thread.messages] == [
        "Nice loop!",
        "@Jill, Priya wrote about your work.",
        "Really.",
    ]
    acts = await js.reads(lambda uow: uow.journal.by_person(js.group.id, js.ids["priya"]))
    assert [act.kind for act in acts] == [ActKind.REPLIED, ActKind.REPLIED]


@pytest.mark.parametrize("who", ["jill", "gus", "stranger"])
async def test_a_reply_of_the_author_or_an_outsider_calls_nobody(js: Scene, who: str) -> None:
    await js.does("jill", SUBMIT)
    [message] = posted(js)
    await js.says(who, "Hello?", message)
    assert message.thread is not None
    assert [one.text for one in message.thread.messages] == ["Hello?"]
