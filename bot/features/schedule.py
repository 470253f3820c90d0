"""The ledger of a group: what is next, what was posted, and what could not be, with the reason."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards import Block, Heading, Reply, bullets, paragraph, reply
from bot.chat import Direct
from bot.context import Context
from bot.feature import Feature
from bot.ids import QuestionId, WeekId
from bot.options import Access
from bot.outbox import Post, PostState, Verb
from bot.pages import pages
from bot.study.agenda import Due, DueKind
from bot.text import Moment, Text, say, to_text

feature = Feature("schedule")

LISTED = 10
READ = 200
"""Posts that are looked through, the newest first."""

FAILED = frozenset({PostState.DEAD, PostState.UNKNOWN, PostState.EXPIRED})
ON_THE_WAY = frozenset({PostState.DUE, PostState.SENDING})


@feature.command("lead schedule show", access=Access.READ, title="What is next, and what was posted")
def lead_schedule_show(ctx: Context) -> Reply:
    """See what comes next, what was posted, and what could not be posted and why."""
    posts = [post for post in ctx.uow.outbox.of_group(ctx.group.id, READ) if not _personal(post)]
    failed = [post for post in posts if post.state in FAILED]
    waiting = [post for post in posts if post.state in ON_THE_WAY]
    sent = [post for post in posts if post.state is PostState.SENT and post.verb is Verb.SEND and not post.under]
    blocks: list[Block] = [Heading(say("Next")), *_next(ctx)]
    if waiting:
        blocks += [Heading(say("On the way")), bullets(_line(ctx, post) for post in waiting[:LISTED])]
    if failed:
        blocks += [Heading(say("Not delivered")), bullets(_why(ctx, post) for post in failed[:LISTED])]
    blocks.append(Heading(say("Posted last")))
    blocks.append(bullets(_line(ctx, post) for post in sent[:LISTED]) if sent else paragraph(say("Nothing yet.")))
    return reply(
        *pages(
            say("Schedule of {group}", group=ctx.group.title[:60]),
            blocks,
            more=say("Schedule, continued"),
            buttons=[ctx.button(say("Open a week"), "newweek")],
            footer=say("Times are the ones of your own zone."),
        )
    )


def _personal(post: Post) -> bool:
    """Return whether a post is between the bot and one person, and went through: those are nobody else's business."""
    return isinstance(post.to, Direct) and post.state not in FAILED


def _next(ctx: Context) -> Sequence[Block]:
    """Return what lies ahead; that somebody is looked after from time to time is between them and the bot."""
    shared = [line for line in ctx.uow.agenda.of_group(ctx.group.id) if line.kind != DueKind.NUDGE]
    listed = [say("{what}: {when}", what=_what(ctx, line), when=Moment(line.at)) for line in shared[:LISTED]]
    return [bullets(listed)] if listed else [paragraph(say("Nothing is planned."))]


def _what(ctx: Context, line: Due) -> Text:
    match line.kind:
        case DueKind.START_GROUP:
            return say("The group starts")
        case DueKind.END_GROUP:
            return say("The group ends")
        case DueKind.PUBLISH_WEEK:
            week = ctx.uow.weeks.get(WeekId(line.item))
            if week is None:
                return say("A week opens")
            return say("Week {number} opens: {title}", number=week.ordinal, title=week.title[:80])
        case DueKind.REMIND_APPLICATION:
            return say("Reminder of an application")
        case DueKind.RESUME_MEMBER:
            return say("A pause ends")
        case DueKind.RAISE_QUESTION:
            return say("Raised if unanswered: {question}", question=_question(ctx, line.item))
        case DueKind.CHECK_ANSWERED:
            return say("Asked whether it is solved: {question}", question=_question(ctx, line.item))
        case _:
            return say("Something else")


def _question(ctx: Context, id: int) -> str:
    found = ctx.uow.questions.get(QuestionId(id))
    return found.text[:80] if found else "?"


def _line(ctx: Context, post: Post) -> Text:
    return say("{what}: {when}", what=_subject(ctx, post), when=Moment(post.sent_at or post.not_before))


def _why(ctx: Context, post: Post) -> Text:
    match post.state:
        case PostState.EXPIRED:
            reason = say("its time had passed")
        case PostState.UNKNOWN:
            reason = say("I can't see whether it arrived")
        case _:
            reason = to_text(post.reason[:150]) if post.reason else say("the platform refused it")
    return say("{what}: {reason}", what=_line(ctx, post), reason=reason)


def _subject(ctx: Context, post: Post) -> Text:
    """Return what a post shows, in a few words."""
    what = _named(ctx, post)
    match post.verb:
        case Verb.EDIT:
            return say("Change of: {what}", what=what)
        case Verb.DELETE:
            return say("Removal of: {what}", what=what)
        case _:
            return what


def _named(ctx: Context, post: Post) -> Text:
    match post.about.kind:
        case "week":
            week = ctx.uow.weeks.get(WeekId(post.about.id))
            return say("Week {number}", number=week.ordinal) if week else say("A week")
        case "submission":
            return say("Handed-in work")
        case "question":
            return say("Question: {question}", question=_question(ctx, post.about.id))
        case "answer":
            return say("An answer")
        case "note":
            return say("A note")
        case "announcement":
            return say("An announcement")
        case "group":
            return say("The group's card")
        case "member":
            return say("A message about a membership")
        case _:
            return say("A message")
