"""Recorded requests held against Slack's limits: by the library's own models, and by counts of ours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from tests.fakes.slack import Asked, Json
from tests.fakes.slack import blocks as rules

_REFUSALS = {
    "invalid_blocks",
    "invalid_arguments",
    "no_text",
    "msg_too_long",
    "msg_blocks_too_long",
    "missing_scope",
    "unknown_method",
    "not_authed",
    "metadata_too_large",
    "invalid_metadata_format",
    "invalid_metadata_schema",
    "invalid_blocks_format",
}
"""By what Slack refuses a request that nobody should have made."""


def problems(asked: Iterable[Asked]) -> list[str]:
    """Return what is wrong with requests: what Slack would not take, and what should not have been asked for."""
    found: list[str] = []
    for number, one in enumerate(asked):
        found += [f"{number} {one.method}: {each}" for each in _problems(one)]
    return found


def _problems(one: Asked) -> list[str]:
    found = [f"refused as {one.error}: {one.answer}"] if one.error in _REFUSALS else []
    blocks, view = one.args.get("blocks"), one.args.get("view")
    if isinstance(blocks, list):
        found += rules.problems(blocks, "message") + modelled(blocks)
        found += [] if one.args.get("text") else ["no words beside the blocks"]
    if isinstance(view, dict):
        found += rules.view_problems(view) + modelled(view["blocks"])
        try:
            View(**view).to_dict()
        except SlackObjectFormationError as error:
            found.append(f"the library: {error}")
    return found + _manners(one)


def modelled(blocks: Sequence[Json]) -> list[str]:
    """Return what the library's own models do not take."""
    found: list[str] = []
    for block in blocks:
        made: Any = Block.parse(block)
        if made is None:
            found.append(f"the library knows no {block.get('type')}")
            continue
        try:
            made.to_dict()
        except SlackObjectFormationError as error:
            found.append(f"the library: {error}")
    return found


def _manners(one: Asked) -> list[str]:
    """Return what a message lacks that keeps people's words from linking, naming and unfolding."""
    if one.method != "chat.postMessage":
        return []
    wanted = {"parse": "none", "link_names": False, "unfurl_links": False, "unfurl_media": False}
    return [f"{name} is {one.args.get(name)!r}" for name, value in wanted.items() if one.args.get(name) != value]
