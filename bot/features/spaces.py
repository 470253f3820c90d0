"""What the admins of a server or workspace do: set it up, name who may start groups, see how things stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

from bot.cards import (
    Block,
    ButtonStyle,
    Choice,
    Heading,
    Reply,
    Tone,
    bullets,
    button,
    card,
    fields,
    paragraph,
    reply,
    translated,
)
from bot.chat import About, AccountRef, ChannelRef, Direct, SpaceRef
from bot.context import Context
from bot.errors import Refusal, UnknownItem
from bot.feature import Feature
from bot.ids import PersonId, code, new_id
from bot.options import Access, Pick
from bot.outbox import Post, PostState
from bot.pages import pages
from bot.study import retention, spaces
from bot.study.agenda import Due, DueKind
from bot.study.groups import ALIVE, Group, GroupState
from bot.study.members import WAITING
from bot.study.people import Person
from bot.study.spaces import NotInASpace, Space
from bot.text import Moment, Text, join, say, say_n, to_text

feature = Feature("spaces")

_DUE: dict[str, Text] = {
    DueKind.START_GROUP: say("the group starts"),
    DueKind.END_GROUP: say("the group ends"),
    DueKind.PUBLISH_WEEK: say("a week is posted"),
    DueKind.SHOW_WEEK: say("a week's message is brought up to date"),
    DueKind.START_BREAK: say("a break begins"),
    DueKind.END_BREAK: say("a break ends"),
    DueKind.REMIND_APPLICATION: say("an application is brought to mind"),
    DueKind.RESUME_MEMBER: say("a pause ends"),
    DueKind.NUDGE: say("a look at who may need a hand"),
    DueKind.RAISE_QUESTION: say("a look at an open question"),
    DueKind.CHECK_ANSWERED: say("a look at an answered question"),
    DueKind.ASK_MENTORS: say("a look at an open question"),
    DueKind.ASK_LEADERS: say("a look at an open question"),
    DueKind.WELCOME_BACK: say("a welcome back"),
    DueKind.HEAR_FROM_GROUP: say("a look at how the group is doing"),
    DueKind.TELL_OF_TERM: say("the group is told when its texts go"),
    DueKind.EMPTY_TEXTS: say("what was written in the group goes"),
}


class NotMet(Refusal):
    """I haven't met “{name}” here. Ask them to type /settings once, then add them as {platform}:their-id."""


class SeveralPeople(Refusal):
    """Several people here are called “{name}”. Add the one you mean as {platform}:their-id."""


def _channel(ctx: Context) -> ChannelRef:
    if ctx.call.channel is None:
        raise NotInASpace
    return ctx.call.channel


def _space(ctx: Context) -> Space:
    """Return the space of the call; raises NotInASpace or NotSetUp."""
    return spaces.here(ctx.uow.spaces, ctx.call.channel)


@feature.command("study setup", anywhere=True, title="Set me up here")
def setup(ctx: Context, directory: Annotated[bool | None, "Keep a list of all groups in this channel"] = None) -> Reply:
    """Set me up in this server or workspace, and start the first group."""
    channel = _channel(ctx)
    space = ctx.uow.spaces.get(channel.where)
    if space is None:
        space = Space(new_id(ctx.now), channel.where, ctx.now)
        ctx.uow.spaces.add(space)
    if directory is not None:
        space = replace(space, directory=channel if directory else None)
        ctx.uow.spaces.save(space)
        if directory:
            ctx.uow.agenda.set(DueKind.SHOW_DIRECTORY, space.id, ctx.now, None)
        else:
            ctx.take_back(About("directory", space.id))
    listed = space.directory == channel
    if directory is None:
        done = say("I am set up here.")
    elif directory:
        done = say("The list of groups stands in this channel from now on, and keeps itself up to date.")
    else:
        done = say("The list of groups is gone.")
    return reply(
        card(
            say("Studycircle"),
            paragraph(done),
            paragraph(say("Next: start a group in the channel where it is to live, or name who may do that.")),
            buttons=[
                button(say("Start a group in this channel"), "lead group create", style=ButtonStyle.PRIMARY),
                button(say("Look at a course first"), "lead group preview"),
                button(say("Start one from a file of mine"), "lead group import"),
                button(say("Who may start groups"), "study facilitators"),
                button(say("Remove the list from here"), "study setup", directory="no")
                if listed
                else button(say("Keep a list of groups here"), "study setup", directory="yes"),
            ],
            tone=Tone.DONE,
        )
    )


def greet(ctx: Context, space: SpaceRef, owner: AccountRef, locale: str) -> None:
    """Tell the owner of a space that the bot has come to it how to begin; once, and nobody else is told anything."""
    name = f"greeted {space}"
    if ctx.uow.memos.get(name) is not None:
        return
    ctx.uow.memos.keep(name, "yes")
    welcome = card(
        say("Thank you for inviting me"),
        say("I look after study groups: weeks on time, work in one place, questions that find an answer."),
        say("To begin, type /study setup in the channel where a group is to live. Until then I post nothing anywhere."),
        buttons=[button(say("About me"), "study about")],
    )
    ctx.show_at([Direct(owner)], translated(welcome, ctx.languages.get(locale)), About("space", ctx.new_id()))


def named_facilitators(ctx: Context) -> Sequence[Choice]:
    """Return the people who may start groups here."""
    space = ctx.uow.spaces.get(ctx.call.channel.where) if ctx.call.channel else None
    people = ctx.uow.people.many(space.facilitators) if space else {}
    return [Choice(code(person.id), to_text(person.name)) for person in people.values()]


