"""Enrolling: the application, the decision, the waiting list, and being told of every outcome."""

from __future__ import annotations

from bot.chat import ChannelRef
from bot.study.acts import ActKind
from bot.study.agenda import DueKind
from bot.study.members import MemberState, Role
from tests.features.plain import plain
from tests.features.stage import ELSEWHERE, START, Scene, a_group, a_learner


async def test_enrolling_asks_for_a_goal_and_three_things_more(school: Scene) -> None:
    """J9: the form has four questions, and only the goal is needed."""
    await a_group(school)

    assert plain(await school.call("jill", "enrol", zone="Asia/Tokyo")) == (
        "Form: Enrol in a study group\n"
        "Your goal: what would you like to be able to do?*: \n"
        "How could you help others?: \n"
        "Your time zone, like Europe/Berlin: Asia/Tokyo\n"
        "When do you plan to study?: "
    )


async def test_the_facilitators_get_the_application_with_two_buttons(school: Scene) -> None:
    """J10: whoever leads decides from a direct message."""
    await a_group(school)
    written = {
        "goal": "Build a page for my choir.",
        "offer": "I know CSS.",
        "zone": "asia/tokyo",
        "plan": "Sunday mornings.",
    }
    answer = await school.call("jill", "enrol", written, submitted=True)

    assert plain(answer) == (
        "Your application for JavaScript is with Fela. I'll tell you as soon as it is decided.\n"
        "[Take my application back]"
    )
    assert [plain(card) for card in await school.told("fela")] == [
        "# Jill would like to join JavaScript\n"
        "> Build a page for my choir.\n"
        "Can help with: I know CSS.\n"
        "Studies: Sunday mornings.\n"
        "Time zone: Asia/Tokyo\n"
        "[Accept] [Decline]"
    ]


async def test_an_accepted_applicant_is_welcomed_and_told_what_comes(school: Scene) -> None:
    """J10: the applicant hears of it, with the date of the first week in sight."""
    await a_group(school)
    await school.call("jill", "enrol", submitted=True, goal="Build a page.")
    [asked] = await school.told("fela")

    answer = await school.press("fela", asked, "Accept", channel=None)

    assert plain(answer) == "Jill is in. I welcomed them and said what comes next.\n[See the members]"
    assert [plain(card) for card in await school.told("jill")] == [
        "# Welcome to JavaScript\n"
        "You are in. Week 1, Part 1, opens on Monday 11 January 2027, 17:00 (UTC).\n"
        "Each week brings material and activities. Hand in with /submit, and ask whatever stops you with /ask.\n"
        "May I write to you here when something has been open for a while? Nothing happens if you say no.\n"
        "[Yes, remind me kindly] [No reminders] [See the group]"
    ]
    [asked] = await school.told("fela")
    assert "Accepted by Fela." in plain(asked)
    assert "[See the members]" in plain(asked)
    member = await school.member("jill")
    acts = await school.read(lambda uow: uow.journal.by_person(member.group, member.person))
    assert [act.kind for act in acts] == [ActKind.JOINED]


async def test_a_learner_is_first_looked_after_a_week_after_the_first_week_opened(school: Scene) -> None:
    group = await a_group(school)
    jill = await a_learner(school, "jill")

    weeks = await school.read(lambda uow: uow.weeks.of_group(group.id))
    assert await school.read(lambda uow: uow.agenda.at(DueKind.NUDGE, jill.id)) == weeks[1].opens_at


async def test_pressing_accept_twice_welcomes_once(school: Scene) -> None:
    await a_group(school)
    await school.call("jill", "enrol", submitted=True, goal="Build a page.")
    [asked] = await school.told("fela")
    await school.press("fela", asked, "Accept", channel=None)

    assert plain(await school.press("fela", asked, "Accept", channel=None)) == "Jill is in already."
    assert len(await school.told("jill")) == 1


