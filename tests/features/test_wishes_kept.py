"""Wishes for one's portfolio are kept on both databases, follow linked accounts, and go with the person (S7, J27)."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.bootstrap import FEATURES
from bot.ids import code
from bot.ports import UnitOfWork
from bot.study import linking, publishing, stories
from bot.study.publishing import Kind
from tests.builders import scene


@pytest.mark.slow
async def test_wishes_and_consent_are_kept_joined_and_erased(database_url: str, tmp_path: Path) -> None:
    async with scene(database_url, FEATURES, tmp_path) as js:
        await js.open_week(1)
        jill, nadia = js.ids["jill"], js.ids["nadia"]
        for name in ("jill", "nadia"):
            await js.does(name, f"/note text:{name} share:yes kind:code")
            await js.calls(name, "settings credit", named="yes")
        await js.does("priya", "/ask What is a closure")
        await js.says("nadia", "A function that remembers", js.home.last)

        def wishes(uow: UnitOfWork) -> dict[str, int]:
            found: dict[str, int] = {}
            for name in ("jill", "nadia"):
                [note] = uow.notes.by_person(js.group.id, js.ids[name])
                item = Kind.NOTE, note.id
                publishing.put_first(uow.publications, js.ids[name], item, first=True, now=js.clock.now())
                publishing.choose(uow.publications, js.ids[name], item, shown=False, now=js.clock.now())
                uow.stories.tell(stories.Story(note.id, js.ids[name], "note", note.id, f"said by {name}"))
                found[name] = note.id
            return found

        ids = await js.writes(wishes)
        assert "Was helped by Nadia" in await js.does("priya", "/portfolio")

        kept = await js.writes(lambda uow: linking.join(uow, jill, nadia, now=js.clock.now()))
        assert kept.credited
        for items in (
            await js.reads(lambda uow: set(uow.publications.first(kept.id))),
            await js.reads(lambda uow: set(uow.publications.choices(kept.id))),
            await js.reads(lambda uow: set(uow.stories.of_person(kept.id))),
        ):
            assert items == {("note", id) for id in ids.values()}
        assert f"Was helped by {kept.name}" in await js.does("priya", "/portfolio")
        await js.calls("jill", "settings credit", named="no")
        assert "Was helped by 1 person" in await js.does("priya", "/portfolio")

        await js.does("jill", "/settings erase")
        await js.presses("jill", "Yes, erase everything")
        assert await js.reads(lambda uow: uow.publications.first(kept.id)) == {}
        assert await js.reads(lambda uow: uow.stories.of_person(kept.id)) == {}
        assert code(kept.id) not in await js.does("priya", "/notes")
        assert "No note is shared yet." in await js.does("priya", "/notes")
