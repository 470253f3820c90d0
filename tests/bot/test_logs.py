"""No secret is ever written to a log: neither one that is known nor what looks like one."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest

from bot import logs
from bot.logs import HIDDEN, Redaction

KNOWN = "correct horse battery staple"
SHAPES = {
    "Slack's bot token": "-".join(("xoxb", "17653672481", "19874698323", "pdFZKVeTuE8sk7oOcHrzqqgy")),
    "Slack's app token": "-".join(("xapp", "1", "A0123456789", "1234567890123", "abcdef0123456789")),
    "Discord's token": ".".join(("MTk4NjIyNDgzNDcxOTI1MjQ4", "Cl2FMQ", "ZnCjm1XVW7vRze4b7Cq4se7kKWs")),
    "an interaction's token": "".join(("aW50ZXJhY3Rpb24", "6MTIzNDU2Nzg5MDEyMzQ1Njc4OmFiY2RlZg==")),
    "a user and password": "circle:pa55word",
}


@pytest.fixture
def log() -> Iterator[tuple[logging.Logger, io.StringIO]]:
    """Return a logger that writes as the bot does, and what it wrote."""
    seen = io.StringIO()
    handler = logging.StreamHandler(seen)
    handler.addFilter(Redaction([KNOWN, "correct", "short"]))
    logger = logging.Logger("tested")
    logger.addHandler(handler)
    yield logger, seen
    handler.close()


@pytest.mark.parametrize("secret", [KNOWN, *SHAPES.values()], ids=["a known secret", *SHAPES])
def test_a_secret_is_hidden_in_words_arguments_tracebacks_and_stacks(
    log: tuple[logging.Logger, io.StringIO], secret: str
) -> None:
    logger, seen = log
    shown = f"postgresql://{secret}@db/circle"
    logger.info("in words: " + shown)
    logger.info("in an argument: %s and %r", shown, {"url": shown})
    try:
        try:
            raise ValueError(shown)
        except ValueError as error:
            raise RuntimeError(f"again {shown}") from error
    except RuntimeError:
        logger.exception("in a traceback")
        logger.error("in a traceback, once more", exc_info=True, stack_info=True)
    assert secret not in seen.getvalue()
    assert seen.getvalue().count(HIDDEN) >= 7


def test_what_is_no_secret_is_told(log: tuple[logging.Logger, io.StringIO]) -> None:
    logger, seen = log
    logger.info("%d posts to %s, 100%% sent, https://example.org/a:b@c short", 3, "local:acme/javascript")
    assert seen.getvalue() == "3 posts to local:acme/javascript, 100% sent, https://example.org/a:b@c short\n"


def test_the_longest_of_overlapping_secrets_is_hidden_whole() -> None:
    assert Redaction(["secret", "secret-and-more"]).clean("x secret-and-more y") == f"x {HIDDEN} y"


def test_a_line_whose_arguments_do_not_fit_stops_nothing(log: tuple[logging.Logger, io.StringIO]) -> None:
    logger, seen = log
    logger.info("%d posts", "three")
    assert "three" in seen.getvalue()


def test_logs_go_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    quiet = logging.getLogger("apscheduler").level
    try:
        logs.begin([KNOWN])
        logging.getLogger("bot.test").info("started with %s", KNOWN)
        logging.getLogger("bot.test").debug("not told")
    finally:
        root.handlers[:], root.level = before, level
        logging.getLogger("apscheduler").setLevel(quiet)
    written = capsys.readouterr()
    assert written.out == ""
    assert written.err.endswith(f"INFO    bot.test: started with {HIDDEN}\n")
    assert written.err.count("\n") == 1
