"""A portfolio as files that outlive any platform: Markdown to read, JSON to carry elsewhere.

The JSON is `{"format": "studycircle-portfolio", "version": 1, "name", "written_at", "chapters": […]}`.

- A chapter: `title`, `source`, `starts`, `ended_at`, `facilitators`, `role`, `learning`, `joined_at`, `goal`,
  `completion`, `help`, `points`, `weeks`.
- `completion`: `finished`, `done`, `required`, `criteria`, `recorded_at` (null while the group goes on).
- `help`: `answered`, `accepted`, `also_helped`, `likes_given`, `likes_received`, `got_answers`.
- A week: `number` (null before the first), `title`, `submissions`, `notes`, `questions`, `answers`.
- A submission: `activity`, `link`, `text`, `at`, `versions`, `likes`. A note: `link`, `text`, `at`, `shared`, `likes`.
- A question: `text`, `details`, `at`, `outcome`, `answers`, `likes`.
- An answer: `text`, `at`, `accepted`, `also_helped`, `likes`.

Times are ISO 8601 in UTC. Keys may be added within a version; none changes its meaning.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime, tzinfo

from bot.language import Language
from bot.markdown import markdown
from bot.study.links import host_of
from bot.study.members import Role
from bot.study.portfolio import Answered, Asked, Chapter, Kept, Part, Work
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
        "points": one.points,
        "weeks": [_week(part) for part in one.parts],
    }


def _week(part: Part) -> dict[str, object]:
    return {
        "number": part.ordinal,
        "title": part.title,
        "submissions": [asdict(work) for work in part.work],
        "notes": [asdict(note) for note in part.notes],
        "questions": [
            {
                "text": asked.text,
                "details": asked.details,
                "at": asked.at,
                "outcome": asked.state.value,
                "answers": asked.answers,
                "likes": asked.likes,
            }
            for asked in part.questions
        ],
        "answers": [asdict(answer) for answer in part.answers],
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
        for part in one.parts:
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
    yield say("Likes: {got} received, {given} given", got=one.help.likes_received, given=one.help.likes_given)


def _source(source: str) -> TextLike:
    return Link(host_of(source), source) if source.startswith(("https://", "http://")) else source


def part_title(part: Part) -> Text:
    """Return the heading of a week."""
    if part.ordinal is None:
        return say("Before the first week")
    return say("Week {number}: {title}", number=part.ordinal, title=part.title)


def entries(part: Part) -> Iterator[tuple[Text, str]]:
    """Yield each thing of a week as a line, with the person's own words that belong below it."""
    for work in part.work:
        yield _work(work), work.text
    for note in part.notes:
        yield _note(note), note.text
    for asked in part.questions:
        yield _asked(asked), asked.details
    for answer in part.answers:
        yield _answered(answer), answer.text


def _work(work: Work) -> Text:
    return _with(to_text(Strong(work.activity)), work.link, work.at, work.likes)


def _note(note: Kept) -> Text:
    return _with(say("Note, shared") if note.shared else say("Note"), note.link, note.at, note.likes)


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
