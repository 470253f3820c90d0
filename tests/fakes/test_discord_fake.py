"""The fake Discord is what the unmodified discord.py takes for Discord, with its refusals and its faults."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import aiohttp
import discord
import pytest
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from schedules.clock import MovedClock
from tests.fakes.discord import Cannot, FakeDiscord, May, Overwrite, Upload, Way
from tests.fakes.discord.rest import Bucket

SEND = "POST /channels/{channel_id}/messages"


class Pong(discord.Client):
    """A client of the library, which notes what it hears and answers what it is asked with `answers`."""

    def __init__(self, intents: discord.Intents, **more: Any) -> None:
        more |= {"guild_ready_timeout": 0.05, "max_messages": None}
        super().__init__(intents=intents, allowed_mentions=discord.AllowedMentions.none(), **more)
        self.heard: list[tuple[str, Any]] = []
        self.changed = asyncio.Event()
        self.answer: Callable[[discord.Interaction[Any]], Any] | None = None

    def note(self, name: str, what: Any = None) -> None:
        self.heard.append((name, what))
        self.changed.set()

    def names(self, name: str) -> list[Any]:
        return [what for heard, what in self.heard if heard == name]

    async def hears(self, name: str, times: int = 1) -> Any:
        async with asyncio.timeout(10):
            while len(self.names(name)) < times:
                self.changed.clear()
                await self.changed.wait()
        return self.names(name)[-1]

    async def on_ready(self) -> None:
        self.note("ready")

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Wait for nothing: the library's own waits five seconds between two sessions."""

    async def on_resumed(self) -> None:
        self.note("resumed")

    async def on_message(self, message: discord.Message) -> None:
        self.note("message", message)

    async def on_raw_reaction_add(self, payload: discord.RawReactionActionEvent) -> None:
        self.note("reaction", payload)

    async def on_raw_reaction_remove(self, payload: discord.RawReactionActionEvent) -> None:
        self.note("unreaction", payload)

    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        self.note("deleted", payload)

    async def on_guild_channel_create(self, channel: discord.abc.GuildChannel) -> None:
        self.note("channel", channel)

    async def on_thread_create(self, thread: discord.Thread) -> None:
        self.note("thread", thread)

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        if self.answer is not None:
            await self.answer(interaction)
        self.note("interaction", interaction)


class Sharded(Pong, discord.AutoShardedClient):
    """The same over several connections."""


def plain_intents() -> discord.Intents:
    return discord.Intents(guilds=True, guild_messages=True, guild_reactions=True, dm_messages=True)


@pytest.fixture
async def fake(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord() as fake:
        monkeypatch.setattr(Route, "BASE", fake.api_url)
        monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(fake.gateway_url))
        yield fake


@pytest.fixture
async def client(fake: FakeDiscord) -> AsyncIterator[Pong]:
    async for client in connected(fake, plain_intents()):
        yield client


async def connected(fake: FakeDiscord, intents: discord.Intents) -> AsyncIterator[Pong]:
    fake.channel("javascript")
    client = Pong(intents)
    running = asyncio.create_task(client.start(fake.token))
    try:
        await asyncio.wait({running, asyncio.create_task(client.hears("ready"))}, return_when=asyncio.FIRST_COMPLETED)
        yield client
    finally:
        await client.close()
        await asyncio.gather(running, return_exceptions=True)


def room(client: Pong, fake: FakeDiscord, name: str = "javascript") -> discord.TextChannel:
    return cast(discord.TextChannel, client.get_channel(fake.channel(name).id))


# The gateway


async def test_a_client_is_ready_with_its_servers_and_channels(fake: FakeDiscord, client: Pong) -> None:
    assert client.user is not None
    assert client.user.id == fake.world.application.id
    assert [guild.name for guild in client.guilds] == ["makers"]
    assert room(client, fake).permissions_for(client.guilds[0].me).send_messages
    assert fake.gateway.heartbeats >= 1


async def test_a_dropped_connection_is_resumed_and_nothing_is_missed(fake: FakeDiscord, client: Pong) -> None:
    fake.gateway.drop()
    fake.person("jill").says("meanwhile", fake.channel("javascript"))
    await client.hears("resumed")
    message = await client.hears("message")
    assert message.author.display_name == "Jill"
    assert (fake.gateway.starts, fake.gateway.resumes) == (1, 1)


