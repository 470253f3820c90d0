"""What the page looks like: its frame, the people, the places and the clock."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from urllib.parse import quote, urlencode
from zlib import crc32

from adapters.local.cards import Reader
from adapters.local.page import words
from adapters.local.page.looks import Looks, drawn
from adapters.local.page.messages import Messages
from adapters.local.page.places import DIRECT, items, path_of, title_of
from adapters.local.page.windows import Windows
from adapters.local.rooms import Place, Thread
from adapters.local.world import Profile
from bot.text import MomentStyle

SHOWN = 50
"""The newest things of a place that a page shows; a link leads to those before."""
THREADS = 8
"""How many threads of a channel are listed, the latest first."""


class Drawing:
    """Draws pages and their parts for whoever looks."""

    def __init__(self, looks: Looks, assets: Mapping[str, str]) -> None:
        self.looks = looks
        self._stage = looks.stage
        self._world = looks.world
        self._assets = assets
        self.messages = Messages(looks)

    # Pages

    def page(
        self, profile: Profile, place: Place, windows: Windows, *, whole: bool = False, dialog: str = "", told: str = ""
    ) -> str:
        """Return the page of somebody at a place; `whole` shows all that was ever said there."""
        reader = self._world.reader(profile)
        path = path_of(place)
        window = secrets.token_hex(6)
        there = items(profile, place)
        shown = there if whole else there[-SHOWN:]
        stream = urlencode({"at": path, "window": window, "version": windows.version})
        self.looks.seen(profile, place)
        return self.looks.fill(
            "page",
            profile,
            language=reader.language.code,
            assets=self._assets,
            title=title_of(place),
            me=profile,
            place=place,
            back=self._above(profile, place, reader),
            nav=drawn(self.nav(profile, place)),
            people=drawn(self.people(profile, place)),
            clock=drawn(self.clock(profile, place)),
            chat=words.messages_in(title_of(place), reader.language),
            log=drawn(self.messages.log(profile, place, shown)),
            earlier=self.looks.url(profile, place) + "?all=1" if len(shown) < len(there) else "",
            act=self.looks.act(profile, place),
            window=window,
            offers=f"/part/{quote(profile.account.user)}/offers?{urlencode({'at': path})}",
            stream=f"/stream/{quote(profile.account.user)}?{stream}",
            dialog=drawn(dialog),
            told=told,
            direct=path == DIRECT,
            silence=int(windows.heartbeat * 3_000),
        )

    def _above(self, profile: Profile, place: Place, reader: Reader) -> tuple[str, str] | None:
        if not isinstance(place, Thread):
            return None
        above = place.root.place
        return self.looks.url(profile, above), words.back_to(title_of(above), reader.language)

    # Parts

    def people(self, profile: Profile, place: Place) -> str:
        """Return the tabs of the people whom a visitor can be."""
        reader = self._world.reader(profile)
        tabs = []
        for guise in self._stage.cast:
            other = self._world.join(guise.user)
            tabs.append(
                {
                    "name": other.name,
                    "user": guise.user,
                    "id": crc32(guise.user.encode()),
                    "part": reader.words(guise.part),
                    "url": self.looks.url(other, path_of(place)),
                    "me": other is profile,
                    "unread": 0 if other is profile else self.looks.unread(other, other.direct),
                }
            )
        return self.looks.fill("people", profile, tabs=tabs)

    def nav(self, profile: Profile, place: Place) -> str:
        """Return the list of places, with how much is new in each."""
        space = self._stage.space
        listed = []
        for channel in space.channels.values():
            threads = [one for one in channel.threads.values() if one.messages]
            latest = sorted(threads, key=lambda one: int(one.messages[-1].id), reverse=True)[:THREADS]
            listed.append((self._line(profile, channel, place), [self._line(profile, one, place) for one in latest]))
        return self.looks.fill(
            "nav",
            profile,
            channels=listed,
            direct=self._line(profile, profile.direct, place),
            act=self.looks.act(profile, place),
            starts=bool(self._stage.starter),
        )

    def _line(self, profile: Profile, shown: Place, here: Place) -> dict[str, object]:
        unread = 0 if shown is here else self.looks.unread(profile, shown)
        return {
            "title": title_of(shown),
            "url": self.looks.url(profile, shown),
            "here": shown is here,
            "unread": unread,
            "id": path_of(shown).replace("/", "-"),
        }

    def clock(self, profile: Profile, place: Place) -> str:
        """Return what time it is, and how it can be made to pass."""
        reader = self._world.reader(profile)
        now = self._world.clock.now()
        under_way = self._stage.time.under_way
        return self.looks.fill(
            "clock",
            profile,
            now=reader.language.moment(now, MomentStyle.FULL, reader.zone),
            exact=now.strftime("%Y-%m-%dT%H:%MZ"),
            under_way=reader.words(under_way) if under_way else "",
            peers=self._stage.time.peers,
            act=self.looks.act(profile, place),
        )
