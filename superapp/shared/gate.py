"""The gate of modules over shared rows: tasks, notices and search hits of a module that is off do not show."""

from __future__ import annotations

import sqlalchemy as sa

from superapp.plugin.tables import module, module_opd, pause


def module_on(table: sa.FromClause) -> sa.ColumnElement[bool]:
    """Return the predicate for rows whose `module` is on for their `opd_id`; rows of the core always are.

    In SQL alone, so that counts, lists and search agree and the session's statement can use it.
    """
    enabled = sa.exists().where(module.c.name == table.c.module, module.c.enabled, module.c.fault == "")
    off_here = sa.exists().where(module_opd.c.plugin == table.c.module, module_opd.c.opd_id == table.c.opd_id)
    paused = sa.exists().where(pause.c.plugin == table.c.module, pause.c.contribution == "")
    return sa.or_(table.c.module == "", sa.and_(enabled, ~off_here, ~paused))
