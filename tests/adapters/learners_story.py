"""A learner's five weeks, step by step; each step names the requirements of docs/mission.md that it proves."""

from __future__ import annotations

import json
import re
from datetime import timedelta

from bot.cards import File
from tests.adapters.scenarios import MONDAYS, Stage, lines

GARDEN = """---
description: A little JavaScript for people with a garden.
---

# JavaScript in five weeks

## Week 1: Values

Everything begins with a value.

### Materials

- Video: [A first look](https://video.example/look) (10 min)
- Audio: [Two gardeners talk](https://audio.example/talk) (15 min)
- Reading: [Values](https://read.example/values) (20 min)

### Reflect: What surprised you? (10 min)

Think of one thing.

### Practice: Count your plants (30 min)

Write a function.

## Week 2: Lists

### Materials

- Reading: [Arrays](https://read.example/arrays) (20 min)

### Practice: A list of beds (30 min)

## Week 3: Pages

### Build: A page with a plan (40 min)

## Week 4: Waiting

### Build: Ask the weather (40 min)

## Week 5: Your own

### Build: Something small (60 min)
"""


# The learner's story


async def the_learners_story(stage: Stage) -> None:
    """Play a learner's five weeks, from the list of groups to the next group."""
    await _before_her(stage)
    await she_finds_a_group(stage)
    await she_enrols_and_is_let_in(stage)
    await she_sees_who_learns_with_her(stage)
    await the_first_week_opens(stage)
    await she_keeps_notes(stage)
    await she_hands_in_her_work(stage)
    await she_reads_what_others_did_and_they_talk(stage)
    await the_rhythm_goes_on(stage)
    await she_is_stuck_and_asks(stage)
    await she_answers_somebody(stage)
    await one_goes_quiet_and_returns(stage)
    await the_group_ends_and_she_goes_on(stage)
    await she_takes_home_what_she_made(stage)


async def _before_her(stage: Stage) -> None:
    """Let there be two groups of Fela's in this place, one of them for the time after."""
    stage.enters("noor", zone="Africa/Cairo", admin=True)
    stage.enters("fela", zone="Europe/Berlin")
    stage.enters("jill", zone="America/New_York")
    stage.enters("priya", zone="Asia/Kolkata")
    stage.enters("tomas", zone="Europe/Lisbon", name="Tomás")
    stage.enters("wei", zone="Asia/Singapore")
    await stage.types("noor", "/study setup")
    await stage.types("fela", "/settings name:Fela")
    assert "• Fela" in await stage.types("noor", f"/study facilitators add:{stage.account('fela')}")
    garden = File("garden.md", "text/markdown", GARDEN.encode())
    await stage.types("fela", '/lead group import start:"2027-01-11 18:00" zone:Europe/Berlin', file=garden)
    made = await stage.presses("fela", "Start the group")
    assert made.startswith("JavaScript in five weeks is open for enrolment.")
    later = File("later.md", "text/markdown", b"# Python together\n\n## Week 1: Begin\n\n### Practice: Try it\n")
    await stage.types(
        "fela", '/lead group import start:"2027-03-01 18:00" zone:Europe/Berlin', where="python", file=later
    )
    await stage.presses("fela", "Start the group")


async def she_finds_a_group(stage: Stage) -> None:
    """J5, J6, J7, J11: a list with start dates; then topic, weeks, length, facilitator and their record."""
    assert await stage.types("jill", "/groups") == lines(
        """
        Study groups

        JavaScript in five weeks
        Starts on Monday 11 January 2027 · 5 weeks · room for everyone · enrolment until Monday 18 January 2027
        … · with Fela

        Python together
        Starts on Monday 1 March 2027 · 1 week · room for everyone · enrolment until Monday 8 March 2027 · with Fela
        [JavaScript in five weeks] [Python together]
        Only you can see this
        """
    )
    assert await stage.types("jill", "/group") == lines(
        """
        JavaScript in five weeks
        A little JavaScript for people with a garden.
        Starts: Monday 11 January 2027, 12:00 (America/New_York)
        Length: 5 weeks · the last one opens on Monday 8 February 2027
        Places: room for everyone
        Enrolment: until Monday 18 January 2027

        Who leads it
        • Fela: leads a group for the first time

        Week by week
        • Week 1: Values · Monday 11 January 2027
        • Week 2: Lists · Monday 18 January 2027
        • Week 3: Pages · Monday 25 January 2027
        • Week 4: Waiting · Monday 1 February 2027
        • Week 5: Your own · Monday 8 February 2027

        How to join
        Press Enrol and say what your goal is; a facilitator answers. Or just follow along and read.
        [Enrol] [Just follow along]
        Only you can see this
        """
    )


