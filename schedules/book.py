"""The book of deliveries: each step is written down in a transaction of its own, before the next one is done."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from bot.chat import Address, Direct, InChannel, InThread, MessageRef, OpenThread, ThreadRef
from bot.desk import Desk
from bot.errors import CannotSave
from bot.faultpoints import faultpoint
from bot.ids import new_id
from bot.outbox import LEASE, Message, Post, PostState, Verb, wait
from bot.ports import Clock, Store, UnitOfWork, Watch

log = logging.getLogger(__name__)

SURPRISES = 10
"""After how many tries a post is given up that fails in a way nobody thought of, or its place would wait for ever."""
FIRST_SWEEP = timedelta(seconds=30)
"""How long after a send that was not the only one copies of it are looked for."""
LAST_SWEEP = timedelta(hours=48)
"""How long after the last send copies are looked for."""
OVER = "its time was over"
SURPRISED = "something went wrong on my side"
TAKEN_BACK = "it was taken back"


@dataclass(frozen=True, slots=True)
class Errand:
    """A claimed post on its way; `parent` is the message that it edits, deletes or answers.

    `doubtful` says that an earlier try may have reached the platform although its answer did not reach us; no more once
    it was looked for in vain.
    """

    post: Post
    parent: MessageRef | None
    doubtful: bool = False

    @property
    def to(self) -> Address:
        """Where the post is to stand: its own address, or the thread below its parent, or beside it."""
        if self.post.to is not None:
            return self.post.to
        assert self.parent is not None, "a post without an address follows a message"
        if self.parent.thread is not None:
            return InThread(ThreadRef(self.parent.channel, self.parent.thread))
        return InChannel(self.parent.channel)

    @property
    def platform(self) -> str:
        """The platform that it goes to."""
        match self.to:
            case InChannel(channel) | OpenThread(channel):
                return channel.platform
            case InThread(thread):
                return thread.channel.platform
            case Direct(account):
                return account.platform


@dataclass(frozen=True, slots=True)
class Claim:
    """What a process has to do: posts to deliver, and posts of which copies are to be looked for.

    `ended` posts ended unsent; `last` is the space that was served last.
    """

    errands: list[Errand]
    sweeps: list[Errand]
    ended: int
    last: str


class Kept(NamedTuple):
    """Whether how a post stands was kept, as it was still ours, and whether others may go out now that could not."""

    ours: bool
    more: bool


class Book:
    """Writes down how deliveries stand, and asks and tells whoever watches them."""

    def __init__(self, store: Store, clock: Clock, jitter: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock
        self._jitter = jitter
        self._served = ""
        self.watch: Watch | None = None

    # Before the wire

    async def stirs(self) -> bool:
        """Return whether a claim may find something."""
        now = self._clock.now()
        return await self._store.read(lambda uow: uow.outbox.stirs(now))

    async def claim(self, limit: int) -> Claim:
        """Return posts that are ours to deliver or to sweep; that they are tried now is committed with that."""
        now = self._clock.now()
        claim = await self._store.write(lambda uow: self._claimed(uow, now, limit))
        faultpoint("delivery: claimed")
        self._served = claim.last
        return claim

    def _claimed(self, uow: UnitOfWork, now: datetime, limit: int) -> Claim:
        errands: list[Errand] = []
        begun: list[int] = []
        ended = 0
        last = self._served
        for post in uow.outbox.claim(now, limit, self._served):
            if post.state is not PostState.SENDING:
                ended += 1
                self._tell(uow, post)
                continue
            last = post.space
            parent = uow.outbox.message_of(post.under) if post.under is not None else None
            if post.verb is Verb.SEND and not post.sends:
                asked = self._asked(uow, post)
                if asked.state is not PostState.SENDING:
                    ended += 1
                    self._keep(uow, asked)
                    continue
                begun.append(post.id)
                post = _tried(asked, now)
                errands.append(Errand(post, parent))
            else:
                errands.append(Errand(post, parent, doubtful=post.verb is Verb.SEND))
        uow.outbox.begin(begun, now)
        # One at least: copies are to be gone within a minute, however much there is to send.
        due = uow.outbox.sweeps(now, max(limit - len(errands), 1), now + LEASE)
        sweeps = [Errand(one, uow.outbox.message_of(one.under) if one.under is not None else None) for one in due]
        return Claim(errands, sweeps, ended, last)

    def _asked(self, uow: UnitOfWork, post: Post) -> Post:
        """Return a claimed post as it is to go out, or not; a check that fails puts it off and stops nobody else."""
        if post.once is None:
            return ended(post, PostState.CANCELLED, TAKEN_BACK)
        if self.watch is None:
            return post
        try:
            asked = self.watch.ready(uow, post)
        except CannotSave:
            raise
        except Exception:  # the entry point of checks: a bug in one must not stop the other posts
            log.exception("the check of post %s failed", post.id)
            if post.attempts + 1 >= SURPRISES:
                return ended(post, PostState.DEAD, SURPRISED)
            later = self._clock.now() + wait(post.attempts, self._jitter())
            put_off = replace(post, attempts=post.attempts + 1, reason=SURPRISED, not_before=later)
            return replace(put_off, state=PostState.DUE, lease_until=None)
        return asked if asked.state is PostState.SENDING else replace(asked, lease_until=None)

    async def again(self, post: Post) -> Post | None:
        """Write down that a doubtful post is sent once more, and return it so; None where it is somebody else's.

        Where the watch does not let it go, it comes back with as many `sends` as before.
        """
        now = self._clock.now()

        def begin(uow: UnitOfWork) -> Post | None:
            current = uow.outbox.get(post.id)
            if current is None or not uow.outbox.holds(post):
                return None
            # What was wished since it was claimed goes out now.
            asked = self._asked(uow, replace(post, card=current.card, once=current.once, to=current.to))
            if asked.state is PostState.DUE:
                return replace(asked, state=PostState.SENDING, lease_until=asked.not_before)
            if asked.state is not PostState.SENDING:
                return asked
            tried = _tried(replace(asked, lease_until=now + LEASE), now)
            return tried if uow.outbox.finish(tried) else None

        tried = await self._store.write(begin)
        faultpoint("delivery: next try kept")
        return tried

    async def holds(self, post: Post) -> bool:
        """Return whether a post is still ours."""
        return await self._store.read(lambda uow: uow.outbox.holds(post))

    # After the wire

    async def keep(self, post: Post) -> Kept:
        """Keep how a post stands, and what follows from that, unless it is somebody else's by now."""
        faultpoint("delivery: before it is kept")
        kept = await self._store.write(lambda uow: self._keep(uow, post))
        faultpoint("delivery: kept")
        return kept

    def _keep(self, uow: UnitOfWork, post: Post) -> Kept:
        if not uow.outbox.finish(post):
            return Kept(ours=False, more=True)
        if post.state in (PostState.DEAD, PostState.CANCELLED, PostState.EXPIRED):
            uow.outbox.release(post.id)  # what will never stand makes room
        gone = post.verb is Verb.DELETE and post.state is PostState.SENT
        gone |= post.verb is Verb.EDIT and post.state is PostState.CANCELLED
        if gone and post.message is not None:
            uow.outbox.forget(post.message)
        if post.verb is Verb.SEND and post.state is PostState.SENT:
            self._register(uow, post)
        told = post.state not in (PostState.DUE, PostState.SENDING) and self._tell(uow, post)
        return Kept(ours=True, more=told or uow.outbox.followed(post))

    def _register(self, uow: UnitOfWork, post: Post) -> None:
        ref = post.message
        if ref is None:
            return
        thread = ThreadRef(ref.channel, ref.thread) if ref.thread else None
        id = new_id(self._clock.now())
        uow.outbox.register(Message(id, ref, thread, post.about, post.group, post.owner, post.id))

    def _tell(self, uow: UnitOfWork, post: Post) -> bool:
        """Tell the watch how a post ended, and return whether it laid down others."""
        if self.watch is None:
            return False
        try:
            return self.watch.ended(uow, post)
        except CannotSave:
            raise
        except Exception:  # the entry point of witnesses: a bug in one must not make a message be sent again
            log.exception("a witness failed on post %s", post.id)
            return True

    # Copies

    async def standing(self, post: Post) -> MessageRef | None:
        """Return the message that is kept of a post."""
        return await self._store.read(lambda uow: uow.outbox.message_of(post.id))

    async def healed(self, post: Post) -> None:
        """Count a copy of our own that is gone again."""
        await self._store.write(lambda uow: uow.outbox.heal(post.id, 1))

    async def repeat(self, change: Post) -> None:
        """Let a message be changed once more, as it is wished by now."""
        now = self._clock.now()
        await self._store.write(lambda uow: Desk(uow.outbox, uow.instance, now).repeat(change))

    async def sweep_later(self, post: Post) -> None:
        """Let copies of a post be looked for, whoever has it."""
        at = self._clock.now() + FIRST_SWEEP
        await self._store.write(lambda uow: uow.outbox.sweep(post.id, at))

    async def swept(self, post: Post, found: MessageRef | None, removed: int) -> None:
        """Keep what a sweep came to; a message that was `found` of a post that ended without is its message."""
        now = self._clock.now()

        def keep(uow: UnitOfWork) -> None:
            uow.outbox.sweep(post.id, next_sweep(post, now))
            if removed:
                uow.outbox.heal(post.id, removed)
            adopted = replace(post, state=PostState.SENT, message=found, sent_at=now, reason="")
            if found is not None and uow.outbox.adopt(adopted):
                self._register(uow, adopted)
                self._tell(uow, adopted)

        await self._store.write(keep)
        faultpoint("sweep: kept")


def next_sweep(post: Post, now: datetime) -> datetime | None:
    """Return when copies of a post are looked for next: after 30 s, then twice as long each time, up to 48 h."""
    if post.last_try_at is None or now - post.last_try_at >= LAST_SWEEP:
        return None
    return now + max(FIRST_SWEEP, now - post.last_try_at)


def ended(post: Post, state: PostState, reason: str, *, refused: bool = False) -> Post:
    """Return a post that is not tried any more."""
    level = logging.WARNING if state in (PostState.DEAD, PostState.UNKNOWN) else logging.INFO
    log.log(level, "post %s (%s) is %s: %s", post.id, post.about, state, reason)
    return replace(post, state=state, reason=reason, lease_until=None, refused=refused)


def _tried(post: Post, now: datetime) -> Post:
    """Return a post that is sent now."""
    return replace(
        post, sends=post.sends + 1, first_try_at=post.first_try_at or now, last_try_at=now, looks=0, looked_at=None
    )
