"""An activity that takes feedback on others' responses, or a facilitator's check, besides handing in (J2, J3, J16)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.local import Message
from bot.bootstrap import FEATURES
from bot.ids import PersonId, code
from bot.study import quiet
from bot.study.agenda import DueKind
from bot.study.pulse import pulse
from bot.study.submissions import Submission
from tests.builders import Scene, scene
from tests.features.test_endings import record
from tests.features.test_reviews import gives

EDIT = "/lead week criteria activity:1.1"


@pytest.fixture
async def js(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Scene]:
    """Return the JavaScript group with all features, its first week out."""
    async with scene(sqlite_url, FEATURES, tmp_path) as opened:
        await opened.open_week(1)
        opened.clock.move_by(timedelta(hours=1))
        yield opened


@pytest.fixture
async def asking(js: Scene) -> Scene:
    """Return the group with feedback on two responses asked for, and three learners who joined after that."""
    await js.does("fela", f"{EDIT} reviews:2")
    await joins(js, "ana", "ben", "cleo")
    return js


async def joins(js: Scene, *names: str) -> None:
    js.clock.move_by(timedelta(minutes=1))
    for name in names:
        await js.joins(name)


async def hands_in(js: Scene, name: str) -> Message:
    await js.does(name, f"/submit activity:1.1 https://blog.example/{name}")
    return js.home.last


async def line(js: Scene, name: str) -> str:
    """Return what somebody's progress says of the activity, with the heading above it."""
    heading, rest = "", (await js.does(name, "/progress")).splitlines()
    for words in rest:
        if "Week 1, activity 1" in words:
            return f"{heading} {words}"
        heading = words
    return heading


# Feedback on others' responses


async def test_the_week_says_what_an_activity_takes(asking: Scene) -> None:
    assert "1. Practise values · Practise, about 30 min\nThen give feedback on 2 responses.\n" in asking.home.last.text
    assert "Then give feedback on 2 responses." in await asking.does("ana", "/week")
    assert "Activity 1: Practise values · Then give feedback" in await asking.does("fela", "/lead week edit 1 note:Hi")


async def test_it_is_done_with_the_last_feedback(asking: Scene) -> None:
    """domain.md: one non-withdrawn submission, and k reviews given."""
    js = asking
    ben, cleo = await hands_in(js, "ben"), await hands_in(js, "cleo")
    told = await js.does("ana", "/submit activity:1.1 https://blog.example/ana")
    assert "Then give feedback on 2 responses." in told
    assert "[Give feedback] [See their answers]" in told
    assert await line(js, "ana") == (
        "Open, smallest first • Week 1, activity 1: Practise values · handed in, feedback on 2 responses is left"
    )
    assert "[Give feedback 1.1]" in await js.does("ana", "/progress")
    assert "[Give feedback 1.1]" in await js.calls("ana", "home")
    assert "• Open: Practise values · handed in, feedback on 2 responses is left" in await js.does("ana", "/week")

    assert "1 more, and that is all the feedback that this activity takes." in await gives(js, "ana", ben)
    assert "feedback on 1 response is left" in await line(js, "ana")
    assert "That is all the feedback that this activity takes." in await gives(js, "ana", cleo)

    assert (await line(js, "ana")).startswith("Done •")
    assert "1/3 Required activities done" in await js.does("ana", "/progress")
    assert "Ana: 1 of 3 done" in await js.does("tomas", "/progress")


async def test_the_button_of_the_step_leads_to_the_responses_that_wait(asking: Scene) -> None:
    js = asking
    for name in ("ben", "ana"):
        await hands_in(js, name)
    await js.does("ana", "/progress")

    assert "1. Ben · Week 1, activity 1: Practise values" in await js.presses("ana", "Give feedback 1.1")


async def test_those_who_lead_hear_whom_a_later_wish_is_for(js: Scene) -> None:
    told = await js.does("fela", f"{EDIT} reviews:1")
    assert "Whoever is in the group already can finish without it" in told
    assert "Whoever is in the group already" not in await js.does("fela", f"{EDIT} reviews:0")