async def she_enrols_and_is_let_in(stage: Stage) -> None:
    """J9, J10: a button, a form, an answer; peers all over the world, each told in their own time."""
    assert await stage.presses("jill", "Enrol", stage.sees("Study group: JavaScript in five weeks")) == lines(
        """
        Enrol in a study group
          Your goal: what would you like to be able to do? (required):
          How could you help others?:
          Your time zone, like Europe/Berlin: = America/New_York
          When do you plan to study?:
        """
    )
    assert await stage.fills(
        "jill", goal="A tool for our garden", offer="I explain patiently", plan="Tuesdays, after dinner"
    ) == lines(
        """
        Your application for JavaScript in five weeks is with Fela. I'll tell you as soon as it is decided.
        [Take my application back]
        Only you can see this
        """
    )
    await stage.passes(hours=47)
    assert len(stage.told("fela")) == 1
    await stage.passes(hours=2)  # nobody waits for an answer unseen
    assert stage.told("fela") == [
        lines(
            """
            Jill would like to join JavaScript in five weeks
            > A tool for our garden
            Can help with: I explain patiently
            Studies: Tuesdays, after dinner
            Time zone: America/New_York
            [Accept] [Decline]
            """
        ),
        lines(
            """
            Jill has waited 48 hours for an answer from JavaScript in five weeks.
            [Accept] [Decline]
            """
        ),
    ]
    assert await stage.presses("fela", "Accept") == lines(
        """
        Jill is in. I welcomed them and said what comes next.
        [See the members]
        Only you can see this
        """
    )
    assert stage.told("jill") == [
        lines(
            """
            Welcome to JavaScript in five weeks
            You are in. Week 1, Values, opens on Monday 11 January 2027, 12:00 (America/New_York).
            Each week brings material and activities. Hand in with /submit, and ask whatever stops you with /ask.
            May I write to you here when something has been open for a while? Nothing happens if you say no.
            [Yes, remind me kindly] [No reminders] [See the group]
            """
        )
    ]
    await stage.presses("jill", "Yes, remind me kindly")
    for who, goal in (("priya", "Read my team's code"), ("tomas", "Come back to programming"), ("wei", "Help")):
        await stage.types(who, "/enrol")
        await stage.fills(who, goal=goal, plan="Weekends")
        await stage.presses("fela", "Accept")
        assert stage.told(who)[-1].startswith("Welcome to JavaScript in five weeks")
    await stage.types("tomas", "/settings reminders:yes")


async def she_sees_who_learns_with_her(stage: Stage) -> None:
    """J1, J2, J12: learners, a mentor, a facilitator; goals, offers of help, zones."""
    await stage.types("fela", "/lead members role member:Wei role:mentor learning:no")
    assert stage.told("wei")[-1].startswith("From now on you are in JavaScript in five weeks as mentor.")
    assert await stage.types("jill", "/participants") == lines(
        """
        5 people in JavaScript in five weeks

        Fela · owner

        Jill · learner
        > A tool for our garden
        Can help with: I explain patiently
        Time zone: America/New_York

        Priya · learner
        > Read my team's code
        Time zone: Asia/Kolkata

        Tomás · learner
        > Come back to programming
        Time zone: Europe/Lisbon

        Wei · mentor
        > Help
        Time zone: Asia/Singapore
        Only you can see this
        """
    )


