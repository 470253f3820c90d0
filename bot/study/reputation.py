"""Reputation: what other people's thanks are worth, as a pure function of the likes and thanks that stand.

Points come only from other people's acts, and are counted in eighths. A like counts less the more often the same
person likes the same other, nothing in a burst, and half between two who mostly like each other; a day is worth no
more than so much. What is kept after each change is what `reckoned` makes of everything: `rebuild` compares the two.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Protocol

from bot.ids import GroupId, PersonId
from bot.study.acts import Act, ActKind, Journal
from bot.study.likes import Like, Likes
from bot.study.members import Member, Members, MemberState
from bot.study.people import People

EIGHTHS = 8
"""Eighths in a point: what is smallest is half of a quarter."""
LIKE_POINTS = {"answer": 4, "review": 4, "submission": 3, "note": 3, "question": 2}
"""What a like is worth to the author, by what was liked."""
ACCEPTED_POINTS = 15
"""What an accepted answer is worth to its author."""
ACCEPTING_POINTS = 2
"""What accepting somebody's answer is worth to whoever accepts it."""
HELPED_POINTS = 5
"""What a review that helped is worth to its author."""
WEIGHTS = (8, 8, 8, 4, 4, 2)
"""What successive likes of one person to another count within WINDOW, in eighths; later ones count nothing."""
WINDOW = timedelta(days=30)
BURST = 5
"""Of more likes than this from one person to another within BURST_TIME, only the first counts."""
BURST_TIME = timedelta(minutes=10)
EXCHANGED = 6
"""Likes between two people from which on they may be mutual."""
DAY_POINTS = 60
"""What the likes of one day of UTC are worth to somebody at most."""
RULES = "1"
"""Changes with the rules, so that what is kept is reckoned anew after an update."""

Totals = dict[PersonId, int]
"""Eighths by person."""


class Why(StrEnum):
    """Why a like counts as it does."""

    WHOLE = "whole"
    OFTEN = "often"
    BURST = "burst"


# The likes of one person to another


def in_order(likes: Iterable[Like]) -> list[Like]:
    """Return likes by time; of those at one instant, by what was liked."""
    return sorted(likes, key=lambda like: (like.at, like.item, like.item_kind))


def weights(likes: Sequence[Like]) -> list[tuple[int, Why]]:
    """Return what likes of one person to another count, in eighths, and why; they come in order."""
    in_burst = _in_burst(likes)
    within: deque[datetime] = deque()
    found = []
    for number, like in enumerate(likes):
        if number in in_burst:
            found.append((0, Why.BURST))
            continue
        while within and within[0] <= like.at - WINDOW:
            within.popleft()
        weight = WEIGHTS[len(within)] if len(within) < len(WEIGHTS) else 0
        within.append(like.at)
        found.append((weight, Why.WHOLE if weight == WEIGHTS[0] else Why.OFTEN))
    return found


def _in_burst(likes: Sequence[Like]) -> set[int]:
    """Return which likes count nothing since too many came at once; the first of those does."""
    found: set[int] = set()
    for last in range(BURST, len(likes)):
        if likes[last].at - likes[last - BURST].at <= BURST_TIME:
            found.update(range(last - BURST + 1, last + 1))
    return found


def mutual(gave: int, got: int, given: int) -> bool:
    """Return whether two people mostly like each other: `given` is what both gave to anybody."""
    return gave > 0 and got > 0 and gave + got >= EXCHANGED and 2 * (gave + got) > given


def worth(like: Like, weight: int, *, halved: bool) -> int:
    """Return what a like is worth to the author, in eighths of a point."""
    whole = LIKE_POINTS.get(like.item_kind, 0) * weight
    return whole // 2 if halved else whole  # a weight is an even number of eighths, so nothing is lost


# Everything at once


@dataclass(frozen=True, slots=True)
class Line:
    """What one act is worth to somebody, before the limit of the day; `by` is the other person in it.

    `own` says that it is for accepting somebody's answer.
    """

    kind: ActKind
    by: PersonId
    item_kind: str
    item: int
    at: datetime
    eighths: int
    why: Why = Why.WHOLE
    halved: bool = False
    own: bool = False


@dataclass(frozen=True, slots=True)
class Explained:
    """Everything that somebody's reputation is made of, newest first; `over` is what a day's likes were too many."""

    lines: tuple[Line, ...]
    over: Mapping[date, int]

    @property
    def eighths(self) -> int:
        """The reputation, in eighths of a point."""
        return sum(line.eighths for line in self.lines) - sum(self.over.values())


@dataclass(frozen=True, slots=True)
class Reckoned:
    """What likes and thanks come to: the worth of each like by its id, and each person's lines."""

    worths: Mapping[int, int]
    lines: Mapping[PersonId, Sequence[Line]]
    mutual: frozenset[tuple[PersonId, PersonId]] = field(default=frozenset())

    def explained(self, person: PersonId) -> Explained:
        """Return what somebody's reputation is made of."""
        lines = sorted(self.lines.get(person, ()), key=lambda line: (line.at, line.item, line.kind), reverse=True)
        days: Counter[date] = Counter()
        for line in lines:
            if line.kind is ActKind.LIKED:
                days[day_of(line.at)] += line.eighths
        over = {day: total - DAY_POINTS * EIGHTHS for day, total in days.items() if total > DAY_POINTS * EIGHTHS}
        return Explained(tuple(lines), over)

    def totals(self) -> Totals:
        """Return everybody's reputation, in eighths of a point."""
        return {person: self.explained(person).eighths for person in self.lines}


