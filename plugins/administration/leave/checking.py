"""What leave has to fulfil, whoever wants it: who asks for days, and the authority that changes them.

Source: PP 11/2017 art. 310–341, Peraturan BKN 24/2017; the numbers are terms of the year (`kinds`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa

from superapp.api import Invalid, Person, format_period, run, today
from superapp.api import _ as words

from .counting import days_of_office, months_later, served
from .kinds import Kind
from .models import LIVE, LeaveRequest

R = LeaveRequest.__table__.c
BACKDATED = {"CS": 30, "CAP": 7}
"""Days that a leave may have begun before it is asked for: illness and death do not wait for a form."""
FURTHEST = 366
"""Days ahead that leave may be asked for."""


@dataclass(frozen=True)
class Wanted:
    """Days that somebody wants: who, which kind, from when to when, whether a note is attached.

    `request_id` is the request whose days are changed, `since` the day it was to begin before.
    """

    person: Person
    kind: Kind
    first: date = field(kw_only=True)
    last: date = field(kw_only=True)
    attached: bool = field(default=False, kw_only=True)
    request_id: UUID | None = field(default=None, kw_only=True)
    since: date | None = field(default=None, kw_only=True)


def check(wanted: Wanted) -> None:
    """Refuse days that do not fit; Invalid at `first_day`, `last_day`, `kind` or `attachment`."""
    _check_period(wanted)
    _check_length(wanted)
    _check_right(wanted)
    _check_free(wanted)


def _check_period(wanted: Wanted) -> None:
    """Refuse days that are reversed, over, too far away, or of two years."""
    kind, first, last = wanted.kind, wanted.first, wanted.last
    earliest = today() - timedelta(days=BACKDATED.get(kind.code, 0))
    if last < first:
        raise Invalid(words("Tanggal akhir tidak boleh sebelum tanggal mulai."), field="last_day")
    if first < min(earliest, wanted.since or earliest):
        raise Invalid(words("Tanggal mulai sudah lewat. Pilih hari ini atau sesudahnya."), field="first_day")
    if first > today() + timedelta(days=FURTHEST):
        raise Invalid(words("Cuti diajukan paling cepat setahun sebelumnya."), field="first_day")
    if kind.annual and first.year != last.year:
        raise Invalid(words("Ajukan terpisah untuk tiap tahun, karena haknya dihitung per tahun."), field="last_day")


def _check_length(wanted: Wanted) -> None:
    kind, first, last = wanted.kind, wanted.first, wanted.last
    if kind.months and last >= months_later(first, kind.months):
        raise Invalid(words("{kind} paling lama {n} bulan.", kind=words(kind.name), n=kind.months), field="last_day")
    if kind.note_after and (last - first).days >= kind.note_after and not wanted.attached:
        said = words("{kind} lebih dari {n} hari memerlukan surat dokter pemerintah. Lampirkan fotonya atau PDF-nya.",
                     kind=words(kind.name), n=kind.note_after)  # fmt: skip
        raise Invalid(said, field="last_day" if wanted.request_id else "attachment")


def _check_right(wanted: Wanted) -> None:
    """Refuse who has not served long enough, who had it often enough, and annual leave beside long leave (art. 316)."""
    kind, first = wanted.kind, wanted.first
    if not served(wanted.person.nip, first, kind.service_years):
        said = words("{kind} memerlukan masa kerja {n} tahun.", kind=words(kind.name), n=kind.service_years)
        raise Invalid(said, field="kind")
    if kind.times and _taken(wanted) >= kind.times:
        said = words("{kind} sudah dipakai {n} kali. Ajukan cuti besar.", kind=words(kind.name), n=kind.times)
        raise Invalid(said, field="kind")
    if kind.annual and _long_leave_in(wanted.person.id, first.year):
        raise Invalid(words("Hak cuti tahunan tahun ini gugur karena cuti besar."), field="kind")


def _taken(wanted: Wanted) -> int:
    query = sa.select(R.id).where(R.person_id == wanted.person.id, R.kind == wanted.kind.code, R.state.in_(LIVE))
    return sum(row.id != wanted.request_id for row in run(query))


def _check_free(wanted: Wanted) -> None:
    """Refuse days that another leave of the person takes."""
    query = sa.select(R.id, R.first_day, R.last_day).where(
        R.person_id == wanted.person.id, R.state.in_(LIVE), R.first_day <= wanted.last, R.last_day >= wanted.first
    )
    other = next((row for row in run(query.limit(2)) if row.id != wanted.request_id), None)
    if other is not None:
        days = format_period(other.first_day, other.last_day)
        raise Invalid(words("Sudah ada cuti lain pada {days}.", days=days), field="first_day")


def _long_leave_in(person_id: UUID, year: int) -> bool:
    """Tell whether long leave was approved in a year."""
    days = R.first_day >= date(year, 1, 1), R.first_day <= date(year, 12, 31)
    query = sa.select(R.id).where(R.person_id == person_id, R.kind == "CB", R.state.in_(("approved", "changed")), *days)
    return run(query.limit(1)).first() is not None


def counted(kind: Kind, unit_id: UUID, first: date, last: date) -> int:
    """Return what days count: working days for annual leave, else calendar days; Invalid when none is left."""
    days = days_of_office(unit_id, first, last) if kind.annual else (last - first).days + 1
    if days < 1:
        raise Invalid(words("Tidak ada hari kerja di antara tanggal ini."), field="last_day")
    return days
