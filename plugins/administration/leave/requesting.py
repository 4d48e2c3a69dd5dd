"""Asking for leave: what is checked before a request goes on its way, and taking days back afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.api import (
    Invalid,
    NotFound,
    Person,
    Refused,
    Submission,
    case_view,
    create,
    current_actor,
    current_command,
    db,
    documents_of,
    find,
    format_date,
    note,
    record_type,
    run,
    submit,
    today,
    url_for,
    void_document,
    withdraw,
)
from superapp.api import _ as words

from . import balance, colleagues, kinds
from .counting import days_of_office, months_later, served
from .deciding import let_go
from .kinds import Kind
from .models import LIVE, LeaveRequest
from .words import length, period

R = LeaveRequest.__table__.c
BACKDATED = {"CS": 30, "CAP": 7}
"""Days that a leave may have begun before it is asked for: illness and death do not wait for a form."""
FURTHEST = 366
"""Days ahead that leave may be asked for."""


@dataclass(frozen=True)
class Wanted:
    """What a form asks for, read: who, which kind, from when to when, what it counts."""

    person: Person
    kind: Kind
    first: date = field(kw_only=True)
    last: date = field(kw_only=True)
    travel: int = field(default=0, kw_only=True)
    days: int = field(default=0, kw_only=True)


def myself() -> Person:
    """Return the person who acts; Refused for who has no post in a unit."""
    actor = current_actor()
    if actor.person_id is None or actor.unit_id is None:
        raise Refused(words("Anda belum memiliki jabatan, jadi belum bisa mengajukan."))
    return db.session.get_one(Person, actor.person_id)


def choices(person: Person) -> list[Kind]:
    """Return the kinds that a person may ask for."""
    return [kind for kind in kinds.of_year(today().year).values() if kind.requested and kind.fits(person.employment)]


def ask(given: Mapping[str, str]) -> LeaveRequest:
    """Record a request of the actor, take its days and send it on its way; Invalid at the field that does not fit."""
    person = myself()
    balance.lock(person.id)
    wanted = _wanted(person, given)
    _free(wanted)
    row: LeaveRequest = create(LeaveRequest, **_columns(wanted, given))
    if wanted.kind.annual:
        balance.spend(person.id, wanted.first.year, wanted.days, row.id, period(row))
    note(row, "Permohonan cuti dicatat")
    submit("leave.request", submission(row, wanted.kind))
    return row


def _columns(wanted: Wanted, given: Mapping[str, str]) -> dict[str, Any]:
    return {
        "person_id": wanted.person.id,
        "person_name": wanted.person.full_name,
        "position_id": current_actor().position_id,
        "kind": wanted.kind.code,
        "first_day": wanted.first,
        "last_day": wanted.last,
        "travel_days": wanted.travel,
        "days": wanted.days,
        "deputy_id": colleagues.chosen(given.get("deputy_id", "")),
        **{name: given.get(name, "") for name in ("reason", "address", "phone")},
    }


def submission(row: LeaveRequest, kind: Kind) -> Submission:
    """Return a request as the engine of decisions takes it; the reason is not told where illness could be read."""
    lines = [
        (words("Jenis cuti"), words(kind.name)),
        (words("Tanggal"), period(row)),
        (words("Lama"), length(row, kind)),
    ]
    if kind.code != "CS":
        lines.append((words("Alasan"), row.reason))
    title = words("{kind}: {name}, {period}", kind=words(kind.name), name=row.person_name, period=period(row))
    facts = {"kind": kind.code, "days": row.days, "first_day": row.first_day, "last_day": row.last_day}
    return Submission(row, title, url_for("leave.show", request_id=row.id), summary=lines, facts=facts)


def _wanted(person: Person, given: Mapping[str, str]) -> Wanted:
    kind = next((one for one in choices(person) if one.code == given.get("kind")), None)
    if kind is None:
        raise Invalid(words("Pilih salah satu dari daftar."), field="kind")
    first, last = day_of(given, "first_day"), day_of(given, "last_day")
    _in_time(kind, first, last)
    if not served(person.nip, first, kind.service_years):
        raise Invalid(
            words("{kind} memerlukan masa kerja {n} tahun.", kind=words(kind.name), n=kind.service_years), field="kind"
        )
    travel = _travel(kind, first, last, given.get("travel_days", ""))
    days = counted(kind, unit_of_actor(), first, last - timedelta(days=travel))
    return Wanted(person, kind, first=first, last=last, travel=travel, days=days)


def unit_of_actor() -> UUID:
    """Return the unit of the actor's hat."""
    unit_id = current_actor().unit_id
    assert unit_id is not None
    return unit_id


def day_of(given: Mapping[str, str], name: str) -> date:
    """Return a day that a form sent; Invalid at its field when it is none."""
    try:
        return date.fromisoformat(given.get(name, ""))
    except ValueError:
        raise Invalid(words("Isi tanggalnya."), field=name) from None


