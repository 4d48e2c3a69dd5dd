"""Who may stand in: people who hold a post in the same unit or right above and below it."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import sqlalchemy as sa

from superapp.api import (
    Appointment,
    Deputy,
    Invalid,
    Person,
    Position,
    Unit,
    current_actor,
    db,
    propose_deputy,
    run,
    today,
)
from superapp.api import _ as words

MOST = 200
"""People offered at most."""
PROPOSED = "auto"
"""What the form sends for whom the app proposes."""


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


def heads() -> bool:
    """Tell whether the actor's post heads its unit, so that somebody stands in for it."""
    position_id = current_actor().position_id
    post = db.session.get(Position, position_id) if position_id else None
    return post is not None and post.is_head


def proposed(first: date, last: date) -> Deputy | None:
    """Return who could stand in for the actor's post, None when it heads nothing or nobody is free."""
    position_id = current_actor().position_id
    return propose_deputy(position_id, first, last) if position_id and heads() else None


def chosen(text: str, first: date, last: date) -> UUID | None:
    """Return the colleague that a form names for these days, None for nobody; Invalid for anybody else."""
    if text == PROPOSED:
        free = proposed(first, last)
        return free.person_id if free else None
    if not text:
        return None
    if text not in {key for key, _name in around()}:
        raise Invalid(words("Pilih salah satu dari daftar."), field="deputy_id")
    return UUID(text)
