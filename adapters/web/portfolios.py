"""A published portfolio as a page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from adapters.html import Reader
from adapters.web.heatmap import heatmap
from adapters.web.paging import paged
from bot.ids import code
from bot.study.links import host_of
from bot.study.members import Role
from bot.study.pieces import Answered, Asked, Kept, Reviewed, Thing, Work, things
from bot.study.portfolio import Chapter
from bot.study.portfolio_files import note_words, outcome, part_title, people
from bot.study.public import PortfolioView
from bot.text import EMPTY, Moment, MomentStyle, Text, join, say, say_n, to_text

DOT = " · "


def title(view: PortfolioView) -> Text:
    """Return what a portfolio is called."""
    return say("Portfolio of {name}", name=view.person.name)


def summary(view: PortfolioView) -> Text:
    """Return a portfolio in one line."""
    every = [piece for one in view.chapters for part in one.parts for piece in things(part)]
    work = sum(isinstance(piece, Work) for piece in every)
    answers = sum(isinstance(piece, Answered) for piece in every)
    likes = sum(piece.likes for piece in every)
    return join(
        [
            say_n("{n} study group", "{n} study groups", len(view.chapters)),
            say_n("{n} piece of work", "{n} pieces of work", work),
            *([say_n("{n} answer to others", "{n} answers to others", answers)] if answers else []),
            *([say_n("{n} like", "{n} likes", likes)] if likes else []),
        ],
        DOT,
    )


def context(view: PortfolioView, number: int, reader: Reader) -> Mapping[str, Any] | None:
    """Return what the template of one page shows; None where there is no such page."""
    pages = paged(view.chapters)
    if not 1 <= number <= len(pages):
        return None
    heat = heatmap(view.days, reader.language.plain(_heat_words(view), reader.zone)) if number == 1 else None
    return {
        "view": view,
        "title": title(view),
        "summary": summary(view),
        "sections": pages[number - 1],
        "number": number,
        "last": len(pages),
        "heat": heat,
        "heat_line": _heat_line(heat.total, heat.days) if heat else EMPTY,
        "facts": facts,
        "week_title": part_title,
        "kind": lambda piece: type(piece).__name__.lower(),
        "what": what,
        "words_of": words_of,
        "badge_of": lambda one: f"badge/{code(view.badges[one.group].id)}" if one.group in view.badges else None,
        "badge_words": badge_words,
        "more": more,
        "link_of": lambda piece: piece.link if isinstance(piece, Work | Kept) else None,
        "host_of": host_of,
        "day": day,
        "local_day": local_day,
    }


def day(at: datetime) -> Moment:
    """Return the day of something."""
    return Moment(at, MomentStyle.DATE)


def local_day(on: date) -> Moment:
    """Return a day that has no time."""
    return Moment(datetime(on.year, on.month, on.day, 12, tzinfo=UTC), MomentStyle.DATE)


def facts(one: Chapter) -> Text:
    """Return when, as what, and how far, in one line."""
    until = one.ended_at
    parts = [
        say("{start} to {end}", start=day(one.starts), end=day(until))
        if until
        else say("since {start}", start=day(one.starts)),
        _ROLES[one.role],
    ]
    if one.learning and one.recorded_at:
        parts.append(say("finished") if one.finished else say("took part"))
    if one.learning and one.required:
        parts.append(say("{done} of {total} required activities", done=one.done, total=one.required))
    if one.help.answered:
        parts.append(say_n("helped with {n} question", "helped with {n} questions", one.help.answered))
    parts += _helping(one)
    if one.facilitators:
        parts.append(say("led by {names}", names=join([to_text(name) for name in one.facilitators])))
    return join(parts, DOT)


def _helping(one: Chapter) -> list[Text]:
    """Return the feedback that somebody gave, and the people: by name where these agreed, else as numbers (S7)."""
    parts = []
    if one.help.reviewed:
        given = say_n("gave feedback {n} time", "gave feedback {n} times", one.help.reviewed)
        helped = one.help.reviews_helped
        parts.append(say("{given}, {n} of it “helped me”", given=given, n=helped) if helped else given)
    if one.helped.count:
        parts.append(say("helped {people}", people=people(one.helped)))
    if one.helpers.count:
        parts.append(say("was helped by {people}", people=people(one.helpers)))
    return parts


def badge_words(one: Chapter) -> Text:
    """Return what the picture of a badge is, for those who do not see it."""
    return say("Badge: finished {group}", group=one.title)


_ROLES = {
    Role.OWNER: say("led the group"),
    Role.FACILITATOR: say("led the group"),
    Role.MENTOR: say("mentor"),
    Role.LEARNER: say("learner"),
    Role.OBSERVER: say("looked on"),
    Role.GUEST: say("guest"),
}


def what(piece: Thing) -> Text:
    """Return what a thing is, in a few words."""
    match piece:
        case Work():
            return to_text(piece.activity)
        case Kept():
            return note_words(piece)
        case Asked():
            return to_text(piece.text) if piece.text else say("Brought a question to the group")
        case Answered():
            return say("Answered somebody's question")
        case Reviewed():
            return say("Feedback on somebody's work: {activity}", activity=piece.activity)


def words_of(piece: Thing) -> str:
    """Return the owner's own words."""
    return piece.details if isinstance(piece, Asked) else piece.text


def more(piece: Thing) -> Text:
    """Return when it was, what came of it, and its likes."""
    parts = [to_text(day(piece.at))]
    match piece:
        case Work(versions=versions) if versions > 1:
            parts.append(say("improved {n} times", n=versions - 1) if versions > 2 else say("improved once"))
        case Asked():
            parts += [outcome(piece.state), say_n("{n} answer", "{n} answers", piece.answers)]
        case Answered(accepted=True):
            parts.append(say("the answer that solved it"))
        case Answered(also_helped=True):
            parts.append(say("it helped, too"))
        case Reviewed(helped=True):
            parts.append(say("“helped me”, says who got it"))
        case _:
            pass
    if piece.likes:
        parts.append(say_n("{n} like", "{n} likes", piece.likes))
    return join(parts, DOT)


def _heat_line(total: int, days: int) -> Text:
    return say("{what} on {days}", what=_things(total), days=say_n("{n} day", "{n} days", days))


def _things(total: int) -> Text:
    return say_n("{n} contribution", "{n} contributions", total)


def _heat_words(view: PortfolioView) -> Text:
    """Return in words what the picture of days shows."""
    return say(
        "Picture of weeks and days: {what} between {first} and {last}",
        what=_things(sum(view.days.values())),
        first=local_day(min(view.days)) if view.days else "",
        last=local_day(max(view.days)) if view.days else "",
    )