async def the_first_week_opens(stage: Stage) -> None:
    """J8, J13, J14, J16, J28: typed material with minutes and ordered activities, on time and by itself."""
    await stage.passes(MONDAYS[0] - timedelta(minutes=1))
    assert not any(text.startswith("Week 1") for text in stage.channel())
    await stage.passes(minutes=2)
    assert stage.text(stage.sees("Week 1: Values")) == lines(
        """
        Week 1: Values
        Everything begins with a value.

        Material
        • Watch: A first look (https://video.example/look) · about 10 min
        • Listen: Two gardeners talk (https://audio.example/talk) · about 15 min
        • Read: Values (https://read.example/values) · about 20 min

        Activities
        1. What surprised you? · Reflect, about 10 min
        Think of one thing.
        2. Count your plants · Practise, about 30 min
        Write a function.
        [Submit work] [See responses] [Ask a question] [My progress]
        Next: week 2, Monday 18 January 2027, 17:00 (UTC)
        """
    )
    assert (await stage.types("jill", "/week")).endswith(
        lines(
            """
            Where you are
            • Open: What surprised you?
            • Open: Count your plants
            [Submit work] [See responses] [Ask a question]
            Next: week 2, Monday 18 January 2027, 12:00 (America/New_York)
            Only you can see this
            """
        )
    )


async def she_keeps_notes(stage: Stage) -> None:
    """J15: notes as a link or text, found later, shared if she likes."""
    kept = await stage.types("jill", "/note https://jill.example/notes/1")
    assert kept == lines(
        """
        Kept in your portfolio. Only you can see it.
        [Share it] [My portfolio] [Delete it]
        Only you can see this
        """
    )
    await stage.types("jill", '/note text:"Guess first, then run it." share:yes')
    assert stage.text(stage.sees("shares a note")) == lines(
        """
        @Jill shares a note from week 1
        > Guess first, then run it.
        [Keep a note]
        React to say thanks.
        """
    )


async def she_hands_in_her_work(stage: Stage) -> None:
    """J17, J21: the form below the week takes any link; again replaces it, the old one stays in the history."""
    await stage.passes(hours=20)
    await stage.presses("jill", "Submit work", stage.sees("Week 1: Values"))
    activities = stage.form("jill")["activity"]
    assert activities == ("Week 1, activity 1: What surprised you?", "Week 1, activity 2: Count your plants")
    link = "https://someplace.example/~jill/2027/garden?draft=1#top"
    saved = await stage.fills("jill", activity=activities[0], link=link, note="Nothing is equal to itself.")
    assert saved == lines(
        """
        Saved: Week 1, activity 1. Your group can see it.
        [Edit] [Undo]
        Only you can see this
        """
    )
    posted = stage.sees("handed in Week 1, activity 1")
    assert stage.text(posted) == lines(
        """
        @Jill handed in Week 1, activity 1
        What surprised you?
        someplace.example (https://someplace.example/~jill/2027/garden?draft=1#top)
        > Nothing is equal to itself.
        [See all responses] [Give feedback] [Submit work]
        React to say thanks, reply in the thread to talk about it.
        """
    )
    assert (await stage.types("jill", f'/submit 1.1 {link} note:"Nothing is equal to itself."')).startswith(
        "You handed exactly this in on"
    )
    again = await stage.types("jill", "/submit 1.1 https://jill.example/garden")
    assert again == lines(
        """
        You handed this in on Tuesday 12 January 2027. I replaced it, and the old one is kept in your history.
        [Edit] [History] [Undo]
        Only you can see this
        """
    )
    assert "https://jill.example/garden" in stage.text(posted)
    history = await stage.presses("jill", "History")
    assert "Version 2" in history
    assert link in history


