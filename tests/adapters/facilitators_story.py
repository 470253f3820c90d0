"""A facilitator's first group, from an outline of her own; each step names what it proves."""

from __future__ import annotations

from datetime import timedelta

from bot.cards import File
from tests.adapters.scenarios import MONDAYS, Stage, lines

BREAD = """---
description: Bread with flour, water, salt and patience.
---

# Bread in three weeks

## Week 1: Flour

### Materials

- Video: [What flour is](https://video.example/flour) (10 min)

### Practice: Feel three flours (20 min)

## Week 2: Time

### Practice: Wait twelve hours (15 min)

## Week 3: Heat

### Build: Bake a loaf (90 min)
"""


async def a_facilitators_first_group(stage: Stage) -> None:
    """Play a facilitator's first group, from a file of hers to the end."""
    for who, zone in (("fela", "Africa/Lagos"), ("jill", "Europe/London"), ("priya", "Asia/Kolkata")):
        stage.enters(who, zone=zone)
    stage.enters("noor", zone="Africa/Cairo", admin=True)
    stage.enters("wei", zone="Asia/Singapore")
    await stage.types("noor", "/study setup")
    await stage.types("fela", "/settings name:Fela")
    await stage.types("noor", f"/study facilitators add:{stage.account('fela')}")
    await she_brings_a_course(stage)
    await she_invites_and_decides(stage)
    await she_opens_the_first_week(stage)
    await she_changes_it_in_place(stage)
    await she_looks_how_they_are(stage)
    await she_has_a_word_with_everyone(stage)
    await she_takes_the_course_along(stage)
    await she_hands_over_and_it_ends(stage)


async def she_brings_a_course(stage: Stage) -> None:
    """P1, P2, P4: a file of her own becomes a group; a broken one becomes nothing, and says where it is broken."""
    await stage.types("fela", "/lead group import")
    broken = File("bread.md", "text/markdown", b"# Bread\n\nNo week at all.\n")
    told = await stage.fills("fela", file=broken, start="2027-01-11 18:00", zone="Europe/Berlin")
    assert told == lines(
        """
        I can't make a course from “bread.md” yet, so nothing was created.

        Line 1: There are no weeks: begin each with a heading such as “## Week 1: First steps”.
        Only you can see this
        """
    )
    assert stage.channel() == []
    await stage.types("fela", "/lead group import")
    bread = File("bread.md", "text/markdown", BREAD.encode())
    told = await stage.fills("fela", file=bread, start="2027-01-11 18:00", zone="Europe/Berlin")
    assert told.startswith("Look it over: Bread in three weeks")
    assert stage.channel() == []
    told = await stage.presses("fela", "Start the group")
    assert told == lines(
        """
        Bread in three weeks is open for enrolment. Its first week opens by itself on Monday 11 January 2027,
        … 18:00 (Africa/Lagos).
        [See the group] [Invite people] [Change something]
        Only you can see this
        """
    )
    assert stage.channel() == [
        lines(
            """
            Study group: Bread in three weeks
            Starts on Monday 11 January 2027, 17:00 (UTC) · 3 weeks · enrolment until Monday 18 January 2027
            Bread with flour, water, salt and patience.
            [Enrol] [See weeks and people]
            """
        )
    ]


async def she_invites_and_decides(stage: Stage) -> None:
    """J9, J10, P1, P2: words to copy, one accepted, one turned down kindly, one who follows along."""
    assert await stage.types("fela", "/lead members invite") == lines(
        """
        An invitation to copy
        > We are starting a study group: Bread in three weeks. It begins on Monday 11 January 2027, 18:00
        … (Africa/Lagos) and lasts 3 weeks, with Fela. Come along: type /enrol group:bread-in-three-weeks
        … where our group lives, or just follow along.
        Send it to whomever you would like to learn with. I write to nobody who has not come by.
        Only you can see this
        """
    )
    await stage.types("fela", "/lead group enrolment seats:1")
    card = stage.sees("Study group: Bread in three weeks")
    await stage.presses("jill", "Enrol", card)
    await stage.fills("jill", goal="A loaf on Sunday")
    await stage.presses("priya", "Enrol", card)
    assert await stage.fills("priya", goal="No more bought bread") == lines(
        """
        All places of Bread in three weeks are taken, so you are number 1 on the waiting list. It moves up by
        … itself, and I'll tell you when it is your turn.
        [Take my application back]
        Only you can see this
        """
    )
    assert await stage.types("fela", "/lead members list") == lines(
        """
        Members of Bread in three weeks

        Jill applied on Monday 4 January 2027
        > A loaf on Sunday

        Priya has waited for a place since Monday 4 January 2027
        > No more bought bread

        1 person in the group
        Fela · owner
        [Accept Jill] [Decline Jill]
        Only you can see this
        """
    )
    assert (await stage.presses("fela", "Accept Jill")).startswith("Jill is in.")
    await stage.types("fela", "/lead group enrolment seats:2")  # the waiting list moves up by itself
    assert stage.told("priya")[-1].startswith("A place of Bread in three weeks is free, and you are next.")
    declined = await stage.types("fela", '/lead members decline member:Priya reason:"We begin again in May."')
    assert declined.startswith("Priya is told that it does not fit this time.")
    assert stage.told("priya")[-1] == lines(
        """
        Bread in three weeks can't take you in this time.
        Fela wrote:
        > We begin again in May.
        You can follow along as an observer, or apply again while enrolment is open.
        [Just follow along] [See other groups]
        """
    )
    assert (await stage.presses("priya", "Just follow along")).startswith("You follow Bread in three weeks now.")
    await stage.types("wei", "/enrol")
    await stage.fills("wei", goal="Help with the dough")
    await stage.presses("fela", "Accept")
    await stage.types("fela", "/lead members role member:Wei role:mentor")