def reckoned(likes: Iterable[Like], thanks: Iterable[Act]) -> Reckoned:
    """Return what the likes that stand and the acts of thanks come to, in any order and however often they come."""
    once: dict[tuple[str, int, PersonId], Like] = {}
    between: dict[tuple[PersonId, PersonId], list[Like]] = defaultdict(list)
    for like in in_order(likes):
        if like.person != like.owner and once.setdefault((like.item_kind, like.item, like.person), like) is like:
            between[like.person, like.owner].append(like)
    given: Counter[PersonId] = Counter()
    for (giver, _), some in between.items():
        given[giver] += len(some)
    pairs = {
        (giver, owner)
        for (giver, owner), some in between.items()
        if mutual(len(some), len(between.get((owner, giver), ())), given[giver] + given[owner])
    }
    worths: dict[int, int] = {}
    lines: dict[PersonId, list[Line]] = defaultdict(list)
    for pair, some in between.items():
        halved = pair in pairs
        for like, (weight, why) in zip(some, weights(some), strict=True):
            worths[like.id] = worth(like, weight, halved=halved)
            line = Line(ActKind.LIKED, pair[0], like.item_kind, like.item, like.at, worths[like.id], why, halved)
            lines[pair[1]].append(line)
    for person, line in _thanked(thanks):
        lines[person].append(line)
    return Reckoned(worths, lines, frozenset(pairs))


def _thanked(thanks: Iterable[Act]) -> Iterable[tuple[PersonId, Line]]:
    """Yield what the acts of thanks that stand are worth, and to whom."""
    last: dict[tuple[bool, str, int, PersonId], Act] = {}
    for act in sorted(set(thanks), key=lambda act: (act.at, act.id)):
        accepts = act.kind in (ActKind.ACCEPTED, ActKind.UNACCEPTED)
        last[accepts, act.item_kind, act.item, act.actor] = act
    for act in last.values():
        for person, eighths in gained(act).items():
            if eighths > 0:
                own = person == act.actor
                by = act.owner if own else act.actor
                yield person, Line(act.kind, by, act.item_kind, act.item, act.at, eighths, own=own)


def gained(act: Act) -> Totals:
    """Return who gains or loses how much by an act of thanks; nobody gains by their own."""
    if act.actor == act.owner:
        return {}
    match act.kind:
        case ActKind.ACCEPTED:
            return {act.owner: ACCEPTED_POINTS * EIGHTHS, act.actor: ACCEPTING_POINTS * EIGHTHS}
        case ActKind.UNACCEPTED:
            return {act.owner: -ACCEPTED_POINTS * EIGHTHS, act.actor: -ACCEPTING_POINTS * EIGHTHS}
        case ActKind.HELPED:
            return {act.owner: HELPED_POINTS * EIGHTHS}
        case ActKind.UNHELPED:
            return {act.owner: -HELPED_POINTS * EIGHTHS}
        case _:
            return {}


def likes_of(acts: Iterable[Act]) -> list[Like]:
    """Return the likes that stand after these acts, whatever order they come in and however often."""
    last: dict[tuple[str, int, PersonId], Act] = {}
    for act in sorted(set(acts), key=lambda act: (act.at, act.id)):
        if act.kind in (ActKind.LIKED, ActKind.UNLIKED):
            last[act.item_kind, act.item, act.actor] = act
    return [
        Like(act.id, act.group, act.item_kind, act.item, act.actor, act.owner, act.at)
        for act in last.values()
        if act.kind is ActKind.LIKED
    ]


def standing(acts: Sequence[Act]) -> Totals:
    """Return everybody's reputation after these acts of one group, in eighths of a point."""
    return reckoned(likes_of(acts), acts).totals()


def day_of(at: datetime) -> date:
    """Return the day of UTC that an instant is in."""
    return at.astimezone(UTC).date()


