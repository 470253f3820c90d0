"""Reading the notes that a group shares: those that are featured first, then the newest (J15)."""

from __future__ import annotations

from typing import Annotated

from bot.cards import Block, Button, Heading, Quote, Reply, paragraph, reply
from bot.context import Context
from bot.feature import Feature
from bot.ids import PersonId
from bot.measure import excerpt
from bot.options import Access
from bot.pages import pages
from bot.study.links import host_of
from bot.study.notes import Featuring, Note
from bot.study.people import Person
from bot.study.rights import may
from bot.text import EMPTY, Link, Moment, MomentStyle, Text, join, say, say_n, to_text

feature = Feature("reading notes")

PAGE = 5
"""Notes on one page."""
SHOWN = 400
"""Characters of a note that the list shows."""


@feature.command("notes", access=Access.READ, title="Notes of the group")
def shared_notes(ctx: Context, page: Annotated[int, "Page"] = 1) -> Reply:
    """Read the notes that your group shares; the featured ones come first."""
    featured = ctx.uow.notes.featured(ctx.group.id)
    held = {one.id for one in featured}
    every = [*featured, *(one for one in ctx.uow.notes.shared(ctx.group.id) if one.id not in held)]
    people = ctx.uow.people.many(one.person for one in every)
    every = [one for one in every if one.person in people]
    last = max(1, -(-len(every) // PAGE))
    page = min(max(page, 1), last)
    listed = every[(page - 1) * PAGE : page * PAGE]
    likes = ctx.uow.likes.counts("note", [one.id for one in listed])
    blocks: list[Block] = []
    for number, one in enumerate(listed, 1):
        blocks += _entry(one, number, people, likes.get(one.id, 0))
    if not listed:
        blocks = [paragraph(say("No note is shared yet. /note keeps one, and shares it if you like."))]
    buttons: list[Button | None] = [
        button for number, one in enumerate(listed, 1) for button in _buttons(ctx, one, number)
    ]
    if page > 1:
        buttons.append(ctx.button(say("Previous"), "notes", page=str(page - 1)))
    if page < last:
        buttons.append(ctx.button(say("Next"), "notes", page=str(page + 1)))
    return reply(
        *pages(
            say("Notes of the group"),
            blocks,
            more=say("Notes, continued"),
            buttons=buttons,
            footer=say("Page {page} of {last}", page=page, last=last) if last > 1 else EMPTY,
        ),
        update="page" in ctx.call.arguments,
    )


def _entry(one: Note, number: int, people: dict[PersonId, Person], likes: int) -> list[Block]:
    facts: list[Text] = [
        one.kind.label,
        to_text(people[one.person].name),
        to_text(Moment(one.at, MomentStyle.DATE)),
        say_n("{n} like", "{n} likes", likes) if likes else EMPTY,
        to_text(Link(host_of(one.link), one.link)) if one.link else EMPTY,
    ]
    title = say("{number}. Featured", number=number) if one.featured else to_text(f"{number}.")
    blocks: list[Block] = [Heading(title), paragraph(join([fact for fact in facts if fact], " · "))]
    return [*blocks, Quote(excerpt(to_text(one.text), SHOWN))] if one.text else blocks


def _buttons(ctx: Context, one: Note, number: int) -> list[Button]:
    """Return what can be done about a note: those who lead can ask, its author decides."""
    if one.person == ctx.person.id and one.featuring is Featuring.ASKED:
        return [
            ctx.button(say("Yes, feature {n}", n=number), "note feature agree", id=one.id),
            ctx.button(say("No, don't feature {n}", n=number), "note feature decline", id=one.id),
        ]
    if one.person == ctx.person.id and one.featured:
        return [ctx.button(say("Feature {n} no more", n=number), "note feature decline", id=one.id)]
    if one.featuring is Featuring.NO and may("note feature", ctx.standings):
        return [ctx.button(say("Feature {n}", n=number), "note feature", id=one.id)]
    return []
