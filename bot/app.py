"""The Bot: what adapters and schedules call; it opens one unit of work for each call, event or due item."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from time import perf_counter
from typing import Any, TypeVar

from bot import guards
from bot.apologies import given_back, long_texts
from bot.callers import GROUP, group_of, may_start, not_allowed, person_of
from bot.cards import LABEL_COST, Button, Choice, Reply, translated
from bot.chat import Event, Invocation
from bot.context import Context
from bot.errors import (
    CannotRead,
    CannotSave,
    MaybeSaved,
    OldButton,
    Refusal,
    UnknownOption,
)
from bot.feature import Check, Feature, Listener, Routine, Witness
from bot.language import Languages
from bot.measure import excerpt
from bot.options import Access, Command
from bot.outbox import Post
from bot.ports import Clock, Links, Meter, Outlines, Store, UnitOfWork, Unmeasured
from bot.study.agenda import Due, DueKind
from bot.study.badges import Issuer
from bot.study.limits import USUAL, LaterOn, Limits
from bot.study.people import GUEST, Person
from bot.study.rights import may, standings
from bot.text import Text, say

log = logging.getLogger(__name__)
T = TypeVar("T")

PUT_OFF = timedelta(minutes=1)
"""How long something due that failed waits; doubled with each failure, up to a day."""
BATCH = 100
"""How many due items are read at once."""
SIDE_BY_SIDE = 4
"""Of how many groups due items are done at the same time; of PostgreSQL's connections, calls need some as well."""


