"""Discord as the outbox speaks to it: what is asked of it, and what its answers mean."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
import pytest

from adapters.discord.cards import message
from adapters.discord.marks import Json, mark_of
from adapters.discord.platform import DiscordPlatform
from bot.cards import Card, Label, button, card
from bot.chat import AccountRef, ChannelRef, Direct, InChannel, InThread, MessageRef, OpenThread, ThreadRef
from bot.errors import DeliveryError, MessageGone, PersonRefuses
from bot.ports import Linking, Platform, Reacted, Tally, Titling
from bot.text import Mention, say, to_text
from schedules.clock import MovedClock
from tests.adapters.discord.stand_in import US, StandIn, channel, refused

NOW = datetime(2027, 1, 11, 17, tzinfo=UTC)
KEY = "abcdefghij0123456789"
HOME = ChannelRef("discord", "7", "70")
FORUM = ChannelRef("discord", "7", "80")
THREAD = ThreadRef(HOME, "71")
JILL = Direct(AccountRef("discord", "42"))
HELLO = card("Hello", "there", buttons=[button("Help", "help")])


@pytest.fixture
def discord_() -> StandIn:
    stand_in = StandIn()
    stand_in.answers = {
        "GET /channels/70": channel(70),
        "GET /channels/71": channel(71, 11, parent_id="70"),
        "GET /channels/80": channel(80, 15, available_tags=[]),
        "POST /users/@me/channels": {"id": "500"},
    }
    return stand_in


@pytest.fixture
def platform(discord_: StandIn) -> DiscordPlatform:
    platform = DiscordPlatform(discord_.client, MovedClock(NOW))
    platform.connected = True
    return platform


def sent(id: int, where: int = 70, **more: Any) -> Json:
    return {"id": str(id), "channel_id": str(where), **more}


def ours(id: int, shown: Card = HELLO, key: str = KEY, author: int = US, where: int = 70, **more: Any) -> Json:
    """Return a message of ours as Discord brings it back."""
    drawn = message(shown, mark_of(key))
    return {"id": str(id), "channel_id": str(where), "author": {"id": str(author)}, **drawn, **more}


def snowflake(at: datetime) -> int:
    return discord.utils.time_snowflake(at)


def test_it_is_a_platform_whose_messages_have_addresses(platform: DiscordPlatform) -> None:
    kept: Platform = platform
    assert kept.habits.same_key == timedelta(seconds=60)
    assert isinstance(platform, Linking)
    assert platform.link(MessageRef(HOME, "9")) == "https://discord.com/channels/7/70/9"


async def test_a_message_is_sent_under_its_key_and_notifies_nobody(
    platform: DiscordPlatform, discord_: StandIn
) -> None:
    discord_.answers["POST /channels/70/messages"] = sent(9)
    assert await platform.send(InChannel(HOME), HELLO, key=KEY) == MessageRef(HOME, "9")
    [body] = [body for name, body in discord_.requests if name == "POST /channels/70/messages"]
    assert body["nonce"] == KEY
    assert body["enforce_nonce"] is True
    assert body["allowed_mentions"] == {"parse": [], "users": [], "replied_user": False}


async def test_a_message_in_a_thread_stands_in_the_thread(platform: DiscordPlatform, discord_: StandIn) -> None:
    discord_.answers["POST /channels/71/messages"] = sent(9, 71)
    ref = await platform.send(InThread(THREAD), HELLO, key=KEY)
    assert ref == MessageRef(ChannelRef("discord", "7", "71"), "9")


async def test_a_direct_message_opens_the_conversation_once(platform: DiscordPlatform, discord_: StandIn) -> None:
    discord_.answers["POST /channels/500/messages"] = sent(9, 500)
    for _ in range(2):
        ref = await platform.send(JILL, HELLO, key=KEY)
    assert ref == MessageRef(ChannelRef("discord", "@me", "500"), "9")
    assert discord_.asked.count("POST /users/@me/channels") == 1
    assert "content" in discord_.requests[-1][1]


async def test_a_thread_is_opened_below_a_message(platform: DiscordPlatform, discord_: StandIn) -> None:
    discord_.answers["POST /channels/70/messages"] = sent(9)
    discord_.answers["POST /channels/70/messages/9/threads"] = {"id": "9"}
    ref = await platform.send(OpenThread(HOME, "x" * 120), HELLO, key=KEY)
    assert (ref, ref.thread) == (MessageRef(HOME, "9"), "9")
    assert discord_.requests[-1][1] == {"name": "x" * 100, "auto_archive_duration": 10080}


async def test_a_thread_that_is_there_is_taken_over(platform: DiscordPlatform, discord_: StandIn) -> None:
    discord_.answers["POST /channels/70/messages"] = sent(9)
    discord_.answers["POST /channels/70/messages/9/threads"] = refused(400, 160004)
    assert (await platform.send(OpenThread(HOME, "t"), HELLO, key=KEY)).thread == "9"


async def test_without_the_right_to_threads_the_message_stands_alone(
    platform: DiscordPlatform, discord_: StandIn
) -> None:
    discord_.answers["POST /channels/70/messages"] = sent(9)
    discord_.answers["POST /channels/70/messages/9/threads"] = refused(403, 50013)
    ref = await platform.send(OpenThread(HOME, "t"), HELLO, key=KEY)
    assert (ref.message, ref.thread) == ("9", None)


async def test_a_message_without_its_thread_gets_it_when_it_is_found(
    platform: DiscordPlatform, discord_: StandIn
) -> None:
    discord_.answers["GET /channels/70/messages"] = [ours(9)]
    discord_.answers["POST /channels/70/messages/9/threads"] = {"id": "9"}
    [found] = await platform.find(OpenThread(HOME, "t"), key=KEY, since=NOW)
    assert (found.message, found.thread) == ("9", "9")


async def test_a_forum_gets_a_post_with_the_tags_that_it_knows(platform: DiscordPlatform, discord_: StandIn) -> None:
    tags = [{"id": "1", "name": "Open", "moderated": False}, {"id": "2", "name": "Week 1", "moderated": False}]
    discord_.answers["GET /channels/80"] = channel(80, 15, available_tags=tags)
    discord_.answers["GET /guilds/7/threads/active"] = {"threads": []}
    discord_.answers["POST /channels/80/threads"] = {"id": "81"}
    labels = [Label(to_text(word)) for word in ("open", "Missing", "Week 1")]
    ref = await platform.send(OpenThread(FORUM, "How?"), replace(HELLO, labels=tuple(labels)), key=KEY)
    assert (ref, ref.thread) == (MessageRef(ChannelRef("discord", "7", "81"), "81"), "81")
    body = discord_.requests[-1][1]
    assert (body["name"], body["applied_tags"]) == ("How?", ["1", "2"])
    assert body["message"] == message(HELLO, mark_of(KEY))


async def test_a_forum_that_wants_a_tag_gets_one_and_a_card_without_a_thread_its_title(
    platform: DiscordPlatform, discord_: StandIn
) -> None:
    tags = [{"id": "1", "name": "Staff", "moderated": True}, {"id": "2", "name": "Any", "moderated": False}]
    discord_.answers["GET /channels/80"] = channel(80, 15, available_tags=tags, flags=1 << 4)
    discord_.answers["GET /guilds/7/threads/active"] = {"threads": []}
    discord_.answers["POST /channels/80/threads"] = {"id": "81"}
    await platform.send(InChannel(FORUM), HELLO, key=KEY)
    assert (discord_.requests[-1][1]["name"], discord_.requests[-1][1]["applied_tags"]) == ("Hello", ["2"])


CLOSED = "GET /channels/80/threads/archived/public"


@pytest.mark.parametrize("listed", ["GET /guilds/7/threads/active", CLOSED])
async def test_a_post_of_a_forum_that_is_there_is_not_opened_again(
    platform: DiscordPlatform, discord_: StandIn, listed: str
) -> None:
    """No key stops a second post there, so it is looked for first, among those that somebody closed already too."""
    id, old = snowflake(NOW), snowflake(NOW - timedelta(days=1))
    threads = [
        {"id": str(id), "parent_id": "80", "owner_id": str(US)},
        {"id": str(old), "parent_id": "80", "owner_id": str(US)},
        {"id": str(id + 1), "parent_id": "70", "owner_id": str(US)},
        {"id": str(id + 2), "parent_id": "80", "owner_id": "42"},
    ]
    discord_.answers[listed] = {"threads": threads}
    discord_.answers[f"GET /channels/{id}/messages/{id}"] = ours(id, where=id)
    ref = await platform.send(OpenThread(FORUM, "How?"), HELLO, key=KEY)
    assert ref == MessageRef(ChannelRef("discord", "7", str(id)), str(id))
    assert discord_.asked[-2:] == [CLOSED, f"GET /channels/{id}/messages/{id}"]


async def test_only_own_messages_with_the_key_are_found_the_oldest_first(
    platform: DiscordPlatform, discord_: StandIn
) -> None:
    plain = card("", "no button")
    page = [ours(13, plain), ours(12, key="other" * 4), ours(11, author=5), ours(10), {**ours(9), "components": []}]
    discord_.answers["GET /channels/70/messages"] = page
    found = await platform.find(InChannel(HOME), key=KEY, since=NOW)
    assert [one.message for one in found] == ["10", "13"]
    assert discord_.requests[-1][1] == {"limit": 100, "after": snowflake(NOW - timedelta(seconds=30))}


async def test_a_long_history_is_read_page_by_page(platform: DiscordPlatform, discord_: StandIn) -> None:
    def page(params: Json) -> list[Json]:
        return [ours(id, author=5) for id in range(100, 200)] if params["after"] > 1_000 else [ours(250)]

    discord_.answers["GET /channels/70/messages"] = page
    found = await platform.find(InChannel(HOME), key=KEY, since=NOW)
    assert [one.message for one in found] == ["250"]


THREAD_9 = ThreadRef(HOME, "9")


def a_thread(name: str = "first", *, archived: bool = False, locked: bool = False) -> Json:
    return channel(9, 11, name=name, thread_metadata={"archived": archived, "locked": locked})


async def test_a_thread_gets_another_title_of_the_length_that_there_is(
    platform: DiscordPlatform, discord_: StandIn
) -> None:
    assert isinstance(platform, Titling)
    discord_.answers["GET /channels/9"] = a_thread()
    await platform.rename(THREAD_9, "x" * 120)
    assert discord_.requests[1:] == [("PATCH /channels/9", {"name": "x" * 100})]


async def test_a_title_that_stands_already_costs_none_of_the_two_in_ten_minutes(
    platform: DiscordPlatform, discord_: StandIn
) -> None:
    discord_.answers["GET /channels/9"] = a_thread("second", archived=True)
    await platform.rename(THREAD_9, " second ")
    assert discord_.asked == ["GET /channels/9"]


async def test_a_thread_that_was_put_away_is_opened_for_another_title(
    platform: DiscordPlatform, discord_: StandIn
) -> None:
    discord_.answers["GET /channels/9"] = a_thread(archived=True)
    await platform.rename(THREAD_9, "second")
    assert discord_.requests[1:] == [("PATCH /channels/9", {"name": "second", "archived": False})]


async def test_a_thread_that_is_gone_needs_no_title(platform: DiscordPlatform, discord_: StandIn) -> None:
    discord_.answers["GET /channels/9"] = refused(404, 10003)
    await platform.rename(THREAD_9, "second")
    assert discord_.asked == ["GET /channels/9"]


async def test_a_thread_that_goes_while_it_is_renamed_needs_no_title(
    platform: DiscordPlatform, discord_: StandIn
) -> None:
    discord_.answers |= {"GET /channels/9": a_thread(), "PATCH /channels/9": refused(404, 10003)}
    await platform.rename(THREAD_9, "second")
    assert discord_.asked == ["GET /channels/9", "PATCH /channels/9"]


@pytest.mark.parametrize(
    ("locked", "error", "words"),
    [
        (True, refused(403, 50013), "closed and locked. Unlock it"),
        (False, refused(403, 50013), "I may not do this in #general"),
        (False, refused(403, 50001), "I may not do this in #general"),
        (False, refused(400, 200001), "AutoMod blocked this title"),
    ],
)
async def test_a_title_that_is_refused_for_good_is_told_without_naming_the_thread(
    platform: DiscordPlatform, discord_: StandIn, locked: bool, error: Exception, words: str
) -> None:
    """The title may be what somebody wants to have erased."""
    discord_.channels = {9: SimpleNamespace(name="Jill: Loops", parent_id=70), 70: SimpleNamespace(name="general")}
    discord_.answers["GET /channels/9"] = a_thread("Jill: Loops", locked=locked)
    discord_.answers["PATCH /channels/9"] = error
    with pytest.raises(DeliveryError, match=words) as caught:
        await platform.rename(THREAD_9, "second")
    assert caught.value.permanent
    assert "Jill" not in caught.value.reason


async def test_a_third_title_in_ten_minutes_waits_as_long_as_discord_says(
    platform: DiscordPlatform, discord_: StandIn
) -> None:
    discord_.answers["GET /channels/9"] = a_thread()
    discord_.answers["PATCH /channels/9"] = discord.RateLimited(582.0)
    with pytest.raises(DeliveryError) as caught:
        await platform.rename(THREAD_9, "second")
    assert (caught.value.permanent, caught.value.retry_after) == (False, 582.0)


async def test_too_long_a_history_leaves_open_whether_it_is_there(platform: DiscordPlatform, discord_: StandIn) -> None:
    discord_.answers["GET /channels/70/messages"] = [ours(id, author=5) for id in range(100)]
    with pytest.raises(DeliveryError) as told:
        await platform.find(InChannel(HOME), key=KEY, since=NOW)
    assert told.value.permanent


async def test_an_edit_keeps_the_key_and_notifies_nobody_anew(platform: DiscordPlatform, discord_: StandIn) -> None:
    discord_.answers["GET /channels/70/messages/9"] = ours(9)
    changed = card("Changed", say("{who}", who=Mention("J", ("discord:4",))), buttons=[button("Help", "help")])
    await platform.edit(MessageRef(HOME, "9"), changed)
    assert discord_.requests[-1] == ("PATCH /channels/70/messages/9", message(changed, mark_of(KEY)))
    await platform.edit(MessageRef(HOME, "9"), changed)
    assert discord_.asked.count("GET /channels/70/messages/9") == 1


async def test_a_direct_message_of_components_stays_one(platform: DiscordPlatform, discord_: StandIn) -> None:
    here = MessageRef(ChannelRef("discord", "@me", "500"), "9")
    discord_.answers["GET /channels/500/messages/9"] = ours(9)
    discord_.answers["PATCH /channels/500/messages/9"] = (refused(400, 50035), {})
    await platform.edit(here, HELLO)
    plain, whole = (body for name, body in discord_.requests if name.startswith("PATCH"))
    assert "content" in plain
    assert whole == message(HELLO, mark_of(KEY))


async def test_a_thread_that_was_put_away_is_opened_for_an_edit(platform: DiscordPlatform, discord_: StandIn) -> None:
    discord_.answers["GET /channels/71/messages/9"] = ours(9)
    discord_.answers["PATCH /channels/71/messages/9"] = (refused(400, 50083), {})
    await platform.edit(MessageRef(ChannelRef("discord", "7", "71"), "9"), HELLO)
    assert discord_.asked[1:] == [
        "PATCH /channels/71/messages/9",
        "PATCH /channels/71",
        "PATCH /channels/71/messages/9",
    ]


async def test_deleting_what_is_gone_is_fine(platform: DiscordPlatform, discord_: StandIn) -> None:
    discord_.answers["DELETE /channels/70/messages/9"] = refused(404, 10008)
    await platform.delete(MessageRef(HOME, "9"))


@pytest.mark.parametrize(
    ("error", "kind", "permanent", "maybe", "wait"),
    [
        (lambda: refused(404, 10008), MessageGone, True, False, None),
        (lambda: refused(404, 10003), DeliveryError, True, False, None),
        (lambda: refused(403, 50007), PersonRefuses, True, False, None),
        (lambda: refused(403, 50013), DeliveryError, True, False, None),
        (lambda: refused(403, 50001), DeliveryError, True, False, None),
        (lambda: refused(400, 50035), DeliveryError, True, False, None),
        (lambda: refused(403, 40003), DeliveryError, False, False, 600.0),
        (lambda: refused(400, 30046), DeliveryError, False, False, 3600.0),
        (lambda: refused(429, 0, {"Retry-After": "7.5"}), DeliveryError, False, False, 7.5),
        (lambda: refused(429, 0, {"Retry-After": "soon"}), DeliveryError, False, False, 60.0),
        (lambda: refused(503, 0), DeliveryError, False, True, None),
        (lambda: discord.RateLimited(45.0), DeliveryError, False, False, 45.0),
        (aiohttp.ServerDisconnectedError, DeliveryError, False, True, None),
        (lambda: ConnectionResetError(104, "reset"), DeliveryError, False, True, None),
        (TimeoutError, DeliveryError, False, True, None),
    ],
)
async def test_what_goes_wrong_says_whether_another_try_may_help(
    platform: DiscordPlatform,
    discord_: StandIn,
    error: Callable[[], Exception],
    kind: type[DeliveryError],
    permanent: bool,
    maybe: bool,
    wait: float | None,
) -> None:
    discord_.answers["POST /channels/70/messages"] = error()
    with pytest.raises(DeliveryError) as told:
        await platform.send(InChannel(HOME), HELLO, key=KEY)
    assert type(told.value) is kind
    assert (told.value.permanent, told.value.sent_maybe, told.value.retry_after) == (permanent, maybe, wait)


async def test_after_one_refused_token_nothing_is_asked_any_more(discord_: StandIn) -> None:
    """10,000 answers of 401 in ten minutes would lock out the whole address."""
    told: list[str] = []
    platform = DiscordPlatform(discord_.client, MovedClock(NOW), lambda: told.append("refused"))
    platform.connected = True
    discord_.answers["GET /channels/70"] = refused(401, 0)
    for _ in range(3):
        with pytest.raises(DeliveryError, match="token"):
            await platform.send(InChannel(HOME), HELLO, key=KEY)
    assert (discord_.asked, told) == (["GET /channels/70"], ["refused"])


async def test_before_the_connection_stands_everything_waits(discord_: StandIn) -> None:
    platform = DiscordPlatform(discord_.client, MovedClock(NOW))
    with pytest.raises(DeliveryError) as told:
        await platform.delete(MessageRef(HOME, "9"))
    assert (told.value.permanent, told.value.sent_maybe, discord_.asked) == (False, False, [])


async def test_people_who_reacted_are_read_in_pages_and_bots_left_out(
    platform: DiscordPlatform, discord_: StandIn
) -> None:
    """J28: super reactions count, and somebody with both kinds once."""
    reactions = [
        {"emoji": {"id": None, "name": "👍"}, "count": 103, "count_details": {"normal": 102, "burst": 1}},
        {"emoji": {"id": "5", "name": "seedling"}, "count": 1, "count_details": {"normal": 1, "burst": 0}},
    ]

    def thumbs(params: Json) -> list[Json]:
        if params["type"] == 1:
            return [{"id": "1"}]
        if "after" in params:
            return [{"id": "101"}, {"id": "102", "bot": True}]
        return [{"id": str(id)} for id in range(1, 101)]

    discord_.answers["GET /channels/70/messages/9"] = {"id": "9", "reactions": reactions}
    discord_.answers["GET /channels/70/messages/9/reactions/%F0%9F%91%8D"] = thumbs
    discord_.answers["GET /channels/70/messages/9/reactions/seedling%3A5"] = [{"id": "1"}]
    found = await platform.reactions(MessageRef(HOME, "9"))
    assert len(found) == 102
    assert found[-1] == Reacted(AccountRef("discord", "1"), "seedling:5")
    assert len(set(found)) == 102


async def test_tallies_are_read_from_the_history(platform: DiscordPlatform, discord_: StandIn) -> None:
    """J28."""
    reactions = [{"emoji": {"id": None, "name": "👍"}, "count": 2}]
    discord_.answers["GET /channels/71/messages"] = [{"id": "10"}, {"id": "9", "reactions": reactions}]
    inside = ChannelRef("discord", "7", "71")
    assert await platform.tallies(THREAD, before=MessageRef(inside, "11")) == [
        Tally(MessageRef(inside, "10"), {}),
        Tally(MessageRef(inside, "9"), {"👍": 2}),
    ]
    assert discord_.requests[-1][1] == {"limit": 100, "before": "11"}


@pytest.mark.parametrize(
    "fails",
    [
        discord.RateLimited(700.0),
        refused(429, 0, {"Retry-After": "700"}),
        refused(401, 0),
        aiohttp.ClientConnectorError(None, OSError()),  # type: ignore[arg-type]
    ],
)
async def test_a_message_whose_thread_has_to_wait_counts_as_maybe_sent(
    platform: DiscordPlatform, discord_: StandIn, fails: Exception
) -> None:
    """Else it would be sent again, and its key stops a second one for minutes only."""
    discord_.answers["POST /channels/70/messages"] = sent(9)
    discord_.answers["POST /channels/70/messages/9/threads"] = fails
    with pytest.raises(DeliveryError) as error:
        await platform.send(OpenThread(HOME, "t"), HELLO, key=KEY)
    assert error.value.sent_maybe


async def test_where_nothing_may_be_read_nothing_is_taken_for_not_there(
    platform: DiscordPlatform, discord_: StandIn
) -> None:
    """Discord shows an empty history then: a post that stands would be sent again."""
    may = discord.Permissions(view_channel=True, send_messages=True)
    me = SimpleNamespace(name="Studycircle")
    guild = SimpleNamespace(id=7, me=me)
    discord_.channels[70] = SimpleNamespace(id=70, name="html", guild=guild, permissions_for=lambda _: may)
    discord_.answers["GET /channels/70/messages"] = []
    for asking in (platform.find(InChannel(HOME), key=KEY, since=NOW), platform.tallies(HOME)):
        with pytest.raises(DeliveryError, match="“Read Message History” is off") as error:
            await asking
        assert error.value.permanent
    may.read_message_history = True
    assert await platform.find(InChannel(HOME), key=KEY, since=NOW) == []


async def test_a_message_in_a_thread_that_was_put_away_can_be_removed(
    platform: DiscordPlatform, discord_: StandIn
) -> None:
    gone = "DELETE /channels/71/messages/9"
    discord_.answers[gone] = (refused(400, 50083), None)
    await platform.delete(MessageRef(ChannelRef("discord", "7", "71"), "9"))
    assert discord_.asked == [gone, "PATCH /channels/71", gone]


async def test_a_locked_thread_says_what_to_do(platform: DiscordPlatform, discord_: StandIn) -> None:
    discord_.answers["PATCH /channels/71/messages/9"] = refused(400, 50083)
    discord_.answers["GET /channels/71/messages/9"] = ours(9, where=71)
    discord_.answers["PATCH /channels/71"] = refused(403, 50013)
    with pytest.raises(DeliveryError, match="closed and locked") as error:
        await platform.edit(MessageRef(ChannelRef("discord", "7", "71"), "9"), HELLO)
    assert error.value.permanent
