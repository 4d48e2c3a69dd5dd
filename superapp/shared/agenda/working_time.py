"""Working time: when offices work, in WITA; deadlines, reminders and waiting times count these hours alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from superapp.kernel import clock
from superapp.shared.reference.calendar import free_days

Span = tuple[time, time]
NOTHING = timedelta(0)
_STRIDE = timedelta(days=92)
"""Holidays are read for so many days at once."""
_LONGEST = timedelta(days=3660)
"""Nothing is due later than in ten years; a week without hours must not be searched for ever."""


@dataclass(frozen=True)
class Week:
    """The working hours of a kind of office: the spans of each weekday, Monday first; breaks lie between spans."""

    days: tuple[tuple[Span, ...], ...]

    def __post_init__(self) -> None:
        if len(self.days) != 7 or not any(self.days):
            raise ValueError("a week has seven days, and hours on one of them at least")
        for spans in self.days:
            edges = [edge for span in spans for edge in span]
            if edges != sorted(set(edges)):
                raise ValueError("spans of a day follow each other, each begins before it ends")

    @property
    def hours(self) -> timedelta:
        """Return the working time of a week without holidays."""
        return sum((_length(*_on(date.min, span)) for spans in self.days for span in spans), NOTHING)

    def spans(self, day: date) -> list[tuple[datetime, datetime]]:
        """Return the spans of a day that is no holiday, as moments."""
        return [_on(day, span) for span in self.days[day.weekday()]]


def _at(hours: str) -> Span:
    first, last = hours.split("-")
    return time.fromisoformat(first), time.fromisoformat(last)


def _day(*spans: str) -> tuple[Span, ...]:
    return tuple(_at(span) for span in spans)


_MONDAY, _FRIDAY = _day("07:30-12:00", "13:00-16:00"), _day("07:30-11:30", "13:00-16:30")
FIVE_DAYS = Week((_MONDAY, _MONDAY, _MONDAY, _MONDAY, _FRIDAY, (), ()))
"""37½ hours from 07.30 on, breaks left out: an hour, on Friday an hour and a half (Perpres 21/2023)."""
_SIX, _SHORT = _day("07:30-12:00", "12:30-14:30"), _day("07:30-12:30")
SIX_DAYS = Week((_SIX, _SIX, _SIX, _SIX, _SHORT, _SIX, ()))
"""37½ hours over six days, for schools and health centres; how they lie is each office's own, this is our assumption."""
DAY = timedelta(hours=7, minutes=30)
"""A working day of offices with five, in working time."""


def after(start: datetime, work: timedelta, week: Week = FIVE_DAYS) -> datetime:
    """Return the moment when `work` of working time has passed since `start`.

    Without work it is `start` itself, or the next opening of offices. Raises OverflowError beyond ten years.
    """
    left = work
    for opens, closes in _spans_from(start, week):
        if left <= _length(opens, closes):
            return (opens + left).astimezone(start.tzinfo)
        left -= _length(opens, closes)
    raise OverflowError("no working time within ten years")


def worked(start: datetime, end: datetime, week: Week = FIVE_DAYS) -> timedelta:
    """Return how much working time lies between two moments, none when `end` is before `start`."""
    total = NOTHING
    if end <= start:
        return total
    for opens, closes in _spans_from(start, week):
        if opens >= end:
            return total
        total += _length(opens, min(closes, end))
    return total


def moment_of(share: float, start: datetime, due: datetime, week: Week = FIVE_DAYS) -> datetime:
    """Return when a share of the working time from `start` to `due` has passed: 0.5 half of it, 1.5 half as much again."""
    return after(start, worked(start, due, week) * share, week)


def working_days(first: date, last: date, week: Week = FIVE_DAYS) -> int:
    """Return how many days offices of a week work from a day to a day, both counted; 0 when `last` is before `first`."""
    free = free_days(first, last)
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return sum(1 for day in days if week.days[day.weekday()] and day not in free)


def _spans_from(start: datetime, week: Week) -> Iterator[tuple[datetime, datetime]]:
    """Yield the spans of working time from a moment on, the first one cut at the moment; ten years of them."""
    moment = clock.local(start)
    first = moment.date()
    for offset in range(0, _LONGEST.days, _STRIDE.days):
        begin = first + timedelta(days=offset)
        free = free_days(begin, begin + _STRIDE)
        for number in range(_STRIDE.days):
            day = begin + timedelta(days=number)
            for opens, closes in () if day in free else week.spans(day):
                if closes > moment:
                    yield max(opens, moment), closes


def _on(day: date, span: Span) -> tuple[datetime, datetime]:
    return datetime.combine(day, span[0], clock.WITA), datetime.combine(day, span[1], clock.WITA)


def _length(opens: datetime, closes: datetime) -> timedelta:
    return closes - opens
