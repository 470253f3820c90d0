"""What is required of somebody, and that no edit of the syllabus ever takes anything back (J3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ids import ActivityId, GroupId, PersonId
from bot.study.deeds import Deeds
from bot.study.progress import done_of, enough, in_force, most_favourable, needs_of, share_under
from bot.study.weeks import Needs, SyllabusVersion

START = datetime(2027, 1, 11, tzinfo=UTC)

ACTIVITIES = st.integers(1, 8).map(ActivityId)
SETS = st.frozensets(ACTIVITIES, max_size=8)
DAYS = st.integers(0, 40)


COUNTS = st.dictionaries(ACTIVITIES, st.integers(0, 4))
NEEDS = st.builds(Needs, ACTIVITIES, st.integers(0, 3), st.booleans())


@st.composite
def deeds(draw: st.DrawFn) -> Deeds:
    return Deeds(draw(SETS), draw(COUNTS), draw(SETS), draw(COUNTS), draw(st.booleans()))


def version(number: int, days: int, required: frozenset[ActivityId], *needs: Needs) -> SyllabusVersion:
    at = START + timedelta(days=days)
    return SyllabusVersion(number, GroupId(1), number, at, PersonId(1), tuple(sorted(required)), needs)


@st.composite
def versions_of(draw: st.DrawFn, number: int, day: int) -> SyllabusVersion:
    needs = needs_of(draw(st.lists(NEEDS, max_size=4)))
    return version(number, day, draw(SETS), *needs.values())


@st.composite
def syllabuses(draw: st.DrawFn) -> list[SyllabusVersion]:
    days = sorted(draw(st.lists(DAYS, min_size=1, max_size=5)))
    return [draw(versions_of(number, day)) for number, day in enumerate(days, 1)]


def required(versions: list[SyllabusVersion], done: Deeds, since: datetime) -> frozenset[ActivityId]:
    found = most_favourable(versions, done, since)
    return frozenset(found.required) if found else frozenset()


def share(versions: list[SyllabusVersion], done: Deeds, since: datetime) -> float:
    found = most_favourable(versions, done, since)
    return share_under(found, done) if found else 1.0


def some(*ids: int) -> frozenset[ActivityId]:
    return frozenset(map(ActivityId, ids))


def test_the_version_in_force_at_joining_counts_and_every_later_one() -> None:
    first, second, third = version(1, 0, some(1)), version(2, 5, some(2)), version(3, 10, some(3))

    assert in_force([first, second, third], START + timedelta(days=7)) == [second, third]


def test_an_activity_that_is_required_later_does_not_undo_what_was_enough() -> None:
    before, after = version(1, 0, some(1)), version(2, 5, some(1, 2, 3))

    assert required([before, after], Deeds(some(1)), START) == some(1)


def test_an_activity_that_is_dropped_later_is_asked_of_nobody() -> None:
    before, after = version(1, 0, some(1, 2)), version(2, 5, some(1))

    assert required([before, after], Deeds(some(1)), START) == some(1)


def test_of_equals_the_newest_version_counts() -> None:
    before, after = version(1, 0, some(1)), version(2, 5, some(2))

    assert required([before, after], Deeds(), START) == some(2)


def test_four_of_five_are_eighty_percent() -> None:
    assert enough(5, 4, 80)
    assert not enough(5, 3, 80)
    assert enough(0, 0, 80)


ONE, TWO = ActivityId(1), ActivityId(2)


def test_an_activity_that_takes_feedback_is_done_with_the_last_of_it() -> None:
    """domain.md: one non-withdrawn submission, and k reviews given."""
    asks = {ONE: Needs(ONE, reviews=2)}

    assert done_of(Deeds(some(1, 2)), asks) == some(2)
    assert done_of(Deeds(some(1, 2), {ONE: 1}), asks) == some(2)
    assert done_of(Deeds(some(1, 2), {ONE: 2}), asks) == some(1, 2)
    assert done_of(Deeds(some(2), {ONE: 2}), asks) == some(2)
    assert done_of(Deeds(some(1), {TWO: 2}), asks) == some()


def test_an_activity_that_is_checked_is_done_with_the_check() -> None:
    asks = {ONE: Needs(ONE, reviews=1, check=True)}

    assert done_of(Deeds(some(1), {ONE: 1}), asks) == some()
    assert done_of(Deeds(some(1), {}, some(1)), asks) == some()
    assert done_of(Deeds(some(1), {ONE: 1}, some(1)), asks) == some(1)


def test_where_nobody_else_hands_in_there_is_nothing_to_do_and_at_the_end_it_is_done() -> None:
    asks = Needs(ONE, reviews=2)
    alone = Deeds(some(1), {ONE: 1}, unseen={ONE: 0})

    assert not alone.is_done(asks)
    assert not alone.can_go_on(asks)
    assert Deeds(some(1), {ONE: 1}, unseen={ONE: 1}).can_go_on(asks)
    assert Deeds(some(1), {ONE: 1}, unseen={ONE: 0}, over=True).is_done(asks)
    assert not Deeds(some(1), {ONE: 1}, unseen={ONE: 1}, over=True).is_done(asks)


def test_feedback_that_is_asked_for_later_does_not_undo_what_was_done() -> None:
    before, after = version(1, 0, some(1, 2)), version(2, 5, some(1, 2), Needs(ONE, 2), Needs(TWO, check=True))

    assert share([before, after], Deeds(some(1, 2)), START) == 1.0
    assert share([before, after], Deeds(some(1, 2)), START + timedelta(days=6)) == 0.0


@given(deeds(), NEEDS)
def test_done_is_handed_in_with_the_feedback_and_the_check_that_are_asked_for(done: Deeds, asks: Needs) -> None:
    activity = asks.activity
    handed_in, given = activity in done.handed_in, done.reviews.get(activity, 0)
    enough_given = given >= asks.reviews or (done.over and not done.unseen.get(activity, 0))
    is_checked = not asks.check or activity in done.checked

    assert done.is_done(asks) is (handed_in and enough_given and is_checked)
    if done.is_done(asks):
        assert done.left(asks) == 0
    if handed_in and done.can_go_on(asks):
        assert done.left(asks) > 0
        assert done.unseen[activity]


@pytest.mark.slow
@given(syllabuses(), deeds(), DAYS, DAYS, versions_of(9, 0))
def test_an_edit_never_lowers_anybodys_share(
    versions: list[SyllabusVersion], done: Deeds, joined: int, later: int, edit: SyllabusVersion
) -> None:
    since = START + timedelta(days=joined)
    newest = max(joined, later, *((one.at - START).days for one in versions)) + 1
    edited = [*versions, replace(edit, at=START + timedelta(days=newest))]

    if in_force(versions, since):
        assert share(edited, done, since) >= share(versions, done, since)


@pytest.mark.slow
@given(syllabuses(), deeds(), SETS, COUNTS, SETS, DAYS)
def test_doing_more_never_lowers_the_share(
    versions: list[SyllabusVersion],
    done: Deeds,
    more: frozenset[ActivityId],
    given: dict[ActivityId, int],
    checked: frozenset[ActivityId],
    joined: int,
) -> None:
    since = START + timedelta(days=joined)
    reviews = {one: done.reviews.get(one, 0) + given.get(one, 0) for one in done.reviews.keys() | given.keys()}
    further = replace(done, handed_in=done.handed_in | more, reviews=reviews, checked=done.checked | checked)

    assert share(versions, further, since) >= share(versions, done, since)


@given(syllabuses(), deeds(), DAYS)
def test_the_order_in_which_versions_are_read_changes_nothing(
    versions: list[SyllabusVersion], done: Deeds, joined: int
) -> None:
    since = START + timedelta(days=joined)

    assert most_favourable(versions, done, since) == most_favourable(list(reversed(versions)), done, since)


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 100))
def test_enough_is_a_share_of_what_is_required(required: int, done: int, percent: int) -> None:
    done = min(done, required)
    if enough(required, done, percent):
        assert enough(required, min(done + 1, required), percent)
    assert enough(required, required, percent)
