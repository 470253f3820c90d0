"""The windows that people have open, and what each has yet to be shown.

A window remembers which things have changed, not how: what is sent is drawn when it can be sent. So a slow line gets
less, never late or too much, and a window costs the same however much happens.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from adapters.local.rooms import Place, Thread
from adapters.local.world import Happening, Kind, Profile

_OF_MESSAGES = frozenset({Kind.POSTED, Kind.EDITED, Kind.DELETED, Kind.SAID, Kind.REACTED, Kind.UNREACTED})


@dataclass(eq=False, slots=True)
class Window:
    """One open window: who looks at which place, and what has changed there since it was last told."""

    profile: Profile
    place: Place
    name: str
    shown: dict[str, object] = field(default_factory=dict)
    """What is on it: the ids, and for private answers what they said."""
    changed: set[str] = field(default_factory=set)
    all: bool = False
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    nav: str = ""
    clock: str = ""


class Windows:
    """All windows; told of what happens, they wake."""

    def __init__(self) -> None:
        self.heartbeat = 15.0
        """Seconds after which a window that has nothing to be told is told that its line lives."""
        self.open: dict[str, Window] = {}
        self.version = 0
        """Grows with everything that can be seen."""
        self.closing = False

    def add(self, window: Window) -> None:
        """Let a window be told from now on; one of the same name is replaced."""
        self.open[window.name] = window

    def remove(self, window: Window) -> None:
        """Let a window be gone."""
        if self.open.get(window.name) is window:
            del self.open[window.name]

    def notice(self, happening: Happening) -> None:
        """Let the windows know that something happened."""
        self.version += 1
        place = happening.place
        ids = {happening.message.message} if happening.message and happening.kind in _OF_MESSAGES else set()
        above = place.root if isinstance(place, Thread) else None
        for window in self.open.values():
            if window.place is place:
                window.changed |= ids
            elif above is not None and window.place is above.place:
                window.changed.add(above.id)
            elif isinstance(window.place, Thread) and window.place.root.id in ids:
                window.changed |= ids
            window.woken.set()

    def renew(self, profile: Profile | None = None) -> None:
        """Let windows be drawn anew: somebody's, or everybody's clock and lists."""
        self.version += 1
        for window in self.open.values():
            window.all = window.all or window.profile is profile
            window.woken.set()

    def wake(self) -> None:
        """Let every window look at what time it is."""
        for window in self.open.values():
            window.woken.set()

    def close(self) -> None:
        """Let every window be closed."""
        self.closing = True
        for window in self.open.values():
            window.woken.set()
