"""The balance of annual leave: what is left of N-2, N-1 and N, spent oldest first, each day explained by the ledger.

Source: PP 11/2017 art. 311–314, Peraturan BKN 24/2017: 12 days a year; at most 6 of the year before (18 in all); after two
years without any leave at most 24.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from superapp.api import N_, Invalid, Person, create, db, run
from superapp.api import _ as words

from . import kinds
from .models import LeaveRequest, LedgerEntry

L, R = LedgerEntry.__table__.c, LeaveRequest.__table__.c
ENTITLED = N_("Hak cuti tahunan {year}")
SPENT = ("use", "return")
GAINED = ("entitlement", "opening")
"""Kinds of bookings that give days of a right: those of the year itself, and the balance that an import opened with."""


@dataclass(frozen=True)
class Line:
    """A booking as the sums need it."""

    year: int
    booked_in: int
    kind: str
    days: int


@dataclass(frozen=True)
class Balance:
    """Days left of each right in a year, oldest first: {N-2: 0, N-1: 6, N: 12}."""

    left: dict[int, int]

    @property
    def total(self) -> int:
        """Return the days that may still be taken."""
        return sum(self.left.values())


def lock(person_id: UUID) -> None:
    """Let one at a time book for a person: the others wait until this command is over."""
    run(sa.select(Person.id).where(Person.id == person_id).with_for_update(key_share=True)).all()


def entries(person_id: UUID) -> Sequence[LedgerEntry]:
    """Return the ledger of a person, newest first; the caller has checked that it may be read."""
    query = sa.select(LedgerEntry).where(L.person_id == person_id)
    return db.session.scalars(query.order_by(L.booked_in.desc(), L.id.desc())).all()


def of(person_id: UUID, year: int) -> Balance:
    """Return the balance of a person in a year."""
    return reckon(lines_of(person_id, year), year, kinds.of_year(year)["CT"], deferred(person_id, year - 1))


def lines_of(person_id: UUID, year: int) -> list[Line]:
    """Return the bookings of the three rights that count in a year."""
    query = sa.select(L.year, L.booked_in, L.kind, L.days)
    query = query.where(L.person_id == person_id, L.year.between(year - 2, year))
    return [Line(row.year, row.booked_in, row.kind, row.days) for row in run(query)]


def deferred(person_id: UUID, year: int) -> int:
    """Return how many days of annual leave the authority deferred in a year (PP 11/2017 art. 314)."""
    asked = R.person_id == person_id, R.kind == "CT", R.state == "deferred"
    days = R.first_day.between(date(year, 1, 1), date(year, 12, 31))
    return int(run(sa.select(sa.func.coalesce(sa.func.sum(R.days), 0)).where(*asked, days)).scalar_one())


def reckon(lines: Sequence[Line], year: int, terms: kinds.Kind, deferred: int = 0) -> Balance:
    """Return what bookings leave in a year under the terms of annual leave; `deferred` days of the year before."""
    left = {
        of_year: days + sum(one.days for one in lines if one.year == of_year and one.booked_in == year)
        for of_year, days in brought(lines, year, terms, deferred).items()
    }
    left[year] = sum(one.days for one in lines if one.year == year) if _known(lines, year) else terms.yearly
    return Balance({of_year: max(0, days) for of_year, days in left.items()})


def brought(lines: Sequence[Line], year: int, terms: kinds.Kind, deferred: int = 0) -> dict[int, int]:
    """Return what may be brought of the two rights before a year: {N-2: days, N-1: days}.

    At most `carry` of N-1, all deferred days of it, and of N-2 what fills up to `most_unused` after two unused years.
    """
    most = max(terms.carry, min(deferred, terms.most_unused - terms.yearly))
    unused = all(_unused(lines, before, year, terms.yearly) for before in (year - 1, year - 2))
    older = max(0, terms.most_unused - terms.yearly - most) if unused else 0
    return {year - 2: min(older, had(lines, year - 2, year)), year - 1: min(most, had(lines, year - 1, year))}


def had(lines: Sequence[Line], of_year: int, year: int) -> int:
    """Return what was left of a right when a year began."""
    return max(0, sum(one.days for one in lines if one.year == of_year and one.booked_in < year))


def _unused(lines: Sequence[Line], before: int, year: int, yearly: int) -> bool:
    """Tell whether nothing of a year's right was spent before the present year; an unknown year counts as used."""
    own = [one for one in lines if one.year == before and one.booked_in < year]
    spent = sum(one.days for one in own if one.kind in SPENT)
    gained = sum(one.days for one in own if one.kind in GAINED)
    entitled = [one.days for one in own if one.kind == "entitlement"]
    return spent == 0 and gained >= (sum(entitled) or yearly)