async def test_feedback_that_is_taken_back_counts_no_more(asking: Scene) -> None:
    js = asking
    ben, cleo = await hands_in(js, "ben"), await hands_in(js, "cleo")
    await hands_in(js, "ana")
    await gives(js, "ana", ben)
    await gives(js, "ana", cleo)
    await js.presses("ana", "Take it back")

    assert "feedback on 1 response is left" in await line(js, "ana")


async def test_feedback_on_work_that_was_taken_back_counts_and_what_is_there_still_waits(asking: Scene) -> None:
    js = asking
    ben = await hands_in(js, "ben")
    await hands_in(js, "ana")
    await gives(js, "ana", ben)
    await js.calls("ben", "submission withdraw", id=code((await work(js, "ben")).id))
    assert "feedback is left once others hand in" in await line(js, "ana")

    await hands_in(js, "cleo")
    assert "Open, smallest first" in await line(js, "ana")
    assert "feedback on 1 response is left" in await line(js, "ana")


async def test_whoever_joined_before_it_was_asked_for_is_done_without(asking: Scene) -> None:
    """The version of the syllabus that is most favourable to a member counts: an edit takes nothing back."""
    priya = await hands_in(asking, "priya")
    told = await asking.does("jill", "/submit activity:1.1 https://blog.example/jill")

    assert (await line(asking, "jill")).startswith("Done •")
    assert "Saved: Week 1" in told
    assert "give feedback on" not in told, "nobody asks for what they are spared"
    assert "that this activity takes" not in await gives(asking, "jill", priya)


async def quiet_people(js: Scene) -> set[PersonId]:
    found = await js.reads(lambda uow: pulse(uow, js.group, now=js.clock.now()))
    return {member.person for member in found.quiet}


async def test_nobody_is_quiet_who_waits_for_others_to_hand_in(asking: Scene) -> None:
    """P8: what cannot be done now is nothing that is missing."""
    js = asking
    await js.agrees("ana")
    await hands_in(js, "ana")
    assert await line(js, "ana") == (
        "Waits for others • Week 1, activity 1: Practise values · handed in, feedback is left once others hand in"
    )
    assert "none: you are up to date" in await js.does("ana", "/nudges")
    js.clock.move_by(timedelta(days=quiet.LADDER[0]))
    assert js.ids["ana"] not in await quiet_people(js)

    await hands_in(js, "ben")
    assert "Open, smallest first" in await line(js, "ana")
    assert "none: you are up to date" not in await js.does("ana", "/nudges")
    assert js.ids["ana"] in await quiet_people(js)


async def test_a_reminder_names_what_is_left(asking: Scene) -> None:
    js = asking
    await js.agrees("ana", "fela")
    await hands_in(js, "ana")
    js.clock.move_by(timedelta(hours=1))
    await hands_in(js, "ben")
    await js.passes(days=8)

    [offered] = [told for told in js.inbox("fela") if "Hi Ana" in told]
    assert "Hi Ana, Week 1, activity 1: handed in, feedback on 1 response is left." not in offered
    assert "Hi Ana, Week 1, activity 1: handed in, feedback on 2 responses is left." in offered


@pytest.mark.slow
async def test_at_the_end_nobody_fails_for_want_of_others_and_the_record_says_what_was_asked(asking: Scene) -> None:
    js = asking
    ben = await hands_in(js, "ben")
    await hands_in(js, "ana")
    await gives(js, "ana", ben)
    await js.passes(days=30)

    ana, other = await record(js, "ana"), await record(js, "ben")
    assert ana is not None
    assert other is not None
    assert (ana.done, other.done) == (1, 0)
    assert ana.criteria == (
        "80 % of the required activities (1 with feedback on 2 responses of others) "
        "and help with 1 question or response of others"
    )
    old = await record(js, "nadia")
    assert old is not None
    assert (await line(js, "ana")).startswith("Done •")


