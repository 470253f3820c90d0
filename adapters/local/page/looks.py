"""What everything that is drawn shares: the templates, the addresses, and what somebody has not seen yet."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote, urlencode

from markupsafe import Markup

from adapters import html
from adapters.local.page import words
from adapters.local.page.places import path_of
from adapters.local.page.stage import Stage
from adapters.local.rooms import Place
from adapters.local.world import Profile

TEMPLATES = Path(__file__).parent / "templates"


def drawn(part: str) -> Markup:
    """Return what our own templates drew, as a part of another one: they have escaped all that they were given."""
    return Markup(part)  # nosec B704


class Looks:
    """Fills templates for whoever looks."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.world = stage.platform.world
        self._templates = html.environment(TEMPLATES)

    def fill(self, template: str, profile: Profile, **parts: object) -> str:
        """Return a template filled in, in the language of whoever looks."""
        t = words.of(self.world.reader(profile).language)
        return self._templates.get_template(f"{template}.html").render(t=t, **parts)

    def url(self, profile: Profile, place: Place | str) -> str:
        """Return the address of a place as somebody sees it."""
        path = place if isinstance(place, str) else path_of(place)
        return f"/as/{quote(profile.account.user)}/{quote(path)}"

    def act(self, profile: Profile, place: Place) -> str:
        """Return the address to which what somebody does in a place goes, to be followed by what it is."""
        return f"/do/{quote(profile.account.user)}?{urlencode({'at': path_of(place)})}"

    def seen(self, profile: Profile, place: Place) -> None:
        """Note that somebody has seen all that is in a place."""
        if place.messages:
            self.stage.keeper.seen[profile.account, path_of(place)] = place.messages[-1].id

    def unread(self, profile: Profile, place: Place) -> int:
        """Return how many messages of others somebody has not seen in a place."""
        seen = int(self.stage.keeper.seen.get((profile.account, path_of(place)), "0"))
        count = 0
        for message in reversed(place.messages):
            if int(message.id) <= seen:
                break
            count += message.author != profile.account
        return count
