"""What a person may do on a day: hats and the reach of each permission, cached until the access stamp rises."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import Any, Protocol
from uuid import UUID

import sqlalchemy as sa
from flask import current_app

from superapp.access.tables import grant, role_permission
from superapp.kernel.database import run
from superapp.kernel.ports import Port
from superapp.organization.models import Appointment, Position, Unit

EVERYTHING = "*"
"""The permission of the role admin: holds every declared permission."""


def is_sensitive(permission: str) -> bool:
    """Tell whether who holds it needs a second factor: administration, signing, and handing out of accounts."""
    return (
        permission in {EVERYTHING, "login.activate"} or permission.startswith("admin.") or permission.endswith(".sign")
    )


@dataclass(frozen=True)
class Reach:
    """Where a permission is held: everywhere, in whole OPDs, and in subtrees of units (by path)."""

    everywhere: bool = False
    opds: frozenset[UUID] = frozenset()
    paths: frozenset[str] = field(default=frozenset(), kw_only=True)

    def __or__(self, other: Reach) -> Reach:
        return Reach(self.everywhere or other.everywhere, self.opds | other.opds, paths=self.paths | other.paths)

    def __bool__(self) -> bool:
        return self.everywhere or bool(self.opds or self.paths)

    def covers(self, path: str, opd_id: UUID | None) -> bool:
        """Tell whether a record of a unit (its path) and OPD lies within."""
        return self.everywhere or opd_id in self.opds or any(path.startswith(prefix) for prefix in self.paths)


NOWHERE = Reach()


@dataclass(frozen=True)
class Hat:
    """A position that a person holds on the day; `kind` is definitive, plt or plh."""

    position_id: UUID
    title: str
    kind: str = field(default="definitive", kw_only=True)
    unit_id: UUID = field(kw_only=True)
    unit_name: str = field(default="", kw_only=True)
    unit_path: str = field(kw_only=True)
    opd_id: UUID = field(kw_only=True)

    @property
    def label(self) -> str:
        """Return the title as signed: acting officials say so."""
        return self.title if self.kind == "definitive" else f"{self.kind.capitalize()}. {self.title}"


@dataclass(frozen=True)
class Delegated:
    """What a position decides and a person may decide too on the day: tasks of a kind, of all kinds when it is empty."""

    position_id: UUID
    kind: str = ""


class Delegations(Protocol):
    """Knows what was delegated to whom."""

    def __call__(self, person_id: UUID, day: date) -> Iterable[Delegated]:
        """Return what was delegated to a person on a day."""


delegations: Port[Delegations] = Port("delegations")
"""Answers what was delegated to a person on a day; filled by shared."""


@dataclass(frozen=True)
class Rights:
    """All hats, permissions and delegations of one person on one day."""

    hats: tuple[Hat, ...] = ()
    reaches: Mapping[str, Reach] = field(default_factory=lambda: MappingProxyType({}))
    delegated: tuple[Delegated, ...] = field(default=(), kw_only=True)

    def reach(self, permission: str) -> Reach:
        """Return where the permission is held."""
        held, all_of_them = self.reaches.get(permission), self.reaches.get(EVERYTHING)
        if held is None or all_of_them is None:
            return held or all_of_them or NOWHERE
        return held | all_of_them

    def holds(self, permission: str) -> bool:
        """Tell whether the permission is held anywhere."""
        return permission in self.reaches or EVERYTHING in self.reaches

    @cached_property
    def sensitive(self) -> bool:
        """Whether a second factor is required (administrators and signers)."""
        return any(is_sensitive(permission) for permission in self.reaches)

    @property
    def positions(self) -> tuple[UUID, ...]:
        """Return the positions held today."""
        return tuple(hat.position_id for hat in self.hats)

    @property
    def opds(self) -> frozenset[UUID]:
        """Return the OPDs of today's hats."""
        return frozenset(hat.opd_id for hat in self.hats)


NO_RIGHTS = Rights()
_SIZE = 4096
_lock = threading.Lock()
_cache: OrderedDict[tuple[str, UUID, int, date], Rights] = OrderedDict()


def rights_of(person_id: UUID, access_stamp: int, day: date) -> Rights:
    """Return the rights of a person on a day.

    The stamp makes a revoked right end at the next request on every worker; the day is part of the key because acting
    posts begin and end at midnight.
    """
    key = (current_app.config["SQLALCHEMY_DATABASE_URI"], person_id, access_stamp, day)
    with _lock:
        if key in _cache:
            _cache.move_to_end(key)
            return _cache[key]
    rights = _load(person_id, day)
    with _lock:
        _cache[key] = rights
        while len(_cache) > _SIZE:
            _cache.popitem(last=False)
    return rights


_A, _P, _U = Appointment.__table__.c, Position.__table__.c, Unit.__table__.c
_HATS = (
    sa.select(
        _P.id.label("position_id"),
        _P.title,
        _A.kind,
        _U.id.label("unit_id"),
        _U.name.label("unit_name"),
        _U.path.label("unit_path"),
        _U.opd_id,
    )
    .select_from(
        Appointment.__table__.join(Position.__table__, _P.id == _A.position_id).join(
            Unit.__table__, _U.id == _P.unit_id
        )
    )
    .where(
        _A.person_id == sa.bindparam("person"),
        _A.starts_on <= sa.bindparam("day"),
        sa.or_(_A.ends_on.is_(None), _A.ends_on >= sa.bindparam("day")),
    )
    .order_by(sa.case((_A.kind == "definitive", 0), else_=1), _A.starts_on, _A.id)
)
_GRANTS = (
    sa.select(
        sa.func.coalesce(grant.c.permission, role_permission.c.permission).label("permission"),
        _U.path,
        _U.opd_id,
        _U.is_opd,
        _U.parent_id,
    )
    .select_from(
        grant.join(Unit.__table__, _U.id == grant.c.unit_id)
        .outerjoin(role_permission, role_permission.c.role == grant.c.role)
        .outerjoin(Appointment.__table__, _A.id == grant.c.appointment_id)
    )
    .where(
        sa.or_(
            grant.c.person_id == sa.bindparam("person"),
            grant.c.position_id.in_(sa.bindparam("positions", expanding=True)),
        ),
        grant.c.starts_on <= sa.bindparam("day"),
        sa.or_(grant.c.ends_on.is_(None), grant.c.ends_on >= sa.bindparam("day")),
        # What was granted for the sake of an appointment ends with it.
        sa.or_(
            grant.c.appointment_id.is_(None),
            sa.and_(
                _A.starts_on <= sa.bindparam("day"),
                sa.or_(_A.ends_on.is_(None), _A.ends_on >= sa.bindparam("day")),
            ),
        ),
    )
)


def _load(person_id: UUID, day: date) -> Rights:
    hats = tuple(Hat(**row._mapping) for row in run(_HATS, {"person": person_id, "day": day}))
    grants = run(_GRANTS, {"person": person_id, "positions": [hat.position_id for hat in hats], "day": day}).all()
    return Rights(hats, MappingProxyType(_reaches(grants)), delegated=tuple(delegations()(person_id, day)))


def _reaches(grants: Iterable[Any]) -> dict[str, Reach]:
    reaches: dict[str, Reach] = {}
    for row in grants:
        if row.permission is not None:
            reaches[row.permission] = reaches.get(row.permission, NOWHERE) | _reach(row)
    return reaches


def _reach(row: Any) -> Reach:
    if row.parent_id is None:
        return Reach(everywhere=True)
    return Reach(opds=frozenset({row.opd_id})) if row.is_opd else Reach(paths=frozenset({row.path}))
