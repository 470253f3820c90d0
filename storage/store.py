"""The store that the program runs on: the database at an address, prepared, with all ports."""

from __future__ import annotations

from sqlalchemy import Connection

from bot.ports import UnitOfWork
from storage import database, schema
from storage.unit_of_work import SqlUnitOfWork


class _Ports:
    """Builds units of work, once the name of the installation is known."""

    instance = ""

    def __call__(self, db: Connection) -> UnitOfWork:
        return SqlUnitOfWork(db, self.instance)


async def open_store(url: str, *, durable: bool = True) -> database.Store[UnitOfWork]:
    """Open the database at `sqlite:///path.db` or `postgresql://…`, creating or upgrading its tables.

    ConfigError says what is wrong with the address or the database. `durable=False` is for tests.
    """
    ports = _Ports()
    store = database.open_store(url, ports, durable=durable)
    try:
        ports.instance = await schema.prepare(url, durable=durable)
    except BaseException:
        await store.close()
        raise
    return store
