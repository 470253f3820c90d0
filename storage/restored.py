"""After a restore: what people have seen since the backup is looked for before it is shown again.

A restored database does not know what was sent since. What it was about to send, and what it decides again about items
that were there already, has the key that it had then; so it goes out as if an earlier try had got no answer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import Connection, case, delete, func, select, update

from bot.outbox import Post, PostState, Verb
from bot.study.agenda import DueKind
from storage import tables
from storage.line import POSTS
from storage.outbox import SqlOutbox
from storage.rows import table_of
from storage.tables import Table

INSTANCE = table_of(tables.Instance)
LEASES = table_of(tables.Lease)
_AGENDA = table_of(tables.Agenda)

_BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Restored:
    """The database was a backup once, the first time of no instant before `since`; items up to `last_id` were there."""

    since: datetime
    last_id: int


class OutboxAfterRestore(SqlOutbox):
    """Posts of a database that was restored: a new one about an older item may be there already."""

    __slots__ = ("_restored",)

    def __init__(self, db: Connection, restored: Restored) -> None:
        super().__init__(db)
        self._restored = restored

    def add(self, post: Post) -> bool:
        """Keep a post; return False where its `once` or key is there already."""
        if post.verb is Verb.SEND and post.about.id <= self._restored.last_id:
            post = replace(
                post,
                state=PostState.SENDING,
                lease_until=post.not_before,
                sends=1,
                first_try_at=self._restored.since,
                last_try_at=self._restored.since,
            )
        return super().add(post)


def mark(db: Connection, now: datetime) -> None:
    """Let a database that was a backup until now know it; whoever did things in it before holds nothing any more."""
    c = POSTS.c
    # A clock that went ahead once may have dated posts of today at some later day.
    since = db.execute(select(func.max(c.at)).where(c.at <= now)).scalar() or _BEGINNING
    # What an earlier restore lost may still be decided again.
    earlier = db.execute(select(INSTANCE.c.restored_from)).scalar()
    since = min(since, earlier or since)
    waits = update(POSTS.table).where(c.verb == Verb.SEND, c.state.in_([PostState.DUE, PostState.SENDING]))
    when = case((c.not_before > now, c.not_before), else_=now)
    db.execute(
        waits.values(
            state=PostState.SENDING,
            not_before=when,
            lease_until=when,
            fence=c.fence + 1,
            sends=case((c.sends > 0, c.sends), else_=1),
            first_try_at=func.coalesce(c.first_try_at, c.at),
            last_try_at=func.coalesce(c.last_try_at, c.at),
        )
    )
    db.execute(delete(LEASES))
    # Since the backup somebody may have wished that texts stay. So their end is told anew, in time to wish it again.
    db.execute(update(_AGENDA).where(_AGENDA.c.kind == DueKind.EMPTY_TEXTS).values(kind=DueKind.TELL_OF_TERM, at=now))
    # Not the present instant as an id: where a clock once went ahead, ids that are there are greater.
    newest = [db.execute(select(func.max(table.c.id))).scalar() or 0 for table in Table.metadata.sorted_tables]
    db.execute(update(INSTANCE).values(restored_at=now, restored_from=since, restored_ids=max(newest)))
