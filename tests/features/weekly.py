"""What stories of weeks look at."""

from __future__ import annotations

from datetime import datetime

from bot.features import submissions
from bot.features.weeks import coming, leading, opening, reading
from bot.ids import code
from bot.ports import UnitOfWork
from bot.study.agenda import DueKind
from bot.study.weeks import Activity, Week
from tests.builders import Scene

FEATURES = (reading.feature, coming.feature, opening.feature, leading.feature, submissions.feature)


async def week(on: Scene, number: int) -> Week:
    found = await on.reads(lambda uow: uow.weeks.at(on.group.id, number))
    assert found is not None
    return found


async def id_of(on: Scene, number: int) -> str:
    return code((await week(on, number)).id)


async def due_at(on: Scene, number: int) -> datetime | None:
    id = (await week(on, number)).id
    return await on.reads(lambda uow: uow.agenda.at(DueKind.PUBLISH_WEEK, id))


async def schedule(on: Scene, number: int) -> None:
    """Let a week be due when it opens, as it is for a group that people start."""
    found = await week(on, number)
    await on.writes(lambda uow: uow.agenda.set(DueKind.PUBLISH_WEEK, found.id, found.opens_at, on.group.id))


def posted(on: Scene) -> list[str]:
    return [message.text for message in on.home.messages]


async def state(on: Scene) -> tuple[list[Week], list[Activity], int]:
    """Return all that there is of the weeks, to see that nothing changed."""

    def view(uow: UnitOfWork) -> tuple[list[Week], list[Activity], int]:
        return uow.weeks.of_group(on.group.id), uow.weeks.activities(on.group.id), len(uow.outbox.of_group(on.group.id))

    return await on.reads(view)
