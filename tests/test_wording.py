"""Everything that people read, in one place: what a sentence may look like, and what no sentence may say."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

import adapters.outlines
import bot
from bot.cards import FORM_TITLE
from bot.errors import Refusal
from bot.language import ENGLISH
from bot.options import Command
from bot.text import say
from tests.declared import COMMANDS

ROOT = Path(__file__).resolve().parent.parent
SPOKEN = ("bot", "adapters")
"""The packages whose sentences people read."""
PLACE = re.compile(r"\{([^{}]*)\}")
NEVER = re.compile(
    r"\b(errors?|invalid|failed|fail(?:s|ure)?|illegal|forbidden|denied|unauthori[sz]ed|permission|exception|null|"
    r"undefined|abort(?:ed)?|fatal|oops|users?|id|ids|uuid|database|must|mandatory|wrong|bad|you should|sorry)\b",
    re.IGNORECASE,
)
"""Words that blame, frighten, or speak of machines."""
SPEAKS_OF_THE_MACHINE = {
    "Something went wrong on my side. Reference {ref}.": "the one sentence for a bug, which is our fault",
    "NotMet": "an admin copies the id of an account from the platform",
    "SeveralPeople": "an admin copies the id of an account from the platform",
    "LinkWithPassword": "“user name” is what stands before a password",
}
"""Sentences and refusals that may use such a word, and why."""
OUTLINES = "adapters/outlines/"
"""Problems of a course's file are about files; whoever writes one reads them."""


@dataclass(frozen=True)
class Sentence:
    """A sentence in the source: its forms, the places that it is given, and where it stands."""

    where: str
    forms: tuple[str, ...]
    given: frozenset[str] | None
    label: bool = False

    def __str__(self) -> str:
        return f"{self.where}: {self.forms[0]!r}"


def sources(word: str = "") -> Iterator[tuple[str, ast.Module]]:
    """Yield the modules in which a word stands; to parse them all takes a while."""
    for package in SPOKEN:
        for path in sorted((ROOT / package).rglob("*.py")):
            if word in (text := path.read_text(encoding="utf-8")):
                yield str(path.relative_to(ROOT)), ast.parse(text)


def said() -> Iterator[Sentence]:
    """Yield every sentence that is said with `say` or `say_n`."""
    for path, tree in sources("say"):
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        labels = {id(node.args[0]) for node in calls if _names(node, "button", "Button") and node.args}
        for node in calls:
            if not _names(node, "say", "say_n"):
                continue
            texts = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
            many = _names(node, "say_n")
            forms = tuple(texts[: 2 if many else 1])
            if not forms:
                continue
            keywords = frozenset(one.arg for one in node.keywords if one.arg)
            spread = any(one.arg is None for one in node.keywords)
            given = None if spread else keywords | ({"n"} if many else set())
            yield Sentence(f"{path}:{node.lineno}", forms, given, id(node) in labels)


def _names(node: ast.AST, *names: str) -> bool:
    if not isinstance(node, ast.Call):
        return False
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return called in names


SAID = list(said())


def modules(package: ModuleType) -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not found.name.endswith("__main__"):
            yield importlib.import_module(found.name)


def refusals() -> list[type[Refusal]]:
    """Return every kind of refusal that the program has."""
    for package in (bot, adapters.outlines):
        list(modules(package))

    def below(kind: type[Refusal]) -> Iterator[type[Refusal]]:
        for one in kind.__subclasses__():
            yield one
            yield from below(one)

    return sorted({one for one in below(Refusal) if one.__module__.startswith(SPOKEN)}, key=lambda one: one.__name__)


REFUSALS = refusals()
each_refusal = pytest.mark.parametrize("kind", REFUSALS, ids=[one.__name__ for one in REFUSALS])
each_command = pytest.mark.parametrize("command", COMMANDS, ids=[one.name for one in COMMANDS])


def wording(kind: type[Refusal]) -> str:
    """Return a refusal with its places as they are written."""
    return ENGLISH.plain(kind().text)


def sentences(text: str) -> list[str]:
    return [part for part in re.split(r"(?<=[.?!])\s+|\n+", text) if part.strip()]


def well_set(text: str) -> None:
    """Assert what holds for anything that people read."""
    assert text.count("!") <= 1, "an exclamation storm"
    assert not re.search(r"\S  +\S", text), "two spaces"
    assert "..." not in text, "three dots instead of …"
    assert '"' not in text, "straight quotation marks"
    assert not re.search(r"\s[.,;:?!](?:\s|$)", text), "a space before a sign"


# Refusals


@each_refusal
def test_a_refusal_is_whole_sentences(kind: type[Refusal]) -> None:
    text = wording(kind)
    well_set(text)
    assert text[0].isupper() or text[0] in "“{/", text
    assert text[-1] in ".?" or text.endswith("{problems}"), text


@each_refusal
def test_a_refusal_neither_blames_nor_speaks_of_machines(kind: type[Refusal]) -> None:
    if kind.__name__ not in SPEAKS_OF_THE_MACHINE:
        assert not NEVER.search(wording(kind)), wording(kind)


