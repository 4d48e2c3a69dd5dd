"""Working time: hours of offices in WITA, without breaks, weekends, holidays and cuti bersama."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from superapp.access.actor import acting_as, operator
from superapp.kernel import stamps
from superapp.kernel.clock import WITA
from superapp.kernel.database import run
from superapp.kernel.errors import Invalid
from superapp.plugin import setting
from superapp.plugin.host import host
from superapp.shared.agenda import (
    FIVE_DAYS,
    SIX_DAYS,
    Week,
    after,
    five_days,
    moment_of,
    time_of,
    weeks,
    worked,
    working_days,
)
from superapp.shared.tables.reference import holiday
from tests.navigation.conftest import counted
from tests.organization.acting import done

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def holidays(context: Flask) -> None:
    """Christmas and the cuti bersama before it."""
    free = [{"day": date(2026, 12, day), "kind": kind, "name": "Natal"} for day, kind in ((24, "cuti"), (25, "libur"))]
    with done():
        run(sa.insert(holiday), free)


def at(day: int, hour: str, month: int = 11) -> datetime:
    return datetime.combine(date(2026, month, day), time.fromisoformat(hour), WITA)


@pytest.mark.parametrize("week", [FIVE_DAYS, SIX_DAYS])
def test_a_week_has_thirty_seven_and_a_half_hours(week: Week) -> None:
    assert week.hours == timedelta(hours=37, minutes=30)


@pytest.mark.parametrize(
    ("start", "work", "expected"),
    [
        (at(24, "08:00"), HOUR, at(24, "09:00")),  # a Tuesday
        (at(24, "11:30"), HOUR, at(24, "13:30")),  # over the break
        (at(24, "15:30"), HOUR, at(25, "08:00")),  # over the night
        (at(27, "16:00"), HOUR, at(30, "08:00")),  # over the weekend
        (at(24, "03:00"), timedelta(0), at(24, "07:30")),
        (at(24, "12:15"), timedelta(0), at(24, "13:00")),
        (at(24, "09:00"), timedelta(0), at(24, "09:00")),
        (at(24, "07:30"), timedelta(hours=7, minutes=30), at(24, "16:00")),
        (at(23, "15:00", 12), 2 * HOUR, at(28, "08:30", 12)),  # over cuti bersama, Christmas and a weekend
    ],
)
def test_work_passes_in_working_time_alone(start: datetime, work: timedelta, expected: datetime) -> None:
    assert after(start, work) == expected
    assert worked(start, expected) == work


def test_friday_has_a_longer_break() -> None:
    assert worked(at(27, "11:00"), at(27, "14:00")) == timedelta(hours=1, minutes=30)


def test_saturday_counts_where_six_days_are_worked() -> None:
    assert worked(at(28, "00:00"), at(29, "00:00")) == timedelta(0)
    assert worked(at(28, "00:00"), at(29, "00:00"), SIX_DAYS) == timedelta(hours=6, minutes=30)


def test_nothing_passes_backwards() -> None:
    assert worked(at(25, "08:00"), at(24, "08:00")) == timedelta(0)


def test_moments_keep_their_zone() -> None:
    start = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)  # 08.00 WITA
    assert after(start, HOUR) == datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
    assert after(start, HOUR).tzinfo is UTC


@pytest.mark.parametrize(("share", "expected"), [(0.5, at(24, "14:00")), (1, at(25, "10:00")), (1.5, at(25, "15:30"))])
def test_shares_of_a_term_are_shares_of_its_working_time(share: float, expected: datetime) -> None:
    assert moment_of(share, at(24, "08:30"), at(25, "10:00")) == expected


@pytest.mark.parametrize("week", [FIVE_DAYS, SIX_DAYS])
def test_minute_by_minute_it_comes_to_the_same(week: Week) -> None:
    chance = random.Random(20261124)
    for _turn in range(6):
        start = at(1, "00:00", 12) + timedelta(minutes=chance.randrange(20 * 1440))
        end = start + timedelta(minutes=chance.randrange(9 * 1440))
        minutes = (start + timedelta(minutes=n) for n in range(int((end - start).total_seconds() // 60)))
        counted = sum(open_at(minute, week) for minute in minutes)
        assert worked(start, end, week) == timedelta(minutes=counted)
        assert worked(start, after(start, timedelta(minutes=counted), week), week) == timedelta(minutes=counted)


def open_at(moment: datetime, week: Week) -> bool:
    free = moment.date() in {date(2026, 12, 24), date(2026, 12, 25)}
    return not free and any(first <= moment.time() < last for first, last in week.days[moment.weekday()])


def test_a_term_beyond_ten_years_is_refused() -> None:
    with pytest.raises(OverflowError):
        after(at(24, "08:00"), timedelta(hours=37 * 53 * 11))


@pytest.mark.parametrize(
    "days",
    [
        ((),) * 7,
        (((time(8), time(12)),),) * 6,
        (((time(12), time(8)),),) * 7,
        (((time(8), time(12)), (time(11), time(16))),) * 7,
    ],
)
def test_a_week_that_makes_no_sense_is_refused(days: tuple) -> None:
    with pytest.raises(ValueError, match=r"week|spans"):
        Week(days)


RAMADAN = "Senin-Kamis 08.00–12.00, 12.30–15.00; Jum'at 08:00-11.30, 12.30-15.00"


def test_hours_that_the_regency_sets_hold_for_whatever_counts(context: Flask) -> None:
    assert time_of(1) == timedelta(hours=7, minutes=30)
    with done():
        setting.change("shared", "week_five", RAMADAN)
    host().states.forget()
    assert five_days().hours == timedelta(hours=32)
    assert time_of(2) == timedelta(hours=12, minutes=48)
    assert after(at(24, "07:00"), 7 * HOUR) == at(25, "08:30")
    assert worked(at(27, "00:00"), at(28, "00:00")) == 6 * HOUR
    assert working_days(date(2026, 12, 21), date(2026, 12, 27)) == 3


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Senin 7 sampai 4", "Tulis seperti"),
        ("Senen 07.30-16.00", "Tulis seperti"),
        ("Jumat-Senin 07.30-16.00", "Tulis seperti"),
        ("Senin 07.30-25.00", "Tulis seperti"),
        ("Senin 16.00-07.30", "berurutan"),
        ("Senin-Rabu 07.30-12.00; Selasa 08.00-12.00", "Selasa disebut dua kali"),
        (";", "paling sedikit satu hari"),
    ],
)
def test_hours_that_cannot_be_meant_are_refused_with_a_sentence(context: Flask, text: str, words: str) -> None:
    with pytest.raises(Invalid) as refusal, done():
        setting.change("shared", "week_six", text)
    assert words in refusal.value.errors["week_six"]
    assert weeks.six_days() == SIX_DAYS


def test_a_page_reads_the_hours_without_a_statement(context: Flask) -> None:
    reader = replace(operator(), stamps=stamps.read())
    with context.test_request_context(), acting_as(reader):
        five_days()
        with counted(context) as statements:
            assert five_days() == FIVE_DAYS
    assert statements == []
