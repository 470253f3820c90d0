"""The example of the settings is true: it loads, names every setting, and shows the defaults."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from bot.config import Config, load

EXAMPLE = Path(__file__).resolve().parents[2] / "config.example.toml"


def test_it_loads_and_shows_the_defaults(tmp_path: Path) -> None:
    copied = tmp_path / "config.toml"
    copied.write_text(EXAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    loaded = load(copied, {})
    beside = f"sqlite:///{tmp_path.resolve()}/studycircle.db"
    assert loaded.storage.url == beside
    assert loaded.model_dump(exclude={"storage"}) == Config().model_dump(exclude={"storage"})


def test_it_names_every_setting_in_its_section() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    sections = dict(re.findall(r"^\[(\w+)\]\n(.*?)(?=^\[|\Z)", text, re.MULTILINE | re.DOTALL))
    known = {name: set(type(section).model_fields) for name, section in Config()}
    named = {name: set(re.findall(r"^(?:# )?(\w+) = ", body, re.MULTILINE)) for name, body in sections.items()}
    assert named == known


def test_what_is_commented_out_can_be_switched_on() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    switched_on = re.sub(r"^# (\w+ = )", r"\1", text, flags=re.MULTILINE)
    assert set(tomllib.loads(switched_on)) == set(Config.model_fields)
    Config.model_validate(tomllib.loads(switched_on))


def test_it_says_how_the_environment_and_files_come_in() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    assert "STUDYCIRCLE_WEB__PORT=9000" in text
    assert "STUDYCIRCLE_DISCORD__TOKEN_FILE=" in text
