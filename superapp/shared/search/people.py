"""People and units in the index: written when they change, or all at once after an import."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.kernel import clock
from superapp.kernel.database import run
from superapp.organization import changes
from superapp.organization.appointments import held, label
from superapp.organization.models import Appointment, Person, Position, Unit
from superapp.shared.search.documents import SIGNED_IN, Document, index_many, remove

PERSON, UNIT = "core_person", "core_unit"
A, N, P, U = Appointment.__table__.c, Person.__table__.c, Position.__table__.c, Unit.__table__.c
PART = 500
"""People per statement: SQLite takes 32,766 values at most, and memory stays small."""
_PEOPLE = sa.select(N.id, N.name, N.title_before, N.title_after, N.active)
_POSTS = (
    sa.select(A.person_id, A.kind, P.title, U.name.label("unit"), U.short_name)
    .select_from(
        Appointment.__table__.join(Position.__table__, P.id == A.position_id).join(Unit.__table__, U.id == P.unit_id)
    )
    .order_by(A.starts_on, A.id)
)
_UNITS = sa.select(U.id, U.name, U.short_name, U.code, U.kind, U.valid_to)


def index_people(person_ids: Iterable[UUID]) -> None:
    """Write people into the index, or take them out when they have left; in the present transaction."""
    wanted = list(person_ids)
    for start in range(0, len(wanted), PART):
        _index_people(wanted[start : start + PART])


def _index_people(wanted: list[UUID]) -> None:
    posts: dict[UUID, list[str]] = {}
    for row in run(_POSTS.where(A.person_id.in_(wanted), held(clock.today()))):
        words = f"{label(row.title, row.kind)}, {row.unit}" + (f" ({row.short_name})" if row.short_name else "")
        posts.setdefault(row.person_id, []).append(words)
    rows = run(_PEOPLE.where(N.id.in_(wanted))).all()
    index_many(_person(row, posts.get(row.id, [])) for row in rows if row.active)
    remove(PERSON, [row.id for row in rows if not row.active])


def _person(row: Any, posts: list[str]) -> Document:
    before = f"{row.title_before} " if row.title_before else ""
    title = f"{before}{row.name}" + (f", {row.title_after}" if row.title_after else "")
    return Document(
        PERSON,
        row.id,
        title=title,
        body="; ".join(posts),
        url=f"/people/{row.id}",
        kind="person",
        permission=SIGNED_IN,
    )


def index_units(unit_ids: Iterable[UUID]) -> None:
    """Write units into the index, or take them out when they are closed; in the present transaction."""
    wanted = list(unit_ids)
    for start in range(0, len(wanted), PART):
        rows = run(_UNITS.where(U.id.in_(wanted[start : start + PART]))).all()
        closed = [row.id for row in rows if row.valid_to is not None and row.valid_to < clock.today()]
        index_many(_unit(row) for row in rows if row.id not in closed)
        remove(UNIT, closed)


def _unit(row: Any) -> Document:
    body = " ".join(filter(None, (row.short_name, row.code)))
    return Document(UNIT, row.id, title=row.name, body=body, url=f"/units/{row.id}", kind="unit", permission=SIGNED_IN)


def everyone(after: UUID | None = None) -> Iterator[list[UUID]]:
    """Yield the ids of all people (of those behind `after`) in parts, for jobs that index everything."""
    while True:
        query = sa.select(N.id).order_by(N.id).limit(PART)
        part = list(run(query.where(N.id > after) if after else query).scalars())
        if not part:
            return
        yield part
        after = part[-1]


def index_all() -> int:
    """Write all people and units into the index in the present transaction; return how many."""
    count = 0
    for part in everyone():
        index_people(part)
        count += len(part)
    units = list(run(sa.select(U.id)).scalars())
    index_units(units)
    return count + len(units)


def _on_person(change: changes.Change) -> None:
    assert isinstance(change, changes.PersonChanged)
    index_people([change.person_id])


def _on_unit(change: changes.Change) -> None:
    assert isinstance(change, changes.UnitChanged)
    index_units([change.unit_id])


def listen() -> None:
    """Keep the index true to every change of people and units."""
    changes.listen(changes.PersonChanged, _on_person)
    changes.listen(changes.UnitChanged, _on_unit)
