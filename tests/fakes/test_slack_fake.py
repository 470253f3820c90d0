"""The fake Slack is what the unmodified slack-sdk and slack-bolt take for Slack, with its refusals and its faults."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from schedules.clock import MovedClock
from tests.fakes.slack import Cannot, Channel, FakeSlack, Message, Pace, Upload

GO: dict[str, Any] = {"type": "button", "text": {"type": "plain_text", "text": "Go"}, "action_id": "go", "value": "7"}
WORDS: dict[str, Any] = {"type": "section", "text": {"type": "mrkdwn", "text": "Ready?"}}
ROW = {"type": "actions", "elements": [GO]}
FORM: dict[str, Any] = {
    "type": "modal",
    "callback_id": "form",
    "title": {"type": "plain_text", "text": "Form"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [
        {
            "type": "input",
            "block_id": "goal",
            "label": {"type": "plain_text", "text": "Goal"},
            "element": {"type": "plain_text_input", "action_id": "v", "max_length": 20},
        },
        {
            "type": "input",
            "block_id": "week",
            "optional": True,
            "label": {"type": "plain_text", "text": "Week"},
            "element": {"type": "external_select", "action_id": "weeks", "min_query_length": 0},
        },
        {
            "type": "input",
            "block_id": "work",
            "optional": True,
            "label": {"type": "plain_text", "text": "Work"},
            "element": {"type": "file_input", "action_id": "v", "max_files": 1},
        },
    ],
}


@pytest.fixture
async def fake() -> AsyncIterator[FakeSlack]:
    async with FakeSlack() as fake:
        fake.channel("javascript")
        yield fake


@pytest.fixture
async def client(fake: FakeSlack) -> AsyncIterator[AsyncWebClient]:
    async with aiohttp.ClientSession() as session:
        yield AsyncWebClient(fake.token, base_url=fake.api_url, retry_handlers=[], session=session)


class Bot:
    """A small app of the library's, which notes what it hears."""

    def __init__(self, client: AsyncWebClient, signing_secret: str | None = None) -> None:
        self.heard: list[dict[str, Any]] = []
        self.answers = True
        app = self.app = AsyncApp(client=client, ignoring_self_events_enabled=False, signing_secret=signing_secret)

        @app.event({"type": "message"})
        @app.event("reaction_added")
        @app.event("reaction_removed")
        @app.event("app_home_opened")
        async def hear(body: dict[str, Any]) -> None:
            self.heard.append(body)

        for kind in ("message_changed", "message_deleted", "file_share"):
            app.event({"type": "message", "subtype": kind})(hear)

        @app.command("/study")
        async def command(ack: Any, body: dict[str, Any], respond: Any) -> None:
            if self.answers:
                await ack()
                await respond(f"You said {body['text']}", blocks=[WORDS, ROW])

        @app.action("go")
        async def action(ack: Any, body: dict[str, Any]) -> None:
            await ack()
            self.heard.append(body)
            await client.views_open(trigger_id=body["trigger_id"], view=FORM)

        @app.view("form")
        async def view(ack: Any, body: dict[str, Any]) -> None:
            goal = body["view"]["state"]["values"]["goal"]["v"]["value"]
            self.heard.append(body)
            await (ack(response_action="errors", errors={"goal": "No."}) if goal == "nothing" else ack())

        @app.options("weeks")
        async def options(ack: Any, body: dict[str, Any]) -> None:
            labels = [one for one in ("Week 1", "Week 2") if body["value"] in one]
            await ack(options=[{"text": {"type": "plain_text", "text": one}, "value": one[-1]} for one in labels])

        @app.shortcut("save")
        async def shortcut(ack: Any, body: dict[str, Any]) -> None:
            await ack()
            self.heard.append(body)
            await client.views_open(trigger_id=body["trigger_id"], view=FORM)

    def events(self, kind: str) -> list[dict[str, Any]]:
        return [one["event"] for one in self.heard if one.get("event", {}).get("type") == kind]


