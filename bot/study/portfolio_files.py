"""A portfolio in words: what each thing is, and the whole as Markdown that outlives any platform."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, tzinfo

from bot.language import Language
from bot.markdown import markdown
from bot.study.credit import Named
from bot.study.links import host_of
from bot.study.members import Role
from bot.study.pieces import Answered, Asked, Kept, Part, Reviewed, Thing, Work, things
from bot.study.portfolio import Chapter, arranged
from bot.study.questions import QuestionState
from bot.text import EMPTY, Link, Moment, MomentStyle, Plain, Strong, Text, TextLike, join, say, say_n, to_text

_ROLES = {
    Role.OWNER: say("owner"),
    Role.FACILITATOR: say("facilitator"),
    Role.MENTOR: say("mentor"),
    Role.LEARNER: say("learner"),
    Role.OBSERVER: say("observer"),
    Role.GUEST: say("guest"),
}


def as_markdown(name: str, chapters: Iterable[Chapter], language: Language, zone: tzinfo, *, now: datetime) -> str:
    """Return a portfolio as Markdown; nothing that people wrote can format, link or mention in it."""

    def line(mark: str, text: TextLike) -> str:
        return mark + " ".join(markdown(_spelled(to_text(text), language, zone)).split())

    lines = [line("# ", say("Portfolio of {name}", name=name)), ""]
    for one in chapters:
        lines += [line("## ", one.title), ""]
        lines += [line("- ", fact) for fact in facts(one)]
        lines.append("")
        for part in arranged(one):
            lines += [line("### ", part_title(part)), ""]
            for entry, words in entries(part):
                lines += [line("- ", entry), *_quote(words)]
            lines.append("")
    lines.append(line("", say("Written on {date} by Studycircle.", date=_date(now))))
    return "\n".join(lines) + "\n"


def _quote(words: str) -> Iterator[str]:
    """Yield words as a quotation below a list item, paragraph by paragraph."""
    if words.strip():
        yield ""
        for line in words.strip().splitlines():
            yield f"  > {markdown(to_text(line.strip()))}".rstrip()
        yield ""


def facts(one: Chapter) -> Iterator[Text]:
    """Yield what is to be known of a chapter, a line each."""
    if one.ended_at:
        yield say("From {start} to {end}", start=_date(one.starts), end=_date(one.ended_at))
    else:
        yield say("Since {start}, still going on", start=_date(one.starts))
    yield say("Joined as {role} on {date}", role=_ROLES[one.role], date=_date(one.joined_at))
    if one.facilitators:
        yield say("Facilitated by {names}", names=join([to_text(name) for name in one.facilitators]))
    if one.source:
        yield say("Course: {source}", source=_source(one.source))
    if one.goal:
        yield say("Goal: {goal}", goal=one.goal)
    if one.learning:
        if one.recorded_at:
            yield say("Finished") if one.finished else say("Took part")
        yield say("{done} of {total} required activities done", done=one.done, total=one.required)
        yield say("Finishing takes {criteria}", criteria=one.criteria)
    yield from _help(one)
    if one.help.likes_received or one.help.likes_given:
        yield say("Likes: {got} received, {given} given", got=one.help.likes_received, given=one.help.likes_given)


def _help(one: Chapter) -> Iterator[Text]:
    """Yield the help and the people behind it; others are named where they agreed (S7)."""
    if one.help.answered:
        yield say_n(
            "Helped with {n} question, {accepted} of the answers accepted",
            "Helped with {n} questions, {accepted} of the answers accepted",
            one.help.answered,
            accepted=one.help.accepted,
        )
    if one.help.reviewed or one.help.got_reviews:
        yield say("Feedback: {given} given, {got} received", given=one.help.reviewed, got=one.help.got_reviews)
    if one.help.reviews_helped:
        yield say("Feedback that helped, say its readers: {n}", n=one.help.reviews_helped)
    if one.helped.count:
        yield say("Helped {people}", people=people(one.helped))
    if one.helpers.count:
        yield say("Was helped by {people}", people=people(one.helpers))


def people(found: Named) -> Text:
    """Return people in words: by name those who agreed, and how many others there are."""
    if not found.names:
        return say_n("{n} person", "{n} people", found.count)
    names = [to_text(name) for name in found.names]
    others = say_n("{n} other person", "{n} other people", found.others)
    return join([*names, others] if found.others else names)


def _source(source: str) -> TextLike:
    return Link(host_of(source), source) if source.startswith(("https://", "http://")) else source


def part_title(part: Part) -> Text:
    """Return the heading of a week."""
    if part.ordinal is None:
        week = say("Before the first week")
    else:
        week = say("Week {number}: {title}", number=part.ordinal, title=part.title)
    return say("Shown first · {week}", week=week) if part.first else week


def entries(part: Part) -> Iterator[tuple[Text, str]]:
    """Yield each thing of a week as a line, with the person's own words that belong below it."""
    for thing in things(part):
        yield line_of(thing), _below(thing)
        if thing.story:
            yield say("In my own words: {story}", story=thing.story), ""


