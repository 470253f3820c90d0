"""The two kinds of platforms: one that swallows a key it has just seen, and one whose history has to be read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.ports import Habits
from tests.faults.clock import FastClock

TIMEOUT = timedelta(seconds=10)
"""How long a replica waits for an answer."""
IN_FLIGHT = TIMEOUT
"""How old a request may be when it arrives; older ones are lost on the way, as on a network."""


@dataclass(frozen=True, slots=True)
class Character:
    """A platform's ways, in time as its clock shows it.

    `swallows`: for how long a key that comes again brings the first message. `lags`: how long the history may take
    to show a message. `pace`: the time between two messages to one place, of which faster ones get 429.
    """

    name: str
    swallows: timedelta
    lags: timedelta
    pace: timedelta
    readings: int

    def habits(self, clock: FastClock) -> Habits:
        """Return what a replica knows of these ways; it paces itself by the machine's clock."""
        return Habits(
            # The time-out is taken off here: the engine measures it by the machine's clock, which goes slower.
            same_key=max(self.swallows - TIMEOUT, timedelta(0)),
            settles=IN_FLIGHT + self.lags + timedelta(seconds=2),
            readings=self.readings,
            pace=timedelta(seconds=clock.real(self.pace)),
        )


NONCE = Character("nonce", timedelta(seconds=60), timedelta(seconds=2), timedelta(0), 1)
"""As Discord: the same nonce within a minute brings the first message, and the history is there almost at once."""
HISTORY = Character("history", timedelta(0), timedelta(seconds=8), timedelta(seconds=1), 2)
"""As Slack: nothing is swallowed, the history lags, and a channel takes one message a second."""
CHARACTERS = {one.name: one for one in (NONCE, HISTORY)}
