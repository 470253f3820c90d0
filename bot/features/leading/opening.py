"""What stands in a group's channels from its first day: what lives there, and how to join."""

from __future__ import annotations

from bot.cards import ButtonStyle, card, paragraph
from bot.chat import About
from bot.context import Context
from bot.measure import excerpt
from bot.study import enrolment
from bot.study.groups import ALIVE, GroupState
from bot.study.times import instant
from bot.text import EMPTY, Moment, say, say_n, to_text


def announce(here: Context) -> None:
    """Let the group's channels show what lives there and how to join; again brings it up to date."""
    group = here.group
    weeks = here.uow.weeks.of_group(group.id)
    when = Moment(instant(group.starts, group.where))
    length = say_n("{n} week", "{n} weeks", len(weeks))
    joins = group.state in (GroupState.DRAFT, *ALIVE)
    if not joins:
        words = say("This group is {state}. /groups shows the others.", state=group.state.label)
    else:
        words = say(
            "Starts on {when} · {length} · enrolment until {day}",
            when=when,
            length=length,
            day=enrolment.last_day(group),
        )
    about = paragraph(excerpt(to_text(group.description), 700)) if group.description else EMPTY
    here.show(
        card(
            say("Study group: {group}", group=excerpt(to_text(group.title), 100)),
            paragraph(words),
            about,
            buttons=[
                here.button(say("Enrol"), "enrol", ButtonStyle.PRIMARY) if joins else None,
                here.button(say("See weeks and people"), "group") if joins else None,
                here.button(say("See other groups"), "groups") if not joins else None,
            ],
        ),
        About("group", group.id),
        slot="opening",
    )
