"""One delivery: a claimed post goes to its platform, and how it stands afterwards."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.chat import Address, Direct, InChannel, InThread, MessageRef, OpenThread, ThreadRef
from bot.errors import DeliveryError
from bot.outbox import Post, PostState, Verb, wait
from bot.ports import Clock, Platform

log = logging.getLogger(__name__)

TIMEOUT = 10.0
"""Seconds that a platform has for its answer."""
SURPRISES = 10
"""After how many tries a post is given up that fails in a way nobody thought of, or its place would wait for ever."""


@dataclass(frozen=True, slots=True)
class Errand:
    """A claimed post on its way; `parent` is the message that it edits, deletes or answers.

    `doubtful` says that an earlier try may have reached the platform although its answer did not reach us.
    """

    post: Post
    parent: MessageRef | None
    doubtful: bool

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


class Courier:
    """Takes posts to their platforms; `jitter` draws numbers from 0 to 1, `timeout` is in seconds."""

    def __init__(
        self, platforms: Mapping[str, Platform], clock: Clock, jitter: Callable[[], float], timeout: float
    ) -> None:
        self._platforms = platforms
        self._clock = clock
        self._jitter = jitter
        self._timeout = timeout

    async def deliver(self, errand: Errand) -> Post:
        """Return the post as it stands after one try; nothing is raised."""
        try:
            async with asyncio.timeout(self._timeout):
                return await self._try(errand)
        except DeliveryError as error:
            return self._failed(errand, error)
        except TimeoutError:
            return self._failed(errand, DeliveryError(f"{errand.platform} did not answer in time", sent_maybe=True))
        except Exception as error:  # the entry point of deliveries: an adapter's bug must not stop the others
            log.exception("delivering post %s failed", errand.post.id)
            reason = f"unexpected: {type(error).__name__}"
            if errand.post.attempts + 1 >= SURPRISES:
                given_up = PostState.UNKNOWN if errand.post.verb is Verb.SEND else PostState.DEAD
                return _ended(errand.post, given_up, reason)
            # It may have been sent before things went wrong, so the next try looks first.
            return self._failed(replace(errand, doubtful=True), DeliveryError(reason))

    async def _try(self, errand: Errand) -> Post:
        post, parent = errand.post, errand.parent
        platform = self._platforms.get(errand.platform)
        if platform is None:
            raise DeliveryError(f"{errand.platform} is not switched on")
        if post.verb is Verb.SEND:
            return await self._send(platform, errand)
        assert parent is not None, "an edit or a deletion follows a message"
        if post.verb is Verb.DELETE:
            await platform.delete(parent)
        else:
            assert post.card is not None, "an edit shows something"
            await platform.edit(parent, post.card)
        return self._sent(post, parent)

    async def _send(self, platform: Platform, errand: Errand) -> Post:
        post = errand.post
        if errand.doubtful:
            assert post.first_try_at is not None, "a doubtful post was tried"
            try:
                found = await platform.find(errand.to, key=post.key, since=post.first_try_at)
            except DeliveryError as error:
                if error.permanent:  # whether it is there cannot be known: somebody has to look
                    return _ended(post, PostState.UNKNOWN, error.reason)
                raise
            if found:
                return self._sent(post, found[0])
        if post.once is None:
            return _ended(post, PostState.CANCELLED, "it was taken back")
        if post.expires_at is not None and post.expires_at <= self._clock.now():
            return _ended(post, PostState.EXPIRED, "its time was over")
        assert post.card is not None, "a message shows something"
        return self._sent(post, await platform.send(errand.to, post.card, key=post.key))

    def _sent(self, post: Post, message: MessageRef) -> Post:
        now = self._clock.now()
        return replace(post, state=PostState.SENT, message=message, sent_at=now, lease_until=None, reason="")

    def _failed(self, errand: Errand, error: DeliveryError) -> Post:
        """Return the post as it stands after a failure: dead, waiting, or still `sending` until its lease is over."""
        post = errand.post
        if error.permanent:
            return _ended(post, PostState.DEAD, error.reason)
        tried = replace(post, attempts=post.attempts + 1, reason=error.reason)
        if error.sent_maybe and post.verb is Verb.SEND:
            return tried
        pause = wait(post.attempts, self._jitter())
        if error.retry_after is not None:
            pause = timedelta(seconds=error.retry_after)
        return replace(
            tried,
            state=PostState.DUE,
            not_before=self._clock.now() + pause,
            lease_until=None,
            first_try_at=post.first_try_at if errand.doubtful else None,
        )


def _ended(post: Post, state: PostState, reason: str) -> Post:
    level = logging.WARNING if state in (PostState.DEAD, PostState.UNKNOWN) else logging.INFO
    log.log(level, "post %s (%s) is %s: %s", post.id, post.about, state, reason)
    return replace(post, state=state, reason=reason, lease_until=None)
