"""Standing in for a head on leave: the deputy is Plh. from 00.00 of the first day to the end of the last."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from superapp.api import (
    Appointment,
    Invalid,
    Person,
    Position,
    appoint,
    cancel_appointment,
    db,
    end_appointment,
    note,
    notify,
    today,
    url_for,
)
from superapp.api import _ as words

from .models import LeaveRequest
from .words import period

KIND = "leave.request"


def begin(row: LeaveRequest, decided_by: UUID | None) -> None:
    """Appoint the proposed deputy of a head; who asked and who decided are told when that fails, the deputy when not."""
    position = db.session.get(Position, row.position_id) if row.position_id else None
    deputy = db.session.get(Person, row.deputy_id) if row.deputy_id else None
    if position is None or deputy is None or not position.is_head or row.last_day < today():
        return
    days = {"starts_on": max(row.first_day, today()), "ends_on": row.last_day}
    try:
        row.appointment_id = appoint(deputy, position, kind="plh", **days).id
    except Invalid as fault:
        note(row, "Plh. belum dapat ditunjuk: {fault}", fault=str(fault))
        title = words("Plh. untuk {name} belum dapat ditunjuk", name=row.person_name)
        for person_id in filter(None, {row.person_id, decided_by}):
            _tell(person_id, title, str(fault), row)
    else:
        _tell(deputy.id, words("Anda menjadi Plh. {title}", title=position.title), period(row), row)


def _tell(person_id: UUID, title: str, body: str, row: LeaveRequest) -> None:
    address = url_for("leave.show", request_id=row.id)
    notify(person_id, title, body=body, url=address, kind=KIND, module="leave", opd_id=row.opd_id)


def end(row: LeaveRequest, last: date | None) -> None:
    """End the deputy's days with the leave's new `last` day, or strike them out."""
    found = db.session.get(Appointment, row.appointment_id) if row.appointment_id else None
    if found is None:
        return
    if last is None:
        row.appointment_id = None
        cancel_appointment(found)
    else:
        end_appointment(found, None, last)
