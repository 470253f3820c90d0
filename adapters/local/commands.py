"""Commands as people call them: typed lines, buttons, menus, and suggestions while typing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from adapters.local.cards import buttons
from adapters.local.rooms import Message, Place
from adapters.local.world import Answer, Kind, OpenForm, Profile, World
from bot.cards import Button, Choice, FieldKind, File, LinkButton, Reply, pack, unpack
from bot.chat import Invocation, TargetMessage
from bot.errors import Refusal
from bot.parsing import parse

PREFIX = "sc1"
"""What the ids of our buttons begin with."""
BUTTON_ID = 100
"""Characters of a button's id, as on Discord."""
SUGGESTIONS = 25
"""How many choices are offered while typing, as on Discord."""


async def type_line(
    world: World, profile: Profile, line: str, place: Place, files: Mapping[str, File] | None = None
) -> Answer:
    """Run what somebody typed; a line that is no command is answered with the nearest one."""
    if not line.startswith("/"):
        raise ValueError(f"{line!r} is no command: those begin with a slash, anything else is said")
    world.tell(Kind.TYPED, profile.name, place, line)
    try:
        typed = parse(line, world.bot.commands)
    except Refusal as refusal:
        call = called(world, profile, "", place, {})
        return show(world, profile, place, world.bot.refused(call, refusal))
    call = called(world, profile, typed.command.name, place, typed.arguments, files=files)
    return show(world, profile, place, await world.bot.invoke(call))


async def press(world: World, profile: Profile, what: str | Button, on: Message | Answer | None) -> Answer:
    """Run the command behind a button, named by its label or as somebody still sees it on an older message."""
    label, pressed, there = _button(world, profile, what, on)
    place = there.place if there else profile.direct
    world.tell(Kind.PRESSED, profile.name, place, label)
    # As a real platform would: all that comes back of a button is its id.
    command, arguments = read_button_id(button_id(pressed))
    reply = await world.bot.invoke(called(world, profile, command, place, arguments))
    return show(world, profile, place, reply, there if isinstance(there, Answer) else None)


def _button(
    world: World, profile: Profile, what: str | Button, on: Message | Answer | None
) -> tuple[str, Button, Message | Answer | None]:
    reader = world.reader(profile)
    if isinstance(what, Button):
        return reader.words(what.label), what, on
    seen: list[Message | Answer] = [*profile.direct.messages, *profile.answers] if on is None else [on]
    for there in sorted(seen, key=lambda one: int(one.id), reverse=True):
        found = buttons(there.cards, reader).get(what)
        if isinstance(found, LinkButton):
            raise LookupError(f"[{what}] opens {found.url}")
        if found:
            return what, found, there
    labels = [label for there in seen for label in buttons(there.cards, reader)]
    raise LookupError(f"there is no button [{what}]; there are {labels}")


def button_id(button: Button) -> str:
    """Return the id that a button carries."""
    id = f"{PREFIX}:{button.command}:{pack(dict(button.arguments))}"
    if len(id) > BUTTON_ID:
        raise ValueError(f"a button's id holds {BUTTON_ID} characters, not {len(id)}: {id}")
    return id


def read_button_id(id: str) -> tuple[str, dict[str, str]]:
    """Return the command and the arguments behind a button's id; no command where it is none of ours."""
    prefix, _, rest = id.partition(":")
    command, _, packed = rest.partition(":")
    return (command, unpack(packed)) if prefix == PREFIX else ("", {})


async def use_menu(world: World, profile: Profile, label: str, message: Message) -> Answer:
    """Run the command behind an entry of a message's menu."""
    reader = world.reader(profile)
    entries = {reader.words(command.menu): command for command in world.bot.commands.values() if command.menu}
    if label not in entries:
        raise LookupError(f"there is no menu entry {label!r}; there are {list(entries)}")
    world.tell(Kind.CHOSE, profile.name, message.place, label, message)
    link = world.link(message.ref)
    target = TargetMessage(message.ref, message.author, message.author_name, message.read_by(reader), link)
    call = called(world, profile, entries[label].name, message.place, {}, message=target)
    return show(world, profile, message.place, await world.bot.invoke(call))


async def use_person_menu(world: World, profile: Profile, label: str, other: Profile, place: Place) -> Answer:
    """Run the command behind an entry of the menu on somebody, opened in a place."""
    reader, commands = world.reader(profile), world.bot.commands.values()
    entries = {reader.words(command.person_menu): command for command in commands if command.person_menu}
    if label not in entries:
        raise LookupError(f"there is no menu entry {label!r}; there are {list(entries)}")
    world.tell(Kind.CHOSE, profile.name, place, f"{label}: {other.name}")
    call = replace(called(world, profile, entries[label].name, place, {}), person=other.account)
    return show(world, profile, place, await world.bot.invoke(call))


async def suggest(
    world: World, profile: Profile, command: str, option: str, typed: str, place: Place
) -> tuple[Choice, ...]:
    """Return what somebody may choose for an option, those that hold what was typed, as they read them."""
    reader = world.reader(profile)
    choices = await world.bot.suggest(called(world, profile, command, place, {}), option)
    wanted = typed.casefold()
    return tuple(
        choice
        for choice in choices
        if wanted in reader.words(choice.label).casefold() or wanted in map(str.casefold, choice.keys)
    )[:SUGGESTIONS]


def called(
    world: World,
    profile: Profile,
    command: str,
    place: Place,
    arguments: Mapping[str, str],
    *,
    files: Mapping[str, File] | None = None,
    message: TargetMessage | None = None,
    submitted: bool = False,
) -> Invocation:
    """Return a call by somebody in a place; a direct conversation is no channel, and #name is one of the space."""
    channel = place.channel
    found = world.bot.commands.get(command)
    for option in found.options if found is not None else ():
        name = arguments.get(option.name, "")
        if option.kind is FieldKind.CHANNEL and name.startswith("#"):
            arguments = {**arguments, option.name: str(replace(channel.ref, channel=name[1:]))}
    return Invocation(
        id=world.new_id(),
        command=command,
        account=profile.account,
        name=profile.name,
        channel=None if channel.owner else channel.ref,
        thread=place.thread.ref if place.thread else None,
        arguments=arguments,
        files=files or {},
        message=message,
        submitted=submitted,
        admin=profile.admin,
        locale=profile.locale,
        zone=profile.zone,
    )


def show(world: World, profile: Profile, place: Place, reply: Reply, pressed: Answer | None = None) -> Answer:
    """Let somebody alone see a reply: in place of the answer whose button was pressed, or below what is there."""
    if reply.update and pressed is not None:
        answer = pressed
    else:
        answer = Answer(world.new_id(), place, world.reader(profile))
        if reply.cards or reply.files:
            profile.answers.append(answer)
    answer.cards, answer.files, answer.form = reply.cards, reply.files, reply.form
    if reply.form:
        profile.form = OpenForm(reply.form, place, pressed)
    if answer.text:
        world.tell(Kind.ASKED if reply.form else Kind.TOLD, profile.name, place, answer.text)
    return answer
