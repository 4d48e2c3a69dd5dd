"""Appointments: who holds which position on a day, definitive or acting; beginning, ending and moving them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.extensions import db
from superapp.kernel import command, stamps
from superapp.kernel.database import run
from superapp.kernel.errors import Invalid, NotFound
from superapp.kernel.language import N_
from superapp.kernel.language import gettext as _
from superapp.kernel.values import changed, checked
from superapp.organization import kinds, tree
from superapp.organization.changes import AppointmentEnded, PersonChanged, tell
from superapp.organization.models import Appointment, Person, Position

APPOINTED = N_("{actor} mengangkat {person} sebagai {label} mulai {day}")
ENDED = N_("{actor} mengakhiri {person} sebagai {label} per {day}")
MOVED = N_("{actor} memindahkan {person} ke {label} mulai {day}")

A = Appointment.__table__.c


def appointment(appointment_id: UUID) -> Appointment:
    """Return an appointment; raises NotFound."""
    found = db.session.get(Appointment, appointment_id)
    if found is None:
        raise NotFound(_("Penugasan ini tidak ada."))
    return found


def held(on: Any) -> sa.ColumnElement[bool]:
    """Return the predicate for appointments of a day (a date or a bind parameter)."""
    return sa.and_(A.starts_on <= on, sa.or_(A.ends_on.is_(None), A.ends_on >= on))


def label(title: str, kind: str) -> str:
    """Return the title as signed: `Plt. Kepala Dinas`."""
    return title if kind == "definitive" else f"{kind.capitalize()}. {title}"


def appoint(
    person: Person, position: Position, *, kind: str = "definitive", starts_on: date, **values: Any
) -> Appointment:
    """Let a person hold a position from a day; inside a command.

    `values`: ends_on, decree. Raises Invalid: a post has one definitive holder at a time; Plt. is for a vacant post,
    Plh. for the days its holder is away (SE Kepala BKN 1/SE/I/2021).
    """
    command.current()
    clean = checked(
        Appointment,
        {"person_id": person.id, "position_id": position.id, "kind": kind, "starts_on": starts_on, **values},
    )
    _check(clean, None)
    made = Appointment(**clean)
    db.session.add(made)
    db.session.flush()
    _changed(made, person, position, day=starts_on)
    return made


def change(found: Appointment, version: int | None, **values: Any) -> Appointment:
    """Change kind, period or decree of an appointment; inside a command. Raises Stale, Invalid."""
    command.current()
    wanted = checked(Appointment, values, partial=True)
    keep = {name: getattr(found, name) for name in ("person_id", "position_id", "kind", "starts_on", "ends_on")}
    _check(keep | wanted, found.id)
    changed(found, version, wanted)
    person, position = _both(found)
    _changed(found, person, position, day=found.starts_on)
    return found


def end(found: Appointment, version: int | None, ends_on: date) -> Appointment:
    """End an appointment: `ends_on` is its last day; inside a command.

    One that has not begun by then is struck out (its period becomes empty on its first day). Grants of the position
    end with it by themselves; those given to the person within that OPD are ended by access.
    """
    command.current()
    if ends_on < found.starts_on:
        raise Invalid(_("Tanggal akhir tidak boleh sebelum tanggal mulai."), field="ends_on")
    changed(found, version, {"ends_on": ends_on})
    person, position = _both(found)
    _changed(found, person, position, day=ends_on)
    opd_id = tree.unit(position.unit_id).opd_id
    tell(AppointmentEnded(person.id, position.id, opd_id=opd_id, ends_on=ends_on))
    return found


def cancel(found: Appointment) -> None:
    """Delete an appointment that was a mistake or has not begun; inside a command."""
    command.current()
    person, position = _both(found)
    _changed(found, person, position, day=found.starts_on)
    db.session.delete(found)
    db.session.flush()


def mutate(person: Person, position: Position, *, starts_on: date, decree: str = "") -> Appointment:
    """Move a person to another post (mutasi): the definitive posts end the day before; inside a command."""
    command.current()
    current = sa.select(Appointment).where(
        A.person_id == person.id, A.kind == "definitive", sa.or_(A.ends_on.is_(None), A.ends_on >= starts_on)
    )
    for found in db.session.scalars(current).all():
        if found.starts_on >= starts_on:
            cancel(found)
        else:
            end(found, None, starts_on - timedelta(days=1))
    return appoint(person, position, starts_on=starts_on, decree=decree)


def last_of(person_id: UUID, *, before: date) -> UUID | None:
    """Return the definitive appointment of a person that ends the day before `before`, None when there is none."""
    ends_on = before - timedelta(days=1)
    query = sa.select(A.id).where(A.person_id == person_id, A.kind == "definitive", A.ends_on == ends_on)
    found: UUID | None = run(query.order_by(A.starts_on.desc()).limit(1)).scalar()
    return found


def _check(values: dict[str, Any], own_id: UUID | None) -> None:
    if values["kind"] not in kinds.APPOINTMENTS:
        raise Invalid(_("Pilih jenis penugasan dari daftar."), field="kind")
    ends_on = values.get("ends_on")
    if ends_on is not None and ends_on < values["starts_on"]:
        raise Invalid(_("Tanggal akhir tidak boleh sebelum tanggal mulai."), field="ends_on")
    for other in _overlapping(values, own_id):
        if other.person_id == values["person_id"]:
            raise Invalid(_("{name} sudah memegang jabatan ini.", name=other.name), field="person_id")
        if {other.kind, values["kind"]} in ({"definitive"}, {"definitive", "plt"}, {"plt"}):
            words = _("Jabatan ini sudah diisi {name}. Akhiri dulu, atau pilih Plh.", name=other.name)
            raise Invalid(words, field="position_id")


def _overlapping(values: dict[str, Any], own_id: UUID | None) -> list[Any]:
    last = values.get("ends_on") or date.max
    person = Person.__table__
    query = (
        sa.select(A.id, A.person_id, A.kind, person.c.name)
        .join(person, person.c.id == A.person_id)
        .where(
            A.position_id == values["position_id"],
            A.starts_on <= last,
            sa.or_(A.ends_on.is_(None), A.ends_on >= values["starts_on"]),
        )
    )
    return [row for row in run(query) if row.id != own_id]


def _both(found: Appointment) -> tuple[Person, Position]:
    person, position = db.session.get(Person, found.person_id), db.session.get(Position, found.position_id)
    assert person is not None
    assert position is not None
    return person, position


def _changed(found: Appointment, person: Person, position: Position, *, day: date) -> None:
    stamps.raise_access()
    command.current().about(
        "core_appointment",
        found.id,
        opd_id=tree.unit(position.unit_id).opd_id,
        person=person.name,
        label=label(position.title, found.kind),
        day=day.isoformat(),
    )
    tell(PersonChanged(person.id))
