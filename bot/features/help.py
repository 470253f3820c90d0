"""Help: what the caller may do here, and how one command works."""

from __future__ import annotations

from typing import Annotated

from bot.cards import Block, Button, Card, Heading, Reply, bullets, button, card, paragraph, reply
from bot.context import Context
from bot.errors import UnknownCommand
from bot.feature import Feature
from bot.options import Access, Command, Option
from bot.pages import pages
from bot.parsing import longest_name, nearest
from bot.study.rights import RIGHTS, Standing, may, standings
from bot.text import Code, Text, join, say, to_text

feature = Feature("help")

_SECTIONS: tuple[tuple[Text, tuple[str, ...]], ...] = (
    (say("Find a group"), ("groups", "group", "enrol", "withdraw", "participants")),
    (say("Learn"), ("week", "submit", "responses", "note", "progress", "portfolio", "portfolio export")),
    (say("Ask and help"), ("ask", "questions", "question")),
    (say("For you"), ("settings", "pause", "resume", "nudges", "help")),
    (say("Lead a group"), ("newweek", "lead ")),
    (say("Look after this place"), ("study ",)),
)
"""Commands in the order in which people need them; a name that ends with a space stands for all that begin so."""


@feature.command(access=Access.READ, anywhere=True, title="Help")
def help(ctx: Context, topic: Annotated[str | None, "A command"] = None) -> Reply:
    """See what you can do here, or how one command works."""
    has = _standings(ctx)
    rosters = ctx.rosters(ctx.call.account.platform)
    offered = {name: one for name, one in ctx.commands.items() if not one.hidden and one.fits(rosters=rosters)}
    mine = {name: one for name, one in offered.items() if may(name, has)}
    if topic:
        begun = " ".join(topic.strip().removeprefix("/").lower().split()) + " "
        family = [one for name, one in mine.items() if name.startswith(begun)]
        if family and begun.strip() not in mine:
            return reply(
                *pages(to_text(f"/{begun.strip()} …"), [bullets(map(_line, family))], more=say("Help, continued"))
            )
        return reply(_one(ctx, _find(ctx, topic)))
    blocks: list[Block] = []
    for title, wanted in _SECTIONS:
        found = [one for start in wanted for name, one in mine.items() if name == start or _under(name, start)]
        if found:
            blocks += [Heading(title), bullets(_line(one) for one in found)]
            mine = {name: one for name, one in mine.items() if one not in found}
    if mine:
        blocks += [Heading(say("More")), bullets(_line(one) for one in mine.values())]
    footer = say("/help and a command's name tells more about it.")
    return reply(
        *pages(say("What you can do here"), blocks, more=say("What you can do here, continued"), footer=footer)
    )


def _standings(ctx: Context) -> frozenset[Standing]:
    """Return what the caller counts as here; where no group lives, in any of theirs, since each can be chosen."""
    if ctx.maybe_group is not None:
        return ctx.standings
    return ctx.standings.union(*map(standings, ctx.uow.members.of_person(ctx.person.id)))


def _under(name: str, start: str) -> bool:
    return start.endswith(" ") and name.startswith(start)


def _line(command: Command) -> Text:
    return to_text(Code(f"/{command.name}")) + " · " + command.summary


def _find(ctx: Context, topic: str) -> Command:
    """Return the command that is meant; raises UnknownCommand, naming the nearest."""
    words = " ".join(topic.strip().removeprefix("/").lower().split())
    name = longest_name(words, ctx.commands)
    if name is None:
        raise UnknownCommand(name=f"/{words[:40]}", nearest=f"/{nearest(words, ctx.commands)}")
    return ctx.commands[name]


def _one(ctx: Context, command: Command) -> Card:
    """Return how a command works, and who may use it."""
    allowed = RIGHTS.get(command.name, frozenset())
    who = join([standing.label for standing in Standing if standing in allowed], ", ")
    mine = may(command.name, _standings(ctx))
    blocks: list[Block] = [paragraph(command.summary)]
    if command.options:
        blocks += [Heading(say("What you can add")), bullets(_option(option) for option in command.options)]
    if not mine:
        blocks.append(paragraph(say("This is for {who}.", who=who)))
    run: list[Button] = [button(say("Open it"), command.name)] if mine else []
    return card(to_text(f"/{command.name}"), *blocks, buttons=[*run, button(say("All commands"), "help")])


def _option(option: Option) -> Text:
    line = to_text(Code(f"{option.name}:")) + " " + option.label
    return line if option.required else line + " · " + say("if you like")