async def test_a_declined_applicant_reads_why_and_may_apply_again(school: Scene) -> None:
    """J10: the applicant is always told, kindly and with a way on."""
    await a_group(school)
    await school.call("jill", "enrol", submitted=True, goal="Build a page.")
    await school.call("fela", "lead members decline", member="Jill", reason="We speak French in this group.")

    assert [plain(card) for card in await school.told("jill")] == [
        "JavaScript can't take you in this time.\n"
        "Fela wrote:\n"
        "> We speak French in this group.\n"
        "You can follow along as an observer, or apply again while enrolment is open.\n"
        "[Just follow along] [See other groups]"
    ]
    again = await school.says("jill", "enrol", goal="I learned French.")
    assert again.startswith("Your application for JavaScript is with Fela.")
    assert len(await school.told("fela")) == 2


async def test_every_change_is_recorded_with_who_when_and_why(school: Scene) -> None:
    await a_group(school)
    jill = await a_learner(school, "jill")
    school.clock.move(hours=1)
    await school.call("jill", "withdraw", work="keep")

    fela = (await school.member("fela")).person
    history = await school.read(lambda uow: uow.members.history(jill.id))
    assert [(change.became, change.actor, change.reason) for change in history] == [
        (MemberState.APPLIED, jill.person, "applied"),
        (MemberState.ACTIVE, fela, "accepted"),
        (MemberState.LEFT, jill.person, "left"),
    ]
    assert (history[-1].at - START).total_seconds() == 3600


async def test_facilitators_are_reminded_once_of_an_application(school: Scene) -> None:
    """J10: after 48 hours without an answer, once, with the buttons at hand."""
    await a_group(school)
    await school.call("jill", "enrol", submitted=True, goal="Build a page.")
    school.clock.move(hours=48)
    await school.tick()

    assert [plain(card) for card in await school.told("fela")][1:] == [
        "Jill has waited 48 hours for an answer from JavaScript.\n[Accept] [Decline]"
    ]
    school.clock.move(hours=72)
    await school.tick()
    assert len(await school.told("fela")) == 2


async def test_a_decided_application_is_not_brought_to_mind(school: Scene) -> None:
    await a_group(school)
    await a_learner(school, "jill")
    school.clock.move(hours=60)
    await school.tick()

    assert len(await school.told("fela")) == 1


async def test_with_auto_accept_one_is_in_at_once(school: Scene) -> None:
    await a_group(school, auto_accept=True)

    assert await school.says("jill", "enrol", goal="Build a page.") == (
        "You are in: JavaScript. I wrote you what comes next.\n[See the group]"
    )
    assert (await school.member("jill")).learning


async def test_who_finds_a_full_group_waits_and_moves_up_by_itself(school: Scene) -> None:
    """First come, first served: the place of somebody who leaves goes to the first who waits."""
    await a_group(school, auto_accept=True, seats="1")
    await a_learner(school, "jill")

    assert await school.says("tom", "enrol", goal="Me too.") == (
        "All places of JavaScript are taken, so you are number 1 on the waiting list. "
        "It moves up by itself, and I'll tell you when it is your turn.\n[Take my application back]"
    )
    await school.says("uma", "enrol", goal="And me.")
    await school.call("jill", "withdraw", work="keep")
    await school.tick()

    states = [(await school.member(who)).state for who in ("jill", "tom", "uma")]
    assert states == [MemberState.LEFT, MemberState.ACTIVE, MemberState.WAITLISTED]
    assert "# Welcome to JavaScript" in plain((await school.told("tom"))[-1])


async def test_more_places_let_the_waiting_list_reach_the_facilitators(school: Scene) -> None:
    await a_group(school, seats="1")
    await a_learner(school, "jill")
    await school.says("tom", "enrol", goal="Me too.")
    await school.call("fela", "lead group enrolment", seats="2")
    await school.tick()

    assert (await school.member("tom")).state is MemberState.APPLIED
    assert plain((await school.told("tom"))[-1]) == (
        "A place of JavaScript is free, and you are next. A facilitator looks at your application now.\n"
        "[Take my application back]"
    )
    assert "# Tom would like to join JavaScript" in plain((await school.told("fela"))[-1])


async def test_a_declined_application_frees_its_place(school: Scene) -> None:
    await a_group(school, seats="1")
    await school.says("jill", "enrol", goal="Me.")
    await school.says("tom", "enrol", goal="Me too.")
    await school.call("fela", "lead members decline", member="Jill")
    await school.tick()

    assert (await school.member("tom")).state is MemberState.APPLIED


