"""Limits: how much one person, or all of a space, may do in a while; counted in the store, so that replicas agree.

A window is a minute or a day of UTC. What is refused counts nothing, since its unit of work is undone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from bot.chat import AccountRef
from bot.errors import Refusal
from bot.ids import PersonId
from bot.study.usage import Usage
from bot.text import Moment, Text, say_n

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is allowed; those who lead a group or a space decide about many people in one minute."""

    submissions_a_day: int = 20
    questions_a_day: int = 10
    commands_a_minute: int = 10
    leaders_commands_a_minute: int = 60
    space_commands_a_minute: int = 600
    views_a_minute: int = 30


USUAL = Limits()
"""What holds where the settings say nothing else."""


class LaterOn(Refusal):
    """That was a lot for now. What you wrote comes back to you, so that you can use it later."""


class TooFast(LaterOn):
    """That was a lot within one minute. Please go on in {wait}."""


class SpaceIsBusy(LaterOn):
    """So much is happening here right now that I can't keep up. Please try again in {wait}."""


class EnoughHandedIn(LaterOn):
    """You have handed in {n} times today, and that is as much as I take in a day. You can go on {when}."""


class EnoughAsked(LaterOn):
    """You have asked {n} questions today. Let the others catch up first; you can ask the next one {when}."""


def subject_of(person: PersonId) -> str:
    """Return the name under which it is counted what somebody does, in all groups and on all platforms."""
    return f"person:{person}"


def subject_of_account(account: AccountRef | str) -> str:
    """Return the name under which it is counted what is done from an account, whoever it turns out to be."""
    return f"account:{account}"


def handed_in(usage: Usage, limits: Limits, person: PersonId, now: datetime) -> None:
    """Count a submission; raises EnoughHandedIn."""
    if _count(usage, subject_of(person), "submissions", DAY, now) > limits.submissions_a_day:
        raise EnoughHandedIn(n=limits.submissions_a_day, when=Moment(_since(DAY, now) + DAY))


def asked(usage: Usage, limits: Limits, person: PersonId, now: datetime) -> None:
    """Count a question; raises EnoughAsked."""
    if _count(usage, subject_of(person), "questions", DAY, now) > limits.questions_a_day:
        raise EnoughAsked(n=limits.questions_a_day, when=Moment(_since(DAY, now) + DAY))


def wrote(usage: Usage, person: PersonId, now: datetime) -> int:
    """Count a command that writes, and return how many there are of the person in this minute."""
    return _count(usage, subject_of(person), "commands", MINUTE, now)


def wrote_in(usage: Usage, limits: Limits, space: str, now: datetime) -> None:
    """Count a command that writes for its space; raises SpaceIsBusy."""
    if _count(usage, f"space:{space}", "commands", MINUTE, now) > limits.space_commands_a_minute:
        raise SpaceIsBusy(wait=until_next_minute(now))


def until_next_minute(now: datetime) -> Text:
    """Return how long it is until the next minute begins, in words."""
    return seconds(_since(MINUTE, now) + MINUTE - now)


def seconds(time: timedelta) -> Text:
    """Return a short time in words."""
    return say_n("{n} second", "{n} seconds", max(1, ceil(time.total_seconds())))


def _count(usage: Usage, subject: str, what: str, window: timedelta, now: datetime) -> int:
    return usage.count(subject, what, _since(window, now), window)


def _since(window: timedelta, now: datetime) -> datetime:
    """Return when the present window began."""
    begins = now.replace(second=0, microsecond=0)
    return begins if window == MINUTE else begins.replace(hour=0, minute=0)
