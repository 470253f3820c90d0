"""The story: a group is founded, people join, weeks go by, one goes quiet and returns, all take something home."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from adapters.local import Answer, Channel, LocalPlatform, Message, Person, Place
from bot.bootstrap import App
from bot.cards import File
from bot.study.outline import Outline
from bot.study.times import instant, read_local, weekly
from demo import cast
from demo.cast import FELA, JILL, LENA, NOOR, PRIYA, TOMAS, WEI, Character
from demo.screen import Screen
from schedules.clock import MovedClock

START = "2027-01-11 18:00"
"""When the group starts, on Lagos' clocks."""
QUIET_WEEK = 2
"""The week in which Tomás has no time."""


class Story:
    """One whole study group, from the first command to the portfolio."""

    def __init__(
        self, app: App, clock: MovedClock, chat: LocalPlatform, screen: Screen, outline: Outline, course: File
    ) -> None:
        self._app = app
        self._clock = clock
        self._chat = chat
        self._screen = screen
        self._outline = outline
        self._course = course
        self._people = {one.user: self._enter(one) for one in (NOOR, FELA, WEI, JILL, PRIYA, TOMAS, LENA)}
        self._texts = iter(cast.TEXTS * 40)
        self.home: Channel = chat.space("makers").channel("study-circle")

    def _enter(self, one: Character) -> Person:
        return self._chat.person(one.user, name=one.name, zone=one.zone, admin=one is NOOR)

    def _person(self, one: Character) -> Person:
        return self._people[one.user]

    async def play(self) -> list[File]:
        """Play the story and return what Jill takes home."""
        weeks = len(self._outline.weeks)
        task = self._screen.progress.add_task("The group gathers", total=weeks + 2)

        def on(name: str) -> None:
            self._screen.progress.update(task, advance=1, description=name)

        await self._gather()
        for week in range(1, weeks + 1):
            on(f"Week {week} of {weeks}")
            await self._week(week, weeks)
        on("Taking it home")
        files = await self._end()
        on("Done")
        return files

    # Time

    async def _until(self, at: datetime) -> None:
        await self._app.runner.advance(self._clock, at)

    async def _after(self, **time: float) -> None:
        await self._until(self._clock.now() + timedelta(**time))

    async def _settle(self) -> None:
        await self._after(minutes=2)

    # What people do

    async def _types(self, who: Character, line: str) -> Answer:
        answer = await self._person(who).types(line, self.home)
        await self._settle()
        return answer

    async def _presses(self, who: Character, label: str, on: Message | Answer | None = None) -> Answer:
        answer = await self._person(who).presses(label, on)
        await self._settle()
        return answer

    async def _fills(self, who: Character, **values: str) -> Answer:
        answer = await self._person(who).fills(values)
        await self._settle()
        return answer

    # The chapters

    async def _gather(self) -> None:
        self._screen.chapter("Before the first week")
        await self._types(NOOR, "/study setup")
        await self._types(FELA, "/settings name:Fela")
        await self._types(NOOR, f"/study facilitators add:{self._person(FELA).account}")
        line = f'/lead group import start:"{START}" zone:{FELA.zone}'
        await self._person(FELA).types(line, self.home, files={"file": self._course})
        await self._settle()
        await self._presses(FELA, "Start the group")
        await self._after(hours=5)
        await self._types(JILL, "/groups")
        await self._types(JILL, "/group")
        for who in (JILL, PRIYA, TOMAS):
            await self._joins(who)
        await self._types(LENA, "/group")
        await self._presses(LENA, "Just follow along")
        await self._types(TOMAS, "/settings reminders:yes")
        await self._types(WEI, '/enrol goal:"Help where I can"')
        await self._presses(FELA, "Accept")
        await self._types(FELA, "/lead members role member:Wei role:mentor learning:no")
        await self._types(JILL, "/participants")

    async def _joins(self, who: Character) -> None:
        if who is JILL:
            await self._presses(who, "Enrol")
        else:
            await self._types(who, "/enrol")
        await self._fills(who, goal=who.goal, offer=who.offer, zone=who.zone, plan=who.plan)
        await self._after(hours=2)
        await self._presses(FELA, "Accept")

    async def _week(self, week: int, weeks: int) -> None:
        opens = self._opening(week)
        await self._until(opens - timedelta(minutes=1))
        self._screen.chapter(f"Week {week} of {weeks}")
        await self._until(opens + timedelta(minutes=5))
        if week == 1:
            await self._types(FELA, "/lead schedule show")
        await self._after(hours=3)
        await self._types(JILL, "/week")
        events = {1: self._first_week, 2: self._stuck, 3: self._return, 4: self._unanswered}
        here = self._outline.weeks[week - 1].activities
        if here:
            await self._work(week, opens)
        if week in events:
            await events[week](week, opens)
        for number, _ in enumerate(here[1:], 2):
            await self._until(max(self._clock.now(), opens + timedelta(days=4, hours=number)))
            for who in (JILL, PRIYA):
                await self._hands_in(who, week, number)
        if week == weeks and weeks > 1:
            await self._types(JILL, "/progress")

    def _opening(self, week: int) -> datetime:
        return instant(weekly(read_local(START), week - 1), ZoneInfo(FELA.zone))

    async def _work(self, week: int, opens: datetime) -> None:
        """Let everyone who is there hand in the first activity, read what others did, and say thanks."""
        await self._until(opens + timedelta(days=1, hours=2))
        await self._presses(JILL, "Submit work", self.home.message(f"Week {week}:"))
        form = self._person(JILL).form
        choices = form.fields[0].choices if form else ()
        first = next(choice.value for choice in choices if f"{week}.1" in choice.keys)
        await self._fills(JILL, activity=first, link=cast.PLACES["jill"].format(week=week), note=next(self._texts))
        await self._after(hours=20)
        await self._hands_in(PRIYA, week, 1)
        await self._presses(PRIYA, "See their answers")
        await self._likes(PRIYA, "👍", self._handed_in(JILL, week, 1))
        if week != QUIET_WEEK:
            await self._hands_in(TOMAS, week, 1)
            await self._likes(JILL, "🎉", self._handed_in(TOMAS, week, 1))
        await self._likes(JILL, "❤️", self._handed_in(PRIYA, week, 1))

    async def _first_week(self, week: int, opens: datetime) -> None:
        """Let a note be kept and one be shared, a conversation begin below somebody's work, and work be improved."""
        await self._types(JILL, f'/note text:"{cast.NOTES[0]}" week:1')
        await self._types(JILL, f'/note text:"{cast.NOTES[1]}" week:1 share:yes')
        work = self._handed_in(JILL, week, 1) if self._outline.weeks[0].activities else None
        if work is not None:
            await self._says(PRIYA, cast.REPLY_TO_WORK, work)
            await self._says(JILL, cast.REPLY_OF_AUTHOR, work)
            better = cast.PLACES["jill"].format(week="1-again")
            await self._types(JILL, f"/submit activity:1.1 link:{better}")
        await self._types(WEI, "/responses activity:1.1")

    async def _stuck(self, week: int, opens: datetime) -> None:
        """Let Jill be blocked and the mentor answer; the facilitator corrects the week and looks ahead."""
        question, details = cast.JILLS_QUESTION
        await self._until(opens + timedelta(days=3))
        await self._types(JILL, f'/ask question:"{question}" details:"{details}"')
        await self._after(hours=4)
        await self._types(WEI, "/questions")
        asked = self.home.message(question)
        await self._presses(WEI, "Answer", asked)
        await self._fills(WEI, text=cast.WEIS_ANSWER)
        await self._after(hours=6)
        answer = self._below(asked).message(cast.WEIS_ANSWER)
        await self._presses(JILL, "Mark as answer", answer)
        await self._likes(JILL, "🙏", answer)
        await self._likes(PRIYA, "👍", answer)
        await self._person(JILL).uses_menu("Save to portfolio", answer)
        await self._fills(JILL, line=cast.JILLS_LINE)
        extra = "https://developer.mozilla.org/en-US/docs/Glossary/Shallow_copy"
        await self._types(
            FELA, f'/lead week material number:2 url:{extra} title:"What a copy is" kind:reading minutes:5'
        )
        await self._types(FELA, "/newweek")
        await self._types(FELA, f'/lead week edit number:3 note:"{cast.FELAS_NOTE}"')
        await self._comes_back(week, opens)

    async def _comes_back(self, week: int, opens: datetime) -> None:
        """Let the one who went quiet, and got one kind word, come back at the weekend."""
        await self._until(opens + timedelta(days=5, hours=-4))
        if any("Show me the step" in message.text for message in self._person(TOMAS).inbox):
            await self._presses(TOMAS, "Show me the step")
        if self._outline.weeks[week - 1].activities:
            await self._hands_in(TOMAS, week, 1)
            await self._likes(PRIYA, "👏", self._handed_in(TOMAS, week, 1))

    async def _return(self, week: int, opens: datetime) -> None:
        """Let the facilitator look around, and Jill help somebody for the first time."""
        await self._until(opens + timedelta(days=3, hours=1))
        await self._types(FELA, "/lead pulse")
        question, details = cast.PRIYAS_QUESTION
        await self._types(PRIYA, f'/ask question:"{question}" details:"{details}"')
        await self._after(hours=5)
        await self._types(JILL, "/questions")
        asked = self.home.message(question)
        reply = await self._says(JILL, cast.JILLS_ANSWER, asked)
        await self._likes(TOMAS, "❤️", reply)
        await self._likes(PRIYA, "❤️", reply)
        await self._person(PRIYA).uses_menu("Mark as answer", reply)
        await self._settle()

    async def _unanswered(self, week: int, opens: datetime) -> None:
        """Let a question that nobody saw for a day be raised again, and then be answered."""
        question, _ = cast.TOMAS_QUESTION
        await self._until(opens + timedelta(days=2, hours=18))
        said = await self._person(TOMAS).says(question, self.home)
        await self._settle()
        await self._person(TOMAS).uses_menu("Turn into question", said)
        await self._after(days=1, hours=3)
        await self._presses(PRIYA, "Answer", self.home.message(question))
        await self._fills(PRIYA, text=cast.PRIYAS_ANSWER)
        await self._types(FELA, f'/lead announce text:"{cast.FELAS_WORD}"')
        await self._presses(FELA, "Post now")

    async def _end(self) -> list[File]:
        self._screen.chapter("Taking it home")
        await self._until(self._opening(len(self._outline.weeks)) + timedelta(days=7, minutes=10))
        await self._types(JILL, "/portfolio")
        await self._presses(JILL, "Download")
        await self._types(FELA, "/group")
        await self._types(FELA, "/lead group page")
        await self._presses(FELA, "Make it public")
        await self._presses(JILL, "Name me there", self.home.message("has a page on the web"))
        await self._types(JILL, "/portfolio publish")
        await self._presses(JILL, "Publish it")
        return self._person(JILL).files

    # Finding and doing what comes up every week

    def _handed_in(self, who: Character, week: int, activity: int) -> Message:
        return self.home.message(f"{who.name} handed in Week {week}, activity {activity}")

    def _below(self, message: Message) -> Place:
        if message.thread is None:
            raise LookupError(f"no thread hangs below {message.text!r}")
        return message.thread

    async def _hands_in(self, who: Character, week: int, activity: int) -> None:
        link = cast.PLACES[who.user].format(week=f"{week}-{activity}")
        await self._types(who, f'/submit activity:{week}.{activity} link:{link} note:"{next(self._texts)}"')

    async def _likes(self, who: Character, emoji: str, message: Message) -> None:
        await self._person(who).reacts(emoji, message)
        await self._settle()

    async def _says(self, who: Character, words: str, below: Message) -> Message:
        said = await self._person(who).says(words, thread_of=below)
        await self._settle()
        return said
