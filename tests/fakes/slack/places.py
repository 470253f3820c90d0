"""Methods about channels, what was written there, people, reactions, and the app itself."""

from __future__ import annotations

from tests.fakes.slack import shapes
from tests.fakes.slack.chat import conversation
from tests.fakes.slack.methods import Call, Refused, method
from tests.fakes.slack.things import Channel, Json, Message, User

_KINDS = {"im": "im", "group": "groups", "channel": "channels"}


def _may(call: Call, channel: Channel, what: str) -> None:
    call.needs(f"{_KINDS[channel.kind]}:{what}")


@method("auth.test")
def auth_test(call: Call) -> Json:
    """Return who the app is."""
    return {
        "url": f"https://{call.team.domain}.slack.com/",
        "team": call.team.name,
        "user": call.app.user.name,
        "team_id": call.team.id,
        "user_id": call.app.user.id,
        "bot_id": call.app.bot_id,
        "is_enterprise_install": False,
    }


@method("api.test", token="none")
def api_test(call: Call) -> Json:
    """Return that all is well."""
    return {"args": {name: value for name, value in call.args.items() if name != "token"}}


@method("team.info", "team:read")
def team_info(call: Call) -> Json:
    """Return the workspace."""
    team = call.team
    return {"team": {"id": team.id, "name": team.name, "domain": team.domain, "email_domain": "", "icon": {}}}


@method("bots.info", "users:read")
def bots_info(call: Call) -> Json:
    """Return the app as a bot."""
    app = call.app
    if call.args.get("bot", app.bot_id) != app.bot_id:
        raise Refused("bot_not_found")
    about = {"id": app.bot_id, "app_id": call.world.app.id, "user_id": app.user.id, "name": app.user.name}
    return {"bot": about | {"deleted": False, "updated": 0, "icons": {}}}


# Channels


@method("conversations.info")
def info(call: Call) -> Json:
    """Return a channel."""
    found = call.channel()
    _may(call, found, "read")
    return {"channel": shapes.channel(found, call.app.user.id)}


@method("conversations.list")
def list_channels(call: Call) -> Json:
    """Return the channels of the kinds that are asked for."""
    kinds = {one.strip() for one in call.words("types", "public_channel").split(",")}
    wanted = {"public_channel": "channel", "private_channel": "group", "im": "im"}
    for kind in kinds & wanted.keys():
        call.needs(f"{_KINDS[wanted[kind]]}:read")
    bot = call.app.user.id
    found = [
        one
        for one in call.team.channels.values()
        if one.kind in {wanted.get(kind) for kind in kinds}
        and (not one.private or bot in one.members)
        and not (one.archived and call.yes("exclude_archived"))
    ]
    page, cursor = call.page(found)
    shown = [shapes.channel(one, bot) for one in page]
    return {"channels": shown, "response_metadata": {"next_cursor": cursor}}


@method("conversations.members")
def members(call: Call) -> Json:
    """Return who is in a channel."""
    found = call.channel()
    _may(call, found, "read")
    page, cursor = call.page(sorted(found.members))
    return {"members": page, "response_metadata": {"next_cursor": cursor}}


@method("conversations.join", "channels:join")
def join(call: Call) -> Json:
    """Let the app come into a public channel."""
    found = call.channel()
    if found.kind != "channel":
        raise Refused("method_not_supported_for_channel_type")
    if found.archived:
        raise Refused("is_archived")
    call.world.invite(found)
    return {"channel": shapes.channel(found, call.app.user.id)}


@method("conversations.open", "im:write")
def open_conversation(call: Call) -> Json:
    """Return the direct conversation with somebody."""
    named = call.words("users").split(",")
    user = call.team.users.get(named[0])
    if user is None or len(named) != 1:
        raise Refused("user_not_found")
    known = {one.other for one in call.team.channels.values()}
    found = conversation(call, user)
    shown: Json = {"id": found.id} if not call.yes("return_im") else shapes.channel(found, call.app.user.id)
    return {"no_op": user in known, "already_open": user in known, "channel": shown}


# What was written


@method("conversations.history")
def history(call: Call) -> Json:
    """Return messages of a channel, the newest first."""
    found = call.channel(inside=True)
    _may(call, found, "history")
    there = [one for one in found.stored.values() if one.thread_ts in (None, one.ts) and _shows(call, one)]
    return _paged(call, _within(call, there[::-1]), 100, 999)


@method("conversations.replies")
def replies(call: Call) -> Json:
    """Return a message and what was written below it, the oldest first."""
    found = call.channel(inside=True)
    _may(call, found, "history")
    head = found.stored.get(call.words("ts"))
    if head is None:
        raise Refused("thread_not_found")
    below = _within(call, [one for one in head.replies if _shows(call, one)])
    return _paged(call, [head, *below] if not call.args.get("cursor") else below, 1_000, 1_000)


def _shows(call: Call, one: Message) -> bool:
    """Return whether a history shows a message yet."""
    return float(one.ts) <= (call.world.now() - call.world.lag).timestamp() + 1e-3 or not call.world.lag


def _within(call: Call, several: list[Message]) -> list[Message]:
    oldest, latest = call.words("oldest", "0"), call.words("latest", "9999999999.000000")
    if call.yes("inclusive"):
        return [one for one in several if float(oldest) <= float(one.ts) <= float(latest)]
    return [one for one in several if float(oldest) < float(one.ts) < float(latest)]


def _paged(call: Call, several: list[Message], default: int, most: int) -> Json:
    page, cursor = call.page(several, default, most)
    shown = [shapes.message(one, metadata=call.yes("include_all_metadata")) for one in page]
    more: Json = {"response_metadata": {"next_cursor": cursor}} if cursor else {}
    return {"messages": shown, "has_more": bool(cursor), "pin_count": 0, **more}


# Reactions


@method("reactions.get", "reactions:read")
def reactions(call: Call) -> Json:
    """Return a message with its reactions."""
    channel = call.channel()
    message = call.message(channel, "timestamp")
    shown = shapes.message(message, full=call.yes("full"))
    return {"type": "message", "channel": channel.id, "message": shown}


# People


@method("users.info", "users:read")
def user_info(call: Call) -> Json:
    """Return somebody, with their language where that is asked for."""
    found = call.team.users.get(call.words("user"))
    if found is None:
        raise Refused("user_not_found")
    return {"user": _seen(call, found)}


@method("users.list", "users:read")
def users(call: Call) -> Json:
    """Return everybody in the workspace."""
    page, cursor = call.page(list(call.team.users.values()))
    return {"members": [_seen(call, one) for one in page], "response_metadata": {"next_cursor": cursor}}


def _seen(call: Call, one: User) -> Json:
    locale = {"locale": one.locale} if call.yes("include_locale") else {}
    return shapes.user(one, call.team, call.world.now()) | locale
