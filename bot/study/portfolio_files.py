"""A portfolio as files that outlive any platform: Markdown to read, JSON to carry elsewhere.

The JSON is `{"format": "studycircle-portfolio", "version": 1, "name", "written_at", "chapters": […]}`.

- A chapter: `title`, `source`, `starts`, `ended_at`, `facilitators`, `role`, `learning`, `joined_at`, `goal`,
  `completion`, `help`, `helped`, `helped_by`, `points`, `weeks`.
- `completion`: `finished`, `done`, `required`, `criteria`, `recorded_at` (null while the group goes on).
- `help`: `answered`, `accepted`, `also_helped`, `likes_given`, `likes_received`, `got_answers`,
  `reviewed`, `reviews_helped`, `got_reviews`.
- `helped` and `helped_by`: people, as `count`, and `names` of those among them who agreed to be named.
- A week: `number` (null before the first), `title`, `submissions`, `notes`, `questions`, `answers`.
- A submission: `activity`, `link`, `text`, `at`, `versions`, `likes`. A note: `link`, `text`, `at`, `shared`, `likes`,
  `kind` (note, summary, resource, code or question), `featured`.
- A question: `text`, `details`, `at`, `outcome`, `answers`, `likes`.
- An answer: `text`, `at`, `accepted`, `also_helped`, `likes`.
- Each of these four has `story` as well: the owner's own line to it, or nothing; and `place`: 1 for what its owner
  shows first of the whole chapter, null for what simply stands in its week.

Times are ISO 8601 in UTC. Keys may be added within a version; none changes its meaning.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime, tzinfo

from bot.language import Language
from bot.markdown import markdown
from bot.study.credit import Named
from bot.study.links import host_of
from bot.study.members import Role
from bot.study.portfolio import Answered, Asked, Chapter, Kept, Part, Work, arranged, by_kind
from bot.study.questions import QuestionState
from bot.text import EMPTY, Link, Moment, MomentStyle, Plain, Strong, Text, TextLike, join, say, say_n, to_text

FORMAT = "studycircle-portfolio"
VERSION = 1

_ROLES = {
    Role.OWNER: say("owner"),
    Role.FACILITATOR: say("facilitator"),
    Role.MENTOR: say("mentor"),
    Role.LEARNER: say("learner"),
    Role.OBSERVER: say("observer"),
    Role.GUEST: say("guest"),
}


def as_json(name: str, chapters: Iterable[Chapter], language: Language, *, now: datetime) -> str:
    """Return a portfolio as JSON, with the keys that this module describes."""
    whole = {
        "format": FORMAT,
        "version": VERSION,
        "name": name,
        "written_at": now.isoformat(),
        "chapters": [_chapter(one, language) for one in chapters],
    }
    return json.dumps(whole, ensure_ascii=False, indent=2, default=_plain) + "\n"


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"no JSON for {value!r}")


def _chapter(one: Chapter, language: Language) -> dict[str, object]:
    return {
        "title": one.title,
        "source": one.source,
        "starts": one.starts,
        "ended_at": one.ended_at,
        "facilitators": list(one.facilitators),
        "role": one.role.value,
        "learning": one.learning,
        "joined_at": one.joined_at,
        "goal": one.goal,
        "completion": {
            "finished": one.finished,
            "done": one.done,
            "required": one.required,
            "criteria": language.plain(one.criteria),
            "recorded_at": one.recorded_at,
        },
        "help": asdict(one.help),
        "helped": _people(one.helped),
        "helped_by": _people(one.helpers),
        "points": one.points,
        "weeks": [_week(part) for part in one.parts],
    }


def _people(found: Named) -> dict[str, object]:
    return {"count": found.count, "names": list(found.names)}


def _week(part: Part) -> dict[str, object]:
    return {
        "number": part.ordinal,
        "title": part.title,
        "submissions": [_item(work) for work in part.work],
        "notes": [_item(note) for note in part.notes],
        "questions": [
            {
                "text": asked.text,
                "details": asked.details,
                "at": asked.at,
                "outcome": asked.state.value,
                "answers": asked.answers,
                "likes": asked.likes,
                "story": asked.story,
                "place": asked.place,
            }
            for asked in part.questions
        ],
        "answers": [_item(answer) for answer in part.answers],
    }


def _item(one: Work | Kept | Answered) -> dict[str, object]:
    """Return an item by its fields; our number of it means nothing elsewhere."""
    return {name: value for name, value in asdict(one).items() if name != "id"}


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
    yield say_n(
        "Helped with {n} question, {accepted} of the answers accepted",
        "Helped with {n} questions, {accepted} of the answers accepted",
        one.help.answered,
        accepted=one.help.accepted,
    )
    yield from _help(one)
    yield say("Likes: {got} received, {given} given", got=one.help.likes_received, given=one.help.likes_given)


def _help(one: Chapter) -> Iterator[Text]:
    """Yield the feedback and the people behind it; others are named where they agreed (S7)."""
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
    for _, things in by_kind(part):
        for thing in things:
            yield line_of(thing), _below(thing)
            if thing.story:
                yield say("In my own words: {story}", story=thing.story), ""


def line_of(thing: Work | Kept | Asked | Answered) -> Text:
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


def _below(thing: Work | Kept | Asked | Answered) -> str:
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
