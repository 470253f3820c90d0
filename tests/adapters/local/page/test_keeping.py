"""A kept try-out opens again as it was: rooms, messages, reactions, threads, private replies, people, the clock."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.local import Thread
from demo.trying import Tried, tried
from tests.adapters.local.page.conftest import BEGINS
from tests.processes import in_plain_words, run
from tests.storage.older import as_it_was

LATER = datetime(2030, 1, 1, tzinfo=UTC)
FIRST_THAT_KEPT = "0004"
"""The first schema that has room for what a try-out keeps."""


def everything(there: Tried) -> object:
    """Return all that people see."""
    space = there.chat.space("makers")
    people = [there.chat.person(user) for user in ("jill", "priya", "tomas", "lena", "wei", "fela", "noor")]
    rooms = {
        (person.name, str(place)): person.sees(place)
        for person in people
        for channel in (*space.channels.values(), person.direct)
        for place in (channel, *channel.threads.values())
    }
    details = [
        (message.id, message.key, message.reactions, message.card, message.thread and message.thread.id)
        for message in there.home.messages
    ]
    return rooms, details, [(person.name, person.account) for person in people]


async def played(url: str) -> tuple[object, datetime, int]:
    async with tried(url, BEGINS, peers=False) as there:
        jill, priya = there.chat.person("jill"), there.chat.person("priya")
        said = await jill.says("Hello <there>", there.home)
        await priya.reacts("🎉", said)
        await priya.says("Welcome", thread_of=said)
        gone = await jill.says("A slip", there.home)
        await jill.deletes(gone)
        await jill.types("/group", there.home)
        await there.days.passes(there.clock.now() + timedelta(days=4))
        return everything(there), there.clock.now(), there.chat.world.number


@pytest.mark.slow
async def test_a_kept_try_out_opens_as_it_was(sqlite_url: str) -> None:
    seen, then, number = await played(sqlite_url)
    async with tried(sqlite_url, LATER, peers=False) as there:
        assert everything(there) == seen
        assert there.clock.now() == then
        assert there.chat.world.number > number  # no id comes twice
        week = there.home.message("Week 1:")
        await there.chat.person("priya").presses("Submit work", week)  # and its old buttons work
        assert there.chat.person("priya").form is not None


@pytest.mark.slow
async def test_what_the_bot_was_told_is_sent_is_kept_even_if_the_process_ends_at_once(sqlite_url: str) -> None:
    async with tried(sqlite_url, BEGINS, peers=False) as there:
        await there.days.settle()
        await there.chat.person("fela").types("/lead announce text:Welcome", there.home)
        await there.chat.person("fela").presses("Post now")
        await there.days.settle()
        kept = await there.app.store.read(lambda uow: uow.keepsakes.all())
        posted = there.home.message("Welcome")
        assert f"message {posted.id}" in kept


@pytest.mark.slow
async def test_a_deleted_message_is_not_kept(sqlite_url: str) -> None:
    async with tried(sqlite_url, BEGINS, peers=False) as there:
        keeper = there.chat.keeper
        assert keeper is not None
        said = await there.chat.person("jill").says("A secret", there.home)
        await keeper.flush()
        await there.chat.person("jill").deletes(said)
        await keeper.flush()
        kept = await there.app.store.read(lambda uow: uow.keepsakes.all())
        assert not any("A secret" in document for document in kept.values())


@pytest.mark.slow
async def test_threads_of_messages_that_are_gone_are_gone(sqlite_url: str) -> None:
    async with tried(sqlite_url, BEGINS, peers=False) as there:
        jill = there.chat.person("jill")
        said = await jill.says("Hello", there.home)
        await jill.says("And more", thread_of=said)
        await jill.deletes(said)
    async with tried(sqlite_url, LATER, peers=False) as there:
        assert all(isinstance(one, Thread) and one.root in there.home.messages for one in there.home.threads.values())


@pytest.mark.slow
async def test_what_an_older_version_kept_is_brought_up_to_date_and_goes_on(tmp_path: Path) -> None:
    seen, then, _ = await played(f"sqlite:///{tmp_path / 'now.db'}")
    older = as_it_was(tmp_path / "now.db", tmp_path / "kept.db", FIRST_THAT_KEPT)
    async with tried(f"sqlite:///{older}", LATER, peers=False) as there:
        assert everything(there) == seen
        assert there.clock.now() == then
        told = await there.chat.person("priya").types("/progress", there.home)
        assert "Your progress" in told.text
    [kept] = (tmp_path / "backups").iterdir()
    assert kept.name.startswith("kept-before-")


@pytest.mark.slow
async def test_what_a_newer_version_kept_is_refused_in_words_and_left_as_it_is(tmp_path: Path) -> None:
    await played(f"sqlite:///{tmp_path / 'kept.db'}")
    with closing(sqlite3.connect(tmp_path / "kept.db")) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
        raw.commit()
    before = (tmp_path / "kept.db").read_bytes()
    ended = await asyncio.to_thread(run, "try", "--port", "0", "--keep", tmp_path / "kept.db", cwd=tmp_path)
    assert ended.status == 1
    assert "made by a newer version of Studycircle" in ended.err
    assert in_plain_words(ended.err)
    assert (tmp_path / "kept.db").read_bytes() == before
