"""Whom and what an administrator may touch: units in his granted subtrees, and the people who belong to them."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.access.actor import current
from superapp.access.scope import subtrees
from superapp.kernel import clock
from superapp.kernel.database import run
from superapp.kernel.errors import NotFound
from superapp.organization.models import Appointment, Person, Position, Unit

UNITS, PEOPLE = Unit.__table__, Person.__table__
POSITIONS, APPOINTMENTS = Position.__table__, Appointment.__table__


def units_within(permission: str) -> sa.ColumnElement[bool] | None:
    """Return the predicate on units where the actor holds the permission; None for the whole regency."""
    reach = current().reach(permission)
    if reach.everywhere:
        return None
    parts: list[sa.ColumnElement[bool]] = []
    if reach.opds:
        parts.append(UNITS.c.opd_id.in_(sorted(reach.opds)))
    if reach.paths:
        parts.append(subtrees(reach.paths))
    return sa.or_(*parts) if parts else sa.false()


def people_within(permission: str) -> sa.ColumnElement[bool] | None:
    """Return the predicate on people whom the actor reaches; None for all.

    A person belongs to the units of the posts held today or later, and without such to that of the last one held: who
    moved away is no longer the old unit's, who left is still found there.
    """
    clause = units_within(permission)
    return None if clause is None else people_of(clause)


def people_of(units: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """Return the predicate on people who belong to the units of the predicate."""
    held = APPOINTMENTS.join(POSITIONS, POSITIONS.c.id == APPOINTMENTS.c.position_id).join(
        UNITS, UNITS.c.id == POSITIONS.c.unit_id
    )
    present = sa.or_(APPOINTMENTS.c.ends_on.is_(None), APPOINTMENTS.c.ends_on >= clock.today())
    other = APPOINTMENTS.alias("other")
    later = sa.exists().where(
        other.c.person_id == APPOINTMENTS.c.person_id,
        sa.tuple_(sa.func.coalesce(other.c.ends_on, FOREVER), other.c.id)
        > sa.tuple_(sa.func.coalesce(APPOINTMENTS.c.ends_on, FOREVER), APPOINTMENTS.c.id),
    )
    mine = sa.select(APPOINTMENTS.c.person_id).select_from(held).where(units, sa.or_(present, ~later))
    return PEOPLE.c.id.in_(mine)


FOREVER = sa.literal(date.max, sa.Date())


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
