"""What access contributes to the app: grants end with appointments and with their module; its pages are in admin."""

from __future__ import annotations

import sqlalchemy as sa

from superapp.access import grants, parties, roles
from superapp.access.tables import grant, role_permission
from superapp.kernel import ports, stamps
from superapp.kernel.database import run
from superapp.plugin.contributions import LifecycleChange
from superapp.plugin.hookspecs import hookimpl
from superapp.plugin.serving.admission import party_check

ports.standing_data["roles"] = roles.ensure_built_in
party_check.fill(parties.is_party)

__all__ = ["grants"]


@hookimpl
def superapp_lifecycle(change: LifecycleChange) -> None:
    """Take the permissions of a module that is uninstalled out of roles and grants."""
    if change.change != "uninstalled":
        return
    for table in (grant, role_permission):
        run(sa.delete(table).where(table.c.permission.startswith(f"{change.plugin}.")))
    stamps.raise_access()
