"""What an act is worth, to whom."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ids import GroupId, PersonId
from bot.study.acts import SIGNALS, Act, ActKind, points, standing

NOW = datetime(2027, 1, 11, 17, tzinfo=UTC)
people = st.integers(1, 4).map(PersonId)
acts = st.builds(
    Act,
    id=st.integers(1, 2**62),
    group=st.just(GroupId(1)),
    actor=people,
    kind=st.sampled_from(ActKind),
    item_kind=st.sampled_from(["question", "answer", "submission", "note"]),
    item=st.integers(1, 3),
    owner=people,
    at=st.just(NOW),
)


def act(kind: ActKind, item_kind: str = "answer", actor: int = 1, owner: int = 2) -> Act:
    return Act(1, GroupId(1), PersonId(actor), kind, item_kind, 7, PersonId(owner), NOW)


@pytest.mark.parametrize(("item", "worth"), [("answer", 4), ("submission", 3), ("note", 3), ("question", 2)])
def test_a_like_is_worth_something_to_the_author_alone(item: str, worth: int) -> None:
    assert points(act(ActKind.LIKED, item)) == {2: worth}
    assert points(act(ActKind.UNLIKED, item)) == {2: -worth}


def test_accepting_is_worth_something_to_both() -> None:
    assert points(act(ActKind.ACCEPTED)) == {2: 15, 1: 2}
    assert points(act(ActKind.UNACCEPTED)) == {2: -15, 1: -2}


@pytest.mark.parametrize("kind", ActKind)
def test_nobody_gains_by_what_they_do_themselves(kind: ActKind) -> None:
    assert points(act(kind, actor=2)) == {}


def test_work_messages_and_presence_are_worth_nothing() -> None:
    worth_something = {ActKind.LIKED, ActKind.UNLIKED, ActKind.ACCEPTED, ActKind.UNACCEPTED}
    assert [kind for kind in ActKind if kind not in worth_something and points(act(kind))] == []


@given(st.lists(acts).flatmap(lambda drawn: st.tuples(st.just(drawn), st.permutations(drawn))))
def test_the_order_of_acts_does_not_matter(drawn: tuple[list[Act], list[Act]]) -> None:
    assert standing(drawn[0]) == standing(drawn[1])


@given(st.lists(acts), st.lists(acts))
def test_points_add_up(some: list[Act], more: list[Act]) -> None:
    together, one, other = standing([*some, *more]), standing(some), standing(more)
    assert all(together.get(who, 0) == one.get(who, 0) + other.get(who, 0) for who in map(PersonId, range(5)))


def test_what_somebody_does_is_a_sign_of_life_and_what_is_undone_is_none() -> None:
    assert ActKind.SUBMITTED in SIGNALS
    assert ActKind.LIKED in SIGNALS
    assert not {ActKind.UNLIKED, ActKind.UNACCEPTED, ActKind.JOINED} & SIGNALS
