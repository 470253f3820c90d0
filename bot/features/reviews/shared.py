"""What giving and reading feedback have in common: which work, who may read it, and how it looks."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards import Block, Card, Choice, Heading, Quote, Tone, card, paragraph
from bot.context import Context
from bot.errors import Refusal, UnknownItem
from bot.ids import ActivityId, ReviewId, SubmissionId
from bot.measure import excerpt
from bot.study import weeks
from bot.study.links import host_of
from bot.study.reviews import Review
from bot.study.submissions import Submission
from bot.study.weeks import Task
from bot.text import EMPTY, Link, Text, say, to_text

SHOWN = 1_200
"""Characters of each part of a review that its card shows; the rest is one tap away."""


class HandInFirst(Refusal):
    """In this group you see the others' work once you have handed in your own. /submit starts it."""


def open_activities(ctx: Context) -> Sequence[Choice]:
    """Return the activities whose work can wait for feedback, the newest week first."""
    return weeks.task_choices(weeks.open_tasks(ctx.uow.weeks, ctx.group.id))


def work_here(ctx: Context, id: SubmissionId) -> Submission:
    """Return work of this group; raises UnknownItem, and HandInFirst where one's own response comes first."""
    work = ctx.uow.submissions.get(id)
    if work is None or work.group != ctx.group.id:
        raise UnknownItem
    if not may_read(ctx, work.activity):
        raise HandInFirst
    return work


def may_read(ctx: Context, activity: ActivityId) -> bool:
    """Return whether the caller sees the others' responses to an activity; those who lead check them."""
    if not ctx.group.responses_after_own or not ctx.member.learning or ctx.member.leads:
        return True
    own = ctx.uow.submissions.of(activity, ctx.person.id)
    return own is not None and own.withdrawn_at is None


def review_here(ctx: Context, id: ReviewId) -> Review:
    """Return a review of this group that stands; raises UnknownItem."""
    found = ctx.uow.reviews.get(id)
    if found is None or found.group != ctx.group.id or found.withdrawn_at is not None:
        raise UnknownItem
    return found


def task_of(ctx: Context, activity: ActivityId) -> Task | None:
    """Return the activity that some work is for, also where nobody is asked for it any more."""
    asked = weeks.tasks(ctx.uow.weeks, ctx.group.id, retired=True)
    return next((task for task in asked if task.activity.id == activity), None)


def named(task: Task | None) -> Text:
    """Return an activity in words."""
    return task.name + ": " + task.activity.title[:70] if task else EMPTY


def content(work: Submission, longest: int) -> list[Block]:
    """Return what was handed in: the link with its host in sight, and the beginning of the text."""
    blocks: list[Block] = [paragraph(Link(host_of(work.link), work.link))] if work.link else []
    return [*blocks, Quote(excerpt(to_text(work.note), longest))] if work.note else blocks


def words(review: Review, longest: int = SHOWN) -> list[Block]:
    """Return what a review says."""
    if not review.works and not review.suggestion:  # nobody gives feedback without either: its time was over
        return [paragraph(say("The words of this are gone."))]
    return [
        Heading(say("What works")),
        Quote(excerpt(to_text(review.works), longest)),
        Heading(say("One suggestion")),
        Quote(excerpt(to_text(review.suggestion), longest)),
    ]


def review_card(ctx: Context, review: Review) -> Card:
    """Return a review as it stands below the work; its words only where everybody may read the work."""
    author, who = ctx.mention(review.author, ping=not _told_directly(ctx, review)), ctx.mention(review.person)
    longer = max(len(review.works), len(review.suggestion)) > SHOWN
    hidden = ctx.group.responses_after_own
    read = ctx.button(say("Read it"), "review read", id=review.id)
    helped = ctx.button(say("This helped me"), "review helped", id=review.id)
    return card(
        "",
        paragraph(say("{author}, {who} has feedback for you.", author=author, who=who)),
        *([] if hidden else words(review)),
        say("It helped.") if review.helped_at else EMPTY,
        buttons=[read if hidden or longer else None, None if review.helped_at else helped],
        footer=say("React to say thanks."),
        tone=Tone.DONE if review.helped_at else Tone.PLAIN,
    )


def _told_directly(ctx: Context, review: Review) -> bool:
    author = ctx.uow.people.get(review.author)
    return author is not None and author.reminders is True


def show(ctx: Context, review: Review, work: Submission) -> None:
    """Let a review stand below the work that it is about."""
    ctx.show_below(review_card(ctx, review), review.about, work.about, owner=review.person)