@pytest.fixture(params=["socket", "http"])
async def bot(fake: FakeSlack, client: AsyncWebClient, request: pytest.FixtureRequest) -> AsyncIterator[Bot]:
    """Return an app that is told over its socket, and one that is called."""
    if request.param == "socket":
        made = Bot(client)
        handler: Any = AsyncSocketModeHandler(made.app, fake.app_token)
        await handler.connect_async()
        await fake.transport.connected()
        yield made
        await handler.close_async()
        return
    made = Bot(client, fake.world.app.signing_secret)

    async def serve(request: web.Request) -> web.Response:
        asked = AsyncBoltRequest(body=await request.text(), headers=dict(request.headers))
        told = await made.app.async_dispatch(asked)
        kind = told.first_headers().get("content-type", "text/plain").split(";")[0]
        return web.Response(status=told.status, text=told.body, content_type=kind)

    app = web.Application()
    app.router.add_post("/slack/events", serve)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    fake.world.app.socket_mode = False
    fake.world.app.request_url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    assert await fake.transport.verifies()
    yield made
    await runner.cleanup()


def home(fake: FakeSlack) -> Channel:
    return fake.channel("javascript")


async def refused(call: Any) -> str:
    """Return by which error a call is refused."""
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


async def posted(fake: FakeSlack, client: AsyncWebClient, **more: Any) -> Message:
    answer = await client.chat_postMessage(channel=home(fake).id, text="Ready?", **{"blocks": [WORDS, ROW], **more})
    return home(fake).stored[answer["ts"]]


# What people do


@pytest.mark.slow
async def test_a_command_is_answered_and_its_button_opens_a_form_that_is_filled_in(fake: FakeSlack, bot: Bot) -> None:
    jill = fake.person("jill")
    asked = await jill.types("/study help me", home(fake))
    assert [one.text for one in asked.shown] == ["You said help me"]
    assert asked.shown[0].only_for is jill.user
    assert home(fake).messages == []
    pressed = await jill.presses("Go")
    assert pressed.dialog is not None
    assert "message" not in bot.heard[-1], "what one person alone saw is not brought back"
    assert await jill.suggestions("week", "2") == {"Week 2": "2"}
    told = await jill.fills(goal="nothing")
    assert told.errors == {"goal": "No."}
    work = Upload("work.txt", b"work", "text/plain")
    await jill.fills(goal="A loaf", week="Week 1", work=work)
    values = bot.heard[-1]["view"]["state"]["values"]
    assert values["week"]["weeks"]["selected_option"]["value"] == "1"
    assert values["work"]["v"]["files"][0]["name"] == "work.txt"
    assert jill.form is None


async def test_people_cannot_do_what_is_not_offered(fake: FakeSlack, bot: Bot) -> None:
    jill = fake.person("jill")
    with pytest.raises(Cannot, match="no /lead here"):
        await jill.types("/lead pulse", home(fake))
    with pytest.raises(Cannot, match="no button"):
        await jill.presses("Stop")
    await jill.types("/study x", home(fake))
    await jill.presses("Go")
    with pytest.raises(Cannot, match="needs 'goal'"):
        await jill.fills()
    with pytest.raises(Cannot, match="0 to 20 characters"):
        await jill.fills(goal="x" * 21)


async def test_what_happens_is_told(fake: FakeSlack, client: AsyncWebClient, bot: Bot) -> None:
    jill = fake.person("jill")
    message = await posted(fake, client)
    said = jill.says("A <loaf> & butter", message)
    jill.reacts("👍", message)
    jill.unreacts("👍", message)
    jill.edits(said, "A loaf")
    jill.deletes(said)
    await jill.opens_home()
    await fake.transport.quiet()
    await fake.until(lambda: bool(bot.events("app_home_opened")))
    told = {one.get("subtype", "") for one in bot.events("message")}
    assert told == {"", "message_changed", "message_deleted"}
    below = next(one for one in bot.events("message") if one.get("thread_ts") == message.ts)
    assert (below["text"], below["user"]) == ("A &lt;loaf&gt; &amp; butter", jill.user.id)
    [added] = bot.events("reaction_added")
    assert (added["reaction"], added["item"]["ts"]) == ("+1", message.ts)
    assert len(bot.events("reaction_removed")) == 1


