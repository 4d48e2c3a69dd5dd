"""The balance of annual leave: what is left of N-2, N-1 and N, spent oldest first, each day explained by the ledger.

Source: PP 11/2017 art. 311–314, Peraturan BKN 24/2017: 12 days a year; at most 6 of the year before (18 in all); after two
years without any leave at most 24.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from superapp.api import N_, Invalid, Person, create, db, run
from superapp.api import _ as words

from . import kinds
from .models import LedgerEntry

L = LedgerEntry.__table__.c
ENTITLED = N_("Hak cuti tahunan {year}")
SPENT = ("use", "return")


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
    query = sa.select(L.year, L.booked_in, L.kind, L.days).where(
        L.person_id == person_id, L.year.between(year - 2, year)
    )
    return reckon(
        [Line(row.year, row.booked_in, row.kind, row.days) for row in run(query)], year, kinds.of_year(year)["CT"]
    )


def reckon(lines: Sequence[Line], year: int, terms: kinds.Kind) -> Balance:
    """Return what bookings leave in a year under the terms of annual leave."""
    unused = all(_unused(lines, before, year) for before in (year - 1, year - 2))
    brought = terms.carry
    older = max(0, terms.most_unused - terms.yearly - terms.carry) if unused else 0
    left = {
        year - 2: _left(lines, year - 2, year, older),
        year - 1: _left(lines, year - 1, year, brought),
        year: sum(one.days for one in lines if one.year == year) if _entitled(lines, year) else terms.yearly,
    }
    return Balance({of_year: max(0, days) for of_year, days in left.items()})


def _unused(lines: Sequence[Line], before: int, year: int) -> bool:
    """Tell whether nothing of a year's right was spent before the present year; an unknown year counts as used."""
    spent = sum(one.days for one in lines if one.year == before and one.booked_in < year and one.kind in SPENT)
    return _entitled(lines, before) and spent == 0


def _entitled(lines: Sequence[Line], year: int) -> bool:
    return any(one.year == year and one.kind == "entitlement" for one in lines)


def _left(lines: Sequence[Line], of_year: int, year: int, most: int) -> int:
    own = [one for one in lines if one.year == of_year]
    brought = min(most, sum(one.days for one in own if one.booked_in < year))
    return brought + sum(one.days for one in own if one.booked_in == year)


def entitle(person_id: UUID, year: int) -> None:
    """Book the right of a year once; inside a command that holds the lock."""
    key = f"entitlement:{person_id.hex}:{year}"
    if run(sa.select(L.id).where(L.key == key)).first() is None:
        days = kinds.of_year(year)["CT"].yearly
        _book(person_id, (year, year), "entitlement", days, words(ENTITLED, year=year), key=key)


def spend(person_id: UUID, year: int, days: int, request_id: UUID, text: str) -> None:
    """Take days of annual leave, the oldest right first; Invalid at `last_day` beyond the balance."""
    lock(person_id)
    entitle(person_id, year)
    present = of(person_id, year)
    if days > present.total:
        sentence = words(
            "Sisa cuti tahunan Anda {left} hari kerja. Permohonan ini {days} hari.", left=present.total, days=days
        )
        raise Invalid(sentence, field="last_day")
    number = _bookings(request_id)
    for of_year, left in present.left.items():
        part = min(days, left)
        if part:
            key = f"use:{request_id.hex}:{of_year}:{number}"
            _book(person_id, (of_year, year), "use", -part, text, key=key, request_id=request_id)
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
            _book(person_id, (of_year, year), "return", back, text, key=key, request_id=request_id)
            left -= back


def cancel_year(person_id: UUID, year: int, request_id: UUID, text: str) -> None:
    """Take away what is left of a year's right: long leave (cuti besar) cancels it."""
    lock(person_id)
    entitle(person_id, year)
    left = of(person_id, year).left[year]
    if left:
        _book(person_id, (year, year), "cancel", -left, text, key=f"cancel:{request_id.hex}", request_id=request_id)


def _bookings(request_id: UUID) -> int:
    query = sa.select(sa.func.count()).select_from(LedgerEntry).where(L.request_id == request_id)
    return int(run(query).scalar_one())


def _book(
    person_id: UUID,
    years: tuple[int, int],
    kind: str,
    days: int,
    text: str,
    *,
    key: str,
    request_id: UUID | None = None,
) -> None:
    of_year, booked_in = years
    values = {"year": of_year, "booked_in": booked_in, "kind": kind, "days": days, "words": text[:200], "key": key}
    create(LedgerEntry, person_id=person_id, request_id=request_id, **values)
