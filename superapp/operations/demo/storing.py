"""Writing the demo's units, posts and people in bulk: the same rows as the services make, many at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.kernel import ids
from superapp.kernel.database import run
from superapp.kernel.tables import counter
from superapp.operations.demo.filling import Staffing
from superapp.operations.demo.structure import ROOT, Structure
from superapp.organization.models import Appointment, Person, Position, Unit

BATCH = 500


@dataclass(frozen=True)
class Stored:
    """The ids of what was written: units by code, posts by key, people in order."""

    units: Mapping[str, UUID]
    opds: Mapping[str, UUID]
    posts: Mapping[str, UUID]
    people: Sequence[UUID] = field(kw_only=True)


def store(structure: Structure, staffing: Staffing) -> Stored:
    """Write units, posts, people and appointments into an empty database; inside a command."""
    units, opds = _store_units(structure)
    posts = _store_posts(staffing, units)
    people = [ids.uuid7() for _ in staffing.people]
    insert(Person, _people(staffing, people))
    insert(Appointment, _appointments(staffing, posts, people))
    return Stored(units, opds, posts, people=people)


def insert(model: type[Any], rows: Iterator[dict[str, Any]]) -> None:
    """Insert rows in batches, as Core statements."""
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            run(sa.insert(model), batch)
            batch = []
    if batch:
        run(sa.insert(model), batch)


def _store_units(structure: Structure) -> tuple[dict[str, UUID], dict[str, UUID]]:
    own: dict[str, UUID] = {unit.code: ids.uuid7() for unit in structure.units}
    opds: dict[str, UUID] = {}
    paths: dict[str, str] = {}
    rows = []
    for number, unit in enumerate(structure.units, 1):
        paths[unit.code] = f"{paths.get(unit.parent, '/')}{number}/"
        opds[unit.code] = own[unit.code] if unit.is_opd else opds[unit.parent]
        rows.append(
            {
                "id": own[unit.code],
                "number": number,
                "code": unit.code,
                "name": unit.name,
                "short_name": unit.short_name,
                "kind": unit.kind,
                "parent_id": own.get(unit.parent),
                "path": paths[unit.code],
                "opd_id": opds[unit.code],
                "is_opd": unit.is_opd,
                "region_code": unit.region_code,
                "note": unit.note,
            }
        )
    insert(Unit, iter(rows))
    return own, opds


def _store_posts(staffing: Staffing, units: Mapping[str, UUID]) -> dict[str, UUID]:
    own: dict[str, UUID] = {post.key: ids.uuid7() for post in staffing.posts}
    supervised = sorted(staffing.posts, key=lambda post: bool(post.supervisor))  # supervisors first
    insert(
        Position,
        (
            {
                "id": own[post.key],
                "unit_id": units[post.unit],
                "title": post.title,
                "kind": post.kind,
                "grade": post.grade,
                "is_head": post.is_head,
                "supervisor_id": own.get(post.supervisor),
            }
            for post in supervised
        ),
    )
    return own


def _people(staffing: Staffing, people: Sequence[UUID]) -> Iterator[dict[str, Any]]:
    numbered = 0
    for own, person in zip(people, staffing.people, strict=True):
        numbered += person.nip is None
        yield {
            "id": own,
            "nip": person.nip,
            "staff_number": None if person.nip else f"NP{numbered:06d}",
            "name": person.name,
            "title_before": person.title_before,
            "title_after": person.title_after,
            "sort_name": person.sort_name,
            "employment": person.employment,
            "rank_code": person.rank_code,
            "rank_since": person.rank_since,
            "birth_date": person.birth_date,
            "sex": person.sex,
            "phone": person.phone,
            "email": person.email,
        }
    run(sa.delete(counter).where(counter.c.scope == "staff"))
    run(sa.insert(counter).values(scope="staff", period="all", value=numbered))


def _appointments(staffing: Staffing, posts: Mapping[str, UUID], people: Sequence[UUID]) -> Iterator[dict[str, Any]]:
    for held in staffing.held:
        yield {
            "id": ids.uuid7(),
            "person_id": people[held.person],
            "position_id": posts[held.post],
            "kind": held.kind,
            "starts_on": held.starts_on,
            "ends_on": held.ends_on,
        }


def is_empty() -> bool:
    """Tell whether the database holds no unit and no person."""
    return not any(run(sa.select(model.__table__.c.id).limit(1)).first() for model in (Unit, Person))


__all__ = ["ROOT", "Stored", "insert", "is_empty", "store"]
