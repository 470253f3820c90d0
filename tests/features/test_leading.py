"""Announcing, exporting, and the ledger of what comes and what was posted."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import timedelta

from adapters.outlines import read_markdown
from bot.cards import card
from bot.chat import About
from bot.context import Context
from bot.errors import DeliveryError
from bot.ids import code, new_id
from bot.outbox import PostState
from bot.ports import UnitOfWork
from bot.study.agenda import DueKind
from bot.study.ledger import READ
from tests.builders import OUTLINE, Scene


async def test_an_announcement_is_previewed_before_the_group_sees_it(js: Scene) -> None:
    read = await js.does("fela", "/lead announce We meet on Friday.")

    assert read == (
        "A word from @Fela\n"
        "We meet on Friday.\n"
        "[This week]\n"
        "\n"
        "This is how your group will see it. It is kept for a day.\n"
        "[Post now] [Write it anew]\n"
        "Only you can see this"
    )
    assert js.home.messages == []

    assert (await js.presses("fela", "Post now")).startswith("Posted: everyone in the group can see it.")
    assert js.home.last.text == "A word from @Fela\nWe meet on Friday.\n[This week]"


async def test_an_announcement_is_posted_once(js: Scene) -> None:
    await js.does("fela", "/lead announce We meet on Friday.")
    shown = js.person("fela").answers[-1]

    await js.presses("fela", "Post now", shown)
    assert (await js.presses("fela", "Post now", shown)).startswith("This is posted already, or more than a day old.")
    assert len(js.home.messages) == 1


async def test_a_long_announcement_is_posted_whole(js: Scene) -> None:
    await js.does("fela", "/lead announce " + " ".join(f"word{number}" for number in range(450)))
    await js.presses("fela", "Post now")

    whole = "".join(message.text for message in js.home.messages)
    assert all(f"word{number}" in whole for number in range(450))


async def test_an_announcement_pings_nobody(js: Scene) -> None:
    await js.does("fela", "/lead announce @everyone @Jill **now**")
    await js.presses("fela", "Post now")

    assert js.home.last.pings == ()


async def test_the_ledger_shows_what_comes_and_what_was_posted(js: Scene) -> None:
    """J28: the rhythm can be looked into."""
    await js.does("jill", "/ask Why does my loop never end")
    week = await js.reads(lambda uow: uow.weeks.at(js.group.id, 2))
    assert week is not None
    await js.writes(lambda uow: uow.agenda.set(DueKind.PUBLISH_WEEK, week.id, week.opens_at, js.group.id))

    assert await js.does("fela", "/lead schedule show") == (
        "Schedule of JavaScript in three weeks\n"
        "\n"
        "Next\n"
        "• Raised if unanswered: Why does my loop never end: Tuesday 12 January 2027, 18:00 (Europe/Berlin)\n"
        "• Week 2 opens: functions: Monday 18 January 2027, 18:00 (Europe/Berlin)\n"
        "• The group ends: Monday 1 February 2027, 18:00 (Europe/Berlin)\n"
        "\n"
        "Posted last\n"
        "• Question: Why does my loop never end: Monday 11 January 2027, 18:00 (Europe/Berlin)\n"
        "[Open a week] [Take a break] [Move weeks]\n"
        "Times are in your own zone.\n"
        "Only you can see this"
    )


async def test_the_ledger_says_why_something_could_not_be_posted(js: Scene) -> None:
    js.chat.fail_next(DeliveryError("I can't write in #javascript", permanent=True))
    await js.does("jill", "/ask Why does my loop never end")

    read = await js.does("fela", "/lead schedule show")

    assert "Not delivered\n• Question: Why does my loop never end" in read
    assert "I can't write in #javascript" in read


async def test_the_ledger_says_what_was_not_delivered_however_much_was_posted_since(js: Scene) -> None:
    js.chat.fail_next(DeliveryError("I can't write in #javascript", permanent=True))
    await js.does("jill", "/ask Why does my loop never end")

    def crowd(uow: UnitOfWork) -> None:
        [lost] = uow.outbox.stuck(js.group.id)
        for n in range(READ):
            sent = replace(lost, id=new_id(js.clock.now()), key=f"key{n}", once=None, state=PostState.SENT)
            uow.outbox.add(sent)

    await js.writes(crowd)
    read = await js.does("fela", "/lead schedule show")

    assert "Not delivered\n• Question: Why does my loop never end" in read
    assert "[Post again]" in read


async def test_the_ledger_offers_no_second_try_of_what_one_person_refused(js: Scene) -> None:
    """What goes to one person alone is nobody else's business, and is not tried again."""
    js.chat.fail_next(DeliveryError("this person takes no messages", permanent=True))
    assert await js.bot.perform(lambda ctx: _tells_jill(ctx.within(js.group), js))
    await js.settle()

    read = await js.does("fela", "/lead schedule show")
    assert js.inbox("jill") == []
    assert "Not delivered" not in read
    assert "[Post again]" not in read


