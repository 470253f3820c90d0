"""Logs: one line an event, on standard error, and never a secret in it."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterable

_SHAPES = re.compile(
    r"xox[a-z]-[\w-]{10,}|xapp-[\w-]{10,}"  # Slack's tokens
    r"|[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}"  # Discord's
    r"|aW50ZXJhY3Rpb24[\w+/=-]{10,}"  # those of its interactions, which are good for minutes
    r"|(?<=://)[^\s/:@]+:[^\s/@]+(?=@)"  # user and password in an address
)
HIDDEN = "[hidden]"


class Redaction(logging.Filter):
    """Takes secrets out of every record: those that are known, and whatever looks like one."""

    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__()
        self._known = sorted((secret for secret in secrets if len(secret) >= 6), key=len, reverse=True)

    def filter(self, record: logging.LogRecord) -> bool:
        """Let the record pass, cleaned."""
        record.msg = self.clean(_message(record))
        record.args = ()
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = self.clean(record.exc_text)
        if record.stack_info:
            record.stack_info = self.clean(record.stack_info)
        return True

    def clean(self, text: str) -> str:
        """Return a text without secrets."""
        for secret in self._known:
            text = text.replace(secret, HIDDEN)
        return _SHAPES.sub(HIDDEN, text)


def _message(record: logging.LogRecord) -> str:
    """Return what a record says, also where its arguments do not fit: a line of log must not stop what it tells of."""
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):
        return f"{record.msg} {record.args!r}"


def begin(secrets: Iterable[str] = (), level: int = logging.INFO) -> None:
    """Log to standard error from now on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)-7s %(name)s: %(message)s"))
    handler.addFilter(Redaction(secrets))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for talkative in ("apscheduler", "alembic.runtime.plugins"):
        logging.getLogger(talkative).setLevel(logging.WARNING)
