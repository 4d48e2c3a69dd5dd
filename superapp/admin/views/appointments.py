"""Pages of appointments: giving a post, moving to another, changing and ending one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, request

from superapp.admin.blueprint import bp
from superapp.admin.forms import parsing
from superapp.admin.forms import people as forms
from superapp.admin.service import joining
from superapp.admin.service import people as reads
from superapp.admin.service import units as unit_reads
from superapp.admin.service.reach import position_in_reach
from superapp.admin.views import words
from superapp.admin.views.people import MAY, loaded
from superapp.kernel import clock
from superapp.kernel.errors import Invalid, NotFound, Stale
from superapp.kernel.language import N_
from superapp.kernel.language import gettext as _
from superapp.kernel.templates import render
from superapp.organization import appointments, kinds
from superapp.organization.models import Appointment, Position
from superapp.plugin.blueprint import redirect_to
from superapp.shared.workflow import handover

CHANGED = N_("{actor} mengubah penugasan {person} sebagai {label}")
AT = {"position_id": "position", "person_id": "position"}
"""Where the form shows what the service says of a column."""
CANCELLED = N_("{actor} menghapus penugasan {person} sebagai {label}")


@bp.get("/people/<uuid:person_id>/appoint", permission=MAY)
def appointing(person_id: UUID) -> str:
    """Show the form that gives a person a post."""
    return _form("admin/people/appoint.html", person_id)


@bp.post("/people/<uuid:person_id>/appoint", permission=MAY, says=appointments.APPOINTED)
def appoint(person_id: UUID) -> Any:
    """Give a person a post: definitive, Plt. or Plh."""
    found, position = loaded(person_id), _position()
    fields = forms.appointment_fields(request.form)
    with parsing.at_fields(**AT):
        appointments.appoint(found, position, **fields)
    flash(_("Jabatan dicatat."))
    return redirect_to("admin.person", person_id=person_id)


@bp.get("/people/<uuid:person_id>/transfer", permission=MAY)
def transferring(person_id: UUID) -> str:
    """Show the form that moves a person to another post."""
    return _form("admin/people/transfer.html", person_id)


@bp.post("/people/<uuid:person_id>/transfer", permission=MAY, says=appointments.MOVED)
def transfer(person_id: UUID) -> Any:
    """Move a person to another post; the definitive posts end the day before."""
    found, position = loaded(person_id), _position()
    starts_on = parsing.day(request.form, "starts_on")
    with parsing.at_fields(**AT):
        appointments.mutate(found, position, starts_on=starts_on, decree=request.form.get("decree", ""))
    flash(_("Mutasi dicatat."))
    return _onward(person_id, appointments.last_of(person_id, before=starts_on))


@bp.get("/people/<uuid:person_id>/posts/<uuid:appointment_id>", permission=MAY)
def appointment(person_id: UUID, appointment_id: UUID) -> str:
    """Show the form of one appointment."""
    found = reads.person(person_id)
    held = next((post for post in found.posts if post.id == appointment_id), None)
    if held is None:
        raise NotFound
    return render(
        "admin/people/appointment.html",
        person=found.row,
        held=held,
        label=appointments.label,
        appointed_as=words.options(kinds.APPOINTMENTS),
        today=clock.today(),
    )


@bp.post("/people/<uuid:person_id>/posts/<uuid:appointment_id>", permission=MAY, says=CHANGED)
def save_appointment(person_id: UUID, appointment_id: UUID) -> Any:
    """Change kind, period or decree of an appointment."""
    found = _loaded(person_id, appointment_id)
    fields = forms.appointment_fields(request.form)
    try:
        with parsing.at_fields(position_id="kind", person_id="kind"):
            appointments.change(found, parsing.version(request.form), **fields)
    except Stale as stale:
        raise stale.worded({"kind": kinds.APPOINTMENTS}) from None
    flash(_("Perubahan penugasan disimpan."))
    return redirect_to("admin.person", person_id=person_id)


@bp.post(
    "/people/<uuid:person_id>/posts/<uuid:appointment_id>/end",
    permission=MAY,
    says=appointments.ENDED,
    form="admin.appointment",
)
def end_appointment(person_id: UUID, appointment_id: UUID) -> Any:
    """End an appointment at the end of a day; one that has not begun is struck out."""
    found = _loaded(person_id, appointment_id)
    appointments.end(found, parsing.version(request.form), parsing.day(request.form, "ends_on"))
    flash(_("Akhir penugasan dicatat."))
    return _onward(person_id, found.id)


@bp.post("/people/<uuid:person_id>/posts/<uuid:appointment_id>/cancel", permission=MAY, says=CANCELLED)
def cancel_appointment(person_id: UUID, appointment_id: UUID) -> Any:
    """Delete an appointment that was a mistake and has not begun."""
    found = _loaded(person_id, appointment_id)
    if found.starts_on <= clock.today():
        raise Invalid(_("Penugasan yang sudah berjalan diakhiri, bukan dihapus."))
    appointments.cancel(found)
    flash(_("Penugasan dihapus."))
    return redirect_to("admin.person", person_id=person_id)


def _form(template: str, person_id: UUID) -> str:
    found = reads.person(person_id)
    return render(
        template,
        person=found.row,
        found=found,
        label=appointments.label,
        appointed_as=words.options(kinds.APPOINTMENTS),
        today=clock.today(),
    )


def _onward(person_id: UUID, appointment_id: UUID | None) -> Any:
    """Go to what is to be handed over of an appointment that ends, if there is something; else back to the person."""
    if appointment_id is not None and handover.held_by(handover.leaving(appointment_id)):
        return redirect_to("navigation.handover", appointment_id=appointment_id)
    return redirect_to("admin.person", person_id=person_id)


def _position() -> Position:
    position_id = parsing.picked(request.form, "position", lambda typed: unit_reads.post_ids(typed, MAY))
    if position_id is None:
        raise Invalid(_("Pilih jabatannya."), field="position")
    return joining.reachable_position(position_id)


def _loaded(person_id: UUID, appointment_id: UUID) -> Appointment:
    person = loaded(person_id)
    found = appointments.appointment(appointment_id)
    if found.person_id != person.id:
        raise NotFound
    position_in_reach(found.position_id, MAY)
    return found
