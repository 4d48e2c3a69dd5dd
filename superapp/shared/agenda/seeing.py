"""Who reads what of an agenda: its owner all, heads the work of their people, everybody else that somebody is busy."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.access.actor import Actor
from superapp.kernel.database import run
from superapp.kernel.language import gettext as _
from superapp.organization.appointments import held
from superapp.organization.models import Appointment, Position, Unit

A, P, U = Appointment.__table__.c, Position.__table__.c, Unit.__table__.c


def heads(actor: Actor, person_id: UUID, on: Any) -> bool:
    """Tell whether the actor heads the unit of a person, or one above it, on a day."""
    mine, upper = Position.__table__.alias(), Unit.__table__.alias()
    holding = Appointment.__table__.alias()
    bare: sa.ColumnElement[str] = sa.func.substr(upper.c.path, 1, sa.func.length(upper.c.path) - 1)
    below = sa.and_(U.path >= upper.c.path, U.path < bare.concat("0"))
    query = (
        sa.select(P.id)
        .select_from(
            Appointment.__table__.join(Position.__table__, P.id == A.position_id)
            .join(Unit.__table__, U.id == P.unit_id)
            .join(upper, below)
            .join(mine, sa.and_(mine.c.unit_id == upper.c.id, mine.c.is_head))
            .join(holding, holding.c.position_id == mine.c.id)
        )
        .where(A.person_id == person_id, held(on), holding.c.person_id == actor.person_id)
        .where(holding.c.starts_on <= on, sa.or_(holding.c.ends_on.is_(None), holding.c.ends_on >= on))
        .limit(1)
    )
    return run(query).first() is not None


def title_for(row: Any, actor: Actor, *, heads_owner: bool) -> str:
    """Return an entry's title as the actor may read it, or "Sibuk".

    Personal entries (those of no module) and hidden ones are their owner's alone.
    """
    if row.person_id == actor.person_id or (heads_owner and row.module and not row.hidden):
        return str(row.title)
    return _("Sibuk")
