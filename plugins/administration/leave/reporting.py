"""Reports of leave: how many requests were granted and what days they took, by unit and kind, in one year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.api import (
    N_,
    Document,
    DocumentTemplate,
    Invalid,
    Unit,
    create,
    current_actor,
    db,
    documents_of,
    format_date,
    issue_document,
    redraw,
    run,
    today,
    url_for,
)
from superapp.api import _ as words

from . import kinds
from .models import LeaveReport, LeaveRequest

PERMISSION = "leave.report"
GRANTED = ("approved", "changed")
YEARS = 5
"""Years that can be chosen, the present one first."""
R, U = LeaveRequest.__table__.c, Unit.__table__.c
TEMPLATE = DocumentTemplate("leave.report", N_("Rekap cuti"), template="leave/report_sheet.html", kind="laporan")


@dataclass(frozen=True)
class Line:
    """One unit of a report: its requests and its days by kind, as the requests count them."""

    unit_id: UUID
    name: str
    requests: int = field(kw_only=True)
    days: Mapping[str, int] = field(kw_only=True)

    @property
    def total(self) -> int:
        """Return the days of all kinds together."""
        return sum(self.days.values())


@dataclass(frozen=True)
class Report:
    """The report of a unit and what lies below it in one year; `codes` are the kinds that occur."""

    unit: Unit
    year: int = field(kw_only=True)
    lines: Sequence[Line] = field(kw_only=True)

    @property
    def codes(self) -> list[str]:
        """Return the kinds that occur, in the order of the regulation."""
        return [code for code in kinds.delivered() if any(code in line.days for line in self.lines)]

    @property
    def total(self) -> Line:
        """Return the sum of all units."""
        days = {code: sum(line.days.get(code, 0) for line in self.lines) for code in self.codes}
        return Line(self.unit.id, words("Jumlah"), requests=sum(line.requests for line in self.lines), days=days)


def units() -> Sequence[Unit]:
    """Return the units whose report the actor may read: the regency and its offices, his offices, his parts of them."""
    reach = current_actor().reach(PERMISSION)
    asked = sa.or_(U.parent_id.is_(None), U.is_opd)
    if not reach.everywhere:
        asked = sa.or_(U.id.in_(reach.opds), U.path.in_(reach.paths))
    return db.session.scalars(sa.select(Unit).where(asked).order_by(sa.func.length(U.path), U.name, U.id)).all()


def chosen(unit_id: str, year: str) -> tuple[Unit, int]:
    """Return the unit and year that a page or form names; Invalid at `unit` or `year` for any other."""
    offered = units()
    found = next((one for one in offered if str(one.id) == unit_id), None) if unit_id else next(iter(offered), None)
    if found is None:
        raise Invalid(words("Pilih salah satu dari daftar."), field="unit")
    if year and year not in {str(one) for one in years()}:
        raise Invalid(words("Pilih salah satu dari daftar."), field="year")
    return found, int(year or today().year)


def years() -> list[int]:
    """Return the years that can be chosen: the next one, then backwards."""
    return list(range(today().year + 1, today().year - YEARS, -1))


def within(unit: Unit) -> sa.ColumnElement[bool]:
    """Return the predicate for requests of a unit and all below it."""
    if unit.parent_id is None:
        return sa.true()
    below = sa.select(U.id).where(U.path.startswith(unit.path, autoescape=True))
    found: sa.ColumnElement[bool] = R.opd_id == unit.id if unit.is_opd else R.unit_id.in_(below)
    return found


def granted(year: int) -> list[sa.ColumnElement[bool]]:
    """Return the conditions for granted leave that began in a year."""
    return [R.state.in_(GRANTED), R.first_day.between(date(year, 1, 1), date(year, 12, 31))]


def of(unit: Unit, year: int) -> Report:
    """Return the report of a unit in a year (one statement), by office for the regency, else by unit."""
    group = R.opd_id if unit.parent_id is None else R.unit_id
    query = (
        sa.select(
            group.label("of"), U.name, R.kind, sa.func.count().label("requests"), sa.func.sum(R.days).label("days")
        )
        .join_from(LeaveRequest.__table__, Unit.__table__, U.id == group)
        .where(within(unit), *granted(year))
        .group_by(group, U.name, U.path, R.kind)
        .order_by(U.name, group)
    )
    found: dict[UUID, Line] = {}
    for row in run(query):
        before = found.get(row.of, Line(row.of, row.name, requests=0, days={}))
        days = {**before.days, row.kind: int(row.days)}
        found[row.of] = Line(row.of, row.name, requests=before.requests + row.requests, days=days)
    return Report(unit, year=year, lines=list(found.values()))


def document_of(unit: Unit, year: int) -> Document | None:
    """Return the document of a report that somebody asked for, None before."""
    row = db.session.scalar(sa.select(LeaveReport).filter_by(unit_id=unit.id, year=year))
    return next(iter(documents_of(row)), None) if row is not None else None


def issue(unit: Unit, year: int) -> Document:
    """Make the report a document under the unit's letterhead, or draw it anew with the figures of now; in a command."""
    report, present = of(unit, year), document_of(unit, year)
    if present is not None and present.state == "draft":
        return redraw(present, _values(report))
    row = db.session.scalar(sa.select(LeaveReport).filter_by(unit_id=unit.id, year=year))
    row = row or create(LeaveReport, unit_id=unit.id, opd_id=unit.opd_id, year=year)
    title = words("Rekap cuti {year} {unit}", year=year, unit=unit.name)[:200]
    where = url_for("leave.report", unit=unit.id, year=year)
    return issue_document(row, TEMPLATE.key, _values(report), title=title, permission=PERMISSION, url=where)


def _values(report: Report) -> dict[str, Any]:
    names = kinds.delivered()
    return {
        "unit": report.unit.name,
        "year": str(report.year),
        "codes": [names[code].name for code in report.codes],
        "lines": [_cells(line, report.codes) for line in (*report.lines, report.total)],
        "made": format_date(today()),
    }


def _cells(line: Line, codes: Sequence[str]) -> list[str]:
    return [line.name, str(line.requests), *(str(line.days.get(code, 0)) for code in codes), str(line.total)]
