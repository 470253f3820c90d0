"""What a portfolio is made of: the things that one person gave to a group, week by week.

A kind of thing is a class here, a `Kind`, and a field of `Part`; whatever walks a portfolio goes by `by_kind`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias, TypeVar

from bot.study.notes import NoteKind
from bot.study.publishing import Kind
from bot.study.questions import QuestionState


@dataclass(frozen=True, slots=True)
class Work:
    """Something handed in: the activity's title, the link or text, when, its likes, and its owner's own line.

    `place` is 1 for what its owner shows before everything else, None for what stands in its week.
    """

    activity: str
    link: str | None
    text: str
    at: datetime
    versions: int
    likes: int
    id: int
    story: str = ""
    place: int | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """A note: its link or text, when, whether the group can see it, its likes, its kind, and whether it is featured."""

    link: str | None
    text: str
    at: datetime
    shared: bool
    likes: int
    id: int
    story: str = ""
    place: int | None = None
    kind: NoteKind = NoteKind.NOTE
    featured: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A question: its words (none where it quotes somebody else's), when, how it stands, answers and likes."""

    text: str
    details: str
    at: datetime
    state: QuestionState
    answers: int
    likes: int
    id: int
    story: str = ""
    place: int | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer to somebody else's question: its words, when, what the asker said of it, and its likes."""

    text: str
    at: datetime
    accepted: bool
    also_helped: bool
    likes: int
    id: int
    story: str = ""
    place: int | None = None


@dataclass(frozen=True, slots=True)
class Reviewed:
    """Feedback on somebody else's work for an activity: what works, a suggestion, when, whether it helped, its likes.

    Whose work it was is not in it, nor what they made.
    """

    activity: str
    works: str
    suggestion: str
    at: datetime
    helped: bool
    likes: int
    id: int
    story: str = ""
    place: int | None = None

    @property
    def text(self) -> str:
        """Both parts, as they were given."""
        return "\n\n".join(part for part in (self.works, self.suggestion) if part)


T = TypeVar("T", Work, Kept, Asked, Answered, Reviewed)
Thing: TypeAlias = Work | Kept | Asked | Answered | Reviewed
"""One thing in a portfolio."""


@dataclass(frozen=True, slots=True)
class Part:
    """What belongs to one week, or one thing of it that its owner shows `first`.

    `ordinal` is None for what came before the first week.
    """

    ordinal: int | None
    title: str
    work: tuple[Work, ...] = ()
    notes: tuple[Kept, ...] = ()
    questions: tuple[Asked, ...] = ()
    answers: tuple[Answered, ...] = ()
    first: bool = False
    reviews: tuple[Reviewed, ...] = ()

    def __bool__(self) -> bool:
        return any(things for _, things in by_kind(self))


def by_kind(part: Part) -> tuple[tuple[Kind, Sequence[Thing]], ...]:
    """Return what belongs to a week, by the kind under which it is known elsewhere; the work first."""
    return (
        (Kind.SUBMISSION, part.work),
        (Kind.NOTE, part.notes),
        (Kind.QUESTION, part.questions),
        (Kind.ANSWER, part.answers),
        (Kind.REVIEW, part.reviews),
    )


def things(part: Part) -> Iterator[Thing]:
    """Yield everything of a week, the work first."""
    for _, found in by_kind(part):
        yield from found


def kind_of(thing: Thing) -> Kind:
    """Return which kind of thing something is."""
    return _KINDS[type(thing)]


_KINDS: Mapping[type[Thing], Kind] = {
    Work: Kind.SUBMISSION,
    Kept: Kind.NOTE,
    Asked: Kind.QUESTION,
    Answered: Kind.ANSWER,
    Reviewed: Kind.REVIEW,
}


def only(part: Part, wanted: Callable[[Thing], bool]) -> Part:
    """Return a week with some of its things."""
    return replace(
        part,
        work=tuple(filter(wanted, part.work)),
        notes=tuple(filter(wanted, part.notes)),
        questions=tuple(filter(wanted, part.questions)),
        answers=tuple(filter(wanted, part.answers)),
        reviews=tuple(filter(wanted, part.reviews)),
    )


def with_wishes(part: Part, told: Mapping[tuple[str, int], str], first: Mapping[tuple[str, int], int]) -> Part:
    """Return a week with what its owner says of each thing, and where they want it, both by kind and id."""

    def wish(one: T) -> T:
        what = (kind_of(one).value, one.id)
        if what not in told and what not in first:
            return one
        return replace(one, story=told.get(what, ""), place=first.get(what))

    def wished(found: tuple[T, ...]) -> tuple[T, ...]:
        return tuple(map(wish, found))

    return replace(
        part,
        work=wished(part.work),
        notes=wished(part.notes),
        questions=wished(part.questions),
        answers=wished(part.answers),
        reviews=wished(part.reviews),
    )
