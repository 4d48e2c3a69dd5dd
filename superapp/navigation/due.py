"""How urgent something is, in words and as a bar: over, hours left, tomorrow, a weekday, a date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from superapp.kernel import clock
from superapp.kernel.format import DAYS, format_date
from superapp.kernel.language import current
from superapp.kernel.language import gettext as _

NEARLY = 75
"""Per cent of the time used from which on the bar warns."""
NOTHING, HOUR, DAY = timedelta(0), timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Due:
    """The time of a task: how much is used, in per cent, what is left in words; `tone` is bad, warn or nothing."""

    used: int
    words: str
    tone: str = ""


def due(created_at: datetime, due_at: datetime | None, now: datetime) -> Due | None:
    """Return the urgency at `now` of something due at a moment, None when it has no due time."""
    if due_at is None:
        return None
    left, whole = due_at - now, due_at - created_at
    if left <= NOTHING:
        return Due(100, _over(-left), "bad")
    used = 100 - int(100 * left / whole) if whole > NOTHING else 100
    return Due(used, _left(due_at, left, now), "warn" if used >= NEARLY else "")


def _over(by: timedelta) -> str:
    if by < HOUR:
        return _("Baru saja lewat")
    if by < DAY:
        return _("Lewat {n} jam", n=by.seconds // 3600)
    return _("Lewat {n} hari", n=by.days)


def _left(due_at: datetime, left: timedelta, now: datetime) -> str:
    if left < HOUR:
        return _("Sisa {n} menit", n=max(1, left.seconds // 60))
    at = clock.local(due_at)
    days = at.toordinal() - clock.local(now).toordinal()
    if days == 0:
        return _("Sisa {n} jam", n=left.seconds // 3600)
    if days == 1:
        return _("Besok {time}", time=f"{at:%H.%M}")
    if days < 7:
        return f"{DAYS[current()][at.weekday()]}, {format_date(at.date(), 'short')}"
    return format_date(at.date(), "short") if days < 180 else format_date(at.date())