def line_of(thing: Thing) -> Text:
    """Return a thing of a week as a line."""
    match thing:
        case Work():
            return _work(thing)
        case Kept():
            return _note(thing)
        case Asked():
            return _asked(thing)
        case Answered():
            return _answered(thing)
        case Reviewed():
            return _reviewed(thing)


def _below(thing: Thing) -> str:
    return thing.details if isinstance(thing, Asked) else thing.text


def _work(work: Work) -> Text:
    return _with(to_text(Strong(work.activity)), work.link, work.at, work.likes)


def _note(note: Kept) -> Text:
    return _with(note_words(note), note.link, note.at, note.likes)


def note_words(note: Kept) -> Text:
    """Return what a note is, and who can see it."""
    if note.featured:
        return say("{kind}, featured by the group", kind=note.kind.label)
    return say("{kind}, shared", kind=note.kind.label) if note.shared else note.kind.label


def _asked(asked: Asked) -> Text:
    what = say("Asked: {question}", question=asked.text) if asked.text else say("Brought a question to the group")
    answers = say_n("{n} answer", "{n} answers", asked.answers)
    return _with(what + " · " + outcome(asked.state) + " · " + answers, None, asked.at, asked.likes)


def outcome(state: QuestionState) -> Text:
    """Return how a question came out."""
    match state:
        case QuestionState.OPEN:
            return say("open")
        case QuestionState.ANSWERED:
            return say("answered")
        case QuestionState.ACCEPTED:
            return say("solved by an answer")
        case QuestionState.SOLVED:
            return say("solved by the asker")
        case QuestionState.WITHDRAWN:
            return say("taken back")


def _answered(answer: Answered) -> Text:
    what = say("Answered somebody's question")
    if answer.accepted:
        what = what + " · " + say("accepted")
    elif answer.also_helped:
        what = what + " · " + say("also helped")
    return _with(what, None, answer.at, answer.likes)


def _reviewed(given: Reviewed) -> Text:
    what = say("Gave feedback on somebody's work: {activity}", activity=given.activity)
    if given.helped:
        what = what + " · " + say("it helped")
    return _with(what, None, given.at, given.likes)


def _with(what: Text, link: str | None, at: datetime, likes: int) -> Text:
    parts: Sequence[Text] = (
        what,
        to_text(Link(host_of(link), link)) if link else EMPTY,
        to_text(_date(at)),
        say_n("{n} like", "{n} likes", likes) if likes else EMPTY,
    )
    return join([part for part in parts if part], " · ")


def _date(at: datetime) -> Moment:
    return Moment(at, MomentStyle.DATE)


def _spelled(text: Text, language: Language, zone: tzinfo) -> Text:
    """Return a translated text with its dates in words: a file has no reader whose zone could be asked."""
    said = (
        span if not isinstance(span, Moment) else Plain(language.moment(span.at, span.style, zone))
        for span in language.translate(text).spans
    )
    return Text(tuple(said))