async def she_opens_the_first_week(stage: Stage) -> None:
    """J8, J13: a preview that nobody else sees, posted, taken back, put off; then it comes by itself."""
    await stage.passes(MONDAYS[0] - timedelta(days=2))
    before = stage.channel()
    assert await stage.types("fela", "/newweek") == lines(
        """
        Week 1: Flour

        Material
        • Watch: What flour is (https://video.example/flour) · about 10 min

        Activities
        1. Feel three flours · Practise, about 20 min
        Next: week 2, Monday 18 January 2027, 18:00 (Africa/Lagos)

        Preview: only you can see this
        Week 1 is planned for Monday 11 January 2027, 18:00 (Africa/Lagos).
        Post it now, choose another time, or change it first.
        [Post now] [Schedule] [Edit]
        Only you can see this
        """
    )
    assert stage.channel() == before
    assert (await stage.presses("fela", "Post now")).startswith("Week 1: Flour is out.")
    assert len(stage.channel()) == len(before) + 1
    assert await stage.presses("fela", "Undo") == lines(
        """
        Taken back: Week 1: Flour opens on Monday 11 January 2027, 18:00 (Africa/Lagos) again, as planned.
        [Post now] [Schedule]
        Only you can see this
        """
    )
    assert stage.channel() == before
    await stage.presses("fela", "Schedule")
    assert await stage.fills("fela", when="2027-01-11 19:00") == lines(
        """
        Week 1: Flour opens on Monday 11 January 2027, 19:00 (Africa/Lagos). I'll post it then.
        [Post now]
        Only you can see this
        """
    )
    assert "2027, 19:00 (Africa/Lagos)" in await stage.types("fela", "/lead schedule show")
    await stage.passes(MONDAYS[0] + timedelta(minutes=50))
    assert not any(text.startswith("Week 1: Flour") for text in stage.channel())
    await stage.passes(minutes=15)
    assert any(text.startswith("Week 1: Flour") for text in stage.channel())


async def she_changes_it_in_place(stage: Stage) -> None:
    """J8, J14, J16: note, material and activity appear in the message that stands there; nothing is posted twice."""
    week = stage.sees("Week 1: Flour")
    count = len(stage.channel())
    await stage.types("fela", '/lead week edit number:1 note:"Rye is welcome too."')
    await stage.types(
        "fela", '/lead week material number:1 url:https://read.example/rye title:"On rye" kind:reading minutes:5'
    )
    added = await stage.types("fela", '/lead week activity number:1 title:"Say hello" kind:discuss required:no')
    assert added == lines(
        """
        Week 1: Flour has these activities now:
        • Material 1: What flour is
        • Material 2: On rye
        • Activity 1: Feel three flours
        • Activity 2: Say hello
        Everyone sees the change in the posted message.
        [See the week] [Remove material 1] [Remove material 2] [Retire activity 1] [Retire activity 2]
        Only you can see this
        """
    )
    assert stage.text(week) == lines(
        """
        Week 1: Flour
        Rye is welcome too.

        Material
        • Watch: What flour is (https://video.example/flour) · about 10 min
        • Read: On rye (https://read.example/rye) · about 5 min

        Activities
        1. Feel three flours · Practise, about 20 min
        2. Say hello · Discuss, if you like
        [Submit work] [See responses] [Ask a question] [My progress]
        Next: week 2, Monday 18 January 2027, 17:00 (UTC)
        """
    )
    await stage.presses("fela", "Remove material 1")
    assert "What flour is" not in stage.text(week)
    assert len(stage.channel()) == count


