"""Giving feedback: what works, and one suggestion; changing it and taking it back."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from bot.cards import Card, Reply, Tone, card, reply
from bot.context import Context
from bot.errors import Refusal
from bot.feature import Feature
from bot.features.reviews.shared import named, show, task_of, words, work_here
from bot.ids import ReviewId, SubmissionId, code
from bot.options import LongText
from bot.outbox import Post, PostState
from bot.study import reviews
from bot.study.acts import ActKind
from bot.study.groups import changeable
from bot.study.progress import of_work
from bot.study.reviews import Came, Review
from bot.study.submissions import Submission
from bot.text import EMPTY, Text, say, to_text

feature = Feature("giving feedback")

TOLD = "feedback"
"""The first word of the slot of a message that brings somebody feedback."""


class NoWork(Refusal):
    """That message shows nobody's work. Open the menu where somebody handed something in, or use /review."""


@feature.command("give feedback", menu="Give feedback", title="Give feedback", asks=("works", "suggestion"))
def give(
    ctx: Context,
    works: Annotated[LongText | None, "What works: what you liked, or understood because of it"] = None,
    suggestion: Annotated[LongText | None, "One suggestion: what you would try next"] = None,
    id: Annotated[SubmissionId | None, "Which work"] = None,
) -> Reply:
    """Give feedback on somebody's work: what works, and one suggestion."""
    changeable(ctx.group)
    work = work_here(ctx, id if id is not None else _chosen(ctx))
    if work.person == ctx.person.id:
        raise reviews.OwnWork
    if work.withdrawn_at is not None:
        raise reviews.NotHandedInNow
    if works is None or suggestion is None:
        if ctx.call.submitted:
            ctx.missing("works" if works is None else "suggestion")
        return _form(ctx, work)
    ctx.uow.people.lock(ctx.person.id)  # pressed twice, the second finds the first
    given, came = reviews.give(ctx.uow.reviews, work, ctx.person.id, works, suggestion, now=ctx.now)
    if came is not Came.SAME:
        ctx.act(ActKind.REVIEWED, work.about, work.person)
        show(ctx, given, work)
    if came is Came.FIRST:
        _tell_the_author(ctx, given)
    return reply(_receipt(ctx, given, came))


def _chosen(ctx: Context) -> SubmissionId:
    """Return the work that the message shows whose menu was opened."""
    shown = ctx.uow.outbox.shown_by(ctx.call.message.ref) if ctx.call.message else None
    if shown is None or shown.about.kind != "submission":
        raise NoWork
    return SubmissionId(shown.about.id)


def _form(ctx: Context, work: Submission) -> Reply:
    """Return the form, with what one said before filled in."""
    before = ctx.uow.reviews.of(work.id, ctx.person.id)
    filled = {"id": code(work.id)}
    if before is not None and before.withdrawn_at is None:
        filled |= {"works": before.works, "suggestion": before.suggestion}
    return ctx.form(["works", "suggestion"], needed=["works", "suggestion"], **filled)


def _receipt(ctx: Context, given: Review, came: Came) -> Card:
    who = ctx.mention(given.author)
    match came:
        case Came.SAME:
            what = say("You said exactly this already, so nothing changed.")
        case Came.CHANGED:
            what = say("Changed: {who} sees your new words in the same place.", who=who)
        case Came.FIRST:
            what = say("Sent: {who} reads it below their work. Thank you for taking the time.", who=who)
            what = what + _more(ctx, given)
    return card(
        "",
        what,
        buttons=[
            ctx.button(say("Edit"), "give feedback", id=given.submission),
            ctx.button(say("Take it back"), "review withdraw", id=given.id),
            ctx.button(say("What else waits"), "review"),
        ],
        tone=Tone.DONE,
    )


def _more(ctx: Context, given: Review) -> Text:
    """Return how much more feedback the activity takes, where it takes some of this person."""
    if not ctx.member.learning:
        return EMPTY
    state = of_work(ctx.uow, ctx.group, ctx.member)
    needs = state.needs.get(given.activity)
    if needs is None or not needs.reviews:
        return EMPTY
    if left := state.deeds.left(needs):
        more = say("{n} more, and that is all the feedback that this activity takes.", n=left)
    else:
        more = say("That is all the feedback that this activity takes.")
    return to_text(" ") + more


def _tell_the_author(ctx: Context, given: Review) -> None:
    """Bring somebody the feedback directly where they want that; else it names them where it stands."""
    author = ctx.uow.people.get(given.author)
    if author is None or not author.reminders:
        return
    told = card(
        say("{who} has feedback for you", who=ctx.person.name[:60]),
        named(task_of(ctx, given.activity)),
        *words(given),
        buttons=[
            ctx.button(say("This helped me"), "review helped", id=given.id),
            ctx.button(say("Change my work"), "submit", activity=given.activity),
        ],
    )
    ctx.tell(given.author, told, given.about, slot=TOLD)


@feature.before_sending(TOLD)
def still_stands(ctx: Context, post: Post) -> Post:
    """Let feedback wait for the end of its reader's night, and not arrive where it was taken back."""
    found = ctx.uow.reviews.get(ReviewId(post.about.id))
    if ctx.maybe_group is None or found is None or found.withdrawn_at is not None:
        return replace(post, state=PostState.CANCELLED, reason="it was taken back")
    return ctx.by_day(post)


@feature.command("review withdraw", hidden=True)
def withdraw(ctx: Context, id: Annotated[ReviewId, "Which feedback"]) -> Reply:
    """Take your feedback back."""
    changeable(ctx.group)
    found = ctx.uow.reviews.get(id)
    gone = None
    if found is not None and found.group == ctx.group.id:
        gone = reviews.withdraw(ctx.uow.reviews, id, ctx.person.id, now=ctx.now)
    if gone is None:
        return reply(card("", say("This feedback is gone already.")))
    if gone.helped_at is not None:
        ctx.act(ActKind.UNHELPED, gone.about, gone.person, by=gone.author)
    ctx.take_back(gone.about)
    again = ctx.button(say("Give feedback again"), "give feedback", id=gone.submission)
    return reply(card("", say("Taken back: it no longer stands below the work."), buttons=[again]))
