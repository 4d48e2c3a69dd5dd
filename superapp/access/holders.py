"""Who holds a permission: the grants that count today, whoever they name."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from superapp.access.rights import EVERYTHING
from superapp.access.tables import grant, role_permission
from superapp.kernel import clock
from superapp.organization.appointments import held
from superapp.organization.models import Appointment, Unit

_G, _R = grant.c, role_permission.c
_A, _U = Appointment.__table__.c, Unit.__table__.c


def granted(permission: str) -> sa.Select[tuple[UUID | None, UUID | None, str]]:
    """Return the query of the grants of a permission, or of everything, that count today.

    Its columns are `position_id`, `person_id` (one of the two is filled) and `permission`; the grant's unit is joined
    for further conditions. A grant bound to an appointment counts as long as that lasts.
    """
    name, today = sa.func.coalesce(_G.permission, _R.permission), clock.today()
    return (
        sa.select(_G.position_id, _G.person_id, name.label("permission"))
        .select_from(
            grant.join(Unit.__table__, _U.id == _G.unit_id)
            .outerjoin(role_permission, _R.role == _G.role)
            .outerjoin(Appointment.__table__, _A.id == _G.appointment_id)
        )
        .where(
            name.in_([permission, EVERYTHING]),
            _G.starts_on <= today,
            sa.or_(_G.ends_on.is_(None), _G.ends_on >= today),
            sa.or_(_G.appointment_id.is_(None), held(today)),
        )
    )