def diverse(likes: Sequence[Like]) -> bool:
    """Return whether likes come from enough people on enough days to count for a badge."""
    likers = len({like.person for like in likes})
    days = len({day_of(like.at) for like in likes})
    return likers >= -(-len(likes) // 4) and days >= -(-len(likes) // 3)


# What is kept


class Sources(Protocol):
    """What reputation is kept in: that part of a unit of work."""

    likes: Likes
    members: Members
    journal: Journal


class AllSources(Sources, Protocol):
    """What reckoning anew reads as well."""

    people: People


def liked(sources: Sources, like: Like) -> None:
    """Let a like that was just kept count."""
    _changed(sources, like, 0)


def unliked(sources: Sources, like: Like) -> None:
    """Let a like that was just forgotten count no more."""
    _changed(sources, like, -1)


@dataclass(slots=True)
class _Moved:
    """What a change does to the likes of one person to another: their new worth, and what each day gains or loses."""

    worths: dict[int, int] = field(default_factory=dict)
    days: Counter[tuple[PersonId, date]] = field(default_factory=Counter)

    def weigh(self, likes: Sequence[Like], since: datetime | None, *, halved: bool) -> None:
        for like, (weight, _) in zip(likes, weights(likes), strict=True):
            now = worth(like, weight, halved=halved)
            if now != like.worth and (since is None or like.at >= since):
                self.worths[like.id] = now
                self.days[like.owner, day_of(like.at)] += now - like.worth


def _changed(sources: Sources, like: Like, gone: int) -> None:
    """Weigh anew what a like that came or went touches: those around it, and the pairs whose balance it tips."""
    group, giver, owner = like.group, like.person, like.owner
    if giver == owner:
        return
    sources.members.lock(group, (giver, owner))
    now_mutual, tipped = _balance(sources, like, gone)
    moved = _Moved()
    if gone:
        moved.days[owner, day_of(like.at)] -= like.worth
    for other in tipped:
        halved = other in now_mutual
        for pair in ((giver, other), (other, giver)):
            moved.weigh(in_order(sources.likes.between(group, *pair)), None, halved=halved)
    if owner not in tipped:
        # What counts from BURST_TIME before the like on depends on no more than the WINDOW before that.
        since = like.at - BURST_TIME
        around = sources.likes.between(group, giver, owner, since - WINDOW - BURST_TIME)
        moved.weigh(in_order(around), since, halved=owner in now_mutual)
    sources.likes.weigh(moved.worths)
    _count(sources, group, moved.days)


def _balance(sources: Sources, like: Like, gone: int) -> tuple[set[PersonId], set[PersonId]]:
    """Return with whom the giver is mutual now, and with whom that changed by a like that came or went."""
    exchanged = sources.likes.exchanged(like.group, like.person)
    exchanged.pop(like.person, None)
    now = sum(gave for gave, _ in exchanged.values())
    before = now + (1 if gone else -1)
    gave, got = exchanged.get(like.owner, (0, 0))
    was = exchanged | {like.owner: (gave + (1 if gone else -1), got)}
    near = [
        other
        for other in was.keys() | exchanged.keys()
        if max(sum(was[other]), sum(exchanged.get(other, (0, 0)))) >= EXCHANGED
    ]
    if not near:
        return set(), set()
    sources.members.lock(like.group, (like.person, like.owner, *near))
    given = sources.likes.given_by(like.group, near)
    is_mutual = {other for other in near if mutual(*exchanged.get(other, (0, 0)), now + given.get(other, 0))}
    was_mutual = {other for other in near if mutual(*was[other], before + given.get(other, 0))}
    return is_mutual, is_mutual ^ was_mutual


def _count(sources: Sources, group: GroupId, days: Mapping[tuple[PersonId, date], int]) -> None:
    """Add to people's reputation what their days gained within the limit of a day."""
    most = DAY_POINTS * EIGHTHS
    gains: Counter[PersonId] = Counter()
    for (person, day), change in days.items():
        begin = datetime.combine(day, time(), UTC)
        after = sources.likes.worth_within(group, person, begin, begin + timedelta(days=1))
        gains[person] += min(after, most) - min(after - change, most)
    for person, gain in sorted(gains.items()):
        if gain:
            sources.members.add_eighths(group, person, gain)


# Anew


@dataclass(frozen=True, slots=True)
class Drift:
    """Whose kept reputation is not what it should be, in eighths of a point."""

    person: PersonId
    kept: int
    right: int


def of_group(sources: Sources, group: GroupId) -> Reckoned:
    """Return what everything that stands in a group comes to."""
    return reckoned(sources.likes.in_group(group), sources.journal.thanks(group))


def rebuild(sources: AllSources, group: GroupId, *, check: bool = False) -> list[Drift]:
    """Keep what everything in a group comes to, or with `check` only look; return whose reputation was another.

    Whoever was forgotten has none; what they once gave to others still counts.
    """
    members = _everyone(sources, group)
    if not check:
        sources.members.lock(group, [member.person for member in members])
        members = _everyone(sources, group)
    likes = sources.likes.in_group(group)
    found = reckoned(likes, sources.journal.thanks(group))
    known = {id for id, person in sources.people.many(member.person for member in members).items() if person.name}
    right = {person: total for person, total in found.totals().items() if person in known}
    drifts = [
        Drift(member.person, member.eighths, right.get(member.person, 0))
        for member in members
        if member.eighths != right.get(member.person, 0)
    ]
    if not check:
        sources.likes.weigh({like.id: found.worths.get(like.id, 0) for like in likes if differs(like, found)})
        sources.members.set_eighths(group, {drift.person: drift.right for drift in drifts})
    return drifts


def _everyone(sources: Sources, group: GroupId) -> list[Member]:
    return sources.members.in_group(group, tuple(MemberState), limit=1_000_000)


def differs(like: Like, found: Reckoned) -> bool:
    """Return whether the kept worth of a like is not the one that was reckoned."""
    return replace(like, worth=found.worths.get(like.id, 0)) != like
