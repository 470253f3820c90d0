"""What SQLite's errors mean to the people who run this: the disk's or the file's fault, in words."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from bot.errors import CannotRead, CannotSave, ConfigError

DAMAGED = "the database file is damaged"

_REASONS = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_IOERR: "the disk does not take it",
    sqlite3.SQLITE_CANTOPEN: "the database file cannot be opened",
    sqlite3.SQLITE_READONLY: "the database may only be read",
    sqlite3.SQLITE_PERM: "the database may not be opened",
    sqlite3.SQLITE_BUSY: "another program holds the database",
    sqlite3.SQLITE_PROTOCOL: "another program holds the database",
    sqlite3.SQLITE_NOMEM: "memory is used up",
    sqlite3.SQLITE_CORRUPT: DAMAGED,
    sqlite3.SQLITE_NOTADB: DAMAGED,
}
# A damaged schema makes statements fail that were right, and text that is no UTF-8 cannot be handed over. Neither has
# a code of its own, and neither can happen in a file that is whole.
_SIGNS_OF_DAMAGE = (
    "no such table",
    "no such column",
    "malformed",
    "Could not decode to UTF-8",
    "file is not a database",
)


def reason(error: BaseException) -> str | None:
    """Return why the disk or the file is at fault; None where it is neither."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if not isinstance(cause, sqlite3.Error):
        return None
    known = _REASONS.get(getattr(cause, "sqlite_errorcode", 0) & 0xFF)
    if (
        known is None
        and isinstance(cause, sqlite3.DatabaseError)
        and any(sign in str(cause) for sign in _SIGNS_OF_DAMAGE)
    ):
        return DAMAGED
    return known


def unsaved(error: BaseException) -> BaseException:
    """Return CannotSave for what is the disk's or the file's fault, else the error itself."""
    return _caused(CannotSave(f"nothing was saved: {reason(error)}"), error) if reason(error) else error


def unread(error: BaseException) -> BaseException:
    """Return CannotRead for what is the disk's or the file's fault, else the error itself.

    A view that tries to write is a mistake of ours; its error has the bare code, the system's have one of their own.
    """
    cause = error.orig if isinstance(error, DBAPIError) else error
    if getattr(cause, "sqlite_errorcode", 0) == sqlite3.SQLITE_READONLY:
        return error
    return _caused(CannotRead(f"nothing could be read: {reason(error)}"), error) if reason(error) else error


def unusable(place: Path | str, error: BaseException) -> ConfigError:
    """Return what somebody is told who starts this with a file that cannot be used."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    # Of a damaged schema SQLite tells with the damaged names, which may be no text at all.
    why = DAMAGED if isinstance(cause, UnicodeDecodeError) else reason(error)
    if why == DAMAGED:
        help = f"{why}. Put a backup in its place with ./run restore FILE; the damaged file is kept"
        return ConfigError(f"cannot use {place}: {help} ({cause})")
    return ConfigError(f"cannot use {place}: {f'{why} ({cause})' if why else cause}")


UNUSABLE = (DBAPIError, sqlite3.Error, UnicodeDecodeError)
"""What opening or preparing a file can raise that is the file's fault."""


def _caused(told: Exception, error: BaseException) -> Exception:
    told.__cause__ = error
    return told