async def test_a_request_to_reconnect_is_followed_by_a_resume(fake: FakeDiscord, client: Pong) -> None:
    fake.gateway.ask_to_reconnect()
    await client.hears("resumed")
    assert fake.gateway.resumes == 1


@pytest.mark.slow
async def test_what_happens_without_a_session_is_lost(fake: FakeDiscord, client: Pong) -> None:
    fake.gateway.forget()
    fake.person("jill").says("meanwhile", fake.channel("javascript"))
    await client.hears("ready", 2)
    fake.person("jill").says("later", fake.channel("javascript"))
    await client.hears("message")
    assert len(client.names("message")) == 1
    assert fake.gateway.starts == 2


@pytest.mark.slow
async def test_an_invalid_session_begins_anew(fake: FakeDiscord, client: Pong) -> None:
    fake.gateway.invalidate()
    await client.hears("ready", 2)
    assert fake.gateway.resumes == 0


@pytest.mark.parametrize(
    ("code", "error"), [(4004, discord.ConnectionClosed), (4014, discord.PrivilegedIntentsRequired)]
)
async def test_the_gateway_refuses_in_the_ways_of_discord(fake: FakeDiscord, code: int, error: type[Exception]) -> None:
    fake.gateway.refuses_with = code
    client = Pong(plain_intents())
    async with asyncio.timeout(10):
        with pytest.raises(error):
            await client.start(fake.token)
    await client.close()


async def test_a_wrong_token_and_an_intent_that_is_off_are_refused(fake: FakeDiscord) -> None:
    client = Pong(plain_intents())
    with pytest.raises(discord.LoginFailure):
        await client.start("wrong")
    await client.close()
    reading = plain_intents()
    reading.message_content = True
    client = Pong(reading)
    async with asyncio.timeout(10):
        with pytest.raises(discord.PrivilegedIntentsRequired):
            await client.start(fake.token)
    await client.close()


async def test_several_shards_share_the_servers(fake: FakeDiscord) -> None:
    for name in ("makers", "bakers", "readers"):
        fake.guild(name)
    fake.gateway.smallest_shards = 2
    client = Sharded(plain_intents(), shard_count=2)
    running = asyncio.create_task(client.start(fake.token))
    try:
        await client.hears("ready")
        assert {guild.shard_id for guild in client.guilds} == {0, 1}
    finally:
        await client.close()
        await asyncio.gather(running, return_exceptions=True)


# What people write


async def test_what_others_write_is_kept_back_without_the_intent(fake: FakeDiscord, client: Pong) -> None:
    """The text comes with mentions of the bot and direct messages, and by the web interface no more than that."""
    jill = fake.person("jill")
    said = jill.says("a secret", fake.channel("javascript"))
    assert (await client.hears("message")).content == ""
    assert (await room(client, fake).fetch_message(said.id)).content == ""
    jill.says(f"hello {fake.world.application.user.mention}", fake.channel("javascript"))
    assert (await client.hears("message", 2)).content.startswith("hello")
    jill.says("directly", jill.direct)
    assert (await client.hears("message", 3)).content == "directly"


async def test_with_the_intent_everything_is_told(fake: FakeDiscord) -> None:
    fake.world.application.reads_content = True
    intents = plain_intents()
    intents.message_content = True
    async for client in connected(fake, intents):
        fake.person("jill").says("a secret", fake.channel("javascript"))
        assert (await client.hears("message")).content == "a secret"


async def test_reactions_are_told_and_can_be_read(fake: FakeDiscord, client: Pong) -> None:
    sent = await room(client, fake).send("Week 1")
    message = fake.channel("javascript").messages[-1]
    for number in range(3):
        fake.person(f"p{number}").reacts("👍", message, burst=number == 2)
    payload = await client.hears("reaction", 3)
    assert payload.burst
    assert payload.member.display_name == "P2"
    fake.person("p0").unreacts("👍", message)
    assert (await client.hears("unreaction")).member is None
    fetched = await sent.channel.fetch_message(sent.id)
    assert (fetched.reactions[0].normal_count, fetched.reactions[0].burst_count) == (1, 1)
    assert [user.name async for user in fetched.reactions[0].users(type=discord.ReactionType.burst)] == ["p2"]


# Messages


