"""Grants: a role or permission given to a person or a post, at a unit, from a day to a day; each change is audited."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.access.actor import Actor, current
from superapp.access.rights import EVERYTHING, Reach
from superapp.access.scope import subtrees
from superapp.access.tables import grant, role, role_permission
from superapp.kernel import clock, command, ids, stamps
from superapp.kernel.database import run
from superapp.kernel.errors import Forbidden, Invalid, NotFound
from superapp.kernel.language import gettext as _
from superapp.organization.appointments import held
from superapp.organization.changes import AppointmentEnded, Change, listen
from superapp.organization.models import Appointment, Person, Position, Unit

PERMISSION = "admin.roles"
A, N, P, U = Appointment.__table__.c, Person.__table__.c, Position.__table__.c, Unit.__table__.c
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Holder:
    """Who is given something: a person, or a post (whoever holds it on the day)."""

    person_id: UUID | None = None
    position_id: UUID | None = None

    def __post_init__(self) -> None:
        if (self.person_id is None) == (self.position_id is None):
            raise ValueError("a grant has one holder: a person or a position")


@dataclass(frozen=True)
class Grant:
    """What somebody was given; `what` is the key of a role or the name of a permission, `words` is how people say it."""

    id: UUID
    holder: Holder
    what: str = field(kw_only=True)
    words: str = field(kw_only=True)
    holder_name: str = field(kw_only=True)
    unit_id: UUID = field(kw_only=True)
    unit_name: str = field(kw_only=True)
    starts_on: date = field(kw_only=True)
    ends_on: date | None = field(kw_only=True)


@dataclass(frozen=True)
class Period:
    """From which day to which day, both included; without a start from today, without an end for good."""

    starts_on: date | None = None
    ends_on: date | None = None


_NOW = Period()


def give(what: str, holder: Holder, unit_id: UUID, *, period: Period = _NOW, bound: bool = True) -> UUID:
    """Give a role (its key) or a permission (its name, with a dot) and return the grant's id (in a command).

    What a person gets is bound to the post held in that OPD (else to the first post): it ends when the post does;
    `bound=False` lets it live on. Raises Invalid for an unknown role or unit and a period that cannot be, Forbidden
    when the giver may not give at that unit, or gives what he does not hold there himself.
    """
    place = run(sa.select(U.id, U.name, U.path, U.opd_id).where(U.id == unit_id)).first()
    if place is None:
        raise Invalid(_("Pilih unit dari daftar."), field="unit_id")
    starts_on = period.starts_on or clock.today()
    if period.ends_on is not None and period.ends_on < starts_on:
        raise Invalid(_("Tanggal akhir tidak boleh sebelum tanggal mulai."), field="ends_on")
    _refuse_beyond_own(current(), _permissions(what), place)
    name = _name_of(holder)
    fresh = ids.uuid7()
    row = {
        "id": fresh,
        "person_id": holder.person_id,
        "position_id": holder.position_id,
        "appointment_id": _post_for(holder, place.opd_id) if bound else None,
        "role": None if _is_permission(what) else what,
        "permission": what if _is_permission(what) else None,
        "unit_id": unit_id,
        "starts_on": starts_on,
        "ends_on": period.ends_on,
        "created_at": clock.now(),
        "created_by": current().person_id,
    }
    run(sa.insert(grant).values(row))
    stamps.raise_access()
    says = "{actor} memberi {what} kepada {holder} di {unit}"
    command.current().also(says, "core_grant", fresh, what=what, holder=name, unit=place.name, opd_id=place.opd_id)
    return fresh


def take(grant_id: UUID) -> None:
    """Take a grant back from the next request on (in a command); raises NotFound, Forbidden.

    One that has been good for a while stays on record with its last day; one that began today is struck out.
    """
    row = run(_LISTED.where(grant.c.id == grant_id)).first()
    if row is None:
        raise NotFound(_("Akses ini sudah dicabut."))
    actor = current()
    if not actor.reach(PERMISSION).covers(row.path, row.opd_id):
        raise NotFound(_("Akses ini sudah dicabut."))
    _refuse_beyond_own(actor, _permissions(row.what), row)
    _end(row.id, row.starts_on, clock.today() - _DAY)
    says = "{actor} mencabut {what} dari {holder} di {unit}"
    values = {"what": row.what, "holder": row.holder_name, "unit": row.unit_name, "opd_id": row.opd_id}
    command.current().also(says, "core_grant", row.id, **values)


def _end(grant_id: UUID, starts_on: date, last: date) -> None:
    if starts_on > last:
        run(sa.delete(grant).where(grant.c.id == grant_id))
    else:
        run(sa.update(grant).where(grant.c.id == grant_id).values(ends_on=last))
    stamps.raise_access()


def _is_permission(what: str) -> bool:
    return "." in what or what == EVERYTHING


def _permissions(what: str) -> frozenset[str]:
    """Return the permissions behind a role or permission; raises Invalid for an unknown role."""
    if _is_permission(what):
        return frozenset({what})
    if run(sa.select(role.c.key).where(role.c.key == what)).first() is None:
        raise Invalid(_("Peran “{what}” tidak ada.", what=what), field="role")
    return frozenset(run(sa.select(role_permission.c.permission).where(role_permission.c.role == what)).scalars())


def _refuse_beyond_own(actor: Actor, permissions: Iterable[str], place: Any) -> None:
    """Let people give and take only where they may, and only what they hold there themselves."""
    if not actor.reach(PERMISSION).covers(place.path, place.opd_id):
        raise Forbidden(_("Anda tidak mengelola akses di unit ini."))
    if not all(actor.reach(permission).covers(place.path, place.opd_id) for permission in permissions):
        raise Forbidden(_("Anda hanya bisa memberi akses yang Anda pegang sendiri."))


def _name_of(holder: Holder) -> str:
    of_person = sa.select(N.name).where(N.id == holder.person_id)
    of_post = sa.select(P.title).where(P.id == holder.position_id)
    name = run(of_person if holder.person_id else of_post).scalar()
    if name is None:
        raise Invalid(_("Pilih pegawai atau jabatan dari daftar."), field="holder")
    return str(name)


def _post_for(holder: Holder, opd_id: UUID) -> UUID | None:
    if holder.person_id is None:
        return None
    posts = (
        sa.select(A.id)
        .join(Position.__table__, P.id == A.position_id)
        .join(Unit.__table__, U.id == P.unit_id)
        .where(A.person_id == holder.person_id, held(clock.today()))
        .order_by(sa.case((U.opd_id == opd_id, 0), else_=1), sa.case((A.kind == "definitive", 0), else_=1), A.starts_on)
    )
    found: UUID | None = run(posts.limit(1)).scalar()
    return found


_LISTED = (
    sa.select(
        grant.c.id,
        grant.c.person_id,
        grant.c.position_id,
        sa.func.coalesce(grant.c.role, grant.c.permission).label("what"),
        sa.func.coalesce(role.c.title, grant.c.permission).label("words"),
        sa.func.coalesce(N.name, P.title).label("holder_name"),
        grant.c.unit_id,
        U.name.label("unit_name"),
        grant.c.starts_on,
        grant.c.ends_on,
        U.path,
        U.opd_id,
    )
    .select_from(
        grant.join(Unit.__table__, U.id == grant.c.unit_id)
        .outerjoin(Person.__table__, N.id == grant.c.person_id)
        .outerjoin(Position.__table__, P.id == grant.c.position_id)
        .outerjoin(role, role.c.key == grant.c.role)
        .outerjoin(Appointment.__table__, A.id == grant.c.appointment_id)
    )
    .order_by(grant.c.starts_on.desc(), grant.c.id.desc())
)


def _good_on(day: date) -> sa.ColumnElement[bool]:
    """Return the predicate for grants that are good on a day or will be."""
    bound = sa.or_(grant.c.appointment_id.is_(None), A.ends_on.is_(None), A.ends_on >= day)
    return sa.and_(sa.or_(grant.c.ends_on.is_(None), grant.c.ends_on >= day), bound)


def of(holder: Holder) -> list[Grant]:
    """Return what a person or a post was given and still holds, or will."""
    mine = grant.c.person_id == holder.person_id if holder.person_id else grant.c.position_id == holder.position_id
    return [_grant(row) for row in run(_LISTED.where(mine, _good_on(clock.today())))]


def within(reach: Reach, *, limit: int = 200) -> list[Grant]:
    """Return what was given at units within a reach and still holds, the latest first."""
    where = _good_on(clock.today())
    if not reach.everywhere:
        parts: list[sa.ColumnElement[bool]] = [U.opd_id.in_(sorted(reach.opds))] if reach.opds else []
        parts += [subtrees(reach.paths)] if reach.paths else []
        where = sa.and_(where, sa.or_(sa.false(), *parts))
    return [_grant(row) for row in run(_LISTED.where(where).limit(limit))]


def _grant(row: Any) -> Grant:
    return Grant(
        row.id,
        Holder(row.person_id, row.position_id),
        what=row.what,
        words=_(row.words),
        holder_name=row.holder_name,
        unit_id=row.unit_id,
        unit_name=row.unit_name,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
    )


def end_with_appointment(change: Change) -> None:
    """End what a person was given within an OPD when the last post there ends; called in the transaction of the change.

    What posts were given ends by itself; this is for what was given to the person.
    """
    assert isinstance(change, AppointmentEnded)
    stays = (
        sa.select(A.id)
        .join(Position.__table__, P.id == A.position_id)
        .join(Unit.__table__, U.id == P.unit_id)
        .where(A.person_id == change.person_id, U.opd_id == change.opd_id)
        .where(A.position_id != change.position_id, sa.or_(A.ends_on.is_(None), A.ends_on > change.ends_on))
    )
    if run(stays.limit(1)).first() is not None:
        return
    theirs = _LISTED.where(grant.c.person_id == change.person_id, U.opd_id == change.opd_id)
    for row in run(theirs.where(sa.or_(grant.c.ends_on.is_(None), grant.c.ends_on > change.ends_on))).all():
        _end(row.id, row.starts_on, change.ends_on)
        says = "Akses {what} milik {holder} berakhir bersama jabatannya"
        values = {"what": row.what, "holder": row.holder_name, "opd_id": row.opd_id}
        command.current().also(says, "core_grant", row.id, **values)


listen(AppointmentEnded, end_with_appointment)
