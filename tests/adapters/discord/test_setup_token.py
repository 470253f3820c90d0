"""The token in a file of its own: the settings are changed in one line, whole or not at all."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.command_line.token import TokenSettings, with_token_file, write
from bot.errors import ConfigError
from tests.processes import ROOT

LINE = 'token_file = "discord.token"'


def settings(folder: Path) -> TokenSettings:
    return TokenSettings(None, "discord", folder / "config.toml", {}, "")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", f"[discord]\n{LINE}\n"),
        ("[web]\nport = 1\n", f"[web]\nport = 1\n\n[discord]\n{LINE}\n"),
        ("[discord]\n", f"[discord]\n{LINE}\n"),
        ("[discord] # mine\nshards = 2\n[web]\nport = 1\n", f"[discord] # mine\n{LINE}\nshards = 2\n[web]\nport = 1\n"),
        ('[discord]\ntoken = "x"\n# token = ""\n', f'[discord]\n{LINE}\n# token = ""\n'),
        ('[discord]\ntoken_file = "old"\n', f"[discord]\n{LINE}\n"),
        ('[slack]\nbot_token = "b"\n', f'[slack]\nbot_token = "b"\n\n[discord]\n{LINE}\n'),
    ],
)
def test_one_line_is_put_where_it_belongs_and_the_rest_stays(before: str, after: str) -> None:
    assert with_token_file(before, "discord", "discord.token") == after
    assert with_token_file(after, "discord", "discord.token") == after


@pytest.mark.parametrize(
    "before",
    [
        'discord.token = "x"\n',
        'discord = {token = "x"}\n',
        '[discord]\ntoken = """\nx"""\n',
        "[discord\n",
        '["discord"]\n',
    ],
)
def test_a_file_that_only_people_can_change_is_left_alone(before: str, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(before)
    with pytest.raises(ConfigError, match=r'In \[discord\], write: token_file = "discord.token"'):
        settings(tmp_path).keep("secret")
    assert os.listdir(tmp_path) == ["config.toml"]
    assert (tmp_path / "config.toml").read_text() == before


def test_the_example_of_the_settings_can_be_changed() -> None:
    text = (ROOT / "config.example.toml").read_text(encoding="utf-8")
    changed = with_token_file(text, "discord", "discord.token")
    assert tomllib.loads(changed) == {
        **tomllib.loads(text),
        "discord": {**tomllib.loads(text)["discord"], "token_file": "discord.token"},
    }
    assert set(changed.splitlines()) - set(text.splitlines()) == {LINE}


KEYS = st.sampled_from(["token", "token_file", "shards", "tokens", "a"])
LINES = st.lists(
    st.one_of(KEYS.map(lambda key: f'{key} = "x"'), st.sampled_from(["", "# token = 1", "[web]", "[discord]"]))
)


@given(LINES)
def test_whatever_the_file_says_else_it_says_afterwards(lines: list[str]) -> None:
    text = "\n".join(lines)
    try:
        before = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    try:
        after = tomllib.loads(with_token_file(text, "discord", "t"))
    except ConfigError:
        return
    assert after.pop("discord", {})["token_file"] == "t"
    before.pop("discord", None)
    assert after == before


def test_the_mode_of_the_settings_stays_and_that_of_the_token_is_for_one_person(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[discord]\n")
    (tmp_path / "config.toml").chmod(0o640)
    (tmp_path / "discord.token").write_text("old")
    (tmp_path / "discord.token").chmod(0o644)
    before = os.umask(0)
    try:
        settings(tmp_path).keep("secret")
    finally:
        os.umask(before)
    assert (tmp_path / "config.toml").stat().st_mode & 0o777 == 0o640
    assert (tmp_path / "discord.token").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "discord.token").read_text() == "secret\n"


def test_a_file_behind_a_link_is_changed_and_the_link_stays(tmp_path: Path) -> None:
    (tmp_path / "real.toml").write_text("")
    (tmp_path / "config.toml").symlink_to("real.toml")
    settings(tmp_path).keep("secret")
    assert (tmp_path / "config.toml").is_symlink()
    assert LINE in (tmp_path / "real.toml").read_text()


def test_what_cannot_be_written_is_told_and_leaves_nothing_half(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(ConfigError, match="No space left on device"):
        settings(tmp_path).keep("secret")
    assert os.listdir(tmp_path) == []
    with pytest.raises(OSError, match="No space"):
        write(tmp_path / "x", "y", 0o600)


def test_what_is_replaced_is_said_before(tmp_path: Path) -> None:
    assert "instead of" not in "\n".join(settings(tmp_path).plan())
    (tmp_path / "discord.token").write_text("old")
    assert settings(tmp_path).plan()[0].endswith("readable by you alone, instead of what is in it now")
