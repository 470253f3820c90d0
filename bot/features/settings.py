"""One's own settings: time zone, language, reminders, name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

from bot.cards import Button, Card, Choice, Reply, Tone, card, fields, reply
from bot.context import Context
from bot.errors import Refusal
from bot.feature import Feature
from bot.options import Pick, ZoneName
from bot.study.people import Person
from bot.text import Text, say, to_text

feature = Feature("settings")

LONGEST_NAME = 80
"""Characters of a person's name."""
_LANGUAGES = {"en": "English", "de": "Deutsch", "fr": "Français", "es": "Español", "sw": "Kiswahili", "hi": "हिन्दी"}


class NotAName(Refusal):
    """I can't use that as a name. Write one with letters, at most {longest} characters long."""


def languages(ctx: Context) -> Sequence[Choice]:
    """Return the languages that this installation speaks."""
    return [Choice(code, to_text(_LANGUAGES.get(code, code))) for code in ctx.languages.codes]


@feature.command(anywhere=True, title="Your settings")
def settings(
    ctx: Context,
    zone: Annotated[ZoneName | None, "Your time zone, like Europe/Berlin"] = None,
    language: Annotated[str | None, "Your language", Pick(languages)] = None,
    reminders: Annotated[bool | None, "Kind reminders by direct message"] = None,
    name: Annotated[str | None, "Your name here"] = None,
    thanks: Annotated[bool | None, "Be thanked by name in front of your group"] = None,
) -> Reply:
    """See and change your time zone, language, reminders, name and thanks."""
    if reminders:
        ctx.uow.people.takes_messages(ctx.person.id)
    changed = _changed(ctx.person, zone, language, reminders, name, thanks)
    if changed == ctx.person:
        return reply(_card(ctx, ctx.person, Text()))
    ctx.uow.people.save(changed)
    return reply(_card(ctx, changed, say("Saved.")))


@feature.command("settings credit", anywhere=True, title="Your name in others' portfolios")
def credit(
    ctx: Context, named: Annotated[bool, "Name me in others' portfolios, where I helped or was helped"] = True
) -> Reply:
    """Say whether the portfolios of others may name you, where you helped or were helped."""
    changed = replace(ctx.person, credited=named)
    if changed != ctx.person:
        ctx.uow.people.save(changed)
    return reply(_card(ctx, changed, say("Saved.")))


@feature.command("settings edit", anywhere=True, hidden=True, title="Your settings")
def edit(
    ctx: Context,
    zone: Annotated[ZoneName | None, "Your time zone, like Europe/Berlin"] = None,
    language: Annotated[str | None, "Your language", Pick(languages)] = None,
    reminders: Annotated[bool | None, "Kind reminders by direct message"] = None,
    name: Annotated[str | None, "Your name here"] = None,
    thanks: Annotated[bool | None, "Be thanked by name in front of your group"] = None,
) -> Reply:
    """Change your settings in a form."""
    if ctx.call.submitted:
        return settings(ctx, zone, language, reminders, name, thanks)
    return ctx.form(
        zone=ctx.zone.key,
        language=ctx.language.code,
        reminders={None: "", True: "yes", False: "no"}[ctx.person.reminders],
        name=ctx.person.name,
        thanks="yes" if ctx.person.named else "no",
    )


def _changed(
    person: Person,
    zone: str | None,
    language: str | None,
    reminders: bool | None,
    name: str | None,
    thanks: bool | None,
) -> Person:
    return replace(
        person,
        zone=zone or person.zone,
        language=language or person.language,
        reminders=person.reminders if reminders is None else reminders,
        name=_name(name) if name is not None else person.name,
        named=person.named if thanks is None else thanks,
    )


def _name(given: str) -> str:
    """Return a name on one line; raises NotAName."""
    name = " ".join(given.split())
    if len(name) > LONGEST_NAME or not any(character.isalpha() for character in name):
        raise NotAName(longest=LONGEST_NAME)
    return name


def _card(ctx: Context, person: Person, done: Text) -> Card:
    """Return how things are set, each with what would happen."""
    language = person.language or ctx.language.code
    facts = [
        (say("Name"), to_text(person.name)),
        (say("Time zone"), to_text(person.zone) if person.zone else say("{zone} (not set by you)", zone=ctx.zone.key)),
        (say("Language"), to_text(_LANGUAGES.get(language, language))),
        (say("Reminders"), _reminders(person)),
        (say("Weekly thanks"), say("with your name") if person.named else say("without your name")),
        (say("Help, in the portfolios of others"), _credit(person)),
    ]
    buttons: list[Button | None] = [
        Button(say("Change"), "settings edit"),
        Button(say("Yes, remind me kindly"), "settings", (("reminders", "yes"),)) if not person.reminders else None,
        Button(say("No reminders"), "settings", (("reminders", "no"),)) if person.reminders is not False else None,
        Button(say("Name me where I helped or was helped"), "settings credit", (("named", "yes"),))
        if not person.credited
        else Button(say("Just count me"), "settings credit", (("named", "no"),)),
        Button(say("Link accounts"), "link"),
        Button(say("My data…"), "settings export"),
    ]
    return card(say("Your settings"), done, fields(facts), buttons=buttons, tone=Tone.DONE if done else Tone.PLAIN)


def _credit(person: Person) -> Text:
    if person.credited:
        return say("with your name, where you helped or were helped, also where these are on the web")
    return say("you are counted, not named")


def _reminders(person: Person) -> Text:
    if person.reminders is None:
        return say("not asked yet, so I send none")
    if person.reminders:
        return say("yes: a few words when something has been open for a week, never more than one a week")
    return say("no: I don't remind you of anything")
