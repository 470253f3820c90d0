"""Featuring a note: those who lead ask, its author agrees or not, and can take it back whenever they like (J15)."""

from __future__ import annotations

from typing import Annotated

from bot.cards import ButtonStyle, Quote, Reply, Tone, card, reply
from bot.context import Context
from bot.errors import UnknownItem
from bot.feature import Feature
from bot.features.notes.keeping import here, show
from bot.ids import NoteId
from bot.measure import excerpt
from bot.study import notes
from bot.study.groups import changeable
from bot.study.notes import Note
from bot.text import say, to_text

feature = Feature("featuring notes")

SHOWN = 300
"""Characters of a note by which its author knows it again."""


@feature.command("note feature", hidden=True)
def propose(ctx: Context, id: Annotated[NoteId, "Which note"]) -> Reply:
    """Ask somebody whether their shared note may be featured in the group."""
    changeable(ctx.group)
    note = here(ctx, id)
    author = ctx.uow.people.get(note.person)
    if author is None:
        raise UnknownItem
    asked = notes.ask_to_feature(ctx.uow.notes, note.id)
    ctx.concerns["person"] = note.person
    if asked is None:
        return reply(card("", say("{who} has been asked already, or it is featured.", who=author.name)))
    if note.person != ctx.person.id:
        _ask(ctx, asked)
        words = say("I have asked {who}. It is featured once they agree.", who=author.name)
        return reply(card("", words, tone=Tone.DONE))
    return agree(ctx, id)


def _ask(ctx: Context, note: Note) -> None:
    """Ask the author, by direct message; /notes asks them as well."""
    ctx.tell(
        note.person,
        card(
            say("May your note be featured?"),
            say("{who} finds it worth reading for everyone in {group}:", who=ctx.person.name, group=ctx.group.title),
            Quote(excerpt(to_text(note.text or note.link or ""), SHOWN)),
            say("It would stand at the top of /notes. You decide, and you can take it back at any time."),
            buttons=[
                ctx.button(say("Yes, feature it"), "note feature agree", ButtonStyle.PRIMARY, id=note.id),
                ctx.button(say("No, thank you"), "note feature decline", id=note.id),
            ],
        ),
        note.about,
        slot="feature",
    )


@feature.command("note feature agree", hidden=True)
def agree(ctx: Context, id: Annotated[NoteId, "Which note"]) -> Reply:
    """Let your note be featured in the group."""
    changeable(ctx.group)
    note = notes.answer_feature(ctx.uow.notes, here(ctx, id).id, ctx.person.id, agreed=True)
    show(ctx, note)
    return reply(
        card(
            "",
            say("Thank you: it is featured now, at the top of /notes."),
            buttons=[ctx.button(say("Take it back"), "note feature decline", id=note.id)],
            tone=Tone.DONE,
        )
    )


@feature.command("note feature decline", hidden=True)
def decline(ctx: Context, id: Annotated[NoteId, "Which note"]) -> Reply:
    """Say that your note is not to be featured, or not any more."""
    before = here(ctx, id)
    note = notes.answer_feature(ctx.uow.notes, before.id, ctx.person.id, agreed=False)
    if before.featured:
        show(ctx, note)
    return reply(
        card(
            "",
            say("All right: it is not featured. It stays shared, as you left it."),
            buttons=[ctx.button(say("Feature it after all"), "note feature agree", id=note.id)],
        )
    )
