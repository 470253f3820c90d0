"""Who is reminded, and when: the ladder, the caps and the people who are left in peace."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.ids import GroupId, MemberId, PersonId, QuestionId
from bot.study import quiet
from bot.study.groups import GroupState
from bot.study.members import Member, MemberState, Role
from bot.study.questions import Question, QuestionState
from bot.study.quiet import LADDER, Decision, Known, Step, Why
from bot.study.times import local_days

BERLIN = ZoneInfo("Europe/Berlin")
OPENED = datetime(2027, 1, 11, 17, tzinfo=UTC)
JOINED = OPENED - timedelta(days=3)
NADIA = Member(
    MemberId(1), GroupId(1), PersonId(1), Role.LEARNER, MemberState.ACTIVE, JOINED, learning=True, accepted_at=JOINED
)
QUIET = Known(NADIA, GroupState.RUNNING, BERLIN, BERLIN, OPENED, missing=1)

ZONES = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Apia"]).map(ZoneInfo)
MOMENTS = st.datetimes(datetime(2026, 12, 1), datetime(2027, 6, 1)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001
MEMBERS = st.builds(
    lambda state, role, nudges, signal, nudged, offered: replace(
        NADIA, state=state, role=role, nudges=nudges, signal_at=signal, nudged_at=nudged, offered_until=offered
    ),
    st.just(MemberState.ACTIVE) | st.sampled_from(MemberState),
    st.just(Role.LEARNER) | st.sampled_from(Role),
    st.integers(0, 4),
    st.none() | MOMENTS,
    st.none() | MOMENTS,
    st.none() | MOMENTS,
)
ANYBODY = st.builds(
    Known,
    MEMBERS,
    st.just(GroupState.RUNNING) | st.sampled_from(GroupState),
    ZONES,
    ZONES,
    st.none() | MOMENTS,
    st.integers(0, 3),
    st.none() | MOMENTS,
    st.none() | MOMENTS,
    st.none() | MOMENTS,
    st.booleans(),
    st.none() | MOMENTS,
    st.none() | MOMENTS,
    st.lists(st.tuples(MOMENTS, st.timedeltas(timedelta(days=1), timedelta(days=21))), max_size=2).map(
        lambda found: tuple((begin, begin + lasts) for begin, lasts in found)
    ),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)


def day(number: float) -> datetime:
    """Return noon in Berlin, some days after the first week came out."""
    return OPENED.replace(hour=11) + timedelta(days=number)


def test_somebody_is_quiet_after_seven_days_without_a_sign_and_with_something_open() -> None:
    assert not quiet.is_quiet(QUIET, day(6))
    assert quiet.is_quiet(QUIET, day(7))


def test_the_silence_counts_from_the_last_sign_of_life() -> None:
    seen = replace(QUIET, member=replace(NADIA, signal_at=day(5)))

    assert not quiet.is_quiet(seen, day(11))
    assert quiet.is_quiet(seen, day(12))


def test_the_silence_counts_from_the_end_of_a_pause() -> None:
    assert not quiet.is_quiet(replace(QUIET, active_since=day(10)), day(16))


def test_nobody_is_quiet_before_the_first_week_is_out() -> None:
    assert not quiet.is_quiet(replace(QUIET, opened_at=None), day(100))


def test_the_steps_of_the_ladder_come_after_7_14_and_28_days() -> None:
    for nudges, days in enumerate(LADDER):
        known = replace(QUIET, member=replace(NADIA, nudges=nudges))
        assert quiet.decide(known, day(days - 1)).step is Step.LATER
        assert quiet.decide(known, day(days)).step is Step.REMIND


def test_after_the_third_step_there_is_silence() -> None:
    assert quiet.decide(replace(QUIET, member=replace(NADIA, nudges=3)), day(90)) == Decision(
        Step.NOTHING, why=Why.SPENT
    )


def test_a_reminder_waits_for_the_sending_hours_of_the_person() -> None:
    night = datetime(2027, 1, 19, 2, tzinfo=UTC)

    found = quiet.decide(replace(QUIET, member=replace(NADIA, signal_at=night - timedelta(days=7))), night)

    assert found == Decision(Step.LATER, datetime(2027, 1, 19, 9, tzinfo=UTC), Why.SOON)


def test_a_reminder_in_another_group_counts() -> None:
    known = replace(QUIET, nudged_at=day(8))

    assert quiet.decide(known, day(9)) == Decision(Step.LATER, day(15), Why.SOON)


def test_a_reminder_keeps_a_day_from_any_other_direct_message() -> None:
    assert quiet.decide(replace(QUIET, written_at=day(7.9)), day(8)).step is Step.LATER


@pytest.mark.parametrize("state", [GroupState.ENDED, GroupState.ARCHIVED, GroupState.CANCELLED])
def test_nothing_is_due_in_a_group_that_is_over(state: GroupState) -> None:
    assert quiet.decide(replace(QUIET, group_state=state), day(30)) == Decision(Step.NOTHING, why=Why.OVER)


@pytest.mark.parametrize("state", [GroupState.BREAK, GroupState.FROZEN, GroupState.OPEN])
def test_nobody_is_reminded_while_the_group_rests(state: GroupState) -> None:
    assert quiet.decide(replace(QUIET, group_state=state), day(30)).step is Step.LATER


def test_whoever_waits_for_an_answer_waits_on_others_after_a_day() -> None:
    asked = Question(QuestionId(1), GroupId(1), PersonId(1), "Why", QuestionState.OPEN, day(0))

    assert not quiet.waits_on_others([asked], day(0.9))
    assert quiet.waits_on_others([asked], day(1))
    assert not quiet.waits_on_others([replace(asked, state=QuestionState.ANSWERED)], day(1))


def test_in_a_break_nobody_is_quiet_and_silence_counts_from_its_end() -> None:
    resting = replace(QUIET, rests=((day(3), day(17)),))

    assert not quiet.is_quiet(resting, day(10))
    assert quiet.decide(resting, day(10)) == Decision(Step.LATER, day(24), Why.RESTS)
    assert not quiet.is_quiet(resting, day(23))
    assert quiet.decide(resting, day(24)).step is Step.REMIND


def test_nobody_is_reminded_of_what_has_just_come_out() -> None:
    """Whoever was up to date until yesterday has nothing to be reminded of yet."""
    new = replace(QUIET, member=replace(NADIA, signal_at=day(6)), missing_since=day(14))

    assert quiet.decide(new, day(14)) == Decision(Step.LATER, day(17), Why.SOON)
    assert quiet.decide(new, day(17)).step is Step.REMIND


def test_whoever_is_up_to_date_is_looked_at_when_the_next_week_has_come_out() -> None:
    done = replace(QUIET, missing=0, next_opening=day(9))

    assert quiet.decide(done, day(8)) == Decision(Step.LATER, day(12), Why.UP_TO_DATE)
    assert quiet.decide(replace(done, next_opening=None), day(8)) == Decision(Step.LATER, day(15), Why.UP_TO_DATE)


def test_a_message_on_its_way_counts_as_one_that_was_sent() -> None:
    assert quiet.decide(replace(QUIET, writing=True), day(8)) == Decision(Step.LATER, day(9), Why.SOON)


def test_those_who_lead_go_first_in_a_small_group() -> None:
    led = replace(QUIET, led=True)

    assert quiet.decide(led, day(8)).step is Step.REMIND
    assert quiet.decide(replace(led, small=True), day(8)).step is Step.OFFER
    assert quiet.decide(replace(QUIET, small=True), day(8)).step is Step.REMIND


def test_the_bot_writes_when_nobody_took_a_suggestion_up() -> None:
    offered = replace(QUIET, member=replace(NADIA, offered_until=day(10)), led=True, small=True)

    assert quiet.decide(offered, day(9)) == Decision(Step.LATER, day(10), Why.SOON)
    assert quiet.decide(offered, day(10)).step is Step.REMIND


@pytest.mark.parametrize("small", [True, False])
def test_whoever_takes_no_messages_is_left_to_those_who_lead(small: bool) -> None:
    silent = replace(QUIET, may_write=False, led=True, small=small)

    assert quiet.decide(silent, day(8)).step is Step.OFFER
    assert quiet.decide(replace(silent, member=replace(NADIA, offered_until=day(10))), day(10)).step is Step.PASS
    assert quiet.decide(replace(silent, led=False), day(8)).step is Step.PASS


@pytest.mark.slow
@settings(max_examples=1_000)
@given(ANYBODY, MOMENTS)
def test_whoever_is_reminded_is_quiet_by_every_rule(known: Known, now: datetime) -> None:
    """Up-to-date people, observers, the paused and those who wait on others are never reminded."""
    if quiet.decide(known, now).step is not Step.REMIND:
        return
    assert known.missing
    assert not known.waits
    assert known.member.role is not Role.OBSERVER
    assert known.member.state is MemberState.ACTIVE
    assert known.member.nudges < len(LADDER)
    assert known.group_state is GroupState.RUNNING
    assert known.may_write
    assert not known.writing
    assert not any(begin <= now < end for begin, end in known.rests)
    offered = known.member.offered_until
    assert (offered is None and not (known.led and known.small)) or (offered is not None and offered <= now)
    assert known.missing_since is None or now - known.missing_since >= quiet.FRESH
    assert 10 <= now.astimezone(known.zone).hour < 18
    assert known.nudged_at is None or now - known.nudged_at >= timedelta(days=7)
    assert known.written_at is None or now - known.written_at >= timedelta(days=1)
    since = quiet.quiet_since(known, now)
    assert since is not None
    assert local_days(since, now, known.group_zone) >= LADDER[known.member.nudges]
    assert quiet.is_quiet(known, now)


@given(ANYBODY, MOMENTS)
def test_looking_again_lies_ahead_and_in_the_sending_hours(known: Known, now: datetime) -> None:
    found = quiet.decide(known, now)
    if found.step is Step.LATER:
        assert found.at is not None
        assert found.at > now
        assert 10 <= found.at.astimezone(known.zone).hour < 18


@given(ANYBODY, MOMENTS)
def test_a_sign_of_life_ends_the_reminding(known: Known, now: datetime) -> None:
    answered = replace(known, member=replace(known.member, signal_at=now, nudges=0, offered_until=None))

    assert quiet.decide(answered, now).step is not Step.REMIND
    assert quiet.decide(answered, now + timedelta(days=5)).step is not Step.REMIND