async def test_a_nonce_that_is_enforced_brings_the_first_message_again(fake: FakeDiscord, client: Pong) -> None:
    route = Route("POST", "/channels/{channel_id}/messages", channel_id=fake.channel("javascript").id)
    body = {"content": "once", "nonce": "k" * 20, "enforce_nonce": True}
    first, second = [await client.http.request(route, json=body) for _ in range(2)]
    assert first["id"] == second["id"]
    assert len(fake.channel("javascript").messages) == 1
    assert first["nonce"] == "k" * 20


async def test_only_allowed_mentions_notify(fake: FakeDiscord, client: Pong) -> None:
    jill, wei = fake.person("jill"), fake.person("wei")
    words = f"{jill.user.mention} {wei.user.mention} @everyone"
    await room(client, fake).send(words)
    assert (jill.notified_by, fake.channel("javascript").messages[-1].pings_everyone) == ([], False)
    await room(client, fake).send(words, allowed_mentions=discord.AllowedMentions(users=[discord.Object(jill.user.id)]))
    assert (len(jill.notified_by), wei.notified_by) == (1, [])


async def refused(asking: Any) -> tuple[int, int]:
    with pytest.raises(discord.HTTPException) as caught:
        await asking
    return caught.value.status, caught.value.code


async def test_what_the_bot_may_not_do_is_refused_as_discord_does(fake: FakeDiscord, client: Pong) -> None:
    place = fake.channel("javascript")
    here = room(client, fake)
    place.overwrites[fake.world.application.id] = Overwrite(False, deny=May.SEND_MESSAGES)
    assert await refused(here.send("no")) == (403, 50013)
    place.overwrites[fake.world.application.id] = Overwrite(False, deny=May.VIEW_CHANNEL)
    assert await refused(here.send("no")) == (403, 50001)
    assert await refused(client.fetch_channel(1)) == (404, 10003)
    place.overwrites.clear()
    assert await refused(here.fetch_message(1)) == (404, 10008)
    assert await refused(here.send("x" * 2001)) == (400, 50035)
    said = fake.person("jill").says("mine", place)
    theirs = here.get_partial_message(said.id)
    assert await refused(theirs.edit(content="yours")) == (403, 50005)
    assert await refused(theirs.delete()) == (403, 50013)


async def test_closed_direct_messages_are_refused(fake: FakeDiscord, client: Pong) -> None:
    jill = fake.person("jill")
    user = await client.fetch_user(jill.user.id)
    await user.send("hello")
    assert [one.content for one in jill.inbox] == ["hello"]
    jill.user.takes_direct_messages = False
    assert await refused(user.send("again")) == (403, 50007)


async def test_a_message_has_one_thread_and_a_thread_that_was_put_away_opens_again(
    fake: FakeDiscord, client: Pong
) -> None:
    sent = await room(client, fake).send("Question")
    thread = await sent.create_thread(name="Question")
    assert await refused(sent.create_thread(name="Again")) == (400, 160004)
    inside = await thread.send("below")
    below = fake.channel("javascript").messages[0].thread
    assert below is not None
    fake.world.archive(below)
    assert await refused(inside.edit(content="other")) == (400, 50083)
    fake.person("jill").says("back", below)
    assert not below.archived
    await inside.edit(content="other")


async def test_a_thread_is_renamed_twice_in_ten_minutes_and_not_while_it_is_put_away(
    fake: FakeDiscord, client: Pong
) -> None:
    clock = MovedClock(datetime(2027, 1, 11, 17, tzinfo=UTC))
    fake.world.now = clock.now
    client.http.max_ratelimit_timeout = 30.0
    sent = await room(client, fake).send("Question")
    thread = await sent.create_thread(name="first")
    for name in ("second", "third"):
        await thread.edit(name=name)
    clock.move_by(timedelta(minutes=4))
    with pytest.raises(discord.RateLimited) as caught:
        await thread.edit(name="fourth")
    assert caught.value.retry_after == 360
    [below] = fake.guild().threads.values()
    fake.world.archive(below)
    clock.move_by(timedelta(minutes=6))
    assert await refused(thread.edit(name="fourth")) == (400, 50083)
    await thread.edit(name="fourth", archived=False)
    assert (below.name, below.archived) == ("fourth", False)
    for wrong in ("", "x" * 101):
        assert await refused(thread.edit(name=wrong)) == (400, 50035)
    told = [(one.kind, one.content) for one in below.messages]
    assert told == [(4, "second"), (4, "third"), (4, "fourth")]


