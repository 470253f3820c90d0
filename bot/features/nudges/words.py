"""What a reminder says: the smallest next step, an offer of help, and ways to rest; never what was missed."""

from __future__ import annotations

from bot.cards import Button, ButtonStyle, Card, Tone, card
from bot.context import Context
from bot.features.nudges.knowing import Seen
from bot.study import quiet, steps
from bot.study.weeks import Task
from bot.text import EMPTY, Moment, MomentStyle, Text, say, say_n

PAUSES = (1, 2, 4)
"""Weeks of rest that a reminder offers."""
PLAN = 200
"""Characters of somebody's plan that a reminder quotes."""


def reminder(ctx: Context, seen: Seen) -> Card:
    """Return a reminder; the third is the last, and says so."""
    if seen.member.nudges + 1 >= len(quiet.LADDER):
        return _last_words(ctx)
    task = seen.still[0]
    plan = EMPTY
    if seen.member.plan and seen.member.nudges == 0:
        plan = say("You said when you plan to study: “{plan}”.", plan=seen.member.plan[:PLAN])
    return card(
        ctx.group.title[:80],
        _step(ctx, seen, task),
        plan,
        say("If something is in the way, tell us: someone will be glad to help."),
        buttons=[
            ctx.button(say("Show me the step"), "week", ButtonStyle.PRIMARY, number=str(task.week.ordinal)),
            ctx.button(say("I'm stuck"), "ask", activity=task.activity.id),
            *rest_buttons(ctx),
            ctx.button(say("No more reminders"), "settings", reminders="no"),
            ctx.button(say("Leave the group"), "withdraw"),
        ],
    )


def _step(ctx: Context, seen: Seen, task: Task) -> Text:
    """Return the smallest open step in words, with the end of its week where that is near."""
    ends = quiet.ends_at(task, seen.weeks)
    open_still = say("{task} is still open: “{title}”.", task=task.name, title=task.activity.title[:100])
    left = steps.left(seen.state, task)
    if left:
        open_still = say("{task}: {left}.", task=task.name, left=left)
    elif task.activity.minutes:
        needs = say_n(
            "Most people need about {n} minute.", "Most people need about {n} minutes.", task.activity.minutes
        )
        open_still = open_still + " " + needs
    if ends is None or ends <= ctx.now:
        return open_still
    when = Moment(ends, MomentStyle.RELATIVE)
    return say("Week {number} ends {when}.", number=task.week.ordinal, when=when) + " " + open_still


def rest_buttons(ctx: Context) -> list[Button]:
    """Return the pauses that are one tap away."""
    return [
        ctx.button(say_n("Pause {n} week", "Pause {n} weeks", weeks), "pause", weeks=str(weeks)) for weeks in PAUSES
    ]


def _last_words(ctx: Context) -> Card:
    """Return the last reminder, after which there is silence until the person comes back."""
    return card(
        ctx.group.title[:80],
        say("I'll stop reminding you about this group."),
        say("You're still welcome any time: whatever you do there, everything goes on from where you left it."),
        buttons=[
            ctx.button(say("Show me where it is"), "week"),
            ctx.button(say("Ask for help"), "ask"),
            ctx.button(say("Keep reminding"), "keep reminding"),
            ctx.button(say("Leave the group"), "withdraw"),
        ],
    )


def welcome_back(ctx: Context) -> Card:
    """Return what somebody reads who is back after having fallen silent."""
    return card(
        ctx.group.title[:80],
        say("Good to see you again. Your place is as you left it."),
        buttons=[ctx.button(say("My progress"), "progress"), ctx.button(say("This week"), "week")],
        tone=Tone.PLAIN,
    )
