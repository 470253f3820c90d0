"""Names and titles of nothing but special characters, as long as they can be: every card can still be drawn."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.ports import UnitOfWork
from tests.builders import Scene

NAMES = ["*" * 80, "<@everyone>" * 7, "_[x](y)~`|" * 8, "名" * 80]


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
async def test_everything_can_be_shown(js: Scene, name: str) -> None:
    await js.writes(lambda uow: _rename(uow, js, name))
    await js.another_group(title=("x" + name * 2)[:100])
    read: list[str] = []
    for line in (
        f"/submit activity:1.1 note:{'*' * 1500}",
        f"/note text:{'*' * 3900} share:yes",
        f"/ask question:{'*' * 290}a details:{'*' * 3900}",
        "/progress",
        "/portfolio",
        "/portfolio export",
        "/questions all",
    ):
        read.append(await js.does("jill", line))
    asked = js.home.last
    assert asked.thread is not None
    await js.presses("tomas", "Answer", asked)
    read.append(await js.fills("tomas", text="*" * 4000))
    read.append(await js.presses("jill", "Mark…", asked))
    read.append(await js.presses("jill", "Mark as answer", asked.thread.message("[Mark as answer]")))
    await js.does("priya", f"/ask question:{'_' * 290}b")
    await js.agrees("nadia", "jill", "tomas")
    await js.passes(days=9)
    for line in ("/lead pulse", "/lead schedule show", "/lead export", f"/lead announce {'*' * 3900}", "/progress"):
        read.append(await js.does("fela", line))
    await js.passes(days=13)

    assert all("Something went wrong" not in one for one in read)
    assert js.inbox("nadia")
    assert "has come to its end" in js.home.last.text
    assert js.chat.world is not None


def _rename(uow: UnitOfWork, js: Scene, name: str) -> None:
    """Let everyone and everything bear a name."""
    for id in js.ids.values():
        person = uow.people.get(id)
        assert person is not None
        uow.people.save(replace(person, name=name))
    group = uow.groups.get(js.group.id)
    assert group is not None
    uow.groups.save(replace(group, title=(name * 2)[:100]))
    for week in uow.weeks.of_group(js.group.id):
        uow.weeks.save(replace(week, title=(name * 2)[:100]))
    for activity in uow.weeks.activities(js.group.id):
        uow.weeks.save_activity(replace(activity, title=(name * 2)[:100]))