async def she_looks_how_they_are(stage: Stage) -> None:
    """J2, P8: who is quiet, and what waits for an answer or a kind word; a draft where somebody gets no reminders."""
    assert await stage.types("fela", "/lead pulse") == lines(
        """
        How Bread in three weeks is doing
        All is well: nobody is quiet, and nothing waits for an answer.
        Only you can see this
        """
    )
    await stage.types("wei", '/ask question:"Which flour for a start?"')
    await stage.passes(days=9)
    assert await stage.types("fela", "/lead pulse") == lines(
        """
        How Bread in three weeks is doing

        1 person is quiet
        Jill
        A short personal message helps most.

        1 question waits for an answer
        • Wei, 9 days ago: Which flour for a start?

        1 person has contributed and heard nothing back
        Wei
        [Jill: progress] [Answer Wei]
        Only you can see this
        """
    )
    assert [text for text in stage.told("fela") if "a kind word may help" in text] == [
        lines(
            """
            Bread in three weeks: a kind word may help
            It has been quiet around Jill.
            You could write, in your own words:
            > Hi Jill, Week 2, activity 1 is open and takes about 15 minutes. Is there anything I can help with?
            I can't write to Jill myself.
            [I'll write] [Not now] [See their progress]
            """
        )
    ]
    assert not any("still open" in text for text in stage.told("jill"))  # she never agreed to reminders
    await stage.types("jill", '/submit 1.1 note:"Soft, softer, gritty."')


async def she_has_a_word_with_everyone(stage: Stage) -> None:
    """P9: an announcement is seen by her first, then by all."""
    before = stage.channel()
    assert await stage.types("fela", '/lead announce text:"Bring a photo next week."') == lines(
        """
        A word from @Fela
        Bring a photo next week.
        [This week]

        This is how your group will see it. It is kept for a day.
        [Post now] [Write it anew]
        Only you can see this
        """
    )
    assert stage.channel() == before
    assert (await stage.presses("fela", "Post now")).startswith("Posted: everyone in the group can see it.")
    assert [text for text in stage.channel() if text not in before] == [
        lines(
            """
            A word from @Fela
            Bring a photo next week.
            [This week]
            """
        )
    ]


async def she_takes_the_course_along(stage: Stage) -> None:
    """P4, P13: the group as files, of which the outline starts the next group."""
    told = await stage.types("fela", "/lead export")
    assert told.startswith("Here is Bread in three weeks: an outline to start another group from, and what happened.")
    files = stage.files("fela")
    outline = next(name for name in files if name.endswith(".md"))
    assert "On rye" in files[outline].decode()
    assert "What flour is" not in files[outline].decode()
    again = File(outline, "text/markdown", files[outline])
    await stage.types(
        "fela", '/lead group import start:"2027-05-03 18:00" zone:Europe/Berlin', where="again", file=again
    )
    made = await stage.presses("fela", "Start the group")
    assert made.startswith("Bread in three weeks is open for enrolment.")
    assert any("3 weeks" in text for text in stage.channel("again"))


async def she_hands_over_and_it_ends(stage: Stage) -> None:
    """P9, J3: somebody else leads; whoever leads can end it; everyone has a record, and all stays readable."""
    assert await stage.types("fela", "/lead group hand-over member:Wei") == lines(
        """
        Make Wei owner of Bread in three weeks? You stay as facilitator.
        [Hand it over]
        Only you can see this
        """
    )
    assert await stage.presses("fela", "Hand it over") == lines(
        """
        Wei leads Bread in three weeks now, and I told them. You stay as facilitator.
        [See the group]
        Only you can see this
        """
    )
    assert stage.told("wei")[-1].startswith("Fela has handed Bread in three weeks over to you: you are its owner now.")
    assert (await stage.types("fela", "/lead group archive")).startswith("Only the group's owner can do this.")
    assert (await stage.types("wei", "/lead group finish")).startswith("Finish Bread in three weeks now?")
    assert not any("has come to its end" in text for text in stage.channel())
    assert (await stage.presses("wei", "Finish it")).startswith("Bread in three weeks ends now.")
    assert stage.text(stage.sees("has come to its end")) == lines(
        """
        Bread in three weeks has come to its end
        Thank you for learning together.
        • 2 people learned here.
        • 1 response was handed in.
        Everyone who learned here has a participation record. It is in your portfolio, which only you can see.

        What next
        • Bread in three weeks, from Monday 3 May 2027
        [My portfolio] [Join Bread in three weeks] [All groups]
        Everything stays readable here.
        """
    )
    assert "• Took part" in await stage.types("jill", "/portfolio")
    await stage.types("wei", "/lead group archive")
    assert (await stage.presses("wei", "Archive it")).startswith("Bread in three weeks is archived.")
    late = await stage.types("jill", '/submit 1.1 note:"Too late."')
    assert late == lines(
        """
        Bread in three weeks is archived: everything stays readable, but nothing new can be added.
        Only you can see this
        """
    )
    assert "Week 1: Flour" in await stage.types("jill", "/week 1")
