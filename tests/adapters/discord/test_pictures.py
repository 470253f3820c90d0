"""The pictures of docs/discord.md show what the bot really sends."""

from __future__ import annotations

import re

import pytest

from tests.adapters.discord.pictures import FOLDER, pictures

PAGE = (FOLDER.parent / "discord.md").read_text(encoding="utf-8")


@pytest.mark.slow
async def test_the_pictures_are_those_of_this_version() -> None:
    drawn = await pictures()
    kept = {name: (FOLDER / name).read_text(encoding="utf-8") for name in drawn}
    assert kept == drawn, "draw them anew: .venv/bin/python -m tests.adapters.discord.pictures"


def test_the_page_shows_each_picture_with_words_for_those_who_do_not_see_it() -> None:
    shown = dict(re.findall(r"!\[([^\]]+)\]\(images/(discord-[\w-]+\.svg)\)", PAGE))
    assert set(shown.values()) == {one.name for one in FOLDER.glob("discord-*.svg")}
    assert all(len(words) > 20 for words in shown)
