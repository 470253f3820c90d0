"""`group move`: a group leaves a platform, with its history and its people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from bot.chat import AccountRef, ChannelRef
from bot.command_line import ConfigFile, configured, fail, finished, opened
from bot.config import Config
from bot.errors import ConfigError
from bot.language import ENGLISH

if TYPE_CHECKING:
    from bot.context import Context
    from bot.ports import UnitOfWork
    from bot.study.groups import Group, Home


def move_group(
    group: Annotated[str, typer.Argument(help="The group's short name, as schedule show prints it.")],
    to: Annotated[str, typer.Option(help="PLATFORM:SPACE/CHANNEL where it goes on.")],
    leave: Annotated[
        list[str] | None, typer.Option(help="A channel that it leaves; may be given again. Empty means all others.")
    ] = None,
    codes: Annotated[
        bool, typer.Option("--codes", help="Print a code for each member who has no account there yet.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without this, only what would happen is printed.")] = False,
    config: ConfigFile = None,
) -> None:
    """Let a group go on in another channel or platform; everybody keeps what they did."""
    settings = configured(config)
    try:
        channel, left = ChannelRef.parse(to), [ChannelRef.parse(one) for one in leave or ()]
    except ValueError as error:
        fail(str(error))
    on = _switched_on(settings)
    if on and channel.platform not in on:
        fail(f"{channel.platform} is not switched on here, so nobody could be in {channel}. On: {', '.join(on)}.")
    finished(_move(settings, Wish(group, channel, tuple(left), codes, tuple(on)), yes=yes))


def _switched_on(settings: Config) -> list[str]:
    """Return the platforms that the settings switch on; none where they hold no tokens, as on another machine."""
    on = {"discord": settings.discord.token is not None, "slack": settings.slack.on, "local": settings.local.enabled}
    return [platform for platform, is_on in on.items() if is_on]


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants: a group's short name, where to, what it leaves, and whether members get codes.

    `on` are the platforms that are switched on, as far as the settings tell.
    """

    name: str
    to: ChannelRef
    left: tuple[ChannelRef, ...]
    codes: bool
    on: tuple[str, ...] = ()

    def hears(self, home: Home) -> bool:
        """Return whether a last post can reach a home."""
        return not self.on or home.channel.platform in self.on


@dataclass(frozen=True, slots=True)
class Plan:
    """What a move does: which homes are left, and who of the members has an account where it goes on."""

    group: Group
    wish: Wish
    left: tuple[Home, ...]
    there: tuple[str, ...]
    missing: tuple[tuple[int, str], ...]
    questions: int


async def _move(settings: Config, wish: Wish, *, yes: bool) -> int:
    if not yes:
        async with opened(settings.storage) as store:
            plan = await store.read(lambda uow: _planned(uow, wish))
        print(*_lines(plan), sep="\n")
        print("Nothing has been changed. Run it again with --yes to do it.")
        return 0
    from bot.bootstrap import assembled
    from schedules.clock import SystemClock

    storage = settings.storage
    if storage.file is not None and not storage.file.exists():
        raise ConfigError(f"There is no database at {storage.file}. The setting storage.url names it.")
    async with assembled(storage.url, {}, SystemClock(), backups=storage.backups_folder) as app:
        plan, made = await app.bot.perform(lambda ctx: _moved(ctx, wish))
    print(*_lines(plan), sep="\n")
    print("Done. The bot posts what is to be seen as soon as it runs.")
    for who, code in made:
        print(f"{who}\t/link {code}")
    return 0


