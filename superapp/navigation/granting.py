"""Who can grant a right: the people whose right to manage roles reaches a unit, by post."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.access import grants
from superapp.access.holders import granted
from superapp.access.rights import EVERYTHING
from superapp.access.tables import grant
from superapp.kernel import clock
from superapp.kernel.database import run
from superapp.organization import tree
from superapp.organization.appointments import held, label
from superapp.organization.models import Appointment, Person, Position, Unit

GRANTS = grants.PERMISSION
A, N, P, U = Appointment.__table__.c, Person.__table__.c, Position.__table__.c, Unit.__table__.c


@dataclass(frozen=True)
class Keeper:
    """Somebody who holds a permission at a unit: by his post, or as a person."""

    name: str
    post: str = field(default="", kw_only=True)
    unit_name: str = field(default="", kw_only=True)
    person_id: UUID = field(kw_only=True)
    position_id: UUID | None = field(default=None, kw_only=True)


def keepers(permission: str, unit_id: UUID | None = None, *, but: UUID | None = None) -> Sequence[Keeper]:
    """Return who holds a permission at a unit today; without a unit, who holds it anywhere.

    `but` is a person left out, the one who asks. Those who hold everything (the role admin) are asked only when nobody
    else is there.
    """
    path = run(sa.select(U.path).where(U.id == unit_id)).scalar() if unit_id else None
    rows = run(_query(permission, path)).all()
    special = _named([row for row in rows if row.permission != EVERYTHING], but)
    return special or _named(rows, but)


def _named(rows: Sequence[Any], but: UUID | None) -> list[Keeper]:
    found = [
        *_holders({row.position_id for row in rows if row.position_id}),
        *_persons({row.person_id for row in rows if row.person_id}),
    ]
    return [keeper for keeper in found if keeper.person_id != but]


def _query(permission: str, path: str | None) -> sa.Select[tuple[UUID | None, UUID | None, str]]:
    query = granted(permission).order_by(sa.func.length(U.path).desc(), grant.c.id)
    return query if path is None else query.where(U.number.in_(tree.ancestors(path)))


_POSTS = (
    sa.select(A.person_id, A.position_id, A.kind, N.name, P.title, U.name.label("unit"))
    .select_from(
        Appointment.__table__.join(Person.__table__, N.id == A.person_id)
        .join(Position.__table__, P.id == A.position_id)
        .join(Unit.__table__, U.id == P.unit_id)
    )
    .order_by(A.starts_on, A.id)
)


def _holders(position_ids: set[UUID]) -> list[Keeper]:
    if not position_ids:
        return []
    rows = run(_POSTS.where(A.position_id.in_(position_ids), held(clock.today())))
    return [
        Keeper(
            row.name,
            post=label(row.title, row.kind),
            unit_name=row.unit,
            person_id=row.person_id,
            position_id=row.position_id,
        )
        for row in rows
    ]


def _persons(person_ids: set[UUID]) -> list[Keeper]:
    if not person_ids:
        return []
    posts = {row.person_id: row for row in run(_POSTS.where(A.person_id.in_(person_ids), held(clock.today())))}
    names = run(sa.select(N.id, N.name).where(N.id.in_(person_ids), N.active).order_by(N.sort_name))
    return [
        Keeper(
            row.name,
            post=label(posts[row.id].title, posts[row.id].kind) if row.id in posts else "",
            unit_name=posts[row.id].unit if row.id in posts else "",
            person_id=row.id,
        )
        for row in names
    ]
