"""Column types between the core's values and what both databases keep, and how the tables declare their columns."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Protocol, TypeAlias

from sqlalchemy import BigInteger, Column, DateTime, Dialect, ForeignKey, Integer, Text, TypeDecorator
from sqlalchemy.sql.type_api import TypeEngine
from sqlmodel import Field

from bot.chat import About, ChannelRef, MessageRef, ThreadRef
from bot.study.times import LocalTime
from storage.documents import format_of

Value: TypeAlias = Any
"""A value of the core, or what a database driver makes of it."""
Step: TypeAlias = Callable[[Any], Any]
"""From what a driver gives to a value."""
Declared: TypeAlias = Any
"""A column in a model, where annotations say what it holds."""

Id = BigInteger().with_variant(Integer, "sqlite")
"""63 bits; on SQLite the row's own number, which needs no index beside the table."""


class Instant(TypeDecorator[datetime]):
    """An instant: timestamptz on PostgreSQL; on SQLite its UTC time as text of one width, so that order is right."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return what the database keeps."""
        return dialect.type_descriptor(DateTime(timezone=True) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Value:
        """Return an instant as it is kept; raises ValueError for one without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        return value.astimezone(UTC) if dialect.name == "postgresql" else _instant_text(value)

    def process_result_value(self, value: Value, dialect: Dialect) -> datetime | None:
        """Return a kept instant, aware, in UTC."""
        if value is None:
            return None
        read = value if dialect.name == "postgresql" else datetime.fromisoformat(value)
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)

    def bind_processor(self, dialect: Dialect) -> Step | None:
        """Return the function that writes an instant; by one call where it is text."""
        return super().bind_processor(dialect) if dialect.name == "postgresql" else _instant_text

    def result_processor(self, dialect: Dialect, coltype: object) -> Step | None:
        """Return the function that reads an instant: of each in each row, so by one call where it is text."""
        return super().result_processor(dialect, coltype) if dialect.name == "postgresql" else _instant


def _instant_text(at: datetime | None) -> str | None:
    if at is None:
        return None
    if at.tzinfo is None:
        raise ValueError(f"{at!r} has no time zone")
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).replace(tzinfo=UTC)


class Kept(TypeDecorator[Any]):
    """A value kept as text; each kind says how it is written and read."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Value, dialect: Dialect) -> str | None:
        """Return a value as it is kept."""
        return None if value is None else self.write(value)

    def process_result_value(self, value: Value, dialect: Dialect) -> Value:
        """Return a kept value."""
        return None if value is None else self.read(value)

    def bind_processor(self, dialect: Dialect) -> Step:
        """Return the function that writes a value, by one call instead of three."""
        write = self.write
        return lambda value: None if value is None else write(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Step:
        """Return the function that reads a value: of each value in each row, so by one call instead of three."""
        read = self.read
        return lambda text: None if text is None else read(text)

    def write(self, value: Value) -> str:
        """Return a value as text."""
        return str(value)

    def read(self, text: str) -> Value:
        """Return what `write` wrote."""
        raise NotImplementedError


class WallTime(Kept):
    """What a wall clock shows, as text of one width."""

    cache_ok = True

    def write(self, value: datetime) -> str:
        """Return a local time as text."""
        return value.isoformat(timespec="microseconds")

    def read(self, text: str) -> LocalTime:
        """Return a local time."""
        return LocalTime(datetime.fromisoformat(text))


class Word(Kept):
    """A member of an enumeration, as its value."""

    cache_ok = True

    def __init__(self, words: type[StrEnum]) -> None:
        super().__init__()
        self.words = words

    def write(self, value: StrEnum) -> str:
        """Return the value of a member."""
        return value.value

    def read(self, text: str) -> StrEnum:
        """Return the member."""
        return self.words(text)


class Parsed(Protocol):
    """A type whose `str` can be read back, as references are."""

    @classmethod
    def parse(cls, text: str) -> Value:
        """Read what `str` wrote."""


class Reference(Kept):
    """A reference to something on a platform, as its text."""

    cache_ok = True

    def __init__(self, kind: type[Parsed]) -> None:
        super().__init__()
        self.kind = kind

    def read(self, text: str) -> Value:
        """Return the reference."""
        return self.kind.parse(text)


class Place(Kept):
    """A channel or a thread, as its text: only a thread's has a `#`."""

    cache_ok = True

    def read(self, text: str) -> ChannelRef | ThreadRef:
        """Return the channel or thread."""
        return ThreadRef.parse(text) if "#" in text else ChannelRef.parse(text)


class SentMessage(Kept):
    """A message that was sent, with the thread below it, which the text of a MessageRef leaves out."""

    cache_ok = True

    def write(self, value: MessageRef) -> str:
        """Return the message as `CHANNEL#MESSAGE#THREAD`, or without the last."""
        return str(value) if value.thread is None else f"{value}#{value.thread}"

    def read(self, text: str) -> MessageRef:
        """Return the message."""
        channel, message, *thread = text.split("#", 2)
        return MessageRef.parse(f"{channel}#{message}", thread[0] if thread else None)


class Subject(Kept):
    """What a message shows, as `KIND:ID`."""

    cache_ok = True

    def read(self, text: str) -> About:
        """Return the subject."""
        kind, _, id = text.rpartition(":")
        return About(kind, int(id))


class Document(Kept):
    """A value of some type as JSON; no query looks into it."""

    cache_ok = True

    def __init__(self, hint: object) -> None:
        super().__init__()
        self.hint = hint
        self._format = format_of(hint)

    def write(self, value: Value) -> str:
        """Return the value as JSON."""
        return self._format.write(value)

    def read(self, text: str) -> Value:
        """Return the value."""
        return self._format.read(text)


def identity() -> Declared:
    """Declare the id of a table's rows, drawn by the core."""
    return Field(sa_column=Column(Id, primary_key=True, autoincrement=False, info={"personal": False}))


def column(kind: TypeEngine[Any] | type[TypeEngine[Any]], *, personal: bool, null: bool = False) -> Declared:
    """Declare a column; `personal` marks what somebody wrote, is called or is known by, which an erasure has to reach.

    An id that points at a person is not personal: it says nothing once the person's row is empty. Whose the rows of a
    table are, stands in `storage.belonging`.
    """
    return Field(sa_column=Column(kind, nullable=null, info={"personal": personal}))


def points_to(target: str, *, null: bool = False) -> Declared:
    """Declare a column that holds the id of a row of another table."""
    return Field(
        sa_column=Column(BigInteger, ForeignKey(f"{target}.id"), nullable=null, info={"personal": False}),
    )