async def test_an_entry_of_a_message_menu_brings_the_message(fake: FakeSlack, client: AsyncWebClient, bot: Bot) -> None:
    message = await posted(fake, client)
    asked = await fake.person("jill").opens_menu("save", message)
    assert asked.dialog is not None
    assert bot.heard[-1]["message"]["ts"] == message.ts


@pytest.mark.slow
async def test_whoever_gets_no_answer_sees_that(fake: FakeSlack, bot: Bot) -> None:
    fake.transport.patience = 0.2
    bot.answers = False
    asked = await fake.person("jill").types("/study x", home(fake))
    assert asked.failed in ("operation_timeout", "dispatch_failed")
    assert asked.shown == []


# How the app is told


@pytest.mark.slow
async def test_a_payload_goes_to_one_of_several_connections_and_to_another_where_it_is_not_taken(
    fake: FakeSlack, client: AsyncWebClient
) -> None:
    fake.transport.patience = 0.2
    bots = [Bot(client), Bot(client)]
    handlers: list[Any] = [AsyncSocketModeHandler(one.app, fake.app_token) for one in bots]
    for number, one in enumerate(handlers, 1):
        await one.connect_async()
        await fake.transport.connected(starts=number)
    jill = fake.person("jill")
    for number in range(4):
        jill.says(f"number {number}", home(fake))
    await fake.transport.quiet()
    assert [len(one.events("message")) for one in bots] == [2, 2]
    deaf = fake.transport.sockets[0]
    deaf.ws.send_json = lost  # type: ignore[method-assign, assignment]
    for number in range(2):
        jill.says(f"again {number}", home(fake))
    await fake.transport.quiet()
    assert sum(len(one.events("message")) for one in bots) == 6
    assert sorted(one.tries for one in fake.transport.deliveries[-2:]) == [1, 2]
    for one in handlers:
        await one.close_async()


async def lost(told: Any) -> None:
    """Send nothing."""


async def test_no_more_than_ten_connections_are_open(fake: FakeSlack) -> None:
    async with aiohttp.ClientSession() as session:
        sockets = [await session.ws_connect(fake.transport.ticket()) for _ in range(11)]
        hellos = [(await one.receive_json(timeout=5))["type"] for one in sockets]
        assert hellos == ["hello"] * 10 + ["disconnect"]
        assert (await session.get(fake.transport.ticket().replace("ticket=", "ticket=x"))).status == 404


async def test_a_client_that_is_asked_to_reconnect_does(fake: FakeSlack, client: AsyncWebClient) -> None:
    bot = Bot(client)
    handler: Any = AsyncSocketModeHandler(bot.app, fake.app_token, ping_interval=0.05)
    await handler.connect_async()
    await fake.transport.connected()
    await fake.transport.refresh()
    await fake.transport.connected(starts=2)
    assert (await fake.person("jill").types("/study x", home(fake))).answered.is_set()
    fake.transport.cut()
    await fake.transport.connected(starts=3)
    assert (await fake.person("jill").types("/study x", home(fake))).answered.is_set()
    await handler.close_async()


@pytest.mark.slow
async def test_an_event_that_is_refused_is_told_up_to_four_times(fake: FakeSlack) -> None:
    seen: list[tuple[str | None, str | None]] = []

    async def refuse(request: web.Request) -> web.Response:
        seen.append((request.headers.get("X-Slack-Retry-Num"), request.headers.get("X-Slack-Retry-Reason")))
        return web.Response(status=503)

    app = web.Application()
    app.router.add_post("/", refuse)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    fake.world.app.socket_mode = False
    fake.world.app.request_url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    fake.person("jill").says("hello", home(fake))
    await fake.transport.quiet()
    assert [number for number, _ in seen] == [None, "1", "2", "3"]
    assert seen[1][1] == "http_error 503"
    assert len(fake.transport.lost) == 1
    await runner.cleanup()


# What Slack takes


