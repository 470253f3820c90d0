"""Methods about forms and Home tabs."""

from __future__ import annotations

import json
import time
from typing import Any

from tests.fakes.slack import shapes
from tests.fakes.slack.blocks import view_problems
from tests.fakes.slack.chat import numbered
from tests.fakes.slack.interactions import Interaction
from tests.fakes.slack.methods import Call, Refused, method
from tests.fakes.slack.things import Json, Team, User, View
from tests.fakes.slack.world import World

LARGEST = 250_000
"""Characters of a view."""
DEEP = 3
"""Views over each other, at most."""


def made(world: World, team: Team, user: User, data: Any, below: View | None = None) -> View:
    """Return a new view; refuses what Slack does not take."""
    _check(data)
    id = world.new_id("V")
    data = data | {"blocks": numbered(world, data["blocks"])}
    one = View(id, team, user, data, world.new_id("h"), below.root if below else id, below.id if below else None)
    world.views[id] = one
    fill(one)
    return one


def _check(data: Any) -> None:
    if found := view_problems(data):
        raise Refused("invalid_arguments", *found)
    if len(json.dumps(data)) > LARGEST:
        raise Refused("view_too_large")


def changed(world: World, view: View, data: Any) -> View:
    """Let a view show something else; what stood in fields that stay remains there."""
    _check(data)
    if data["type"] != view.data["type"]:
        raise Refused("invalid_arguments", "view: a view cannot change its type")
    view.data = data | {"blocks": numbered(world, data["blocks"])}
    view.hash = world.new_id("h")
    kept = view.state
    view.state = {}
    fill(view)
    for block, values in kept.items():
        for action, value in values.items():
            if action in view.state.get(block, {}):
                view.state[block][action] = value
    return view


_HELD: dict[str, tuple[str, str, Any]] = {
    "checkboxes": ("selected_options", "initial_options", []),
    "multi_static_select": ("selected_options", "initial_options", []),
    "static_select": ("selected_option", "initial_option", None),
    "external_select": ("selected_option", "initial_option", None),
    "radio_buttons": ("selected_option", "initial_option", None),
    "datepicker": ("selected_date", "initial_date", None),
    "timepicker": ("selected_time", "initial_time", None),
    "datetimepicker": ("selected_date_time", "initial_date_time", None),
    "users_select": ("selected_user", "initial_user", None),
    "channels_select": ("selected_channel", "initial_channel", None),
    "conversations_select": ("selected_conversation", "initial_conversation", None),
    "file_input": ("files", "", []),
}
"""Where the value of a field stands, where that with which it begins, and what stands for none."""


def fill(view: View) -> None:
    """Let the fields of a view hold what they begin with."""
    for block in view.inputs:
        one = block["element"]
        name, initial, none = _HELD.get(one["type"], ("value", "initial_value", None))
        value = {"type": one["type"], name: one.get(initial, none)}
        view.state.setdefault(block["block_id"], {})[one.get("action_id", "")] = value


def shown(call: Call, view: View) -> Json:
    """Return a view as methods answer with it."""
    return {"view": shapes.view(view, call.world.app.id, call.app.bot_id)}


def _triggered(call: Call) -> Interaction:
    """Return what somebody asked, by its trigger, which is used up now."""
    one = call.asked.by_trigger.get(call.words("trigger_id"))
    if one is None or one.team is not call.team:
        raise Refused("invalid_trigger_id")
    if time.monotonic() > one.trigger_until:
        raise Refused("expired_trigger_id")
    if one.trigger in call.asked.used:
        raise Refused("exchanged_trigger_id")
    call.asked.used.add(one.trigger)
    return one


@method("views.open")
def open_view(call: Call) -> Json:
    """Open a form in front of somebody who did something just now."""
    data = call.args.get("view")
    _check(data)
    one = _triggered(call)
    one.dialog = made(call.world, call.team, one.user, data)
    one.answered.set()
    return shown(call, one.dialog)


@method("views.push")
def push_view(call: Call) -> Json:
    """Open a form over another one."""
    data = call.args.get("view")
    _check(data)
    one = _triggered(call)
    if one.view is None:
        raise Refused("push_limit_reached")
    if _depth(call.world, one.view) >= DEEP:
        raise Refused("push_limit_reached")
    one.dialog = made(call.world, call.team, one.user, data, one.view)
    one.answered.set()
    return shown(call, one.dialog)


def _depth(world: World, view: View) -> int:
    return 1 + (_depth(world, world.views[view.previous]) if view.previous else 0)


@method("views.update")
def update_view(call: Call) -> Json:
    """Let a form show something else."""
    named, outer = call.args.get("view_id"), call.args.get("external_id")
    found = [
        one
        for one in call.world.views.values()
        if one.team is call.team and (one.id == named or (outer and one.data.get("external_id") == outer))
    ]
    if not found:
        raise Refused("not_found")
    if call.args.get("hash") not in (None, found[0].hash):
        raise Refused("hash_conflict")
    changed(call.world, found[0], call.args.get("view"))
    if (asked := call.asked.newest(found[0].user)) is not None:
        asked.dialog = found[0]
        asked.answered.set()
    return shown(call, found[0])


@method("views.publish")
def publish(call: Call) -> Json:
    """Let somebody's Home tab show something."""
    user = call.team.users.get(call.words("user_id"))
    if user is None:
        raise Refused("user_not_found")
    data = call.args.get("view")
    if not isinstance(data, dict) or data.get("type") != "home":
        raise Refused("invalid_arguments", "view: type is home")
    there = call.team.homes.get(user.id)
    if call.args.get("hash") not in (None, there.hash if there is not None else None):
        raise Refused("hash_conflict")
    if there is not None:
        changed(call.world, there, data)
    else:
        call.team.homes[user.id] = there = made(call.world, call.team, user, data)
    for look in call.world.seen:
        look(there)
    return shown(call, there)
