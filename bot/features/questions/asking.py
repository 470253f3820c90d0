"""Asking: similar questions first, then a thread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from bot.cards import Choice, Heading, Reply, Tone, card, paragraph, reply
from bot.context import Context
from bot.errors import Refusal
from bot.feature import Feature
from bot.features.questions.cards import outcome, show_question
from bot.ids import ActivityId, DraftId, code, from_code
from bot.options import SHORT_TEXT, LongText, Pick, hidden
from bot.pages import pages
from bot.study import helping, limits, weeks
from bot.study.acts import ActKind
from bot.study.agenda import DueKind
from bot.study.drafts import Draft, taken
from bot.study.groups import ALIVE, changeable
from bot.study.questions import UNANSWERED_FIRST_STEP, Question
from bot.study.times import after_quiet
from bot.text import say, to_text

feature = Feature("asking")

LONGEST = 4_000


class NothingToAsk(Refusal):
    """I can't read that message from here. Copy what you want to know, and ask it with /ask."""


def open_activities(ctx: Context) -> Sequence[Choice]:
    """Return the activities that a question can be about, the newest week first."""
    return weeks.task_choices(weeks.open_tasks(ctx.uow.weeks, ctx.group.id))


@feature.command(title="Ask the group", asks=("question",))
def ask(
    ctx: Context,
    question: Annotated[str | None, "What do you want to know, in one line"] = None,
    details: Annotated[LongText | None, "What you tried, and what happened"] = None,
    activity: Annotated[ActivityId | None, "Which activity it is about", Pick(open_activities)] = None,
) -> Reply:
    """Ask the group when you are stuck."""
    changeable(ctx.group)
    if question is None:
        if ctx.call.submitted:
            ctx.missing("question")
        return ctx.form(needed=("question",))
    return _alike_first(ctx, question, details or "", activity)


def _alike_first(ctx: Context, text: str, details: str, activity: ActivityId | None) -> Reply:
    """Show questions like this one, if there are any; else ask it."""
    if activity is None:
        activity = _only_activity(ctx)
    else:
        weeks.find_task(ctx.uow.weeks, ctx.group.id, ctx.group.title, activity)
    found = ctx.uow.questions.similar(ctx.group.id, f"{text} {details}", 8)
    own = [one for one in found if (one.person, one.text, one.details) == (ctx.person.id, text, details)]
    close = helping.alike(text, found)[:3]
    if own or not close:
        return _asked(ctx, text, details, activity)
    draft = Draft(
        DraftId(ctx.new_id()),
        ctx.person.id,
        ctx.group.id,
        "ask",
        (("question", text), ("details", details), ("activity", code(activity) if activity else "")),
        ctx.now,
    )
    ctx.uow.drafts.add(draft)
    blocks = [block for one in close for block in (Heading(to_text(one.text[:120])), paragraph(outcome(ctx, one)))]
    return reply(
        *pages(
            say("Others asked something similar"),
            [say("Maybe the answer is here already:"), *blocks],
            more=say("Others asked something similar, continued"),
            buttons=[
                *(ctx.button(say("Read {n}", n=close.index(one) + 1), "question", id=one.id) for one in close),
                ctx.button(say("None of these, ask it"), "ask anyway", draft=draft.id),
            ],
            footer=say("Your question is kept for a day."),
        )
    )


def _only_activity(ctx: Context) -> ActivityId | None:
    """Return the activity that a question is about where only one is open."""
    out = weeks.open_tasks(ctx.uow.weeks, ctx.group.id)
    return out[0].activity.id if len(out) == 1 else None


@feature.command("ask anyway", hidden=True)
def ask_anyway(ctx: Context, draft: Annotated[DraftId, "Which question"]) -> Reply:
    """Ask a question that others asked something similar to."""
    changeable(ctx.group)
    found = taken(ctx.uow.drafts, draft, ctx.person.id, ctx.group.id, "ask")
    if found is None:
        again = ctx.button(say("Ask a question"), "ask")
        done = say("This is asked already, or more than a day old.")
        return reply(card("", done, buttons=[again, ctx.button(say("My questions"), "questions", which="mine")]))
    given = dict(found.arguments)
    activity = from_code(given["activity"])
    return _asked(ctx, given["question"], given["details"], ActivityId(activity) if activity else None)


def _asked(ctx: Context, text: str, details: str, activity: ActivityId | None) -> Reply:
    """Ask it: the group sees it now, and it is raised again if nobody answers within a day."""
    ctx.uow.people.lock(ctx.person.id)  # pressed twice, the second finds the first
    question = helping.ask(ctx.uow.questions, ctx.group.id, ctx.person.id, text, details, activity, now=ctx.now)
    limits.asked(ctx.uow.usage, ctx.limits, ctx.person.id, ctx.now)
    ctx.act(ActKind.ASKED, question.about)
    show_question(ctx, question)
    wait_for_an_answer(ctx, question)
    return reply(
        card(
            "",
            say("Asked: your group can see it. I'll tell you when somebody answers."),
            buttons=[
                ctx.button(say("Other open questions"), "questions"),
                ctx.button(say("I solved it"), "solved", id=question.id),
                ctx.button(say("Take it back"), "question withdraw", id=question.id),
            ],
            tone=Tone.DONE,
        )
    )


def wait_for_an_answer(ctx: Context, question: Question) -> None:
    """Let a question be raised if it has no answer in a day, outside the quiet hours of the group."""
    if ctx.group.state in ALIVE:
        ctx.due(DueKind.RAISE_QUESTION, question.id, after_quiet(ctx.now + UNANSWERED_FIRST_STEP, ctx.group.where))


@feature.command("turn into question", menu="Turn into question")
def turn_into_question(ctx: Context) -> Reply:
    """Ask the group what a message asks."""
    changeable(ctx.group)
    message = ctx.call.message
    words = "".join(letter for letter in message.text if not hidden(letter)).strip() if message else ""
    if message is None or not words:
        raise NothingToAsk
    first = words.splitlines()[0].strip()
    text = first if len(first) <= SHORT_TEXT else first[: SHORT_TEXT - 1].rstrip() + "…"
    author = ctx.uow.people.by_account(message.author)
    if author is not None and author.id == ctx.person.id:
        return _alike_first(ctx, text, "" if words == text else words[:LONGEST], None)
    return _alike_first(ctx, text, helping.quoted(words[: LONGEST - 100], message.author_name[:60]), None)
