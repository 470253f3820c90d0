"""How often the bot may connect: Discord takes away the token of one that begins 1,000 sessions in a day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.ports import Clock, Store, UnitOfWork

SESSIONS = "discord sessions"
"""The memo about how often we connected."""
SPARE = 30
"""Sessions that may follow each other at once, besides one for each shard."""
EACH = timedelta(seconds=100)
"""The time in which one session is made up for: 864 a day."""


async def counted(store: Store, clock: Clock, sessions: int, shards: int) -> timedelta:
    """Note that sessions begin, and return how long to wait before."""
    now = clock.now()

    def note(uow: UnitOfWork) -> timedelta:
        word, wait = begun(uow.memos.get(SESSIONS), sessions, now, shards=shards)
        uow.memos.keep(SESSIONS, word)
        return wait

    return await store.write(note)


def begun(kept: str | None, sessions: int, now: datetime, *, shards: int | None = None) -> tuple[str, timedelta]:
    """Return what to keep about sessions that begin now, and how long to wait before; `kept` is from the last time.

    They are one for each of the `shards`, unless that says otherwise.

    A program that is started again and again waits longer each time, up to the pace that Discord allows for ever.
    """
    level = last(kept, now)[0] + sessions
    room = SPARE + (shards or sessions)
    wait = max(0.0, level - room) * EACH
    return f"{level:.3f} {now.timestamp():.0f}", wait


def last(kept: str | None, now: datetime) -> tuple[float, datetime | None]:
    """Return how many sessions are not made up for yet, and when the last one began."""
    try:
        level, at = map(float, (kept or "").split())
        began = datetime.fromtimestamp(at, UTC)
    except (ValueError, OverflowError, OSError):
        return 0.0, None
    passed = max(timedelta(0), now - began)
    return max(0.0, level - passed / EACH), began
