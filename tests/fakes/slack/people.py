"""People in front of the fake Slack: what they do there, and what they see of it."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from tests.fakes.refusing import Cannot
from tests.fakes.slack import shapes
from tests.fakes.slack.interactions import TRIGGER_LASTS, Interaction, Interactions
from tests.fakes.slack.things import Channel, File, Json, Message, Team, Upload, User, View
from tests.fakes.slack.world import News, World

PATIENCE = 10.0
"""Seconds for which somebody waits for an answer."""
EMOJI = {
    "👍": "+1",
    "🎉": "tada",
    "🙏": "pray",
    "❤️": "heart",
    "🌱": "seedling",
    "👏": "clap",
    "👀": "eyes",
    "🔥": "fire",
    "💡": "bulb",
    "😀": "grinning",
}
"""How Slack calls what people choose from its list."""

_SELECTED = {
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "users_select": "selected_user",
    "channels_select": "selected_channel",
    "conversations_select": "selected_conversation",
}
Place: TypeAlias = Channel | Message | None
Value: TypeAlias = "str | Upload | Sequence[str]"


class Person:
    """Somebody in a workspace; a place that is not named is the workspace's first channel."""

    def __init__(self, world: World, interactions: Interactions, team: Team, user: User) -> None:
        self._world = world
        self._all = interactions
        self.team = team
        self.user = user
        self.interactions: list[Interaction] = []
        self.form: View | None = None
        self.patience = PATIENCE

    # What they do

    async def types(self, line: str, place: Channel | None = None) -> Interaction:
        """Call a command, `/study submit 1.1`; raises Cannot where the app has none like it."""
        command, _, text = line.partition(" ")
        if command not in self._world.app.commands:
            raise Cannot(f"there is no {command} here, but {sorted(self._world.app.commands)}")
        where = self._place(place)
        name = "directmessage" if where.other is not None else where.name
        payload = self._who_slash() | {
            "channel_id": where.id,
            "channel_name": name,
            "command": command,
            "text": self._written(text.strip()),
        }
        return await self._ask("slash_commands", payload, where)

    async def presses(self, what: str, on: Message | View | None = None) -> Interaction:
        """Press a button by its label (or its id), on a message or view, or else where it was shown to them last."""
        where, button = self._button(what, on)
        action = {"action_id": button["action_id"], "block_id": button["block_id"], "type": button["element"]["type"]}
        if "option" in button:
            action["selected_option"] = button["option"]
        else:
            action |= {"text": button["element"]["text"]} | ({"value": button["value"]} if button["value"] else {})
        return await self._acts(action, where)

    async def selects(self, label: str, on: Message | View) -> Interaction:
        """Choose an entry of a list in a message or view."""
        blocks = on.blocks if isinstance(on, Message) else on.data["blocks"]
        for block in blocks:
            for one in [*(block.get("elements") or ()), block.get("accessory") or {}]:
                chosen = [option for option in one.get("options") or () if option["text"]["text"] == label]
                if chosen:
                    action = {"action_id": one["action_id"], "block_id": block["block_id"], "type": one["type"]}
                    return await self._acts(action | {"selected_option": chosen[0]}, on)
        raise Cannot(f"no list has {label!r}")

    async def opens_menu(self, entry: str, on: Message) -> Interaction:
        """Choose an entry of a message's menu."""
        payload = self._payload("message_action") | {
            "callback_id": self._shortcut(entry),
            "message_ts": on.ts,
            "message": shapes.message(on),
            "channel": self._where(on.channel),
            "action_ts": self._world.new_ts(),
        }
        return await self._ask("interactive", payload, on.channel, message=on)

    async def fills(self, **values: Value) -> Interaction:
        """Fill in the open form by the names of its fields, and submit it; of a list, by the label of a choice."""
        form = self.form
        if form is None:
            raise Cannot("no form is open")
        fields = fields_of(form)
        if unknown := set(values) - fields.keys():
            raise Cannot(f"the form has no {sorted(unknown)}, but {sorted(fields)}")
        for name, value in values.items():
            block = fields[name]
            state = form.state[block["block_id"]]
            state[block["element"]["action_id"]] = await self._filled(form, block, value)
        for name, block in fields.items():
            value = form.state[block["block_id"]][block["element"]["action_id"]]
            if not block.get("optional") and not _holds(value):
                raise Cannot(f"the form needs {name!r}")
        return await self.submits(form)

    async def submits(self, form: View) -> Interaction:
        """Submit a form as it stands."""
        shown = shapes.view(form, self._world.app.id, self._bot_id())
        payload = self._payload("view_submission") | {"view": shown, "response_urls": []}
        asked = await self._ask("interactive", payload, None, view=form)
        if asked.failed is None and not asked.errors and asked.dialog is None:
            self.form = None
        return asked

    async def closes(self) -> Interaction | None:
        """Close the open form without submitting it; the app hears of it where it wants to."""
        form, self.form = self.form, None
        if form is None:
            raise Cannot("no form is open")
        if not form.data.get("notify_on_close"):
            return None
        shown = shapes.view(form, self._world.app.id, self._bot_id())
        payload = self._payload("view_closed") | {"view": shown, "is_cleared": False}
        payload.pop("trigger_id")
        return await self._ask("interactive", payload, None, view=form)

    async def suggestions(self, field: str, typed: str = "") -> dict[str, str]:
        """Return what is offered in a field of the open form while typing: labels with their values."""
        form = self.form
        if form is None or field not in fields_of(form):
            raise Cannot(f"no form with {field!r} is open")
        block = fields_of(form)[field]
        return {one["text"]["text"]: one["value"] for one in await self._suggested(form, block, typed)}

    async def opens_home(self) -> View | None:
        """Look at the app's Home tab; return what stood there once the app had a moment."""
        there = self.team.homes.get(self.user.id)
        told: Json = {"type": "app_home_opened", "user": self.user.id, "channel": self.direct.id, "tab": "home"}
        if there is not None:
            told["view"] = shapes.view(there, self._world.app.id, self._bot_id())
        self._world.tell(self.team, told)
        return there

    def says(self, text: str, place: Place = None, *, files: Sequence[Upload] = ()) -> Message:
        """Write a message into a channel, below a message, or into the direct conversation."""
        below = place if isinstance(place, Message) else None
        where = below.channel if below is not None else self._place(place if isinstance(place, Channel) else None)
        if where.archived or self.user.id not in where.members:
            raise Cannot(f"{self.user.name} may not write in {where.name}")
        escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]} if text else None
        blocks = [{"type": "rich_text", "block_id": self._world.new_id("bk"), "elements": [section]}] if section else []
        made = Message(self._world.new_ts(), where, self.user, escaped, blocks)
        if below is not None:
            made.thread_ts = below.thread_ts or below.ts
        made.files = [self._world.keep_file(self.user, one) for one in files]
        return self._world.post(made)

    def edits(self, message: Message, text: str) -> None:
        """Let an own message say something else."""
        before = shapes.message(message)
        message.text = text
        self._world.changed(message, before)

    def deletes(self, message: Message) -> None:
        """Delete a message, their own or as an admin can."""
        self._world.delete(message)

    def reacts(self, emoji: str, on: Message) -> None:
        """Put a reaction on a message, `👍`, `+1` or `+1::skin-tone-2`."""
        self._world.react(on, self.user, EMOJI.get(emoji, emoji))

    def unreacts(self, emoji: str, on: Message) -> None:
        """Take a reaction back."""
        if not self._world.unreact(on, self.user, EMOJI.get(emoji, emoji)):
            raise Cannot("there is no such reaction")

    # What they see

    @property
    def direct(self) -> Channel:
        """The direct conversation with the app."""
        return self._world.direct(self.team, self.user)

    @property
    def inbox(self) -> list[Message]:
        """The app's direct messages, the oldest first, but for what answered them privately there."""
        there = self.direct.stored.values()
        return [one for one in there if one.author is not self.user and not one.ephemeral and not one.subtype]

    @property
    def home(self) -> View | None:
        """The app's Home tab."""
        return self.team.homes.get(self.user.id)

    @property
    def shown(self) -> list[Message]:
        """What they alone were shown, and the direct messages, the oldest first."""
        answers = [one for asked in self.interactions for one in asked.shown if not one.deleted]
        return sorted({*answers, *self.inbox}, key=lambda one: float(one.ts))

    @property
    def files(self) -> list[File]:
        """The files that they got, the oldest first."""
        return [file for one in self.inbox for file in one.files]

    @property
    def notified_by(self) -> list[Message]:
        """The messages that named them so that they were notified."""
        everything = (one for channel in self.team.channels.values() for one in channel.stored.values())
        return [one for one in everything if self.user.id in one.pinged]

    # How it is done

    async def _ask(
        self,
        kind: str,
        payload: Json,
        where: Channel | None,
        *,
        message: Message | None = None,
        view: View | None = None,
    ) -> Interaction:
        if where is not None and self.user.id not in where.members:
            raise Cannot(f"{self.user.name} is not in {where.name}")
        inner = str(payload.get("type", kind))
        trigger = f"{secrets.randbelow(10**13)}.{secrets.randbelow(10**13)}.{secrets.token_hex(16)}"
        answered_at = None
        if where is not None:
            answered_at = payload["response_url"] = f"{self._world.site}/respond/{secrets.token_urlsafe(18)}"
        if inner not in ("block_suggestion", "view_closed"):
            payload["trigger_id"] = trigger
        until = time.monotonic() + TRIGGER_LASTS
        now = self._world.now()
        asked = Interaction(
            inner, self.team, self.user, where, payload, now, trigger, until, answered_at, message, view
        )
        self._all.add(asked)
        if inner != "block_suggestion":
            self.interactions.append(asked)
        self._world.announce(News(kind, payload, asked))
        await (asked.wait(self.patience) if inner not in ("view_submission", "view_closed") else asked.acked.wait())
        if asked.dialog is not None:
            self.form = asked.dialog
        return asked

    async def _acts(self, action: Json, where: Message | View) -> Interaction:
        action["action_ts"] = self._world.new_ts()
        payload = self._payload("block_actions") | {"actions": [action]}
        if isinstance(where, View):
            payload |= {
                "container": {"type": "view", "view_id": where.id},
                "view": shapes.view(where, self._world.app.id, self._bot_id()),
            }
            return await self._ask("interactive", payload, None, view=where)
        container: Json = {"type": "message", "message_ts": where.ts, "channel_id": where.channel.id}
        container["is_ephemeral"] = where.ephemeral
        if where.thread_ts is not None:
            container["thread_ts"] = where.thread_ts
        payload |= {"container": container, "channel": self._where(where.channel), "state": {"values": {}}}
        if not where.ephemeral:  # Slack does not keep what one person alone saw
            payload["message"] = shapes.message(where)
        return await self._ask("interactive", payload, where.channel, message=where)

    def _payload(self, kind: str) -> Json:
        user = {"id": self.user.id, "username": self.user.name, "name": self.user.name, "team_id": self.team.id}
        return {
            "type": kind,
            "user": user,
            "api_app_id": self._world.app.id,
            "token": self._world.app.verification_token,
            "trigger_id": "",
            "team": {"id": self.team.id, "domain": self.team.domain},
            "enterprise": None,
            "is_enterprise_install": False,
        }

    def _written(self, text: str) -> str:
        """Return what stands behind a command as Slack sends it, where that names things by what they are."""
        if not self._world.app.escapes:
            return text
        users = {one.name: f"<@{one.id}|{one.name}>" for one in self.team.users.values()}
        places = {one.name: f"<#{one.id}|{one.name}>" for one in self.team.channels.values() if one.other is None}
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        text = re.sub(r"https?://[^\s\"]+", lambda found: f"<{found[0]}>", text)
        text = re.sub(r"(?<!\S)@([\w.-]+)", lambda found: users.get(found[1], found[0]), text)
        return re.sub(r"(?<!\S)#([\w-]+)", lambda found: places.get(found[1], found[0]), text)

    def _who_slash(self) -> Json:
        return {
            "token": self._world.app.verification_token,
            "team_id": self.team.id,
            "team_domain": self.team.domain,
            "user_id": self.user.id,
            "user_name": self.user.name,
            "api_app_id": self._world.app.id,
            "is_enterprise_install": "false",
        }

    def _where(self, channel: Channel) -> Json:
        return {"id": channel.id, "name": "directmessage" if channel.other is not None else channel.name}

    def _bot_id(self) -> str:
        return self.team.installed.bot_id if self.team.installed is not None else ""

    def _place(self, place: Channel | None) -> Channel:
        return place if place is not None else next(one for one in self.team.channels.values() if one.other is None)

    def _shortcut(self, entry: str) -> str:
        known = self._world.app.shortcuts
        if known is None:
            return entry
        found = known.get(entry)
        if found is None or found[0] != "message":
            raise Cannot(f"the menu has no {entry!r}, but {sorted(known)}")
        return found[1]

    def _button(self, what: str, on: Message | View | None) -> tuple[Message | View, Json]:
        places = [on] if on is not None else list(self._recent())
        for place in places:
            for one in place.buttons:
                if what in (one["label"], one["action_id"]):
                    if one["url"]:
                        raise Cannot(f"{what!r} leads to {one['url']}")
                    return place, one
        offered = [[one["label"] for one in place.buttons] for place in places]
        raise Cannot(f"there is no button {what!r} in {offered}")

    def _recent(self) -> Iterator[Message | View]:
        if self.form is not None:
            yield self.form
        yield from reversed(self.shown)
        if self.home is not None:
            yield self.home

    async def _filled(self, form: View, block: Json, value: Value) -> Json:
        one = block["element"]
        kind = one["type"]
        match kind:
            case "file_input":
                uploads = [value] if isinstance(value, Upload) else list(value)
                kept = [self._world.keep_file(self.user, each) for each in uploads if isinstance(each, Upload)]
                return {"type": kind, "files": [shapes.file(each) for each in kept]}
            case "static_select" | "radio_buttons":
                return {"type": kind, "selected_option": _chosen(options_of(one), str(value))}
            case "checkboxes" | "multi_static_select":
                labels = [value] if isinstance(value, str) else list(value)  # type: ignore[arg-type]
                chosen = [_chosen(options_of(one), str(each)) for each in labels if each]
                return {"type": kind, "selected_options": chosen}
            case "external_select":
                return {"type": kind, "selected_option": await self._looked_up(form, block, str(value))}
            case "datetimepicker":
                return {"type": kind, "selected_date_time": int(str(value))}
            case "datepicker" | "timepicker" | "users_select" | "channels_select" | "conversations_select":
                return {"type": kind, _SELECTED[kind]: value}
        return {"type": kind, "value": _written(one, str(value))}

    async def _suggested(self, form: View, block: Json, typed: str) -> list[Json]:
        payload = self._payload("block_suggestion") | {
            "action_id": block["element"]["action_id"],
            "block_id": block["block_id"],
            "value": typed,
            "container": {"type": "view", "view_id": form.id},
            "view": shapes.view(form, self._world.app.id, self._bot_id()),
        }
        payload.pop("trigger_id")
        return (await self._ask("interactive", payload, None, view=form)).options

    async def _looked_up(self, form: View, block: Json, value: str) -> Json:
        offered = await self._suggested(form, block, value[:75])
        return _chosen(offered, value, only=True)