async def test_a_forum_takes_posts_with_its_tags(fake: FakeDiscord, client: Pong) -> None:
    fake.forum("questions", "Open", "Answered")
    forum = cast(discord.ForumChannel, await client.hears("channel"))
    post = await forum.create_thread(name="Why?", content="b = a", applied_tags=[forum.available_tags[0]])
    assert [tag.name for tag in post.thread.applied_tags] == ["Open"]
    assert post.message.id == post.thread.id
    await client.hears("thread")
    assert await refused(
        cast(Any, forum).create_thread(name="Why?", content="x", applied_tags=[discord.Object(5)])
    ) == (
        400,
        50035,
    )


class Card(discord.ui.LayoutView):
    """A card of components with a button."""

    def __init__(self, texts: int = 1, id: str = "go") -> None:
        super().__init__(timeout=None)
        parts: list[Any] = [discord.ui.TextDisplay(f"text {number}") for number in range(texts)]
        row: Any = discord.ui.ActionRow(discord.ui.Button(label="Go", custom_id=id))
        self.add_item(discord.ui.Container(*parts, row))


async def test_components_have_limits(fake: FakeDiscord, client: Pong) -> None:
    here = room(client, fake)
    await here.send(view=Card(37))
    assert fake.channel("javascript").messages[-1].texts[-1] == "text 36"
    route = Route("POST", "/channels/{channel_id}/messages", channel_id=here.id)

    async def send(*components: Any, **more: Any) -> tuple[int, int]:
        body = {"components": [*components], "flags": 1 << 15, **more}
        return await refused(client.http.request(route, json=body))

    text = {"type": 10, "content": "x"}
    button = {"type": 2, "style": 1, "label": "Go", "custom_id": "go"}
    assert await send(*[text] * 41) == (400, 50035)
    assert await send({"type": 10, "content": "x" * 4001}) == (400, 50035)
    assert await send({"type": 1, "components": [button, button]}) == (400, 50035)
    assert await send({"type": 1, "components": [{**button, "custom_id": "x" * 101}]}) == (400, 50035)
    assert await send({"type": 1, "components": [{**button, "label": "x" * 81}]}) == (400, 50035)
    assert await send(text, content="both") == (400, 50035)
    assert await send() == (400, 50006)


# Requests that fail


@pytest.mark.slow
async def test_a_limit_is_waited_for(fake: FakeDiscord, client: Pong) -> None:
    fake.faults.limit(SEND, after=0.05)
    await room(client, fake).send("after a while")
    assert [one.status for one in fake.recorder.to(SEND)] == [429, 200]
    fake.rest.limits[SEND] = Bucket(2, 0.1)
    for number in range(5):
        await room(client, fake).send(str(number))
    assert 429 not in [one.status for one in fake.recorder.to(SEND)[2:]]


@pytest.mark.slow
async def test_a_server_error_is_tried_again_by_the_library(fake: FakeDiscord, client: Pong) -> None:
    fake.faults.refuse(SEND, status=502)
    await room(client, fake).send("at last")
    assert [one.status for one in fake.recorder.to(SEND)] == [502, 200]
    fake.faults.refuse(SEND, status=503)
    assert (await refused(room(client, fake).send("no")))[0] == 503


async def test_a_cut_connection_and_a_lost_answer_differ_in_what_was_done(fake: FakeDiscord, client: Pong) -> None:
    fake.faults.cut(SEND)
    with pytest.raises(aiohttp.ClientError):
        await room(client, fake).send("not done")
    fake.faults.lose_answer(SEND, reset=True)
    with pytest.raises((aiohttp.ClientError, OSError)):
        await room(client, fake).send("done")
    assert [one.content for one in fake.channel("javascript").messages] == ["done"]
    assert [one.done for one in fake.recorder.to(SEND)] == [False, True]


async def test_an_outage_answers_nothing_until_it_is_over(fake: FakeDiscord, client: Pong) -> None:
    fake.faults.outage = True
    with pytest.raises((aiohttp.ClientError, OSError)):
        await room(client, fake).send("no")
    fake.faults.clear()
    await room(client, fake).send("yes")
    assert fake.faults.slow(SEND, seconds=0).way is Way.SLOW


