"""How urgent something is, in words and as a bar: over, hours left, tomorrow, a weekday, a date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from superapp.kernel import clock
from superapp.kernel.format import DAYS, format_date, format_time
from superapp.kernel.language import current
from superapp.kernel.language import gettext as _

NEARLY = 75
"""Per cent of the time used from which on the bar warns."""


@dataclass(frozen=True)
class Due:
    """The time of a task: how much is used, in per cent, what is left in words; `tone` is bad, warn or nothing."""

    used: int
    words: str
    tone: str = ""


def due(created_at: datetime, due_at: datetime | None) -> Due | None:
    """Return the urgency of something due at a moment, None when it has no due time."""
    if due_at is None:
        return None
    now = clock.now()
    left, whole = due_at - now, due_at - created_at
    if left <= timedelta(0):
        return Due(100, _over(-left), "bad")
    used = 100 - int(100 * left / whole) if whole > timedelta(0) else 100
    return Due(used, _left(due_at, left), "warn" if used >= NEARLY else "")


def _over(by: timedelta) -> str:
    if by < timedelta(hours=1):
        return _("Baru saja lewat")
    if by < timedelta(days=1):
        return _("Lewat {n} jam", n=int(by.total_seconds() // 3600))
    return _("Lewat {n} hari", n=by.days)


def _left(due_at: datetime, left: timedelta) -> str:
    if left < timedelta(hours=1):
        return _("Sisa {n} menit", n=max(1, int(left.total_seconds() // 60)))
    day, today = clock.local(due_at).date(), clock.today()
    if day == today:
        return _("Sisa {n} jam", n=int(left.total_seconds() // 3600))
    if day == today + timedelta(days=1):
        return _("Besok {time}", time=format_time(due_at))
    if day < today + timedelta(days=7):
        return f"{DAYS[current()][day.weekday()]}, {format_date(day, 'short')}"
    return format_date(day, "short") if day.year == today.year else format_date(day)
