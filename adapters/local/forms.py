"""Forms on somebody's screen: filled in, checked as a real platform's dialog would, and submitted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from adapters.local.cards import Reader
from adapters.local.commands import called, show
from adapters.local.world import Answer, Kind, OpenForm, Profile, World
from bot.cards import Field, FieldKind, File


class FormNotTaken(Exception):
    """The dialog stays open; `problems` say why, a line each."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


async def submit(world: World, profile: Profile, opened: OpenForm, values: Mapping[str, str | File]) -> Answer:
    """Submit a form with `values` by field; what is not named stays as it stood. Raises FormNotTaken."""
    reader = world.reader(profile)
    form = opened.form
    if problems := list(_problems(form.fields, values, reader)):
        raise FormNotTaken(*problems)
    profile.form = None
    files = {name: value for name, value in values.items() if isinstance(value, File)}
    written = {field.name: _value(field, values, reader) for field in form.fields if field.kind is not FieldKind.FILE}
    world.tell(Kind.FILLED, profile.name, opened.place, _told(form.fields, written, files, reader))
    arguments = {**dict(form.preset), **written}
    call = called(world, profile, form.command, opened.place, arguments, files=files, submitted=True)
    return show(world, profile, opened.place, await world.bot.invoke(call), opened.origin)


def _problems(fields: tuple[Field, ...], values: Mapping[str, str | File], reader: Reader) -> Iterator[str]:
    by_name = {field.name: field for field in fields}
    for name in values:
        if name not in by_name:
            yield f"there is no field {name!r}; there are {list(by_name)}"
    for field in fields:
        label = reader.words(field.label)
        if field.kind is FieldKind.FILE:
            if field.required and not isinstance(values.get(field.name), File):
                yield f"“{label}” needs a file"
            continue
        value = _value(field, values, reader)
        if field.required and not value.strip():
            yield f"“{label}” is required"
        elif len(value) > field.longest:
            yield f"“{label}” takes at most {field.longest:,} characters"
        elif value and field.choices and value not in {choice.value for choice in field.choices}:
            yield f"“{label}” has no choice {value!r}; there are {[reader.words(one.label) for one in field.choices]}"


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