@pytest.mark.filterwarnings("ignore:The top-level `text` argument:UserWarning")
async def test_methods_refuse_by_name(fake: FakeSlack, client: AsyncWebClient) -> None:
    at = home(fake).id
    jill = fake.person("jill")
    said = jill.says("hello", home(fake))
    secret = fake.world.add_channel(fake.team(), "secret", private=True, with_bot=False)
    elsewhere = fake.world.add_channel(fake.team(), "elsewhere", with_bot=False)
    put_away = fake.channel("old")
    fake.world.archive(put_away)
    assert await refused(client.chat_postMessage(channel="C404", text="x")) == "channel_not_found"
    assert await refused(client.chat_postMessage(channel=secret.id, text="x")) == "channel_not_found"
    assert await refused(client.chat_postMessage(channel=elsewhere.id, text="x")) == "not_in_channel"
    assert await refused(client.chat_postMessage(channel=put_away.id, text="x")) == "is_archived"
    assert await refused(client.chat_postMessage(channel=at, text="")) == "no_text"
    assert await refused(client.chat_postMessage(channel=at, text="x" * 40_001)) == "msg_too_long"
    assert await refused(client.chat_postMessage(channel=at, text="x", thread_ts="1.000001")) == "thread_not_found"
    assert await refused(client.chat_update(channel=at, ts=said.ts, text="x")) == "cant_update_message"
    assert await refused(client.chat_delete(channel=at, ts=said.ts)) == "cant_delete_message"
    assert await refused(client.chat_delete(channel=at, ts="1.000001")) == "message_not_found"
    assert await refused(client.chat_postEphemeral(channel=at, user="U404", text="x")) == "user_not_in_channel"
    assert await refused(client.views_open(trigger_id="1.2.3", view=FORM)) == "invalid_trigger_id"
    assert await refused(client.users_info(user="U404")) == "user_not_found"
    assert await refused(client.conversations_history(channel=elsewhere.id)) == "not_in_channel"
    jill.user.takes_direct_messages = False
    assert await refused(client.chat_postMessage(channel=jill.user.id, text="x")) == "messages_tab_disabled"
    assert await refused(AsyncWebClient("xoxb-wrong", base_url=fake.api_url).auth_test()) == "invalid_auth"
    assert await refused(AsyncWebClient(fake.token, base_url=fake.api_url).api_call("no.method")) == "unknown_method"
    opening = client.apps_connections_open(app_token=fake.token)
    assert await refused(opening) == "not_allowed_token_type"


async def test_a_scope_that_is_missing_is_named(fake: FakeSlack, client: AsyncWebClient) -> None:
    installed = fake.team().installed
    assert installed is not None
    installed.scopes -= {"channels:history", "chat:write"}
    with pytest.raises(SlackApiError) as caught:
        await client.conversations_history(channel=home(fake).id)
    assert (caught.value.response["error"], caught.value.response["needed"]) == ("missing_scope", "channels:history")
    assert await refused(client.chat_postMessage(channel=home(fake).id, text="x")) == "missing_scope"
    answer = await client.auth_test()
    assert "chat:write" not in answer.headers["X-OAuth-Scopes"]


BROKEN = {
    "too many blocks": [{"type": "divider"}] * 51,
    "a long section": [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3_001}}],
    "no words": [{"type": "section", "text": {"type": "mrkdwn", "text": ""}}],
    "a marked header": [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
    "a long header": [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}],
    "the same block twice": [WORDS | {"block_id": "a"}, WORDS | {"block_id": "a"}],
    "the same button twice": [{"type": "actions", "elements": [GO, GO]}],
    "a long label": [{"type": "actions", "elements": [GO | {"text": {"type": "plain_text", "text": "x" * 76}}]}],
    "many buttons": [{"type": "actions", "elements": [GO | {"action_id": str(n)} for n in range(26)]}],
    "an empty word": [
        {
            "type": "rich_text",
            "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": ""}]}],
        }
    ],
    "a script": [
        {
            "type": "rich_text",
            "elements": [{"type": "rich_text_section", "elements": [{"type": "link", "url": "javascript:alert(1)"}]}],
        }
    ],
    "another kind": [{"type": "blink"}],
}


