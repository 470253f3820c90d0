"""The pulse of a group, for those who lead it: who is quiet, and what waits for somebody."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards import Block, Button, Heading, Reply, bullets, paragraph, reply
from bot.context import Context
from bot.feature import Feature
from bot.ids import PersonId
from bot.measure import excerpt
from bot.options import Access
from bot.pages import pages
from bot.study import weeks
from bot.study.people import Person
from bot.study.pulse import Pulse, pulse
from bot.study.submissions import Submission
from bot.text import Moment, MomentStyle, Text, join, say, say_n, to_text

feature = Feature("pulse")

NAMED = 10
"""Names, or items, that a section lists; the rest is a number."""
NAME_COST = 48
"""Characters of a name on a button."""
BUTTONS = 3
"""Items of a section with a button of their own."""


@feature.command("lead pulse", access=Access.READ, title="How the group is doing")
def lead_pulse(ctx: Context) -> Reply:
    """See who is quiet, and what waits for an answer or a kind word."""
    found = pulse(ctx.uow, ctx.group, now=ctx.now)
    wanted = [
        *(member.person for member in found.quiet),
        *(one.person for one in found.unanswered[:NAMED]),
        *(work.person for work in found.unreacted[:NAMED]),
        *found.unheard,
        *(person for pair in found.mutual for person in pair),
    ]
    people = ctx.uow.people.many(wanted)
    blocks: list[Block] = [*_quiet(found, people), *_unanswered(found, people)]
    blocks += [*_unreacted(ctx, found, people), *_unreviewed(found), *_unchecked(found), *_unheard(found, people)]
    blocks += _mutual(found, people)
    if not blocks:
        blocks = [paragraph(say("All is well: nobody is quiet, and nothing waits for an answer."))]
    return reply(
        *pages(
            say("How {group} is doing", group=ctx.group.title[:60]),
            blocks,
            more=say("How the group is doing, continued"),
            buttons=_buttons(ctx, found, people),
        )
    )


def _names(people: dict[PersonId, Person], wanted: Sequence[PersonId]) -> Text:
    """Return names in alphabetical order, so that nobody comes first."""
    known = sorted({people[person].name for person in wanted if person in people}, key=str.casefold)
    named = join([to_text(name) for name in known[:NAMED]])
    return named + ", " + say("and {n} more", n=len(known) - NAMED) if len(known) > NAMED else named


def _quiet(found: Pulse, people: dict[PersonId, Person]) -> list[Block]:
    if not found.quiet:
        return []
    title = say_n("{n} person is quiet", "{n} people are quiet", len(found.quiet))
    hint = say("A short personal message helps most.")
    return [Heading(title), paragraph(_names(people, [member.person for member in found.quiet])), paragraph(hint)]


def _unanswered(found: Pulse, people: dict[PersonId, Person]) -> list[Block]:
    if not found.unanswered:
        return []
    title = say_n("{n} question waits for an answer", "{n} questions wait for an answer", len(found.unanswered))
    listed = [
        say(
            "{who}, {when}: {question}",
            who=_name(people, one.person),
            when=Moment(one.asked_at, MomentStyle.RELATIVE),
            question=one.text[:100],
        )
        for one in found.unanswered[:NAMED]
    ]
    return [Heading(title), bullets(listed)]


def _unreacted(ctx: Context, found: Pulse, people: dict[PersonId, Person]) -> list[Block]:
    if not found.unreacted:
        return []
    names = {task.activity.id: task.name for task in weeks.tasks(ctx.uow.weeks, ctx.group.id, retired=True)}
    title = say_n("{n} response has no reaction yet", "{n} responses have no reaction yet", len(found.unreacted))
    listed = [_work(work, names.get(work.activity), people) for work in found.unreacted[:NAMED]]
    return [Heading(title), bullets(listed)]


def _work(work: Submission, task: Text | None, people: dict[PersonId, Person]) -> Text:
    who = to_text(_name(people, work.person))
    return who + ": " + task if task else who


def _unreviewed(found: Pulse) -> list[Block]:
    if not found.unreviewed:
        return []
    title = say_n("{n} response waits for feedback", "{n} responses wait for feedback", len(found.unreviewed))
    return [Heading(title), paragraph(say("/review begins with the one that has waited longest."))]


def _unchecked(found: Pulse) -> list[Block]:
    if not found.unchecked:
        return []
    title = say_n("{n} response waits for your check", "{n} responses wait for your check", found.unchecked)
    return [Heading(title), paragraph(say("/lead check shows them."))]


def _mutual(found: Pulse, people: dict[PersonId, Person]) -> list[Block]:
    """Return who mostly like each other's: for those who lead alone, since there may be a good reason."""
    if not found.mutual:
        return []
    listed = [
        say("{one} and {other}", one=_name(people, one), other=_name(people, other))
        for one, other in found.mutual[:NAMED]
    ]
    hint = say("Their likes for each other count half. There may be a good reason, and nobody else sees this.")
    return [Heading(say("Most of their likes go to each other")), bullets(listed), paragraph(hint)]


def _unheard(found: Pulse, people: dict[PersonId, Person]) -> list[Block]:
    if not found.unheard:
        return []
    title = say_n(
        "{n} person has contributed and heard nothing back",
        "{n} people have contributed and heard nothing back",
        len(found.unheard),
    )
    return [Heading(title), paragraph(_names(people, found.unheard))]


def _name(people: dict[PersonId, Person], person: PersonId) -> str:
    return people[person].name if person in people else "?"


def _short(people: dict[PersonId, Person], person: PersonId) -> Text:
    """Return a name that fits on a button, whatever characters it has."""
    return excerpt(to_text(_name(people, person)), NAME_COST)


def _buttons(ctx: Context, found: Pulse, people: dict[PersonId, Person]) -> list[Button]:
    """Return a tap for what has waited longest in each section; of several responses by one person, for the first."""
    first = {work.person: work for work in reversed(found.unreacted)}
    listed = [
        ctx.button(say("{who}: progress", who=_short(people, member.person)), "progress", member=member.id)
        for member in found.quiet[:BUTTONS]
    ]
    listed += [
        ctx.button(say("Answer {who}", who=_short(people, one.person)), "answer", question=one.id)
        for one in found.unanswered[:BUTTONS]
    ]
    listed += [
        ctx.button(say("Read {who}", who=_short(people, work.person)), "response", id=work.id)
        for work in [work for work in found.unreacted if first[work.person] is work][:BUTTONS]
    ]
    return listed
