"""What is required of somebody, and that no edit of the syllabus ever takes anything back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.ids import ActivityId, GroupId, PersonId
from bot.study.progress import enough, in_force, most_favourable, share_of
from bot.study.weeks import SyllabusVersion

START = datetime(2027, 1, 11, tzinfo=UTC)

ACTIVITIES = st.integers(1, 8).map(ActivityId)
SETS = st.frozensets(ACTIVITIES, max_size=8)
DAYS = st.integers(0, 40)


def version(number: int, days: int, required: frozenset[ActivityId]) -> SyllabusVersion:
    at = START + timedelta(days=days)
    return SyllabusVersion(number, GroupId(1), number, at, PersonId(1), tuple(sorted(required)))


@st.composite
def syllabuses(draw: st.DrawFn) -> list[SyllabusVersion]:
    days = sorted(draw(st.lists(DAYS, min_size=1, max_size=5)))
    return [version(number, day, draw(SETS)) for number, day in enumerate(days, 1)]


def some(*ids: int) -> frozenset[ActivityId]:
    return frozenset(map(ActivityId, ids))


def test_the_version_in_force_at_joining_counts_and_every_later_one() -> None:
    first, second, third = version(1, 0, some(1)), version(2, 5, some(2)), version(3, 10, some(3))

    assert in_force([first, second, third], START + timedelta(days=7)) == [second, third]


def test_an_activity_that_is_required_later_does_not_undo_what_was_enough() -> None:
    before, after = version(1, 0, some(1)), version(2, 5, some(1, 2, 3))

    assert most_favourable([before, after], some(1), START) == some(1)


def test_an_activity_that_is_dropped_later_is_asked_of_nobody() -> None:
    before, after = version(1, 0, some(1, 2)), version(2, 5, some(1))

    assert most_favourable([before, after], some(1), START) == some(1)


def test_of_equals_the_newest_version_counts() -> None:
    before, after = version(1, 0, some(1)), version(2, 5, some(2))

    assert most_favourable([before, after], some(), START) == some(2)


def test_four_of_five_are_eighty_percent() -> None:
    assert enough(5, 4, 80)
    assert not enough(5, 3, 80)
    assert enough(0, 0, 80)


@given(syllabuses(), SETS, DAYS, DAYS, SETS)
def test_an_edit_never_lowers_anybodys_share(
    versions: list[SyllabusVersion],
    done: frozenset[ActivityId],
    joined: int,
    later: int,
    required: frozenset[ActivityId],
) -> None:
    since = START + timedelta(days=joined)
    newest = max(joined, later, *((one.at - START).days for one in versions)) + 1
    edited = [*versions, version(len(versions) + 1, newest, required)]

    before = share_of(most_favourable(versions, done, since), done)
    after = share_of(most_favourable(edited, done, since), done)

    if in_force(versions, since):
        assert after >= before


@given(syllabuses(), SETS, SETS, DAYS)
def test_doing_more_never_lowers_the_share(
    versions: list[SyllabusVersion], done: frozenset[ActivityId], more: frozenset[ActivityId], joined: int
) -> None:
    since = START + timedelta(days=joined)

    before = share_of(most_favourable(versions, done, since), done)
    after = share_of(most_favourable(versions, done | more, since), done | more)

    assert after >= before


@given(syllabuses(), SETS, DAYS)
def test_the_order_in_which_versions_are_read_changes_nothing(
    versions: list[SyllabusVersion], done: frozenset[ActivityId], joined: int
) -> None:
    since = START + timedelta(days=joined)

    assert most_favourable(versions, done, since) == most_favourable(list(reversed(versions)), done, since)


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 100))
def test_enough_is_a_share_of_what_is_required(required: int, done: int, percent: int) -> None:
    done = min(done, required)
    if enough(required, done, percent):
        assert enough(required, min(done + 1, required), percent)
    assert enough(required, required, percent)
