"""Setting up a space, who may start groups there, and how things stand."""

from __future__ import annotations

from dataclasses import replace

from bot.chat import AccountRef, Direct
from bot.features import spaces
from bot.language import ENGLISH
from bot.outbox import PostState
from bot.ports import UnitOfWork
from tests.features.plain import plain
from tests.features.stage import FOREIGN, HERE, Scene, a_group, a_learner, account


async def test_setting_up_offers_the_next_steps(school: Scene) -> None:
    assert plain(await school.call("ada", "study setup", admin=True)) == (
        "# Studycircle\n"
        "I am set up here.\n"
        "Next: start a group in the channel where it is to live, or name who may do that.\n"
        "[Start a group in this channel] [Look at a course first] [Start one from a file of mine] "
        "[Who may start groups] [Keep a list of groups here]"
    )


async def test_setting_up_leads_to_the_form_of_a_group(school: Scene) -> None:
    shown = await school.call("ada", "study setup", admin=True)

    form = await school.press("ada", shown, "Start a group in this channel", admin=True)

    assert plain(form).startswith("Form: Start a study group here\nCourse outline*: ")


async def test_setting_up_leads_to_a_look_at_a_course_and_from_there_to_the_form(school: Scene) -> None:
    shown = await school.call("ada", "study setup", admin=True)
    assert plain(await school.press("ada", shown, "Look at a course first", admin=True)).startswith("Form: Look at a ")

    looked = await school.call("ada", "lead group preview", admin=True, submitted=True, arguments={"outline": "js"})

    assert plain(looked) == (
        "# JavaScript\n"
        "Learn the language of the web.\n"
        "1. Part 1 · 1 material · 2 activities\n"
        "2. Part 2 · 1 material · 2 activities\n"
        "3. Part 3 · 1 material · 2 activities\n"
        "Nothing is posted before you start a group, and everything can be changed after that.\n"
        "[Start a group with it]"
    )
    form = await school.press("ada", looked, "Start a group with it", admin=True)
    assert form.form is not None
    assert form.form.fields[0].value == "js"


async def test_the_owner_of_a_space_is_greeted_once_and_nobody_else(school: Scene) -> None:
    owner = AccountRef("local", "olga")
    for _ in range(2):
        await school.bot.perform(lambda ctx: spaces.greet(ctx, HERE.where, owner, "en-US"))

    due = await school.bot.store.write(lambda uow: uow.outbox.claim(school.clock.now(), 10))
    assert [post.to for post in due] == [Direct(owner)]
    assert due[0].card is not None
    assert ENGLISH.plain(due[0].card.title) == "Thank you for inviting me"


async def test_only_admins_set_up(school: Scene) -> None:
    assert await school.says("jill", "study setup") == "Only admins of this server or workspace can do this."
    assert await school.read(lambda uow: uow.spaces.get(HERE.where)) is None


async def test_somebody_who_was_named_starts_groups_here_and_not_elsewhere(school: Scene) -> None:
    await school.call("ada", "study setup", admin=True)
    await school.call("fela", "settings")
    answer = plain(await school.call("ada", "study facilitators", admin=True, add="local:fela"))

    assert answer.startswith("# Who may start groups\nSaved.\n- Fela\n")
    assert plain(await school.call("fela", "lead group create")).startswith("Form: ")
    assert plain(await school.call("fela", "lead group create", channel=FOREIGN)).startswith("Only admins")

    await school.call("ada", "study facilitators", admin=True, remove="Fela")
    assert (await school.says("fela", "lead group create")).startswith("Only admins")


async def test_somebody_the_bot_has_not_met_cannot_be_named(school: Scene) -> None:
    await school.call("ada", "study setup", admin=True)

    assert plain(await school.call("ada", "study facilitators", admin=True, add="Nobody")) == (
        "I haven't met “Nobody” here. Ask them to type /settings once, then add them as local:their-id."
    )


async def test_the_list_of_groups_goes_away_again(school: Scene) -> None:
    shown = await school.call("ada", "study setup", admin=True, directory="yes")
    await school.tick()
    answer = await school.press("ada", shown, "Remove the list from here", admin=True)

    assert "The list of groups is gone." in plain(answer)
    space = await school.read(lambda uow: uow.spaces.get(HERE.where))
    assert space is not None
    assert space.directory is None


async def test_status_tells_who_waits_what_failed_and_what_comes(school: Scene) -> None:
    await school.call("ada", "study setup", admin=True)
    group = await a_group(school)
    await school.call("jill", "enrol", submitted=True, goal="Me.")
    [post] = [post for post in await school.posts() if post.slot == "opening"]
    reason = "The bot may not write in #javascript."
    dead = replace(post, state=PostState.DEAD, reason=reason)

    def fail(uow: UnitOfWork) -> None:
        [claimed] = [one for one in uow.outbox.claim(school.clock.now(), 50) if one.id == post.id]
        uow.outbox.finish(replace(claimed, state=dead.state, reason=dead.reason))

    await school.store.write(fail)

    assert plain(await school.call("ada", "study status", admin=True)) == (
        "# How things stand\n"
        "## JavaScript\n"
        "People: 1 member · 1 waits for an answer or a place\n"
        "Next: an application is brought to mind, Wednesday 6 January 2027, 09:00 (UTC)\n"
        "## Messages that did not go out\n"
        f"- JavaScript, Monday 4 January 2027, 09:00 (UTC): {reason}"
    )
    assert group.title == "JavaScript"


async def test_anyone_reads_what_the_bot_is(school: Scene) -> None:
    """P12: self-hosted and open; and what it keeps is said."""
    shown = await school.says("jill", "study about")

    assert "I am free software under the MIT licence." in shown
    assert await school.read(lambda uow: uow.people.by_account(account("jill"))) is None


async def test_help_shows_what_the_caller_may_do_here(school: Scene) -> None:
    await a_group(school)
    await a_learner(school, "jill")

    guest, learner, owner = [await school.says(who, "help") for who in ("gus", "jill", "fela")]

    assert "/enrol" in guest
    assert "/submit" not in guest
    assert "/submit" in learner
    assert "/lead group edit" not in learner
    assert "/lead group edit" in owner
    assert "/study setup" not in owner
    assert "enrol follow" not in guest + learner + owner


async def test_help_explains_one_command(school: Scene) -> None:
    assert await school.says("jill", "help", topic="/enrol") == (
        "# /enrol\n"
        "Apply for a study group.\n"
        "## What you can add\n"
        "- group: Which group · if you like\n"
        "- goal: Your goal: what would you like to be able to do? · if you like\n"
        "- offer: How could you help others? · if you like\n"
        "- zone: Your time zone, like Europe/Berlin · if you like\n"
        "- plan: When do you plan to study? · if you like\n"
        "[Open it] [All commands]"
    )


async def test_help_names_the_nearest_command(school: Scene) -> None:
    assert await school.says("jill", "help", topic="enroll") == (
        "I don't know “/enroll”. Did you mean /enrol? Try /help for everything I can do."
    )
