"""A group with one of everything, and calls of every declared command: a new command is called by itself.

Fela leads the group and has one of everything in it; so she has in another group of the same space, and Greta in one
of another space whose channel has the same name.
"""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar

from adapters.outlines import Shelf
from bot.app import Bot
from bot.bootstrap import FEATURES
from bot.cards import Button, FieldKind, File, Reply, card
from bot.chat import About, AccountRef, ChannelRef, InChannel, Invocation, MessageRef, TargetMessage
from bot.errors import Refusal
from bot.ids import (
    ActivityId,
    AnswerId,
    BreakId,
    CodeId,
    DraftId,
    GroupId,
    HomeId,
    MemberId,
    NoteId,
    PersonId,
    PostId,
    QuestionId,
    ReviewId,
    SubmissionId,
    WeekId,
    code,
    from_code,
    new_id,
)
from bot.language import ENGLISH
from bot.options import Command, Option, ZoneName
from bot.outbox import Post, PostState, Verb, place_of
from bot.ports import Store, UnitOfWork
from bot.study import publishing, reviews
from bot.study.breaks import Break
from bot.study.codes import Code, Purpose
from bot.study.drafts import Draft
from bot.study.founding import found
from bot.study.groups import Group, GroupState
from bot.study.members import Member, MemberState, Role
from bot.study.notes import Featuring, Note
from bot.study.people import Account, Person
from bot.study.questions import Answer, Question, QuestionState
from bot.study.records import ParticipationRecord
from bot.study.spaces import Space
from bot.study.submissions import Submission, SubmissionVersion
from bot.study.times import LocalTime
from bot.study.weeks import WeekState
from bot.text import say
from tests.builders import OUTLINE, ROLES, UNLIMITED, ZONE, Scene, plain, scene

T = TypeVar("T")

COMMANDS: tuple[Command, ...] = tuple(sorted((c for one in FEATURES for c in one.commands), key=lambda c: c.name))
BY_NAME: Mapping[str, Command] = {command.name: command for command in COMMANDS}

COURSE = "# A small course\n\n## Week 1: Begin\n\n### Try it\n\nOne line.\n"
OUTLINE_FILE = File("course.md", "text/markdown", COURSE.encode())

SITE = "https://circle.example/"

CALLERS = {
    "enrol": "gus",
    "enrol follow": "gus",
    "withdraw": "jill",
    "resume": "priya",
    "settings erase": "jill",
    "settings erase now": "jill",
    "portfolio badge": "priya",
    "portfolio badge make": "priya",
}
"""Who calls a command that the group's owner cannot; anything else is called by Fela, who is owner and admin."""
FREE_CHANNEL = frozenset({"lead group create", "lead group import", "lead group change", "lead group found"})
"""Commands that need a channel in which no group lives."""
PLANNED_GROUP = (
    ("channel", "local:acme/free"),
    ("start", "2027-03-01T18:00"),
    ("zone", ZONE),
    *(("title", ""), ("seats", ""), ("name", "small"), ("written", "")),
)
"""What somebody decided about a group that they are about to start."""
STATES = {"lead group archive": GroupState.ENDED}
"""Commands that need the group to be in another state than running."""
DRAFTS: Mapping[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "ask anyway": ("ask", (("question", "Why?"), ("details", ""), ("activity", ""))),
    "lead announce post": ("lead announce", (("text", "Hello, everyone."),)),
    "lead group cancel now": ("lead group cancel", (("reason", "Too few of us."),)),
    "save to portfolio": ("save to portfolio", (("link", "https://chat.example/1"),)),
    **dict.fromkeys(("lead group change", "lead group found"), ("lead group create", PLANNED_GROUP)),
    "lead members remove now": ("lead members remove", (("member", "?"), ("reason", "Goodbye."))),
}
"""What waits for one more tap, by the command that the tap runs."""
PREVIEWS = {"lead schedule break now": "lead schedule break", "lead schedule shift now": "lead schedule shift"}
"""Taps on a preview that holds what would change, so that only the call itself can make it."""
WHOSE = {"lead members accept": "ada", "lead members decline": "ada", "progress": "jill"}
WHOSE |= {f"lead nudge {verb}": "jill" for verb in ("send", "skip", "write")}
"""Who a command is about, where that is not the mentor."""
PLANNED = frozenset({"newweek post", "newweek skip"})
"""Commands that are about a week which is not out yet."""
VALUES: Mapping[tuple[str, str], str] = {
    ("lead group edit", "start"): "2027-01-11 18:00",  # a start of the past stays as it was
    ("lead schedule break", "until"): "",  # a break has weeks or a last day
    ("lead schedule shift", "number"): "2",
    ("lead schedule shift", "to"): "",  # weeks move by days or to a date
    ("newweek", "number"): "2",
    ("newweek schedule", "number"): "2",
    ("lead week edit", "number"): "2",
    ("lead group create", "outline"): "small",
    ("settings", "language"): "en",
    ("settings edit", "language"): "en",
    ("study facilitators", "add"): "local:priya",
    ("help", "topic"): "submit",
    ("groups", "filter"): "JavaScript",
    ("lead group enrolment", "everyone"): "no",
    ("lead week swap", "number"): "1",
    ("lead group role", "role"): "local:acme/members",
    ("give feedback", "works"): "It reads well.",
    ("give feedback", "suggestion"): "Name the list.",
}
"""Values that only one command takes; what is not here follows from the option's type."""