@pytest.mark.parametrize("name", BROKEN)
async def test_blocks_that_slack_cannot_draw_are_refused(fake: FakeSlack, client: AsyncWebClient, name: str) -> None:
    call = client.chat_postMessage(channel=home(fake).id, text="x", blocks=BROKEN[name])  # type: ignore[arg-type]
    assert await refused(call) == "invalid_blocks"
    assert home(fake).messages == []


async def test_a_view_is_refused_for_a_long_title_and_for_a_field_without_a_way_to_send_it(
    fake: FakeSlack, client: AsyncWebClient
) -> None:
    for broken in ({"title": {"type": "plain_text", "text": "x" * 25}}, {"submit": None}, {"callback_id": "x" * 256}):
        view = {name: value for name, value in (FORM | broken).items() if value is not None}
        assert await refused(client.views_open(trigger_id="x", view=view)) == "invalid_arguments"


async def test_a_message_without_words_beside_its_blocks_brings_a_warning(
    fake: FakeSlack, client: AsyncWebClient
) -> None:
    answer = await client.api_call("chat.postMessage", json={"channel": home(fake).id, "blocks": [WORDS]})
    assert answer["warning"] == "missing_text_in_message"


async def test_metadata_is_shown_only_to_whoever_asks(fake: FakeSlack, client: AsyncWebClient) -> None:
    about = {"event_type": "x", "event_payload": {"key": "k"}}
    message = await posted(fake, client, metadata=about)
    plain = await client.conversations_history(channel=home(fake).id)
    assert "metadata" not in plain["messages"][0]
    whole = await client.conversations_history(channel=home(fake).id, include_all_metadata=True)
    assert whole["messages"][0]["metadata"] == about
    await client.chat_update(channel=home(fake).id, ts=message.ts, text="Later")
    assert message.metadata == about


async def test_a_history_comes_in_pages_and_within_bounds(fake: FakeSlack, client: AsyncWebClient) -> None:
    jill = fake.person("jill")
    said = [jill.says(f"number {n}", home(fake)) for n in range(5)]
    jill.says("below", said[0])
    first = await client.conversations_history(channel=home(fake).id, limit=2)
    assert [one["ts"] for one in first["messages"]] == [said[4].ts, said[3].ts]
    rest = await client.conversations_history(
        channel=home(fake).id, limit=3, cursor=first["response_metadata"]["next_cursor"]
    )
    assert [one["text"] for one in rest["messages"]] == ["number 2", "number 1", "number 0"]
    since = await client.conversations_history(channel=home(fake).id, oldest=said[2].ts)
    assert [one["ts"] for one in since["messages"]] == [said[4].ts, said[3].ts]
    below = await client.conversations_replies(channel=home(fake).id, ts=said[0].ts)
    assert [one["text"] for one in below["messages"]] == ["number 0", "below"]


async def test_what_one_person_alone_sees_is_never_read_back(fake: FakeSlack, client: AsyncWebClient) -> None:
    jill = fake.person("jill")
    await client.chat_postEphemeral(channel=home(fake).id, user=jill.user.id, text="Psst")
    assert (await client.conversations_history(channel=home(fake).id))["messages"] == []


async def test_a_history_names_some_of_the_people_behind_a_reaction_and_reactions_get_all(
    fake: FakeSlack, client: AsyncWebClient
) -> None:
    message = await posted(fake, client)
    for number in range(8):
        fake.person(f"p{number}").reacts("tada", message)
    [shown] = (await client.conversations_history(channel=home(fake).id))["messages"]
    assert (shown["reactions"][0]["count"], len(shown["reactions"][0]["users"])) == (8, 5)
    whole = await client.reactions_get(channel=home(fake).id, timestamp=message.ts, full=True)
    assert len(whole["message"]["reactions"][0]["users"]) == 8