async def test_who_hands_in_on_the_last_day_undoes_nobody(asking: Scene) -> None:
    js = asking
    ben = await hands_in(js, "ben")
    await hands_in(js, "ana")
    await gives(js, "ana", ben)
    ends = await js.reads(lambda uow: uow.agenda.at(DueKind.END_GROUP, js.group.id))
    assert ends is not None
    await js.passes(seconds=(ends - js.clock.now() - timedelta(hours=5)).total_seconds())
    await hands_in(js, "cleo")
    assert "feedback on 1 response is left" in await line(js, "ana")
    await js.passes(days=1)

    ana, cleo = await record(js, "ana"), await record(js, "cleo")
    assert ana is not None
    assert cleo is not None
    assert (ana.done, cleo.done) == (1, 0), "for cleo there was enough to read"


@pytest.mark.parametrize("reviews", ["21", "-1", "999999999"])
async def test_how_much_feedback_can_be_asked_for_has_an_end(js: Scene, reviews: str) -> None:
    assert "feedback on 0 to 20 responses" in await js.does("fela", f"{EDIT} reviews:{reviews}")


async def test_what_it_takes_stands_in_the_outline_that_is_exported(js: Scene) -> None:
    await js.does("fela", f"{EDIT} reviews:2 check:yes")
    await js.does("fela", "/lead export")

    [outline] = [file for file in js.person("fela").files if file.name.endswith(".md")]
    assert "### Practice: Practise values (30 min, 2 reviews, checked)" in outline.content.decode()
    await js.does("fela", f"{EDIT} reviews:0 check:no")
    versions = await js.reads(lambda uow: uow.weeks.versions(js.group.id))
    assert [len(one.needs) for one in versions] == [0, 1, 0]


# A facilitator's check


@pytest.fixture
async def checked(js: Scene) -> Scene:
    """Return the group with a check asked for, and two learners who joined after that."""
    await js.does("fela", f"{EDIT} check:yes")
    await joins(js, "ana", "ben")
    return js


async def work(js: Scene, name: str) -> Submission:
    activity = await js.activity(1)
    found = await js.reads(lambda uow: uow.submissions.of(activity, js.ids[name]))
    assert found is not None
    return found


async def test_it_is_done_with_a_facilitators_check(checked: Scene) -> None:
    """domain.md: and a facilitator's check."""
    js = checked
    assert "A facilitator looks at it." in js.home.last.text
    for name in ("ana", "ben"):
        await hands_in(js, name)
    assert await line(js, "ana") == (
        "Waits for others • Week 1, activity 1: Practise values · handed in, a facilitator looks at it"
    )
    assert "2 responses wait for your check" in await js.does("fela", "/lead pulse")
    assert "2 responses wait for your check" in await js.calls("fela", "home")

    read = await js.does("fela", "/lead check")
    assert read.startswith("Work that waits for your check\n\n1. Ana · Week 1, activity 1: Practise values\n")
    assert "[Done 1] [Done 2] [Give feedback 1] [Give feedback 2]" in read
    assert (await js.presses("fela", "Done 1")).startswith("Checked: the work of @Ana is done.")

    assert (await line(js, "ana")).startswith("Done •")
    assert (await line(js, "ben")).startswith("Waits for others •")
    assert "1. Ben" in await js.presses("fela", "What else waits")


async def test_a_check_can_be_taken_back_and_a_better_version_keeps_it(checked: Scene) -> None:
    js = checked
    await hands_in(js, "ana")
    await js.does("fela", "/lead check")
    await js.presses("fela", "Done 1")
    await js.does("ana", "/submit activity:1.1 https://blog.example/better")
    assert (await work(js, "ana")).checked_by == js.ids["fela"]

    await js.does("fela", "/lead check")
    await js.calls("fela", "lead check done", id=code((await work(js, "ana")).id), checked="no")
    assert (await line(js, "ana")).startswith("Waits for others •")
    assert "[Done after all]" in await js.calls(
        "fela", "lead check done", id=code((await work(js, "ana")).id), checked="no"
    )


async def test_work_that_is_taken_back_and_handed_in_again_is_new(checked: Scene) -> None:
    js = checked
    await hands_in(js, "ana")
    id = code((await work(js, "ana")).id)
    await js.calls("fela", "lead check done", id=id)
    assert "checked by a facilitator" in await line(js, "ana")
    await js.calls("ana", "submission withdraw", id=id)
    await hands_in(js, "ana")

    assert (await line(js, "ana")).startswith("Waits for others •")
    assert "1. Ana" in await js.does("fela", "/lead check")


