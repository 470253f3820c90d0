"""One's own page: this week, what is open, one's questions and likes, the pulse for who leads (J8, J23, J27, P8)."""

from __future__ import annotations

from tests.builders import Scene


async def page(there: Scene, who: str) -> str:
    return await there.calls(who, "home")


async def test_somebody_without_a_group_is_shown_where_to_find_one(js: Scene) -> None:
    shown = await page(js, "nobody")
    assert shown.startswith("Welcome")
    assert "You are in no study group yet." in shown


async def test_a_learner_sees_what_is_open_until_it_is_done(js: Scene) -> None:
    before = await page(js, "priya")
    assert before.startswith("JavaScript in three weeks")
    assert "Open for you" in before
    await js.does("priya", "/submit https://code.example/1 activity:1.1")
    after = await page(js, "priya")
    assert before.count("\n") > after.count("\n") or "Nothing is open for you." in after
    assert "1/" in after


async def test_open_questions_of_ones_own_are_named_with_their_answers(js: Scene) -> None:
    await js.does("priya", "/ask Why does my loop never end")
    shown = await page(js, "priya")
    assert "Your open questions" in shown
    assert "Why does my loop never end" in shown
    assert "0 answers" in shown
    assert "Why does my loop never end" not in await page(js, "jill")


async def test_likes_are_counted(js: Scene) -> None:
    await js.does("priya", "/submit https://code.example/1 activity:1.1")
    assert "like" not in (await page(js, "priya")).replace("unlike", "")
    await js.likes("jill", js.home.last)
    assert "1 like for what you gave here." in await page(js, "priya")


async def test_those_who_lead_see_the_pulse_and_learners_do_not(js: Scene) -> None:
    await js.does("priya", "/ask Why does my loop never end")
    await js.passes(days=8)
    assert "1 question waits for an answer" in await page(js, "fela")
    assert "You lead this group" in await page(js, "fela")
    assert "You lead this group" not in await page(js, "priya")


async def test_each_group_of_ones_own_has_a_part_of_the_page(js: Scene) -> None:
    await js.another_group()
    shown = await page(js, "fela")
    assert "JavaScript in three weeks" in shown
    assert "Python together" in shown
    assert "It has not begun yet." in shown


async def test_looking_makes_nobody_known_to_the_bot(js: Scene) -> None:
    await page(js, "stranger")
    stranger = js.person("stranger").account
    assert await js.reads(lambda uow: uow.people.by_account(stranger)) is None