async def test_following_along_needs_no_place_and_no_answer(school: Scene) -> None:
    """P1: active participant or follower: an observer is in at once, even where a group is full."""
    await a_group(school, seats="1")
    await a_learner(school, "jill")
    card = await school.call("olu", "group")

    assert plain(await school.press("olu", card, "Just follow along")) == (
        "You follow JavaScript now. You see everything, and nothing is expected of you.\n"
        "[See the group] [Take part after all]"
    )
    olu = await school.member("olu")
    assert (olu.role, olu.state, olu.learning) == (Role.OBSERVER, MemberState.ACTIVE, False)
    assert await school.read(lambda uow: uow.agenda.at(DueKind.NUDGE, olu.id)) is None


async def test_an_observer_can_take_part_after_all(school: Scene) -> None:
    """P1: a follower becomes a participant by enrolling."""
    await a_group(school, auto_accept=True)
    await school.call("olu", "enrol follow")
    await school.says("olu", "enrol", goal="Now I want to.")

    olu = await school.member("olu")
    assert (olu.role, olu.learning) == (Role.LEARNER, True)


async def test_who_is_in_or_has_applied_is_told_so(school: Scene) -> None:
    await a_group(school)
    await school.says("jill", "enrol", goal="Me.")

    assert await school.says("jill", "enrol", goal="Me.") == (
        "Your application for JavaScript is on its way. "
        "I'll tell you as soon as it is decided; /withdraw takes it back."
    )
    assert await school.says("fela", "enrol", goal="Me.") == (
        "You belong to JavaScript already. /week shows where the group is now."
    )


async def test_after_its_last_day_enrolment_is_closed(school: Scene) -> None:
    """P2: enrolment is a window; its end is the end of that day in the group's zone."""
    await a_group(school)
    school.clock.move(days=14, hours=13, minutes=59)
    await school.tick()
    assert (await school.says("jill", "enrol", goal="Me.")).startswith("Your application")

    school.clock.move(minutes=2)
    assert await school.says("tom", "enrol", goal="Me too.") == (
        "Enrolment for JavaScript closed after Monday 18 January 2027. /groups shows the ones that you can still join."
    )


async def test_a_button_in_a_direct_message_knows_its_group(school: Scene) -> None:
    await a_group(school, auto_accept=True)
    await a_learner(school, "jill")
    [welcome] = await school.told("jill")

    assert plain(await school.press("jill", welcome, "See the group", channel=None)).startswith("# JavaScript")
    assert "Saved." in plain(await school.press("jill", welcome, "Yes, remind me kindly", channel=None))


async def test_every_facilitator_sees_what_another_one_decided(school: Scene) -> None:
    """J10: two who lead get the application, and neither has to ask the other."""
    await a_group(school)
    await a_learner(school, "tom")
    await school.says("fela", "lead members role", member="Tom", role="facilitator")
    await school.call("jill", "enrol", submitted=True, goal="Build a page.")
    await school.press("tom", (await school.told("tom"))[-1], "Accept", channel=None)

    for leader in ("fela", "tom"):
        assert "# Jill would like to join JavaScript\nAccepted by Tom." in plain((await school.told(leader))[-1])


async def test_outside_of_a_group_one_chooses_among_those_that_take_people(school: Scene) -> None:
    await a_group(school, auto_accept=True)
    await a_group(school, channel=ELSEWHERE, title="Python", start="2027-01-05 18:00")
    lobby = ChannelRef("local", "school", "lobby")
    asked = await school.call("jill", "enrol", channel=lobby)

    assert plain(asked) == "Which group would you like to join?\n[Python] [JavaScript]"
    form = await school.press("jill", asked, "JavaScript", channel=lobby)
    assert form.form is not None
    done = await school.call(
        "jill", "enrol", dict(form.form.preset), channel=lobby, submitted=True, goal="To build a page."
    )
    assert plain(done).startswith("You are in: JavaScript.")


async def test_a_moved_start_moves_the_first_look_at_its_learners(school: Scene) -> None:
    await a_group(school, auto_accept=True)
    jill = await a_learner(school, "jill")
    await school.says("fela", "lead group edit", start="2027-02-01 18:00")

    at = await school.read(lambda uow: uow.agenda.at(DueKind.NUDGE, jill.id))
    assert f"{at:%Y-%m-%d %H:%M}" == "2027-02-08 17:00"
