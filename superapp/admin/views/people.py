"""Pages of people: the list, one person with posts and account, adding, changing, leaving."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, request, url_for

from superapp.access.actor import current
from superapp.admin.blueprint import bp
from superapp.admin.forms import parsing
from superapp.admin.forms import people as forms
from superapp.admin.service import audit, guarding, joining, roles
from superapp.admin.service import people as reads
from superapp.admin.service import units as unit_reads
from superapp.admin.service.joining import FirstPost
from superapp.admin.service.reach import person_in_reach
from superapp.admin.views import words
from superapp.admin.views.trail import events
from superapp.admin.views.units import typed_words
from superapp.kernel import access_log, clock
from superapp.kernel.errors import Stale
from superapp.kernel.language import N_
from superapp.kernel.language import gettext as _
from superapp.kernel.templates import render
from superapp.login import profile
from superapp.organization import appointments, kinds, nip, people, phone
from superapp.organization.models import Person
from superapp.plugin.blueprint import redirect_to
from superapp.shared.reference import lists

MAY = "admin.people"
RETURNED = N_("{actor} mencatat {person} bekerja lagi")
ACCOUNTS = {
    "": N_("Semua akun"),
    "none": N_("Tanpa akun"),
    "waiting": N_("Belum aktif"),
    "active": N_("Aktif"),
    "disabled": N_("Ditutup"),
}
CHOICES = {"employment": kinds.EMPLOYMENTS, "sex": kinds.SEXES}


@bp.get("/people", permission=MAY)
def people_list() -> str:
    """Show the people in reach."""
    wanted = forms.people_filter(request.args)
    kept = forms.kept(wanted)
    accounts = words.chips("admin.people_list", kept, "account", words.options(ACCOUNTS))
    ended = words.chips("admin.people_list", kept, "state", [("ended", _("Sudah berhenti"))])
    return render(
        "admin/people/list.html",
        page=reads.people(wanted, request.args.get("page", "")),
        wanted=wanted,
        kept=kept,
        chips=[*accounts, *ended],
        prefix=f"{url_for('admin.people_list')}/",
        opds=reads.opds(),
        employments=kinds.EMPLOYMENTS,
        label=appointments.label,
        full_name=words.full_name,
        nip=nip.display,
    )


@bp.get("/people/suggest", permission=MAY)
def suggest_people() -> str:
    """Answer a picker of people with who the typed words may mean."""
    return render("admin/suggestions.html", rows=reads.suggestions(typed_words(), MAY))


@bp.get("/people/suggest-positions", permission=MAY)
def suggest_positions() -> str:
    """Answer a picker of positions with what the typed words may mean."""
    return render("admin/suggestions.html", rows=unit_reads.post_suggestions(typed_words(), MAY))


@bp.get("/people/<uuid:person_id>", permission=MAY)
def person(person_id: UUID) -> str:
    """Show one person."""
    found = reads.person(person_id)
    access_log.note("core_person", person_id, subject=person_id)
    return render(
        "admin/people/detail.html",
        person=found.row,
        found=found,
        main=found.main(clock.today()),
        employments=kinds.EMPLOYMENTS,
        sexes=kinds.SEXES,
        events=events(audit.history("core_person", person_id, limit=8)),
        label=appointments.label,
        name=words.full_name(found.row),
        initials=words.initials(found.row.name),
        nip=nip.display,
        phone=phone.display,
        today=clock.today(),
        **_rights(person_id),
    )


def _rights(person_id: UUID) -> dict[str, Any]:
    """Return what the cards of access and account show."""
    actor = current()
    return {
        "may_audit": actor.may("admin.audit"),
        "may_slip": actor.may("login.activate"),
        "may_grant": actor.may("admin.roles"),
        "own": person_id == actor.person_id,
        "grants": roles.of_person(person_id),
        "words_of": roles.words_of,
        "sessions": profile.sessions_of(person_id, actor.session_id),
    }


@bp.get("/people/new", permission=MAY)
def new_person() -> str:
    """Show the form for a person."""
    return _form(None)


@bp.post("/people/new", permission=MAY, says=people.ADDED)
def add_person() -> Any:
    """Add a person, with the first post when one is named."""
    with parsing.at_fields(position_id="position", person_id="position"):
        made = joining.join(forms.person_fields(request.form), _first_post)
    _remark(made)
    flash(_("{name} ditambahkan.", name=made.name))
    return redirect_to("admin.person", person_id=made.id)


def _first_post() -> FirstPost | None:
    position_id = parsing.picked(request.form, "position", lambda typed: unit_reads.post_ids(typed, MAY))
    return FirstPost(position_id, forms.appointment_fields(request.form)) if position_id else None


@bp.get("/people/<uuid:person_id>/edit", permission=MAY)
def edit_person(person_id: UUID) -> str:
    """Show the form of one person."""
    return _form(person_in_reach(person_id, MAY))


@bp.post("/people/<uuid:person_id>/edit", permission=MAY, says=people.CHANGED)
def save_person(person_id: UUID) -> Any:
    """Change one person."""
    found = changeable(person_id)
    try:
        people.change(found, parsing.version(request.form), **forms.person_fields(request.form))
    except Stale as stale:
        raise stale.worded(CHOICES) from None
    _remark(found)
    flash(_("Perubahan data disimpan."))
    return redirect_to("admin.person", person_id=person_id)


@bp.get("/people/<uuid:person_id>/leave", permission=MAY)
def leaving_person(person_id: UUID) -> str:
    """Show the form that ends a person's service."""
    found = reads.person(person_id)
    return render(
        "admin/people/leave.html", person=found.row, name=words.full_name(found.row), found=found, today=clock.today()
    )


@bp.post("/people/<uuid:person_id>/leave", permission=MAY, says=people.LEFT)
def end_service(person_id: UUID) -> Any:
    """End a person's service; posts and sign-in end with it."""
    found = changeable(person_id)
    people.end(found, parsing.version(request.form), parsing.day(request.form, "ends_on"))
    flash(_("Akhir masa kerja {name} dicatat.", name=found.name))
    return redirect_to("admin.person", person_id=person_id)


@bp.post("/people/<uuid:person_id>/return", permission=MAY, says=RETURNED)
def return_person(person_id: UUID) -> Any:
    """Take the end of a person's service back."""
    found = changeable(person_id)
    people.reinstate(found, parsing.version(request.form))
    flash(_("{name} tercatat bekerja lagi. Beri jabatan bila perlu.", name=found.name))
    return redirect_to("admin.person", person_id=person_id)


def loaded(person_id: UUID) -> Person:
    """Return a person to change; NotFound outside of the actor's reach."""
    person_in_reach(person_id, MAY)
    return people.person(person_id)


def changeable(person_id: UUID) -> Person:
    """Return a person whose data the actor may change; Refused for one with special rights above the actor's reach."""
    guarding.person(person_id)
    return loaded(person_id)


def _form(row: Any) -> str:
    return render(
        "admin/people/form.html",
        person=row,
        employments=words.options(kinds.EMPLOYMENTS),
        sexes=words.options(kinds.SEXES),
        appointed_as=words.options(kinds.APPOINTMENTS),
        ranks=[(row.code, f"{row.code} {row.name}".strip()) for row in lists.ranks()],
        needs_post=joining.needs_post(),
        today=clock.today(),
    )


def _remark(found: Person) -> None:
    """Say what looks odd in a NIP that was taken all the same: the field holds legacy numbers."""
    known = nip.Known(found.employment, birth_date=found.birth_date, sex=found.sex)
    for sentence in nip.remarks(found.nip, known) if found.nip else []:
        flash(sentence, "warn")
