"""The next step of an activity, in words and as a tap: to hand in, to give feedback to others, to wait for somebody."""

from __future__ import annotations

from bot.study.progress import Progress
from bot.study.weeks import Needs, Task
from bot.text import EMPTY, Text, join, say, say_n


def besides(needs: Needs) -> Text:
    """Return what an activity takes besides handing in, as a line below it; nothing where handing in is all."""
    parts = []
    if needs.reviews:
        parts.append(
            say_n("Then give feedback on {n} response.", "Then give feedback on {n} responses.", needs.reviews)
        )
    if needs.check:
        parts.append(say("A facilitator looks at it."))
    return join(parts, " ")


def left(state: Progress, task: Task) -> Text:
    """Return what is left of an activity that was handed in; nothing where it is not, or nothing is left."""
    needs = state.needs.get(task.activity.id)
    if needs is None or task.activity.id not in state.deeds.handed_in or state.deeds.is_done(needs):
        return EMPTY
    still = state.deeds.left(needs)
    if not still:
        return say("handed in, a facilitator looks at it")
    if state.deeds.can_go_on(needs):
        feedback = say_n("feedback on {n} response", "feedback on {n} responses", still)
        return say("handed in, {feedback} is left", feedback=feedback)
    return say("handed in, feedback is left once others hand in")


def seen(state: Progress, task: Task) -> Text:
    """Return that a facilitator checked an activity, where it takes that and was."""
    needs = state.needs.get(task.activity.id)
    checked = needs is not None and needs.check and task.activity.id in state.deeds.checked
    return say("checked by a facilitator") if checked else EMPTY


def tap(state: Progress, task: Task) -> tuple[Text, str]:
    """Return the label of the button that leads to the next step, and its command."""
    places = {"week": str(task.week.ordinal), "number": str(task.number)}
    if task.activity.id in state.deeds.handed_in:
        return say("Give feedback {week}.{number}", **places), "review"
    return say("Submit {week}.{number}", **places), "submit"