def _tells_jill(ctx: Context, on: Scene) -> bool:
    return ctx.tell(on.ids["jill"], card("", "Hello"), About("member", on.members["jill"]), slot="hello")


async def test_the_ledger_says_nothing_of_reminders_to_single_people(js: Scene) -> None:
    await js.agrees("nadia")
    await js.crowds(12)
    await js.passes(days=9)
    assert js.inbox("nadia")

    assert "adia" not in await js.does("fela", "/lead schedule show")


async def test_the_export_starts_another_group(js: Scene) -> None:
    """P4: what one group did is the next one's material."""
    await js.does("fela", "/lead export")

    outline = js.person("fela").files[0]
    read = read_markdown(outline.content.decode(), outline.name).outline
    assert read is not None
    assert [week.title for week in read.weeks] == [week.title for week in OUTLINE.weeks]
    assert [len(week.activities) for week in read.weeks] == [2, 2, 2]


async def test_the_export_holds_what_happened(js: Scene) -> None:
    """P13, P17: counts and contents, as JSON and CSV."""
    await js.does("jill", "/submit https://code.example/1 activity:1.1")
    await js.likes("priya", js.home.last)
    activity = await js.activity(1)
    work_of_jill = await js.reads(lambda uow: uow.submissions.of(activity, js.ids["jill"]))
    assert work_of_jill is not None
    await js.calls("priya", "give feedback", id=code(work_of_jill.id), works="It runs", suggestion="=1+1")
    await js.does("jill", "/ask =HYPERLINK(0)")
    await js.does("fela", "/lead export")

    files = {file.name: file.content.decode("utf-8-sig") for file in js.person("fela").files}
    whole = json.loads(files["group.json"])
    assert (whole["format"], whole["version"]) == ("studycircle-group", 1)
    assert [member["name"] for member in whole["members"]] == ["Fela", "Jill", "Priya", "Nadia", "Tomas", "Olu"]
    assert whole["questions"][0]["question"] == "=HYPERLINK(0)"
    assert [(like["from"], like["to"]) for like in whole["likes"]] == [("Priya", "Jill")]
    rows = list(csv.DictReader(io.StringIO(files["questions.csv"])))
    assert rows[0]["question"] == "'=HYPERLINK(0)"
    [work] = csv.DictReader(io.StringIO(files["submissions.csv"]))
    assert work["link"] == "https://code.example/1"
    [said] = csv.DictReader(io.StringIO(files["reviews.csv"]))
    assert (said["from"], said["to"], said["works"], said["suggestion"]) == ("Priya", "Jill", "It runs", "'=1+1")


async def test_points_are_in_nobodys_export_but_their_owners(js: Scene) -> None:
    """J26: whoever leads sees who took part, not who has how many points."""
    await js.does("fela", "/lead export")
    files = {file.name: file.content.decode("utf-8-sig") for file in js.person("fela").files}
    assert "points" not in files["members.csv"].splitlines()[0]
    assert all("points" not in member for member in json.loads(files["group.json"])["members"])


async def test_no_account_is_in_the_export(js: Scene) -> None:
    await js.does("fela", "/lead export")

    for file in js.person("fela").files:
        assert "local:" not in file.content.decode()


async def test_only_those_who_lead_use_these(js: Scene) -> None:
    for command in ("/lead announce Hello", "/lead schedule show", "/lead export"):
        for name in ("jill", "tomas", "olu", "gus"):
            assert (await js.does(name, command)).startswith(("Only facilitators", "This is for", "Only "))
    assert js.home.messages == []


async def test_a_draft_of_yesterday_is_gone(js: Scene) -> None:
    await js.does("fela", "/lead announce We meet on Friday.")
    shown = js.person("fela").answers[-1]
    js.clock.move_by(timedelta(hours=25))
    await js.writes(lambda uow: uow.drafts.forget(js.clock.now() - timedelta(hours=24)))

    assert (await js.presses("fela", "Post now", shown)).startswith("This is posted already, or more than a day old.")
