"""What thanks are worth (J26, J27, J29): the rules, on likes and acts alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ids import GroupId, PersonId
from bot.study.acts import Act, ActKind
from bot.study.likes import Like
from bot.study.reputation import (
    DAY_POINTS,
    EIGHTHS,
    LIKE_POINTS,
    Why,
    diverse,
    gained,
    likes_of,
    mutual,
    reckoned,
    standing,
    weights,
    worth,
)

NOW = datetime(2027, 1, 11, 17, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
GROUP = GroupId(1)
ANN, BEN = PersonId(1), PersonId(2)
_numbers = count(1)


def like(giver: int, owner: int, at: datetime, kind: str = "answer", item: int | None = None) -> Like:
    number = next(_numbers)
    return Like(number, GROUP, kind, number if item is None else item, PersonId(giver), PersonId(owner), at)


def act(kind: ActKind, actor: int = 1, owner: int = 2, at: datetime = NOW, kinds: str = "answer", item: int = 7) -> Act:
    return Act(next(_numbers), GROUP, PersonId(actor), kind, kinds, item, PersonId(owner), at)


def hourly(number: int, giver: int = 1, owner: int = 2, apart: timedelta = HOUR) -> list[Like]:
    """Return so many likes of one person to another."""
    return [like(giver, owner, NOW + apart * index) for index in range(number)]


def points(likes: Sequence[Like], thanks: Sequence[Act] = (), who: int = 2) -> float:
    return reckoned(likes, thanks).totals().get(PersonId(who), 0) / EIGHTHS


@pytest.mark.parametrize(
    ("item", "much"), [("answer", 4), ("review", 4), ("submission", 3), ("note", 3), ("question", 2), ("week", 0)]
)
def test_a_like_is_worth_something_to_the_author_alone(item: str, much: int) -> None:
    found = reckoned([like(1, 2, NOW, item)], ())
    assert {who: total / EIGHTHS for who, total in found.totals().items()} == {BEN: much}


def test_thanks_are_worth_something() -> None:
    assert gained(act(ActKind.ACCEPTED)) == {BEN: 15 * EIGHTHS, ANN: 2 * EIGHTHS}
    assert gained(act(ActKind.UNACCEPTED)) == {BEN: -15 * EIGHTHS, ANN: -2 * EIGHTHS}
    assert gained(act(ActKind.HELPED, kinds="review")) == {BEN: 5 * EIGHTHS}
    assert gained(act(ActKind.UNHELPED, kinds="review")) == {BEN: -5 * EIGHTHS}


@pytest.mark.parametrize("kind", ActKind)
def test_nobody_gains_by_what_they_do_themselves(kind: ActKind) -> None:
    assert standing([act(kind, actor=2)]) == {}


def test_work_messages_and_presence_are_worth_nothing() -> None:
    worthy = {ActKind.LIKED, ActKind.ACCEPTED, ActKind.HELPED}
    assert [kind for kind in ActKind if kind not in worthy and standing([act(kind)])] == []


def test_successive_likes_of_one_person_to_another_count_less_and_less() -> None:
    assert [weight for weight, _ in weights(hourly(8))] == [8, 8, 8, 4, 4, 2, 0, 0]
    assert [why for _, why in weights(hourly(4))] == [Why.WHOLE] * 3 + [Why.OFTEN]


def test_after_thirty_days_likes_count_whole_again() -> None:
    few = hourly(4, apart=DAY * 10)
    assert [weight for weight, _ in weights(few)] == [8, 8, 8, 8]
    just_before = [*few[:3], like(1, 2, NOW + DAY * 30 - timedelta(seconds=1))]
    assert [weight for weight, _ in weights(just_before)] == [8, 8, 8, 4]


def test_of_more_than_five_likes_within_ten_minutes_only_the_first_counts() -> None:
    five = hourly(5, apart=timedelta(minutes=2))
    assert [weight for weight, _ in weights(five)] == [8, 8, 8, 4, 4]
    six = hourly(6, apart=timedelta(minutes=2))
    later = like(1, 2, NOW + HOUR)
    assert weights([*six, later]) == [(8, Why.WHOLE), *[(0, Why.BURST)] * 5, (8, Why.WHOLE)]
    slower = hourly(6, apart=timedelta(minutes=2, seconds=1))
    assert sum(weight for weight, _ in weights(slower)) == 8 * 3 + 4 * 2 + 2


@pytest.mark.parametrize(
    ("gave", "got", "given", "is_so"),
    [(3, 3, 11, True), (3, 3, 12, False), (3, 2, 5, False), (6, 0, 6, False), (5, 1, 11, True), (40, 40, 159, True)],
)
def test_two_are_mutual_who_mostly_like_each_other(gave: int, got: int, given: int, *, is_so: bool) -> None:
    assert mutual(gave, got, given) is is_so


def test_between_two_who_mostly_like_each_other_likes_count_half() -> None:
    both = [*hourly(3), *hourly(3, 2, 1)]
    assert (points(both), points(both, who=1)) == (6.0, 6.0)
    assert reckoned(both, ()).mutual == {(ANN, BEN), (BEN, ANN)}
    elsewhere = [like(1, other, NOW + HOUR) for other in range(3, 9)]
    assert points([*both, *elsewhere]) == 12.0


def test_the_likes_of_one_day_have_a_limit_and_thanks_have_none() -> None:
    crowd = [like(giver, 2, NOW + timedelta(minutes=giver)) for giver in range(3, 30)]
    assert points(crowd) == DAY_POINTS
    accepted = [act(ActKind.ACCEPTED, actor=number, item=number) for number in range(3, 9)]
    assert points(crowd, accepted) == DAY_POINTS + 6 * 15
    next_day = like(40, 2, NOW + DAY)
    assert points([*crowd, next_day]) == DAY_POINTS + 4


def test_a_day_is_one_of_utc() -> None:
    midnight = datetime(2027, 1, 12, tzinfo=UTC)
    late = [like(giver, 2, midnight - timedelta(seconds=1)) for giver in range(3, 23)]
    assert points([*late, like(50, 2, midnight)]) == DAY_POINTS + 4


def test_the_smallest_part_of_a_point_is_an_eighth_of_what_a_like_is_worth_and_nothing_is_lost() -> None:
    for kind, whole in LIKE_POINTS.items():
        for weight in (8, 4, 2, 0):
            assert 2 * worth(like(1, 2, NOW, kind), weight, halved=True) == whole * weight


# A ring and an honest member


@pytest.mark.slow
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 29 * 24)), min_size=100, max_size=100), st.data())
def test_a_ring_of_four_with_a_hundred_likes_gains_less_than_an_honest_member_with_twenty(
    drawn: list[tuple[int, int]], data: st.DataObject
) -> None:
    """J29: reputation cannot be made by agreement."""
    ring = range(100, 104)
    likes = []
    for owner, hour in drawn:
        giver = data.draw(st.sampled_from([who for who in ring if who != 100 + owner]))
        likes.append(like(giver, 100 + owner, NOW + hour * HOUR))
    honest = [like(giver, 2, NOW + DAY * (giver % 10), "answer") for giver in range(200, 220)]
    totals = reckoned([*likes, *honest], ()).totals()
    assert max(totals.get(PersonId(who), 0) for who in ring) < totals[BEN] == 80 * EIGHTHS


# Whatever order they come in

_MINUTES = st.integers(0, 60 * 24 * 40)
_LIKES = st.lists(
    st.builds(
        lambda giver, owner, minute, kind, item: like(giver, owner, NOW + timedelta(minutes=minute), kind, item),
        st.integers(1, 4),
        st.integers(1, 4),
        _MINUTES,
        st.sampled_from(sorted(LIKE_POINTS)),
        st.integers(1, 40),
    ),
    max_size=60,
)
_ACTS = st.lists(
    st.builds(
        lambda kind, actor, owner, minute, kinds, item: act(
            kind, actor, owner, NOW + timedelta(minutes=minute), kinds, item
        ),
        st.sampled_from(ActKind),
        st.integers(1, 4),
        st.integers(1, 4),
        _MINUTES,
        st.sampled_from(["answer", "review", "submission"]),
        st.integers(1, 6),
    ),
    max_size=60,
)


@given(_ACTS.flatmap(lambda drawn: st.tuples(st.just(drawn), st.permutations([*drawn, *drawn[:10]]))))
def test_neither_order_nor_coming_twice_matters(drawn: tuple[list[Act], list[Act]]) -> None:
    once, shuffled = drawn
    assert standing(once) == standing(shuffled)


@given(_LIKES, _ACTS)
def test_the_explanation_adds_up_to_the_score_and_no_score_is_negative(likes: list[Like], thanks: list[Act]) -> None:
    """J27: every point can be explained."""
    found = reckoned(likes, thanks)
    for who, total in found.totals().items():
        explained = found.explained(who)
        assert sum(line.eighths for line in explained.lines) - sum(explained.over.values()) == total >= 0
        assert all(line.by != who for line in explained.lines)
        assert all(line.eighths == 0 for line in explained.lines if line.why is Why.BURST)


@given(_LIKES)
def test_one_more_like_costs_nobody_more_than_what_its_own_pair_had(likes: list[Like]) -> None:
    """A like can halve what two people gave each other; it never touches what others gave."""
    before = reckoned(likes, ()).worths
    new = like(1, 2, NOW + DAY * 50)
    after = reckoned([*likes, new], ()).worths
    kept = {one.id: one for one in likes}
    for id, eighths in before.items():
        if after[id] != eighths:
            assert {ANN, BEN} & {kept[id].person, kept[id].owner}


@given(_ACTS)
def test_the_likes_of_a_journal_are_those_that_were_not_taken_back(acts: list[Act]) -> None:
    last: dict[tuple[str, int, int], ActKind] = {}
    for one in sorted(acts, key=lambda one: (one.at, one.id)):
        if one.kind in (ActKind.LIKED, ActKind.UNLIKED):
            last[one.item_kind, one.item, one.actor] = one.kind
    expected = {key for key, kind in last.items() if kind is ActKind.LIKED}
    assert {(one.item_kind, one.item, one.person) for one in likes_of(acts)} == expected


# What counts for a badge


@pytest.mark.parametrize(
    ("likers", "days", "number", "is_so"),
    [(1, 1, 1, True), (2, 2, 5, True), (1, 2, 5, False), (2, 1, 5, False), (3, 4, 12, True), (3, 3, 12, False)],
)
def test_likes_for_a_badge_come_from_enough_people_on_enough_days(
    likers: int, days: int, number: int, *, is_so: bool
) -> None:
    given_likes = [like(10 + index % likers, 2, NOW + DAY * (index % days)) for index in range(number)]
    assert diverse(given_likes) is is_so
