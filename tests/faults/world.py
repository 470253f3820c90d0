"""What a fake platform holds: messages, reactions, events on their way to the bot, and the faults to come.

It remembers all that it ever took, deleted messages too: it is the judge of what was lost or came twice.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.faults.characters import IN_FLIGHT, Character
from tests.faults.clock import FastClock

AGAIN = timedelta(seconds=45)
"""After this time an event that nobody said to have taken in is delivered once more."""
RETRY_AFTER = 3.0
"""Seconds that a random 429 asks for."""
PAGE = 100


class Refused(Exception):
    """A definite answer: an HTTP status, and what comes with it."""

    def __init__(self, status: int, **more: Any) -> None:
        super().__init__(status)
        self.status = status
        self.more = more


class Lost(Exception):
    """The request never arrives, or is not worth an answer."""


@dataclass
class Message:
    """A message as it stands or stood; `key` is empty for those of people."""

    id: str
    place: str
    thread: str | None
    key: str
    text: str
    at: datetime
    seen_at: datetime
    edits: int = 0
    deleted_at: datetime | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)

    def told(self) -> dict[str, Any]:
        """Return it as JSON."""
        gone = self.deleted_at
        return {
            "id": self.id,
            "place": self.place,
            "thread": self.thread,
            "key": self.key,
            "reactions": {emoji: len(users) for emoji, users in self.reactions.items() if users},
            "text": self.text,
            "at": self.at.isoformat(),
            "deleted_at": gone and gone.isoformat(),
        }


@dataclass
class Copy:
    """One delivery of an event to the bot: the same event may be delivered several times."""

    id: int
    event: dict[str, Any]
    out_until: datetime | None = None
    done: bool = False


@dataclass
class Fault:
    """What the next `times` requests of a verb meet, or those of some `seconds`, where their words hold `text`."""

    kind: str
    verb: str
    text: str = ""
    place: str = ""
    times: int = 1
    seconds: float | None = None
    until: datetime | None = None

    def fits(self, verb: str, body: dict[str, Any]) -> bool:
        """Return whether a request meets it."""
        return self.verb == verb and self.text in body.get("text", "") and self.place in body.get("place", "")


FORGOTTEN = timedelta(minutes=5)
"""When a message that the platform lost sight of is seen at the latest; it is seen once another has its key."""
FAULTS = ("cut", "cut before", "error", "error before", "silence", "silence before", "limit", "lag")
"""Accepted or not and then cut, answered by 500, or by nothing; 429 with Retry-After; a history that lags."""


class World:
    """A chat platform of one test; every request passes `request` first and last."""

    def __init__(self, character: Character, clock: FastClock, *, rate: float, seed: int, ordered: bool) -> None:
        self.character = character
        self.clock = clock
        self.rate = rate
        self.ordered = ordered
        """Whether an event is delivered only when the one before it was taken in."""
        self.faults: list[Fault] = []
        self.met: Counter[str] = Counter()
        self.outage = False
        self.messages: dict[str, Message] = {}
        self.threads: dict[str, str] = {}
        self.likes: dict[str, dict[str, int]] = {}
        """What the bot last said that it holds of reactions."""
        self.copies: list[Copy] = []
        self._chance = random.Random(seed)
        self._keys: dict[tuple[str, str], Message] = {}
        self._last: dict[str, datetime] = {}
        self._counts: defaultdict[str, int] = defaultdict(int)

    # Requests of the bot

    def strike(self, verb: str, body: dict[str, Any]) -> str:
        """Return the fault that a request meets, or nothing; raises Lost for what comes too late or in an outage."""
        sent = datetime.fromisoformat(body["sent"])
        if self.outage or self.clock.now() - sent > IN_FLIGHT:
            raise Lost
        kind = self._scripted(verb, body) or self._drawn()
        if kind:
            self.met[kind] += 1
        return kind

    def _scripted(self, verb: str, body: dict[str, Any]) -> str:
        now = self.clock.now()
        self.faults = [fault for fault in self.faults if fault.times and (fault.until is None or fault.until > now)]
        for fault in self.faults:
            if fault.fits(verb, body):
                if fault.seconds is None:
                    fault.times -= 1
                else:
                    fault.until = fault.until or now + timedelta(seconds=fault.seconds)
                return fault.kind
        return ""

    def _drawn(self) -> str:
        return self._chance.choice(FAULTS) if self._chance.random() < self.rate else ""

    def send(self, place: str, key: str, text: str, title: str | None, fault: str) -> Message:
        """Take a message, or bring the one that was taken under the same key a moment ago."""
        now = self.clock.now()
        if "#" in place and place not in self.threads:
            raise Refused(403, reason=f"there is no thread {place}")
        first = self._keys.get((place, key))
        if first is not None and first.seen_at > now + FORGOTTEN / 2:
            first.seen_at = now
        elif first is not None and now - first.at <= self.character.swallows:
            if first.deleted_at:
                raise Refused(404)
            return first
        last = self._last.get(place)
        # A little less than the pace: the network may bring two messages closer together than they were sent.
        if last is not None and now - last < self.character.pace / 2:
            raise Refused(429, retry_after=self.character.pace.total_seconds())
        self._last[place] = now
        late = self.character.lags * (1.0 if fault == "lag" else self._chance.random() / 2)
        if fault == "forgotten":
            late = FORGOTTEN
        id = self._new("m")
        thread = self._new("t") if title is not None else None
        message = Message(id, place, thread, key, text, now, now + late)
        if thread:
            self.threads[f"{place}#{thread}"] = id
        self.messages[id] = message
        self._keys[place, key] = message
        return message

    def edit(self, id: str, text: str) -> None:
        """Show another text."""
        message = self._standing(id)
        message.text, message.edits = text, message.edits + 1

    def delete(self, id: str) -> None:
        """Let a message be gone."""
        message = self.messages.get(id)
        if message and not message.deleted_at:
            message.deleted_at = self.clock.now()

    def find(self, place: str, key: str, since: datetime) -> list[Message]:
        """Return what the history shows under a key, the oldest first."""
        now = self.clock.now()
        return [one for one in self.standing(place) if one.key == key and since <= one.at and one.seen_at <= now]

    def page(self, place: str, before: str | None) -> list[Message]:
        """Return up to 100 messages, the newest first."""
        older = [one for one in self.standing(place) if before is None or _number(one.id) < _number(before)]
        return older[::-1][:PAGE]

    def standing(self, place: str | None = None) -> Iterator[Message]:
        """Yield the messages that can be seen in a place, or anywhere, the oldest first."""
        return (one for one in self.messages.values() if not one.deleted_at and place in (None, one.place))

    def _standing(self, id: str) -> Message:
        message = self.messages.get(id)
        if message is None or message.deleted_at:
            raise Refused(404)
        return message

    def reactions(self, id: str) -> dict[str, list[str]]:
        """Return who reacted with what."""
        return self._standing(id).reactions

    # People

    def says(self, place: str, text: str) -> Message:
        """Let somebody write."""
        now = self.clock.now()
        message = Message(self._new("m"), place, None, "", text, now, now)
        self.messages[message.id] = message
        return message

    def reacts(self, id: str, emoji: str, user: str, put: bool) -> None:
        """Let somebody put a reaction or take it back."""
        users = self._standing(id).reactions.setdefault(emoji, [])
        if put and user not in users:
            users.append(user)
        if not put and user in users:
            users.remove(user)

    # Events on their way to the bot

    def expect(self, events: Sequence[dict[str, Any]], copies: tuple[int, int]) -> int:
        """Let events happen, each delivered so many times; return how many deliveries that makes."""
        before = len(self.copies)
        for event in events:
            for _ in range(self._chance.randint(*copies)):
                self.copies.append(Copy(len(self.copies), event))
        if not self.ordered:
            self._chance.shuffle(self.copies)
        return len(self.copies) - before

    def take(self) -> dict[str, Any] | None:
        """Return the next delivery, with what it is about filled in; None where nothing can be delivered now."""
        now = self.clock.now()
        for copy in self.copies:
            if copy.done:
                continue
            ready = copy.out_until is None or copy.out_until <= now
            if ready and (filled := self._filled(copy.event)):
                copy.out_until = now + AGAIN
                return {"copy": copy.id, **filled}
            if self.ordered:
                return None
        return None

    def taken(self, copy: int, again: bool) -> None:
        """Hear that a delivery was taken in, or should come again."""
        for one in self.copies:
            if one.id == copy:
                one.done, one.out_until = not again, None

    def count(self) -> int:
        """Return how many of the bot's messages stand."""
        return sum(bool(one.key) for one in self.standing())

    def left(self) -> int:
        """Return how many deliveries are not taken in yet."""
        return sum(not copy.done for copy in self.copies)

    def _filled(self, event: dict[str, Any]) -> dict[str, Any] | None:
        """Return an event with the message that it names by its words; None while that does not stand."""
        words = event.get("on")
        if words is None:
            return event
        found = next((one for one in self.standing() if words in one.text and one.key), None)
        if found is None:
            return None
        filled = {**event, "message": found.told()}
        if event["kind"] == "reply":
            place = f"{found.place}#{found.thread}"
            if "said" not in event:  # the same message, however often the event is delivered
                event["said"] = self.says(place, event["text"]).id
            filled["said"] = event["said"]
        if event["kind"] == "react":
            self.reacts(found.id, event["emoji"], event["who"], put=True)
        return filled

    def _new(self, kind: str) -> str:
        self._counts[kind] += 1
        return f"{kind}{self._counts[kind]}"


def _number(id: str) -> int:
    return int(id[1:])