def options_of(one: Json) -> list[Json]:
    """Return what can be chosen in a list."""
    return [
        *(one.get("options") or ()),
        *(each for group in one.get("option_groups") or () for each in group["options"]),
    ]


def fields_of(form: View) -> dict[str, Json]:
    """Return the blocks with a field by their names: the block's id, or the action's where Slack made that up."""
    return {
        one["element"]["action_id"] if one["block_id"].startswith("bk0") else one["block_id"]: one
        for one in form.inputs
    }


def _chosen(options: Sequence[Json], value: str, *, only: bool = False) -> Json:
    found = [one for one in options if value in (one["text"]["text"], one["value"])]
    found = found or [one for one in options if one["text"]["text"].casefold() == value.casefold()]
    if not found and only and len(options) == 1:
        found = list(options)
    if not found:
        raise Cannot(f"{value!r} is not offered, but {[one['text']['text'] for one in options]}")
    return found[0]


def _written(one: Json, value: str) -> str:
    least, most = one.get("min_length", 0), one.get("max_length", 3_000)
    if not least <= len(value) <= most:
        raise Cannot(f"a field holds {least} to {most} characters")
    if one["type"] == "number_input" and value and not value.lstrip("-").replace(".", "", 1).isdigit():
        raise Cannot(f"{value!r} is no number")
    if one["type"] == "url_text_input" and value and not value.startswith(("http://", "https://")):
        raise Cannot(f"{value!r} is no address")
    return value


def _holds(value: Json) -> bool:
    """Return whether something stands in a field."""
    return any(held not in (None, "", []) for name, held in value.items() if name != "type")
