"""Commands as a workspace has them, held together with the manifest, the listeners and the documentation."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from adapters.slack.commands import GLOBAL, SHORT, Names
from adapters.slack.events import HEARD
from adapters.slack.manifest import EVENTS_HEARD, SCOPES, link, manifest
from bot.bootstrap import FEATURES
from bot.errors import MoreWords, Refusal, UnknownCommand

COMMANDS = {command.name: command for feature in FEATURES for command in feature.commands}
NAMES = Names(COMMANDS)
DOCS = Path("docs/slack.md")


def read(command: str, text: str = "", names: Names = NAMES) -> tuple[str, dict[str, str]]:
    typed = names.read(command, text, "T1")
    return typed.command.name, typed.arguments


@pytest.mark.parametrize(
    ("command", "text", "wanted"),
    [
        ("/study", "", ("help", {})),
        ("/study", "help", ("help", {})),
        ("/study", "Help submit", ("help", {"topic": "submit"})),
        ("/study", "setup", ("study setup", {})),
        ("/study", "week number:2", ("week", {"number": "2"})),
        ("/study", "/week 2", ("week", {"number": "2"})),
        ("/study", "lead pulse", ("lead pulse", {})),
        ("/submit", "", ("submit", {})),
        (
            "/submit",
            "<https://a.example/?a=1&amp;b=2|a.example> activity:2",
            ("submit", {"link": "https://a.example/?a=1&b=2", "activity": "2"}),
        ),
        (
            "/study",
            "submit <https://a.example> activity:2 note:“with quotes”",
            ("submit", {"link": "https://a.example", "activity": "2", "note": "with quotes"}),
        ),
        (
            "/ask",
            'question:"How?" details:"Like &lt;this&gt;"',
            ("ask", {"question": "How?", "details": "Like <this>"}),
        ),
        ("/study", "study setup", ("study setup", {})),
    ],
)
def test_a_typed_line_is_the_call_that_it_means(command: str, text: str, wanted: tuple[str, dict[str, str]]) -> None:
    assert read(command, text) == wanted


def test_every_command_that_can_be_typed_is_reached_behind_the_umbrella() -> None:
    for name, command in COMMANDS.items():
        if not command.hidden:
            line = name.removeprefix("study ")
            assert read("/study", line)[0] == name


def test_a_mistyped_line_is_answered_with_the_nearest_command() -> None:
    with pytest.raises(UnknownCommand) as refused:
        read("/study", "submitt https://a.example")
    assert refused.value.places["nearest"] == "/submit"
    with pytest.raises(MoreWords):
        read("/study", "lead")
    for odd in ("setup2", "🙂", ":", "activity:2", "<@U1>", "a" * 4_000):
        with pytest.raises(Refusal):
            read("/study", odd)


def test_a_prefix_stands_before_each_command() -> None:
    names = Names(COMMANDS, "lab-")
    assert [one.name for one in names.slash_commands()] == [f"/lab-{one}" for one in ("study", *SHORT)]
    assert read("/lab-study", "week", names) == ("week", {})
    assert read("/lab-submit", "", names) == ("submit", {})
    assert names.shown("Type /submit or /week.") == "Type /lab-submit or /lab-study week."
    for wrong in ("Ä", "a b", "/", "x" * 30):
        with pytest.raises(ValueError, match="letters"):
            Names(COMMANDS, wrong)


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("/week shows it", "/study week shows it"),
        ("(/help), /submit; “/ask”.", "(/study help), /submit; “/ask”."),
        ("/lead group edit and /lead", "/study lead group edit and /study lead"),
        ("/study setup does it", "/study setup does it"),
        ("https://a.example/week and a/week", "https://a.example/week and a/week"),
        ("/weeks /week-end /week/2 /week.html", "/weeks /week-end /week/2 /week.html"),
        ("no command at all", "no command at all"),
    ],
)
def test_the_words_of_the_bot_name_commands_that_work_here(words: str, shown: str) -> None:
    assert NAMES.shown(words) == shown


def test_the_manifest_names_what_is_listened_to_and_nothing_else() -> None:
    found = manifest(COMMANDS)
    features, settings = found["features"], found["settings"]
    assert [one["command"] for one in features["slash_commands"]] == ["/study", *(f"/{name}" for name in SHORT)]
    assert all(one["should_escape"] for one in features["slash_commands"])
    shortcuts = {one["callback_id"]: one["type"] for one in features["shortcuts"]}
    assert {id for id, kind in shortcuts.items() if kind == "global"} == set(GLOBAL)
    assert {id for id, kind in shortcuts.items() if kind == "message"} == {
        name for name, one in COMMANDS.items() if one.menu is not None
    }
    assert set(shortcuts) <= set(COMMANDS)
    heard = set(settings["event_subscriptions"]["bot_events"])
    assert heard == set(EVENTS_HEARD)
    listened = {*HEARD, "app_home_opened", "app_uninstalled", "tokens_revoked", "user_change", "member_joined_channel"}
    assert {one.partition(".")[0] for one in heard} == listened
    source = Path("adapters/slack/listening.py").read_text(encoding="utf-8")
    assert all(f'"{one}"' in source for one in listened - set(HEARD))
    assert settings["socket_mode_enabled"] is True
    assert "request_url" not in settings["interactivity"]


def test_over_http_everything_comes_to_one_address() -> None:
    found = manifest(COMMANDS, http="https://circle.example.org/")
    address = "https://circle.example.org/slack/events"
    assert {one["url"] for one in found["features"]["slash_commands"]} == {address}
    assert found["settings"]["event_subscriptions"]["request_url"] == address
    assert found["settings"]["interactivity"]["request_url"] == address
    assert found["settings"]["interactivity"]["message_menu_options_url"] == address
    assert found["settings"]["socket_mode_enabled"] is False
    assert found["oauth_config"]["redirect_urls"] == ["https://circle.example.org/slack/oauth_redirect"]


def test_the_manifest_has_slacks_lengths() -> None:
    found = manifest(COMMANDS, prefix="p" * 20, name="A" * 60)
    assert len(found["display_information"]["name"]) <= 35
    assert len(found["display_information"]["description"]) <= 140
    shortcuts = found["features"]["shortcuts"]
    assert all(len(one["name"]) <= 24 and len(one["description"]) <= 150 for one in shortcuts)
    assert sum(one["type"] == "message" for one in shortcuts) <= 5
    assert len({one["name"] for one in shortcuts}) == len(shortcuts)
    for one in found["features"]["slash_commands"]:
        assert re.fullmatch(r"/[a-z0-9_-]{1,32}", one["command"])
        assert len(one["description"]) <= 2_000
        assert len(one["usage_hint"]) <= 1_000


def test_one_click_makes_an_app_from_the_manifest() -> None:
    found = manifest(COMMANDS)
    parts = urlsplit(link(found))
    asked = parse_qs(parts.query)
    assert (parts.netloc, asked["new_app"]) == ("api.slack.com", ["1"])
    assert json.loads(asked["manifest_json"][0]) == found


def test_the_documentation_says_what_each_scope_is_for() -> None:
    told = DOCS.read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `([a-z.:_]+)` \| (.+?) \|$", told, re.MULTILINE))
    assert {name: why for name, why in rows.items() if ":" in name or name == "commands"} == dict(SCOPES)
    assert {name: why for name, why in rows.items() if name in EVENTS_HEARD} == dict(EVENTS_HEARD)
