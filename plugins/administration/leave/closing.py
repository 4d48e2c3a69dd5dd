"""The end of a year: what may not be brought along lapses with words, and the new right begins, once for each person.

Source: PP 11/2017 art. 313–314: at most 6 days of the year before, all that the authority deferred, 24 after two unused years.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.api import N_, Appointment, Job, Person, Step, now, run, today
from superapp.api import _ as words

from . import balance, kinds
from .balance import Line
from .counting import served
from .models import LeaveRequest, LedgerEntry

BATCH = 200
"""People in one transaction."""
MANY = 1000
"""Counting stops here."""
CLOSED = N_("Dibawa ke {year}: {days} hari")
LAPSED = N_("Tidak terbawa ke {year}")
A, L, P, R = (model.__table__.c for model in (Appointment, LedgerEntry, Person, LeaveRequest))


@dataclass(frozen=True)
class Account:
    """What the close of a year needs to know of one person."""

    person_id: UUID
    nip: str | None = field(kw_only=True)
    lines: Sequence[Line] = field(kw_only=True)
    deferred: int = field(kw_only=True)

    @property
    def years(self) -> list[int]:
        """Return the rights that have bookings, oldest first."""
        return sorted({one.year for one in self.lines})


def close_year(resume: str | None = None) -> Iterator[Step]:
    """Close the years before the present one for everybody who has not been closed yet (nightly, in steps).

    Who has no booking of an older right begins in January alone: before the first whole year in this app nobody knows
    what was used of it.
    """
    year, after = today().year, resume
    while people := _open(year, after):
        terms = kinds.of_year(year)["CT"]
        rows = [row for one in _accounts(people, year) for row in _bookings(one, year, terms)]
        run(sa.insert(LedgerEntry), rows)
        after = str(people[-1].id)
        yield Step(50, resume=after)


JOB = Job(kind="leave.close_year", function=close_year, plugin="leave", daily="00:10", title=N_("Menutup tahun cuti"))


def settle(person_id: UUID, year: int) -> list[LedgerEntry]:
    """Let lapse what came to older rights after a person's close into a year; return the bookings (none before it)."""
    closed = sa.select(L.id).where(L.key == _marker(person_id, year))
    if run(closed).first() is None:
        return []
    lines = _lines([person_id], year)[person_id]
    account = Account(person_id, nip=None, lines=lines, deferred=balance.deferred(person_id, year - 1))
    return [
        balance.book(person_id, (row["year"], row["booked_in"]), "lapse", row["days"], row["words"], key=row["key"])
        for row in _lapses(account, year, kinds.of_year(year)["CT"])
    ]


def _marker(person_id: UUID, year: int) -> str:
    return f"close:{person_id.hex}:{year}"


def waiting(year: int) -> int:
    """Return how many people have older rights that no night closed into a year, at most `MANY`."""
    known = L.created_at < now() - timedelta(days=2)
    older = sa.exists(sa.select(L.id).where(L.person_id == P.id, L.year < year, known))
    some = _unclosed(year).where(older).limit(MANY).subquery()
    return int(run(sa.select(sa.func.count()).select_from(some)).scalar_one())


def _open(year: int, after: str | None) -> Sequence[Any]:
    """Return the next people who are not closed into a year, locked in one order."""
    query = _unclosed(year)
    if today().month > 1:
        query = query.where(sa.exists(sa.select(L.id).where(L.person_id == P.id, L.year < year)))
    if after is not None:
        query = query.where(P.id > UUID(after))
    return run(query.order_by(P.id).limit(BATCH).with_for_update(of=Person.__table__, key_share=True)).all()


def _unclosed(year: int) -> sa.Select[Any]:
    """Return the people in office with a right to annual leave who are not closed into a year."""
    days = A.starts_on <= today(), sa.or_(A.ends_on.is_(None), A.ends_on >= today())
    held = sa.exists(sa.select(A.id).where(A.person_id == P.id, *days))
    closed = sa.exists(sa.select(L.id).where(L.person_id == P.id, L.year == year, L.kind == "close"))
    return sa.select(P.id, P.nip).where(P.active, _entitled(), held, ~closed)


def _entitled() -> sa.ColumnElement[bool]:
    terms = kinds.delivered()["CT"]
    known: sa.ColumnElement[bool] = sa.false()
    if terms.pns:
        known = sa.or_(known, P.employment.in_(("pns", "cpns")))
    return sa.or_(known, P.employment.startswith("pppk")) if terms.pppk else known


def _accounts(people: Sequence[Any], year: int) -> Iterator[Account]:
    ids = [one.id for one in people]
    lines, put_off = _lines(ids, year), _deferred(ids, year - 1)
    for one in people:
        yield Account(one.id, nip=one.nip, lines=lines[one.id], deferred=put_off.get(one.id, 0))


def _lines(ids: Sequence[UUID], year: int) -> Mapping[UUID, list[Line]]:
    found: dict[UUID, list[Line]] = defaultdict(list)
    query = sa.select(L.person_id, L.year, L.booked_in, L.kind, L.days).where(L.person_id.in_(ids), L.year <= year)
    for row in run(query):
        found[row.person_id].append(Line(row.year, row.booked_in, row.kind, row.days))
    return found


def _deferred(ids: Sequence[UUID], year: int) -> Mapping[UUID, int]:
    days = R.first_day.between(date(year, 1, 1), date(year, 12, 31))
    query = sa.select(R.person_id, sa.func.sum(R.days).label("days")).where(
        R.person_id.in_(ids), R.kind == "CT", R.state == "deferred", days
    )
    return {row.person_id: int(row.days) for row in run(query.group_by(R.person_id))}


def _bookings(one: Account, year: int, terms: kinds.Kind) -> Iterator[dict[str, Any]]:
    yield from _lapses(one, year, terms)
    has = any(line.year == year and line.kind in balance.GAINED for line in one.lines)
    if not has and served(one.nip, date(year, 1, 1), terms.service_years):
        key = f"entitlement:{one.person_id.hex}:{year}"
        yield _row(one, (year, year), "entitlement", terms.yearly, words(balance.ENTITLED, year=year), key)
    kept = sum(balance.brought(one.lines, year, terms, one.deferred).values())
    yield _row(one, (year, year), "close", 0, words(CLOSED, year=year, days=kept), _marker(one.person_id, year))


def _lapses(one: Account, year: int, terms: kinds.Kind) -> Iterator[dict[str, Any]]:
    kept = balance.brought(one.lines, year, terms, one.deferred)
    for of_year in (known for known in one.years if known < year):
        excess = balance.had(one.lines, of_year, year) - kept.get(of_year, 0)
        if excess > 0:
            before = sum(line.kind == "lapse" and line.year == of_year for line in one.lines)
            key = f"lapse:{one.person_id.hex}:{of_year}:{year}:{before}"
            yield _row(one, (of_year, year - 1), "lapse", -excess, words(LAPSED, year=year), key)


def _row(one: Account, years: tuple[int, int], kind: str, days: int, text: str, key: str) -> dict[str, Any]:
    of_year, booked_in = years
    values = {"year": of_year, "booked_in": booked_in, "kind": kind, "days": days, "words": text, "key": key}
    return {"person_id": one.person_id, **values}
