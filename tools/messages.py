"""Collects every sentence that people see, for translators: `./run messages` writes bot/locales/studycircle.pot.

Babel finds calls, but the wording of a command is its docstring, that of an option its annotation and that of a refusal
its class's docstring; so this reads the syntax tree itself and hands Babel the result.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from inspect import cleandoc
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = ROOT / "bot" / "locales" / "studycircle.pot"
SOURCES = ("bot", "adapters")
"""The packages whose sentences people see."""

Message = tuple[int, str | tuple[str, str]]
"""The line where a sentence stands, and the sentence, or its forms for one and for many."""


def messages(source: str, refusals: frozenset[str] = frozenset()) -> Iterator[Message]:
    """Yield the sentences in the source of a module; `refusals` are names of refusals that others are kinds of."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _said(node)
        elif isinstance(node, ast.ClassDef):
            if node.name == "Refusal" or any(_name(base) in {"Refusal", *refusals} for base in node.bases):
                yield node.lineno, _running(ast.get_docstring(node) or "")
        elif isinstance(node, ast.FunctionDef):
            yield from _declared(node)


def _said(call: ast.Call) -> Iterator[Message]:
    name = _name(call.func)
    texts = [arg.value for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
    if name == "say" and texts:
        yield call.lineno, texts[0]
    elif name == "say_n" and len(texts) >= 2:
        yield call.lineno, (texts[0], texts[1])


def _declared(function: ast.FunctionDef) -> Iterator[Message]:
    """Yield a command's help, words, title, menu label, and the names and labels of its options."""
    decorators = [one for one in function.decorator_list if _is_command(one)]
    if not decorators:
        return
    summary = cleandoc(ast.get_docstring(function) or "").partition("\n")[0]
    yield function.lineno, summary
    yield from _names(function, decorators)
    titled = False
    for decorator in decorators:
        for keyword in decorator.keywords if isinstance(decorator, ast.Call) else []:
            if keyword.arg in ("title", "menu", "person_menu") and isinstance(keyword.value, ast.Constant):
                titled = titled or keyword.arg == "title"
                yield keyword.value.lineno, str(keyword.value.value)
    if not titled:
        yield function.lineno, summary.rstrip(".")
    for argument in (*function.args.args, *function.args.kwonlyargs):
        hint = argument.annotation
        if isinstance(hint, ast.Subscript) and _name(hint.value) == "Annotated" and isinstance(hint.slice, ast.Tuple):
            for part in hint.slice.elts:
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield part.lineno, part.value


def _names(function: ast.FunctionDef, decorators: Iterable[ast.expr]) -> Iterator[Message]:
    """Yield what is typed: a command's words, each as `/word`, and its options, each as `option:`."""
    for decorator in decorators:
        first = decorator.args[0] if isinstance(decorator, ast.Call) and decorator.args else ast.Constant(function.name)
        if isinstance(first, ast.Constant):
            yield from ((function.lineno, f"/{word}") for word in str(first.value).split())
    for argument in (*function.args.args, *function.args.kwonlyargs):
        if isinstance(argument.annotation, ast.Subscript) and _name(argument.annotation.value) == "Annotated":
            yield argument.annotation.lineno, f"{argument.arg}:"


def _is_command(decorator: ast.expr) -> bool:
    target = decorator.func if isinstance(decorator, ast.Call) else decorator
    return isinstance(target, ast.Attribute) and target.attr == "command"


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _running(docstring: str) -> str:
    """Return a docstring as `bot.errors` words it: its line breaks are the source's, not the reader's."""
    return "\n\n".join(" ".join(part.split()) for part in docstring.split("\n\n"))


def refusals_in(sources: Iterable[str]) -> frozenset[str]:
    """Return the names of all refusals, also of those that are kinds of another."""
    classes = [node for source in sources for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ClassDef)]
    found = {"Refusal"}
    while more := {
        one.name for one in classes if one.name not in found and not found.isdisjoint(map(_name, one.bases))
    }:
        found |= more
    return frozenset(found)


def catalogue() -> Catalog:
    """Return all sentences of the project with the places where they stand."""
    found = Catalog(project="Studycircle", charset="utf-8", fuzzy=False)
    paths = sorted(path for source in SOURCES for path in (ROOT / source).rglob("*.py"))
    sources = {path: path.read_text(encoding="utf-8") for path in paths}
    refusals = refusals_in(sources.values())
    for path, source in sources.items():
        for line, message in messages(source, refusals):
            if message and message != ("", ""):
                found.add(message, locations=[(path.relative_to(ROOT).as_posix(), line)])
    return found


def main() -> None:
    """Write the template that translators start from."""
    TEMPLATE.parent.mkdir(exist_ok=True)
    with TEMPLATE.open("wb") as file:
        write_po(file, catalogue(), width=100, omit_header=False)


if __name__ == "__main__":
    main()