def _in_time(kind: Kind, first: date, last: date) -> None:
    """Refuse days that are reversed, over, too far away, too many, or of two years."""
    if last < first:
        raise Invalid(words("Tanggal akhir tidak boleh sebelum tanggal mulai."), field="last_day")
    if first < today() - timedelta(days=BACKDATED.get(kind.code, 0)):
        raise Invalid(words("Tanggal mulai sudah lewat. Pilih hari ini atau sesudahnya."), field="first_day")
    if first > today() + timedelta(days=FURTHEST):
        raise Invalid(words("Cuti diajukan paling cepat setahun sebelumnya."), field="first_day")
    if kind.annual and first.year != last.year:
        raise Invalid(words("Ajukan terpisah untuk tiap tahun, karena haknya dihitung per tahun."), field="last_day")
    if kind.months and last >= months_later(first, kind.months):
        raise Invalid(words("{kind} paling lama {n} bulan.", kind=words(kind.name), n=kind.months), field="last_day")


def _travel(kind: Kind, first: date, last: date, text: str) -> int:
    if text in ("", "0"):
        return 0
    most = min(kind.travel, (last - first).days)
    if not (text.isascii() and text.isdecimal() and len(text) < 4 and int(text) <= most):
        raise Invalid(words("Isi angka 0 sampai {n}.", n=most), field="travel_days")
    return int(text)


def counted(kind: Kind, unit_id: UUID, first: date, last: date) -> int:
    """Return what days count: working days for annual leave, else calendar days; Invalid when none is left."""
    days = days_of_office(unit_id, first, last) if kind.annual else (last - first).days + 1
    if days < 1:
        raise Invalid(words("Tidak ada hari kerja di antara tanggal ini."), field="last_day")
    return days


def _free(wanted: Wanted) -> None:
    """Refuse days that another leave of the person takes, and annual leave in a year of long leave (PP 11/2017 art. 316)."""
    query = sa.select(R.first_day, R.last_day).where(
        R.person_id == wanted.person.id, R.state.in_(LIVE), R.first_day <= wanted.last, R.last_day >= wanted.first
    )
    other = run(query).first()
    if other is not None:
        days = f"{format_date(other.first_day)} – {format_date(other.last_day)}"
        raise Invalid(words("Anda sudah mengajukan cuti pada {days}.", days=days), field="first_day")
    if wanted.kind.annual and _long_leave_in(wanted.person.id, wanted.first.year):
        raise Invalid(words("Hak cuti tahunan tahun ini gugur karena cuti besar."), field="kind")


def _long_leave_in(person_id: UUID, year: int) -> bool:
    """Tell whether long leave was approved in a year."""
    days = R.first_day >= date(year, 1, 1), R.first_day <= date(year, 12, 31)
    query = sa.select(R.id).where(R.person_id == person_id, R.kind == "CB", R.state.in_(("approved", "changed")), *days)
    return run(query.limit(1)).first() is not None


def own(request_id: UUID) -> LeaveRequest:
    """Return a request of the actor, locked; NotFound for those of others."""
    row = find(LeaveRequest, request_id, "leave.view", lock=True)
    if row.person_id != current_actor().person_id:
        raise NotFound
    return row


def take_back(request_id: UUID) -> None:
    """Take an undecided request of the actor back; its days return to the balance."""
    view = case_view(own(request_id))
    if view is None:
        raise Refused(words("Permohonan ini belum diajukan."))
    withdraw(view.case.id)


def shorten(request_id: UUID, last: date | None) -> LeaveRequest:
    """End an approved leave early after its `last` day, or cancel it (None) before it begins; days come back."""
    row = own(request_id)
    if row.state not in ("approved", "changed"):
        raise Refused(words("Hanya cuti yang sudah disetujui yang dapat diubah."))
    if last is None:
        if row.first_day <= today():
            raise Refused(words("Cuti sudah dimulai. Isi hari terakhir cuti Anda."))
        let_go(row, words("Dibatalkan pemohon"))
        row.state = "cancelled"
        for document in documents_of(row):
            if document.state != "void":
                void_document(document, words("Cuti dibatalkan pemohon"))
        note(row, "Cuti dibatalkan")
    else:
        _return_early(row, last)
    current_command().about(record_type(LeaveRequest), row.id, opd_id=row.opd_id)
    return row


def _return_early(row: LeaveRequest, last: date) -> None:
    if not max(row.first_day, today() - timedelta(days=1)) <= last < row.last_day:
        raise Invalid(words("Pilih hari di dalam cuti ini, paling awal kemarin."), field="last_day")
    kind = kinds.of_year(row.first_day.year)[row.kind]
    days = counted(kind, row.unit_id, row.first_day, last)
    back = max(0, row.days - days)
    let_go(row, words("Kembali lebih awal"), back=back, last=last)
    row.last_day, row.days, row.travel_days = last, min(row.days, days), 0
    note(row, "Kembali lebih awal")
