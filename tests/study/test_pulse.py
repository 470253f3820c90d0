"""Whose voice was heard, as the journal tells it."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from bot.ids import GroupId, PersonId
from bot.study.acts import Act, ActKind
from bot.study.pulse import responds, unheard

NOW = datetime(2027, 1, 11, tzinfo=UTC)
PEOPLE = st.integers(1, 4).map(PersonId)


def act(kind: ActKind, actor: int, owner: int | None = None) -> Act:
    return Act(1, GroupId(1), PersonId(actor), kind, "submission", 1, PersonId(owner or actor), NOW)


def test_whoever_spoke_and_got_nothing_back_is_unheard() -> None:
    acts = [act(ActKind.SUBMITTED, 1), act(ActKind.ASKED, 2), act(ActKind.LIKED, 3, 1)]

    assert unheard(acts) == [PersonId(2)]


def test_nobody_hears_themselves() -> None:
    assert unheard([act(ActKind.ASKED, 1), act(ActKind.REPLIED, 1, 1)]) == [PersonId(1)]


def test_whoever_said_nothing_is_not_unheard() -> None:
    assert unheard([act(ActKind.LIKED, 1, 2), act(ActKind.JOINED, 3)]) == []


@given(st.lists(st.builds(act, st.sampled_from(ActKind), PEOPLE, PEOPLE)))
def test_one_response_is_enough_to_be_heard(acts: list[Act]) -> None:
    for person in unheard(acts):
        assert not any(responds(one) and one.owner == person for one in acts)
        assert person not in unheard([*acts, act(ActKind.LIKED, person + 1, person)])
