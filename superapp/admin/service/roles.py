"""Roles and grants as administrators see them: who holds what where, and who sees what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.access import grants, roles
from superapp.access.actor import current
from superapp.access.grants import Grant
from superapp.access.listing import Page, page_of
from superapp.access.rights import EVERYTHING
from superapp.access.tables import grant, role, role_permission
from superapp.admin.service.reach import APPOINTMENTS, PEOPLE, POSITIONS, UNITS, unit_in_reach, units_within
from superapp.kernel import clock, command
from superapp.kernel.database import run
from superapp.kernel.errors import Forbidden, Invalid
from superapp.kernel.language import gettext as _
from superapp.organization.appointments import held
from superapp.plugin.host import host

MAY = "admin.roles"


@dataclass(frozen=True)
class PermissionGroup:
    """The permissions that one module or core part declares, with the words people read."""

    title: str
    permissions: tuple[tuple[str, str], ...]


def permission_groups() -> list[PermissionGroup]:
    """Return all declared permissions by owner; what is granted to nobody is denied."""
    made, grouped = host(), dict[str, list[tuple[str, str]]]()
    for name, declared in sorted(made.permissions.items()):
        grouped.setdefault(declared.owner, []).append((name, _(declared.words)))
    core = {"admin": _("Administrasi"), "login": _("Akun"), "navigation": _("Layanan bersama")}
    return [
        PermissionGroup(core.get(owner, _(made.title(owner))), tuple(rows)) for owner, rows in sorted(grouped.items())
    ]


def words_of(permission: str) -> str:
    """Return the words of a permission, its name when no module declares it any more."""
    if permission == EVERYTHING:
        return _("Semua izin")
    declared = host().permissions.get(permission)
    return _(declared.words) if declared else permission


def holders_by_role() -> dict[str, int]:
    """Return how many grants of each role are good today."""
    query = (
        sa.select(grant.c.role, sa.func.count().label("times"))
        .where(grant.c.role.is_not(None), _good())
        .group_by(grant.c.role)
    )
    return {row.role: row.times for row in run(query)}


def _good() -> sa.ColumnElement[bool]:
    today = clock.today()
    return sa.and_(grant.c.starts_on <= today, sa.or_(grant.c.ends_on.is_(None), grant.c.ends_on >= today))


@dataclass(frozen=True)
class GrantFilter:
    """What the list of grants is narrowed to."""

    role: str = ""
    permission: str = field(default="", kw_only=True)
    unit_id: UUID | None = field(default=None, kw_only=True)
    person_id: UUID | None = field(default=None, kw_only=True)

    @property
    def narrows(self) -> bool:
        """Tell whether anything is asked for."""
        return self != GrantFilter()


_LIST = sa.select(
    grant.c.id,
    grant.c.person_id,
    grant.c.position_id,
    grant.c.role,
    grant.c.permission,
    grant.c.starts_on,
    grant.c.ends_on,
    grant.c.created_at,
    role.c.title.label("role_title"),
    sa.func.coalesce(PEOPLE.c.name, POSITIONS.c.title).label("holder"),
    UNITS.c.id.label("unit_id"),
    UNITS.c.name.label("unit_name"),
).select_from(
    grant.join(UNITS, UNITS.c.id == grant.c.unit_id)
    .outerjoin(PEOPLE, PEOPLE.c.id == grant.c.person_id)
    .outerjoin(POSITIONS, POSITIONS.c.id == grant.c.position_id)
    .outerjoin(role, role.c.key == grant.c.role)
    .outerjoin(APPOINTMENTS, APPOINTMENTS.c.id == grant.c.appointment_id)
)


def given(wanted: GrantFilter, cursor: str = "") -> Page:
    """Return one page of the grants within reach that are good or will be, the latest first."""
    return page_of(_LIST.where(*_conditions(wanted)), (grant.c.starts_on, grant.c.id), cursor, descending=True)


def _conditions(wanted: GrantFilter) -> list[sa.ColumnElement[bool]]:
    today = clock.today()
    bound = sa.or_(grant.c.appointment_id.is_(None), APPOINTMENTS.c.ends_on.is_(None), APPOINTMENTS.c.ends_on >= today)
    found: list[sa.ColumnElement[bool]] = [sa.or_(grant.c.ends_on.is_(None), grant.c.ends_on >= today), bound]
    within = units_within(MAY)
    if within is not None:
        found.append(within)
    if wanted.role:
        found.append(grant.c.role == wanted.role)
    if wanted.permission:
        found.append(_carrying(wanted.permission))
    if wanted.unit_id is not None:
        found.append(sa.or_(UNITS.c.id == wanted.unit_id, UNITS.c.opd_id == wanted.unit_id))
    if wanted.person_id is not None:
        held_today = sa.select(APPOINTMENTS.c.position_id).where(
            APPOINTMENTS.c.person_id == wanted.person_id, held(today)
        )
        found.append(sa.or_(grant.c.person_id == wanted.person_id, grant.c.position_id.in_(held_today)))
    return found


def _carrying(permission: str) -> sa.ColumnElement[bool]:
    bundles = sa.select(role_permission.c.role).where(role_permission.c.permission.in_((permission, EVERYTHING)))
    return sa.or_(grant.c.permission == permission, grant.c.role.in_(bundles))


@dataclass(frozen=True)
class Seer:
    """A person who holds a permission at a unit today, and what it comes from."""

    person_id: UUID
    name: str
    source: str = field(kw_only=True)
    at: str = field(kw_only=True)
    until: date | None = field(kw_only=True)


def seers(permission: str, unit_id: UUID) -> list[Seer]:
    """Return everybody who holds a permission at a unit today: given there or above, to the person or to the post."""
    place = unit_in_reach(unit_id, MAY)
    above = [int(number) for number in place.path.strip("/").split("/")]
    query = _seeing().where(UNITS.c.number.in_(above), _carrying(permission), _good())
    rows = run(query.order_by(PEOPLE.c.sort_name, grant.c.id).limit(500))
    return [Seer(row.person_id, row.name, source=_source(row), at=row.unit_name, until=row.ends_on) for row in rows]


def _seeing() -> sa.Select[Any]:
    """Select grants with the people who hold them today, in person or by their posts."""
    holds = APPOINTMENTS.alias("holds")
    today = clock.today()
    on_post = sa.and_(
        holds.c.position_id == grant.c.position_id,
        holds.c.starts_on <= today,
        sa.or_(holds.c.ends_on.is_(None), holds.c.ends_on >= today),
    )
    who = sa.or_(PEOPLE.c.id == grant.c.person_id, PEOPLE.c.id == holds.c.person_id)
    columns = (
        PEOPLE.c.id.label("person_id"),
        PEOPLE.c.name,
        grant.c.permission,
        role.c.title.label("role_title"),
        POSITIONS.c.title.label("post"),
        UNITS.c.name.label("unit_name"),
        grant.c.ends_on,
    )
    return sa.select(*columns).select_from(
        grant.join(UNITS, UNITS.c.id == grant.c.unit_id)
        .outerjoin(holds, on_post)
        .join(PEOPLE, who)
        .outerjoin(POSITIONS, POSITIONS.c.id == grant.c.position_id)
        .outerjoin(role, role.c.key == grant.c.role)
    )


def _source(row: Any) -> str:
    what = _(row.role_title) if row.role_title else words_of(row.permission)
    return f"{what} · {row.post}" if row.post else what


def of_person(person_id: UUID) -> list[Grant]:
    """Return what a person was given, in person and by the posts held today."""
    mine = grants.of(grants.Holder(person_id))
    posts = run(sa.select(APPOINTMENTS.c.position_id).where(APPOINTMENTS.c.person_id == person_id, held(clock.today())))
    return mine + [one for post in posts.scalars().all() for one in grants.of(grants.Holder(position_id=post))]


def everywhere() -> bool:
    """Tell whether the actor manages access for the whole regency; only then what a role holds may be changed."""
    return current().reach(MAY).everywhere


def require_everywhere() -> None:
    """Raise Forbidden unless the actor manages access for the whole regency: a role means the same everywhere."""
    if not everywhere():
        raise Forbidden(_("Hanya admin kabupaten yang mengubah peran."))


def define(key: str, title: str, description: str, permissions: Iterable[str]) -> roles.Role:
    """Make a role; inside a command. Raises Invalid, also for permissions that are not declared or not the actor's."""
    require_everywhere()
    wanted = set(permissions)
    _refuse(wanted)
    return roles.define(key, title, description, wanted)