async def she_reads_what_others_did_and_they_talk(stage: Stage) -> None:
    """J18, J19, J20, J26: everyone's responses, a thread with the author, who is told; a reaction is a like."""
    await stage.types("priya", '/submit 1.1 note:"That sorting puts 10 before 2."')
    assert await stage.types("jill", "/responses activity:1.1") == lines(
        """
        Week 1, activity 1: What surprised you?

        Jill · Tuesday 12 January 2027
        jill.example (https://jill.example/garden)

        Priya · Tuesday 12 January 2027
        > That sorting puts 10 before 2.
        [Submit work] [Give feedback]
        Only you can see this
        """
    )
    hers = stage.sees("@Priya handed in Week 1, activity 1")
    await stage.says("jill", "That one got me too. How did you sort in the end?", below=hers)
    assert stage.text(stage.sees("wrote about your work", below=hers)) == "@Priya, Jill wrote about your work."
    await stage.says("priya", "With a function that subtracts.", below=hers)
    his = stage.sees("@Jill handed in Week 1, activity 1")
    await stage.reacts("priya", "👍", his)
    await stage.reacts("priya", "🎉", his)  # many reactions of one person are one like
    assert stage.told("jill")[-1] == lines(
        """
        Priya likes what you handed in.
        Likes are added to your portfolio; only you can see it until you publish.
        [My portfolio]
        """
    )
    before = len(stage.told("jill"))
    await stage.reacts("wei", "👍", his)
    await stage.reacts("jill", "👍", his)  # one's own counts nothing
    assert len(stage.told("jill")) == before
    assert "Jill · Tuesday 12 January 2027 · 2 likes" in await stage.types("priya", "/responses activity:1.1")
    await stage.unreacts("wei", "👍", his)
    assert "Jill · Tuesday 12 January 2027 · 1 like\n" in await stage.types("priya", "/responses activity:1.1")


async def the_rhythm_goes_on(stage: Stage) -> None:
    """J28: the next week comes on the same day at the same time, with a look ahead; work goes on."""
    await stage.types("jill", '/submit 1.2 note:"I have eleven tomatoes."')
    await stage.passes(MONDAYS[1] + timedelta(minutes=1))
    assert stage.text(stage.sees("Week 2: Lists")) == lines(
        """
        Week 2: Lists

        Material
        • Read: Arrays (https://read.example/arrays) · about 20 min

        Activities
        1. A list of beds · Practise, about 30 min
        [Submit work] [See responses] [Ask a question] [My progress]
        Next: week 3, Monday 25 January 2027, 17:00 (UTC)
        """
    )
    await stage.types("jill", "/submit 2.1 https://jill.example/beds")


async def she_is_stuck_and_asks(stage: Stage) -> None:
    """J22, J25, J26, J29: a thread; raised once after a day; answered by the mentor; marked, liked, thanked."""
    asked = await stage.types(
        "jill", '/ask question:"Why does my list change when I sort a copy?" details:"I wrote b = a." activity:2.1'
    )
    assert asked == lines(
        """
        Asked: your group can see it. I'll tell you when somebody answers.
        [Other open questions] [I solved it] [Take it back]
        Only you can see this
        """
    )
    question = stage.sees("Why does my list change")
    assert stage.text(question) == lines(
        """
        @Jill asks
        Why does my list change when I sort a copy?
        > I wrote b = a.
        About Week 2, activity 1: A list of beds
        Nobody has answered yet.
        [Answer] [Mark…] [I solved it]
        Answer in the thread, or with the button. A reaction says thanks for asking.
        """
    )
    await stage.passes(hours=26)
    raised = stage.sees("Still waiting for an answer")
    assert stage.text(raised) == lines(
        """
        Still waiting for an answer
        @Jill: Why does my list change when I sort a copy?
        About Week 2, activity 1: A list of beds
        Whoever has been there: how did you get on?
        [Answer] [Read it]
        A first idea or a question back helps too.
        """
    )
    assert "Why does my list change when I sort a copy?" in await stage.types("wei", "/questions")
    await stage.presses("wei", "Answer", question)
    assert (await stage.fills("wei", text="b = a is one list with two names.")).startswith(
        f"Answered: {stage.names('jill', to='wei')} will see it"
    )
    assert "Wei answered your question" in stage.told("jill")[-1]
    assert not any(text.startswith("Still waiting") for text in stage.channel())
    answer = stage.sees("b = a is one list", below=question)
    assert await stage.presses("jill", "Mark as answer", answer) == (
        f"Marked: {stage.names('wei', to='jill')} gets the credit, and the next one who is stuck finds it."
        "\nOnly you can see this"
    )
    assert "Solved, with the help of @Wei." in stage.text(question)
    assert "Jill says your answer solved it. Thank you for helping." in "\n".join(
        [*stage.told("wei"), stage.text(stage.sees("Thank you for helping", below=question))]
    )
    await stage.reacts("priya", "🙏", answer)
    await stage.reacts("priya", "❤️", question)
    assert "Priya found your answer helpful." in stage.told("wei")[-1]
    assert "Priya likes your question." not in "\n".join(stage.told("jill"))  # only the first like is told
    assert await stage.chooses("jill", "Save to portfolio", answer)
    await stage.fills("jill", line="One list, two names: I will remember this.")


