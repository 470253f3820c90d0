"""Recognition by those who lead: awarding a record that the numbers alone did not give, or taking one back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from bot.cards import Choice, Reply, Tone, card, reply
from bot.chat import About
from bot.context import Context
from bot.errors import Refusal, UnknownItem
from bot.feature import Feature
from bot.ids import MemberId, code
from bot.options import Pick
from bot.study import badges, records
from bot.study.members import MemberState
from bot.study.records import ParticipationRecord
from bot.text import say, to_text

feature = Feature("awards")


class NoRecordYet(Refusal):
    """There is no record to decide about yet: they come when {group} ends. To end it now, use /lead group finish."""


def recorded(ctx: Context) -> Sequence[Choice]:
    """Return the members of whom there is a record."""
    people = ctx.uow.people.many(record.person for record in ctx.uow.records.in_group(ctx.group.id))
    members = ctx.uow.members.in_group(ctx.group.id, tuple(MemberState), limit=100_000)
    return [Choice(code(one.id), to_text(people[one.person].name)) for one in members if one.person in people]


@feature.command("lead award", title="Say who finished")
def award(
    ctx: Context,
    member: Annotated[MemberId, "Who", Pick(recorded)],
    award: Annotated[bool, "Yes: they finished. No: they did not"] = True,
) -> Reply:
    """Say that somebody finished though the numbers alone don't, or take that back; they are told kindly."""
    found = ctx.uow.members.get(member)
    if found is None or found.group != ctx.group.id:
        raise UnknownItem
    person = ctx.uow.people.lock(found.person)  # of two who decide at once, the second sees what the first did
    record = ctx.uow.records.of(ctx.group.id, found.person)
    if record is None:
        raise NoRecordYet(group=ctx.group.title)
    decided = records.decide(ctx.uow.records, record, award=award, by=ctx.person.id, now=ctx.now)
    ctx.concerns["person"] = found.person
    if person is not None:
        badges.follow(ctx.uow, ctx.group, person, now=ctx.now)
    _tell(ctx, decided)
    who = ctx.mention(found.person)
    if award:
        return reply(card("", say("{who} has finished the group: it stands in their record.", who=who), tone=Tone.DONE))
    words = say("Taken back: the record of {who} says that they took part.", who=who)
    return reply(card("", words, say("Work and thanks stay as they are."), tone=Tone.DONE))


def _tell(ctx: Context, decided: ParticipationRecord) -> None:
    """Tell somebody what was decided about their record."""
    if decided.award:
        words = say("{who} says that you finished {group}. Well done.", who=ctx.person.name, group=ctx.group.title)
        more = say("It stands in your portfolio, which only you can see.")
    else:
        words = say(
            "{who} changed your record of {group}: it says that you took part.",
            who=ctx.person.name,
            group=ctx.group.title,
        )
        more = say("Everything that you made stays yours. If this surprises you, write to {who}.", who=ctx.person.name)
    told = card("", words, more, buttons=[ctx.button(say("My portfolio"), "portfolio")])
    slot = f"award {'yes' if decided.award else 'no'} {decided.decided_at:%Y%m%d%H%M%S}"
    ctx.tell(decided.person, told, About("record", decided.id), slot=slot)
