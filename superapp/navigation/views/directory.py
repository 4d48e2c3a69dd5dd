"""The directory: people, one person, a unit."""

from __future__ import annotations

from uuid import UUID

from superapp.access.actor import current
from superapp.kernel.templates import render
from superapp.navigation import directory, forms
from superapp.navigation.blueprint import bp
from superapp.plugin.blueprint import SIGNED_IN


@bp.get("/people", permission=SIGNED_IN)
def people() -> str:
    """Show all colleagues by name, or those whose name, post or unit is searched for."""
    q = forms.query()
    page = directory.search(current(), q) if q else directory.people(cursor=forms.cursor())
    return render("navigation/people.html", page=page, q=q)


@bp.get("/people/<uuid:person_id>", permission=SIGNED_IN)
def person(person_id: UUID) -> str:
    """Show one colleague; personal data only to those with the right, and the reading is written down."""
    actor, found = current(), directory.colleague(person_id)
    return render(
        "navigation/person.html",
        person=found,
        personal=directory.read_personal(actor, person_id),
        superior=directory.superior(found),
        own=actor.person_id == person_id,
        noted=directory.may_see_personal(actor, person_id),
    )


@bp.get("/units/<uuid:unit_id>", permission=SIGNED_IN)
def unit(unit_id: UUID) -> str:
    """Show a unit: what it belongs to, its head, its parts, its people."""
    found = directory.unit(unit_id)
    page = directory.people(unit=found, cursor=forms.cursor())
    return render("navigation/unit.html", unit=found, page=page, head=directory.head(found))
