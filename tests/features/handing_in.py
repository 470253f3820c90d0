"""What stories of submissions look at."""

from __future__ import annotations

from adapters.local import Message
from bot.ids import code
from bot.study.submissions import Submission
from tests.builders import Scene

LINK = "https://blog.example/loops"
SUBMIT = f"/submit activity:1 {LINK}"
UNKNOWN = "I can't find that any more. It may have been removed, or it belongs to another group."


async def work_of(on: Scene, who: str, week: int = 1, number: int = 1) -> Submission | None:
    activity = await on.activity(week, number)
    return await on.reads(lambda uow: uow.submissions.of(activity, on.ids[who]))


async def id_of(on: Scene, who: str) -> str:
    work = await work_of(on, who)
    assert work is not None
    return code(work.id)


def posted(on: Scene) -> list[Message]:
    return [message for message in on.home.messages if message.card is not None]


async def untouched(on: Scene) -> bool:
    """Return whether nobody handed anything in and nothing was posted."""
    acts = await on.reads(lambda uow: uow.journal.of_group(on.group.id))
    return not acts and not on.home.messages
