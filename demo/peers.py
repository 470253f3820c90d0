"""The others in the group that a visitor tries out: they hand in, ask, answer and say thanks while time passes."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime, timedelta
from functools import partial

from adapters.local import Channel, FormNotTaken, LocalPlatform, Message, Person
from bot.cards import Button
from demo import cast
from demo.cast import FELA, LENA, PRIYA, TOMAS, WEI, Character

log = logging.getLogger(__name__)

_OPENING = re.compile(r"Week (\d+): ")
_HANDED_IN = re.compile(r"(.+?) handed in Week ")

Act = Callable[[], Awaitable[object]]

PLANNED: tuple[tuple[Character, int, float, frozenset[int]], ...] = (
    (PRIYA, 1, 22, frozenset(range(1, 100))),
    (TOMAS, 1, 34, frozenset(range(1, 100))),
    (LENA, 1, 44, frozenset({1, 4})),
    (PRIYA, 2, 92, frozenset(range(1, 100))),
    (TOMAS, 2, 110, frozenset({1, 3, 5})),
)
"""Who hands in which activity how many hours after a week opens, and in which weeks. Lena goes quiet, and returns."""
ASKED: tuple[tuple[Character, int, float, tuple[str, str]], ...] = (
    (TOMAS, 2, 54, cast.TOMAS_QUESTION),
    (PRIYA, 3, 49, cast.PRIYAS_QUESTION),
)
"""Who asks what, in which week and how many hours after it opens."""
ADMITTED = timedelta(hours=1)
"""How long an application waits for the facilitator."""
LIKED = timedelta(hours=3)
ANSWERED = timedelta(hours=5)
REPLIED = timedelta(hours=6)


class Peers:
    """The others; each of their acts happens once, and `done` remembers which have."""

    def __init__(self, chat: LocalPlatform, home: Channel, done: set[str]) -> None:
        self._chat = chat
        self._home = home
        self._done = done

    async def act(self, now: datetime) -> None:
        """Do what the others would have done by now; what cannot be done any more is passed over."""
        for name, act in list(self._due(now)):
            self._done.add(name)
            try:
                await act()
            except (LookupError, FormNotTaken, PermissionError) as error:
                log.debug("%s is passed over: %s", name, error)

    def _due(self, now: datetime) -> Iterator[tuple[str, Act]]:
        for at, name, act in self._possible():
            if name not in self._done and at <= now:
                yield name, act

    def _possible(self) -> Iterator[tuple[datetime, str, Act]]:
        yield from self._admissions()
        for week, opened in self._openings().items():
            yield from self._work(week, opened)
            yield from self._questions(week, opened)
        for message in list(self._home.messages):
            yield from self._thanks(message)
            yield from self._answers(message)

    def _person(self, who: Character) -> Person:
        return self._chat.person(who.user)

    def _openings(self) -> dict[int, datetime]:
        opened: dict[int, datetime] = {}
        for message in self._home.messages:
            found = _OPENING.match(message.text) if message.card else None
            if found is not None:
                opened.setdefault(int(found[1]), message.at)
        return opened

    def _admissions(self) -> Iterator[tuple[datetime, str, Act]]:
        fela = self._person(FELA)
        for message in fela.inbox:
            for button in message.card.buttons if message.card else ():
                if isinstance(button, Button) and button.command == "lead members accept":
                    yield message.at + ADMITTED, f"accept {message.id}", partial(fela.presses, button, message)

    def _work(self, week: int, opened: datetime) -> Iterator[tuple[datetime, str, Act]]:
        for who, activity, hours, weeks in PLANNED:
            if week not in weeks:
                continue
            text = cast.TEXTS[(week * 2 + activity + len(who.user)) % len(cast.TEXTS)]
            link = cast.PLACES.get(who.user, "https://work.example/{week}").format(week=f"{week}-{activity}")
            line = f'/submit activity:{week}.{activity} link:{link} note:"{text}"'
            act = partial(self._person(who).types, line, self._home)
            yield opened + timedelta(hours=hours), f"work {who.user} {week}.{activity}", act

    def _questions(self, week: int, opened: datetime) -> Iterator[tuple[datetime, str, Act]]:
        for who, when, hours, (question, details) in ASKED:
            if week == when:
                line = f'/ask question:"{question}" details:"{details}"'
                act = partial(self._person(who).types, line, self._home)
                yield opened + timedelta(hours=hours), f"question {who.user} {week}", act

    def _thanks(self, message: Message) -> Iterator[tuple[datetime, str, Act]]:
        found = _HANDED_IN.match(message.text) if message.card else None
        if found is None:
            return
        for who, emoji, later in ((PRIYA, "👍", 0), (TOMAS, "❤️", 9)):
            if who.name != found[1]:
                act = partial(self._person(who).reacts, emoji, message)
                yield message.at + LIKED + timedelta(hours=later), f"like {who.user} {message.id}", act
        if found[1] not in {one.name for one in (PRIYA, TOMAS, LENA)} and message.thread is not None:
            reply = partial(self._person(PRIYA).says, cast.REPLY_TO_WORK, thread_of=message)
            yield message.at + REPLIED, f"reply {message.id}", reply

    def _answers(self, message: Message) -> Iterator[tuple[datetime, str, Act]]:
        """Let the mentor answer what nobody has answered."""
        buttons = message.card.buttons if message.card else ()
        button = next((one for one in buttons if isinstance(one, Button) and one.command == "answer"), None)
        if button is None or message.thread is None or message.thread.messages:
            return

        async def answer() -> None:
            wei = self._person(WEI)
            await wei.presses(button, message)
            known = {cast.TOMAS_QUESTION[0]: cast.PRIYAS_ANSWER, cast.PRIYAS_QUESTION[0]: cast.JILLS_ANSWER}
            text = next((said for asked, said in known.items() if asked in message.text), cast.WEIS_OWN_WORDS)
            await wei.fills({"text": text})

        yield message.at + ANSWERED, f"answer {message.id}", answer
