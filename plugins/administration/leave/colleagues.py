"""Who may stand in: people who hold a post in the same unit or right above and below it."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from superapp.api import Appointment, Invalid, Person, Position, Unit, current_actor, run, today
from superapp.api import _ as words

MOST = 200
"""People offered at most."""


def around() -> list[tuple[str, str]]:
    """Return the colleagues of the actor's hat as (id, name), by name."""
    actor = current_actor()
    own = sa.select(Unit.parent_id).where(Unit.id == actor.unit_id).scalar_subquery()
    near = sa.or_(Unit.id == actor.unit_id, Unit.parent_id == actor.unit_id, Unit.id == own)
    held = sa.and_(
        Appointment.starts_on <= today(), sa.or_(Appointment.ends_on.is_(None), Appointment.ends_on >= today())
    )
    query = (
        sa.select(Person.id, Person.name, Person.sort_name)
        .join(Appointment, Appointment.person_id == Person.id)
        .join(Position, Position.id == Appointment.position_id)
        .join(Unit, Unit.id == Position.unit_id)
        .where(near, Unit.opd_id == actor.opd_id, held, Person.active, Person.id != actor.person_id)
        .distinct()
        .order_by(Person.sort_name, Person.id)
        .limit(MOST)
    )
    return [(str(row.id), row.name) for row in run(query)]


def chosen(text: str) -> UUID | None:
    """Return the colleague that a form names, None for nobody; Invalid for anybody else."""
    if not text:
        return None
    if text not in {key for key, _name in around()}:
        raise Invalid(words("Pilih salah satu dari daftar."), field="deputy_id")
    return UUID(text)