async def test_a_lagging_history_shows_a_message_later() -> None:
    clock = MovedClock(datetime(2027, 1, 1, tzinfo=UTC))
    async with FakeSlack(clock.now) as fake, aiohttp.ClientSession() as session:
        client = AsyncWebClient(fake.token, base_url=fake.api_url, session=session)
        fake.world.lag = timedelta(seconds=15)
        await posted(fake, client)
        assert (await client.conversations_history(channel=home(fake).id))["messages"] == []
        clock.move_by(timedelta(seconds=16))
        assert len((await client.conversations_history(channel=home(fake).id))["messages"]) == 1


async def test_who_is_named_is_notified_however_that_is_written(fake: FakeSlack, client: AsyncWebClient) -> None:
    jill = fake.person("jill")
    id = jill.user.id
    rich = [{"type": "rich_text_section", "elements": [{"type": "user", "user_id": id}]}]
    for blocks in (
        [{"type": "section", "text": {"type": "mrkdwn", "text": f"<@{id}>"}}],
        [{"type": "rich_text", "elements": rich}],
    ):
        assert (await posted(fake, client, blocks=blocks)).pinged == {id}
    quiet = [{"type": "section", "text": {"type": "plain_text", "text": f"<@{id}> <!channel>"}}]
    message = await posted(fake, client, blocks=quiet)
    assert (message.pinged, message.pings_everyone) == (set(), False)
    loud = [{"type": "section", "text": {"type": "mrkdwn", "text": "<!here>"}}]
    assert (await posted(fake, client, blocks=loud)).pings_everyone


async def test_a_deleted_message_with_answers_leaves_a_tombstone(fake: FakeSlack, client: AsyncWebClient) -> None:
    message = await posted(fake, client)
    fake.person("jill").says("below", message)
    await client.chat_delete(channel=home(fake).id, ts=message.ts)
    [stone] = (await client.conversations_history(channel=home(fake).id))["messages"]
    assert stone["subtype"] == "tombstone"
    assert await refused(client.chat_delete(channel=home(fake).id, ts=message.ts)) == "message_not_found"


# Answers


async def test_an_address_for_answers_is_good_five_times_and_for_half_an_hour() -> None:
    clock = MovedClock(datetime(2027, 1, 1, tzinfo=UTC))
    async with FakeSlack(clock.now) as fake, aiohttp.ClientSession() as session:
        home(fake)
        jill = fake.person("jill")
        jill.patience = 0.01
        fake.transport.again = ()

        async def says(url: str) -> Any:
            async with session.post(url, json={"text": "hello"}) as answer:
                text = await answer.text()
                return text if answer.status == 200 else json.loads(text)["error"]

        first = (await jill.types("/study x")).response_url or ""
        assert [await says(first) for _ in range(6)] == ["ok"] * 5 + ["used_url"]
        second = (await jill.types("/study x")).response_url or ""
        clock.move_by(timedelta(minutes=31))
        assert await says(second) == "expired_url"


async def test_a_trigger_opens_one_view_and_only_for_three_seconds(
    fake: FakeSlack, client: AsyncWebClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    jill = fake.person("jill")
    jill.patience = 0.01
    asked = await jill.types("/study x", home(fake))
    await client.views_open(trigger_id=asked.trigger, view=FORM)
    assert await refused(client.views_open(trigger_id=asked.trigger, view=FORM)) == "exchanged_trigger_id"
    late = await jill.types("/study x", home(fake))
    late.trigger_until -= 3
    assert await refused(client.views_open(trigger_id=late.trigger, view=FORM)) == "expired_trigger_id"


# Faults


async def test_requests_fail_as_was_laid_down(fake: FakeSlack, client: AsyncWebClient) -> None:
    fake.faults.refuse("chat.postMessage", error="fatal_error")
    assert await refused(client.chat_postMessage(channel=home(fake).id, text="one")) == "fatal_error"
    fake.faults.limit("chat.postMessage", after=7)
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel=home(fake).id, text="two")
    assert (caught.value.response.status_code, caught.value.response.headers["Retry-After"]) == (429, "7")
    fake.faults.cut("chat.postMessage")
    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel=home(fake).id, text="three")
    assert home(fake).messages == []
    fake.faults.lose_answer("chat.postMessage", reset=True)
    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel=home(fake).id, text="four")
    fake.faults.break_answer("chat.postMessage")
    with pytest.raises(SlackApiError):
        await client.chat_postMessage(channel=home(fake).id, text="five")
    fake.faults.fall_silent("chat.postMessage", seconds=0.05)
    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel=home(fake).id, text="six")
    assert [one.text for one in home(fake).messages] == ["four", "five", "six"]
    fake.faults.outage = True
    with pytest.raises(aiohttp.ClientError):
        await client.auth_test()