# Interactions


async def register(client: Pong, fake: FakeDiscord, *commands: Any) -> Any:
    route = Route(
        "PUT",
        "/applications/{application_id}/guilds/{guild_id}/commands",
        application_id=client.application_id,
        guild_id=fake.guild().id,
    )
    return await client.http.request(route, json=list(commands))


WEEK = {
    "name": "week",
    "description": "Show a week",
    "options": [{"type": 4, "name": "number", "description": "Which", "required": False, "autocomplete": True}],
}
BRING = {
    "name": "lead",
    "description": "Lead",
    "options": [
        {
            "type": 2,
            "name": "group",
            "description": "Group",
            "options": [
                {
                    "type": 1,
                    "name": "import",
                    "description": "Import",
                    "options": [{"type": 11, "name": "file", "description": "File"}],
                }
            ],
        }
    ],
}


async def test_a_command_is_answered_where_it_was_called(fake: FakeDiscord, client: Pong) -> None:
    await register(client, fake, WEEK)
    jill = fake.person("jill")

    async def answer(interaction: discord.Interaction[Any]) -> None:
        data = cast(Any, interaction.data)
        if interaction.type is discord.InteractionType.autocomplete:
            choice = discord.app_commands.Choice(name="Week 2", value=2)
            return await interaction.response.autocomplete([choice])
        await interaction.response.send_message(f"week {data['options'][0]['value']}", ephemeral=True)
        await interaction.followup.send("more", ephemeral=True)

    client.answer = answer
    assert await jill.suggestions("/week", "number", "2") == {"Week 2": "2"}
    asked = await jill.types("/week", fake.channel("javascript"), number="2")
    await client.hears("interaction", 2)
    assert [one.content for one in asked.shown] == ["week 2", "more"]
    assert asked.shown[0].only_for is jill.user
    assert fake.channel("javascript").messages == []
    with pytest.raises(Cannot):
        await jill.types("/week", fake.channel("javascript"), other="2")


async def test_a_file_comes_with_a_command_and_goes_back(fake: FakeDiscord, client: Pong) -> None:
    await register(client, fake, BRING)

    async def answer(interaction: discord.Interaction[Any]) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        data = cast(Any, interaction.data)
        brought = next(iter(data["resolved"]["attachments"].values()))
        content = await client.http.get_from_cdn(brought["url"])
        await interaction.edit_original_response(attachments=[discord.File(io.BytesIO(content), "back.txt")])

    client.answer = answer
    fela = fake.person("fela")
    asked = await fela.types("/lead group import", file=Upload("a.md", b"# Bread", "text/markdown"))
    assert [(one.name, one.content) for one in asked.shown[0].attachments] == [("back.txt", b"# Bread")]
    assert [file.name for file in fela.files] == ["back.txt"]


async def test_a_button_opens_a_form_and_the_form_is_filled_in(fake: FakeDiscord, client: Pong) -> None:
    modal: Any = discord.ui.Modal(title="Enrol", custom_id="enrol")
    modal.add_item(discord.ui.Label(text="Goal", component=discord.ui.TextInput(custom_id="goal")))
    options = [discord.SelectOption(label="Fast", value="f"), discord.SelectOption(label="Slow", value="s")]
    modal.add_item(discord.ui.Label(text="Pace", component=discord.ui.Select(custom_id="pace", options=options)))

    async def answer(interaction: discord.Interaction[Any]) -> None:
        if interaction.type is discord.InteractionType.component:
            return cast(None, await interaction.response.send_modal(modal))
        rows = cast(Any, interaction.data)["components"]
        told = f"{rows[0]['component']['value']}, {rows[1]['component']['values'][0]}"
        await interaction.response.send_message(told, ephemeral=True)

    client.answer = answer
    await room(client, fake).send(view=Card())
    jill = fake.person("jill")
    await jill.presses("Go", fake.channel("javascript").messages[-1])
    assert jill.form is not None
    assert (jill.form.title, list(jill.form.fields), jill.form.choices("pace")) == (
        "Enrol",
        ["goal", "pace"],
        ("Fast", "Slow"),
    )
    asked = await jill.fills(goal="Learn", pace="Slow")
    assert asked.shown[0].content == "Learn, s"
    with pytest.raises(Cannot):
        await jill.fills(goal="Learn")


