"""Requests are checked against Discord's own description, where that is at hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes.discord import Asked, openapi


@pytest.fixture(autouse=True)
def _described() -> None:
    if (why := openapi.missing()) is not None:
        pytest.skip(why)


def asked(method: str, template: str, body: Any = None, query: dict[str, str] | None = None, **at: str) -> Asked:
    path = template.format(**at)
    return Asked(method, path, template, at, query or {}, body, headers={"Content-Type": "application/json"})


def send(**body: Any) -> Asked:
    return asked("POST", "/channels/{channel_id}/messages", body, channel_id="1")


def test_a_request_as_discord_describes_it_has_no_problem() -> None:
    text = {"type": 10, "content": "Week 1", "id": 5}
    assert (
        openapi.problems([send(components=[{"type": 17, "components": [text]}], flags=1 << 15, nonce="k" * 20)]) == []
    )
    history = asked("GET", "/channels/{channel_id}/messages", None, {"limit": "100", "after": "1"}, channel_id="1")
    assert openapi.problems([history]) == []


@pytest.mark.parametrize(
    "wrong",
    [
        send(content="x" * 5_000),
        send(content="x", nonse="typed wrong"),
        send(content="x", nonce="k" * 26),
        send(components=[{"type": 1, "components": [{"type": 2, "style": 1, "label": "x" * 81, "custom_id": "a"}]}]),
        send(components=[{"type": 99}]),
        asked("POST", "/channels/{channel_id}/messages", None, channel_id="1"),
        asked("GET", "/channels/{channel_id}/messages", None, {"limit": "101"}, channel_id="1"),
        asked("GET", "/channels/{channel_id}/messages", None, {"size": "10"}, channel_id="1"),
        asked("GET", "/channels/{channel_id}/messages", None, channel_id="makers"),
        asked("GET", "/nowhere"),
        asked("PUT", "/channels/{channel_id}/messages", None, channel_id="1"),
    ],
)
def test_a_request_that_is_none_is_named(wrong: Asked) -> None:
    [problem] = openapi.problems([wrong])
    assert problem.startswith(wrong.route)
