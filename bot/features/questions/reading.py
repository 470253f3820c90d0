"""Reading questions: the list, and one with all its answers."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

from bot.cards import Block, Button, Heading, Quote, Reply, paragraph, reply
from bot.context import Context
from bot.feature import Feature
from bot.features.questions.cards import about_task, content, guides, headline, outcome, question_here, verdict
from bot.ids import QuestionId
from bot.measure import excerpt
from bot.options import Access
from bot.pages import pages
from bot.study.helping import may_decide
from bot.study.questions import UNSOLVED, VISIBLE, Answer, Question, QuestionState
from bot.study.rights import may
from bot.text import EMPTY, Moment, MomentStyle, Text, join, say, say_n, to_text

feature = Feature("reading questions")

PAGE = 5
"""Questions, or answers, on one page."""


class Which(StrEnum):
    """Which questions to list."""

    OPEN = "open"
    MINE = "mine"
    ALL = "all"

    @property
    def label(self) -> Text:
        """What people read in the list of choices."""
        return {Which.OPEN: say("open"), Which.MINE: say("mine"), Which.ALL: say("all")}[self]


@feature.command(access=Access.READ)
def questions(
    ctx: Context,
    which: Annotated[Which, "Which questions"] = Which.OPEN,
    page: Annotated[int, "Page"] = 1,
) -> Reply:
    """See the group's questions, and answer one."""
    last, page, shown = _listed(ctx, which, page)
    likes = ctx.uow.likes.counts("question", [one.id for one in shown])
    people = ctx.uow.people.many(one.person for one in shown)
    blocks: list[Block] = []
    for number, one in enumerate(shown, 1):
        name = people[one.person].name if one.person in people else "?"
        blocks += [
            Heading(to_text(f"{number}. ") + excerpt(headline(one), 200)),
            paragraph(name, " · ", Moment(one.asked_at, MomentStyle.RELATIVE), _liked(likes.get(one.id, 0))),
            paragraph(outcome(ctx, one)),
        ]
    if not shown:
        blocks = [paragraph(_nothing(which))]
    titles = {Which.OPEN: say("Open questions"), Which.MINE: say("My questions"), Which.ALL: say("All questions")}
    return reply(
        *pages(
            titles[which],
            blocks,
            more=say("Questions, continued"),
            buttons=_list_buttons(ctx, which, page, last, shown),
            footer=say("Page {page} of {last}", page=page, last=last) if last > 1 else EMPTY,
        ),
        update="page" in ctx.call.arguments,
    )


def _listed(ctx: Context, which: Which, page: int) -> tuple[int, int, list[Question]]:
    """Return how many pages there are, the page in reach, and the questions on it."""
    mine = ctx.uow.questions.by_person(ctx.group.id, ctx.person.id) if which is Which.MINE else []
    states = UNSOLVED if which is Which.OPEN else VISIBLE
    total = len(mine) if which is Which.MINE else ctx.uow.questions.count(ctx.group.id, states)
    last = max(1, -(-total // PAGE))
    page = min(max(page, 1), last)
    start = (page - 1) * PAGE
    if which is Which.MINE:
        return last, page, mine[start : start + PAGE]
    return last, page, ctx.uow.questions.in_group(ctx.group.id, states, start, PAGE)


def _nothing(which: Which) -> Text:
    match which:
        case Which.OPEN:
            return say("No question is open. If you are stuck, /ask is the place: others probably are too.")
        case Which.MINE:
            return say("You have not asked anything yet. /ask starts a question.")
        case Which.ALL:
            return say("Nobody has asked anything yet. /ask starts the first question.")


def _liked(likes: int) -> Text:
    return to_text(" · ") + say_n("{n} like", "{n} likes", likes) if likes else EMPTY


def _list_buttons(ctx: Context, which: Which, page: int, last: int, shown: list[Question]) -> list[Button | None]:
    listed: list[Button | None] = []
    for number, one in enumerate(shown, 1):
        if one.state in UNSOLVED and one.person != ctx.person.id and may("answer", ctx.standings):
            listed.append(ctx.button(say("Answer {n}", n=number), "answer", question=one.id))
        else:
            listed.append(ctx.button(say("Read {n}", n=number), "question", id=one.id))
    if page > 1:
        listed.append(ctx.button(say("Previous"), "questions", which=which.value, page=str(page - 1)))
    if page < last:
        listed.append(ctx.button(say("Next"), "questions", which=which.value, page=str(page + 1)))
    return [*listed, ctx.button(say("Ask a question"), "ask")]


@feature.command(access=Access.READ, hidden=True)
def question(ctx: Context, id: Annotated[QuestionId, "Which question"], page: Annotated[int, "Page"] = 1) -> Reply:
    """Read a question with its answers."""
    asked = question_here(ctx, id)
    answers = ctx.uow.questions.answers(id)
    last = max(1, -(-len(answers) // PAGE))
    page = min(max(page, 1), last)
    shown = answers[(page - 1) * PAGE : page * PAGE]
    likes = ctx.uow.likes.counts("answer", [one.id for one in shown])
    asker = ctx.mention(asked.person)
    blocks: list[Block] = [*content(asked, 9_000)] if page == 1 else content(asked, 100)
    blocks += [paragraph(text) for text in (about_task(ctx, asked), outcome(ctx, asked)) if text]
    for number, one in enumerate(shown, (page - 1) * PAGE + 1):
        blocks += _answer(ctx, asked, one, number, likes)
    return reply(
        *pages(
            say("{who} asks", who=asker),
            blocks,
            more=say("Answers, continued"),
            buttons=_buttons(ctx, asked, shown, page, last),
            footer=say("Page {page} of {last}", page=page, last=last) if last > 1 else EMPTY,
        ),
        update="page" in ctx.call.arguments,
    )


def _answer(ctx: Context, asked: Question, one: Answer, number: int, likes: Mapping[int, int]) -> list[Block]:
    when = to_text(Moment(one.at, MomentStyle.DATE))
    count = likes.get(one.id, 0)
    liked = say_n("{n} like", "{n} likes", count) if count else EMPTY
    parts = [to_text(ctx.mention(one.person)), when, liked, verdict(asked, one)]
    elsewhere = say("Written in the thread.") if one.message is not None else say("The words of this are gone.")
    words: Block = Quote(to_text(one.text)) if one.text else paragraph(elsewhere)
    return [Heading(to_text(f"{number}. ") + join([part for part in parts if part], " · ")), words]


def _buttons(ctx: Context, asked: Question, shown: list[Answer], page: int, last: int) -> list[Button | None]:
    own = asked.person == ctx.person.id
    first = (page - 1) * PAGE + 1
    listed: list[Button | None] = []
    if may_decide(asked, ctx.person.id, guide=guides(ctx), now=ctx.now):
        open_ones = [(number, one) for number, one in enumerate(shown, first) if asked.accepted != one.id]
        for number, one in open_ones:
            listed.append(ctx.button(say("{n} solved it", n=number), "mark answer", id=one.id))
    if not own and asked.state in UNSOLVED and may("answer", ctx.standings):
        listed.append(ctx.button(say("Answer"), "answer", question=asked.id))
    if own and asked.state is not QuestionState.SOLVED:
        listed.append(ctx.button(say("I solved it"), "solved", id=asked.id))
    if own and asked.state in UNSOLVED:
        listed.append(ctx.button(say("Take it back"), "question withdraw", id=asked.id))
    if page > 1:
        listed.append(ctx.button(say("Previous"), "question", id=asked.id, page=str(page - 1)))
    if page < last:
        listed.append(ctx.button(say("Next"), "question", id=asked.id, page=str(page + 1)))
    return listed
