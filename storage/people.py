"""People and their accounts, in the database."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, bindparam, update

from bot.chat import AccountRef
from bot.ids import PersonId
from bot.study.people import Account, Person
from storage import tables
from storage.rows import Rows

PEOPLE = Rows(Person, tables.Person)
ACCOUNTS = Rows(Account, tables.Account)

_BY_ACCOUNT = PEOPLE.select.join(ACCOUNTS.table).where(ACCOUNTS.c.ref == bindparam("ref"))
_LOCKED_BY_ACCOUNT = _BY_ACCOUNT.with_for_update(of=PEOPLE.table, key_share=True)
_ACCOUNTS = ACCOUNTS.select.where(ACCOUNTS.c.person.in_(bindparam("people", expanding=True))).order_by(
    ACCOUNTS.c.refused_at.is_not(None), ACCOUNTS.c.seen_at.desc(), ACCOUNTS.c.id.desc()
)
_THIS = ACCOUNTS.c.ref == bindparam("this")
_ACCOUNT = ACCOUNTS.select.where(_THIS)
# A message that arrives says that they take some, whatever was before.
_ARRIVED = update(ACCOUNTS.table).where(_THIS, ACCOUNTS.c.refused_at.is_not(None)).values(refused_at=None)
_REACHED = (
    update(ACCOUNTS.table)
    .where(_THIS, ACCOUNTS.c.opened_at.is_(None))
    .values(opened_at=bindparam("moment"))
    .returning(ACCOUNTS.c.id)
)
_REFUSED = update(ACCOUNTS.table).where(_THIS).values(refused_at=bindparam("moment"))
_TAKES_MESSAGES = (
    update(ACCOUNTS.table)
    .where(ACCOUNTS.c.person == bindparam("of"), ACCOUNTS.c.refused_at.is_not(None))
    .values(refused_at=None)
)


class SqlPeople:
    """Where people are kept."""

    __slots__ = ("_db",)

    def __init__(self, db: Connection) -> None:
        self._db = db

    def get(self, id: PersonId) -> Person | None:
        """Return a person."""
        return PEOPLE.get(self._db, id)

    def many(self, ids: Iterable[PersonId]) -> dict[PersonId, Person]:
        """Return people by id; unknown ones are left out."""
        return {person.id: person for person in PEOPLE.many(self._db, ids)}

    def lock(self, id: PersonId) -> Person | None:
        """Return a person and let no other unit of work decide about what they do until this one ends."""
        return PEOPLE.lock(self._db, id)

    def by_account(self, ref: AccountRef, *, lock: bool = False) -> Person | None:
        """Return the person behind an account, locked if wished."""
        return PEOPLE.one(self._db, _LOCKED_BY_ACCOUNT if lock else _BY_ACCOUNT, ref=ref)

    def add(self, person: Person, account: Account) -> None:
        """Keep a new person with their first account."""
        PEOPLE.add(self._db, person)
        ACCOUNTS.add(self._db, account)

    def save(self, person: Person) -> None:
        """Keep a changed person."""
        PEOPLE.save(self._db, person)

    def accounts(self, ids: Iterable[PersonId]) -> dict[PersonId, tuple[Account, ...]]:
        """Return people's accounts, the one seen last first; those that refused a message come after the others."""
        found: dict[PersonId, list[Account]] = {}
        if wanted := list(set(ids)):
            for account in ACCOUNTS.all(self._db, _ACCOUNTS, people=wanted):
                found.setdefault(account.person, []).append(account)
        return {person: tuple(accounts) for person, accounts in found.items()}

    def account(self, ref: AccountRef) -> Account | None:
        """Return an account."""
        return ACCOUNTS.one(self._db, _ACCOUNT, this=ref)

    def reached(self, ref: AccountRef, at: datetime) -> bool:
        """Note that a direct message arrived; return whether it was the first."""
        self._db.execute(_ARRIVED, {"this": ref})
        return self._db.execute(_REACHED, {"this": ref, "moment": at}).first() is not None

    def refused(self, ref: AccountRef, at: datetime) -> None:
        """Note that an account takes no direct messages."""
        self._db.execute(_REFUSED, {"this": ref, "moment": at})

    def takes_messages(self, id: PersonId) -> None:
        """Forget that somebody's accounts refused messages: they say that they want some."""
        self._db.execute(_TAKES_MESSAGES, {"of": id})
