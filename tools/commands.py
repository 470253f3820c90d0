"""Writes docs/commands.md from what the commands declare: `./run docs`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from bot.bootstrap import FEATURES
from bot.language import ENGLISH
from bot.options import Command
from bot.study.rights import RIGHTS, Standing

PAGE = Path(__file__).resolve().parent.parent / "docs" / "commands.md"

HEAD = """# Commands

Made by `./run docs` from the commands themselves. Everything here is reached in three ways: typed, by a button or a
message's menu, and by the form that an empty call opens. Options may be named (`/submit activity:2.1 link:https://…`)
or just written in this order. What is marked with `!` has to be given. Replies are private; what others see is posted
in the group's channels.
"""
WHO = {
    frozenset(Standing): "anyone",
    frozenset({Standing.OWNER}): "owner",
    frozenset({Standing.LEARNER}): "learner",
    frozenset({Standing.OWNER, Standing.FACILITATOR}): "facilitator",
    frozenset({Standing.ADMIN}): "admin",
    frozenset({Standing.ADMIN, Standing.STARTER}): "admin, and whom they named",
}
MEMBERS = {Standing.OWNER, Standing.FACILITATOR, Standing.MENTOR, Standing.LEARNER}


def page() -> str:
    """Return the page: commands that can be typed, menus, and what only buttons do."""
    commands = sorted((one for feature in FEATURES for one in feature.commands), key=lambda one: one.name)
    typed = [one for one in commands if not one.hidden]
    menus = [one for one in commands if one.menu is not None]
    of_people = [one for one in commands if one.person_menu is not None]
    behind = [one for one in commands if one.hidden and one not in menus and one not in of_people]
    parts = [
        HEAD,
        "## Typed\n",
        _table(
            ("command", "options", "who", "does"), ((f"`/{one.name}`", _options(one), *_rest(one)) for one in typed)
        ),
        "\n## On a message's menu\n",
        _table(("menu", "who", "does"), ((ENGLISH.plain(one.menu or ""), *_rest(one)) for one in menus)),
        "\n## On a person's menu\n",
        _table(("menu", "who", "does"), ((ENGLISH.plain(one.person_menu or ""), *_rest(one)) for one in of_people)),
        "\n## Behind buttons\n",
        _table(("button's command", "who", "does"), ((f"`{one.name}`", *_rest(one)) for one in behind)),
    ]
    return "\n".join(parts)


def _typed(command: Command) -> tuple[str, ...]:
    return f"`/{command.name}`", _options(command), *_rest(command)


def _options(command: Command) -> str:
    return ", ".join(f"`{option.name}`" + ("!" if option.required else "") for option in command.options)


def _rest(command: Command) -> tuple[str, str]:
    return who(RIGHTS[command.name]), ENGLISH.plain(command.summary).replace("|", "\\|")


def who(standings: frozenset[Standing]) -> str:
    """Return who may run a command, in a word or two."""
    if standings in WHO:
        return WHO[standings]
    if standings >= MEMBERS:
        return "member" if Standing.OBSERVER in standings else "member, not observer"
    return ", ".join(one.value for one in Standing if one in standings)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
