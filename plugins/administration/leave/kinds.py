"""The kinds of leave and their terms: delivered as data with their source, changed by year by who keeps them."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from superapp.api import Invalid, create, db, today
from superapp.api import _ as words

from .models import Terms

SOURCE = "PP 11/2017 jo. 17/2020 dan Peraturan BKN 24/2017 jo. 7/2021"
_FILE = Path(__file__).parent / "data" / "kinds.csv"
NUMBERS = ("months", "service_years", "yearly", "carry", "most_unused", "travel")
"""What may be changed, with the largest number that makes sense in `_LARGEST`."""
_LARGEST = {"months": 60, "service_years": 40, "yearly": 60, "carry": 60, "most_unused": 120, "travel": 60}


@dataclass(frozen=True)
class Kind:
    """A kind of leave in a year: whom it is for, how long it may last, what it takes.

    `months` bounds one leave (0: the balance does), `service_years` is the service it needs, `yearly` the working days of
    each year, `carry` how many of a year before may be brought along, `most_unused` the most after two unused years,
    `travel` the calendar days that a post hard to reach may add. Not `certain` means: an example, not checked.
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
    record_class: str = field(kw_only=True)
    certain: bool = field(kw_only=True)
    terms: str = field(kw_only=True)
    source: str = field(default=SOURCE, kw_only=True)
    since: int = field(default=0, kw_only=True)

    @property
    def annual(self) -> bool:
        """Tell whether it is counted in working days and taken from the balance."""
        return self.yearly > 0

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
    numbers: dict[str, Any] = {name: int(row[name]) for name in NUMBERS}
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
            numbers = {name: getattr(row, name) for name in NUMBERS}
            found[row.kind] = replace(found[row.kind], **numbers, source=row.source, since=row.year, certain=True)
    return found


def change(code: str, given: Mapping[str, str]) -> Terms:
    """Write the terms of a kind from a year on; Invalid at each field that does not fit."""
    year = _number("year", given, most=today().year + 2)
    if year < today().year:
        raise Invalid(words("Ketentuan tahun yang sudah lewat tidak diubah lagi."), field="year")
    clean = {name: _number(name, given, most=_LARGEST[name]) for name in NUMBERS}
    present = db.session.scalar(sa.select(Terms).where(Terms.kind == code, Terms.year == year))
    if present is not None:
        raise Invalid(words("Ketentuan tahun ini sudah dicatat. Pilih tahun berikutnya."), field="year")
    made: Terms = create(Terms, kind=code, year=year, source=given.get("source", ""), **clean)
    return made


def _number(name: str, given: Mapping[str, str], *, most: int) -> int:
    text = given.get(name, "").strip()
    if not (text.isascii() and text.isdecimal() and len(text) < 6 and int(text) <= most):
        raise Invalid(words("Isi angka 0 sampai {n}.", n=most), field=name)
    return int(text)
