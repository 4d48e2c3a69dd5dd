"""Counting days: working days of an office, calendar days, months, and years of service by the NIP."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from uuid import UUID

from superapp.api import week_of, working_days


def days_of_office(unit_id: UUID, first: date, last: date) -> int:
    """Return how many days an office works between two days, both counted: its own week, without holidays."""
    return working_days(first, last, week_of(unit_id))


def months_later(day: date, months: int) -> date:
    """Return the same day of a later month, or that month's last day."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def began_service(nip: str | None) -> date | None:
    """Return when service began by digits 9–14 of a NIP, None when they name no month (Peraturan Kepala BKN 22/2007).

    PPPK carry another marker in digits 13–14: then the year's first month counts.
    """
    if not nip or len(nip) != 18:
        return None
    year, month = int(nip[8:12]), int(nip[12:14])
    return date(year, month if 1 <= month <= 12 else 1, 1) if 1950 <= year <= 9998 else None


def served(nip: str | None, on: date, years: int) -> bool:
    """Tell whether somebody has served so many years on a day; an unreadable number is no reason to refuse."""
    began = began_service(nip)
    return began is None or months_later(began, 12 * years) <= on
