"""Slack as it is on a bad day: it makes us wait, fails, breaks off, tells twice; some people take no messages.

J28: whatever was said stands there once, and nobody is held up by others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from bot.cards import File
from bot.chat import ChannelRef, MessageRef
from bot.errors import CannotSave
from tests.adapters.facilitators_story import BREAD
from tests.adapters.scenarios import HOME
from tests.adapters.slack.checking import problems
from tests.adapters.slack.stage import SlackStage, opened
from tests.adapters.staging import begun
from tests.fakes.slack import Asked, Fault, Message, Way

pytestmark = pytest.mark.slow

LEARNERS = ("ada", "ben", "cho", "dea", "eli", "fay", "gus", "hal")
CLOSED = LEARNERS[::4]
"""Two of eight take no direct messages."""
SEND = "chat.postMessage"
WORDS = ("sourdough", "kneading", "thermometers", "banneton", "hydration", "scoring", "enamel", "caraway")
"""What people ask about, each something that nobody asked before."""


@pytest.fixture
async def stage(sqlite_url: str) -> AsyncIterator[SlackStage]:
    """Return a stage with a group of Fela's in which people learn, a day before its first week."""
    async with opened(sqlite_url) as stage:
        await begun(stage, *LEARNERS)
        yield stage
        assert problems(stage.fake.recorder.asked) == []


LIMITED = {"ok": False, "error": "ratelimited"}
WAYS = {
    "Which flour": Fault(Way.REFUSED, status=429, body=LIMITED, headers={"Retry-After": "1"}),
    "Why salt": Fault(Way.REFUSED, status=503, body="<html>503</html>"),
    "How warm": Fault(Way.CUT),
    "Is it done": Fault(Way.CUT, reset=True),
    "My crust cracks": Fault(Way.LOST),
    "Rye or wheat": Fault(Way.LOST, reset=True),
    "How long": Fault(Way.BROKEN),
    "Glass or steel": Fault(Way.SILENT, seconds=0.2),
}
"""What goes wrong, each with the question that somebody asks then."""


async def test_however_a_request_fails_there_is_one_message(stage: SlackStage) -> None:
    """Refused, accepted and then cut, accepted and then 500, accepted and then silence."""
    await stage.passes(days=8)
    for who, (question, way) in zip(LEARNERS, WAYS.items(), strict=True):
        fault = stage.fake.faults.add(replace(way, where=SEND, times=2))
        await stage.types(who, f"/ask {question} activity:1.1")
        await stage.passes(minutes=2)
        assert fault.times < 2, question
        stage.fake.faults.clear()
    await stage.passes(hours=1)
    shown = [question for text in stage.channel() for question in WAYS if question in text]
    assert Counter(shown) == dict.fromkeys(WAYS, 1)
    assert stage.fake.recorder.to("chat.delete") == [], "no copy had to be removed"


async def test_where_every_fifth_request_fails_everything_is_there_once_and_in_order(stage: SlackStage) -> None:
    """J28, for three weeks of a group; in which way is drawn by lot."""
    lots = Random(5)

    def next_fault(asked: Asked) -> Fault | None:
        if asked.method == "apps.connections.open" or lots.random() >= 0.2:
            return None
        return replace(lots.choice(list(WAYS.values())), where="", seconds=0.05)

    stage.fake.faults.next = next_fault  # type: ignore[method-assign]
    await stage.passes(days=8)
    for number, who in enumerate(LEARNERS):
        person = stage.fake.person(who)
        await person.types(f"/ask {WORDS[number]} activity:1.1", stage.fake.channel(HOME))
        await stage.settle()
        await stage.passes(minutes=10)
    await stage.passes(days=14)
    del stage.fake.faults.next
    await stage.passes(hours=2)
    asked = [word for text in stage.channel() for word in WORDS if f"\n{word}" in text and " asks\n" in text]
    assert asked == list(WORDS)
    weeks = [text.partition("\n")[0] for text in stage.channel() if text.startswith("Week ")]
    assert weeks == ["Week 1: Flour", "Week 2: Time", "Week 3: Heat"]
    failed = [one for one in stage.fake.recorder.asked if one.status != 200]
    assert len(failed) >= 10


