"""Positions: the posts of a unit, their supervisors, and which of them are vacant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.extensions import db
from superapp.kernel import clock, command, stamps
from superapp.kernel.database import run
from superapp.kernel.errors import Invalid, NotFound, Refused
from superapp.kernel.language import N_
from superapp.kernel.language import gettext as _
from superapp.kernel.values import changed, checked
from superapp.organization import kinds, tree
from superapp.organization.models import Appointment, Position, Unit

ADDED = N_("{actor} menambah jabatan {position} di {unit}")
CHANGED = N_("{actor} mengubah jabatan {position} di {unit}")
CLOSED = N_("{actor} menghapus jabatan {position} per {day}")

P, A, U = Position.__table__.c, Appointment.__table__.c, Unit.__table__.c


def position(position_id: UUID) -> Position:
    """Return a position; raises NotFound."""
    found = db.session.get(Position, position_id)
    if found is None:
        raise NotFound(_("Jabatan ini tidak ada."))
    return found


def valid(on: date) -> sa.ColumnElement[bool]:
    """Return the predicate for positions that exist on a day."""
    begun = sa.or_(P.valid_from.is_(None), P.valid_from <= on)
    return sa.and_(begun, sa.or_(P.valid_to.is_(None), P.valid_to >= on))


def add(unit: Unit, title: str, *, kind: str, **values: Any) -> Position:
    """Add a post to a unit and return it; inside a command.

    `values`: grade, is_head, supervisor_id, siasn_id, valid_from. A unit has one head. Raises Invalid.
    """
    command.current()
    clean = checked(Position, {"unit_id": unit.id, "title": title, "kind": kind, **values})
    _check(clean, unit.id, None)
    made = Position(**clean)
    db.session.add(made)
    db.session.flush()
    stamps.raise_access()
    _about(made, unit)
    return made


def change(found: Position, version: int | None, **values: Any) -> Position:
    """Change a post; inside a command. Raises Stale, Invalid; a ring of supervisors is refused."""
    command.current()
    _check(values, found.unit_id, found.id)
    fresh = changed(found, version, values)
    stamps.raise_access()
    _about(found, tree.unit(found.unit_id), **{name: str(value) for name, value in fresh.items()})
    return found


def close(found: Position, version: int | None, on: date) -> Position:
    """Abolish a post: `on` is its last day; inside a command. Raises Refused while somebody holds it beyond."""
    command.current()
    later = sa.or_(A.ends_on.is_(None), A.ends_on > on)
    if run(sa.select(A.id).where(A.position_id == found.id, later).limit(1)).first():
        raise Refused(_("Jabatan masih diisi sesudah tanggal itu. Akhiri dulu."))
    changed(found, version, {"valid_to": on})
    stamps.raise_access()
    _about(found, tree.unit(found.unit_id), day=on.isoformat())
    return found


def _check(values: dict[str, Any], unit_id: UUID, own_id: UUID | None) -> None:
    if "kind" in values and values["kind"] not in kinds.POSITIONS:
        raise Invalid(_("Pilih jenis jabatan dari daftar."), field="kind")
    if values.get("is_head") and _other_head(unit_id, own_id):
        raise Invalid(_("Unit ini sudah punya jabatan pimpinan."), field="is_head")
    if own_id is not None and values.get("supervisor_id") is not None:
        _refuse_ring(own_id, values["supervisor_id"])


def _other_head(unit_id: UUID, own_id: UUID | None) -> bool:
    query = sa.select(P.id).where(P.unit_id == unit_id, P.is_head, valid(clock.today()))
    return any(found != own_id for found in run(query).scalars())


def _refuse_ring(own_id: UUID, supervisor_id: Any) -> None:
    above: UUID | None = supervisor_id if isinstance(supervisor_id, UUID) else UUID(str(supervisor_id))
    seen = {own_id}
    while above is not None:
        if above in seen:
            raise Invalid(_("Atasan tidak boleh berputar kembali ke jabatan ini."), field="supervisor_id")
        seen.add(above)
        above = run(sa.select(P.supervisor_id).where(P.id == above)).scalar()


def vacant(on: date | None = None, *, path: str = "/", heads_only: bool = False) -> Sequence[Any]:
    """Return the posts of a subtree that nobody holds on a day, not even acting.

    Rows of id, title, unit_id, unit_name, grade, is_head, by unit and title.
    """
    on = on or clock.today()
    held = sa.select(A.position_id).where(A.starts_on <= on, sa.or_(A.ends_on.is_(None), A.ends_on >= on))
    query = (
        sa.select(P.id, P.title, P.unit_id, U.name.label("unit_name"), P.grade, P.is_head)
        .select_from(Position.__table__.join(Unit.__table__, U.id == P.unit_id))
        .where(valid(on), tree.within(path), P.id.not_in(held))
        .order_by(U.path, P.title)
    )
    return run(query.where(P.is_head) if heads_only else query).all()


def _about(found: Position, unit: Unit, **values: Any) -> None:
    names = {"position": found.title, "unit": unit.name}
    command.current().about("core_position", found.id, opd_id=unit.opd_id, **(values | names))
