"""One delivery: a claimed post goes to its platform, and how it stands afterwards."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from bot.chat import Direct, MessageRef, OpenThread, ThreadRef
from bot.errors import DeliveryError, MessageGone, PersonRefuses
from bot.faultpoints import faultpoint
from bot.outbox import LEASE, Post, PostState, Verb, place_of, wait
from bot.ports import Clock, Habits, Platform, Titling
from schedules.book import FIRST_SWEEP, OVER, SURPRISED, SURPRISES, TAKEN_BACK, Book, Errand, ended, next_sweep
from schedules.pacing import Pacing

log = logging.getLogger(__name__)
T = TypeVar("T")

TIMEOUT = 10.0
"""Seconds that a platform has for its answer."""
LOOKS = 48
"""After how many tries to look for a message in vain, five hours or so, its post is unknown: its place waits for it."""


STANDS_IF_FOUND = (PostState.SENT, PostState.DEAD, PostState.UNKNOWN, PostState.EXPIRED)
"""Of a post in these states without a message, one that is found is its message and no copy; of others it goes."""


class Surprise(DeliveryError):
    """A platform's adapter failed in a way nobody thought of."""


class Courier:
    """Takes posts to their platforms; `jitter` draws numbers from 0 to 1, `timeout` is in seconds."""

    def __init__(
        self,
        book: Book,
        platforms: Mapping[str, Platform],
        clock: Clock,
        jitter: Callable[[], float],
        timeout: float,
        pacing: Pacing,
    ) -> None:
        self._book = book
        self._platforms = platforms
        self._clock = clock
        self._jitter = jitter
        self._timeout = timeout
        self._pacing = pacing

    async def deliver(self, errand: Errand) -> Post | None:
        """Return the post as it stands after one try, or None where it is somebody else's by now."""
        platform = self._platforms.get(errand.platform)
        if platform is None:
            return self._put_off(errand, DeliveryError(f"{errand.platform} is not switched on"))
        if errand.post.verb is Verb.RENAME and not _has_title(platform, errand):
            return ended(errand.post, PostState.CANCELLED, "there is no thread with a title")
        if errand.post.verb is not Verb.SEND:
            return await self._change(platform, errand)
        if not errand.doubtful:
            return await self._send(platform, errand)
        if self._same_key_helps(errand.post, platform.habits):
            return await self._send_again(platform, errand)
        return await self._look(platform, errand)

    # Edits, deletions and new titles, which may be done twice

    async def _change(self, platform: Platform, errand: Errand) -> Post | None:
        post, message = errand.post, errand.parent
        assert message is not None, "an edit or a deletion follows a message"
        await self._pacing.request(errand.platform, platform.habits)
        if not await self._book.holds(post):
            return None  # somebody else may have shown something newer
        faultpoint("delivery: before a change")
        try:
            await self._ask(errand, _changed(platform, post, message))
        except MessageGone as error:
            if post.verb is Verb.EDIT:
                return replace(ended(post, PostState.CANCELLED, error.reason), message=message)
        except DeliveryError as error:
            return self._not_changed(post, error)
        faultpoint("delivery: changed")
        return self._stands(post, message)

    def _not_changed(self, post: Post, error: DeliveryError) -> Post:
        if error.permanent or (isinstance(error, Surprise) and post.attempts + 1 >= SURPRISES):
            return ended(post, PostState.DEAD, error.reason)
        return self._not_sent(post, error)

    # Sends

    async def _send(self, platform: Platform, errand: Errand) -> Post | None:
        """Send a post whose try is written down, unless the right to do so is gone or nearly over."""
        post = errand.post
        await self._pacing.message(errand.platform, platform.habits, place_of(errand.to))
        if not await self._book.holds(post):
            return None
        late = post.lease_until is None or post.lease_until - self._clock.now() < self._needed(platform.habits)
        # A doubtful post relies on the platform to swallow it; where that took too long to come here, it is looked for.
        if late or (errand.doubtful and not self._same_key_helps(post, platform.habits)):
            return self._not_sent(post, DeliveryError("it took too long until it could be sent", retry_after=0))
        assert post.card is not None, "a message shows something"
        faultpoint("delivery: before the send")
        try:
            message = await self._ask(errand, platform.send(errand.to, post.card, key=post.key))
        except MessageGone as error:  # it was there, and somebody deleted it: that is not undone
            log.info("post %s: %s", post.id, error.reason)
            return replace(self._stands(post, None), reason=error.reason)
        except DeliveryError as error:
            return self._failed(errand, platform.habits, error)
        faultpoint("delivery: sent")
        return self._stands(post, message)

    def _needed(self, habits: Habits) -> timedelta:
        """Return how long a lease has to last for a send: until its message could be found by whoever comes next."""
        return min(timedelta(seconds=self._timeout) + habits.settles, LEASE / 2)

    async def _send_again(self, platform: Platform, errand: Errand) -> Post | None:
        tried = await self._book.again(errand.post)
        if tried is None:
            return None
        if tried.state is not PostState.SENDING:  # taken back or called off since it was claimed, and it may be there
            return replace(tried, sweep_at=self._clock.now() + FIRST_SWEEP)
        if tried.sends == errand.post.sends:
            return tried
        return await self._send(platform, replace(errand, post=tried))

    async def _look(self, platform: Platform, errand: Errand) -> Post | None:
        """Look for a message that may be there; only where it is not, as far as anybody can see, it is sent again."""
        post, habits = errand.post, platform.habits
        assert post.first_try_at is not None, "a doubtful post was tried"
        assert post.last_try_at is not None, "a doubtful post was tried"
        settled = post.last_try_at + habits.settles
        if self._clock.now() < settled:
            return replace(post, lease_until=settled)
        await self._pacing.request(errand.platform, habits)
        try:
            found = await self._ask(errand, platform.find(errand.to, key=post.key, since=post.first_try_at))
        except DeliveryError as error:
            return self._not_seen(post, error)
        faultpoint("delivery: looked")
        now = self._clock.now()
        if found:
            return replace(self._stands(post, found[0]), sweep_at=now if found[1:] else now + FIRST_SWEEP)
        post = replace(post, looks=post.looks + 1, looked_at=now)
        if post.looks < habits.readings:
            return replace(post, lease_until=now + habits.apart)
        if post.once is None:
            return self._given_up(post, PostState.CANCELLED, TAKEN_BACK)
        if self._is_over(post):
            return self._given_up(post, PostState.EXPIRED, OVER)
        return await self._send_again(platform, replace(errand, post=post, doubtful=False))

    async def _ask(self, errand: Errand, call: Awaitable[T]) -> T:
        """Return a platform's answer; whatever goes wrong is raised as a DeliveryError."""
        try:
            async with asyncio.timeout(self._timeout):
                return await call
        except DeliveryError:
            raise
        except TimeoutError as error:
            raise DeliveryError(f"{errand.platform} did not answer in time", sent_maybe=True) from error
        except Exception as error:  # the entry point of platforms: an adapter's bug must not stop the others
            log.exception("post %s failed on %s", errand.post.id, errand.platform)
            raise Surprise(SURPRISED, sent_maybe=True) from error

    # How a post stands then

    def _same_key_helps(self, post: Post, habits: Habits) -> bool:
        """Say whether the platform itself swallows a second send, whose time-out ends while it still does."""
        assert post.first_try_at is not None, "a doubtful post was tried"
        wanted = post.once is not None and not self._is_over(post)
        since = self._clock.now() - post.first_try_at
        # A clock that was set back cannot tell.
        return wanted and timedelta(0) <= since <= habits.same_key - timedelta(seconds=self._timeout)

    def _is_over(self, post: Post) -> bool:
        return post.expires_at is not None and post.expires_at <= self._clock.now()

    def _stands(self, post: Post, message: MessageRef | None) -> Post:
        """Return a post that is through; where more than one send may have arrived, copies are looked for.

        One request that was answered once, by the process that held the post from before to after, made one message.
        """
        now = self._clock.now()
        sweep_at = now + FIRST_SWEEP if post.sends > 1 else None
        sent = replace(post, state=PostState.SENT, message=message, sent_at=now, lease_until=None, reason="")
        return replace(sent, sweep_at=sweep_at)

    def _failed(self, errand: Errand, habits: Habits, error: DeliveryError) -> Post:
        """Return a post after a send that failed: dead, waiting, or still `sending` as it may have arrived."""
        post = errand.post
        if error.permanent and not errand.doubtful:
            return ended(post, PostState.DEAD, error.reason, refused=isinstance(error, PersonRefuses))
        if error.permanent or not error.sent_maybe:
            return self._not_sent(post, error)  # what was turned down is this try; an earlier one may have arrived
        if isinstance(error, Surprise) and post.attempts + 1 >= SURPRISES:
            return self._unknown(post, error.reason)
        at, now = self._later(post, error), self._clock.now()
        if not self._same_key_helps(post, habits):
            at = max(at, now + habits.settles)
        # The try lasted until now: it was written down a while before the request was on the wire.
        return replace(post, attempts=post.attempts + 1, reason=error.reason, lease_until=at, last_try_at=now)

    def _not_sent(self, post: Post, error: DeliveryError) -> Post:
        """Return a post whose try reached nobody; it waits, and one of which an earlier try is in doubt stays so."""
        at = self._later(post, error)
        post = replace(post, attempts=post.attempts + 1, reason=error.reason, sends=max(post.sends - 1, 0))
        if post.sends:
            return replace(post, lease_until=at)
        return replace(post, state=PostState.DUE, not_before=at, lease_until=None, first_try_at=None)

    def _put_off(self, errand: Errand, error: DeliveryError) -> Post:
        """Return a post for which nothing could be done; what may have arrived stays in doubt."""
        post = errand.post
        if not errand.doubtful:
            return self._not_sent(post, error)
        return replace(post, attempts=post.attempts + 1, reason=error.reason, lease_until=self._later(post, error))

    def _given_up(self, post: Post, state: PostState, reason: str) -> Post:
        """Return a doubtful post that is not tried any more; should its message show after all, a sweep sees to it."""
        return replace(ended(post, state, reason), sweep_at=self._clock.now() + FIRST_SWEEP)

    def _not_seen(self, post: Post, error: DeliveryError) -> Post:
        """Return a post that cannot be looked for, now or ever."""
        patience = SURPRISES if isinstance(error, Surprise) else LOOKS
        if error.permanent or post.attempts + 1 >= patience:
            return replace(self._unknown(post, error.reason), refused=isinstance(error, PersonRefuses))
        if self._is_over(post):
            return self._given_up(post, PostState.EXPIRED, OVER)
        return replace(post, attempts=post.attempts + 1, reason=error.reason, lease_until=self._later(post, error))

    def _unknown(self, post: Post, reason: str) -> Post:
        """Return a post of which nobody can know whether it is there; a direct message is not worth a question."""
        if self._is_over(post):
            return self._given_up(post, PostState.EXPIRED, OVER)
        private = isinstance(post.to, Direct)
        return ended(post, PostState.CANCELLED if private else PostState.UNKNOWN, reason)

    def _later(self, post: Post, error: DeliveryError) -> datetime:
        """Return when the next try is: when the platform says, or a random while that grows with the tries."""
        pause = wait(post.attempts, self._jitter())
        if error.retry_after is not None:
            pause = timedelta(seconds=error.retry_after)
        return self._clock.now() + pause

    # Copies

    async def sweep(self, errand: Errand) -> None:
        """Look for copies of a post's message and remove them; the stored message stays, or else the first."""
        platform = self._platforms.get(errand.platform)
        post = errand.post
        if platform is None or post.first_try_at is None:
            return await self._book.swept(post, None, 0)
        faultpoint("sweep: begun")
        removed = 0
        keep = post.message
        try:
            await self._pacing.request(errand.platform, platform.habits)
            found = await self._ask(errand, platform.find(errand.to, key=post.key, since=post.first_try_at))
            if keep is None and found and post.state in STANDS_IF_FOUND:
                keep = found[0]
            for copy in found:
                if copy != keep and post.state is not PostState.SENDING:
                    await self._remove(platform, errand, copy)
                    removed += 1
        except DeliveryError as error:
            log.info("copies of post %s cannot be looked for: %s", post.id, error.reason)
            if not error.permanent and not removed and next_sweep(post, self._clock.now()) is not None:
                return await self._book.sweep_later(post)
        await self._book.swept(post, keep, removed)

    async def heal(self, errand: Errand, message: MessageRef) -> None:
        """Remove a message of ours where the post is another's by now and another message stands, else look later."""
        standing = await self._book.standing(errand.post)
        if standing == message:
            return
        platform = self._platforms.get(errand.platform)
        if standing is not None and platform is not None:
            try:
                await self._remove(platform, errand, message)
            except DeliveryError as error:
                log.info("a copy of post %s cannot be removed now: %s", errand.post.id, error.reason)
            else:
                return await self._book.healed(errand.post)
        await self._book.sweep_later(errand.post)

    async def _remove(self, platform: Platform, errand: Errand, copy: MessageRef) -> None:
        faultpoint("sweep: before a copy goes")
        await self._pacing.request(errand.platform, platform.habits)
        await self._ask(errand, platform.delete(copy))
        log.warning("a copy of post %s was removed", errand.post.id)
        faultpoint("sweep: a copy is gone")


def _has_title(platform: Platform, errand: Errand) -> bool:
    return isinstance(platform, Titling) and errand.parent is not None and errand.parent.thread is not None


def _changed(platform: Platform, post: Post, message: MessageRef) -> Awaitable[None]:
    """Return the request by which a message, or the title of its thread, becomes what is wished."""
    match post.verb, post.to:
        case Verb.DELETE, _:
            return platform.delete(message)
        case Verb.RENAME, OpenThread(_, title) if isinstance(platform, Titling) and message.thread is not None:
            return platform.rename(ThreadRef(message.channel, message.thread), title)
    assert post.card is not None, "an edit shows something"
    return platform.edit(message, post.card)
