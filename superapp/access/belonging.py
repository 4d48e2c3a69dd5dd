"""Units and people within a reach: whom somebody's right covers, where rows name a person rather than a unit."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from superapp.access.rights import Reach
from superapp.access.scope import subtrees
from superapp.kernel import clock
from superapp.organization.models import Appointment, Person, Position, Unit

_UNITS, _PEOPLE = Unit.__table__, Person.__table__
_POSITIONS, _APPOINTMENTS = Position.__table__, Appointment.__table__
_FOREVER = sa.literal(date.max, sa.Date())


def units_of(reach: Reach) -> sa.ColumnElement[bool] | None:
    """Return the predicate on units within a reach; None for the whole regency."""
    if reach.everywhere:
        return None
    parts: list[sa.ColumnElement[bool]] = []
    if reach.opds:
        parts.append(_UNITS.c.opd_id.in_(sorted(reach.opds)))
    if reach.paths:
        parts.append(subtrees(reach.paths))
    return sa.or_(*parts) if parts else sa.false()


def people_in(reach: Reach) -> sa.ColumnElement[bool] | None:
    """Return the predicate on people within a reach; None for all."""
    clause = units_of(reach)
    return None if clause is None else people_of(clause)


def people_of(units: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """Return the predicate on people who belong to the units of the predicate.

    A person belongs to the units of the posts held today or later, and without such to that of the last one held: who
    moved away is no longer the old unit's, who left is still found there.
    """
    held = _APPOINTMENTS.join(_POSITIONS, _POSITIONS.c.id == _APPOINTMENTS.c.position_id).join(
        _UNITS, _UNITS.c.id == _POSITIONS.c.unit_id
    )
    present = sa.or_(_APPOINTMENTS.c.ends_on.is_(None), _APPOINTMENTS.c.ends_on >= clock.today())
    other = _APPOINTMENTS.alias("other")
    later = sa.exists().where(
        other.c.person_id == _APPOINTMENTS.c.person_id,
        sa.tuple_(sa.func.coalesce(other.c.ends_on, _FOREVER), other.c.id)
        > sa.tuple_(sa.func.coalesce(_APPOINTMENTS.c.ends_on, _FOREVER), _APPOINTMENTS.c.id),
    )
    mine = sa.select(_APPOINTMENTS.c.person_id).select_from(held).where(units, sa.or_(present, ~later))
    return _PEOPLE.c.id.in_(mine)
