"""Standing in: what was delegated to a person today, and which records he reads because he decides on them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from superapp.access.actor import Actor
from superapp.access.rights import Delegated
from superapp.access.tables import party
from superapp.kernel.prepared import Prepared
from superapp.shared.tables.work import task
from superapp.shared.tables.workflow import delegation

D, R, T = delegation.c, party.c, task.c
_GIVEN = Prepared(
    sa.select(D.position_id, D.kind).where(
        D.person_id == sa.bindparam("person"), D.starts_on <= sa.bindparam("day"), D.ends_on >= sa.bindparam("day")
    )
)


def delegated_to(person_id: UUID, day: date) -> Sequence[Delegated]:
    """Return what was delegated to a person on a day (one statement)."""
    return [Delegated(row.position_id, row.kind) for row in _GIVEN.all({"person": person_id, "day": day})]


def reads(actor: Actor) -> sa.ColumnElement[bool]:
    """Return the predicate for the parties whose records an actor reads because their decision was delegated to him.

    He reads what waits for his decision, and what he decided so; it ends with the delegation.
    """
    return sa.or_(*(_of(one, actor) for one in actor.rights.delegated))


def _of(one: Delegated, actor: Actor) -> sa.ColumnElement[bool]:
    kind = T.kind == one.kind if one.kind else sa.true()
    his = sa.or_(T.closed_at.is_(None), T.closed_by == actor.person_id)
    tasks = sa.exists().where(
        T.record_type == R.record_type, T.record_id == R.record_id, T.position_id == one.position_id, kind, his
    )
    return sa.and_(R.position_id == one.position_id, tasks)
