"""The tables beside the dataclasses they keep."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import fields
from datetime import UTC, date, datetime
from types import NoneType
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Engine, create_engine

import storage
from bot.cards import Block, Card
from bot.chat import About, AccountRef, Address, ChannelRef, MessageRef, RosterRef, SpaceRef, ThreadRef
from storage.rows import Rows
from storage.tables import Table
from tests.storage.test_documents import ADDRESSES, BLOCKS, CARDS

BESIDE_THE_FIELDS = {"home": {"space"}}
"""Columns that a port fills from others."""
NO_VALUES = {"instance", "usage", "audit_chain", "zone_data", "memo", "keepsake", "moved"}
"""Tables that hold a number or a word, and no value of the core's."""


def _all_rows() -> list[Rows[Any]]:
    """Return every pair of a dataclass and its table that the ports use."""
    found: dict[str, Rows[Any]] = {}
    for module in pkgutil.iter_modules(storage.__path__, "storage."):
        if module.name != "storage.migrations":
            for value in vars(importlib.import_module(module.name)).values():
                if isinstance(value, Rows):
                    found[value.table.name] = value
    return list(found.values())


ALL = _all_rows()
PAIRS = [pytest.param(rows, id=rows.table.name) for rows in ALL]
COLUMNS = [pytest.param(column, id=str(column)) for table in Table.metadata.tables.values() for column in table.c]


def test_every_table_keeps_one_dataclass() -> None:
    assert {rows.table.name for rows in ALL} | NO_VALUES == set(Table.metadata.tables)


@pytest.mark.parametrize("rows", PAIRS)
def test_the_columns_have_the_names_of_the_fields_in_their_order(rows: Rows[Any]) -> None:
    names = [field.name for field in fields(rows.kind)]
    beside = BESIDE_THE_FIELDS.get(rows.table.name, set()) | {"id"} - {*names}  # the database numbers what has no id
    assert [column.name for column in rows.c if column.name not in beside] == names


@pytest.mark.parametrize("rows", PAIRS)
def test_a_column_may_be_empty_where_its_field_may_be_none(rows: Rows[Any]) -> None:
    may_be_none = {name for name, hint in get_type_hints(rows.kind).items() if NoneType in get_args(hint)}
    assert {column.name for column in rows.c if column.nullable} == may_be_none


@pytest.mark.parametrize("column", COLUMNS)
def test_every_column_is_tagged_personal_or_not(column: Column[Any]) -> None:
    assert column.info.get("personal") in (True, False)


_PART = st.text("abc019-_.é", min_size=1, max_size=8)
_CHANNELS = st.builds(ChannelRef, st.just("local"), _PART, _PART)
_THREADS = st.builds(ThreadRef, _CHANNELS, _PART)
_BY_TYPE: dict[Any, st.SearchStrategy[Any]] = {
    int: st.integers(0, 2**31 - 1),
    str: st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=20),
    datetime: st.datetimes(timezones=st.just(UTC)),
    date: st.dates(),
    ChannelRef: _CHANNELS,
    ThreadRef: _THREADS,
    MessageRef: st.builds(MessageRef, _CHANNELS, _PART),
    ChannelRef | ThreadRef: _CHANNELS | _THREADS,
    AccountRef: st.builds(AccountRef, st.just("local"), _PART),
    SpaceRef: st.builds(SpaceRef, st.just("local"), _PART),
    RosterRef: st.builds(RosterRef, st.just("local"), _PART, _PART),
    About: st.builds(About, _PART, st.integers(0, 2**63 - 1)),
    Card: CARDS,
    Card | None: st.none() | CARDS,
    tuple[Block, ...]: st.lists(BLOCKS, max_size=2).map(tuple),
    Address | None: st.none() | ADDRESSES,
}


def _values(hint: Any) -> st.SearchStrategy[Any]:
    if getattr(hint, "__name__", "") == "LocalTime":
        return st.datetimes()
    hint = getattr(hint, "__supertype__", hint)
    if hint in _BY_TYPE:
        return _BY_TYPE[hint]
    inner = get_args(hint)
    if NoneType in inner:
        return st.none() | _values(next(kind for kind in inner if kind is not NoneType))
    return st.from_type(hint)


@pytest.fixture(scope="module")
def engine() -> Engine:
    """Return a SQLite in memory, with all tables and without foreign keys."""
    made = create_engine("sqlite://")
    Table.metadata.create_all(made)
    return made


@pytest.mark.parametrize("rows", PAIRS)
@settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(data=st.data())
def test_every_value_comes_back_as_it_was_kept(rows: Rows[Any], engine: Engine, data: st.DataObject) -> None:
    hints = get_type_hints(rows.kind)
    value = data.draw(st.builds(rows.kind, **{name: _values(hint) for name, hint in hints.items()}))
    more = {"space": SpaceRef("local", "s")} if "space" in BESIDE_THE_FIELDS.get(rows.table.name, ()) else {}
    with engine.connect() as db:
        rows.add(db, value, **more)
        # What the database numbers has no id of its own, and is the only row.
        kept = rows.get(db, value.id) if "id" in hints else rows.one(db, rows.select)
        assert kept == value
