"""Notes: what somebody writes down along the way, for themselves or for everyone."""

from __future__ import annotations

from typing import Annotated

from bot.cards import Block, Card, Quote, Reply, Tone, card, paragraph, reply
from bot.context import Context
from bot.errors import Refusal, UnknownItem
from bot.feature import Feature
from bot.ids import DraftId, NoteId, WeekId, code
from bot.measure import excerpt
from bot.options import LongText, hidden
from bot.study import notes, schedule
from bot.study.acts import ActKind
from bot.study.drafts import Draft
from bot.study.groups import changeable
from bot.study.links import Url, host_of, read_url
from bot.study.notes import Note, NoteKind
from bot.text import Link, Mention, Text, say, to_text

feature = Feature("keeping notes")

SHOWN = 1_200
"""Characters of a shared note that its card shows."""
LONGEST = 4_000


class NoSuchWeek(Refusal):
    """There is no week {number} in this group. Leave it empty, and the note belongs to the newest week."""


class NothingToSave(Refusal):
    """I can't read that message, and there is no link to it. Keep what you want of it with /note."""


@feature.command(title="Keep a note", asks=("link", "text"))
def note(
    ctx: Context,
    link: Annotated[Url | None, "Link to your notes: a blog post, a document, a page"] = None,
    text: Annotated[LongText | None, "Or your notes as text"] = None,
    week: Annotated[int | None, "Week number; empty means the newest"] = None,
    share: Annotated[bool, "Show it to your group?"] = False,
    kind: Annotated[NoteKind, "What kind of note"] = NoteKind.NOTE,
) -> Reply:
    """Keep notes from your learning, and share them if you like."""
    changeable(ctx.group)
    if link is None and text is None and not ctx.call.submitted:
        return ctx.form(kind=kind.value)
    return _kept(ctx, link, text or "", _week(ctx, week), share=share, kind=kind)


def _week(ctx: Context, number: int | None) -> WeekId | None:
    """Return the week that a note belongs to: the one that was named, else the newest that is out."""
    if number is None:
        newest = schedule.newest_posted(ctx.uow.weeks, ctx.group)
        return newest.id if newest else None
    found = ctx.uow.weeks.at(ctx.group.id, number)
    if found is None:
        raise NoSuchWeek(number=number)
    return found.id


def _kept(
    ctx: Context,
    link: str | None,
    text: str,
    week: WeekId | None,
    *,
    share: bool,
    kind: NoteKind = NoteKind.NOTE,
) -> Reply:
    """Keep a note, show it where that is wished, and say so."""
    ctx.uow.people.lock(ctx.person.id)  # pressed twice, the second finds the first
    kept, new = notes.keep(
        ctx.uow.notes, ctx.group.id, ctx.person.id, link, text, week, shared=share, now=ctx.now, kind=kind
    )
    if new:
        ctx.act(ActKind.NOTED, kept.about)
    if kept.shared:
        show(ctx, kept)
    if not new:
        what = say("You kept exactly this already, so nothing is twice.")
    elif kept.shared:
        what = say("Kept in your portfolio. Your group can see it.")
    else:
        what = say("Kept in your portfolio. Only you can see it.")
    return reply(_receipt(ctx, kept, what))


def _receipt(ctx: Context, kept: Note, what: Text) -> Card:
    return card(
        "",
        what,
        buttons=[
            None if kept.shared else ctx.button(say("Share it"), "note share", id=kept.id),
            ctx.button(say("My portfolio"), "portfolio"),
            ctx.button(say("Delete it"), "note delete", id=kept.id),
        ],
        tone=Tone.DONE,
    )


def show(ctx: Context, kept: Note) -> None:
    """Let the group see a note."""
    blocks: list[Block] = []
    week = ctx.uow.weeks.get(kept.week) if kept.week else None
    if kept.link:
        blocks.append(paragraph(Link(host_of(kept.link), kept.link)))
    if kept.text:
        blocks.append(Quote(excerpt(to_text(kept.text), SHOWN)))
    if kept.featured:
        blocks.append(paragraph(say("Featured: worth reading, say those who lead this group.")))
    who = ctx.mention(kept.person)
    ctx.show(
        card(
            _said(who, kept.kind, week.ordinal if week else None),
            *blocks,
            buttons=[ctx.button(say("Keep a note"), "note")],
            footer=say("React to say thanks."),
        ),
        kept.about,
        owner=kept.person,
    )