async def she_answers_somebody(stage: Stage) -> None:
    """J23, J24, J26, J29: she sees who is stuck, answers in the thread, and the thanks reach her."""
    await stage.types("priya", '/ask question:"How do you find the time for all activities?"')
    listed = await stage.types("jill", "/questions")
    assert listed == lines(
        """
        Open questions

        1. How do you find the time for all activities?
        Priya · now
        Nobody has answered yet.
        [Answer 1] [Ask a question]
        Only you can see this
        """
    )
    question = stage.sees("How do you find the time")
    answer = await stage.says("jill", "Ten minutes on Monday, just to begin.", below=question)
    await stage.reacts("priya", "❤️", answer)
    await stage.chooses("priya", "Mark as answer", answer)
    assert "Solved, with the help of @Jill." in stage.text(question)
    assert stage.told("jill")[-1] == lines(
        """
        Your answer to “How do you find the time for all activities?”
        Priya says your answer solved it. Thank you for helping.
        [My portfolio]
        """
    )
    asked = await stage.types("tomas", '/ask question:"Where do you find time for the activities?"')
    assert asked == lines(
        """
        Others asked something similar
        Maybe the answer is here already:

        How do you find the time for all activities?
        Solved, with the help of @Jill.
        [Read 1] [None of these, ask it]
        Your question is kept for a day.
        Only you can see this
        """
    )


async def one_goes_quiet_and_returns(stage: Stage) -> None:
    """J25, J29: one kind word to him alone, nothing in public; and he is back."""
    before = stage.channel()
    await stage.passes(MONDAYS[2] - timedelta(hours=1))
    nudges = [text for text in stage.told("tomas") if "Show me the step" in text]
    assert nudges == [
        lines(
            """
            JavaScript in five weeks
            Week 1, activity 1 is still open: “What surprised you?”. Most people need about 10 minutes.
            You said when you plan to study: “Weekends”.
            If something is in the way, tell us: someone will be glad to help.
            [Show me the step] [I'm stuck] [Pause 1 week] [Pause 2 weeks] [Pause 4 weeks] [No more reminders]
            … [Leave the group]
            """
        )
    ]
    assert [text for text in stage.channel() if text not in before and not text.startswith("Thank you\n")] == []
    assert "Open: What surprised you?" in await stage.presses("tomas", "Show me the step")
    await stage.types("tomas", '/submit 1.1 note:"That it runs at all."')
    assert len([text for text in stage.told("tomas") if "Show me the step" in text]) == 1


async def the_group_ends_and_she_goes_on(stage: Stage) -> None:
    """J3, J7, J28, J30: every week came, everyone has a record, and the next group is one tap away."""
    for week, work in ((3, "page"), (4, "weather"), (5, "project")):
        await stage.passes(MONDAYS[week - 1] + timedelta(hours=1))
        assert any(text.startswith(f"Week {week}: ") for text in stage.channel())
        await stage.types("jill", f"/submit {week}.1 https://jill.example/{work}")
    assert await stage.types("jill", "/progress") == lines(
        """
        Your progress in JavaScript in five weeks
        ▓▓▓▓▓▓▓▓▓▓ 6/6 Required activities done

        Done
        • Week 1, activity 1: What surprised you? · 10 minutes
        • Week 1, activity 2: Count your plants · 30 minutes
        • Week 2, activity 1: A list of beds · 30 minutes
        • Week 3, activity 1: A page with a plan · 40 minutes
        • Week 4, activity 1: Ask the weather · 40 minutes
        • Week 5, activity 1: Something small · 60 minutes

        Help
        • Helped with 1 question of others. 1 answer solved it.
        • Own questions answered: 1
        • Likes: 3 received, 0 given
        You have all it takes to finish: 80 % of the required activities and help with 1 question or response of others.
        [My portfolio] [Where my points come from]
        Only you can see this
        """
    )
    await stage.passes(MONDAYS[5] + timedelta(minutes=1))
    closing = stage.sees("has come to its end")
    assert stage.text(closing) == lines(
        """
        JavaScript in five weeks has come to its end
        Thank you for learning together.
        • 3 people learned here.
        • 8 responses were handed in.
        • 2 answers were given to questions.
        • 1 person finished.
        Everyone who learned here has a participation record. It is in your portfolio, which only you can see.

        What next
        • Python together, from Monday 1 March 2027
        [My portfolio] [Join Python together] [All groups]
        Everything stays readable here.
        """
    )
    await stage.presses("jill", "Join Python together", closing)
    await stage.fills("jill", goal="Another language")
    assert stage.told("fela")[-1].startswith("Jill would like to join Python together")
    assert "1 group run · 1 finished · 3 learners · 100 % of weeks on time" in await stage.types(
        "priya", "/group", where="python"
    )


