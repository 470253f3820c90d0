"""Every sentence that people see is in the catalogue, so every sentence can be translated."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from bot.bootstrap import FEATURES
from bot.text import Phrase, Text
from tests.bot.test_errors import every_refusal
from tools import messages
from tools.messages import ROOT, SOURCES, catalogue

pytestmark = pytest.mark.slow  # reads the whole source

DECLARED = {
    ("bot/errors.py", "_wording(type(self))"),  # the docstrings of refusals
    ("bot/feature.py", "title"),  # what commands and options declare
    ("bot/feature.py", "help.rstrip('.')"),
    ("bot/feature.py", "menu"),
    ("bot/feature.py", "person_menu"),
    ("bot/feature.py", "label"),
    ("bot/options.py", "self.help"),
    ("adapters/discord/commands.py", "asked"),  # the names of commands and options
}
"""Sentences that stand elsewhere in the source, where the catalogue finds them, as the tests below show."""


@cache
def known() -> frozenset[str]:
    """Return all sentences of the catalogue."""
    found: set[str] = set()
    for message in catalogue():
        found |= {message.id} if isinstance(message.id, str) else set(message.id)
    return frozenset(found - {""})


def templates(text: Text) -> Iterator[str]:
    for span in text.spans:
        if isinstance(span, Phrase):
            yield span.template


def calls() -> Iterator[tuple[str, str, list[ast.expr]]]:
    """Yield where a sentence is said, by which function, with which arguments."""
    for path in sorted(path for source in SOURCES for path in (ROOT / source).rglob("*.py")):
        where = path.relative_to(ROOT).as_posix()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
                if name in ("say", "say_n") and not _of_the_local_platform(where, node):
                    yield where, name, node.args


def _of_the_local_platform(where: str, call: ast.Call) -> bool:
    """Return whether this is `events.say`, by which people on the local platform say something."""
    return where.startswith("adapters/local") and isinstance(call.func, ast.Attribute)


def test_every_sentence_is_said_with_its_words_in_the_source() -> None:
    wrong = []
    for where, name, arguments in calls():
        forms = arguments[: 2 if name == "say_n" else 1]
        literal = all(isinstance(form, ast.Constant) and isinstance(form.value, str) for form in forms)
        if not literal and (where, ast.unparse(forms[0])) not in DECLARED and not _translates(where, forms):
            wrong.append(f"{where}: {name}({', '.join(map(ast.unparse, forms))})")
    assert wrong == []


def _translates(where: str, forms: list[ast.expr]) -> bool:
    """Return whether `say` is a name for `language.translate` there."""
    return where == "bot/cards.py" and not isinstance(forms[0], ast.Constant)


def test_every_sentence_that_is_said_is_in_the_catalogue() -> None:
    said = {
        form.value
        for _, name, args in calls()
        for form in args[: 2 if name == "say_n" else 1]
        if isinstance(form, ast.Constant)
    }
    assert len(said) > 100
    assert said - known() - {""} == set()


def test_no_sentence_is_put_together_with_peoples_words() -> None:
    """An f-string or a `%` would put words into a template, where they could not be translated."""
    for where, _, arguments in calls():
        for argument in arguments:
            assert not isinstance(argument, ast.JoinedStr | ast.BinOp), f"{where}: {ast.unparse(argument)}"


@pytest.mark.parametrize("kind", every_refusal(), ids=lambda kind: f"{kind.__module__}.{kind.__qualname__}")
def test_the_wording_of_every_refusal_is_in_the_catalogue(kind: type) -> None:
    assert [*templates(kind().text)][0] in known()  # noqa: RUF015


def test_help_title_menu_and_options_of_every_command_are_in_the_catalogue() -> None:
    commands = [command for feature in FEATURES for command in feature.commands]
    assert len(commands) > 20
    missing = []
    for command in commands:
        texts = [command.summary, command.title, *(option.label for option in command.options)]
        texts += [text for text in (command.menu, command.person_menu) if text]
        missing += [(command.name, one) for text in texts for one in templates(text) if one not in known()]
    assert missing == []


def test_a_module_yields_what_it_says_and_declares() -> None:
    source = '''
class Full(Refusal):
    """{group} is full.

    Try again
    later.
    """

@feature.command("x", title="A title", menu="On a menu")
def x(ctx, what: Annotated[str, "What"], when: Annotated[int | None, "When", Pick(f)] = None) -> Reply:
    """Do it.

    Not this.
    """
    return say("Done: {what}", what=what), say_n("{n} thing", "{n} things", 2), text.say("By name")

@feature.command()
def y(ctx) -> Reply:
    """Do the other."""
'''
    assert {message for _, message in messages.messages(source)} == {
        "{group} is full.\n\nTry again later.",
        "A title",
        "On a menu",
        "What",
        "When",
        *("/x", "/y", "what:", "when:"),
        "Do it.",
        "Done: {what}",
        ("{n} thing", "{n} things"),
        "By name",
        "Do the other.",
        "Do the other",
    }


def test_a_kind_of_a_refusal_is_a_refusal() -> None:
    sources = ["class A(Refusal): ...\nclass Other(Exception): ...", "class C(B): ...\nclass B(errors.A): ..."]
    assert messages.refusals_in(sources) == {"Refusal", "A", "B", "C"}


def test_the_template_for_translators_names_where_each_sentence_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "TEMPLATE", tmp_path / "locales" / "studycircle.pot")
    messages.main()
    written = (tmp_path / "locales" / "studycircle.pot").read_text(encoding="utf-8")
    assert "#: bot/features/submissions/handing_in.py:" in written
    assert "#: adapters/outlines/shelf.py:" in written
    assert 'msgid "Hand in your work"' in written
    assert 'msgid_plural "{n} likes"' in written
