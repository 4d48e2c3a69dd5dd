"""The list of leave under its filters: by name, state, kind, year, and the office that a report counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.api import Order, Page, Person, clean_text, page, run

from . import kinds, knowing, reporting, words
from .models import LeaveRequest

R, P = LeaveRequest.__table__.c, Person.__table__.c
COLUMNS = (R.id, R.opd_id, R.person_id, R.person_name, R.kind, R.first_day, R.last_day, R.days, R.state)
ORDER = Order("first_day", descending=True)
SHOWN = 200
"""Absences of the calendar at most."""
NAMESAKES = 100
"""People whose name begins as typed, looked at most."""
_GRANTED = [R.state.in_(reporting.GRANTED)]
_STATES = {state: [R.state == state] for state in words.STATES} | {"granted": _GRANTED}


@dataclass(frozen=True)
class Filters:
    """What narrows the list, as its address says it; whatever nobody offers narrows nothing."""

    q: str = ""
    state: str = ""
    kind: str = ""
    year: str = ""
    unit: str = ""

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Filters:
        """Return the filters of an address."""
        year = given.get("year", "")
        return cls(
            clean_text(given.get("q", ""))[:60],
            state=given.get("state", "") if given.get("state") in _STATES else "",
            kind=given.get("kind", "") if given.get("kind") in kinds.delivered() else "",
            year=year if year.isascii() and year.isdecimal() and 2000 <= int(year[:5]) <= 2200 else "",
            unit=str(_uuid(given.get("unit", "")) or ""),
        )

    @property
    def kept(self) -> dict[str, str]:
        """Return those that are set, for the addresses of further pages."""
        found = {"q": self.q, "state": self.state, "kind": self.kind, "year": self.year, "unit": self.unit}
        return {name: value for name, value in found.items() if value}

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """Return what the rows have to fulfil (a statement more for a name)."""
        found = list(_STATES.get(self.state, ()))
        found += knowing.narrowed(self.kind) if self.kind else []
        if self.year:
            found.append(R.first_day.between(date(int(self.year), 1, 1), date(int(self.year), 12, 31)))
        if self.unit:
            found.append(sa.or_(R.opd_id == UUID(self.unit), R.unit_id == UUID(self.unit)))
        if self.q:
            found.append(R.person_id.in_(_namesakes(self.q)))
        return found


def listed(filters: Filters, cursor: str) -> Page:
    """Return a page of the list, the latest days first."""
    return page(LeaveRequest, "leave.view", *COLUMNS, order=ORDER, cursor=cursor, where=filters.conditions())


def absences(first: date, last: date) -> tuple[list[Any], list[Any]]:
    """Return who is on granted leave on a day, and who will be up to another, by first day; at most `SHOWN` together.

    Read by the last day: those who were back before are no more than passed over.
    """
    days = [R.last_day >= first, R.first_day <= last]
    found = page(LeaveRequest, "leave.view", *COLUMNS, order=Order("last_day"), where=[*_GRANTED, *days], size=SHOWN)
    rows = sorted(found.rows, key=lambda row: (row.first_day, row.person_name))
    return [row for row in rows if row.first_day <= first], [row for row in rows if row.first_day > first]


def _namesakes(typed: str) -> list[UUID]:
    first = typed.lower()
    query = sa.select(P.id).where(P.sort_name >= first, P.sort_name < f"{first}\uffff")
    return list(run(query.order_by(P.sort_name).limit(NAMESAKES)).scalars())


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