@pytest.mark.slow
async def test_the_libraries_own_client_posts_twice_where_an_answer_is_cut(fake: FakeSlack) -> None:
    """The trap: it reports success, and two messages stand there."""
    client = AsyncWebClient(fake.token, base_url=fake.api_url)
    fake.faults.lose_answer("chat.postMessage", reset=True)
    await client.chat_postMessage(channel=home(fake).id, text="once")
    assert len(home(fake).messages) == 2


async def test_a_channel_takes_one_message_a_second(fake: FakeSlack, client: AsyncWebClient) -> None:
    fake.web.paces["chat.postMessage"] = Pace()
    await client.chat_postMessage(channel=home(fake).id, text="one")
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel=home(fake).id, text="two")
    assert caught.value.response.headers["Retry-After"] == "1"
    await client.chat_postMessage(channel=fake.channel("python").id, text="elsewhere")


# Tokens and files


@pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")  # the library's own
async def test_a_token_ends_and_is_renewed_once(fake: FakeSlack) -> None:
    clock = MovedClock(datetime(2027, 1, 1, tzinfo=UTC))
    async with FakeSlack(clock.now) as fake:
        app = fake.world.app
        app.rotates = True
        code = {"client_id": app.client_id, "client_secret": app.client_secret}
        fake.world.codes["good"] = fake.team()
        client = AsyncWebClient(base_url=fake.api_url)
        assert await refused(client.oauth_v2_access(**code, code="bad")) == "invalid_code"
        first = await client.oauth_v2_access(**code, code="good")
        clock.move_by(timedelta(hours=13))
        assert await refused(client.auth_test(token=first["access_token"])) == "token_expired"
        renew = {**code, "grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
        second = await client.oauth_v2_access(**renew)
        assert (await client.auth_test(token=second["access_token"]))["ok"]
        assert await refused(client.oauth_v2_access(**renew)) == "invalid_refresh_token"
        fake.world.uninstall(fake.team())
        assert await refused(client.auth_test(token=second["access_token"])) == "account_inactive"


async def test_files_are_put_shared_and_fetched_with_a_token(fake: FakeSlack, client: AsyncWebClient) -> None:
    jill = fake.person("jill")
    await client.files_upload_v2(channel=jill.direct.id, content=b"loaf", filename="loaf.txt")
    assert [(one.name, one.content) for one in jill.files] == [("loaf.txt", b"loaf")]
    url = jill.files[0].url
    async with aiohttp.ClientSession() as session:
        async with session.get(url, headers={"Authorization": f"Bearer {fake.token}"}) as answer:
            assert await answer.read() == b"loaf"
        async with session.get(url) as answer:
            assert (answer.status, answer.content_type) == (200, "text/html"), "a page on which to sign in"


async def test_two_workspaces_may_have_the_same_ids(fake: FakeSlack) -> None:
    one = fake.channel("one", id="C1")
    other = fake.channel("one", team="Elsewhere", id="C1")
    elsewhere = fake.team("Elsewhere").installed
    assert elsewhere is not None
    await AsyncWebClient(elsewhere.token, base_url=fake.api_url).chat_postMessage(channel="C1", text="there")
    assert (len(one.messages), len(other.messages)) == (0, 1)


async def test_it_is_recorded_what_was_asked(fake: FakeSlack, client: AsyncWebClient) -> None:
    await posted(fake, client)
    [asked] = fake.recorder.to("chat.postMessage")
    assert (asked.args["text"], asked.done, asked.status) == ("Ready?", True, 200)
    await asyncio.sleep(0)
