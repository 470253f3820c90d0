"""The fake as a process of its own is played through one address, POST /control with `{"do": "types", …}`."""

from __future__ import annotations

from tests.fakes.process import Act
from tests.fakes.refusing import Cannot
from tests.fakes.slack.interactions import Interaction
from tests.fakes.slack.people import Person, fields_of
from tests.fakes.slack.reading import Reader, lines_of
from tests.fakes.slack.server import FakeSlack
from tests.fakes.slack.things import Channel, Json, Message


def _seen(message: Message) -> Json:
    """Return a message as it is seen."""
    return {
        "ts": message.ts,
        "author": message.author.name,
        "text": "\n".join(lines_of(message, Reader()).all),
        "buttons": [str(one["label"]) for one in message.buttons],
        "private": message.ephemeral,
        "thread": message.thread_ts,
        "files": [file.name for file in message.files],
    }


def _told(asked: Interaction) -> Json:
    """Return what somebody was answered; `answered` is false where nothing came."""
    form = asked.dialog
    return {
        "answered": asked.answered.is_set() and asked.failed is None,
        "failed": asked.failed,
        "errors": asked.errors,
        "messages": [_seen(one) for one in asked.shown],
        "edited": _seen(asked.edited) if asked.edited else None,
        "form": {"title": form.title, "fields": list(fields_of(form))} if form else None,
    }


def _person(fake: FakeSlack, about: Json) -> Person:
    return fake.person(about["who"], team=about.get("team", "Study hall"))


def _place(fake: FakeSlack, about: Json) -> Channel | None:
    named = about.get("place")
    return fake.channel(named, team=about.get("team", "Study hall")) if named else None


def _message(fake: FakeSlack, about: Json) -> Message | None:
    """Return the message of a time, in a channel, a conversation, or what somebody alone was shown."""
    wanted = about.get("on")
    if wanted is None:
        return None
    everything = [
        one
        for team in fake.world.teams.values()
        for channel in team.channels.values()
        for one in channel.stored.values()
    ]
    shown = [one for asked in fake.interactions.all for one in asked.shown]
    return next((one for one in (*everything, *shown) if one.ts == wanted), None)


def _there(fake: FakeSlack, about: Json) -> Message:
    found = _message(fake, about)
    if found is None:
        raise Cannot(f"there is no message {about.get('on')}")
    return found


async def _enters(fake: FakeSlack, about: Json) -> str:
    who, team = about["who"], about.get("team", "Study hall")
    person = fake.person(who, display=about.get("display", ""), admin=about.get("admin", False), team=team)
    person.user.zone = about.get("zone", person.user.zone)
    person.user.takes_direct_messages = about.get("open", True)
    person.patience = about.get("patience", person.patience)
    return person.user.id


async def _types(fake: FakeSlack, about: Json) -> Json:
    return _told(await _person(fake, about).types(about["line"], _place(fake, about)))


async def _presses(fake: FakeSlack, about: Json) -> Json:
    return _told(await _person(fake, about).presses(about["label"], _message(fake, about)))


async def _fills(fake: FakeSlack, about: Json) -> Json:
    return _told(await _person(fake, about).fills(**about["values"]))


async def _opens_menu(fake: FakeSlack, about: Json) -> Json:
    return _told(await _person(fake, about).opens_menu(about["entry"], _there(fake, about)))


async def _opens_home(fake: FakeSlack, about: Json) -> None:
    await _person(fake, about).opens_home()


async def _says(fake: FakeSlack, about: Json) -> Json:
    where = _message(fake, about) or _place(fake, about)
    return _seen(_person(fake, about).says(about["text"], where))


async def _reacts(fake: FakeSlack, about: Json) -> None:
    _person(fake, about).reacts(about["emoji"], _there(fake, about))


async def _unreacts(fake: FakeSlack, about: Json) -> None:
    _person(fake, about).unreacts(about["emoji"], _there(fake, about))


async def _messages(fake: FakeSlack, about: Json) -> list[Json]:
    """Return what stands in a channel, or below a message."""
    below = _message(fake, about)
    place = _place(fake, about)
    assert below is not None or place is not None
    return [_seen(one) for one in (below.replies if below is not None else place.messages if place else [])]


async def _inbox(fake: FakeSlack, about: Json) -> list[Json]:
    return [_seen(one) for one in _person(fake, about).inbox]


async def _connected(fake: FakeSlack, about: Json) -> int:
    """Wait until the app is connected; return how many connections were begun so far."""
    await fake.transport.connected(about.get("within", 30), starts=about.get("starts", 1))
    return fake.transport.starts


async def _sockets(fake: FakeSlack, about: Json) -> None:
    """Let the connections be dropped, cut, warned of their end, or refreshed."""
    match about["act"]:
        case "drop":
            await fake.transport.drop()
        case "cut":
            fake.transport.cut()
        case "warn":
            await fake.transport.warn()
        case "refresh":
            await fake.transport.warn(close=True)
        case other:
            raise Cannot(f"connections do not {other}")


async def _fails(fake: FakeSlack, about: Json) -> None:
    """Let requests fail as `way` says, with its arguments."""
    ways = ("refuse", "fail", "limit", "cut", "lose_answer", "break_answer", "fall_silent", "slow")
    if about["way"] not in ways:
        raise Cannot(f"requests fail in one of {ways}")
    getattr(fake.faults, about["way"])(about.get("where", ""), **about.get("how", {}))


async def _outage(fake: FakeSlack, about: Json) -> None:
    fake.faults.outage = about["on"]


async def _set_up(fake: FakeSlack, about: Json) -> None:
    """Let the app be what a manifest says, and events go to an address where one is given."""
    fake.world.app.set_up(about["manifest"])
    for team in fake.world.teams.values():
        if team.installed is not None:
            team.installed.scopes = set(fake.world.app.scopes)


async def _recorded(fake: FakeSlack, about: Json) -> list[Json]:
    names = ("method", "args", "done", "status", "error")
    return [{name: getattr(one, name) for name in names} for one in fake.recorder.asked]


ACTS: dict[str, Act[FakeSlack]] = {
    "enters": _enters,
    "types": _types,
    "presses": _presses,
    "fills": _fills,
    "opens_menu": _opens_menu,
    "opens_home": _opens_home,
    "says": _says,
    "reacts": _reacts,
    "unreacts": _unreacts,
    "messages": _messages,
    "inbox": _inbox,
    "connected": _connected,
    "sockets": _sockets,
    "fails": _fails,
    "outage": _outage,
    "set_up": _set_up,
    "recorded": _recorded,
}
