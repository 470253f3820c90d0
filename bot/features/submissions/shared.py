"""What handing in and reading have in common: which work, and how it looks."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards import Block, Choice, Quote, paragraph
from bot.context import Context
from bot.errors import Refusal, UnknownItem
from bot.ids import SubmissionId
from bot.measure import excerpt
from bot.study import weeks
from bot.study.links import host_of
from bot.study.submissions import Submission
from bot.text import Link, to_text


class NoActivities(Refusal):
    """{group} has no activities to answer yet."""


def open_activities(ctx: Context) -> Sequence[Choice]:
    """Return the activities that work can be handed in for, the newest week first."""
    return weeks.task_choices(weeks.open_tasks(ctx.uow.weeks, ctx.group.id))


def content(work: Submission, longest: int | None = None) -> list[Block]:
    """Return what was handed in: the link with its host in sight, and the text, or the beginning of it."""
    blocks: list[Block] = []
    if work.link:
        blocks.append(paragraph(Link(host_of(work.link), work.link)))
    if work.note:
        note = to_text(work.note)
        blocks.append(Quote(note if longest is None else excerpt(note, longest)))
    return blocks


def here(ctx: Context, id: SubmissionId) -> Submission:
    """Return a submission of this group; raises UnknownItem where it is another's."""
    work = ctx.uow.submissions.get(id)
    if work is None or work.group != ctx.group.id:
        raise UnknownItem
    return work
