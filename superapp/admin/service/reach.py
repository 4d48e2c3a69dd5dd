"""Whom and what an administrator may touch: units in his granted subtrees, and the people who belong to them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.access.actor import current
from superapp.access.belonging import people_in, units_of
from superapp.kernel.database import run
from superapp.kernel.errors import NotFound
from superapp.organization.models import Appointment, Person, Position, Unit

UNITS, PEOPLE = Unit.__table__, Person.__table__
POSITIONS, APPOINTMENTS = Position.__table__, Appointment.__table__


def units_within(permission: str) -> sa.ColumnElement[bool] | None:
    """Return the predicate on units where the actor holds the permission; None for the whole regency."""
    return units_of(current().reach(permission))


def people_within(permission: str) -> sa.ColumnElement[bool] | None:
    """Return the predicate on people whom the actor reaches; None for all."""
    return people_in(current().reach(permission))


def unit_in_reach(unit_id: UUID, permission: str) -> Any:
    """Return the row of a unit; NotFound when there is none or it lies outside of the actor's reach."""
    return _one(sa.select(UNITS).where(UNITS.c.id == unit_id), units_within(permission))


def person_in_reach(person_id: UUID, permission: str) -> Any:
    """Return the row of a person; NotFound when there is none or the actor does not reach him."""
    return _one(sa.select(PEOPLE).where(PEOPLE.c.id == person_id), people_within(permission))


def position_in_reach(position_id: UUID, permission: str) -> Any:
    """Return a position's row with its unit's path and name; NotFound outside of the actor's reach."""
    query = (
        sa.select(POSITIONS, UNITS.c.name.label("unit_name"), UNITS.c.path.label("unit_path"), UNITS.c.opd_id)
        .select_from(POSITIONS.join(UNITS, UNITS.c.id == POSITIONS.c.unit_id))
        .where(POSITIONS.c.id == position_id)
    )
    return _one(query, units_within(permission))


def _one(query: sa.Select[Any], clause: sa.ColumnElement[bool] | None) -> Any:
    found = run(query if clause is None else query.where(clause)).first()
    if found is None:
        raise NotFound
    return found
