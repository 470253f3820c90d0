"""Where somebody is on the page, as the end of an address: `study-circle`, `study-circle/17`, `@`."""

from __future__ import annotations

from collections.abc import Iterable

from adapters.local.rooms import Channel, Message, Place, Space, Thread
from adapters.local.world import Answer, Profile

DIRECT = "@"
"""The place of somebody's direct conversation with the bot."""


def path_of(place: Place) -> str:
    """Return the end of a place's address."""
    channel = place.channel
    if channel.owner is not None:
        return DIRECT
    return f"{channel.ref.channel}/{place.id}" if isinstance(place, Thread) else channel.ref.channel


def place_at(space: Space, profile: Profile, path: str) -> Place | None:
    """Return the place at an address as somebody sees it; None where nothing is there."""
    if path == DIRECT:
        return profile.direct
    name, _, thread = path.partition("/")
    channel = space.channels.get(name)
    if channel is None or not thread:
        return channel
    return channel.threads.get(thread)


def home_of(space: Space) -> Place:
    """Return the place where a visitor begins."""
    return next(iter(space.channels.values()))


def items(profile: Profile, place: Place) -> list[Message | Answer]:
    """Return what somebody sees in a place, the oldest first; a thread begins with the message that it hangs below."""
    root: Iterable[Message] = (place.root,) if isinstance(place, Thread) else ()
    answers = (one for one in profile.answers if one.place is place)
    return sorted([*root, *place.messages, *answers], key=lambda one: int(one.id))


def item(profile: Profile, place: Place, id: str) -> Message | Answer | None:
    """Return one of the things that somebody sees in a place."""
    return next((one for one in reversed(items(profile, place)) if one.id == id), None)


def places(space: Space, profile: Profile) -> Iterable[Place]:
    """Yield all places that somebody can open: the channels, each with its threads, and the direct conversation."""
    for channel in space.channels.values():
        yield channel
        yield from channel.threads.values()
    yield profile.direct


def title_of(place: Place) -> str:
    """Return what a place is called."""
    if isinstance(place, Thread):
        return place.title
    assert isinstance(place, Channel)
    return "Studycircle" if place.owner else f"#{place.ref.channel}"
