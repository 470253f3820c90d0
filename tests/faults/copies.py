"""Databases with a prepared group in them, copied for each experiment."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from tests.faults import story
from tests.postgres import new_database


class Databases:
    """Copies of one prepared database, on each engine."""

    def __init__(self, folder: Path, server: str | None, content: bytes, template: str) -> None:
        self._folder = folder
        self._server = server
        self._content = content
        self._template = template

    @asynccontextmanager
    async def copy(self, engine: str) -> AsyncIterator[str]:
        """Return the address of a copy, gone afterwards."""
        if engine == "sqlite":
            with tempfile.TemporaryDirectory(dir=self._folder) as own:
                await asyncio.to_thread(Path(own, "copy.db").write_bytes, self._content)
                yield f"sqlite:///{own}/copy.db"
        else:
            assert self._server is not None
            made = new_database(self._server, self._template)
            url = await asyncio.to_thread(made.__enter__)
            try:
                yield url
            finally:
                await asyncio.to_thread(made.__exit__, None, None, None)


@asynccontextmanager
async def databases(
    folder: Path, server: str | None, learners: Sequence[str] = story.LEARNERS
) -> AsyncIterator[Databases]:
    """Prepare a database with a group on each engine, to be copied; without a server only on SQLite."""
    with tempfile.TemporaryDirectory(dir=folder) as own:
        file = Path(own, "template.db")
        await story.prepare(f"sqlite:///{file}", learners)
        async with AsyncExitStack() as stack:
            template = ""
            if server is not None:
                made = new_database(server)
                url = await asyncio.to_thread(made.__enter__)
                stack.push_async_callback(asyncio.to_thread, made.__exit__, None, None, None)
                await story.prepare(url, learners)
                template = url.partition("?")[0].rpartition("/")[2]
            yield Databases(folder, server, await asyncio.to_thread(file.read_bytes), template)
