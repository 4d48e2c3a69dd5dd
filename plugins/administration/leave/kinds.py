"""The kinds of leave and their terms: delivered as data with their source, changed by year by who keeps them."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from superapp.api import Invalid, create, db, today
from superapp.api import _ as words
from superapp.api import change as correct

from .models import Terms

SOURCE = "PP 11/2017 jo. 17/2020 dan Peraturan BKN 24/2017 jo. 7/2021"
_FILE = Path(__file__).parent / "data" / "kinds.csv"
LIMITS = {
    "months": (1, 60), "service_years": (0, 40), "yearly": (1, 60), "carry": (0, 60), "most_unused": (1, 120),
    "travel": (0, 60), "note_after": (0, 366), "times": (0, 20),
}  # fmt: skip
"""What may be changed → the smallest and the largest number that makes sense."""
OF_ANNUAL = ("service_years", "yearly", "carry", "most_unused", "travel")
OF_OTHERS = ("service_years", "months", "note_after", "times")


@dataclass(frozen=True)
class Kind:
    """A kind of leave in a year: whom it is for, how long it may last, what it takes.

    `months` bounds one leave (0: the balance does), `service_years` is the service it needs, `yearly` the working days of
    each year, `carry` how many of a year before may be brought along, `most_unused` the most after two unused years,
    `travel` the calendar days that a post hard to reach may add, `note_after` the days from which on a doctor's note has to
    be there (0: never), `times` how often in a working life (0: as often as it is needed). Not `certain` means: an
    example, not checked.
    """

    code: str
    name: str
    pns: bool = field(kw_only=True)
    pppk: bool = field(kw_only=True)
    requested: bool = field(kw_only=True)
    months: int = field(kw_only=True)
    service_years: int = field(kw_only=True)
    yearly: int = field(kw_only=True)
    carry: int = field(kw_only=True)
    most_unused: int = field(kw_only=True)
    travel: int = field(kw_only=True)
    note_after: int = field(kw_only=True)
    times: int = field(kw_only=True)
    record_class: str = field(kw_only=True)
    certain: bool = field(kw_only=True)
    terms: str = field(kw_only=True)
    source: str = field(default=SOURCE, kw_only=True)
    since: int = field(default=0, kw_only=True)

    @property
    def annual(self) -> bool:
        """Tell whether it is counted in working days and taken from the balance."""
        return self.yearly > 0

    @property
    def terms_of(self) -> tuple[str, ...]:
        """Return the numbers that mean something for this kind."""
        return OF_ANNUAL if self.annual else OF_OTHERS

    def fits(self, employment: str) -> bool:
        """Tell whether people of an employment have a right to it."""
        return self.pns if employment in ("pns", "cpns") else self.pppk if employment.startswith("pppk") else False


@cache
def delivered() -> Mapping[str, Kind]:
    """Return the kinds as the module brings them, by code."""
    lines = _FILE.read_text(encoding="utf-8").splitlines()[1:]
    return {row["code"]: _kind(row) for row in csv.DictReader(lines)}


def _kind(row: Mapping[str, str]) -> Kind:
    flags: dict[str, Any] = {name: row[name] == "1" for name in ("pns", "pppk", "requested")}
    numbers: dict[str, Any] = {name: int(row[name]) for name in LIMITS}
    texts: dict[str, Any] = {
        "record_class": row["record_class"],
        "terms": row["terms"],
        "certain": row["certain"] == "ya",
    }
    return Kind(row["code"], row["name"], **flags, **numbers, **texts)


def of_year(year: int) -> dict[str, Kind]:
    """Return the kinds as they hold in a year, by code: the latest change up to that year wins."""
    found = dict(delivered())
    for row in db.session.scalars(sa.select(Terms).where(Terms.year <= year).order_by(Terms.year)):
        if row.kind in found:
            numbers = {name: getattr(row, name) for name in LIMITS}
            found[row.kind] = replace(found[row.kind], **numbers, source=row.source, since=row.year, certain=True)
    return found


def changes(code: str) -> Sequence[Terms]:
    """Return what somebody changed of a kind, the latest year first."""
    return db.session.scalars(sa.select(Terms).where(Terms.kind == code).order_by(Terms.year.desc())).all()


def change(code: str, given: Mapping[str, str]) -> Terms:
    """Write the terms of a kind from a year on, or correct those of that year; Invalid at each field that does not fit."""
    year = _number("year", given, (today().year, today().year + 2))
    before = of_year(year)[code]
    clean = {name: getattr(before, name) for name in LIMITS}
    clean |= {name: _number(name, given, LIMITS[name]) for name in before.terms_of}
    clean["source"] = given.get("source", "")
    present = db.session.scalar(sa.select(Terms).where(Terms.kind == code, Terms.year == year))
    if present is not None:
        corrected: Terms = correct(present, None, **clean)
        return corrected
    made: Terms = create(Terms, kind=code, year=year, **clean)
    return made


def _number(name: str, given: Mapping[str, str], limits: tuple[int, int]) -> int:
    least, most = limits
    text = given.get(name, "").strip()
    if not (text.isascii() and text.isdecimal() and len(text) < 6 and least <= int(text) <= most):
        raise Invalid(words("Isi angka {least} sampai {most}.", least=least, most=most), field=name)
    return int(text)
