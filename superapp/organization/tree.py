"""The tree of units: adding, renaming, moving and closing, with paths, OPDs and successors kept right."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.extensions import db
from superapp.kernel import clock, command, ids, stamps
from superapp.kernel.database import run
from superapp.kernel.errors import Invalid, NotFound, Refused
from superapp.kernel.language import N_
from superapp.kernel.language import gettext as _
from superapp.kernel.values import changed, checked
from superapp.organization import kinds
from superapp.organization.changes import UnitChanged, UnitsChangedOpd, tell
from superapp.organization.models import Appointment, Position, Unit

ADDED = N_("{actor} menambah unit {unit} di bawah {parent}")
CHANGED = N_("{actor} mengubah unit {unit}")
MOVED = N_("{actor} memindahkan unit {unit} ke bawah {parent}")
CLOSED = N_("{actor} menutup unit {unit} per {day}")
"""Words for the audit; `about` fills them."""

LONGEST_PATH = 255
U = Unit.__table__.c


def root() -> Unit:
    """Return the regency, the only unit without a parent; NotFound on an empty database."""
    found = db.session.scalar(sa.select(Unit).where(Unit.parent_id.is_(None)))
    if found is None:
        raise NotFound(_("Unit induk belum ada. Impor unit dulu."))
    return found


def unit(unit_id: UUID) -> Unit:
    """Return a unit; raises NotFound."""
    found = db.session.get(Unit, unit_id)
    if found is None:
        raise NotFound(_("Unit ini tidak ada."))
    return found


def by_code(code: str) -> Unit | None:
    """Return the unit with a code, in any letter case."""
    return db.session.scalar(sa.select(Unit).where(sa.func.upper(U.code) == code.strip().upper()))


def within(path: str) -> sa.ColumnElement[bool]:
    """Return the predicate for units of a subtree, as a range: SQLite scans on LIKE."""
    return sa.and_(U.path >= path, U.path < f"{path[:-1]}0")


def valid(on: date) -> sa.ColumnElement[bool]:
    """Return the predicate for units that exist on a day."""
    begun = sa.or_(U.valid_from.is_(None), U.valid_from <= on)
    return sa.and_(begun, sa.or_(U.valid_to.is_(None), U.valid_to >= on))


def ancestors(path: str) -> list[int]:
    """Return the numbers of a path from the root to the unit itself."""
    return [int(number) for number in path.strip("/").split("/")]


def add(code: str, name: str, *, kind: str, parent: Unit | None, **values: Any) -> Unit:
    """Add a unit below `parent` (None: the regency itself) and return it; inside a command.

    `values`: short_name, is_opd, region_code, valid_from, valid_to, note. Raises Invalid at `code`, `name`, `kind` …
    """
    command.current()
    _refuse_unknown_kind(kind)
    stamps.raise_access()  # locks the stamp: numbers are given out one after the other
    clean = checked(Unit, {"code": code.strip().upper(), "name": name, "kind": kind, **values}, partial=True)
    _refuse_empty(clean)
    if by_code(clean["code"]) is not None:
        raise Invalid(_("Kode unit ini sudah dipakai. Pilih kode lain."), field="code")
    number = next_number()
    own = ids.uuid7()
    path = f"{parent.path if parent else '/'}{number}/"
    if len(path) > LONGEST_PATH:
        raise Refused(_("Susunan unit terlalu dalam."))
    opd_id = own if clean.get("is_opd") or parent is None else parent.opd_id
    made = Unit(id=own, number=number, path=path, parent_id=parent.id if parent else None, opd_id=opd_id, **clean)
    db.session.add(made)
    db.session.flush()
    _about(made, parent=parent.name if parent else "")
    tell(UnitChanged(made.id))
    return made


def next_number() -> int:
    """Return the number of the next unit; safe only after the stamp is locked (raise_access)."""
    return int(run(sa.select(sa.func.coalesce(sa.func.max(U.number), 0))).scalar_one()) + 1


def change(found: Unit, version: int | None, **values: Any) -> Unit:
    """Change name, short name, kind, region, validity or note of a unit; inside a command. Raises Stale, Invalid."""
    command.current()
    if "kind" in values:
        _refuse_unknown_kind(values["kind"])
    forbidden = values.keys() & {"number", "path", "opd_id", "parent_id", "code"}
    if forbidden:
        raise TypeError(f"tree.change does not change {sorted(forbidden)}; use move")
    stamps.raise_access()
    fresh = changed(found, version, values)
    _about(found, **{name: str(value) for name, value in fresh.items()})
    tell(UnitChanged(found.id))
    return found


def move(found: Unit, version: int | None, parent: Unit) -> Unit:
    """Hang a unit with all below it under another; inside a command.

    Ids, codes and numbers stay. Parts that belonged to the old OPD belong to the new one, and rows of modules follow.
    Raises Refused when the new parent lies below the unit.
    """
    command.current()
    if found.parent_id is None:
        raise Refused(_("Unit induk kabupaten tidak dapat dipindahkan."))
    if parent.path.startswith(found.path):
        raise Refused(_("Unit tidak dapat dipindahkan ke bawah dirinya sendiri."))
    stamps.raise_access()
    before, after = found.path, f"{parent.path}{found.number}/"
    old_opd, new_opd = found.opd_id, found.id if found.is_opd else parent.opd_id
    changed(found, version, {"parent_id": parent.id})
    _move_paths(before, after)
    if old_opd != new_opd:
        _change_opd(after, old_opd, new_opd)
    db.session.refresh(found)
    _about(found, parent=parent.name)
    tell(UnitChanged(found.id))
    return found


def _move_paths(before: str, after: str) -> None:
    longest = run(sa.select(sa.func.max(sa.func.length(U.path))).where(within(before))).scalar_one()
    if longest - len(before) + len(after) > LONGEST_PATH:
        raise Refused(_("Susunan unit terlalu dalam."))
    moved = sa.literal(after).concat(sa.func.substr(U.path, len(before) + 1))
    run(sa.update(Unit).where(within(before)).values(path=moved))


def _change_opd(path: str, old: UUID, new: UUID) -> None:
    part = sa.and_(within(path), U.opd_id == old)
    moved = tuple(run(sa.select(U.id).where(part)).scalars())
    run(sa.update(Unit).where(part).values(opd_id=new))
    tell(UnitsChangedOpd(moved, opd_id=new))


def close(found: Unit, version: int | None, on: date, successor: Unit | None = None) -> Unit:
    """Close a unit: `on` is its last day; inside a command.

    Raises Refused while parts of it or posts held beyond that day remain: nobody may be left without a unit.
    """
    command.current()
    if found.parent_id is None:
        raise Refused(_("Unit induk kabupaten tidak dapat ditutup."))
    if successor is not None and successor.id == found.id:
        raise Invalid(_("Pilih unit pengganti yang lain."), field="successor_id")
    _refuse_open_parts(found, on)
    _refuse_open_posts(found, on)
    stamps.raise_access()
    changed(found, version, {"valid_to": on, "successor_id": successor.id if successor else None})
    _about(found, day=on.isoformat(), successor=successor.name if successor else "")
    tell(UnitChanged(found.id))
    return found


def _refuse_open_parts(found: Unit, on: date) -> None:
    still = sa.and_(U.parent_id == found.id, sa.or_(U.valid_to.is_(None), U.valid_to > on))
    part = run(sa.select(U.name).where(still).limit(1)).scalar()
    if part:
        raise Refused(_("Tutup atau pindahkan dulu bagiannya: {part}.", part=part))


def _refuse_open_posts(found: Unit, on: date) -> None:
    position, appointment = Position.__table__, Appointment.__table__
    held = (
        sa.select(position.c.title)
        .join(appointment, appointment.c.position_id == position.c.id)
        .where(position.c.unit_id == found.id, sa.or_(appointment.c.ends_on.is_(None), appointment.c.ends_on > on))
        .limit(1)
    )
    title = run(held).scalar()
    if title:
        raise Refused(_("Masih ada pejabat sesudah tanggal itu: {title}. Pindahkan dulu.", title=title))


def reopen(found: Unit, version: int | None) -> Unit:
    """Take a closing back; inside a command."""
    return change(found, version, valid_to=None, successor_id=None)


def successor_of(unit_id: UUID, on: date | None = None) -> Unit:
    """Return the unit that does the work of `unit_id` on a day: itself, or its last successor that exists."""
    on, found, seen = on or clock.today(), unit(unit_id), {unit_id}
    while found.valid_to is not None and found.valid_to < on and found.successor_id not in (None, *seen):
        seen.add(found.successor_id)  # type: ignore[arg-type]
        found = unit(found.successor_id)  # type: ignore[arg-type]
    return found


def opds(on: date | None = None) -> Sequence[Any]:
    """Return the OPDs of a day by name: rows of id, code, name, short_name, kind, path, number."""
    columns = (U.id, U.code, U.name, U.short_name, U.kind, U.path, U.number)
    return run(sa.select(*columns).where(U.is_opd, valid(on or clock.today())).order_by(U.name)).all()


def _refuse_unknown_kind(kind: Any) -> None:
    if kind not in kinds.UNITS:
        raise Invalid(_("Pilih jenis unit dari daftar."), field="kind")


def _refuse_empty(clean: dict[str, Any]) -> None:
    errors = {name: _("Wajib diisi.") for name in ("code", "name") if not clean.get(name)}
    if errors:
        raise Invalid(errors=errors)


def _about(found: Unit, **values: Any) -> None:
    command.current().about("core_unit", found.id, opd_id=found.opd_id, unit=found.name, **values)
