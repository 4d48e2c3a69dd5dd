"""Who answers for the installation: those who may repair it everywhere."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from superapp.access.holders import granted
from superapp.kernel import clock
from superapp.kernel.database import run
from superapp.organization.appointments import held
from superapp.organization.models import Appointment, Unit

REPAIR = "admin.repair"
_POST = Appointment.__table__


def people() -> list[UUID]:
    """Return the people who hold the repair centre's right for the whole regency today."""
    found = granted(REPAIR).where(Unit.__table__.c.parent_id.is_(None)).subquery()
    joined = found.outerjoin(_POST, sa.and_(_POST.c.position_id == found.c.position_id, held(clock.today())))
    who = sa.func.coalesce(found.c.person_id, _POST.c.person_id)
    return list(run(sa.select(who).select_from(joined).where(who.is_not(None)).distinct()).scalars())