def _known(lines: Sequence[Line], year: int) -> bool:
    return any(one.year == year and one.kind in GAINED for one in lines)


def entitle(person_id: UUID, year: int) -> None:
    """Book the right of a year once, unless an import opened it; inside a command that holds the lock."""
    key = f"entitlement:{person_id.hex}:{year}"
    present = sa.select(L.id).where(L.person_id == person_id, L.year == year, L.kind.in_(GAINED), L.booked_in == year)
    if run(present.limit(1)).first() is None:
        days = kinds.of_year(year)["CT"].yearly
        book(person_id, (year, year), "entitlement", days, words(ENTITLED, year=year), key=key)


def refuse_beyond(left: int, days: int) -> None:
    """Raise Invalid at `last_day` when days of annual leave are more than what is left."""
    if days > left:
        sentence = words("Sisa cuti tahunan {left} hari kerja. Permohonan ini {days} hari.", left=left, days=days)
        raise Invalid(sentence, field="last_day")


def spend(person_id: UUID, year: int, days: int, request_id: UUID, text: str) -> None:
    """Take days of annual leave, the oldest right first; Invalid at `last_day` beyond the balance."""
    lock(person_id)
    entitle(person_id, year)
    present = of(person_id, year)
    refuse_beyond(present.total, days)
    number = _bookings(request_id)
    for of_year, left in present.left.items():
        part = min(days, left)
        if part:
            key = f"use:{request_id.hex}:{of_year}:{number}"
            book(person_id, (of_year, year), "use", -part, text, key=key, request_id=request_id)
        days -= part


def give_back(person_id: UUID, year: int, request_id: UUID, text: str, days: int | None = None) -> None:
    """Return days that a request took, all or the given number, the newest right first."""
    lock(person_id)
    query = sa.select(L.year, sa.func.sum(L.days).label("total")).where(L.request_id == request_id).group_by(L.year)
    taken = sorted(((row.year, -int(row.total)) for row in run(query)), reverse=True)
    left, number = sum(part for _year, part in taken) if days is None else days, _bookings(request_id)
    for of_year, part in taken:
        back = min(left, part)
        if back > 0:
            key = f"return:{request_id.hex}:{of_year}:{number}"
            book(person_id, (of_year, year), "return", back, text, key=key, request_id=request_id)
            left -= back


def cancel_year(person_id: UUID, year: int, request_id: UUID, text: str) -> None:
    """Take away what is left of a year's right: long leave (cuti besar) cancels it."""
    lock(person_id)
    entitle(person_id, year)
    left = of(person_id, year).left[year]
    if left:
        book(person_id, (year, year), "cancel", -left, text, key=f"cancel:{request_id.hex}", request_id=request_id)


def _bookings(request_id: UUID) -> int:
    query = sa.select(sa.func.count()).select_from(LedgerEntry).where(L.request_id == request_id)
    return int(run(query).scalar_one())


def book(
    person_id: UUID,
    years: tuple[int, int],
    kind: str,
    days: int,
    text: str,
    *,
    key: str,
    request_id: UUID | None = None,
) -> LedgerEntry:
    """Write one booking: `years` are the right's and the one it counts in."""
    of_year, booked_in = years
    values = {"year": of_year, "booked_in": booked_in, "kind": kind, "days": days, "words": text[:200], "key": key}
    made: LedgerEntry = create(LedgerEntry, person_id=person_id, request_id=request_id, **values)
    return made
