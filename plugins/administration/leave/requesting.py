"""Asking for leave: what is checked before a request goes on its way, and taking days back afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

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
    note,
    record_type,
    submit,
    today,
    url_for,
    void_document,
    withdraw,
)
from superapp.api import _ as words

from . import balance, colleagues, kinds
from .checking import Wanted, check, counted
from .deciding import let_go
from .kinds import Kind
from .knowing import title_of
from .models import LeaveRequest
from .words import length, period


def myself() -> Person:
    """Return the person who acts; Refused for who has no post in a unit."""
    actor = current_actor()
    if actor.person_id is None or actor.unit_id is None:
        raise Refused(words("Anda belum memiliki jabatan, jadi belum bisa mengajukan."))
    return db.session.get_one(Person, actor.person_id)


def choices(person: Person) -> list[Kind]:
    """Return the kinds that a person may ask for."""
    return [kind for kind in kinds.of_year(today().year).values() if kind.requested and kind.fits(person.employment)]


def ask(given: Mapping[str, str], *, attached: bool = False) -> LeaveRequest:
    """Record a request of the actor, take its days and send it on its way; Invalid at the field that does not fit.

    `attached` tells whether a file comes along.
    """
    person = myself()
    balance.lock(person.id)
    asked = wanted(person, given, attached=attached)
    check(asked)
    row: LeaveRequest = create(LeaveRequest, **_columns(asked, given))
    if asked.kind.annual:
        balance.spend(person.id, asked.first.year, row.days, row.id, period(row))
    note(row, "Permohonan cuti dicatat")
    submit("leave.request", submission(row, asked.kind))
    return row


def _columns(asked: Wanted, given: Mapping[str, str]) -> dict[str, Any]:
    last = last_counted(asked, given)
    return {
        "person_id": asked.person.id,
        "person_name": asked.person.full_name,
        "position_id": position_of_actor(),
        "kind": asked.kind.code,
        "first_day": asked.first,
        "last_day": asked.last,
        "travel_days": (asked.last - last).days,
        "days": counted(asked.kind, unit_of_actor(), asked.first, last),
        "deputy_id": colleagues.chosen(given.get("deputy_id", ""), asked.first, asked.last),
        **{name: given.get(name, "") for name in ("reason", "address", "phone")},
    }


def position_of_actor() -> UUID | None:
    """Return the post of the actor's hat."""
    return current_actor().position_id


def submission(row: LeaveRequest, kind: Kind) -> Submission:
    """Return a request as the engine of decisions takes it; the reason is not told where illness could be read."""
    lines = [
        (words("Jenis cuti"), words(kind.name)),
        (words("Tanggal"), period(row)),
        (words("Lama"), length(row, kind)),
    ]
    if kind.annual:
        lines.append((words("Sisa setelah cuti ini"), left_of(row.person_id, row.first_day.year)))
    if row.deputy_id:
        lines.append((words("Pengganti"), db.session.get_one(Person, row.deputy_id).name))
    if kind.code != "CS":
        lines.append((words("Alasan"), row.reason))
    title = words("{kind}: {name}, {period}", kind=title_of(kind), name=row.person_name, period=period(row))
    facts = {"kind": kind.code, "days": row.days, "first_day": row.first_day, "last_day": row.last_day}
    return Submission(row, title, url_for("leave.show", request_id=row.id), summary=lines, facts=facts)


def left_of(person_id: UUID, year: int) -> str:
    """Return what is left of annual leave as the form says it: N-2, N-1, N."""
    left = balance.of(person_id, year).left
    return " · ".join(f"{of_year}: {days}" for of_year, days in left.items())


def wanted(person: Person, given: Mapping[str, str], *, attached: bool) -> Wanted:
    """Read what a form asks for; Invalid at `kind`, `first_day` or `last_day` when it cannot be read."""
    kind = next((one for one in choices(person) if one.code == given.get("kind")), None)
    if kind is None:
        raise Invalid(words("Pilih salah satu dari daftar."), field="kind")
    first, last = day_of(given, "first_day"), day_of(given, "last_day")
    return Wanted(person, kind, first=first, last=last, attached=attached)


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


def last_counted(asked: Wanted, given: Mapping[str, str]) -> date:
    """Return the last day before those that a post hard to reach adds; Invalid at `travel_days` beyond the terms."""
    text = given.get("travel_days", "") or "0"
    most = min(asked.kind.travel, (asked.last - asked.first).days)
    if not (text.isascii() and text.isdecimal() and len(text) < 4 and int(text) <= most):
        raise Invalid(words("Isi angka 0 sampai {n}.", n=most), field="travel_days")
    return asked.last - timedelta(days=int(text))


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
