"""Working time: when offices work, in WITA; deadlines, reminders and waiting times count these hours alone.

Where no week is given, that of offices with five days is meant.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from superapp.kernel import clock
from superapp.shared.agenda.weeks import NOTHING, Week, five_days
from superapp.shared.reference.calendar import free_days

_STRIDE = timedelta(days=92)
"""Holidays are read for so many days at once."""
_LONGEST = timedelta(days=3660)
"""Nothing is due later than in ten years; a week without hours must not be searched for ever."""


def time_of(days: float, week: Week | None = None) -> timedelta:
    """Return the working time of so many days in a week (without one: offices with five days)."""
    return (week or five_days()).day * days


def after(start: datetime, work: timedelta, week: Week | None = None) -> datetime:
    """Return the moment when `work` of working time has passed since `start`.

    Without work it is `start` itself, or the next opening of offices. Raises OverflowError beyond ten years.
    """
    left = work
    for opens, closes in _spans_from(start, week):
        if left <= _length(opens, closes):
            return (opens + left).astimezone(start.tzinfo)
        left -= _length(opens, closes)
    raise OverflowError("no working time within ten years")


def worked(start: datetime, end: datetime, week: Week | None = None) -> timedelta:
    """Return how much working time lies between two moments, none when `end` is before `start`."""
    total = NOTHING
    if end <= start:
        return total
    for opens, closes in _spans_from(start, week):
        if opens >= end:
            return total
        total += _length(opens, min(closes, end))
    return total


def moment_of(share: float, start: datetime, due: datetime, week: Week | None = None) -> datetime:
    """Return when a share of the working time from `start` to `due` has passed: 0.5 half of it, 1.5 half as much again."""
    return after(start, worked(start, due, week) * share, week)


def working_days(first: date, last: date, week: Week | None = None) -> int:
    """Return how many days offices of a week work from a day to a day, both counted; 0 when `last` is before `first`."""
    week, free = week or five_days(), free_days(first, last)
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return sum(1 for day in days if week.days[day.weekday()] and day not in free)


def is_working_day(day: date, week: Week | None = None) -> bool:
    """Tell whether offices of a week work on a day."""
    return working_days(day, day, week) == 1


def _spans_from(start: datetime, week: Week | None) -> Iterator[tuple[datetime, datetime]]:
    """Yield the spans of working time from a moment on, the first one cut at the moment; ten years of them."""
    moment, week = clock.local(start), week or five_days()
    first = moment.date()
    for offset in range(0, _LONGEST.days, _STRIDE.days):
        begin = first + timedelta(days=offset)
        free = free_days(begin, begin + _STRIDE)
        for number in range(_STRIDE.days):
            day = begin + timedelta(days=number)
            for opens, closes in () if day in free else week.spans(day):
                if closes > moment:
                    yield max(opens, moment), closes


def _length(opens: datetime, closes: datetime) -> timedelta:
    return closes - opens
