"""The audit log: one chain however many write, and nobody changes it unseen."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, create_engine, text

from bot.ids import GroupId, PersonId
from bot.ports import UnitOfWork
from bot.study.audit import Audit, scope_of, verify
from storage.audit import SqlAudit
from storage.database import Store
from storage.store import open_store
from tests.storage.samples import ANN, BEN, GROUP, NOW

Two = tuple[Store[UnitOfWork], Store[UnitOfWork]]
OURS, THEIRS, WHOLE = scope_of(GROUP), scope_of(GroupId(22)), scope_of(None)
Change = tuple[str, dict[str, object]]


@pytest.fixture
async def two(prepared_url: str) -> AsyncIterator[Two]:
    """Return two stores on one database."""
    async with (
        await open_store(prepared_url, durable=False) as one,
        await open_store(prepared_url, durable=False) as other,
    ):
        yield one, other


def write(audit: Audit, number: int, scope: str = OURS, actor: PersonId = ANN) -> None:
    audit.add(scope, NOW + timedelta(seconds=number), actor, "lead members role", f"member={number} role=mentor")


def problems(audit: Audit) -> list[str]:
    """Return what is wrong with any chain."""
    return [one for scope, length, last in audit.scopes() for one in verify(audit, scope, length, last)]


async def test_lines_that_two_processes_write_at_once_are_one_chain(two: Two) -> None:
    await asyncio.gather(
        *(two[n % 2].write(lambda uow, n=n: write(uow.audit, n)) for n in range(24)),  # type: ignore[misc]
        *(two[n % 2].write(lambda uow, n=n: write(uow.audit, n, THEIRS, BEN)) for n in range(8)),  # type: ignore[misc]
    )
    ours = await two[0].read(lambda uow: uow.audit.read(OURS))
    assert [line.number for line in ours] == list(range(1, 25))
    assert {line.items for line in ours} == {f"member={n} role=mentor" for n in range(24)}
    assert [(scope, length) for scope, length, _ in await two[1].read(lambda uow: uow.audit.scopes())] == [
        (OURS, 24),
        (THEIRS, 8),
    ]
    assert await two[1].read(lambda uow: problems(uow.audit)) == []


async def test_what_is_undone_leaves_no_line_and_no_gap(two: Two) -> None:
    def undone(uow: UnitOfWork) -> None:
        write(uow.audit, 2)
        raise LookupError

    await two[0].write(lambda uow: write(uow.audit, 1))
    with pytest.raises(LookupError):
        await two[1].write(undone)
    await two[0].write(lambda uow: write(uow.audit, 3))
    assert [line.number for line in await two[1].read(lambda uow: uow.audit.read(OURS))] == [1, 2]
    assert await two[1].read(lambda uow: problems(uow.audit)) == []


async def test_a_line_says_when_who_did_what_to_whom(two: Two) -> None:
    await two[0].write(lambda uow: write(uow.audit, 5))
    [line] = await two[1].read(lambda uow: uow.audit.read(OURS))
    assert await two[1].read(lambda uow: (uow.audit.last_at(OURS), uow.audit.last_at(THEIRS))) == (line.at, None)
    assert (line.scope, line.number, line.at) == (OURS, 1, NOW + timedelta(seconds=5))
    assert (line.actor, line.action, line.items) == (ANN, "lead members role", "member=5 role=mentor")


@pytest.mark.slow
async def test_a_long_chain_is_verified_whole(two: Two) -> None:
    def long(uow: UnitOfWork) -> None:
        for number in range(2_100):
            write(uow.audit, number)

    await two[0].write(long)
    assert await two[1].read(lambda uow: problems(uow.audit)) == []


# Nobody changes it unseen


@pytest.fixture(scope="module")
def log(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """Return a connection to a file with three chains of five lines; each test undoes what it does to them."""
    path = tmp_path_factory.mktemp("audit") / "log.db"
    path.write_bytes(sqlite_template.read_bytes())
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as db:
        audit = SqlAudit(db)
        for number in range(5):
            for scope, actor in ((OURS, ANN), (THEIRS, BEN), (WHOLE, BEN)):
                write(audit, number, scope, actor)
        db.commit()
        yield db
    engine.dispose()


TEXTS = st.text(st.characters(min_codepoint=1, max_codepoint=0x2FF), max_size=30)
NUMBERS = st.integers(-3, 30)
INSTANTS = st.datetimes().map(lambda at: at.isoformat(" ", "microseconds"))
ANYTHING = {
    "scope": st.sampled_from([OURS, THEIRS, WHOLE, "group:99", ""]),
    "number": NUMBERS,
    "at": st.one_of(INSTANTS, TEXTS),
    "actor": NUMBERS,
    "action": TEXTS,
    "items": TEXTS,
    "previous": st.one_of(TEXTS, st.just("0" * 64)),
    "hash": st.one_of(TEXTS, st.just("0" * 64)),
}
ROWS = st.integers(1, 15)
OF_A_CHAIN = ("scope", "number", "hash")


@st.composite
def changes(draw: st.DrawFn) -> Change:
    """Draw one change that somebody could make to the log: to a field, to a line, to two, or to the end."""
    kind = draw(st.sampled_from(["field", "chain", "remove", "remove chain", "swap", "truncate", "insert"]))
    match kind:
        case "field":
            name = draw(st.sampled_from(sorted(ANYTHING)))
            given_ = {"id": draw(ROWS), "value": draw(ANYTHING[name])}
            return f'UPDATE audit_entry SET "{name}" = :value WHERE id = :id AND "{name}" IS NOT :value', given_
        case "chain":
            name = draw(st.sampled_from(OF_A_CHAIN))
            given_ = {"id": draw(st.integers(1, 3)), "value": draw(ANYTHING[name])}
            return f'UPDATE audit_chain SET "{name}" = :value WHERE id = :id AND "{name}" IS NOT :value', given_
        case "remove":
            return "DELETE FROM audit_entry WHERE id = :id", {"id": draw(ROWS)}
        case "remove chain":
            return "DELETE FROM audit_chain WHERE id = :id", {"id": draw(st.integers(1, 3))}
        case "truncate":
            scope = draw(st.sampled_from([OURS, THEIRS, WHOLE]))
            return "DELETE FROM audit_entry WHERE scope = :scope AND number > :n", {
                "scope": scope,
                "n": draw(st.integers(0, 4)),
            }
        case "swap":
            one, other = draw(st.lists(ROWS, min_size=2, max_size=2, unique=True))
            return (
                "UPDATE audit_entry SET (at, actor, action, items, previous, hash) ="
                " (SELECT at, actor, action, items, previous, hash FROM (SELECT * FROM audit_entry) AS kept"
                " WHERE kept.id = CASE audit_entry.id WHEN :one THEN :other ELSE :one END)"
                " WHERE id IN (:one, :other)",
                {"one": one, "other": other},
            )
        case _:
            copied = {"id": draw(ROWS), "scope": draw(ANYTHING["scope"]), "n": draw(NUMBERS)}
            return (
                "INSERT INTO audit_entry (scope, number, at, actor, action, items, previous, hash)"
                " SELECT :scope, :n, at, actor, action, items, previous, hash FROM audit_entry WHERE id = :id",
                copied,
            )


@pytest.mark.slow
@settings(max_examples=200)
@given(changes())
def test_any_single_change_is_found(log: Connection, change: Change) -> None:
    """Issue 3: a log that nobody changes unseen; a change, a removal, an exchange, a line put in, a cut at the end."""
    statement, given_ = change
    assert problems(SqlAudit(log)) == []
    try:
        try:
            changed = log.execute(text(statement), given_).rowcount
        except Exception as error:
            if isinstance(getattr(error, "orig", None), sqlite3.IntegrityError):
                assume(False)  # the table itself refuses it
            raise
        assume(changed)
        assert problems(SqlAudit(log)), f"unseen: {statement} {given_}"
    finally:
        log.rollback()


def test_words_that_move_from_one_field_to_the_next_are_found(log: Connection) -> None:
    moved = "UPDATE audit_entry SET action = 'lead', items = ' members role' || items WHERE id = 1"
    log.execute(text(moved))
    assert problems(SqlAudit(log))
    log.rollback()


@pytest.mark.parametrize("cut", [0, 3])
def test_a_cut_that_also_mends_the_end_is_found_by_who_kept_the_last_hash(log: Connection, cut: int) -> None:
    """Whoever writes to the database can compute a chain anew; an output of `audit verify` kept elsewhere tells."""
    audit = SqlAudit(log)
    kept = next((length, last) for scope, length, last in audit.scopes() if scope == OURS)
    log.execute(text("DELETE FROM audit_entry WHERE scope = :s AND number > :n"), {"s": OURS, "n": cut})
    end = audit.read(OURS)[-1].hash if cut else "0" * 64
    log.execute(text("UPDATE audit_chain SET number = :n, hash = :h WHERE scope = :s"), {"n": cut, "h": end, "s": OURS})
    assert problems(audit) == []
    assert list(verify(audit, OURS, cut, end, kept)) == [f"lines {cut + 1} to 5 are missing"]
    log.rollback()


def test_a_chain_that_was_computed_anew_is_found_by_who_kept_the_last_hash(log: Connection) -> None:
    audit = SqlAudit(log)
    kept = next((length, last) for scope, length, last in audit.scopes() if scope == OURS)
    for table in ("audit_entry", "audit_chain"):
        log.execute(text(f"DELETE FROM {table} WHERE scope = :s"), {"s": OURS})
    for number in range(7):
        write(audit, number + 100)
    assert problems(audit) == []
    length, last = next((length, last) for scope, length, last in audit.scopes() if scope == OURS)
    assert list(verify(audit, OURS, length, last, kept)) == ["line 5 is another than it was"]
    log.rollback()
