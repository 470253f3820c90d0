"""Commands as Discord registers them, from the core's declarations, and calls of them read back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from discord.http import Route

from adapters.discord.commands import BOT, LARGEST, MENUS, OPTIONS, Typed, _size, read_typed, registered
from adapters.discord.marks import Json
from bot.bootstrap import FEATURES
from bot.cards import Choice, File, Reply, reply
from bot.chat import ChannelRef
from bot.context import Context
from bot.feature import Feature
from bot.ids import NoteId
from bot.language import Languages
from bot.options import LongText, Pick
from bot.text import Text, say, to_text
from tests.adapters.discord.described import as_asked
from tests.fakes.discord import Asked, openapi
from tests.pseudo import CODE, pseudo_locale

REAL = registered([one for feature in FEATURES for one in feature.commands], Languages())


class Pace(StrEnum):
    SLOW = "slow"
    FAST = "fast"

    @property
    def label(self) -> Text:
        return say("slowly") if self is Pace.SLOW else say("fast")


feature = Feature("small")


@feature.command()
def enrol(
    ctx: Context,
    goal: Annotated[LongText, "Your goal"],
    pace: Annotated[Pace | None, "Your pace"] = None,
    topic: Annotated[str | None, "Which topic", Pick(lambda ctx: [Choice("a", to_text("A"))])] = None,
    weeks: Annotated[int | None, "For how long"] = None,
    sure: Annotated[bool, "Are you sure"] = False,
    picture: Annotated[File | None, "A picture"] = None,
    where: Annotated[ChannelRef | None, "Where"] = None,
    draft: Annotated[NoteId | None, "What a button brings"] = None,
) -> Reply:
    """Join a group."""
    return reply()


@feature.command("lead week edit")
def edit(ctx: Context) -> Reply:
    """Change a week."""
    return reply()


@feature.command("lead week")
def look(ctx: Context) -> Reply:
    """See a week."""
    return reply()


@feature.command("lead pulse")
def pulse(ctx: Context) -> Reply:
    """See who is quiet."""
    return reply()


@feature.command(hidden=True)
def secret(ctx: Context) -> Reply:
    """Do what a button does."""
    return reply()


@feature.command("save it", menu="Save it")
def save(ctx: Context) -> Reply:
    """Keep a message."""
    return reply()


@feature.command("who", person_menu="Who is it")
def who(ctx: Context) -> Reply:
    """See somebody."""
    return reply()


SMALL = registered(feature.commands, Languages())


def leaves(drawn: Json) -> Iterator[Json]:
    """Yield what can be called in one command."""
    below = [one for one in drawn.get("options", ()) if one["type"] in (1, 2)]
    for one in below:
        yield from leaves(one)
    if not below:
        yield drawn


def test_an_option_is_what_its_kind_is_and_none_is_required() -> None:
    [drawn] = [one for one in SMALL.payload if one["name"] == "enrol"]
    assert drawn == {
        "name": "enrol",
        "description": "Join a group.",
        "options": [
            {"name": "goal", "description": "Your goal", "required": False, "type": 3, "max_length": 4000},
            {
                "name": "pace",
                "description": "Your pace",
                "required": False,
                "type": 3,
                "choices": [{"name": "slowly", "value": "slow"}, {"name": "fast", "value": "fast"}],
            },
            {"name": "topic", "description": "Which topic", "required": False, "type": 3, "autocomplete": True},
            {"name": "weeks", "description": "For how long", "required": False, "type": 4},
            {"name": "sure", "description": "Are you sure", "required": False, "type": 5},
            {"name": "picture", "description": "A picture", "required": False, "type": 11},
            {"name": "where", "description": "Where", "required": False, "type": 7, "channel_types": [0, 5, 15]},
        ],
        "type": 1,
        "contexts": [0],
        "integration_types": [0],
    }


def test_words_become_groups_and_what_begins_others_is_shown_with_a_word_of_its_own() -> None:
    assert dict(SMALL.names) == {
        ("enrol",): "enrol",
        ("lead", "pulse"): "lead pulse",
        ("lead", "week", "edit"): "lead week edit",
        ("lead", "week", "show"): "lead week",
    }


def test_hidden_commands_are_not_registered_but_menus_are() -> None:
    shown = {one["name"]: one["type"] for one in SMALL.payload}
    assert shown == {"enrol": 1, "lead": 1, "Save it": 3, "Who is it": 2}
    assert dict(SMALL.menus) == {"Save it": "save it", "Who is it": "who"}


def test_direct_conversations_have_no_menus_and_nothing_for_admins() -> None:
    names = {
        name for name in registered([one for f in FEATURES for one in f.commands], Languages(), BOT).names.values()
    }
    assert {"settings", "portfolio", "study about"} <= names
    assert not {"study setup", "lead group create"} & names


def test_the_hash_tells_commands_apart_and_stays_the_same_for_the_same_ones() -> None:
    again = registered(reversed(feature.commands), Languages())
    assert again.hash == registered(reversed(feature.commands), Languages()).hash
    assert SMALL.hash != REAL.hash


def test_a_name_of_four_words_has_no_room() -> None:
    deep = Feature("deep")

    @deep.command("one two three four")
    def four(ctx: Context) -> Reply:
        """Be too deep."""
        return reply()

    with pytest.raises(ValueError, match="no room"):
        registered(deep.commands, Languages())


def test_all_commands_of_the_bot_are_within_the_limits() -> None:
    assert len([one for one in REAL.payload if one["type"] == 3]) <= MENUS
    for top in REAL.payload:
        assert _size(top) <= LARGEST
        for leaf in leaves(top) if top["type"] == 1 else ():
            assert re.fullmatch(r"[-_a-z0-9]{1,32}", leaf["name"])
            assert 1 <= len(leaf["description"]) <= 100
            assert len(leaf.get("options", ())) <= OPTIONS
            for option in leaf.get("options", ()):
                assert re.fullmatch(r"[-_a-z0-9]{1,32}", option["name"])
                assert 1 <= len(option["description"]) <= 100


def test_every_command_that_people_can_type_is_there() -> None:
    typed = {one.name for each in FEATURES for one in each.commands if not one.hidden}
    assert set(REAL.names.values()) == typed


def test_translations_stand_beside_the_words(tmp_path: Path) -> None:
    catalogue = Catalog(locale="de")
    catalogue.add("Join a group.", "Tritt einer Gruppe bei.")
    catalogue.add("Save it", "Merken")
    catalogue.add("slowly", "langsam")
    folder = tmp_path / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "studycircle.mo").open("wb") as written:
        write_mo(written, catalogue)
    payload = {one["name"]: one for one in registered(feature.commands, Languages(tmp_path)).payload}
    assert payload["enrol"]["description_localizations"] == {"de": "Tritt einer Gruppe bei."}
    assert payload["Save it"]["name_localizations"] == {"de": "Merken"}
    pace = next(one for one in payload["enrol"]["options"] if one["name"] == "pace")
    assert pace["choices"][0] == {"name": "slowly", "name_localizations": {"de": "langsam"}, "value": "slow"}


def in_german(folder: Path, **words: str) -> Languages:
    catalogue = Catalog(locale="de")
    for word, translated in words.items():
        catalogue.add(word.replace("_", ":") if word.endswith("_") else f"/{word}", translated)
    place = folder / "de" / "LC_MESSAGES"
    place.mkdir(parents=True)
    with (place / "studycircle.mo").open("wb") as written:
        write_mo(written, catalogue)
    return Languages(folder)


def test_names_that_are_typed_are_translated_and_mean_the_same(tmp_path: Path) -> None:
    """A language that is added brings its own words; what Discord sends is the word that we know."""
    german = in_german(tmp_path, enrol="/Beitreten", lead="/leiten", pace_="tempo:")
    payload = {one["name"]: one for one in registered(feature.commands, german).payload}
    assert payload["enrol"]["name_localizations"] == {"de": "beitreten"}
    assert payload["lead"]["name_localizations"] == {"de": "leiten"}
    named = {one["name"]: one.get("name_localizations") for one in payload["enrol"]["options"]}
    assert named["pace"] == {"de": "tempo"}
    assert {name for name, own in named.items() if own} == {"pace"}
    assert openapi.problems([put([*payload.values()])]) == []


def test_names_that_discord_would_not_take_stay_in_english(tmp_path: Path) -> None:
    """One wrong name would have all commands refused: with blanks in it, too long, or twice side by side."""
    wrong = in_german(
        tmp_path, enrol="/Sich anmelden", lead="/" + "x" * 33, goal_="ziel:", pace_="Ziel:", sure_="topic:"
    )
    payload = {one["name"]: one for one in registered(feature.commands, wrong).payload}
    assert not payload["enrol"].get("name_localizations")
    assert not payload["lead"].get("name_localizations")
    assert not any(one.get("name_localizations") for one in payload["enrol"]["options"])


@pytest.mark.slow
def test_a_language_of_all_sentences_is_registered_within_the_limits(tmp_path: Path) -> None:
    """The pseudo-locale, under a name that Discord has."""
    (tmp_path / "de").symlink_to(pseudo_locale(tmp_path / "own") / CODE)
    everything = registered([one for feature in FEATURES for one in feature.commands], Languages(tmp_path))
    single = [one for one in everything.payload if one["name"] in ("submit", "ask", "week")]
    assert len(single) == 3
    assert all("de" in one["description_localizations"] for one in single)
    assert openapi.problems([put(list(everything.payload))]) == []
    assert all(_size(one) <= LARGEST for one in everything.payload if one["type"] == 1)


def put(payload: list[Json]) -> Asked:
    """Return the request that registers commands."""
    route = Route("PUT", "/applications/{application_id}/guilds/{guild_id}/commands", application_id=1, guild_id=2)
    return as_asked(route, payload, {})


def test_a_typed_call_is_read_with_its_words_options_files_and_channels() -> None:
    data = {
        "name": "lead",
        "options": [
            {
                "name": "week",
                "type": 2,
                "options": [
                    {
                        "name": "edit",
                        "type": 1,
                        "options": [
                            {"name": "number", "type": 4, "value": 2},
                            {"name": "sure", "type": 5, "value": False},
                            {"name": "file", "type": 11, "value": "77"},
                            {"name": "where", "type": 7, "value": "80"},
                            {"name": "title", "type": 3, "value": "Li", "focused": True},
                        ],
                    }
                ],
            }
        ],
    }
    assert read_typed(data) == Typed(
        ("lead", "week", "edit"),
        {"number": "2", "sure": "no", "title": "Li"},
        {"file": "77"},
        {"where": "80"},
        "title",
    )
    assert read_typed({"name": "help"}) == Typed(("help",))
