"""Gap-free numbers: a counter row per scope and period, taken inside the command's transaction."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from superapp.kernel import command
from superapp.kernel.database import run
from superapp.kernel.prepared import Prepared
from superapp.kernel.tables import counter


def next_number(scope: str, period: str) -> int:
    """Return the next number of a register (`scope`) in a period ("2026"), starting at 1.

    The row stays locked until the command ends: who comes next waits, and a refused command leaves no gap. Take the
    number late, at signing or registration, and put a unique index behind it. Raises RuntimeError outside a command.
    """
    command.current()
    if not scope or len(scope) > 160 or len(period) > 20:
        raise ValueError("a counter has a scope of 1 to 160 and a period of at most 20 characters")
    return int(_TAKE.one({"scope": scope, "period": period, "value": 1}).value)


def _taking(insert: Any) -> sa.Executable:
    more = {"value": counter.c.value + 1}
    taking: sa.Executable = (
        insert(counter).on_conflict_do_update(index_elements=["scope", "period"], set_=more).returning(counter.c.value)
    )
    return taking


_TAKE = Prepared(_taking)


def last_number(scope: str, period: str) -> int:
    """Return the last number given out, 0 when there is none."""
    query = sa.select(counter.c.value).where(counter.c.scope == scope, counter.c.period == period)
    return int(run(query).scalar() or 0)
