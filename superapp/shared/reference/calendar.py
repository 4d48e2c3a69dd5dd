"""Free days: national holidays and cuti bersama (yearly joint decree of three ministers), and those of the regency."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import sqlalchemy as sa

from superapp.kernel.database import run
from superapp.shared.tables.reference import holiday


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
