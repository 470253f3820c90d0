"""Forms on somebody's screen: filled in, checked as a real platform's dialog would, and submitted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from adapters.local.cards import Reader
from adapters.local.commands import called, show
from adapters.local.world import Answer, Kind, OpenForm, Profile, World
from bot.cards import Field, FieldKind, File
from bot.text import say


class FormNotTaken(Exception):
    """The dialog stays open; `problems` say why, a line each, and `by_field` which field each is about."""

    def __init__(self, by_field: Mapping[str, str]) -> None:
        self.by_field = by_field
        self.problems = tuple(by_field.values())
        super().__init__("\n".join(self.problems))


async def submit(world: World, profile: Profile, opened: OpenForm, values: Mapping[str, str | File]) -> Answer:
    """Submit a form with `values` by field; what is not named stays as it stood. Raises FormNotTaken."""
    reader = world.reader(profile)
    form = opened.form
    if problems := dict(_problems(form.fields, values, reader)):
        raise FormNotTaken(problems)
    profile.form = None
    files = {name: value for name, value in values.items() if isinstance(value, File)}
    written = {field.name: _value(field, values, reader) for field in form.fields if field.kind is not FieldKind.FILE}
    world.tell(Kind.FILLED, profile.name, opened.place, _told(form.fields, written, files, reader))
    arguments = {**dict(form.preset), **written}
    call = called(world, profile, form.command, opened.place, arguments, files=files, submitted=True)
    return show(world, profile, opened.place, await world.bot.invoke(call), opened.origin)


def _problems(fields: tuple[Field, ...], values: Mapping[str, str | File], reader: Reader) -> Iterator[tuple[str, str]]:
    by_name = {field.name: field for field in fields}
    for name in values:
        if name not in by_name:
            yield name, f"there is no field {name!r}; there are {list(by_name)}"
    for field in fields:
        label = reader.words(field.label)
        if field.kind is FieldKind.FILE:
            if field.required and not isinstance(values.get(field.name), File):
                yield field.name, reader.words(say("“{label}” needs a file", label=label))
            continue
        value = _value(field, values, reader)
        if field.required and not value.strip():
            yield field.name, reader.words(say("“{label}” is required", label=label))
        elif len(value) > field.longest:
            longest = f"{field.longest:,}"
            yield field.name, reader.words(say("“{label}” takes at most {n} characters", label=label, n=longest))
        elif value and field.choices and value not in {choice.value for choice in field.choices}:
            offered = [reader.words(one.label) for one in field.choices]
            yield field.name, f"“{label}” has no choice {value!r}; there are {offered}"


def _value(field: Field, values: Mapping[str, str | File], reader: Reader) -> str:
    """Return what stands in a field; a choice may be named by what people read."""
    given = values.get(field.name, field.value)
    text = given if isinstance(given, str) else ""
    return next((one.value for one in field.choices if text in (one.value, reader.words(one.label))), text)


def _told(fields: tuple[Field, ...], written: Mapping[str, str], files: Mapping[str, File], reader: Reader) -> str:
    lines = []
    for field in fields:
        file = files.get(field.name)
        value = file.name if file else written.get(field.name, "")
        if value:
            shown = {choice.value: reader.words(choice.label) for choice in field.choices}
            lines.append(f"{reader.words(field.label)}: {shown.get(value, value)}")
    return "\n".join(lines)
