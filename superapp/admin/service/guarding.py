"""No reaching up: who administers a unit must not come by special rights through the people and posts of it."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from superapp.access.actor import current
from superapp.access.rights import is_sensitive
from superapp.access.tables import grant, role_permission
from superapp.kernel import clock
from superapp.kernel.database import run
from superapp.kernel.errors import Refused
from superapp.kernel.language import gettext as _
from superapp.login.activation import sensitive_among


def person(person_id: UUID, permission: str = "admin.people") -> None:
    """Refuse changes to data and account of a person with special rights, unless by an admin of the whole regency.

    An e-mail address resets a password, so who may change it may become that person.
    """
    actor = current()
    if actor.reach(permission).everywhere or person_id == actor.person_id:
        return
    if sensitive_among([person_id]):
        raise Refused(_("Pegawai ini punya hak khusus. Perubahannya lewat admin kabupaten."))


def position(position_id: UUID, permission: str = "admin.people") -> None:
    """Refuse to fill a post that brings special rights, unless by an admin of the whole regency."""
    if current().reach(permission).everywhere:
        return
    day = clock.today()
    held = sa.func.coalesce(grant.c.permission, role_permission.c.permission)
    query = (
        sa.select(held)
        .select_from(grant.outerjoin(role_permission, role_permission.c.role == grant.c.role))
        .where(grant.c.position_id == position_id, sa.or_(grant.c.ends_on.is_(None), grant.c.ends_on >= day))
    )
    if any(is_sensitive(one) for one in run(query).scalars() if one):
        raise Refused(_("Jabatan ini membawa hak khusus. Pengisiannya lewat admin kabupaten."))
