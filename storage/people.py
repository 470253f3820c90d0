"""People and their accounts, in the database."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, func, select, update

from bot.chat import AccountRef
from bot.ids import PersonId
from bot.study.people import Account, Person
from storage import tables
from storage.rows import Rows, done, found, made_through, scalar

SEEN_AGAIN = timedelta(hours=6)
"""How old what is known of somebody's last visit may be: keeping each would be a write for each call."""

PEOPLE = Rows(Person, tables.Person)
ACCOUNTS = Rows(Account, tables.Account)

_BY_ACCOUNT = PEOPLE.select.join(ACCOUNTS.table).where(ACCOUNTS.c.ref == bindparam("ref"))
# Shared, so that many can act at once, and whoever links the account waits for them.
_HELD_ACCOUNT = ACCOUNTS.select.where(ACCOUNTS.c.ref == bindparam("ref")).with_for_update(read=True)
_SEEN = update(ACCOUNTS.table).where(ACCOUNTS.c.ref == bindparam("this")).values(seen_at=bindparam("moment"))
_OWN = select(func.coalesce(ACCOUNTS.c.own, ACCOUNTS.c.person)).where(ACCOUNTS.c.ref == bindparam("this"))
_NOW_IS = select(ACCOUNTS.c.person).where(ACCOUNTS.c.own == bindparam("this")).limit(1)
_ALIASES = (
    select(ACCOUNTS.c.own)
    .where(ACCOUNTS.c.person == bindparam("this"), ACCOUNTS.c.own.is_not(None))
    .distinct()
    .order_by(ACCOUNTS.c.own)
)
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
        """Return a person; one who was forgotten is nobody any more."""
        return _known(PEOPLE.get(self._db, id))

    def many(self, ids: Iterable[PersonId]) -> dict[PersonId, Person]:
        """Return people by id; unknown ones are left out."""
        return {person.id: person for person in PEOPLE.many(self._db, ids) if person.name}

    def lock(self, id: PersonId) -> Person | None:
        """Return a person and let no other unit of work decide about what they do until this one ends."""
        return _known(PEOPLE.lock(self._db, id))

    def by_account(self, ref: AccountRef) -> Person | None:
        """Return the person behind an account."""
        return PEOPLE.one(self._db, _BY_ACCOUNT, ref=ref)

    def acting(self, ref: AccountRef, now: datetime, *, lock: bool = False) -> Person | None:
        """Return the person behind an account who does something now, locked if wished.

        Until this unit of work ends, nobody links the account; what it adds of the person's is that account's own.
        """
        account = ACCOUNTS.one(self._db, _HELD_ACCOUNT, ref=ref)
        if account is None:
            return None
        if now - account.seen_at >= SEEN_AGAIN:
            done(self._db, _SEEN, this=ref, moment=now)
        if account.own is not None:
            made_through(self._db, account.person, account.own)
        return self.lock(account.person) if lock else self.get(account.person)

    def own(self, ref: AccountRef) -> PersonId | None:
        """Return whose an account is by itself, however it is linked; None where the bot has not met it."""
        own: PersonId | None = scalar(self._db, _OWN, this=ref)
        return own

    def now_is(self, own: PersonId) -> PersonId:
        """Return who somebody is by now, as their account may have been linked with others."""
        person: PersonId | None = scalar(self._db, _NOW_IS, this=own)
        return own if person is None else person

    def aliases(self, id: PersonId) -> list[PersonId]:
        """Return whom else a person was before their accounts were linked."""
        return [own for (own,) in found(self._db, _ALIASES, this=id)]

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
        done(self._db, _ARRIVED, this=ref)
        return bool(found(self._db, _REACHED, this=ref, moment=at))

    def refused(self, ref: AccountRef, at: datetime) -> None:
        """Note that an account takes no direct messages."""
        self._db.execute(_REFUSED, {"this": ref, "moment": at})

    def takes_messages(self, id: PersonId) -> None:
        """Forget that somebody's accounts refused messages: they say that they want some."""
        self._db.execute(_TAKES_MESSAGES, {"of": id})


def _known(person: Person | None) -> Person | None:
    """Return a person unless they were forgotten: then the row has no name, and stays for what others did."""
    return person if person is not None and person.name else None