class Bot:
    """The study-group core, ready to be called.

    `mix` puts the groups that something is due for in an order of this process's own, so that several share the work.
    """

    def __init__(
        self,
        features: Iterable[Feature],
        store: Store,
        clock: Clock,
        outlines: Outlines,
        languages: Languages | None = None,
        wake: Callable[[], None] = lambda: None,
        limits: Limits = USUAL,
        link: Links = lambda _: None,
        rosters: Callable[[str], bool] = lambda _: True,
        site: str | None = None,
        issuer: Issuer | None = None,
        meter: Meter | None = None,
        mix: Callable[[list[list[Due]]], None] = lambda _: None,
    ) -> None:
        self.store = store
        self.clock = clock
        self.outlines = outlines
        self.languages = languages or Languages()
        self.wake = wake
        self.limits = limits
        self.link = link
        self.rosters = rosters
        self.site = site
        self.issuer = issuer
        self._meter = meter or Unmeasured()
        self._mix = mix
        self._views = guards.Bucket(limits.views_a_minute)
        self._refused = guards.Bucket(limits.views_a_minute)
        self.commands: dict[str, Command] = {}
        self._listeners: dict[type[Any], list[Listener]] = defaultdict(list)
        self._routines: dict[DueKind, Routine] = {}
        self._checks: dict[str, Check] = {}
        self._witnesses: list[Witness] = []
        for feature in features:
            for command in feature.commands:
                if command.name in self.commands:
                    raise ValueError(f"two commands are named {command.name!r}")
                self.commands[command.name] = command
            for event, listener in feature.listeners:
                if guards.name_of(listener) in map(guards.name_of, self._listeners[event]):
                    raise ValueError(f"two listeners are named {guards.name_of(listener)!r}")
                self._listeners[event].append(listener)
            for routine in feature.routines:
                self._routines[routine.kind] = routine
            self._checks |= feature.checks
            self._witnesses += feature.witnesses

    # Calls

    async def invoke(self, call: Invocation) -> Reply:
        """Answer a call; whatever goes wrong becomes a reply that says what to do next."""
        began, outcome = perf_counter(), "failed"
        try:
            answer = await self._invoke(call)
            outcome = "ok"
            return answer
        except Refusal as refusal:
            outcome = "refused"
            return self.refused(call, refusal)
        except CannotSave as error:
            log.error("cannot save: %s", error)
            return self._failed(call, say("I can't save anything right now. Please try again in a few minutes."))
        except CannotRead as error:
            log.error("cannot read: %s", error)
            return self._failed(call, say("I can't look anything up right now. Please try again in a few minutes."))
        except MaybeSaved as error:
            log.error("maybe saved: %s", error)
            return self._failed(call, say("I can't tell whether this was saved. Look first, then try again."))
        except Exception:  # the entry point of calls: a bug must not cost anybody their text
            reference = secrets.token_hex(2).upper()
            log.exception("%s failed, reference %s", call.command, reference)
            return self._failed(call, say("Something went wrong on my side. Reference {ref}.", ref=reference))
        finally:
            # Names that nobody declared would make as many lines as somebody can think of.
            named = call.command if call.command in self.commands else "unknown"
            self._meter.called(named, outcome, perf_counter() - began)

    async def _invoke(self, call: Invocation) -> Reply:
        command = self.commands.get(call.command)
        if command is None:
            raise OldButton
        if command.access is Access.NOTHING:
            return self._answer(None, command, call)
        if command.access is Access.WRITE and (_asks_first(command, call) or _only_asks(command, call)):
            command = replace(command, access=Access.READ)  # a form is a question, which changes nothing
        if command.access is Access.READ:
            self._views.take(call.account, self.clock.now())
            return await self.store.read(lambda uow: self._answer(uow, command, call))
        self._refused.check(call.account, self.clock.now())
        try:
            answer, posted = await self.store.write(lambda uow: self._written(uow, command, call))
        except Refusal:
            # In memory, as its unit of work is undone: a flood of refused calls ends before the database.
            self._refused.spend(call.account, self.clock.now())
            raise
        if posted:
            self.wake()
        return answer

    def _written(self, uow: UnitOfWork, command: Command, call: Invocation) -> tuple[Reply, bool]:
        """Run a command that writes; return the reply, empty where the call came before, and whether it posted."""
        if not guards.call_taken(uow, call, self.clock.now()):
            return Reply(), False
        ctx, answer = self._called(uow, command, call)
        return answer, ctx.posted

    def _answer(self, uow: UnitOfWork | None, command: Command, call: Invocation) -> Reply:
        return self._called(uow, command, call)[1]

    def _called(self, uow: UnitOfWork | None, command: Command, call: Invocation) -> tuple[Context, Reply]:
        """Run a command: who is it, where, may they, with which options; and return the reply in their language."""
        ctx = self._caller(uow, command, call)
        try:
            return ctx, self._spoken(self._done(ctx, command, call), ctx)
        except Refusal as refusal:
            refusal.language = ctx.language
            raise

    def _done(self, ctx: Context, command: Command, call: Invocation) -> Reply:
        if not may(command.name, ctx.standings):
            if not command.anywhere:
                _ = ctx.group  # where there is no group, that is what to say first
            raise not_allowed(ctx, command)
        _only_known(command, call)
        if _asks_first(command, call):
            if not command.anywhere:
                _ = ctx.group
            return Reply(form=command.form(ctx, call.arguments))
        for name in _lacking(command, call):
            ctx.missing(name)
        values = command.bind(ctx, call.arguments, call.files)
        answer: Reply = command.function(ctx, **values)
        if command.access is Access.WRITE and answer.form is None:  # a form is a question: nothing is done yet
            guards.note(ctx, command, values)
            guards.count(ctx, self.limits)
        return answer

    def _caller(self, uow: UnitOfWork | None, command: Command, call: Invocation) -> Context:
        if uow is None:
            person = Person(GUEST, call.name, self.clock.now())
            group = member = None
            has = standings(None, admin=call.admin)
        else:
            person = person_of(uow, command, call, self.clock.now())
            group = group_of(uow, command, call, person)
            member = uow.members.of(group.id, person.id) if group and person.id else None
            has = standings(member, admin=call.admin, starter=may_start(uow, call, person))
        return Context(
            uow,
            self.clock.now(),
            self.languages,
            self.outlines,
            person=person,
            commands=self.commands,
            group=group,
            member=member,
            standings=has,
            call=call,
            command=command,
            limits=self.limits,
            link=self.link,
            rosters=self.rosters,
            site=self.site,
            issuer=self.issuer,
        )

    def _spoken(self, answer: Reply, ctx: Context) -> Reply:
        """Return a reply in the caller's language."""
        form = answer.form
        if form is not None:
            say_it = ctx.language.translate
            asked = tuple(replace(field, label=say_it(field.label)) for field in form.fields)
            form = replace(form, title=say_it(form.title), fields=asked)
        cards = tuple(translated(one, ctx.language) for one in answer.cards)
        return Reply(cards, form, answer.files, answer.update)

    async def suggest(self, call: Invocation, option: str) -> tuple[Choice, ...]:
        """Return what can be chosen for an option of a call that is being typed; nothing where it may not be made."""
        command = self.commands.get(call.command)
        if command is None or option not in command.by_name:
            return ()
        reading = replace(command, access=Access.READ)  # typing makes nobody known to the bot

        def view(uow: UnitOfWork) -> tuple[Choice, ...]:
            ctx = self._caller(uow, reading, call)
            if not may(command.name, ctx.standings):
                return ()
            return command.by_name[option].choices(ctx)

        try:
            return await self.store.read(view)
        except (Refusal, CannotRead):
            return ()

    # What goes wrong

    def refused(self, call: Invocation, refusal: Refusal) -> Reply:
        """Return what somebody reads whose call was refused, also where it could not even be read."""
        buttons = [Button(excerpt(offer.label, LABEL_COST), offer.command, offer.arguments) for offer in refusal.offers]
        language = refusal.language or self.languages.get(call.locale)
        # A form is gone once it is submitted, the button of an offer has no room for a long text, and who has to come
        # back later may not find it again.
        written = long_texts(call) if call.submitted or refusal.offers or isinstance(refusal, LaterOn) else []
        return given_back(refusal.text, written, language, buttons)

    def _failed(self, call: Invocation, what: Text) -> Reply:
        """Return what somebody reads whose call failed through no fault of theirs."""
        return given_back(what, long_texts(call), self.languages.get(call.locale))

    # Events and due items

    async def handle(self, event: Event) -> None:
        """Let each listener of an event do its work, in a unit of work of its own that also notes the event.

        Raises CannotSave, after all have had their turn, where one could not save: then the event is to come again,
        which has no effect on those who have taken it in.
        """
        unsaved: Exception | None = None
        for listener in self._listeners[type(event)]:
            try:
                await self.perform(lambda ctx, listener=listener: _heard(ctx, listener, event))  # type: ignore[misc]
            except Refusal as refusal:
                log.info("%s refused: %s", listener.__name__, type(refusal).__name__)
            except _NotConcerned:
                pass
            except (CannotSave, MaybeSaved) as error:
                log.error("%s did not save %s: %s", listener.__name__, type(event).__name__, error)
                unsaved = error
            except Exception:  # the entry point of events: one listener's bug must not stop the others
                log.exception("%s failed on %s", listener.__name__, type(event).__name__)
        if unsaved is not None:
            raise CannotSave(str(unsaved)) from unsaved

    async def tick(self, goes_on: Callable[[], bool] = lambda: True) -> int:
        """Do what is due now, each item in a unit of work of its own, and return how many there were.

        A group's items are done in their order, several groups side by side. One that fails is put off and passed, so
        that it holds up nothing else. It ends early, between two items, once `goes_on` says so.
        """
        now = self.clock.now()
        due = await self.store.read(lambda uow: uow.agenda.due(now, BATCH))
        piles: dict[object, list[Due]] = {}
        for line in due:
            piles.setdefault(line.group or (line.kind, line.item), []).append(line)
        ahead = list(piles.values())
        self._mix(ahead)
        waiting = iter(ahead)

        async def work_off() -> None:
            for pile in waiting:
                for line in pile:
                    if not goes_on():
                        return
                    await self._do_or_put_off(line, now)

        # All of them are waited for, also where one fails, or they would go on beside the next look.
        side_by_side = (work_off() for _ in range(min(SIDE_BY_SIDE, len(ahead))))
        for failed in await asyncio.gather(*side_by_side, return_exceptions=True):
            if failed is not None:
                raise failed
        return len(due)

    async def _do_or_put_off(self, line: Due, now: datetime) -> None:
        try:
            return await self.perform(lambda ctx: self._do(ctx, line))
        except (CannotSave, MaybeSaved) as error:  # told in a line, as it goes for everything while a disk is full
            log.warning("%s of %s failed: %s", line.kind, line.item, error)
        except Exception:  # the entry point of due work: a bad item is logged and passed
            log.exception("%s of %s failed", line.kind, line.item)
        until = now + min(PUT_OFF * 2 ** min(line.attempts, 11), timedelta(days=1))
        await self.store.write(lambda uow: uow.agenda.put_off(line, until))

    def _do(self, ctx: Context, line: Due) -> None:
        if not ctx.uow.agenda.take(line):
            return
        group = ctx.uow.groups.get(line.group) if line.group else None
        routine = self._routines[DueKind(line.kind)]
        routine.function(ctx.within(group) if group else ctx, line.item)

    # Deliveries

    def ready(self, uow: UnitOfWork, post: Post) -> Post:
        """Return a claimed post as it is to go out now, or in another state where it is to wait or not to go out."""
        check = self._checks.get(post.slot.partition(":")[0].partition(" ")[0])
        return uow.attempt(lambda: check(self._nobody(uow, post), post)) if check else post

    def ended(self, uow: UnitOfWork, post: Post) -> bool:
        """Tell those who want to know how a post came out, and return whether they laid down others."""
        self._meter.ended(post.state.value)
        ctx = self._nobody(uow, post)

        def tell() -> None:
            for witness in self._witnesses:
                witness(ctx, post)

        if self._witnesses:
            uow.attempt(tell)
        return ctx.posted

    def _nobody(self, uow: UnitOfWork, post: Post | None = None) -> Context:
        """Return a context in which nobody called, in the group of a post where it has one."""
        now = self.clock.now()
        nobody = Person(GUEST, "", now)
        ctx = Context(
            uow,
            now,
            self.languages,
            self.outlines,
            person=nobody,
            commands=self.commands,
            link=self.link,
            site=self.site,
            issuer=self.issuer,
        )
        group = uow.groups.get(post.group) if post is not None and post.group else None
        return ctx.within(group) if group else ctx

    async def perform(self, work: Callable[[Context], T]) -> T:
        """Do work that nobody called for, in a unit of work of its own, and return its result after the commit."""
        posted = False

        def whole(uow: UnitOfWork) -> T:
            nonlocal posted
            ctx = self._nobody(uow)
            result = work(ctx)
            posted = ctx.posted
            return result

        result = await self.store.write(whole)
        if posted:
            self.wake()
        return result

    async def read(self, view: Callable[[UnitOfWork], T]) -> T:
        """Return what a view sees, for pages and exports."""
        return await self.store.read(view)


class _NotConcerned(Exception):
    """Undoes what notes an event that was none of a listener's business."""


def _heard(ctx: Context, listener: Listener, event: Event) -> None:
    if guards.event_taken(ctx, event, listener) and listener(ctx, event) is False:
        raise _NotConcerned


def _given(call: Invocation) -> set[str]:
    return {name for name, value in call.arguments.items() if value.strip()} | set(call.files)


def _lacking(command: Command, call: Invocation) -> list[str]:
    """Return the options that have to be given and are not."""
    given = _given(call)
    return [option.name for option in command.options if option.required and option.name not in given]


def _asks_first(command: Command, call: Invocation) -> bool:
    """Return whether a call is answered with the form of its command, as something is still to be given."""
    return not call.submitted and bool(_lacking(command, call))


def _only_asks(command: Command, call: Invocation) -> bool:
    """Return whether a command answers a call with a form of its own making."""
    return not call.submitted and bool(command.asks) and _given(call).isdisjoint(command.asks)


def _only_known(command: Command, call: Invocation) -> None:
    for name in call.arguments:
        if name not in command.by_name and name != GROUP:
            raise UnknownOption(command=command.name, name=name[:40], options=", ".join(command.by_name) or "none")
