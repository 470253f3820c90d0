"""Who may run which command: one table, and whatever is not in it is nobody's.

The present membership decides on every call. What a row cannot say (only one's own, only after seven days) is the rule
beside the subject.
"""

from __future__ import annotations

from enum import StrEnum

from bot.study.members import PRESENT, Member, Role
from bot.text import Text, say


class Standing(StrEnum):
    """What a caller counts as: a role in the group, a platform admin, or somebody who may start groups in the space."""

    OWNER = "owner"
    FACILITATOR = "facilitator"
    MENTOR = "mentor"
    LEARNER = "learner"
    OBSERVER = "observer"
    GUEST = "guest"
    ADMIN = "admin"
    STARTER = "starter"

    @property
    def label(self) -> Text:
        """The people who have this standing, in words."""
        return _NAMES[self]


_S = Standing
_NAMES = {
    _S.OWNER: say("the group's owner"),
    _S.FACILITATOR: say("facilitators"),
    _S.MENTOR: say("mentors"),
    _S.LEARNER: say("learners"),
    _S.OBSERVER: say("observers"),
    _S.GUEST: say("everyone"),
    _S.ADMIN: say("admins of this server or workspace"),
    _S.STARTER: say("people whom an admin named with /study facilitators"),
}

ANYONE = frozenset(Standing)
MEMBERS = frozenset({_S.OWNER, _S.FACILITATOR, _S.MENTOR, _S.LEARNER, _S.OBSERVER})
ACTIVE = MEMBERS - {_S.OBSERVER}
LEARNERS = frozenset({_S.LEARNER})
GUIDES = frozenset({_S.OWNER, _S.FACILITATOR, _S.MENTOR})
LEADERS = frozenset({_S.OWNER, _S.FACILITATOR})
OWNER = frozenset({_S.OWNER})
ADMINS = frozenset({_S.ADMIN})
STARTERS = frozenset({_S.ADMIN, _S.STARTER})
OF_A_SPACE = STARTERS
"""What somebody counts as in a space, whatever they are in its groups."""

_ROWS: tuple[tuple[frozenset[Standing], str], ...] = (
    (ANYONE, "home, help, groups, group, enrol, withdraw, week, settings, study about, portfolio, portfolio export"),
    (ANYONE, "group introduction, enrol follow, settings edit, settings credit"),
    (ANYONE, "link, link type, link join, unlink"),
    (ANYONE, "portfolio publish, portfolio publish now, portfolio hide, portfolio link, portfolio new address"),
    (ANYONE, "portfolio items, portfolio item"),
    (ANYONE, "settings export, settings erase, settings erase now, portfolio badge, portfolio badge make"),
    (ANYONE, "portfolio stories, portfolio story, portfolio order, portfolio first"),
    (MEMBERS, "responses, response, questions, question, participants, lead members invite"),
    (MEMBERS, "group name me, notes"),
    (ACTIVE, "submit, submission history, submission withdraw, note, note share, note delete, progress"),
    (ACTIVE, "note feature agree, note feature decline"),
    (ACTIVE, "their progress, points"),
    (MEMBERS, "review read"),
    (ACTIVE, "review, give feedback, review withdraw, review helped, review pass, review swaps"),
    (ACTIVE, "ask, ask anyway, answer, mark answer, also helped, solved, question withdraw"),
    (ACTIVE, "save to portfolio, turn into question, still stuck, take the lead"),
    (LEARNERS, "pause, resume, nudges, keep reminding"),
    (LEADERS, "newweek, newweek post, newweek schedule, newweek undo, newweek skip"),
    (LEADERS, "lead week edit, lead week material, lead week unlist, lead week activity, lead week retire"),
    (LEADERS, "lead members list, lead members accept, lead members decline, lead members role, lead members remove"),
    (LEADERS, "delivery there, delivery again, note feature"),
    (LEADERS, "lead schedule show, lead pulse, lead announce, lead announce post, lead export"),
    (LEADERS, "lead schedule break, lead schedule break now, lead schedule break end"),
    (LEADERS, "lead schedule shift, lead schedule shift now"),
    (
        LEADERS,
        "lead members remove now, lead group edit, lead group enrolment, lead group finish, lead group hand-over",
    ),
    (LEADERS, "lead group questions, lead group thanks, lead week swap, lead week criteria, lead award"),
    (LEADERS, "lead check, lead check done"),
    (LEADERS | ADMINS, "lead group page, lead group role, lead group role again, lead group role remove"),
    (LEADERS, "lead nudge write, lead nudge send, lead nudge skip, lead carry on"),
    (OWNER, "lead group archive, lead group cancel, lead group cancel now"),
    (LEADERS | STARTERS, "lead group home, lead group home remove"),
    (STARTERS, "lead group create, lead group import, lead group preview, lead group change, lead group found"),
    (ADMINS, "study setup, study status, study facilitators, study privacy"),
)

RIGHTS: dict[str, frozenset[Standing]] = {name: who for who, names in _ROWS for name in names.split(", ")}
"""Who may run each command."""


def standings(member: Member | None, *, admin: bool = False, starter: bool = False) -> frozenset[Standing]:
    """Return what somebody counts as, from their membership as it is now."""
    has = {_S.GUEST}
    if member is not None and member.looks_on:
        has = {_S.OBSERVER}
    if member is not None and member.state in PRESENT:
        has = {Standing(member.role.value)}
        if member.learning and member.role in (Role.OWNER, Role.FACILITATOR, Role.MENTOR):
            has.add(_S.LEARNER)
    if admin:
        has.add(_S.ADMIN)
    if starter:
        has.add(_S.STARTER)
    return frozenset(has)


def over_others(command: str) -> bool:
    """Return whether a command decides over others: neither learners nor those who look on may run it."""
    return RIGHTS[command] <= GUIDES | STARTERS


def may(command: str, has: frozenset[Standing]) -> bool:
    """Return whether somebody may run a command."""
    return not has.isdisjoint(RIGHTS.get(command, frozenset()))
