"""The mark of a demo data set."""

from __future__ import annotations

import sqlalchemy as sa

from superapp.kernel.database import run
from superapp.kernel.tables import setting

MARK = ("core", "demo")
"""The setting that marks a demo data set."""


def is_demo() -> bool:
    """Tell whether the database holds the demo data set (one statement)."""
    mark = sa.select(setting.c.value).where(setting.c.owner == MARK[0], setting.c.name == MARK[1])
    return bool(run(mark).scalar())