Items = dict[Any, int]
"""An id of each kind."""


@dataclass(frozen=True)
class Told:
    """What came of a call: the reply, and the refusal if it was one."""

    reply: Reply
    refusal: Refusal | None

    @property
    def text(self) -> str:
        """Return what the caller reads; a form by its title."""
        shown = [plain(card) for card in self.reply.cards]
        return "\n".join([*shown, *([ENGLISH.plain(self.reply.form.title)] if self.reply.form else [])])

    @property
    def words(self) -> str:
        """Return the refusal in words, without what the caller gets back of their own text."""
        assert self.refusal is not None
        return ENGLISH.plain(self.refusal.text)


class NotForReal(Exception):
    """Undoes a rehearsal."""


class Rehearsal:
    """A store that keeps nothing: each unit of work runs on the real one, and is undone."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def write(self, work: Callable[[UnitOfWork], T]) -> T:
        done: list[T] = []

        def undone(uow: UnitOfWork) -> None:
            done.append(work(uow))
            raise NotForReal

        with suppress(NotForReal):
            await self._store.write(undone)
        return done[0]

    async def read(self, view: Callable[[UnitOfWork], T]) -> T:
        return await self._store.read(view)


class ListeningBot(Bot):
    """A bot that keeps the refusal of each call, so that tests need not guess it from its wording."""

    refusal: Refusal | None = None

    def refused(self, call: Invocation, refusal: Refusal) -> Reply:
        self.refusal = refusal
        return super().refused(call, refusal)


@dataclass
class Everything:
    """The group with one of everything, the two others, and the ways to call."""

    scene: Scene
    path: Path
    courses: Path
    own: Items
    near: Items
    far: Items
    others: Mapping[tuple[str, Any], int]
    """What is somebody else's, by the command that is about such things alone and the kind of id."""
    planned_week: int
    drafts: dict[str, int]
    _bots: dict[bool, ListeningBot] = field(default_factory=dict)

    @property
    def home(self) -> ChannelRef:
        return self.scene.home.ref

    @property
    def elsewhere(self) -> ChannelRef:
        """A channel with the same name in another space."""
        return replace(self.home, space="globex")

    def good(self, command: Command) -> tuple[dict[str, str], dict[str, File]]:
        """Return arguments with which a command does what it is for: every option that can be given."""
        given = {
            option.name: self.value(command, option) for option in command.options if option.kind is not FieldKind.FILE
        }
        files = {option.name: OUTLINE_FILE for option in command.options if option.kind is FieldKind.FILE}
        return {name: value for name, value in given.items() if value}, files

    def value(self, command: Command, option: Option) -> str:
        """Return a value that an option takes."""
        if (value := VALUES.get((command.name, option.name))) is not None:
            return value
        if option.name == "what" and command.name in ("portfolio item", "portfolio first", "portfolio story"):
            return f"submission:{code(self.own[SubmissionId])}"
        if option.type is DraftId:
            return code(self.drafts.get(command.name, self.own[DraftId]))
        if (one := self.others.get((command.name, option.type))) is not None:
            return code(one)
        if (whose := WHOSE.get(command.name)) and option.type is MemberId:
            return code(self.scene.members[whose])
        if option.type is WeekId and command.name in PLANNED:
            return code(self.planned_week)
        if option.type is ZoneName:
            return ZONE
        if option.type in self.own:
            return code(self.own[option.type])
        if isinstance(option.type, type) and issubclass(option.type, Enum):
            return str(next(iter(option.type)).value)
        return _BY_KIND.get(option.kind, "") if option.pick is None else ""

    def bot(self, *, real: bool) -> ListeningBot:
        if real not in self._bots:
            store = self.scene.store if real else Rehearsal(self.scene.store)
            shelf = Shelf(self.courses)
            self._bots[real] = ListeningBot(FEATURES, store, self.scene.clock, shelf, limits=UNLIMITED, site=SITE)
        return self._bots[real]

    async def calls(
        self,
        who: str,
        command: str,
        arguments: Mapping[str, str],
        files: Mapping[str, File] | None = None,
        *,
        real: bool = True,
        admin: bool = False,
        submitted: bool = True,
        channel: ChannelRef | None = None,
        platform: str = "local",
    ) -> Told:
        """Let somebody call a command, for real or as a rehearsal that leaves everything as it was."""
        bot = self.bot(real=real)
        bot.refusal = None
        call = Invocation(
            id=str(new_id(self.scene.clock.now())),
            command=command,
            account=AccountRef(platform, who),
            name=who.title(),
            channel=channel or self.home,
            arguments=arguments,
            files=files or {},
            message=self._message(platform) if command in BY_NAME and BY_NAME[command].menu else None,
            person=AccountRef(platform, "jill") if command in BY_NAME and BY_NAME[command].person_menu else None,
            submitted=submitted,
            admin=admin,
        )
        reply = await bot.invoke(call)
        return Told(reply, bot.refusal)

    def _message(self, platform: str) -> TargetMessage:
        """Return what Jill wrote in the group's channel, for the menus of messages."""
        ref = MessageRef(replace(self.home, platform=platform), "77")
        return TargetMessage(ref, AccountRef(platform, "jill"), "Jill", "What does this do?", "https://chat.example/77")

    def place(self, command: Command) -> ChannelRef:
        """Return where a command is called."""
        return replace(self.home, channel="free") if command.name in FREE_CHANNEL else self.home

    @asynccontextmanager
    async def prepared(self, command: Command) -> AsyncIterator[None]:
        """Let the group be in the state that a command needs, for a while."""
        before = self.scene.group.state
        await self.scene.changes_group(state=STATES.get(command.name, before))
        try:
            yield
        finally:
            await self.scene.changes_group(state=before)

    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return everything that is stored, by table."""
        with closing(sqlite3.connect(self.path)) as db:
            tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return {name: sorted(db.execute(f'SELECT * FROM "{name}"'), key=repr) for name in tables}


_BY_KIND = {
    FieldKind.TEXT: "A few words",
    FieldKind.LONG_TEXT: "A few words more",
    FieldKind.NUMBER: "1",
    FieldKind.YES_NO: "yes",
    FieldKind.URL: "https://jill.example/1",
    FieldKind.LOCAL_TIME: "2027-03-01 18:00",
    FieldKind.CHANNEL: "local:acme/questions",
}


@asynccontextmanager
async def everything(folder: Path) -> AsyncIterator[Everything]:
    """Open the group with one of everything, on a SQLite file in `folder`."""
    courses = folder / "courses"
    courses.mkdir()
    (courses / "small.md").write_text(COURSE)
    path = folder / "everything.db"
    async with scene(f"sqlite:///{path}", FEATURES, courses) as opened:
        await opened.open_week(1)
        await opened.changes("nadia", role=Role.FACILITATOR, learning=False)
        await opened.changes("priya", state=MemberState.PAUSED)
        await opened.changes("fela", learning=True)
        near = await opened.another_group()
        await opened.changes("jill", offered_until=opened.clock.now() + timedelta(days=2))
        there = await opened.writes(lambda uow: _furnished(uow, opened, near, path, courses))
        for tap, command in PREVIEWS.items():
            told = await there.calls("fela", command, there.good(BY_NAME[command])[0])
            there.drafts[tap] = from_code(_drafts_on(told.reply, tap)[0]) or 0
        yield there


def _furnished(uow: UnitOfWork, opened: Scene, near: Group, path: Path, courses: Path) -> Everything:
    now = opened.clock.now()
    fela = opened.ids["fela"]
    for name in ("ada", "sten", "greta"):
        opened.ids[name] = PersonId(new_id(now))
        known = Person(opened.ids[name], name.title(), now, zone=ZONE)
        uow.people.add(known, Account(new_id(now), AccountRef("local", name), known.id, known.name, now))
    opened.members["ada"] = MemberId(new_id(now))
    uow.members.add(
        Member(opened.members["ada"], opened.group.id, opened.ids["ada"], Role.LEARNER, MemberState.APPLIED, now)
    )
    uow.spaces.add(Space(new_id(now), opened.home.ref.where, now, facilitators=(opened.ids["sten"],)))
    publishing.publish(uow.publications, fela, listed=False, now=now)
    publishing.publish_group(uow.publications, opened.group, fela, listed=False, join_link=None, now=now)
    own = _items(uow, opened.group, fela, opened.ids["jill"], now)
    own |= {MemberId: opened.members["tomas"], PersonId: opened.ids["sten"]}
    elsewhere, greta = replace(opened.home.ref, space="globex"), opened.ids["greta"]
    starts = LocalTime(datetime(2027, 1, 25, 18))  # noqa: DTZ001  # a wall clock has no zone
    far = found(
        uow,
        OUTLINE,
        title="Far away",
        channels=[elsewhere],
        owner=opened.ids["greta"],
        starts=starts,
        zone=ZONE,
        now=now,
    )
    jill = opened.ids["jill"]
    mine = uow.submissions.get(SubmissionId(own[SubmissionId]))
    assert mine is not None
    others: dict[tuple[str, Any], int] = {
        ("answer", QuestionId): _question(uow, opened.group, jill, "How do I begin?", now),
        ("give feedback", SubmissionId): _work(uow, opened.group, jill, now, 2),
        ("review helped", ReviewId): _review(uow, mine, jill, now),
    }
    _record(uow, opened.group, opened.ids["tomas"], now)
    _record(uow, opened.group, opened.ids["priya"], now, finished=True)
    drafts: dict[str, int] = {}
    for command, (kind, arguments) in DRAFTS.items():
        kept = {**dict(arguments)}
        if "member" in kept:
            kept["member"] = code(opened.members["tomas"])
        drafts[command] = _draft(uow, opened.group, fela, kind, tuple(kept.items()), now)
    return Everything(
        opened,
        path,
        courses,
        own,
        _items(uow, near, fela, opened.ids["jill"], now),
        _items(uow, far, greta, opened.ids["sten"], now),
        others,
        uow.weeks.of_group(opened.group.id)[1].id,
        drafts,
    )


def _items(uow: UnitOfWork, group: Group, person: PersonId, other: PersonId, now: datetime) -> Items:
    """Let somebody have one of everything in a group, and return the ids."""
    week = uow.weeks.at(group.id, 1)
    assert week is not None
    uow.weeks.save(replace(week, state=WeekState.POSTED, posted_at=now))
    activity = next(one for one in uow.weeks.activities(group.id) if one.week == week.id)
    work = _work(uow, group, person, now)
    theirs = uow.submissions.get(_work(uow, group, other, now))
    assert theirs is not None
    review = _review(uow, theirs, person, now)
    note = Note(NoteId(new_id(now)), group.id, person, None, "A thought.", now, shared=True, featuring=Featuring.ASKED)
    uow.notes.add(note)
    question = _question(uow, group, person, "Where does it end?", now)
    answer = Answer(AnswerId(new_id(now)), question, group.id, other, "At the end.", now)
    uow.questions.add_answer(answer)
    member = uow.members.of(group.id, person)
    assert member is not None
    return {
        GroupId: group.id,
        WeekId: week.id,
        ActivityId: activity.id,
        SubmissionId: work,
        ReviewId: review,
        NoteId: note.id,
        QuestionId: question,
        AnswerId: answer.id,
        MemberId: member.id,
        PersonId: person,
        CodeId: _code(uow, person, other, now),
        HomeId: uow.groups.homes(group.id)[0].id,
        DraftId: _draft(uow, group, person, "ask", DRAFTS["ask anyway"][1], now),
        BreakId: _break(uow, group, now),
        PostId: _doubtful(uow, group, now),
    }


def _drafts_on(shown: Reply, command: str) -> list[str]:
    """Return the drafts that the buttons of a reply run a command with."""
    buttons = [one for card in shown.cards for one in card.buttons if isinstance(one, Button)]
    return [dict(one.arguments)["draft"] for one in buttons if one.command == command]


def _break(uow: UnitOfWork, group: Group, now: datetime) -> BreakId:
    """Let a group have a break long after its last week."""
    rest = Break(BreakId(new_id(now)), group.id, date(2027, 12, 20), date(2027, 12, 26), True, 0, now)
    uow.breaks.add(rest)
    return rest.id


def _doubtful(uow: UnitOfWork, group: Group, now: datetime) -> PostId:
    """Let a group have a message of which nobody knows whether it is there."""
    to = InChannel(uow.groups.homes(group.id)[0].channel)
    id = new_id(now)
    words = card("", say("Hello."))
    about = About("group", group.id)
    post = Post(
        id, code(id), Verb.SEND, place_of(to), to, about, "hello", 0, words, PostState.UNKNOWN, now, now, group=group.id
    )
    assert uow.outbox.add(post)
    return PostId(id)


def _work(uow: UnitOfWork, group: Group, person: PersonId, now: datetime, number: int = 1) -> SubmissionId:
    """Let somebody have handed in work for an activity of the first week, and return its id."""
    week = uow.weeks.at(group.id, 1)
    assert week is not None
    activity = [one for one in uow.weeks.activities(group.id) if one.week == week.id][number - 1]
    work = Submission(SubmissionId(new_id(now)), group.id, activity.id, person, None, "Mine.", 1, now, now)
    uow.submissions.add(work)
    uow.submissions.add_version(SubmissionVersion(new_id(now), work.id, 1, None, "Mine.", now))
    return work.id


def _review(uow: UnitOfWork, work: Submission, person: PersonId, now: datetime) -> ReviewId:
    """Let somebody have given feedback on work, and return its id."""
    given, _ = reviews.give(uow.reviews, work, person, "It reads well.", "Name the list.", now=now)
    return given.id


def _record(uow: UnitOfWork, group: Group, person: PersonId, now: datetime, *, finished: bool = False) -> None:
    """Let there be a record of what somebody did in a group."""
    uow.records.add(ParticipationRecord(new_id(now), group.id, person, finished, 0, 3, 0, "80 %", now))


def _question(uow: UnitOfWork, group: Group, person: PersonId, text: str, now: datetime) -> QuestionId:
    asked = Question(QuestionId(new_id(now)), group.id, person, text, QuestionState.OPEN, now - timedelta(hours=1))
    uow.questions.add(asked)
    return asked.id


def _code(uow: UnitOfWork, person: PersonId, other: PersonId, now: datetime) -> CodeId:
    """Let somebody have typed the code of somebody else's account."""
    by = uow.people.accounts([person])[person][0].ref
    typed = Code(CodeId(new_id(now)), Purpose.PERSON, f"typed by {person}", other, now + timedelta(days=9), None, by)
    uow.codes.add(replace(typed, hash=f"{typed.id}"), now)
    return typed.id


def _draft(
    uow: UnitOfWork, group: Group, person: PersonId, command: str, given: tuple[tuple[str, str], ...], now: datetime
) -> DraftId:
    draft = Draft(DraftId(new_id(now)), person, group.id, command, given, now)
    uow.drafts.add(draft)
    return draft.id


assert set(ROLES) >= {"fela", "nadia", "tomas", "jill", "priya", "olu"}
