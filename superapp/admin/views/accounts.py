"""The account of one person: closing and opening it, ending its sessions. Slips are drawn at the activation desk."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash

from superapp.access.actor import current
from superapp.admin.blueprint import bp
from superapp.admin.service import guarding
from superapp.admin.views.people import MAY, loaded
from superapp.kernel import command
from superapp.kernel.errors import Refused
from superapp.kernel.language import N_
from superapp.kernel.language import gettext as _
from superapp.login import accounts, profile
from superapp.organization.models import Person
from superapp.plugin.blueprint import redirect_to

CLOSED = N_("{actor} menutup akun {person}")
OPENED = N_("{actor} membuka akun {person}")
SIGNED_OUT = N_("{actor} mengakhiri {count} sesi {person}")


@bp.post("/people/<uuid:person_id>/account/close", permission=MAY, says=CLOSED)
def close_account(person_id: UUID) -> Any:
    """Close an account; its sessions end at once on every worker."""
    _guarded(person_id)
    if person_id == current().person_id:
        raise Refused(_("Akun sendiri tidak bisa ditutup."))
    accounts.disable(person_id)
    flash(_("Akun ditutup. Semua sesinya berakhir."))
    return redirect_to("admin.person", person_id=person_id)


@bp.post("/people/<uuid:person_id>/account/open", permission=MAY, says=OPENED)
def open_account(person_id: UUID) -> Any:
    """Open a closed account again."""
    person = _guarded(person_id)
    if not person.active:
        raise Refused(_("Pegawai ini tidak lagi bekerja. Catat bekerja lagi lebih dulu."))
    accounts.enable(person_id)
    flash(_("Akun dibuka lagi."))
    return redirect_to("admin.person", person_id=person_id)


@bp.post("/people/<uuid:person_id>/account/sign-out", permission=MAY, says=SIGNED_OUT)
def sign_out_account(person_id: UUID) -> Any:
    """End all sessions of a person, this one excepted when it is the actor's own."""
    _guarded(person_id)
    actor = current()
    count = profile.end_others(person_id, actor.session_id if person_id == actor.person_id else "")
    command.current().values |= {"count": count}
    flash(_("{n} sesi diakhiri.", n=count))
    return redirect_to("admin.person", person_id=person_id)


def _guarded(person_id: UUID) -> Person:
    person = loaded(person_id)
    guarding.person(person_id)
    command.current().about("core_person", person_id, person=person.name)
    return person
