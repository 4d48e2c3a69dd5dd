"""The two stamps that let every worker see a change of authority or modules at its next request."""

from __future__ import annotations

import sqlalchemy as sa

from superapp.kernel.database import run
from superapp.kernel.ports import Stamps
from superapp.kernel.prepared import Prepared
from superapp.kernel.tables import stamp

_READ = Prepared(sa.select(stamp.c.access, stamp.c.plugins).where(stamp.c.id == 1))


def read() -> Stamps:
    """Return the stamps as stored now (one statement on the session's connection)."""
    row = _READ.one({})
    return Stamps(access=row.access, plugins=row.plugins)


def raise_access() -> None:
    """Mark a change of grants, roles, appointments or units; call it in the transaction of the change."""
    run(sa.update(stamp).where(stamp.c.id == 1).values(access=stamp.c.access + 1))


def raise_plugins() -> None:
    """Mark a change of modules or settings; call it in the transaction of the change."""
    run(sa.update(stamp).where(stamp.c.id == 1).values(plugins=stamp.c.plugins + 1))
