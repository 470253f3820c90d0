"""People in front of the fake Discord: what they do there, and what they see of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.fakes.discord import shapes
from tests.fakes.discord.interactions import AUTOCOMPLETE, COMMAND, COMPONENT, SUBMIT, Interaction, begin
from tests.fakes.discord.permissions import May, allowed
from tests.fakes.discord.things import (
    Attachment,
    Channel,
    Dialog,
    Emoji,
    Guild,
    Json,
    Message,
    Role,
    Upload,
    User,
    walked,
)
from tests.fakes.discord.world import World
from tests.fakes.refusing import Cannot

PATIENCE = 10.0
"""Seconds for which somebody waits for an answer."""


class Person:
    """Somebody in a server; a place that is not named is the server's first channel."""

    def __init__(self, world: World, user: User, guild: Guild) -> None:
        self._world = world
        self.user = user
        self.guild = guild
        self.interactions: list[Interaction] = []
        self.form: Dialog | None = None
        self.patience = PATIENCE

    # What they do

    async def types(self, line: str, place: Channel | None = None, /, **options: Any) -> Interaction:
        """Call a command, `/lead week edit`, with options; raises Cannot where Discord shows none like it."""
        data, _ = self._command(line, place, options)
        return await self._ask(COMMAND, self._place(place), data)

    async def suggestions(
        self, line: str, option: str, typed: str = "", place: Channel | None = None, /, **others: Any
    ) -> dict[str, str]:
        """Return what is offered for an option while typing: labels with their values."""
        data, leaf = self._command(line, place, others)
        declared = self._declared(line, place).get(option, {})
        if not declared.get("autocomplete"):
            raise Cannot(f"nothing is suggested for {option!r} of {line!r}")
        leaf.append({"name": option, "type": declared["type"], "value": typed, "focused": True})
        asked = await self._ask(AUTOCOMPLETE, self._place(place), data)
        return {str(one["name"]): str(one["value"]) for one in asked.choices}

    def offers(self, line: str, option: str, place: Channel | None = None) -> bool:
        """Return whether something is offered for an option of a command while typing."""
        return bool(self._declared(line, place).get(option, {}).get("autocomplete"))

    async def presses(self, what: str, on: Message | None = None) -> Interaction:
        """Press a button by its label (or its id), on a message or else on the newest shown to them alone."""
        message, button = self._button(what, on)
        data = {"custom_id": button["custom_id"], "component_type": 2, "id": button["id"]}
        return await self._ask(COMPONENT, message.channel, data, message)

    async def selects(self, label: str, on: Message) -> Interaction:
        """Choose an entry of a list in a message."""
        for one in walked(on.components):
            chosen = [option["value"] for option in one.get("options") or () if option["label"] == label]
            if chosen:
                data = {"custom_id": one["custom_id"], "component_type": one["type"], "id": one["id"], "values": chosen}
                return await self._ask(COMPONENT, on.channel, data, on)
        raise Cannot(f"no list has {label!r}")

    async def opens_menu(self, entry: str, on: Message) -> Interaction:
        """Choose an entry of a message's menu."""
        command = next((one for one in self._commands(on.channel) if one["type"] == 3 and one["name"] == entry), None)
        if command is None:
            raise Cannot(f"a message's menu has no {entry!r}")
        described = self._world.describe(on)
        data = {
            "id": command["id"],
            "name": entry,
            "type": 3,
            "target_id": str(on.id),
            "resolved": {"messages": {str(on.id): described}},
        }
        return await self._ask(COMMAND, on.channel, data)

    async def opens_menu_on(self, other: Person, entry: str, place: Channel) -> Interaction:
        """Choose an entry of somebody's menu."""
        command = next((one for one in self._commands(place) if one["type"] == 2 and one["name"] == entry), None)
        if command is None:
            raise Cannot(f"a person's menu has no {entry!r}")
        id = str(other.user.id)
        resolved = {"users": {id: shapes.user(other.user)}}
        data = {"id": command["id"], "name": entry, "type": 2, "target_id": id, "resolved": resolved}
        return await self._ask(COMMAND, place, data)

    async def fills(self, **values: str | Upload | Sequence[str]) -> Interaction:
        """Fill in the open form by its fields' ids and submit it; of a list, by the label of a choice."""
        form = self.form
        if form is None:
            raise Cannot("no form is open")
        unknown = set(values) - form.fields.keys()
        if unknown:
            raise Cannot(f"the form has no {sorted(unknown)}, but {sorted(form.fields)}")
        resolved: Json = {}
        rows = [
            self._filled(row, values, resolved, form.channel) for row in form.data["components"] if row["type"] != 10
        ]
        data = {"custom_id": form.data["custom_id"], "components": rows, "resolved": {"attachments": resolved}}
        self.form = None
        return await self._ask(SUBMIT, form.channel, data, form.origin)

    def says(self, text: str, place: Channel | None = None, *, answers: Message | None = None) -> Message:
        """Write a message into a channel, a thread or the direct conversation."""
        where = self._place(place)
        if where.guild is not None:
            needed = May.SEND_MESSAGES_IN_THREADS if where.is_thread else May.SEND_MESSAGES
            if needed not in allowed(where.guild, self.user, where) or where.locked:
                raise Cannot(f"{self.user.name} may not write in {where.name}")
        made = Message(self._world.new_id(), where, self.user, self._world.now(), text)
        made.pinged = self._world.mentioned(text, where.guild)
        if answers is not None:
            made.answers, made.kind = answers.id, 19
        return self._world.post(made)

    def reacts(self, emoji: str, on: Message, *, burst: bool = False) -> None:
        """Put a reaction on a message, or a super reaction."""
        self._world.react(on, self.user, Emoji.parse(emoji), burst=burst)

    def unreacts(self, emoji: str, on: Message, *, burst: bool = False) -> None:
        """Take a reaction back."""
        if not self._world.unreact(on, self.user, Emoji.parse(emoji), burst=burst):
            raise Cannot("there is no such reaction")

    def clears(self, on: Message, emoji: str | None = None) -> None:
        """Remove all reactions of a message, or all with one emoji, as a moderator can."""
        self._world.clear(on, Emoji.parse(emoji) if emoji is not None else None)

    def deletes(self, *messages: Message) -> None:
        """Delete messages, their own or as a moderator can."""
        self._world.delete(*messages)

    # What they see

    @property
    def direct(self) -> Channel:
        """The direct conversation with the bot."""
        return self._world.direct(self.user)

    @property
    def inbox(self) -> list[Message]:
        """The bot's direct messages, the oldest first."""
        return [one for one in self.direct.messages if one.author is not self.user]

    @property
    def shown(self) -> list[Message]:
        """What they alone were shown, and the direct messages, the oldest first."""
        answers = [one for asked in self.interactions for one in asked.shown if not one.deleted]
        return sorted({*answers, *self.inbox}, key=lambda one: one.id)

    @property
    def files(self) -> list[Attachment]:
        """The files that they got, the oldest first."""
        return [file for one in self.shown for file in one.attachments]

    @property
    def notified_by(self) -> list[Message]:
        """The messages that named them so that they were notified."""
        everything = (one for channel in self._world.channels.values() for one in channel.stored.values())
        return [one for one in everything if self.user.id in one.pinged]

    # How it is done

    async def _ask(self, kind: int, place: Channel, data: Json, message: Message | None = None) -> Interaction:
        if place.guild is not None and May.VIEW_CHANNEL not in allowed(place.guild, self.user, place):
            raise Cannot(f"{self.user.name} does not see {place.name}")
        asked = begin(self._world, kind, self.user, place, data, message)
        if kind != AUTOCOMPLETE:
            self.interactions.append(asked)
        await asked.wait(self.patience)
        if asked.dialog is not None:
            self.form = asked.dialog
        return asked

    def _place(self, place: Channel | None) -> Channel:
        return place if place is not None else next(iter(self.guild.channels.values()))

    def _commands(self, place: Channel) -> list[Json]:
        context = 0 if place.guild is not None else 1
        there = [*self._world.application.global_commands.values()]
        there += place.guild.commands.values() if place.guild is not None else ()
        return [one for one in there if context in (one.get("contexts") or (0, 1))]

    def _path(self, line: str, place: Channel | None) -> list[Json]:
        """Return the command and the words after it as they are registered; raises Cannot."""
        first, *more = line.removeprefix("/").split()
        path = [one for one in self._commands(self._place(place)) if one["type"] == 1 and one["name"] == first][:1]
        if not path:
            raise Cannot(f"there is no /{first} here")
        for word in more:
            inner = [one for one in path[-1].get("options") or () if one["name"] == word and one["type"] <= 2]
            if not inner:
                raise Cannot(f"{line!r} is no command: there is no {word!r}")
            path.append(inner[0])
        return path

    def _declared(self, line: str, place: Channel | None) -> dict[str, Json]:
        """Return the options of a command; raises Cannot where more words have to follow."""
        known = {one["name"]: one for one in self._path(line, place)[-1].get("options") or ()}
        if any(one["type"] <= 2 for one in known.values()):
            raise Cannot(f"{line!r} goes on with one of {sorted(known)}")
        return known

    def _command(self, line: str, place: Channel | None, options: Mapping[str, Any]) -> tuple[Json, list[Json]]:
        """Return the data of a call, and the list of its options in there."""
        path, known = self._path(line, place), self._declared(line, place)
        resolved: Json = {}
        if unknown := set(options) - known.keys():
            raise Cannot(f"{line!r} has no {sorted(unknown)}, but {sorted(known)}")
        missing = [name for name, one in known.items() if one.get("required") and name not in options]
        if missing:
            raise Cannot(f"{line!r} needs {missing}")
        leaf = [self._option(known[name], value, resolved, self._place(place)) for name, value in options.items()]
        inside = leaf
        for one in reversed(path[1:]):
            inside = [{"name": one["name"], "type": one["type"], "options": inside}]
        data: Json = {"id": path[0]["id"], "name": path[0]["name"], "type": 1, "options": inside}
        channels = {str(one.id): self._seen(one) for one in options.values() if isinstance(one, Channel)}
        roles = {str(one.id): shapes.role(one) for one in options.values() if isinstance(one, Role)}
        if resolved or channels or roles:
            data["resolved"] = {"attachments": resolved, "channels": channels, "roles": roles}
        return data, leaf

    def _seen(self, one: Channel) -> Json:
        """Return a channel as a call brings it, with what whoever calls may do there."""
        may = shapes.permissions_in(one, self.user)
        return {"id": str(one.id), "name": one.name, "type": int(one.kind), "permissions": may}

    def _option(self, declared: Json, value: Any, resolved: Json, place: Channel) -> Json:
        kind = declared["type"]
        shown: Json = {"name": declared["name"], "type": kind, "value": value}
        match kind:
            case 11:
                shown["value"] = self._uploaded(value, resolved, place)
            case 8:
                shown["value"] = str(value.id)
            case 7:
                if int(value.kind) not in declared.get("channel_types", (value.kind,)):
                    raise Cannot(f"{declared['name']} takes no channel like {value.name!r}")
                shown["value"] = str(value.id)
            case 4:
                shown["value"] = int(value)
            case 5:
                shown["value"] = value if isinstance(value, bool) else value in ("yes", "true", "True")
            case 3 if declared.get("choices"):
                known = {one["name"]: one["value"] for one in declared["choices"]}
                if value not in known and value not in known.values():
                    raise Cannot(f"{declared['name']} is one of {sorted(known)}, not {value!r}")
                shown["value"] = known.get(value, value)
            case 3 if not declared.get("min_length", 0) <= len(value) <= declared.get("max_length", 6_000):
                raise Cannot(f"{declared['name']} holds {declared.get('max_length')} characters")
        return shown

    def _uploaded(self, upload: Upload, resolved: Json, place: Channel) -> str:
        kept = self._world.keep_file(place, upload)
        resolved[str(kept.id)] = shapes.attachment(kept) | {"ephemeral": True}
        return str(kept.id)

    def _button(self, what: str, on: Message | None) -> tuple[Message, Json]:
        places = [on] if on is not None else list(reversed(self.shown))
        for message in places:
            for one in message.buttons:
                if what in (one.get("label"), one.get("custom_id")) and not one.get("disabled"):
                    if "custom_id" not in one:
                        raise Cannot(f"{what!r} leads to {one.get('url')}")
                    return message, one
        offered = [[one.get("label") for one in message.buttons] for message in places]
        raise Cannot(f"there is no button {what!r} in {offered}")

    def _filled(self, row: Json, values: Mapping[str, Any], resolved: Json, place: Channel) -> Json:
        if row["type"] == 18:
            return {"type": 18, "id": 1, "component": self._field(row["component"], values, resolved, place)}
        return {"type": 1, "id": 1, "components": [self._field(row["components"][0], values, resolved, place)]}

    def _field(self, one: Json, values: Mapping[str, Any], resolved: Json, place: Channel) -> Json:
        given = values.get(one["custom_id"])
        shown = {"type": one["type"], "id": 2, "custom_id": one["custom_id"]}
        if one["type"] == 4:
            words = one.get("value", "") if given is None else str(given)
            least = max(one.get("min_length", 0), 1 if one.get("required", True) else 0)
            if not least <= len(words) <= one.get("max_length", 4_000):
                raise Cannot(
                    f"{one['custom_id']} holds {least} to {one.get('max_length')} characters, not {len(words)}"
                )
            return {**shown, "value": words}
        if one["type"] == 19:
            uploads = [given] if isinstance(given, Upload) else list(given or ())
            chosen = [self._uploaded(each, resolved, place) for each in uploads]
        else:
            chosen = self._chosen(one, given)
        if not one.get("min_values", 1 if one.get("required", True) else 0) <= len(chosen) <= one.get("max_values", 1):
            raise Cannot(f"{one['custom_id']} takes another number of choices than {len(chosen)}")
        return {**shown, "values": chosen}

    def _chosen(self, one: Json, given: Any) -> list[str]:
        options = one.get("options") or ()
        if given is None:
            return [str(each["value"]) for each in options if each.get("default")]
        wanted = [given] if isinstance(given, str) else list(given)
        found = [str(each["value"]) for word in wanted for each in options if word in (each["label"], each["value"])]
        if len(found) != len(wanted):
            raise Cannot(f"{one['custom_id']} is one of {[each['label'] for each in options]}, not {given!r}")
        return found
