"""Finishing, archiving and cancelling a group, each confirmed by a button."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from bot.cards import ButtonStyle, Card, Quote, Reply, Tone, card, paragraph, reply
from bot.chat import About
from bot.context import Context
from bot.errors import UnknownItem
from bot.feature import Feature
from bot.features.leading.opening import announce
from bot.ids import DraftId
from bot.measure import excerpt
from bot.options import LongText
from bot.study import directory, retention, seats
from bot.study.agenda import DueKind
from bot.study.drafts import Draft
from bot.study.groups import Group, GroupState, moved
from bot.study.members import PRESENT, WAITING, MemberState
from bot.study.weeks import checked_tasks
from bot.text import EMPTY, Text, say, say_n, to_text

feature = Feature("ending groups")


@feature.command("lead group finish", title="Finish the group")
def finish(ctx: Context, sure: Annotated[bool, "Yes, finish it now"] = False) -> Reply:
    """Finish the group now; everyone keeps their work and gets a record of it."""
    group = seats.locked(ctx.uow.groups, ctx.group.id)
    moved(group, GroupState.ENDED)
    if not sure:
        return _confirm(
            ctx,
            "lead group finish",
            say("Finish it"),
            say(
                "Finish {group} now? Weeks that are not out yet will not come. "
                "Everyone keeps their work and gets a record of what they did.",
                group=group.title,
            ),
            _unchecked(ctx),
        )
    for week in ctx.uow.weeks.of_group(group.id):
        ctx.not_due(DueKind.PUBLISH_WEEK, week.id)
    ctx.not_due(DueKind.START_GROUP, group.id)
    ctx.due(DueKind.END_GROUP, group.id, ctx.now)
    words = say(
        "{group} ends now. Everyone gets their record in a moment. Thank you for leading it.", group=group.title
    )
    return reply(card("", words, buttons=[ctx.button(say("See the group"), "group")], tone=Tone.DONE))


@feature.command("lead group archive", title="Archive the group")
def archive(ctx: Context, sure: Annotated[bool, "Yes, archive it now"] = False) -> Reply:
    """Archive a group that is over: everything stays readable, nothing new can be added."""
    group = seats.locked(ctx.uow.groups, ctx.group.id)
    archived = moved(group, GroupState.ARCHIVED)
    if not sure:
        return _confirm(
            ctx,
            "lead group archive",
            say("Archive it"),
            say("Archive {group}? Everything stays readable, but nobody can hand in any more.", group=group.title),
        )
    _close(ctx, archived)
    announce(ctx.within(archived))
    words = say("{group} is archived. This channel is free for another group.", group=group.title)
    return reply(card("", words, buttons=[ctx.button(say("See all groups"), "groups")], tone=Tone.DONE))


@feature.command("lead group cancel", title="Cancel the group")
def cancel(
    ctx: Context,
    reason: Annotated[LongText | None, "Why; everyone in the group reads it"] = None,
) -> Reply:
    """Cancel the group; everyone who is in it or has applied is told."""
    group = seats.locked(ctx.uow.groups, ctx.group.id)
    moved(group, GroupState.CANCELLED)
    return _confirm_cancel(ctx, (reason or "").strip())


@feature.command("lead group cancel now", hidden=True)
def cancel_now(ctx: Context, draft: Annotated[DraftId, "Which reason"]) -> Reply:
    """Cancel the group, after a look at what everyone will read."""
    group = seats.locked(ctx.uow.groups, ctx.group.id)
    cancelled = moved(group, GroupState.CANCELLED)
    kept = ctx.uow.drafts.take(draft, ctx.person.id)
    if kept is None or kept.group != group.id or kept.command != "lead group cancel":
        raise UnknownItem
    _close(ctx, cancelled)
    here = ctx.within(cancelled)
    announce(here)
    told = _tell_everyone(here, dict(kept.arguments)["reason"])
    words = say("{group} is cancelled. Everyone who was in it or had applied is told.", group=group.title)
    if not told:
        words = say("{group} is cancelled. Nobody was in it yet.", group=group.title)
    return reply(card("", words, buttons=[here.button(say("See all groups"), "groups")], tone=Tone.DONE))


def _close(ctx: Context, group: Group) -> None:
    """Keep a group that is over, with nothing ahead of it."""
    ended = ctx.now if group.ended_at is None else group.ended_at
    group = replace(group, ended_at=ended)
    ctx.uow.groups.save(group)
    retention.nothing_else_ahead(ctx.uow, group, ctx.now)
    directory.changed(ctx.uow, group.id, ctx.now)


def _confirm(ctx: Context, command: str, label: Text, words: Text, more: Text = EMPTY) -> Reply:
    sure = ctx.button(label, command, ButtonStyle.DANGER, sure="yes")
    return reply(card("", words, more, buttons=[sure], tone=Tone.NEEDS_YOU))


def _unchecked(ctx: Context) -> Text:
    """Return how much work waits for a check, which the records may not count."""
    waiting = ctx.uow.submissions.unchecked_count(checked_tasks(ctx.uow.weeks, ctx.group.id))
    return (
        say_n(
            "{n} response still waits for your check, and may not count without it: /lead check shows it.",
            "{n} responses still wait for your check, and may not count without it: /lead check shows them.",
            waiting,
        )
        if waiting
        else EMPTY
    )


def _confirm_cancel(ctx: Context, reason: str) -> Reply:
    """Keep the reason for a day, since a button carries only its id, and ask."""
    draft = Draft(
        DraftId(ctx.new_id()), ctx.person.id, ctx.group.id, "lead group cancel", (("reason", reason),), ctx.now
    )
    ctx.uow.drafts.add(draft)
    words = say(
        "Cancel {group}? No more weeks come, and everyone who is in it or has applied is told. This can't be undone.",
        group=ctx.group.title,
    )
    return reply(
        card(
            "",
            paragraph(words),
            paragraph(say("They will read:")) if reason else EMPTY,
            *([Quote(excerpt(to_text(reason), 1_500))] if reason else []),
            buttons=[ctx.button(say("Cancel the group"), "lead group cancel now", ButtonStyle.DANGER, draft=draft.id)],
            tone=Tone.NEEDS_YOU,
        )
    )


def _tell_everyone(here: Context, reason: str) -> int:
    """Tell everyone who is in or has applied that the group is cancelled; applications end with it."""
    told = 0
    for member in here.uow.members.in_group(here.group.id, PRESENT | WAITING, limit=1_000_000):
        if member.state in WAITING:
            declined = member.turned_away(MemberState.DECLINED)
            seats.keep(here.uow.members, declined, actor=here.person.id, now=here.now, why="the group was cancelled")
        if member.person != here.person.id:
            here.tell(member.person, _cancelled(here, reason), About("group", here.group.id), slot="cancelled")
            told += 1
    return told


def _cancelled(here: Context, reason: str) -> Card:
    return card(
        "",
        say("{group} is cancelled, so nothing more comes from it.", group=here.group.title),
        say("{who} wrote:", who=here.person.name) if reason else EMPTY,
        *([Quote(excerpt(to_text(reason), 1_500))] if reason else []),
        buttons=[here.button(say("See other groups"), "groups")],
    )
