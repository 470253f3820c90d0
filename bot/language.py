"""Languages: sentences translated by gettext, and moments told in the reader's words and zone."""

from __future__ import annotations

import gettext
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from bot.text import (
    Code,
    Emphasis,
    Link,
    Mention,
    Moment,
    MomentStyle,
    Phrase,
    Plain,
    Span,
    Strong,
    Text,
    TextLike,
    fill,
    say,
    say_n,
    to_text,
)

LOCALES = Path(__file__).parent / "locales"
DOMAIN = "studycircle"

_WEEKDAYS = (
    say("Monday"),
    say("Tuesday"),
    say("Wednesday"),
    say("Thursday"),
    say("Friday"),
    say("Saturday"),
    say("Sunday"),
)
_MONTHS = (
    say("January"),
    say("February"),
    say("March"),
    say("April"),
    say("May"),
    say("June"),
    say("July"),
    say("August"),
    say("September"),
    say("October"),
    say("November"),
    say("December"),
)


@dataclass(frozen=True, slots=True)
class Language:
    """One language: its code and its catalogue."""

    code: str
    catalogue: gettext.NullTranslations = field(default_factory=gettext.NullTranslations, compare=False, repr=False)

    def translate(self, text: Text) -> Text:
        """Return `text` with every sentence in this language; what people wrote stays as it is."""
        for span in text.spans:
            if type(span) is Phrase:
                break
        else:
            return text
        spans: list[Span] = []
        for span in text.spans:
            if isinstance(span, Phrase):
                if span.plural is None or span.n is None:
                    # A catalogue's translation of nothing is its header.
                    template = self.catalogue.gettext(span.template) if span.template else ""
                else:
                    template = self.catalogue.ngettext(span.template, span.plural, span.n)
                places = {name: self.translate(value) for name, value in span.places}
                spans.extend(fill(template, places))
            else:
                spans.append(span)
        return Text(tuple(spans))

    def plain(self, text: TextLike, zone: tzinfo = UTC, now: datetime | None = None) -> str:
        """Return `text` as plain words; moments in `zone`, which they name, relative ones as seen at `now`."""
        words = []
        for span in self.translate(to_text(text)).spans:
            match span:
                case Plain(part) | Strong(part) | Emphasis(part) | Code(part):
                    words.append(part)
                case Link(label, url):
                    words.append(url if label in ("", url) else f"{label} ({url})")
                case Mention(name):
                    words.append(name)
                case Moment(at, style):
                    words.append(self.moment(at, style, zone, now))
        return "".join(words)

    def moment(self, at: datetime, style: MomentStyle, zone: tzinfo, now: datetime | None = None) -> str:
        """Return a moment in words, with the zone's name wherever a time of day is told."""
        if style is MomentStyle.RELATIVE and now is not None:
            return self.plain(_relative((at - now).total_seconds()))
        local = at.astimezone(zone)
        date = say(
            "{weekday} {day} {month} {year}",
            weekday=_WEEKDAYS[local.weekday()],
            day=local.day,
            month=_MONTHS[local.month - 1],
            year=str(local.year),
        )
        if style is MomentStyle.DATE:
            return self.plain(date)
        clock = f"{local:%H:%M} ({getattr(zone, 'key', None) or local.tzname()})"
        return clock if style is MomentStyle.TIME else self.plain(say("{date}, {time}", date=date, time=clock))


def _relative(seconds: float) -> Text:
    ahead = seconds >= 0
    minutes = round(abs(seconds) / 60)
    if minutes < 1:
        return say("now")
    if minutes < 90:
        return say_n("in {n} minute", "in {n} minutes", minutes) if ahead else _ago_minutes(minutes)
    hours = round(minutes / 60)
    if hours < 36:
        return say_n("in {n} hour", "in {n} hours", hours) if ahead else say_n("{n} hour ago", "{n} hours ago", hours)
    days = round(minutes / 1440)
    return say_n("in {n} day", "in {n} days", days) if ahead else say_n("{n} day ago", "{n} days ago", days)


def _ago_minutes(minutes: int) -> Text:
    return say_n("{n} minute ago", "{n} minutes ago", minutes)


ENGLISH = Language("en")


class Languages:
    """The languages that this installation speaks: English, and each with a compiled catalogue in `folder`."""

    def __init__(self, folder: Path = LOCALES) -> None:
        self._known = {"en": ENGLISH}
        for compiled in sorted(folder.glob(f"*/LC_MESSAGES/{DOMAIN}.mo")):
            code = compiled.parent.parent.name
            with compiled.open("rb") as file:
                self._known[code] = Language(code, gettext.GNUTranslations(file))

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of all known languages."""
        return tuple(self._known)

    def get(self, code: str | None) -> Language:
        """Return the language of `code`, of its first part ("de" for "de-AT"), or English."""
        wanted = (code or "en").replace("_", "-")
        return self._known.get(wanted) or self._known.get(wanted.split("-")[0].lower()) or ENGLISH
