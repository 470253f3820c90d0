"""The command line: `python -m bot`, or `./run` in a checkout."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from bot import logs
from bot.chat import AccountRef, ChannelRef
from bot.command_line import ConfigFile, configured, doctor, fail, finished, keeping
from bot.command_line.audit import audit
from bot.command_line.badges import badge
from bot.command_line.discord import discord, setup
from bot.command_line.export import export
from bot.command_line.moving import move_group
from bot.command_line.reputation import reputation
from bot.command_line.schedule import schedule
from bot.command_line.slack import slack
from bot.config import secrets

app = typer.Typer(
    name="studycircle",
    help="A facilitator for study groups that lives in the chat people already use.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
course = typer.Typer(help="Course outlines.", no_args_is_help=True)
group = typer.Typer(help="Study groups.", no_args_is_help=True)
app.add_typer(course, name="course")
app.add_typer(group, name="group")
app.add_typer(setup, name="setup")
app.add_typer(discord, name="discord")
app.add_typer(slack, name="slack")
app.add_typer(audit, name="audit")
app.add_typer(badge, name="badge")
app.add_typer(export, name="export")
app.add_typer(schedule, name="schedule")
app.add_typer(reputation, name="reputation")
group.command("move")(move_group)
app.command()(keeping.backup)
app.command()(keeping.restore)
app.command()(doctor.doctor)


def _fastest_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Return how to make uvloop's event loop, where the extra `speed` is installed."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


@app.command()
def bot(config: ConfigFile = None) -> None:
    """Run the bot until it is told to stop."""
    settings = configured(config)
    logs.begin(secrets(settings))
    from bot.bootstrap.running import run

    finished(run(settings), _fastest_loop())


@app.command()
def demo(
    course: Annotated[Path | None, typer.Option(help="A course outline to play instead of the sample.")] = None,
    out: Annotated[Path, typer.Option(help="Where to write what came of it.")] = Path("demo-out"),
) -> None:
    """Play a whole study group on this machine, and say what to open."""
    from demo.playing import play

    finished(play(course, out))


@app.command("try")
def try_out(
    port: Annotated[int, typer.Option(help="The port of the page on this machine.")] = 8088,
    keep: Annotated[Path | None, typer.Option(help="A file in which everything is kept for another time.")] = None,
) -> None:
    """Try a study group in a browser on this machine, with others who play along."""
    from demo.trying import serve

    finished(serve(port, keep))


@course.command("check")
def check_course(path: Annotated[Path, typer.Argument(help="A Markdown file or a Course-in-a-Box folder.")]) -> None:
    """Print the weeks of a course outline, then what is wrong with it."""
    from adapters.outlines import check_lines, read_outline

    reading = read_outline(path)
    print(*check_lines(reading), sep="\n")
    if reading.outline is None:
        raise typer.Exit(1)


@group.command("create")
def create_group(
    course: Annotated[Path, typer.Option(help="The course outline to follow.")],
    home: Annotated[list[str], typer.Option(help="PLATFORM:SPACE/CHANNEL where it lives; may be given again.")],
    facilitator: Annotated[str, typer.Option(help="PLATFORM:USER who leads it.")],
    starts: Annotated[str, typer.Option(help="When week 1 opens, like 2027-01-11T18:00.")],
    zone: Annotated[str, typer.Option(help="The group's time zone, like Europe/Berlin.")],
    title: Annotated[str, typer.Option(help="The group's title; the course's if empty.")] = "",
    seats: Annotated[int | None, typer.Option(help="How many learners it takes; empty means no limit.")] = None,
    auto_accept: Annotated[bool, typer.Option("--auto-accept", help="Let everyone in who applies.")] = False,
    config: ConfigFile = None,
) -> None:
    """Create a study group from a course outline."""
    settings = configured(config)
    try:
        homes = [ChannelRef.parse(one) for one in home]
        leader = AccountRef.parse(facilitator)
    except ValueError as error:
        fail(str(error))
    from bot.bootstrap.founding import Founding, create

    finished(create(settings, Founding(course, homes, leader, starts, zone, title, seats, auto_accept)))


if __name__ == "__main__":
    app(prog_name="./run" if "STUDYCIRCLE_RUN" in os.environ else "python -m bot")