def _planned(uow: UnitOfWork, wish: Wish) -> Plan:
    from bot.study.groups import OVER, holder
    from bot.study.members import PRESENT, WAITING
    from bot.study.questions import UNSOLVED

    to, group = wish.to, uow.groups.named(wish.name)
    if group is None:
        raise ConfigError(
            f"There is no group “{wish.name}”. schedule show prints the short names of those that have plans."
        )
    if group.state in OVER:
        raise ConfigError(f"{group.title} is {ENGLISH.plain(group.state.label)}, so it stays where it is.")
    homes = uow.groups.homes(group.id)
    there = holder(uow.groups, to)
    if there is not None and there.id != group.id:
        raise ConfigError(f"{there.title} lives in {to}. Choose a channel where no group lives.")
    known = {home.channel for home in homes}
    if unknown := [one for one in wish.left if one not in known]:
        raise ConfigError(f"{group.title} does not live in {unknown[0]}. It lives in {', '.join(map(str, known))}.")
    leaving = tuple(home for home in homes if home.channel != to and (not wish.left or home.channel in wish.left))
    if not leaving and not (wish.codes and to in known):  # codes can be had again
        raise ConfigError(f"{group.title} lives in {to} already, and nowhere else.")
    members = [member.person for member in uow.members.in_group(group.id, PRESENT | WAITING, limit=100_000)]
    people, accounts = uow.people.many(members), uow.people.accounts(members)
    on_it = {person for person, known in accounts.items() if any(_is_there(one.ref, to) for one in known)}
    return Plan(
        group,
        wish,
        leaving,
        tuple(people[one].name for one in members if one in on_it and one in people),
        tuple((one, people[one].name) for one in members if one not in on_it and one in people),
        uow.questions.count(group.id, UNSOLVED),
    )


def _is_there(account: AccountRef, to: ChannelRef) -> bool:
    """Return whether an account can be where a channel is: of the platform, and of the workspace where it names one."""
    workspace, names_one, _ = account.user.partition("/")
    return account.platform == to.platform and (not names_one or workspace == to.space)


def _moved(ctx: Context, wish: Wish) -> tuple[Plan, list[tuple[str, str]]]:
    """Do what was planned, in one unit of work: whoever is killed in the midst has done nothing."""
    from bot.features.leading.homes import farewell
    from bot.features.leading.opening import announce
    from bot.ids import PersonId
    from bot.study import codes as code_of
    from bot.study import homes, seats
    from bot.study.audit import scope_of
    from bot.study.people import GUEST

    plan, to = _planned(ctx.uow, wish), wish.to
    group = seats.locked(ctx.uow.groups, plan.group.id)
    here = ctx.within(group)
    if all(home.channel != to for home in ctx.uow.groups.homes(group.id)):
        homes.add(ctx.uow, group, to, now=ctx.now, instead=plan.left)
    for home in plan.left:
        homes.remove(ctx.uow, group, home, now=ctx.now)
        if wish.hears(home):
            farewell(here, home, to)
    announce(here)
    items = " ".join(f"left={home.id}" for home in plan.left)
    ctx.uow.audit.add(scope_of(group.id), ctx.now, GUEST, "group move", f"group={group.id} {items}")
    if not wish.codes:
        return plan, []
    purpose, lasts = code_of.Purpose.PERSON, code_of.PLACE_LASTS
    return plan, [(who, code_of.made(ctx.uow, purpose, PersonId(id), None, ctx.now, lasts)) for id, who in plan.missing]


def _lines(plan: Plan) -> list[str]:
    from bot.language import ENGLISH

    to, platform = plan.wish.to, plan.wish.to.platform.capitalize()
    lines = [f"{plan.group.title} ({ENGLISH.plain(plan.group.state.label)}) goes on in {to}."]
    for home in plan.left:
        last = (
            "with one last post" if plan.wish.hears(home) else "without a last post, as that platform is switched off"
        )
        lines.append(f"It leaves {home.channel}: what stands there stays, {last}.")
    lines.append(f"The newest week and {plan.questions} unsolved questions come to the new channel.")
    if plan.there:
        lines.append(f"{len(plan.there)} people have an account on {platform} and keep everything: {_few(plan.there)}")
    if plan.missing:
        names = _few([name for _, name in plan.missing])
        lines.append(f"{len(plan.missing)} have none there yet: {names}")
        lines.append("They get their place back with /link: a code from the old platform, or one from --codes.")
    return lines


def _few(names: Sequence[str]) -> str:
    shown = ", ".join(names[:20])
    return shown if len(names) <= 20 else f"{shown} and {len(names) - 20} more"
