"""The working week of an office: its own, else that of the unit above it."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from superapp.kernel.database import run
from superapp.organization.models import Position, Unit
from superapp.shared.agenda.weeks import Week, five_days, six_days

P, U = Position.__table__.c, Unit.__table__.c
_ABOVE = Unit.__table__.alias("above")
_NEAREST = (
    sa.select(_ABOVE.c.week)
    .where(_ABOVE.c.week != "", sa.func.substr(U.path, 1, sa.func.length(_ABOVE.c.path)) == _ABOVE.c.path)
    .order_by(sa.func.length(_ABOVE.c.path).desc())
    .limit(1)
)
_OF_UNIT = _NEAREST.where(U.id == sa.bindparam("unit"))
_OF_POSITION = _NEAREST.where(U.id == P.unit_id, P.id == sa.bindparam("position"))


def week_of(unit_id: UUID) -> Week:
    """Return the working week of a unit: that of the nearest unit above that has one of its own, else five days."""
    return _week(run(_OF_UNIT, {"unit": unit_id}).scalar())


def week_of_position(position_id: UUID | None) -> Week:
    """Return the working week of the office that a position is in; five days without a position (one statement)."""
    return _week(run(_OF_POSITION, {"position": position_id}).scalar() if position_id else None)


def _week(kind: str | None) -> Week:
    return six_days() if kind == "six" else five_days()
