"""Adding a person together with the first post: two records, one command, a line in the trail for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from superapp.admin.service import guarding
from superapp.admin.service.reach import position_in_reach, units_within
from superapp.kernel import command
from superapp.kernel.errors import Invalid
from superapp.kernel.language import gettext as _
from superapp.organization import appointments, people, positions
from superapp.organization.models import Person, Position


def needs_post() -> bool:
    """Tell whether who adds people has to give them a post at once: without one, a unit's admin would lose them."""
    return units_within("admin.people") is not None


@dataclass(frozen=True)
class FirstPost:
    """The post a new person begins with: the position, and kind, starts_on, ends_on and decree of the appointment."""

    position_id: UUID
    terms: Mapping[str, Any]


def join(fields: Mapping[str, Any], read_post: Callable[[], FirstPost | None]) -> Person:
    """Add a person and let the person hold the first post, when one is named; inside a command.

    `fields` are columns of Person; `read_post` reads the rest of the form. The faults of both are raised together, as
    one Invalid: nobody likes to mend a form twice.
    """
    errors: dict[str, str] = {}
    made, post = None, None
    try:
        made = people.add(**fields)
    except Invalid as fault:
        errors |= fault.errors
    try:
        post = _first_post(read_post)
    except Invalid as fault:
        errors |= fault.errors
    if errors or made is None:
        raise Invalid(errors=errors)
    if post is not None:
        appoint(made, reachable_position(post.position_id), post.terms)
        command.current().about("core_person", made.id, person=made.name)
    return made


def _first_post(read_post: Callable[[], FirstPost | None]) -> FirstPost | None:
    found = read_post()
    if found is None and needs_post():
        raise Invalid(_("Pilih jabatan pertamanya di unit Anda."), field="position")
    return found


def reachable_position(position_id: UUID) -> Position:
    """Return a position that the actor may fill; NotFound outside of his reach, Refused when it brings special rights."""
    position_in_reach(position_id, "admin.people")
    guarding.position(position_id)
    return positions.position(position_id)


def appoint(person: Person, position: Position, terms: Mapping[str, Any]) -> None:
    """Let a person hold a position, with an own line in the trail."""
    made = appointments.appoint(person, position, **terms)
    command.current().also(
        appointments.APPOINTED,
        "core_appointment",
        made.id,
        person=person.name,
        label=appointments.label(position.title, made.kind),
        day=made.starts_on.isoformat(),
    )