async def test_long_work_can_be_read_whole_before_it_is_checked(checked: Scene) -> None:
    js = checked
    await js.does("ana", f"/submit activity:1.1 note:{'word ' * 100}the-end")
    assert "the-end" not in await js.does("fela", "/lead check")
    read = await js.presses("fela", "Read 1")

    assert "the-end" in read
    assert "[Give feedback]" in read


async def test_whoever_leads_and_learns_along_reads_what_they_check_before_their_own(checked: Scene) -> None:
    js = checked
    await js.changes_group(responses_after_own=True)
    await js.changes("fela", learning=True)
    await js.does("ana", f"/submit activity:1.1 note:{'word ' * 100}the-end")
    await js.does("fela", "/lead check")

    assert "the-end" in await js.presses("fela", "Read 1")
    await js.presses("fela", "Give feedback")
    assert "Sent: @Ana reads it" in await js.fills("fela", works="Clear", suggestion="More")


def reminders(js: Scene) -> list[str]:
    return [told for told in js.inbox("fela") if "for a facilitator's check" in told]


async def test_those_who_lead_are_told_once_a_week_as_long_as_work_waits(checked: Scene) -> None:
    """P8: nobody stays unfinished because somebody forgot."""
    js = checked
    for name in ("ana", "ben"):
        await hands_in(js, name)
    await js.passes(days=7)
    [told] = reminders(js)
    assert "JavaScript in three weeks: 2 responses wait for a facilitator's check." in told
    assert "[See what waits]" in told
    await js.passes(days=7)
    assert len(reminders(js)) == 2

    for _ in range(2):
        await js.does("fela", "/lead check")
        await js.presses("fela", "Done 1")
    await js.passes(days=14)
    assert len(reminders(js)) == 2
    assert js.inbox("ana") == []


async def test_the_last_reminder_comes_before_the_end(checked: Scene) -> None:
    js = checked
    await js.passes(days=15)
    await hands_in(js, "ana")
    await js.passes(days=30)

    assert len(reminders(js)) == 1
    assert await record(js, "ana") is not None


async def test_whoever_ends_a_group_hears_what_may_not_count(checked: Scene) -> None:
    js = checked
    assert "may not count" not in await js.does("fela", "/lead group finish")
    await hands_in(js, "ana")
    told = await js.does("fela", "/lead group finish")
    assert "1 response still waits for your check, and may not count without it" in told
    await js.passes(days=30)

    told = await js.calls("fela", "lead check done", id=code((await work(js, "ana")).id))
    assert "their record stays as it is" in told
    assert "/lead award" in told


async def test_what_was_taken_back_is_not_checked(checked: Scene) -> None:
    js = checked
    await hands_in(js, "ana")
    await js.calls("ana", "submission withdraw", id=code((await work(js, "ana")).id))

    assert "Nothing waits for your check." in await js.does("fela", "/lead check")
    told = await js.calls("fela", "lead check done", id=code((await work(js, "ana")).id))
    assert told.startswith("This work was taken back")


async def test_learners_do_not_check(checked: Scene) -> None:
    js = checked
    await hands_in(js, "ana")
    for name in ("ana", "ben", "tomas"):
        await js.calls(name, "lead check done", id=code((await work(js, "ana")).id))
    assert (await work(js, "ana")).checked_at is None


async def test_where_nothing_is_checked_it_is_said(js: Scene) -> None:
    assert "No activity of JavaScript in three weeks asks for your check." in await js.does("fela", "/lead check")


@pytest.mark.slow
async def test_a_long_row_of_work_is_read_page_by_page(checked: Scene) -> None:
    js = checked
    names = [f"learner{number}" for number in range(6)]
    await joins(js, *names)
    for name in names:
        await hands_in(js, name)

    assert "Page 1 of 2" in await js.does("fela", "/lead check")
    assert "Page 2 of 2" in await js.presses("fela", "Next")
