"""The person at the terminal, asked one thing after the other."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

import typer


class Terminal:
    """Asks and tells; Ctrl-C and the end of the input raise typer.Abort."""

    def tell(self, *lines: str) -> None:
        """Show lines."""
        for line in lines:
            typer.echo(line)

    def ask(self, question: str, default: str = "") -> str:
        """Return what the person types, or the default for nothing."""
        with _interruptible():
            answer: str = typer.prompt(question, default=default, show_default=bool(default))
        return answer

    def ask_secret(self, question: str) -> str:
        """Return what the person types without showing it."""
        with _interruptible():
            answer: str = typer.prompt(question, hide_input=True)
        return answer

    def agree(self, question: str) -> bool:
        """Return whether the person says yes, which an empty answer is."""
        with _interruptible():
            return typer.confirm(question, default=True)


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let Ctrl-C end a question at once: the event loop around it would notice only after the answer."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
