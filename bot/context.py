"""The context of a call, an event or a due item: who, where, when, and what handlers can do."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import NoReturn
from zoneinfo import ZoneInfo

from bot.cards import Button, ButtonStyle, Card, Reply, button, translated
from bot.chat import About, AccountRef, Address, Direct, InChannel, Invocation, OpenThread
from bot.desk import Desk, Shown
from bot.errors import Missing, NoGroupOfYours, NotAMember, Offer, UnknownItem, WrongPlace
from bot.ids import PersonId, code, new_id
from bot.language import Language, Languages
from bot.options import Command
from bot.outbox import FAREWELL, Post, PostState
from bot.ports import Links, Outlines, UnitOfWork
from bot.study.acts import HELPS, SIGNALS, Act, ActKind
from bot.study.agenda import DueKind
from bot.study.badges import Issuer
from bot.study.groups import Group
from bot.study.limits import USUAL, Limits
from bot.study.members import Member, MemberState, Transition
from bot.study.people import Person, mention
from bot.study.quiet import ONE_IN
from bot.study.reputation import gained
from bot.study.rights import Standing
from bot.study.thanks import day_before_a_week
from bot.study.times import UnknownZone, after_quiet
from bot.study.times import zone as find_zone
from bot.text import Mention, TextLike, say, to_text


class Context:
    """One call, event or due item: who, where, when, and the unit of work that it happens in."""

    def __init__(
        self,
        uow: UnitOfWork | None,
        now: datetime,
        languages: Languages,
        outlines: Outlines,
        *,
        person: Person,
        commands: Mapping[str, Command],
        group: Group | None = None,
        member: Member | None = None,
        standings: frozenset[Standing] = frozenset(),
        call: Invocation | None = None,
        command: Command | None = None,
        limits: Limits = USUAL,
        link: Links = lambda _: None,
        rosters: Callable[[str], bool] = lambda _: True,
        site: str | None = None,
        issuer: Issuer | None = None,
    ) -> None:
        self._uow = uow
        self.now = now
        self.languages = languages
        self.outlines = outlines
        self.person = person
        self.commands = commands
        self.limits = limits
        self.link = link
        self.rosters = rosters
        """Whether the spaces of a platform keep rosters."""
        self.site = site
        """Where the public pages are, with a slash at its end; None where there are none."""
        self.issuer = issuer
        self.concerns: dict[str, int] = {}
        """Ids that a command's line in the audit log names beside those of its options."""
        self.maybe_group = group
        self.maybe_member = member
        self.standings = standings
        self._call = call
        self._command = command
        self.desk = Desk(uow.outbox, uow.instance, now) if uow is not None else None

    @property
    def uow(self) -> UnitOfWork:
        """The transaction that this happens in."""
        assert self._uow is not None, "a command that needs nothing of the store has no unit of work"
        return self._uow

    # Who and where

    @property
    def call(self) -> Invocation:
        """The call that is being answered."""
        assert self._call is not None, "an event or a routine is no call"
        return self._call

    @property
    def group(self) -> Group:
        """The group that this is about; raises WrongPlace, with the groups to choose from, where there is none."""
        if self.maybe_group is None:
            offers = self._groups_to_choose()
            if offers:
                raise WrongPlace(*offers)
            raise NoGroupOfYours
        return self.maybe_group

    @property
    def member(self) -> Member:
        """The caller's membership; raises NotAMember where there is none."""
        if self.maybe_member is None:
            raise NotAMember(group=self.group.title)
        return self.maybe_member

    @cached_property
    def language(self) -> Language:
        """The caller's language: as they set it, else as their platform says, else the group's."""
        code = self.person.language or (self._call.locale if self._call else None)
        return self.languages.get(code or (self.maybe_group.language if self.maybe_group else None))

    @cached_property
    def zone(self) -> ZoneInfo:
        """The caller's time zone: as they set it, else as their platform says, else the group's, else UTC."""
        said = self.person.zone or (self._call.zone if self._call else None)
        try:
            return find_zone(said or (self.maybe_group.zone if self.maybe_group else "UTC"))
        except UnknownZone:  # a platform's name for a zone that nobody else knows
            return find_zone(self.maybe_group.zone if self.maybe_group else "UTC")

    def _groups_to_choose(self) -> list[Offer]:
        """Return the caller's groups, each as this call again with the group named."""
        if self._call is None or self._command is None:
            return []
        here = self._call.channel.where if self._call.channel else None
        mine = [
            member.group
            for member in self.uow.members.of_person(self.person.id)
            if here is None or any(home.channel.where == here for home in self.uow.groups.homes(member.group))
        ]
        given = tuple((name, value) for name, value in self._call.arguments.items() if name in self._command.by_name)
        short = given if sum(len(name) + len(value) + 2 for name, value in given) <= 36 else ()
        found = self.uow.groups.many(mine)
        return [
            Offer(to_text(found[id].title[:60]), self._command.name, (("group", code(id)), *short))
            for id in mine
            if id in found
        ][:5]

    def within(self, group: Group, person: Person | None = None, member: Member | None = None) -> Context:
        """Return this context as seen in a group, by a person, for events and due items."""
        person = person or self.person
        if member is None and person.id:
            member = self.uow.members.of(group.id, person.id)
        return Context(
            self.uow,
            self.now,
            self.languages,
            self.outlines,
            person=person,
            commands=self.commands,
            group=group,
            member=member,
            limits=self.limits,
            link=self.link,
            rosters=self.rosters,
            site=self.site,
            issuer=self.issuer,
        )._sharing(self)

    def _sharing(self, other: Context) -> Context:
        self.desk = other.desk
        self.concerns = other.concerns
        return self

    def form(self, only: Iterable[str] = (), *, needed: Iterable[str] = (), **filled: str) -> Reply:
        """Return the form of the command that was called, with what was given filled in; `needed` must be filled."""
        assert self._command is not None, "an event or a routine has no form"
        form = self._command.form(self, {**self.call.arguments, **filled}, only)
        asked = tuple(replace(field, required=field.required or field.name in needed) for field in form.fields)
        return Reply(form=replace(form, fields=asked))

    def missing(self, name: str) -> NoReturn:
        """Raise Missing for an option that has no value and has to have one."""
        assert self._command is not None, "an event or a routine has no options"
        raise Missing(option=self._command.by_name[name].label)

    def new_id(self) -> int:
        """Return a new id."""
        return new_id(self.now)

    # What people will see

    def button(
        self, label: TextLike, command: str, style: ButtonStyle = ButtonStyle.PLAIN, **arguments: int | str
    ) -> Button:
        """Return a button that runs a command in this group, wherever it is pressed; a number is an item's id."""
        named = {name: code(value) if isinstance(value, int) else value for name, value in arguments.items()}
        if self.maybe_group is not None:
            named["group"] = code(self.maybe_group.id)
        return button(label, command, style=style, **named)

    @property
    def posted(self) -> bool:
        """Whether anything was laid down that people will see."""
        return self.desk is not None and self.desk.used

    def mention(self, person: PersonId, *, ping: bool = False) -> Mention:
        """Return a person as a span."""
        found = self.uow.people.get(person)
        if found is None:
            language = self.languages.get(self.maybe_group.language if self.maybe_group else None)
            return Mention(language.plain(say("a former member")))
        return mention(found, self.uow.people.accounts([person]).get(person, ()), ping=ping)

    def show(
        self,
        cards: Card | Sequence[Card],
        about: About,
        *,
        slot: str = "card",
        owner: PersonId | None = None,
        thread: str | None = None,
        expires_at: datetime | None = None,
    ) -> None:
        """Let cards stand in the group's homes, with a thread below where it has a title; again edits them."""
        group = self.group
        channels = [home.channel for home in self.uow.groups.homes(group.id)]
        places: list[Address] = [OpenThread(one, thread) if thread else InChannel(one) for one in channels]
        what = Shown(about, slot, group.id, owner, expires_at)
        # A home that the group has left keeps what stands there.
        self.desk_at_hand.show(what, self._for_group(cards), places, within={str(one) for one in channels})

    def threads(self, about: About) -> list[Post]:
        """Return the posts that head an item's threads, in the spaces where the group lives."""
        return self.still_here([post for post in self.uow.outbox.standing(about, "card") if post.part == 0])

    def still_here(self, posts: Sequence[Post]) -> list[Post]:
        """Return those of the group's posts that stand where it lives: in one of its spaces, in no channel it left."""
        homes = self.uow.groups.homes(self.group.id)
        spaces = {str(home.channel.where) for home in homes}
        now = {str(channel) for home in homes for channel in (home.channel, home.asks_in)}
        found = [post for post in posts if post.space in spaces]
        if all(post.place in now for post in found):
            return found
        left = self.uow.outbox.places(self.group.id, FAREWELL)
        return [post for post in found if post.place in now or post.place not in left]

    def show_below(
        self,
        cards: Card | Sequence[Card],
        about: About,
        below: About,
        *,
        slot: str = "card",
        owner: PersonId | None = None,
        only: Collection[int] | None = None,
    ) -> None:
        """Let cards stand in the threads below an item's messages, or `only` below those of these posts."""
        there = {post.id for post in self.threads(below)}
        wanted = there if only is None else there.intersection(only)
        self.desk_at_hand.answer(Shown(about, slot, self.group.id, owner), self._for_group(cards), below, only=wanted)

    def show_at(
        self,
        places: Sequence[Address],
        cards: Card | Sequence[Card],
        about: About,
        *,
        slot: str = "card",
        owner: PersonId | None = None,
        within: Collection[str] | None = None,
    ) -> None:
        """Let cards stand in places of their own, such as a space's directory; what stands beside `within` stays."""
        group = self.maybe_group.id if self.maybe_group else None
        self.desk_at_hand.show(Shown(about, slot, group, owner), self._for_group(cards), places, within)

    def tell(
        self, person: PersonId, card: Card, about: About, *, slot: str, expires_at: datetime | None = None
    ) -> bool:
        """Send somebody a direct message, in their language; return False where they have no account to write to."""
        found = self.uow.people.get(person)
        accounts = self.uow.people.accounts([person]).get(person, ())
        if found is None or not accounts:
            return False
        group = self.maybe_group
        language = self.languages.get(found.language or (group.language if group else None))
        what = Shown(about, _of(person, slot), group.id if group else None, None, expires_at)
        self.desk_at_hand.show(what, [translated(card, language)], [Direct(accounts[0].ref)])
        return True

    def untell(self, person: PersonId, about: About, *, slot: str) -> None:
        """Let what somebody was told be gone."""
        self.take_back(about, _of(person, slot))

    def by_day(self, post: Post) -> Post:
        """Return a direct message as it is to go out: now, or after its reader's quiet hours."""
        reader = self.uow.people.by_account(post.to.account) if isinstance(post.to, Direct) else None
        zone = reader.zone if reader is not None else None
        morning = after_quiet(self.now, find_zone(zone or (self.maybe_group.zone if self.maybe_group else "UTC")))
        return replace(post, state=PostState.DUE, not_before=morning) if morning > self.now else post

    def take_back(self, about: About, slot: str = "card") -> None:
        """Let an item's messages in a slot be gone."""
        self.desk_at_hand.take_back(about, slot)

    def _for_group(self, cards: Card | Sequence[Card]) -> list[Card]:
        language = self.languages.get(self.maybe_group.language if self.maybe_group else None)
        listed = [cards] if isinstance(cards, Card) else cards
        return [translated(card, language) for card in listed]

    @property
    def desk_at_hand(self) -> Desk:
        """The desk; what handlers need for most is in the methods above."""
        assert self.desk is not None, "a command that needs nothing of the store shows nothing"
        return self.desk

    # What happened

    def act(self, kind: ActKind, about: About, owner: PersonId | None = None, *, by: PersonId | None = None) -> None:
        """Write an act into the journal, let thanks count, and note a signal of the person who acted."""
        actor = by or self.person.id
        group = self.group.id
        done = Act(self.new_id(), group, actor, kind, about.kind, about.id, owner or actor, self.now)
        self.uow.journal.add(done)
        if gains := gained(done):
            # As likes do: two who thank each other at once wait, and who is forgotten meanwhile stays without.
            self.uow.members.lock(group, gains)
        for person, eighths in gains.items():
            self.uow.members.add_eighths(group, person, eighths)
        if kind in HELPS and done.owner != actor:
            self._thank_later()
        if kind in SIGNALS:
            back = self.uow.members.signal(group, actor, self.now)
            if back is not None:
                self._is_back(back)

    def _thank_later(self) -> None:
        """Let those who help be thanked at the end of the week."""
        group = self.group
        if group.thanks and self.uow.agenda.at(DueKind.THANK_HELPERS, group.id) is None:
            self.due(DueKind.THANK_HELPERS, group.id, day_before_a_week(group, self.now))

    def _is_back(self, member: Member) -> None:
        """Note that somebody who had fallen silent for good is active again: to be welcomed, and looked after anew."""
        back = Transition(
            self.new_id(), member.id, self.now, member.person, MemberState.ACTIVE, member.role, "returned"
        )
        self.uow.members.record(back)
        self.due(DueKind.WELCOME_BACK, member.id, self.now)
        self.due(DueKind.NUDGE, member.id, ONE_IN)

    def due(self, kind: DueKind, item: int, at: datetime | timedelta) -> None:
        """Let a routine act on an item at an instant, or after a while, instead of whatever time was set before."""
        when = self.now + at if isinstance(at, timedelta) else at
        self.uow.agenda.set(kind, item, when, self.maybe_group.id if self.maybe_group else None)

    def not_due(self, kind: DueKind, item: int) -> None:
        """Let a routine not act on an item."""
        self.uow.agenda.clear(kind, item)

    def account_of(self, text: str) -> Person:
        """Return the person behind `PLATFORM:USER`; raises UnknownItem where the bot has not met them."""
        try:
            found = self.uow.people.by_account(AccountRef.parse(text))
        except ValueError:
            found = None
        if found is None:
            raise UnknownItem
        return found


def _of(person: PersonId, slot: str) -> str:
    """Return the slot of a direct message, of which each person has one of their own."""
    return f"{slot}:{code(person)}"