async def she_takes_home_what_she_made(stage: Stage) -> None:
    """J4, J15, J27, J3: every contribution and like is in her portfolio, hers alone, as Markdown and JSON."""
    shown = await stage.types("jill", "/portfolio")
    assert re.sub(r"Note · \S+ \(\S+\) · Tuesday", "Note · (where it was said) · Tuesday", shown) == lines(
        """
        JavaScript in five weeks
        ▓▓▓▓▓▓▓▓▓▓ 6/6 Required activities done
        • From Monday 11 January 2027 to Monday 15 February 2027
        • Joined as learner on Wednesday 6 January 2027
        • Facilitated by Fela
        • Goal: A tool for our garden
        • Finished
        • 6 of 6 required activities done
        • Finishing takes 80 % of the required activities and help with 1 question or response of others
        • Helped with 1 question, 1 of the answers accepted
        • Helped 1 person
        • Was helped by 1 person
        • Likes: 3 received, 0 given

        Week 1: Values
        What surprised you? · jill.example (https://jill.example/garden) · Tuesday 12 January 2027 · 1 like
        Count your plants · Tuesday 12 January 2027
        > I have eleven tomatoes.
        Note · jill.example (https://jill.example/notes/1) · Monday 11 January 2027
        Note, shared · Monday 11 January 2027
        > Guess first, then run it.

        Week 2: Lists
        A list of beds · jill.example (https://jill.example/beds) · Monday 18 January 2027
        Note · (where it was said) · Tuesday 19 January 2027
        > One list, two names: I will remember this.
        Asked: Why does my list change when I sort a copy? · solved by an answer · 1 answer · Monday 18 January
        … 2027 · 1 like
        > I wrote b = a.
        Answered somebody's question · accepted · Tuesday 19 January 2027 · 1 like
        > Ten minutes on Monday, just to begin.

        Week 3: Pages
        A page with a plan · jill.example (https://jill.example/page) · Monday 25 January 2027

        Week 4: Waiting
        Ask the weather · jill.example (https://jill.example/weather) · Monday 1 February 2027

        Week 5: Your own
        Something small · jill.example (https://jill.example/project) · Monday 8 February 2027
        [Download] [Badge] [Your own words] [What comes first]
        Only you can see this
        """
    )
    await stage.presses("jill", "Download")
    files = stage.files("jill")
    assert set(files) == {"portfolio.md", "portfolio.json", "portfolio.csv", "portfolio-xapi.json"}
    whole = json.loads(files["portfolio.json"])
    assert (whole["format"], whole["version"], whole["name"]) == ("studycircle-portfolio", 1, "Jill")
    chapter = whole["chapters"][0]
    assert chapter["completion"]["finished"] is True
    assert chapter["help"]["accepted"] == 1
    first = chapter["weeks"][0]
    assert [work["link"] for work in first["submissions"]] == ["https://jill.example/garden", None]
    assert first["submissions"][0]["likes"] == 1
    assert [note["shared"] for note in first["notes"]] == [False, True]
    second = chapter["weeks"][1]
    assert second["questions"][0]["outcome"] == "accepted"
    assert second["answers"][0]["accepted"] is True
    markdown = files["portfolio.md"].decode()
    assert markdown.startswith("# Portfolio of Jill\n")
    assert "Finished" in markdown
    assert "Your portfolio is empty so far" in await stage.types("noor", "/portfolio")
