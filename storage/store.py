"""The store that the program runs on: the database at an address, prepared, with all ports."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection

from bot.ports import UnitOfWork
from storage import database, schema
from storage.restored import Restored
from storage.unit_of_work import SqlUnitOfWork


class _Ports:
    """Builds units of work, once it is known which installation this is and whether it was restored."""

    instance = ""
    restored: Restored | None = None

    def __call__(self, db: Connection) -> UnitOfWork:
        return SqlUnitOfWork(db, self.instance, self.restored)


async def open_store(url: str, *, durable: bool = True, backups: Path | None = None) -> database.Store[UnitOfWork]:
    """Open the database at `sqlite:///path.db` or `postgresql://…`, creating or upgrading its tables.

    ConfigError says what is wrong with the address or the database. `durable=False` is for tests, `backups` is where
    a SQLite file is backed up before its schema changes.
    """
    ports = _Ports()
    store = database.open_store(url, ports, durable=durable)
    try:
        found = await schema.prepare(url, durable=durable, backups=backups)
        ports.instance, ports.restored = found.name, found.restored
    except BaseException:
        await store.close()
        raise
    return store
