"""What the bot allows itself in writing to people first: how many conversations it opens, how often it asks leaders."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.ids import GroupId
from bot.study.times import next_sending
from bot.study.usage import Usage

OPENED_A_DAY = 20
"""Direct conversations that the bot opens with reminders on one platform in a day of UTC; platforms count them too."""
OFFERS_A_DAY = 5
"""Members of one group whom those who lead it are asked about in a day; /lead pulse names everyone."""

_OPENED = "opened"
_TO_OPEN = "to open"
_OFFERED = "offered"


def _day(now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


def next_day(now: datetime, where: ZoneInfo) -> datetime:
    """Return the first sending hour in a zone of the day on which all is counted anew."""
    return next_sending(_day(now) + timedelta(days=1), where)


def may_lay_down(usage: Usage, platform: str, now: datetime) -> bool:
    """Return whether one more message that opens a conversation may be laid down today, and count it."""
    if max(usage.used(f"platform:{platform}", what, _day(now)) for what in (_OPENED, _TO_OPEN)) >= OPENED_A_DAY:
        return False
    return _counted(usage, f"platform:{platform}", _TO_OPEN, now) <= OPENED_A_DAY


def may_open(usage: Usage, platform: str, now: datetime) -> bool:
    """Return whether one more conversation may be opened today, and count it: asked right before it is sent."""
    if usage.used(f"platform:{platform}", _OPENED, _day(now)) >= OPENED_A_DAY:
        return False
    return _counted(usage, f"platform:{platform}", _OPENED, now) <= OPENED_A_DAY


def opened(usage: Usage, platform: str, now: datetime) -> None:
    """Count a conversation that was opened by what nobody may hold back, such as the answer to an application."""
    _counted(usage, f"platform:{platform}", _OPENED, now)


def may_offer(usage: Usage, group: GroupId, now: datetime) -> bool:
    """Return whether those who lead a group can be asked about one more member today, and count it."""
    if usage.used(f"group:{group}", _OFFERED, _day(now)) >= OFFERS_A_DAY:
        return False
    return _counted(usage, f"group:{group}", _OFFERED, now) <= OFFERS_A_DAY


def _counted(usage: Usage, subject: str, what: str, now: datetime) -> int:
    return usage.count(subject, what, _day(now))