async def test_an_answer_comes_once_and_in_time(fake: FakeDiscord, client: Pong) -> None:
    await register(client, fake, WEEK)
    codes: list[tuple[int, int]] = []

    async def answer(interaction: discord.Interaction[Any]) -> None:
        await interaction.response.send_message("once")
        route = Route("POST", f"/interactions/{interaction.id}/{interaction.token}/callback")
        codes.append(await refused(client.http.request(route, json={"type": 4, "data": {"content": "twice"}})))
        fake.world.interactions[interaction.id].first = None
        fake.world.interactions[interaction.id].at -= timedelta(seconds=4)
        codes.append(await refused(client.http.request(route, json={"type": 4, "data": {"content": "late"}})))

    client.answer = answer
    await fake.person("jill").types("/week")
    await client.hears("interaction")
    assert codes == [(400, 40060), (404, 10062)]


async def test_a_menu_brings_the_message_with_its_text(fake: FakeDiscord, client: Pong) -> None:
    await register(client, fake, {"name": "Save", "type": 3})

    async def answer(interaction: discord.Interaction[Any]) -> None:
        data = cast(Any, interaction.data)
        await interaction.response.send_message(data["resolved"]["messages"][data["target_id"]]["content"])

    client.answer = answer
    said = fake.person("jill").says("keep this", fake.channel("javascript"))
    asked = await fake.person("wei").opens_menu("Save", said)
    assert asked.shown[0].content == "keep this"


async def test_two_hundred_new_commands_a_day_are_taken(fake: FakeDiscord, client: Pong) -> None:
    for number in range(2):
        await register(client, fake, *({**WEEK, "name": f"w{number}-{each}"} for each in range(100)))
    await register(client, fake, *({**WEEK, "name": f"w1-{each}"} for each in range(100)))
    assert await refused(register(client, fake, WEEK)) == (400, 30034)
    assert await refused(register(client, fake, *({**WEEK, "name": f"x{each}"} for each in range(101)))) == (400, 30032)
    assert await refused(register(client, fake, {**WEEK, "name": "Big Name"})) == (400, 50035)


# What else a server has


async def test_scheduled_events_and_roles_are_made_where_the_bot_may(fake: FakeDiscord, client: Pong) -> None:
    guild = client.guilds[0]
    starts = discord.utils.utcnow() + timedelta(days=1)
    where: Any = {"entity_type": discord.EntityType.external, "privacy_level": discord.PrivacyLevel.guild_only}
    times = {"start_time": starts, "end_time": starts + timedelta(hours=1)}
    making = {"name": "Meeting", "location": "https://call.example", **times, **where}
    assert await refused(guild.create_scheduled_event(**making)) == (403, 50013)
    assert await refused(guild.create_role(name="JavaScript")) == (403, 50013)
    fake.guild().everyone.permissions |= May.CREATE_EVENTS | May.MANAGE_EVENTS | May.MANAGE_ROLES
    event = await guild.create_scheduled_event(**making)
    await event.edit(name="Another", start_time=starts, reason="moved")
    assert [one["name"] for one in fake.guild().events.values()] == ["Another"]
    await event.delete()
    assert fake.guild().events == {}
    role = await guild.create_role(name="JavaScript")
    jill = await guild.fetch_member(fake.person("jill").user.id)
    await jill.add_roles(role)
    assert fake.guild().members[jill.id].roles == [role.id]
    fake.guild().roles[role.id].position = 5
    assert await refused(jill.remove_roles(role)) == (403, 50013)


async def test_a_bot_that_is_thrown_out_hears_nothing_more(fake: FakeDiscord, client: Pong) -> None:
    here = room(client, fake)
    fake.world.remove_bot(fake.guild())
    fake.person("jill").says("gone", fake.channel("javascript"))
    assert await refused(here.send("hello")) == (403, 50001)
    assert client.names("message") == []


async def test_a_message_that_is_deleted_is_told_of(fake: FakeDiscord, client: Pong) -> None:
    jill = fake.person("jill")
    first, second = [jill.says(word, fake.channel("javascript")) for word in ("one", "two")]
    jill.deletes(first)
    assert (await client.hears("deleted")).message_id == first.id
    jill.deletes(second)
    assert (await client.hears("deleted", 2)).message_id == second.id
    assert fake.channel("javascript").messages == []
