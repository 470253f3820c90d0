"""A small cast for the tests of the store: people, a group, and builders for what they make."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from bot.cards import card
from bot.chat import About, AccountRef, ChannelRef, InChannel, MessageRef
from bot.ids import ActivityId, AnswerId, GroupId, MemberId, PersonId, QuestionId, SubmissionId, WeekId
from bot.outbox import Post, PostState, Verb, place_of
from bot.ports import UnitOfWork
from bot.study.groups import Group, GroupState, Home
from bot.study.likes import Like, Reaction
from bot.study.members import Member, MemberState, Role
from bot.study.outline import ActivityKind
from bot.study.people import Account, Person
from bot.study.questions import Answer, Question, QuestionState
from bot.study.submissions import Submission
from bot.study.times import LocalTime
from bot.study.weeks import Activity, Week

NOW = datetime(2027, 1, 11, 17, 0, 0, 123456, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

ANN, BEN, CLEO = PersonId(11), PersonId(12), PersonId(13)
GROUP = GroupId(21)
CHANNEL = ChannelRef("local", "space", "maths")
WEEK = WeekId(31)
ACTIVITY = ActivityId(41)


def person(id: PersonId, name: str) -> Person:
    """Return somebody."""
    return Person(id, name, NOW)


def account(id: int, of: PersonId, user: str, seen_at: datetime = NOW) -> Account:
    """Return an account of somebody's."""
    return Account(id, AccountRef("local", user), of, user.title(), seen_at)


def group(id: GroupId = GROUP, **changes: object) -> Group:
    """Return a group that runs."""
    whole = Group(
        id=id,
        title="Maths",
        slug=f"maths-{id}",
        state=GroupState.RUNNING,
        zone="Europe/Berlin",
        starts=LocalTime(datetime(2027, 1, 11, 18)),  # noqa: DTZ001  # a wall clock has no zone
        created_at=NOW,
        enrol_until=date(2027, 1, 18),
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


def member(id: int, who: PersonId, **changes: object) -> Member:
    """Return an active learner."""
    whole = Member(MemberId(id), GROUP, who, Role.LEARNER, MemberState.ACTIVE, NOW, learning=True, accepted_at=NOW)
    return replace(whole, **changes)  # type: ignore[arg-type]


def week(id: WeekId = WEEK, ordinal: int = 1) -> Week:
    """Return a week of the group."""
    opens = LocalTime(datetime(2027, 1, 11, 18))  # noqa: DTZ001  # a wall clock has no zone
    return Week(id, GROUP, ordinal, f"Week {ordinal}", opens, NOW)


def activity(id: ActivityId = ACTIVITY, of: WeekId = WEEK, ordinal: int = 1) -> Activity:
    """Return an activity of a week."""
    return Activity(id, GROUP, of, ordinal, ActivityKind.BUILD, f"Build {ordinal}")


def submission(id: int, who: PersonId, of: ActivityId = ACTIVITY, at: datetime = NOW) -> Submission:
    """Return somebody's work."""
    return Submission(SubmissionId(id), GROUP, of, who, "https://example.org/work", "", 1, at, at)


def question(id: int, who: PersonId, text: str, at: datetime = NOW, **changes: object) -> Question:
    """Return an open question."""
    whole = Question(QuestionId(id), GROUP, who, text, QuestionState.OPEN, at)
    return replace(whole, **changes)  # type: ignore[arg-type]


def answer(id: int, of: int, who: PersonId, at: datetime = NOW) -> Answer:
    """Return a reply to a question."""
    return Answer(AnswerId(id), QuestionId(of), GROUP, who, "Try this.", at)


def like(id: int, who: PersonId, item: int = 1, owner: PersonId = ANN, at: datetime = NOW) -> Like:
    """Return a like on a submission."""
    return Like(id, GROUP, "submission", item, who, owner, at)


def message(id: str = "1") -> MessageRef:
    """Return a message of the group's channel."""
    return MessageRef(CHANNEL, id)


def reaction(id: int, who: PersonId, emoji: str = "👍", on: MessageRef | None = None, item: int = 1) -> Reaction:
    """Return a reaction on a message that shows a submission."""
    return Reaction(id, on or message(), "submission", item, who, emoji, NOW)


def post(id: int, channel: str = "maths", **changes: object) -> Post:
    """Return a post that can go out into a channel at once."""
    to = InChannel(ChannelRef("local", "space", channel))
    whole = Post(
        id=id,
        key=f"key{id}",
        verb=Verb.SEND,
        place=place_of(to),
        to=to,
        about=About("week", 31),
        slot="card",
        part=0,
        card=card("Week 1", "Read this."),
        state=PostState.DUE,
        at=NOW,
        not_before=NOW,
        once=f"once{id}",
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


def found_group(uow: UnitOfWork) -> None:
    """Keep the cast, their group with its channel, one week and one activity."""
    for number, (id, name) in enumerate(((ANN, "Ann"), (BEN, "Ben"), (CLEO, "Cleo"))):
        uow.people.add(person(id, name), account(51 + number, id, name.lower()))
    uow.groups.add(group())
    uow.groups.add_home(Home(61, GROUP, CHANNEL))
    uow.weeks.add(week())
    uow.weeks.add_activity(activity())
