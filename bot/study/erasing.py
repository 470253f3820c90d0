"""Forgetting somebody: their rows in one transaction, and with it the orders for every message that shows them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Protocol

from bot.cards import Card, translated
from bot.errors import Refusal
from bot.ids import PersonId, QuestionId
from bot.language import Language, Languages
from bot.outbox import Post
from bot.study import directory, seats
from bot.study.agenda import DueKind
from bot.study.decisions import HandOverFirst, check_can_go
from bot.study.groups import OVER, Group
from bot.study.members import PRESENT, WAITING, Member, MemberState
from bot.study.my_data import MyData
from bot.study.people import Account, Person
from bot.study.questions import WAITS, Questions
from bot.study.redaction import Forgotten, gone_card, without
from bot.text import join, say, to_text

OF_MEMBER = (DueKind.REMIND_APPLICATION, DueKind.RESUME_MEMBER, DueKind.NUDGE, DueKind.WELCOME_BACK)
"""What may lie ahead of a membership."""
FORMER = say("a former member")
TITLES = {"question": say("A question from a former member"), "submission": say("Work of a former member")}
"""What stands over a thread that somebody's words or name stood over, by what it is about."""


class LeadsStill(Refusal):
    """You lead {groups}, and the people there count on somebody.

    Hand it over with /lead group hand-over, or end it with /lead group finish, and come back. Nothing is erased yet.
    """


class Books(directory.Books, Protocol):
    """What forgetting somebody reads and writes."""

    questions: Questions
    my_data: MyData


class Board(Protocol):
    """Where messages stand: the part of a Desk that forgetting somebody needs."""

    def redraw(self, post: Post, card: Card) -> None:
        """Let a standing message show another card."""

    def withdraw(self, post: Post) -> None:
        """Let a message be gone."""

    def rename(self, post: Post, title: str) -> None:
        """Let the thread that a post heads have another title."""


def check_may_go(uow: Books, person: PersonId) -> None:
    """Raise LeadsStill where a group that goes on would have nobody to lead it."""
    held = [group for group, member in _groups(uow, person, PRESENT) if not _can_go(uow, group, member)]
    if held:
        raise LeadsStill(groups=join([to_text(group.title) for group in held], say(" and ")))


def _can_go(uow: Books, group: Group, member: Member) -> bool:
    try:
        check_can_go(uow.members, group, member)
    except HandOverFirst:
        return group.state in OVER
    return True


def _groups(uow: Books, person: PersonId, states: Collection[MemberState]) -> list[tuple[Group, Member]]:
    mine = uow.members.of_person(person, states)
    groups = uow.groups.many(member.group for member in mine)
    return [(groups[member.group], member) for member in mine if member.group in groups]


def forget(uow: Books, board: Board, languages: Languages, person: Person, now: datetime) -> None:
    """Forget somebody: nothing of theirs is left but what others did with it. Raises LeadsStill."""
    uow.people.lock(person.id)
    # Two who lead a group together may go at the same moment: the second waits here, and then leads it alone.
    for id in sorted(group.id for group, _ in _groups(uow, person.id, PRESENT)):
        uow.groups.lock(id)
    check_may_go(uow, person.id)
    forget_anyway(uow, board, languages, person, now)


def forget_anyway(uow: Books, board: Board, languages: Languages, person: Person, now: datetime) -> None:
    """Forget somebody, whatever they lead: who was forgotten before a restore stays so."""
    shown, naming = uow.my_data.posts(person.id), uow.my_data.naming(person.id)
    headed = uow.my_data.headed(person.id)
    accounts = uow.people.accounts([person.id]).get(person.id, ())
    memberships = _groups(uow, person.id, tuple(MemberState))
    asked = [one.id for group, _ in memberships for one in uow.questions.by_person(group.id, person.id)]
    uow.my_data.erase(person.id, now)
    for post in shown:
        _take_down(uow, board, post, _language(uow, languages, post))
    for post in naming:
        if post.card is not None and post.once is not None:
            instead = _language(uow, languages, post).plain(FORMER)
            board.redraw(post, without(post.card, called(person, accounts, instead)))
    for post in headed:  # a thread outlives the message that it hangs below
        board.rename(post, _language(uow, languages, post).plain(TITLES.get(post.about.kind, FORMER)))
    for question in asked:
        for kind in WAITS:
            uow.agenda.clear(kind, question)
    for group, member in memberships:
        _leave(uow, group, member, now)


def called(person: Person, accounts: Iterable[Account], instead: str) -> Forgotten:
    """Return how somebody was called, and what is to stand there instead."""
    known = tuple(accounts)
    names = {person.name, *(account.name for account in known)} - {""}
    return Forgotten(frozenset(names), tuple(str(account.ref) for account in known), instead)


def _language(uow: Books, languages: Languages, post: Post) -> Language:
    group = uow.groups.get(post.group) if post.group else None
    return languages.get(group.language if group else None)


def _take_down(uow: Books, board: Board, post: Post, language: Language) -> None:
    """Let a message be gone; a question that others answered keeps its place, without the words."""
    if post.about.kind == "question" and post.slot == "card" and uow.questions.answers(QuestionId(post.about.id)):
        board.redraw(post, translated(gone_card(FORMER), language))
    else:
        board.withdraw(post)


def _leave(uow: Books, group: Group, member: Member, now: datetime) -> None:
    """Let nothing lie ahead of a membership, and give its place to the next."""
    for kind in OF_MEMBER:
        uow.agenda.clear(kind, member.id)
    if member.state in PRESENT | WAITING and group.state not in OVER:
        seats.seat_is_free(uow, group.id, now)
        directory.changed(uow, group.id, now)