def _said(who: Mention, kind: NoteKind, week: int | None) -> Text:
    """Return who shares what, from when."""
    if kind is NoteKind.NOTE:
        if week is None:
            return say("{who} shares a note", who=who)
        return say("{who} shares a note from week {number}", who=who, number=week)
    if week is None:
        return say("{who} shares: {kind}", who=who, kind=kind.label)
    return say("{who} shares from week {number}: {kind}", who=who, number=week, kind=kind.label)


def here(ctx: Context, id: NoteId) -> Note:
    """Return a note of this group that was not deleted; raises UnknownItem."""
    found = ctx.uow.notes.get(id)
    if found is None or found.group != ctx.group.id or found.deleted_at is not None:
        raise UnknownItem
    return found


@feature.command("note share", hidden=True)
def share_note(ctx: Context, id: Annotated[NoteId, "Which note"]) -> Reply:
    """Show one of your notes to your group."""
    changeable(ctx.group)
    shared = notes.share(ctx.uow.notes, here(ctx, id), ctx.person.id)
    show(ctx, shared)
    return reply(_receipt(ctx, shared, say("Shared: your group can see it.")))


@feature.command("note delete", hidden=True)
def delete_note(ctx: Context, id: Annotated[NoteId, "Which note"]) -> Reply:
    """Delete one of your notes."""
    gone = notes.delete(ctx.uow.notes, here(ctx, id), ctx.person.id, now=ctx.now)
    ctx.take_back(gone.about)
    return reply(card("", say("Deleted: the note is in nobody's sight any more.")))


@feature.command("save to portfolio", menu="Save to portfolio", title="Save to your portfolio")
def save_to_portfolio(
    ctx: Context,
    line: Annotated[str | None, "Your own line: why is it worth keeping?"] = None,
    draft: Annotated[DraftId | None, "Which message"] = None,
) -> Reply:
    """Keep a message in your portfolio: your own as it is, another's as a link with a line of yours."""
    changeable(ctx.group)
    if draft is not None:
        return _saved_with_line(ctx, draft, line)
    message = ctx.call.message
    if message is None:
        raise NothingToSave
    link = _safe(message.link)
    author = ctx.uow.people.by_account(message.author)
    if author is not None and author.id == ctx.person.id:
        own = "".join(letter for letter in message.text if not hidden(letter)).strip()[:LONGEST]
        if not own and link is None:
            raise NothingToSave
        return _kept(ctx, link, own, _week(ctx, None), share=False)
    waiting = Draft(
        DraftId(ctx.new_id()), ctx.person.id, ctx.group.id, "save to portfolio", (("link", link or ""),), ctx.now
    )
    ctx.uow.drafts.add(waiting)
    return ctx.form(["line"], needed=() if link else ["line"], draft=code(waiting.id))


def _saved_with_line(ctx: Context, draft: DraftId, line: str | None) -> Reply:
    """Keep the link of somebody else's message with one's own line; the words themselves are theirs."""
    found = ctx.uow.drafts.get(draft, ctx.person.id)
    if found is None or found.command != "save to portfolio" or found.group != ctx.group.id:
        return reply(
            card(
                "",
                say("This is saved already, or more than a day old."),
                buttons=[ctx.button(say("My portfolio"), "portfolio")],
            )
        )
    link = dict(found.arguments)["link"] or None
    if link is None and line is None:
        ctx.missing("line")
    ctx.uow.drafts.take(draft, ctx.person.id)
    return _kept(ctx, link, line or "", _week(ctx, None), share=False)


def _safe(link: str | None) -> str | None:
    """Return a platform's link to a message where it is a web address."""
    try:
        return read_url(link) if link else None
    except Refusal:
        return None