NEXT_STEPS = re.compile(
    r"/\w+"  # a command
    r"|\b(I'll tell you|I'll|you can|choose|write|type|paste|press|ask|take|shorten|fill|try|check|raise|pick|run|go|"
    r"give|add|leave|see|keep|open the|can still|copy|move|come|join|start|bring|name|repair|one of the two)\b",
    re.IGNORECASE,
)
SAYS_WHO_OR_WHEN = {
    "NotAllowed": "names the people who can",
    "NotAllowedNobody": "names who can",
    "NotYours": "names who can",
    "NotTheAsker": "names who can, and from when on",
    "NotYourNote": "names who can",
    "NotOpenYet": "says when it opens: there is nothing to do until then",
    "NothingOpen": "says when the first week opens",
    "GroupIsOver": "says what still can be done: reading",
    "SolvedAlready": "says why it stays",
    "SoAlready": "it is as it was wished to be",
    "EndedAlready": "there is nothing to change any more",
    "NoActivities": "there is nothing to do before its facilitator adds some",
    "NoSuchWeek": "names the weeks that there are",
    "EnoughThanked": "offers a reaction",
    "NothingToPause": "there is nothing to do",
    "NotWhileStill": "says how the group stands",
    "UnknownItem": "it may be anybody's and anywhere, so no step fits",
    "UnreadableCourse": "each of its lines says what to repair",
}
"""Refusals that need no next step, and why."""


@each_refusal
def test_a_refusal_says_what_can_be_done_instead(kind: type[Refusal]) -> None:
    if kind.__name__ not in SAYS_WHO_OR_WHEN:
        told = sentences(PLACE.sub("something", wording(kind)))
        assert any(NEXT_STEPS.search(one) for one in told), wording(kind)


def test_each_exception_to_that_is_a_refusal_that_exists() -> None:
    assert set(SAYS_WHO_OR_WHEN) <= {one.__name__ for one in REFUSALS}


def raised() -> Iterator[tuple[str, str, frozenset[str]]]:
    """Yield where refusals are made: the place in the source, the kind, and the places that are filled."""
    kinds = {one.__name__ for one in REFUSALS}
    for path, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _names(node, *kinds):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                yield f"{path}:{node.lineno}", name, frozenset(one.arg for one in node.keywords if one.arg)
            elif isinstance(node, ast.Raise) and isinstance(node.exc, ast.Name | ast.Attribute):
                name = node.exc.attr if isinstance(node.exc, ast.Attribute) else node.exc.id
                if name in kinds:
                    yield f"{path}:{node.lineno}", name, frozenset()


@pytest.mark.slow
def test_every_refusal_is_made_with_just_the_places_that_it_has() -> None:
    by_name: dict[str, set[frozenset[str]]] = {}
    for one in REFUSALS:  # two features may each have a refusal of that name
        by_name.setdefault(one.__name__, set()).add(frozenset(PLACE.findall(wording(one))))
    wrong = [f"{where}: {name} with {sorted(given)}" for where, name, given in raised() if given not in by_name[name]]
    assert wrong == []


@pytest.mark.slow
def test_no_refusal_is_left_over() -> None:
    """Each one is named somewhere besides where it is worded and imported."""
    named = {
        node.id if isinstance(node, ast.Name) else node.attr
        for _, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Name | ast.Attribute)
    }
    assert {one.__name__ for one in REFUSALS} - named == set()


# Commands


@each_command
def test_a_command_says_in_one_sentence_what_it_does(command: Command) -> None:
    text = command.help
    well_set(text)
    assert text[0].isupper()
    assert text.endswith(".")
    assert len(sentences(text)) == 1, text
    assert not NEVER.search(text), text
    assert len(text) <= 100, "Discord shows 100 characters of a command's description"


@each_command
def test_a_title_fits_a_form_and_a_label_says_what_to_write(command: Command) -> None:
    title = ENGLISH.plain(command.title)
    well_set(title)
    assert title[-1] not in ".!:", title
    assert command.hidden or len(title) <= FORM_TITLE, f"Discord shows {FORM_TITLE} characters of a form's title"
    for option in command.options:
        label = ENGLISH.plain(option.label)
        well_set(label)
        assert label[0].isupper(), label
        assert label[-1] not in ".!:", label
        assert not NEVER.search(label), label
        assert len(label) <= 100, "Discord shows 100 characters of an option's description"
        assert re.fullmatch(r"[a-z_]{1,32}", option.name)
    assert len({option.name for option in command.options}) == len(command.options)
    assert len(command.options) <= 5


# Every sentence


def test_there_are_sentences() -> None:
    assert len(SAID) > 400


def test_every_sentence_is_given_just_the_places_that_it_has() -> None:
    assert [problem for sentence in SAID for problem in _misplaced(sentence)] == []


def _misplaced(sentence: Sentence) -> Iterator[str]:
    has = {place for form in sentence.forms for place in PLACE.findall(form)}
    if any(not re.fullmatch(r"[a-z_]+", place) for place in has):
        yield f"{sentence}: a place is a plain name"
    if sentence.given is not None:
        if has - sentence.given:
            yield f"{sentence}: nobody fills {sorted(has - sentence.given)}"
        if sentence.given - has - {"n"}:
            yield f"{sentence}: {sorted(sentence.given - has)} is given and not said"


def test_every_sentence_is_well_set_and_speaks_plainly() -> None:
    problems = []
    for sentence in SAID:
        for form in sentence.forms:
            try:
                well_set(form)
            except AssertionError as error:
                problems.append(f"{sentence}: {error}")
            plainly = form in SPEAKS_OF_THE_MACHINE or sentence.where.startswith(OUTLINES)
            if not plainly and NEVER.search(PLACE.sub("", form)):
                problems.append(f"{sentence}: words of the machine")
    assert problems == []


def test_every_button_says_what_it_does_without_a_full_stop() -> None:
    labels = [one for one in SAID if one.label]
    assert len(labels) > 50
    for sentence in labels:
        label = sentence.forms[0]
        assert label[0].isupper() or label[0] == "{", sentence
        assert label[-1] not in ".!:?", sentence
        assert label not in ("OK", "Submit", "Cancel", "Yes", "No"), f"{sentence}: a verb says what happens"


def test_a_place_that_nobody_fills_would_be_seen() -> None:
    """What the checks above rely on: an unknown place stays in the sentence as it is written."""
    assert ENGLISH.plain(say("Hello {who}.")) == "Hello {who}."
