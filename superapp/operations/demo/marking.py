"""The mark of a demo data set."""

from __future__ import annotations

import sqlalchemy as sa

from superapp.extensions import db
from superapp.kernel.database import run
from superapp.kernel.tables import setting

MARK = ("core", "demo")
"""The setting that marks a demo data set."""


_MARK = sa.select(setting.c.value).where(setting.c.owner == MARK[0], setting.c.name == MARK[1])


def is_demo() -> bool:
    """Tell whether the database holds the demo data set (one statement)."""
    return bool(run(_MARK).scalar())


def is_marked() -> bool:
    """Tell the same on a connection of its own: before a request or job has begun its transaction."""
    with db.engine.connect() as connection:
        return bool(connection.execute(_MARK).scalar())
