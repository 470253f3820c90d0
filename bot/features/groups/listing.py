"""The groups of a space: the list, one group's card, the directory post, and the start of a group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from bot.cards import Button, Card, Choice, Reply, bullets, button, card, paragraph, reply
from bot.chat import About, InChannel, SpaceRef
from bot.context import Context
from bot.errors import Refusal
from bot.feature import Feature
from bot.features.groups.cards import empty_list, group_cards, line, list_blocks, none_of_yours
from bot.ids import GroupId, code
from bot.measure import cost, excerpt
from bot.options import Access, Pick
from bot.pages import pages
from bot.study import directory
from bot.study.agenda import DueKind
from bot.study.directory import Entry
from bot.study.groups import ALIVE, Group, GroupState, moved
from bot.study.occurrences import Outcome, What, decide
from bot.study.spaces import Space
from bot.study.times import instant
from bot.text import EMPTY, Strong, Text, say, to_text

feature = Feature("groups")

PAGE = 5
"""Groups on one page: each has a button."""
POSTED = 20
"""Groups that the directory post names."""


class NothingMatches(Refusal):
    """No group here has “{filter}” in its title or description. /groups without words shows them all."""


def where(ctx: Context) -> SpaceRef | None:
    """Return the space that a call comes from, None in a direct conversation."""
    return ctx.call.channel.where if ctx.call.channel else None


def known_groups(ctx: Context) -> Sequence[Choice]:
    """Return the groups that one can look at here."""
    return directory.choices(directory.groups_of(ctx.uow, where(ctx), ctx.person.id))


@feature.command(access=Access.READ, anywhere=True, title="Study groups")
def groups(
    ctx: Context,
    filter: Annotated[str | None, "Words in the title or description"] = None,
    page: Annotated[int, "Page"] = 1,
) -> Reply:
    """See which study groups there are and when they start."""
    found = directory.groups_of(ctx.uow, where(ctx), ctx.person.id)
    if not found:
        return reply(card(say("Study groups"), empty_list() if where(ctx) else none_of_yours()))
    if filter:
        found = directory.matching(found, filter)
        if not found:
            raise NothingMatches(filter=filter[:60])
    last = -(-len(found) // PAGE)
    page = min(max(page, 1), last)
    shown = [directory.entry(ctx.uow, group) for group in found[(page - 1) * PAGE : page * PAGE]]
    return reply(
        *pages(
            say("Study groups"),
            list_blocks(shown),
            more=say("Study groups, continued"),
            buttons=[*map(_see, shown), *_paging(filter or "", page, last)],
            footer=say("Page {page} of {last}", page=page, last=last) if last > 1 else EMPTY,
        ),
        update=page > 1,
    )


def _see(found: Entry) -> Button:
    return button(excerpt(to_text(found.group.title), 60), "group", group=code(found.group.id))


def _paging(filter: str, page: int, last: int) -> list[Button | None]:
    """Return the buttons to other pages; words that no button can carry show their first page only."""
    if not filter.isascii() or len(filter) > 40 or "&" in filter:
        return []
    return [
        _turn(say("Previous"), page - 1, filter) if page > 1 else None,
        _turn(say("Next"), page + 1, filter) if page < last else None,
    ]


def _turn(label: Text, page: int, filter: str) -> Button:
    if not filter:
        return button(label, "groups", page=str(page))
    return button(label, "groups", page=str(page), filter=filter)


@feature.command(access=Access.READ, anywhere=True, title="A study group")
def group(ctx: Context, group: Annotated[GroupId | None, "Which group", Pick(known_groups)] = None) -> Reply:
    """See a group: topic, weeks, dates, facilitator, places, and how to join."""
    chosen = _chosen(ctx, group)
    if chosen is None:
        return groups(ctx)
    member = ctx.uow.members.of(chosen.id, ctx.person.id) if ctx.person.id else None
    return reply(*group_cards(ctx, chosen, member))


@feature.command("group introduction", access=Access.READ, anywhere=True, hidden=True)
def introduction(ctx: Context, group: Annotated[GroupId | None, "Which group", Pick(known_groups)] = None) -> Reply:
    """Read what a course says before its first week."""
    chosen = _chosen(ctx, group)
    if chosen is None:
        return groups(ctx)
    blocks = chosen.introduction or (paragraph(say("This course begins right with its first week.")),)
    name = say("Before {group} begins", group=excerpt(to_text(chosen.title), 80))
    return reply(*pages(name, blocks, more=name + say(", continued")))


def _chosen(ctx: Context, group: GroupId | None) -> Group | None:
    """Return the group that was named, else the channel's, else the only one there is."""
    if group is not None:
        return directory.reachable(ctx.uow, group, ctx.call.channel, ctx.person.id)
    if ctx.maybe_group is not None:
        return ctx.maybe_group
    known = directory.groups_of(ctx.uow, where(ctx), ctx.person.id)
    return known[0] if len(known) == 1 else None


@feature.routine(DueKind.SHOW_DIRECTORY)
def show_directory(ctx: Context, space: int) -> None:
    """Let the list of a space's groups show how things stand now."""
    for found in ctx.uow.spaces.with_directory():
        if found.id == space and found.directory is not None:
            ctx.show_at([InChannel(found.directory)], _directory(ctx, found), About("directory", found.id))


def _directory(ctx: Context, space: Space) -> Card:
    """Return the public list of a space's groups that are open or running."""
    alive = ctx.uow.groups.in_space(space.ref, ALIVE, 0, POSTED)
    found = [directory.entry(ctx.uow, group) for group in alive]
    items: list[Text] = []
    room = 2_400
    for one in found:
        item = to_text(Strong(one.group.title)) + ": " + line(one)
        room -= cost(item) + 5
        if room > 0:
            items.append(item)
    return card(
        say("Study groups"),
        bullets(items) if items else empty_list(),
        buttons=[*map(_see, found[:8]), button(say("See all groups"), "groups")],
        footer=say("This list keeps itself up to date."),
    )


@feature.routine(DueKind.START_GROUP)
def start_group(ctx: Context, group: int) -> None:
    """Let a group run from its start on; its first week is posted at the same time."""
    found = ctx.uow.groups.lock(GroupId(group))
    if found is None or found.state is not GroupState.OPEN:
        return
    ctx.uow.groups.save(moved(found, GroupState.RUNNING))
    due_at = instant(found.starts, found.where)
    decide(ctx.uow.occurrences, found.id, What.START, "", Outcome.POSTED, due_at=due_at, now=ctx.now)
    directory.changed(ctx.uow, found.id, ctx.now)
