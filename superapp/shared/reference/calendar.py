"""Working days: weekends, national holidays and cuti bersama (yearly joint decree of three ministers)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

import sqlalchemy as sa

from superapp.kernel.database import run
from superapp.shared.tables.reference import holiday

FIVE_DAYS = frozenset({5, 6})
"""Weekdays off in offices with five working days (Saturday, Sunday); schools and clinics may work six."""
SIX_DAYS = frozenset({6})


@dataclass(frozen=True)
class Holiday:
    """A free day; `kind` is `libur`, `cuti` (cuti bersama) or `lokal`; `uncertain` until the decree is known."""

    day: date
    name: str
    kind: str = field(kw_only=True)
    source: str = field(default="", kw_only=True)
    uncertain: bool = field(default=False, kw_only=True)


def holidays(year: int) -> list[Holiday]:
    """Return the holidays of a year by day."""
    return between(date(year, 1, 1), date(year, 12, 31))


def between(first: date, last: date) -> list[Holiday]:
    """Return the holidays from a day to a day, both counted, by day."""
    query = sa.select(holiday).where(holiday.c.day >= first, holiday.c.day <= last)
    return [Holiday(**row._mapping) for row in run(query.order_by(holiday.c.day, holiday.c.kind))]


def free_days(first: date, last: date) -> set[date]:
    """Return the holidays between two days, weekends aside."""
    return set(run(sa.select(holiday.c.day).where(holiday.c.day >= first, holiday.c.day <= last)).scalars())


def is_working_day(day: date, *, weekend: frozenset[int] = FIVE_DAYS) -> bool:
    """Tell whether offices work on a day."""
    return day.weekday() not in weekend and not free_days(day, day)


def working_days(first: date, last: date, *, weekend: frozenset[int] = FIVE_DAYS) -> int:
    """Return how many working days lie between two days, both counted; 0 when `last` is before `first`."""
    free = free_days(first, last)
    days = (first + timedelta(days=offset) for offset in range((last - first).days + 1))
    return sum(1 for day in days if day.weekday() not in weekend and day not in free)


def next_working_day(day: date, count: int = 1, *, weekend: frozenset[int] = FIVE_DAYS) -> date:
    """Return the day that is `count` working days after `day` (0: `day` itself or the first working day after)."""
    free = free_days(day, day + timedelta(days=2 * count + 60))
    left, present = max(count, 0), day
    while True:
        works = present.weekday() not in weekend and present not in free
        if works and left == 0:
            return present
        present += timedelta(days=1)
        if left and present.weekday() not in weekend and present not in free:
            left -= 1
