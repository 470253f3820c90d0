"""The traps of Slack and of its libraries, each stepped into: what the bot does then."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.cards import File
from bot.chat import ChannelRef, MessageRef
from tests.adapters.facilitators_story import BREAD
from tests.adapters.slack.checking import problems
from tests.adapters.slack.stage import ONLY_YOU, SlackStage, opened
from tests.adapters.staging import begun
from tests.fakes.slack import Message
from tests.fakes.slack.reading import marks

pytestmark = pytest.mark.slow


@pytest.fixture(params=["socket", "http"])
async def stage(sqlite_url: str, request: pytest.FixtureRequest) -> AsyncIterator[SlackStage]:
    """Return a stage with a group in whose first week Ada asked something."""
    async with opened(sqlite_url, request.param) as stage:
        await begun(stage, "ada", "ben")
        await stage.passes(days=8)
        await stage.types("ada", "/ask Which flour activity:1.1")
        yield stage
        assert problems(stage.fake.recorder.asked) == []


def question(stage: SlackStage) -> Message:
    found = stage.sees("Which flour")
    assert isinstance(found, Message)
    return found


async def likes(stage: SlackStage) -> list[str]:
    """Return the names of the reactions on the question that the store holds."""
    seen = question(stage)
    ref = MessageRef(ChannelRef("slack", stage.fake.team().id, seen.channel.id), seen.ts)
    shown = await stage.app.store.read(lambda uow: uow.likes.shown([ref]))
    return sorted(name for name, count in shown.get(ref, {}).items() for _ in range(count))


async def test_a_proxy_of_the_machine_is_not_asked_for_what_is_here(
    stage: SlackStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library reads HTTPS_PROXY and would not look at NO_PROXY."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert ONLY_YOU in await stage.types("ada", "/week")


async def test_all_calls_share_connections(stage: SlackStage) -> None:
    """Without a shared session the library opens a connection for each call."""
    stage.fake.recorder.clear()
    for number in range(12):
        await stage.types("ada", f'/note text:"Number {number}" share:yes')
    asked = [one for one in stage.fake.recorder.asked if one.method != "apps.connections.open"]
    assert len(asked) >= 24
    assert len({one.peer for one in asked}) <= 6


async def test_a_bug_after_the_acknowledgement_does_not_lose_it(
    stage: SlackStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Raising right after `await ack()` would: Slack then says that the app did not answer."""

    async def breaks(*about: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(stage.app.bot, "invoke", breaks)
    person = stage.fake.person("ada")
    person.patience = 0.5
    asked = await person.types("/study week", stage.fake.channel("javascript"))
    await stage.heard()
    assert (asked.failed, asked.acked.is_set()) == (None, True)


async def test_unknown_events_are_taken(stage: SlackStage) -> None:
    fake = stage.fake
    fake.world.app.events |= {"emoji_changed", "something_new"}
    for kind in ("emoji_changed", "something_new"):
        fake.world.tell(fake.team(), {"type": kind})
    await fake.transport.quiet()
    assert [(one.tries, one.taken) for one in fake.transport.deliveries[-2:]] == [(1, True)] * 2


async def test_an_event_that_comes_four_times_counts_once(stage: SlackStage) -> None:
    """A duplicate is answered with 200: a 404 would bring it again."""
    stage.fake.transport.loses_acks = 3
    await stage.reacts("ben", "👍", question(stage))
    [told] = [one for one in stage.fake.transport.deliveries if one.news.payload.get("event", {}).get("reaction")]
    assert (told.tries, told.taken) == (4, True)
    assert len(await likes(stage)) == 1
    stage.fake.transport.loses_acks = 3
    await stage.says("ben", "Rye, to begin with.", below=question(stage))
    assert "1 answer so far" in stage.text(question(stage))


async def test_reactions_in_several_skins_are_one_like_and_the_author_may_be_absent(stage: SlackStage) -> None:
    stage.fake.world.names_item_user = False
    for number in (2, 5):
        await stage.reacts("ben", f"+1::skin-tone-{number}", question(stage))
    assert len([text for text in stage.told("ada") if "Ben likes your question" in text]) == 1
    for number in (2, 5):
        await stage.unreacts("ben", f"+1::skin-tone-{number}", question(stage))
    assert await likes(stage) == []


async def test_a_button_on_what_one_person_alone_sees_comes_without_its_message(stage: SlackStage) -> None:
    await stage.types("ada", "/settings")
    shown = stage.fake.person("ada").shown[-1]
    label = next(one["label"] for one in shown.buttons if not one["url"])
    assert await stage.presses("ada", label)


async def test_a_form_that_comes_too_late_for_a_trigger_is_behind_a_button(stage: SlackStage) -> None:
    """A trigger opens a view for three seconds, once."""
    stage.enters("cho", zone="Asia/Tokyo")
    stage.fake.faults.refuse("views.open", error="expired_trigger_id")
    person = stage.fake.person("cho")
    asked = await person.types("/enrol", stage.fake.channel("javascript"))
    await stage.heard()
    assert asked.dialog is None
    assert [one["label"] for message in asked.shown for one in message.buttons] == ["Fill it in"]
    pressed = await person.presses("Fill it in")
    assert pressed.dialog is not None
    assert (await stage.fills("cho", goal="Bread")).endswith(ONLY_YOU)


async def test_a_file_that_slack_keeps_back_is_not_taken_for_its_page_to_sign_in(stage: SlackStage) -> None:
    installed = stage.fake.team().installed
    assert installed is not None
    installed.scopes.discard("files:read")
    await stage.types("fela", "/lead group import", where="bread")
    bread = File("bread.md", "text/markdown", BREAD.encode())
    told = await stage.fills("fela", file=bread, start="2027-05-03 18:00", zone="Europe/Berlin")
    stage.fake.recorder.clear()  # among it is what lacks a scope
    assert told.startswith("I could not fetch")


async def test_words_that_look_like_marks_stay_words(stage: SlackStage) -> None:
    """Nobody is named, nothing links, nothing is loud but by the bot's own will."""
    ben = stage.fake.person("ben").user.id
    hostile = f"<!channel> <@{ben}> @here <https://evil.example|good> *bold* `code` &lt;!here&gt; :tada:"
    await stage.types("ada", f'/ask question:"{hostile}" activity:1.1')
    shown = next(one for one in reversed(stage.fake.channel("javascript").messages) if "evil" in json.dumps(one.blocks))
    assert (shown.pinged, shown.pings_everyone) == (set(), False)
    assert "broadcast" not in marks(shown)
    assert "user" not in marks(shown)


@pytest.mark.parametrize("stage", ["socket"], indirect=True)
async def test_a_socket_that_is_exchanged_loses_nothing(stage: SlackStage) -> None:
    before = stage.fake.transport.starts
    await stage.fake.transport.refresh()
    stage.fake.transport.waits = True
    stage.fake.person("ben").reacts("👍", question(stage))
    await stage.fake.transport.connected(starts=before + 1)
    await stage.fake.transport.quiet()
    await stage.settle()
    assert len(await likes(stage)) == 1


@pytest.mark.parametrize("stage", ["http"], indirect=True)
async def test_requests_that_are_not_slacks_are_turned_away(stage: SlackStage) -> None:
    fake = stage.fake
    body = json.dumps({"type": "event_callback"}).encode()
    good = fake.transport.signed(body)

    async def status(headers: dict[str, str], sent: bytes = body) -> int:
        async with (
            aiohttp.ClientSession() as session,
            session.post(fake.world.app.request_url, data=sent, headers=headers) as answer,
        ):
            return answer.status

    assert await status(good, body + b" ") == 401
    assert await status(good | {"X-Slack-Signature": "v0=" + "0" * 64}) == 401
    assert await status(good | {"X-Slack-Request-Timestamp": "soon"}) == 401
    assert await status(good | {"Content-Type": "text/plain"}) == 415
    assert await status(good, b"x" * 1_000_001) == 413
    old = fake.transport.signing_time
    fake.transport.signing_time = lambda: old() - 400
    assert await status(fake.transport.signed(body)) == 401
    assert await fake.transport.verifies() is False
    fake.transport.signing_time = old
    assert await fake.transport.verifies() is True
    assert await status(good) == 200
    assert await status(good) == 401, "each signature is good once"


async def test_what_is_typed_with_names_and_links_is_read_as_it_was_meant(stage: SlackStage) -> None:
    """Slack writes people, channels and links behind a command as what they are."""
    told = await stage.types("ada", "/submit 1.1 https://ada.example/bread?a=1&b=2")
    assert told.startswith("Saved")
    assert "https://ada.example/bread?a=1&b=2" in stage.text(stage.sees("handed in"))


async def gather(*doing: Any) -> list[Any]:
    return list(await asyncio.gather(*doing))


async def test_people_who_act_at_once_are_each_answered_once(stage: SlackStage) -> None:
    home = stage.fake.channel("javascript")
    people = [stage.fake.person(who) for who in ("ada", "ben", "fela")]
    asked = await gather(*(one.types("/study week", home) for one in people for _ in range(4)))
    await stage.heard()
    assert [(one.failed, bool(one.shown)) for one in asked] == [(None, True)] * 12
