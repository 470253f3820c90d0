"""What has to change in a window that is open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from adapters.local.page.drawing import SHOWN, Drawing
from adapters.local.page.places import items
from adapters.local.page.windows import Window
from adapters.local.rooms import Message
from adapters.local.world import Answer


class News:
    """Tells windows of what they do not show yet."""

    def __init__(self, drawing: Drawing) -> None:
        self._drawing = drawing

    def of(self, window: Window) -> str:
        """Return what has to change in a window, and note that it is shown; empty where nothing has."""
        profile, place = window.profile, window.place
        there = items(profile, place)
        if window.shown and not any(one.id in window.shown for one in there[-SHOWN:]):
            window.all = True  # so much came at once that there would be a gap
        parts = list(self._all(window, there[-SHOWN:]) if window.all else self._changed(window, there))
        window.all, window.changed = False, set()
        self._drawing.looks.seen(profile, place)
        lists = self._drawing.nav(profile, place) + "\0" + self._drawing.people(profile, place)
        if lists != window.nav:
            if window.nav or parts:
                nav, people = lists.split("\0")
                parts += [partial("#places", "innerMorph", nav), partial("#people", "innerMorph", people)]
            window.nav = lists
        clock = self._drawing.clock(profile, place)
        if clock != window.clock:
            parts.append(partial("#clock", "innerMorph", clock))
            window.clock = clock
        return "\n".join(parts)

    def _all(self, window: Window, there: Sequence[Message | Answer]) -> Iterable[str]:
        window.shown = {one.id: _state(one) for one in there}
        yield partial("#log", "innerMorph", self._drawing.messages.log(window.profile, window.place, there))

    def _changed(self, window: Window, there: Sequence[Message | Answer]) -> Iterable[str]:
        if there and not window.shown:
            yield partial("#empty", "delete", "")
        oldest = len(there) - SHOWN
        above: Message | Answer | None = None
        for number, one in enumerate(there):
            if one.id in window.changed or _news_of(window, one, old=number < oldest):
                drawn = self._drawing.messages.item(window.profile, window.place, one, above)
                # A page that shows all has older things too: those change where they stand.
                stands = one.id in window.shown or number < oldest
                yield partial(f"#m{one.id}", "outerMorph", drawn) if stands else partial("#log", "beforeend", drawn)
                window.shown[one.id] = _state(one)
            above = one
        for id in window.changed - {one.id for one in there}:
            if window.shown.pop(id, None) is not None:
                yield partial(f"#m{id}", "delete", "")


def _news_of(window: Window, one: Message | Answer, *, old: bool) -> bool:
    """Return whether a window has yet to be shown something that it was not told of."""
    if one.id not in window.shown:
        return not old
    return window.shown[one.id] is not _state(one)


def _state(one: Message | Answer) -> object:
    """Return what tells that a private reply was replaced; of messages one is told."""
    return one.cards if isinstance(one, Answer) else True


def partial(target: str, swap: str, content: str) -> str:
    """Return a part of a page with where it goes, as htmx reads it."""
    return f'<hx-partial hx-target="{target}" hx-swap="{swap}">{content}</hx-partial>'
