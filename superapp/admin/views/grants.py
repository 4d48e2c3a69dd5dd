"""Grants: who has what where, giving and taking it, and who can see what."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, request, url_for

from superapp.access import grants, roles
from superapp.access.grants import Holder
from superapp.admin.blueprint import bp
from superapp.admin.forms import parsing
from superapp.admin.forms import roles as forms
from superapp.admin.service import people, units, waiting
from superapp.admin.service import roles as reads
from superapp.admin.service.reach import person_in_reach, position_in_reach, unit_in_reach
from superapp.admin.views.units import typed_words
from superapp.kernel import clock
from superapp.kernel.errors import Invalid
from superapp.kernel.language import gettext as _
from superapp.kernel.templates import render
from superapp.plugin.blueprint import redirect_to

MAY = "admin.roles"


@bp.get("/grants", permission=MAY, endpoint="grants")
def grants_page() -> str:
    """Show who has what where."""
    wanted = forms.grant_filter(request.args)
    kept = {
        "role": wanted.role or None,
        "permission": wanted.permission or None,
        "unit": wanted.unit_id,
        "person": wanted.person_id,
    }
    return render(
        "admin/roles/grants.html",
        page=reads.given(wanted, request.args.get("page", "")),
        wanted=wanted,
        kept=kept,
        words_of=reads.words_of,
        roles=roles.listed(),
        opds=people.opds(MAY),
        groups=reads.permission_groups(),
    )


@bp.get("/grants/new", permission=MAY)
def new_grant() -> str:
    """Show the form that gives a role or a permission; an address may name the person or the position."""
    return render(
        "admin/roles/grant.html",
        choices_of=reads.choices(),
        person=_named(people.name_of, "person"),
        position=_named(units.post_name, "position"),
        unit=_named(units.unit_name, "unit"),
        today=clock.today(),
    )


def _named(find: Any, name: str) -> Any:
    given = parsing.identity(request.args.get(name, ""))
    return find(given) if given else None


@bp.get("/grants/suggest-people", permission=MAY)
def suggest_grant_people() -> str:
    """Answer a picker of people."""
    return render("admin/suggestions.html", rows=people.suggestions(typed_words(), MAY))


@bp.get("/grants/suggest-positions", permission=MAY)
def suggest_grant_positions() -> str:
    """Answer a picker of positions."""
    return render("admin/suggestions.html", rows=units.post_suggestions(typed_words(), MAY))


@bp.get("/grants/suggest-units", permission=MAY)
def suggest_grant_units() -> str:
    """Answer a picker of units."""
    return render("admin/suggestions.html", rows=units.unit_suggestions(typed_words(), MAY))


@bp.post("/grants/new", permission=MAY, says="")
def give_grant() -> Any:
    """Give a role or a permission at a unit, to a person or a position, from a day to a day."""
    form = request.form
    values = parsing.gathered(
        {
            "what": lambda: _what(),
            "unit": lambda: parsing.picked(form, "unit", lambda typed: units.unit_ids(typed, MAY)),
            "period": lambda: forms.period(form),
            "holder": _holder,
        }
    )
    if values["unit"] is None:
        raise Invalid(_("Pilih unit tempat akses ini berlaku."), field="unit")
    unit_in_reach(values["unit"], MAY)
    bound = form.get("bound", "1") == "1"
    with parsing.at_fields(unit_id="unit", role="what", holder="person"):
        grants.give(values["what"], values["holder"], values["unit"], period=values["period"], bound=bound)
    flash(_("Akses diberikan. Berlaku pada permintaan berikutnya."))
    return redirect_to("admin.grants", person=values["holder"].person_id)


def _what() -> str:
    what = request.form.get("what", "")
    if not what:
        raise Invalid(_("Pilih peran atau izin."), field="what")
    if "." in what and what not in {name for group in reads.permission_groups() for name, _words in group.permissions}:
        raise Invalid(_("Izin ini tidak dikenal."), field="what")
    return what[:80]


def _holder() -> Holder:
    form = request.form
    person_id = parsing.picked(form, "person", lambda typed: people.ids_of(typed, MAY))
    position_id = parsing.picked(form, "position", lambda typed: units.post_ids(typed, MAY))
    if (person_id is None) == (position_id is None):
        raise Invalid(_("Isi salah satu: pegawai atau jabatan."), field="person")
    if person_id is not None:
        person_in_reach(person_id, MAY)
        return Holder(person_id)
    assert position_id is not None
    position_in_reach(position_id, MAY)
    return Holder(position_id=position_id)


@bp.post("/grants/<uuid:grant_id>/take", permission=MAY, says="")
def take_grant(grant_id: UUID) -> Any:
    """Take a grant back, from the next request on."""
    grants.take(grant_id)
    flash(_("Akses dicabut. Berlaku pada permintaan berikutnya."))
    person_id = parsing.identity(request.form.get("person", ""))
    return redirect_to("admin.person", person_id=person_id) if person_id else redirect_to("admin.grants")


@bp.get("/access-requests", permission=MAY)
def access_requests() -> str:
    """Show who waits for an answer to a request for access."""
    return render("admin/roles/requests.html", requests=waiting.requests(MAY), now=clock.now())


@bp.get("/grants/seers", permission=MAY)
def seers() -> str:
    """Show who holds a permission at a unit today, and where it comes from."""
    permission = parsing.text(request.args, "permission", longest=80)
    unit_id = parsing.identity(request.args.get("unit", ""))
    return render(
        "admin/roles/seers.html",
        groups=reads.permission_groups(),
        opds=people.opds(MAY),
        permission=permission,
        unit_id=unit_id,
        found=reads.seers(permission, unit_id) if permission and unit_id else None,
        words_of=reads.words_of,
        person_prefix=f"{url_for('admin.people_list')}/",
    )