async def test_a_history_that_lags_does_not_bring_a_second_message(stage: SlackStage) -> None:
    await stage.passes(days=8)
    stage.fake.world.lag = timedelta(seconds=25)
    stage.fake.faults.lose_answer(SEND, reset=True)
    await stage.types("ada", "/ask Which flour activity:1.1")
    await stage.passes(minutes=10)
    assert sum("Which flour" in text for text in stage.channel()) == 1


async def test_in_a_storm_of_limits_everything_comes_once_and_in_order(stage: SlackStage) -> None:
    await stage.passes(days=8)
    storm = stage.fake.faults.limit(SEND, times=24)
    for number, who in enumerate(LEARNERS):
        await stage.types(who, f"/ask {WORDS[number]} activity:1.1")
    await stage.passes(hours=2)
    assert storm.times == 0
    asked = [word for text in stage.channel() for word in WORDS if word in text]
    assert asked == list(WORDS)


async def test_who_takes_no_direct_messages_holds_up_nobody(stage: SlackStage) -> None:
    for who in LEARNERS:
        await stage.types(who, "/settings reminders:yes")
    for who in CLOSED:
        user = stage.fake.person(who).user
        user.deleted = True
    before = {who: len(stage.told(who)) for who in LEARNERS}
    await stage.passes(days=30)
    new = {who: len(stage.told(who)) - before[who] for who in LEARNERS}
    assert {who for who, count in new.items() if count == 0} == set(CLOSED)


async def test_an_event_that_cannot_be_saved_is_told_again(stage: SlackStage, monkeypatch: pytest.MonkeyPatch) -> None:
    await stage.passes(days=8)
    await stage.types("ada", "/ask Which flour activity:1.1")
    question = stage.sees("Which flour")
    handle = stage.app.bot.handle
    failed: list[object] = []

    async def once(event: object) -> None:
        if not failed:
            failed.append(event)
            raise CannotSave
        await handle(event)  # type: ignore[arg-type]

    monkeypatch.setattr(stage.app.bot, "handle", once)
    stage.fake.transport.patience = 0.5
    await stage.reacts("ben", "👍", question)
    assert len(failed) == 1
    told = [one for one in stage.fake.transport.deliveries if one.news.payload.get("event", {}).get("reaction")]
    assert [(one.tries, one.taken) for one in told] == [(2, True)]
    assert await _likes(stage, question) == 1


async def _likes(stage: SlackStage, seen: object) -> int:
    """Return how many reactions on a message the store holds."""
    assert isinstance(seen, Message)
    ref = MessageRef(ChannelRef("slack", stage.fake.team().id, seen.channel.id), seen.ts)
    shown = await stage.app.store.read(lambda uow: uow.likes.shown([ref]))
    return sum(shown.get(ref, {}).values())


async def test_a_message_that_a_moderator_deletes_is_not_posted_again_though_answers_stand_below(
    stage: SlackStage,
) -> None:
    """The trap: of a message with answers a tombstone stays, and no event says that it was deleted."""
    await stage.passes(days=8)
    await stage.types("ada", "/ask Which flour activity:1.1")
    question = stage.sees("Which flour")
    assert isinstance(question, Message)
    await stage.says("ben", "Rye", below=question)
    stage.fake.person("fela").deletes(question)
    await stage.settle()
    await stage.passes(days=2)
    assert not any("Which flour" in text and "Ada" in text.partition("\n")[0] for text in stage.channel())
    assert stage.channel(HOME)


async def test_a_channel_gets_one_message_a_second_and_slack_never_has_to_say_so(sqlite_url: str) -> None:
    async with opened(sqlite_url, paced=True) as stage:
        stage.enters("fela", zone="Europe/Berlin", admin=True)
        await stage.types("fela", "/study setup")
        for name in ("Bread", "Rye", "Oats"):
            outline = File(f"{name}.md", "text/markdown", BREAD.replace("Bread in", f"{name} in").encode())
            await stage.types("fela", "/lead group import", where=name.lower())
            await stage.fills("fela", file=outline, start="2027-01-11 18:00", zone="Europe/Berlin")
            await stage.presses("fela", "Start the group")
        for words in ("Bring flour.", "Bring salt.", "Bring time."):
            await stage.types("fela", f'/lead announce text:"{words}"', where="bread")
            await stage.presses("fela", "Post now")
        assert sum("Bring" in text for text in stage.channel("bread")) == 3
        assert [one.status for one in stage.fake.recorder.to(SEND) if one.status != 200] == []
