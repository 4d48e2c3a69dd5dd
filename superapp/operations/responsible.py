"""Who answers for the installation: those who may repair it everywhere."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.access.rights import EVERYTHING
from superapp.access.tables import grant, role_permission
from superapp.kernel import clock
from superapp.kernel.database import run
from superapp.organization.models import Appointment, Unit

REPAIR = "admin.repair"
_UNIT = Unit.__table__
_POST, _BOUND = Appointment.__table__.alias("post"), Appointment.__table__.alias("bound")


def people() -> list[UUID]:
    """Return the people who hold the repair centre's right for the whole regency today."""
    return list(run(_query(clock.today())).scalars())


def _query(today: date) -> sa.Select[tuple[UUID]]:
    joined = (
        grant.join(_UNIT, _UNIT.c.id == grant.c.unit_id)
        .outerjoin(role_permission, role_permission.c.role == grant.c.role)
        .outerjoin(_POST, sa.and_(_POST.c.position_id == grant.c.position_id, _lasts(_POST, today)))
        .outerjoin(_BOUND, _BOUND.c.id == grant.c.appointment_id)
    )
    who = sa.func.coalesce(grant.c.person_id, _POST.c.person_id)
    what = sa.func.coalesce(grant.c.permission, role_permission.c.permission)
    bound = sa.or_(grant.c.appointment_id.is_(None), _lasts(_BOUND, today))
    return (
        sa.select(who)
        .select_from(joined)
        .where(what.in_((REPAIR, EVERYTHING)), _UNIT.c.parent_id.is_(None), _lasts(grant, today), bound)
        .where(who.is_not(None))
        .distinct()
    )


def _lasts(period: Any, today: date) -> sa.ColumnElement[bool]:
    return sa.and_(period.c.starts_on <= today, sa.or_(period.c.ends_on.is_(None), period.c.ends_on >= today))
