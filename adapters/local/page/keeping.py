"""Keeps the platform's messages, people and clock in the bot's database, as a real platform keeps them elsewhere.

What was sent is kept before the bot hears that it was sent, so that a process that is ended at any moment finds again
what its database says is there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TypeVar

from adapters.local.client import LocalPlatform
from adapters.local.page.kept import Formats, KeptAnswer, KeptMessage, KeptPerson, KeptState, message_kept
from adapters.local.page.places import DIRECT, path_of
from adapters.local.rooms import Message, Place, Space, Thread
from adapters.local.world import Answer, Happening, Profile, World
from bot.cards import Card
from bot.chat import AccountRef, Address, MessageRef
from bot.ports import Reacted, Store, UnitOfWork

V = TypeVar("V")

GAP = 10_000
"""Ids that are passed over at a new start, as the last ones may not have been kept."""


class Keeper:
    """Keeps what changed whenever `flush` is called; `done` names what happens once, such as the acts of peers."""

    def __init__(self, world: World, space: Space, store: Store, formats: Formats) -> None:
        self._world = world
        self._space = space
        self._store = store
        self._formats = formats
        self._changed: set[str] = set()
        self._written: dict[str, str] = {}
        self._answers: dict[str, tuple[Card, ...]] = {}
        self.done: set[str] = set()
        self.seen: dict[tuple[AccountRef, str], str] = {}
        """Up to which id somebody has seen a place."""
        world.watchers.append(self._notice)

    def _notice(self, happening: Happening) -> None:
        if happening.message is not None:
            self._changed.add(happening.message.message)
        if isinstance(happening.place, Thread):
            self._changed.add(happening.place.root.id)

    def everything(self) -> None:
        """Let everything that is there be kept with the next flush."""
        for place in (*self._space.channels.values(), *(one.direct for one in self._world.profiles.values())):
            self._changed |= {message.id for message in place.messages}
            for thread in place.threads.values():
                self._changed |= {message.id for message in thread.messages}

    async def flush(self) -> None:
        """Keep everything that changed since the last time."""
        changed, self._changed = self._changed, set()
        documents = {name: text for name, text in self._documents(changed) if self._written.get(name) != text}
        gone = [f"message {id}" for id in changed if self._world.message_numbered(id) is None]
        if set(documents) <= {"state"} and not gone and "state" in self._written:
            return  # time alone; it is kept with the next thing that happens, and at the end
        try:
            await self._keep(documents, gone)
        except BaseException:
            self._changed |= changed
            self._answers.clear()
            raise

    async def close(self) -> None:
        """Keep everything, the time as well."""
        await self._keep(dict(self._documents(self._changed)), [])

    async def _keep(self, documents: dict[str, str], gone: list[str]) -> None:
        def work(uow: UnitOfWork) -> None:
            uow.keepsakes.keep(documents)
            uow.keepsakes.drop(gone)

        await self._store.write(work)
        small = {name: text for name, text in documents.items() if not name.startswith(("message ", "answer "))}
        self._written |= small

    def _documents(self, changed: set[str]) -> Iterator[tuple[str, str]]:
        state = KeptState(
            self._world.clock.now(), self._world.number, tuple(self._space.channels), tuple(sorted(self.done))
        )
        yield "state", self._formats(KeptState).write(state)
        for profile in self._world.profiles.values():
            yield f"person {profile.account.user}", self._formats(KeptPerson).write(self._person(profile))
            for answer in profile.answers:
                if self._answers.get(answer.id) is not answer.cards:
                    self._answers[answer.id] = answer.cards
                    kept = KeptAnswer(path_of(answer.place), profile.account.user, answer.cards)
                    yield f"answer {answer.id}", self._formats(KeptAnswer).write(kept)
        for id in changed:
            message = self._world.message_numbered(id)
            if message is not None:
                yield f"message {id}", self._formats(KeptMessage).write(message_kept(message))

    def _person(self, profile: Profile) -> KeptPerson:
        seen = sorted((path, id) for (account, path), id in self.seen.items() if account == profile.account)
        return KeptPerson(
            profile.name, profile.zone or "", profile.locale or "", profile.admin, profile.open_to_bot, tuple(seen)
        )

    async def load(self) -> datetime | None:
        """Let everything be as it was kept, and return what time it was then; None where nothing was kept."""
        found = await self._store.read(lambda uow: uow.keepsakes.all())
        if "state" not in found:
            return None
        state: KeptState = self._formats(KeptState).read(found["state"])
        for name in state.channels:
            self._space.channel(name)
        self.done = set(state.done)
        self._world.number = max(self._world.number, state.number) + GAP
        for user, person in self._all(found, "person ", KeptPerson):
            self._add_person(user, person)
        for id, message in sorted(self._all(found, "message ", KeptMessage), key=lambda pair: int(pair[0])):
            self._add_message(id, message)
        for id, answer in sorted(self._all(found, "answer ", KeptAnswer), key=lambda pair: int(pair[0])):
            profile = self._world.join(answer.user)
            place = self._place(answer.place, answer.user)
            if place is not None:
                profile.answers.append(Answer(id, place, self._world.reader(profile), answer.cards))
                self._answers[id] = answer.cards
        return state.now

    def _all(self, found: Mapping[str, str], prefix: str, kind: type[V]) -> Iterator[tuple[str, V]]:
        for name, text in found.items():
            if name.startswith(prefix):
                yield name.removeprefix(prefix), self._formats(kind).read(text)

    def _add_person(self, user: str, kept: KeptPerson) -> None:
        profile = self._world.join(user)
        profile.name, profile.zone, profile.locale = kept.name, kept.zone or None, kept.locale or None
        profile.admin, profile.open_to_bot = kept.admin, kept.open_to_bot
        self.seen |= {(profile.account, path): id for path, id in kept.seen}

    def _add_message(self, id: str, kept: KeptMessage) -> None:
        owner = kept.place.removeprefix(f"{DIRECT}/") if kept.place.startswith(DIRECT) else kept.user
        place = self._place(kept.place, owner)
        if place is None:  # its thread went with the message above it
            return
        author = AccountRef(self._world.name, kept.user)
        reactions = [Reacted(AccountRef(self._world.name, user), emoji) for user, emoji in kept.reactions]
        message = Message(id, place, author, kept.name, kept.at, kept.said, kept.card, kept.key)
        message.edited, message.reactions = kept.edited, reactions
        self._world.add(message)
        if kept.thread:
            message.thread = Thread(message, kept.thread, kept.title)
            place.channel.threads[kept.thread] = message.thread

    def _place(self, path: str, user: str) -> Place | None:
        if path.startswith(DIRECT):
            return self._world.join(user).direct
        name, _, thread = path.partition("/")
        channel = self._space.channel(name)
        return channel.threads.get(thread) if thread else channel


class KeptPlatform(LocalPlatform):
    """The local platform whose messages are kept before the bot is told of them."""

    keeper: Keeper | None = None

    async def send(self, to: Address, card: Card, *, key: str) -> MessageRef:
        """Post a card and keep it."""
        sent = await super().send(to, card, key=key)
        await self._flush()
        return sent

    async def edit(self, message: MessageRef, card: Card) -> None:
        """Show another card in a message of the bot's and keep that."""
        await super().edit(message, card)
        await self._flush()

    async def delete(self, message: MessageRef) -> None:
        """Remove a message, also from what is kept."""
        await super().delete(message)
        await self._flush()

    async def _flush(self) -> None:
        if self.keeper is not None:
            await self.keeper.flush()
