"""The list of groups, a group's card, the directory post, and the start of a group."""

from __future__ import annotations

from bot.cards import File
from bot.chat import About, ChannelRef
from bot.study.groups import GroupState
from tests.features.plain import plain
from tests.features.stage import ELSEWHERE, FOREIGN, HERE, Scene, a_group, a_learner


async def test_anyone_sees_which_groups_there_are_and_when_they_start(school: Scene) -> None:
    """J5: open groups with start dates, places and who leads."""
    await a_group(school, seats="3")
    await a_group(school, "gus", channel=ELSEWHERE, title="Python", start="2027-01-05 18:00")

    assert await school.says("jill", "groups") == (
        "# Study groups\n"
        "## Python\n"
        "Starts on Tuesday 5 January 2027 · 3 weeks · room for everyone"
        " · enrolment until Tuesday 12 January 2027 · with Gus\n"
        "## JavaScript\n"
        "Starts on Monday 11 January 2027 · 3 weeks · 3 places left"
        " · enrolment until Monday 18 January 2027 · with Fela\n"
        "[Python] [JavaScript]"
    )


async def test_a_group_can_be_found_by_words_of_its_title(school: Scene) -> None:
    """J5: the filter looks at titles and descriptions."""
    await a_group(school)
    await a_group(school, channel=ELSEWHERE, title="Python")

    assert "## Python" in await school.says("jill", "groups", filter="pyth")
    assert "JavaScript" not in await school.says("jill", "groups", filter="pyth")
    assert await school.says("jill", "groups", filter="cobol") == (
        "No group here has “cobol” in its title or description. /groups without words shows them all."
    )


async def test_groups_of_another_space_are_not_listed(school: Scene) -> None:
    await a_group(school, channel=FOREIGN)

    assert await school.says("jill", "groups") == (
        "# Study groups\nNo study group has started here yet. Facilitators start one with /lead group create."
    )


async def test_more_groups_than_fit_are_paged(school: Scene) -> None:
    for number in range(7):
        await a_group(school, channel=_channel(number), title=f"Course {number}")

    first = await school.call("jill", "groups")
    second = await school.press("jill", first, "Next")

    assert "Page 1 of 2" in plain(first)
    assert "Course 6" in plain(second)
    assert second.update


def _channel(number: int) -> ChannelRef:
    return ChannelRef("local", "school", f"room-{number}")


async def test_the_card_of_a_group_tells_everything_before_joining(school: Scene) -> None:
    """J6, J11, P2, P4: syllabus with dates, facilitator, length, places, course, enrolment and how to join."""
    await a_group(school)

    assert await school.says("jill", "group") == (
        "# JavaScript\n"
        "Learn the language of the web.\n"
        "Starts: Monday 11 January 2027, 17:00 (UTC)\n"
        "Length: 3 weeks · the last one opens on Monday 25 January 2027\n"
        "Places: room for everyone\n"
        "Enrolment: until Monday 18 January 2027\n"
        "Course: example.org (https://example.org/course)\n"
        "## Who leads it\n"
        "- Fela: leads a group for the first time\n"
        "## Week by week\n"
        "- Week 1: Part 1 · Monday 11 January 2027\n"
        "- Week 2: Part 2 · Monday 18 January 2027\n"
        "- Week 3: Part 3 · Monday 25 January 2027\n"
        "## How to join\n"
        "Press Enrol and say what your goal is; a facilitator answers. Or just follow along and read.\n"
        "[Enrol] [Just follow along]"
    )


async def test_the_card_shows_what_the_facilitator_led_before(school: Scene) -> None:
    """J7: the track record comes from what happened, and is not typed in."""
    await a_group(school, auto_accept=True)
    await a_learner(school, "jill")
    for _ in range(8):
        school.clock.move(days=7)
        await school.tick()
    await a_group(school, channel=ELSEWHERE, title="Again", start="2027-04-05 18:00")

    shown = await school.call("jill", "group", group="again")

    assert "- Fela: 1 group run · 1 finished · 1 learner" in plain(shown)


async def test_the_directory_post_follows_what_happens(school: Scene) -> None:
    """J5: the post of a space is edited when a group starts or a place is taken."""
    await school.call("ada", "study setup", admin=True, directory="yes")
    await school.tick()
    assert "No study group has started here yet" in await _directory(school)

    await a_group(school, seats="2")
    assert "JavaScript: Starts on Monday 11 January 2027 · 3 weeks · 2 places left" in await _directory(school)

    await school.call("jill", "enrol", submitted=True, goal="To learn.")
    await school.tick()
    assert "1 place left" in await _directory(school)

    school.clock.move(days=8)
    await school.tick()
    assert "JavaScript: Running since" in await _directory(school)


async def _directory(school: Scene) -> str:
    space = await school.read(lambda uow: uow.spaces.get(HERE.where))
    assert space is not None
    [post] = await school.read(lambda uow: uow.outbox.standing(About("directory", space.id), "card"))
    assert post.card is not None
    return plain(post.card)


async def test_a_group_runs_from_its_start_on(school: Scene) -> None:
    """J28: nobody has to start it, and its first week is out at the same time."""
    await a_group(school)
    school.clock.move(days=7, hours=7, minutes=59)
    await school.tick()
    assert (await school.group()).state is GroupState.OPEN

    school.clock.move(minutes=1)
    await school.tick()

    assert (await school.group()).state is GroupState.RUNNING
    assert any("Part 1" in plain(card) for card in await school.posted())


async def test_a_group_of_another_space_cannot_be_looked_at(school: Scene) -> None:
    foreign = await a_group(school, channel=FOREIGN)

    assert await school.says("jill", "group", group=foreign.slug) == (
        "I can't find that any more. It may have been removed, or it belongs to another group."
    )


async def test_long_names_and_long_courses_fit_their_cards(school: Scene) -> None:
    """Whatever people are called and however long a course is, nothing is too big to be shown."""
    title = "_" * 49 + "W" + "*" * 50
    weeks = "\n".join(f"Part {number} " + "w" * 200 for number in range(60))
    file = File("long.md", "text/markdown", f"{title}\n{weeks}".encode())
    given = {"start": "2027-01-11"}
    shown = await school.call("fela", "lead group import", given, admin=True, files={"file": file}, submitted=True)
    await school.press("fela", shown, "Start the group", admin=True)
    await school.call("jill", "settings", name="J" + "_" * 79)
    await school.call("jill", "enrol", submitted=True, goal="*" * 4_000, offer="_" * 4_000, plan="~" * 4_000)
    [asked] = await school.told("fela")
    await school.press("fela", asked, "Accept")

    assert "would like to join" in plain(asked)
    assert "Welcome to" in plain((await school.told("jill"))[0])
    for command in ("group", "groups", "participants", "lead members list", "lead members invite", "help"):
        assert "Something went wrong" not in await school.says("fela", command)
    assert "Week 60" in await school.says("jill", "group")
