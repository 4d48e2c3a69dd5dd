"""The working week of an office: its own, else that of the unit above it."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from superapp.kernel.database import run
from superapp.organization import tree
from superapp.organization.models import Unit
from superapp.shared.agenda.working_time import FIVE_DAYS, SIX_DAYS, Week

U = Unit.__table__.c
WEEKS = {"five": FIVE_DAYS, "six": SIX_DAYS}


def week_of(unit_id: UUID) -> Week:
    """Return the working week of a unit: that of the nearest unit above that has one of its own, else five days."""
    path = run(sa.select(U.path).where(U.id == unit_id)).scalar()
    if path is None:
        return FIVE_DAYS
    nearest = (
        sa.select(U.week)
        .where(U.number.in_(tree.ancestors(path)), U.week != "")
        .order_by(sa.func.length(U.path).desc())
        .limit(1)
    )
    return WEEKS.get(str(run(nearest).scalar() or ""), FIVE_DAYS)
