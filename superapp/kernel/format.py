"""Dates, numbers and money as people here write them: `24 November 2026, 14.05 WITA`, `Rp1.250.000`."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from superapp.kernel import clock
from superapp.kernel.language import current, gettext

MONTHS = {
    "id": (
        "Januari",
        "Februari",
        "Maret",
        "April",
        "Mei",
        "Juni",
        "Juli",
        "Agustus",
        "September",
        "Oktober",
        "November",
        "Desember",
    ),
    "en": (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
}
DAYS = {
    "id": ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}


def _day(value: date | datetime) -> date:
    return clock.local(value).date() if isinstance(value, datetime) else value


def format_date(value: date | datetime | None, style: str = "") -> str:
    """Return `24 November 2026`; style `short` gives `24 Nov`, `full` puts the weekday before, `iso` 2026-11-24."""
    if value is None:
        return ""
    day, months = _day(value), MONTHS[current()]
    if style == "short":
        return f"{day.day} {months[day.month - 1][:3]}"
    if style == "iso":
        return day.isoformat()
    text = f"{day.day} {months[day.month - 1]} {day.year}"
    return f"{DAYS[current()][day.weekday()]}, {text}" if style == "full" else text


def format_period(first: date, last: date) -> str:
    """Return the days from `first` to `last`: `3–7 August 2026`, `28 October – 3 November 2026`, or one day's date."""
    if first == last:
        return format_date(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{format_date(last)}"
    begin = format_date(first)
    return f"{begin.removesuffix(f' {last.year}')} – {format_date(last)}"


def format_time(value: datetime | None) -> str:
    """Return `14.05` in WITA."""
    return "" if value is None else clock.local(value).strftime("%H.%M")


def format_datetime(value: datetime | None) -> str:
    """Return `24 November 2026, 14.05 WITA`."""
    return "" if value is None else f"{format_date(value)}, {format_time(value)} WITA"


def format_ago(value: datetime | None) -> str:
    """Return how long ago: `baru saja`, `5 menit lalu`, `3 jam lalu`, `kemarin`, then the date."""
    if value is None:
        return ""
    seconds = int((clock.now() - value).total_seconds())
    if seconds < 60:
        return gettext("baru saja")
    if seconds < 3600:
        return gettext("{n} menit lalu", n=seconds // 60)
    days = (clock.today() - _day(value)).days
    if days == 0:
        return gettext("{n} jam lalu", n=seconds // 3600)
    return gettext("kemarin") if days == 1 else format_date(value)


def format_number(value: int | Decimal | float | None) -> str:
    """Return a number with dots for thousands and a comma for decimals: `1.250,5`."""
    if value is None:
        return ""
    text = f"{value:,}" if isinstance(value, int) else f"{value:,.2f}".rstrip("0").rstrip(".")
    return text if current() == "en" else text.translate(_SWAP)


_SWAP = str.maketrans(",.", ".,")


def format_rupiah(value: int | Decimal | None) -> str:
    """Return `Rp1.250.000`; cents only when there are any."""
    return "" if value is None else f"Rp{format_number(value)}"


def format_bytes(value: int | None) -> str:
    """Return `3,2 MB` or `48 KB`."""
    if value is None:
        return ""
    return f"{format_number(round(value / 1e6, 1))} MB" if value >= 1_000_000 else f"{format_number(value // 1000)} KB"
