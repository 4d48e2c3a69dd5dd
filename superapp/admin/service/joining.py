"""Adding a person together with the first post: two records, one command, a line in the trail for each."""

from __future__ import annotations

from collections.abc import Mapping
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


def join(fields: Mapping[str, Any], position_id: UUID | None, terms: Mapping[str, Any]) -> Person:
    """Add a person and, when a position is named, let the person hold it; inside a command.

    `fields` are columns of Person, `terms` kind, starts_on, ends_on and decree of the appointment. Raises Invalid.
    """
    if position_id is None and needs_post():
        raise Invalid(_("Pilih jabatan pertamanya di unit Anda."), field="position")
    position = reachable_position(position_id) if position_id is not None else None
    made = people.add(**fields)
    if position is not None:
        appoint(made, position, terms)
        command.current().about("core_person", made.id, person=made.name)
    return made


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