def set_permissions(key: str, permissions: Iterable[str]) -> int:
    """Give a role just these permissions; inside a command, with a line in the trail for each change.

    Returns how many changed. What no module declares any more stays: its module may come back.
    """
    require_everywhere()
    before, wanted = roles.find(key).permissions, set(permissions)
    declared = set(host().permissions)
    added, removed = wanted - before, (before & declared) - wanted
    _refuse(added)
    for permission in sorted(added):
        roles.allow(key, permission)
    for permission in sorted(removed):
        roles.disallow(key, permission)
    return len(added) + len(removed)


def describe(key: str, title: str, description: str) -> None:
    """Change the words of a role; inside a command. Raises Invalid."""
    require_everywhere()
    if not 0 < len(title) <= 80:
        raise Invalid(_("Isi nama peran, paling banyak 80 karakter."), field="title")
    run(sa.update(role).where(role.c.key == key).values(title=title, description=description[:255]))
    command.current().values |= {"title": title}


def _refuse(permissions: set[str]) -> None:
    unknown = permissions - set(host().permissions)
    if unknown:
        raise Invalid(_("Izin {names} tidak dikenal.", names=", ".join(sorted(unknown))), field="permissions")
    actor = current()
    if not all(actor.reach(permission).everywhere for permission in permissions):
        raise Invalid(_("Anda hanya bisa memberi akses yang Anda pegang sendiri."), field="permissions")


def choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return what the actor could grant somewhere, for a select: roles first, then permissions by owner.

    A role is left out while the actor lacks one of its permissions.
    """
    actor = current()
    own = [one for one in roles.listed() if all(actor.may(permission) for permission in one.permissions)]
    found = [(_("Peran"), [(one.key, one.title) for one in own])]
    for group in permission_groups():
        held_ = [(name, words) for name, words in group.permissions if actor.may(name)]
        found += [(group.title, held_)] if held_ else []
    return found