@feature.command("study facilitators", anywhere=True, title="Who may start groups")
def facilitators(
    ctx: Context,
    add: Annotated[str | None, "Who may start groups from now on"] = None,
    remove: Annotated[PersonId | None, "Who may not any more", Pick(named_facilitators)] = None,
) -> Reply:
    """See and change who may start groups here."""
    space = _space(ctx)
    allowed = list(space.facilitators)
    if add is not None:
        found = _find(ctx, space, add)
        ctx.concerns["added"] = found.id
        allowed.append(found.id)
    if remove is not None:
        if remove not in allowed:
            raise UnknownItem
        allowed = [person for person in allowed if person != remove]
    changed = replace(space, facilitators=tuple(dict.fromkeys(allowed)))
    if changed != space:
        ctx.uow.spaces.save(changed)
    people = ctx.uow.people.many(changed.facilitators)
    listed = [to_text(people[person].name) for person in changed.facilitators if person in people]
    words = bullets(listed) if listed else paragraph(say("Nobody besides the admins may start groups yet."))
    return reply(
        *pages(
            say("Who may start groups"),
            [
                say("Saved.") if changed != space else "",
                words,
                say("Admins always may. To name somebody else, type /study facilitators add: and their name."),
            ],
            more=say("Who may start groups, continued"),
            tone=Tone.DONE if changed != space else Tone.PLAIN,
        )
    )


def _find(ctx: Context, space: Space, given: str) -> Person:
    """Return somebody by account or by their name in one of the space's groups; raises NotMet or SeveralPeople."""
    platform = space.ref.platform
    word = given.strip().removeprefix("@")
    account = f"{platform}:{word.strip('<@!>')}" if word.startswith("<") or ":" not in word else word
    try:
        return ctx.account_of(account)
    except Refusal:
        found = [person for person in _people_here(ctx, space) if person.name.casefold() == word.casefold()]
    if len(found) > 1:
        raise SeveralPeople(name=word[:60], platform=platform)
    if not found:
        raise NotMet(name=word[:60], platform=platform)
    return found[0]


def _people_here(ctx: Context, space: Space) -> Sequence[Person]:
    groups = ctx.uow.groups.in_space(space.ref, tuple(GroupState), 0, 100)
    members = {member.person for group in groups for member in ctx.uow.members.in_group(group.id)}
    return list(ctx.uow.people.many([*members, ctx.person.id]).values())


@feature.command("study status", access=Access.READ, anywhere=True, title="How things stand")
def status(ctx: Context) -> Reply:
    """See how the groups here are doing, what did not go out, and what comes next."""
    space = _space(ctx)
    groups = ctx.uow.groups.in_space(space.ref, ALIVE | {GroupState.FROZEN, GroupState.ENDED}, 0, 30)
    blocks: list[Block] = []
    failed: list[Text] = []
    for group in groups:
        blocks += [Heading(to_text(group.title)), fields(_facts(ctx, group))]
        failed += [_failure(group, post) for post in ctx.uow.outbox.of_group(group.id) if _is_stuck(post)]
    if not groups:
        blocks.append(paragraph(say("No group has started here yet. /lead group create starts one.")))
    blocks.append(Heading(say("Messages that did not go out")))
    blocks.append(bullets(failed[:20]) if failed else paragraph(say("None: everything that was due is out.")))
    return reply(*pages(say("How things stand"), blocks, more=say("How things stand, continued")))


def _facts(ctx: Context, group: Group) -> list[tuple[Text, Text]]:
    ahead = [_next(line) for line in ctx.uow.agenda.of_group(group.id) if line.kind in _DUE][:1]
    counts = [
        say_n("{n} member", "{n} members", ctx.uow.members.count(group.id)),
        say_n("{n} waits for an answer or a place", "{n} wait for an answer or a place", _waiting(ctx, group)),
    ]
    return [
        (say("People"), join(counts, " · ")),
        (say("Next"), ahead[0] if ahead else say("nothing is planned")),
    ]


def _waiting(ctx: Context, group: Group) -> int:
    return ctx.uow.members.count(group.id, WAITING)


def _next(line: Due) -> Text:
    return _DUE[line.kind] + ", " + Moment(line.at)


def _is_stuck(post: Post) -> bool:
    return post.state in (PostState.DEAD, PostState.UNKNOWN)


def _failure(group: Group, post: Post) -> Text:
    why = post.reason[:200] or say("the platform did not say why")
    return say("{group}, {when}: {why}", group=group.title, when=Moment(post.at), why=why)


@feature.command("study about", access=Access.READ, anywhere=True, title="About me")
def about(ctx: Context) -> Reply:
    """Read what I am, what I keep and how long, and what I don't do."""
    return reply(
        card(
            say("Studycircle"),
            say("I look after study groups: weeks on time, work in one place, questions that find an answer."),
            bullets(
                [
                    say("I keep what you hand in, ask, answer and write down here, on the server of whoever runs me."),
                    _how_long(ctx),
                    say("Your portfolio is yours: only you see it until you publish it, and you can export it."),
                    say("I read no conversations, measure no presence, and send reminders only if you said yes."),
                    say("I am free software under the MIT licence."),
                ]
            ),
            buttons=[button(say("See the groups"), "groups"), button(say("What I can do"), "help")],
        )
    )


def _how_long(ctx: Context) -> Text:
    """Return how long texts are kept: here, or in the places of one's groups."""
    if ctx.call.channel is not None:
        space = ctx.uow.spaces.get(ctx.call.channel.where)
        return retention.in_words(space.keep_months if space is not None else None)
    mine = ctx.uow.groups.many(member.group for member in ctx.uow.members.of_person(ctx.person.id))
    terms = {retention.term_of(ctx.uow, group) for group in mine.values()}
    if len(terms) > 1:
        return say("How long I keep that after a group's end is for its server or workspace to say: ask me there.")
    return retention.in_words(next(iter(terms), None))
