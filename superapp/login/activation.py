"""Activation in bulk: who of a unit has no password yet, slips for them, and the door where a slip is used."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.access.actor import Actor, current
from superapp.access.rights import EVERYTHING, Reach
from superapp.access.scope import subtrees
from superapp.access.tables import grant, role_permission
from superapp.kernel import clock, command
from superapp.kernel.database import run
from superapp.kernel.errors import Forbidden, Invalid, NotFound
from superapp.kernel.language import gettext as _
from superapp.login import accounts, tickets
from superapp.login.tables import account, ticket
from superapp.organization.appointments import held
from superapp.organization.models import Appointment, Person, Position, Unit

PERMISSION = "login.activate"
PAGE = 50
MOST = 500
"""Slips drawn at once."""
A, N, P, U = Appointment.__table__.c, Person.__table__.c, Position.__table__.c, Unit.__table__.c


@dataclass(frozen=True)
class Member:
    """A person as the list of accounts shows one."""

    id: UUID
    name: str
    number: str
    sort_name: str = field(kw_only=True)
    title: str = field(kw_only=True)
    unit_name: str = field(kw_only=True)
    activated_at: datetime | None = field(kw_only=True)
    slip_until: datetime | None = field(kw_only=True)


@dataclass(frozen=True)
class Wanted:
    """What part of the list is asked for; `after` is the last name and id of the page before."""

    unit_id: UUID | None = None
    query: str = field(default="", kw_only=True)
    everybody: bool = field(default=False, kw_only=True)
    after: tuple[str, UUID] | None = field(default=None, kw_only=True)


def members(wanted: Wanted, *, limit: int = PAGE) -> list[Member]:
    """Return people within the reach of whoever asks, by name; without `everybody` those not yet activated."""
    query = _people(current().reach(PERMISSION), clock.today())
    if wanted.unit_id is not None:
        query = query.where(subtrees(frozenset({_path(wanted.unit_id)})))
    if wanted.query:
        query = query.where(_matching(wanted.query))
    if not wanted.everybody:
        query = query.where(account.c.activated_at.is_(None))
    if wanted.after is not None:
        query = query.where(sa.tuple_(N.sort_name, N.id) > sa.tuple_(*map(sa.literal, wanted.after)))
    return [_member(row) for row in run(query.order_by(N.sort_name, N.id).limit(limit))]


def _member(row: Any) -> Member:
    values = dict(row._mapping)
    values["number"] = values.pop("nip") or values.pop("staff_number") or ""
    values.pop("staff_number", None)
    return Member(**values)


def _matching(text: str) -> sa.ColumnElement[bool]:
    number = accounts.normal_number(text)
    name = text.casefold().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return sa.or_(N.sort_name.like(f"%{name}%", escape="\\"), N.nip == number, N.staff_number == number)


def _people(reach: Reach, day: date) -> sa.Select[Any]:
    """Select people once each, with the post of theirs that lies within the reach."""
    post = (
        sa.select(A.id)
        .join(Position.__table__, P.id == A.position_id)
        .join(Unit.__table__, U.id == P.unit_id)
        .where(A.person_id == N.id, held(day), _within(reach))
        .order_by(sa.case((A.kind == "definitive", 0), else_=1), A.starts_on, A.id)
        .limit(1)
        .correlate(Person.__table__)
        .scalar_subquery()
    )
    slip = (
        sa.select(sa.func.max(ticket.c.expires_at))
        .where(ticket.c.person_id == N.id, ticket.c.used_at.is_(None), ticket.c.revoked_at.is_(None))
        .where(ticket.c.expires_at >= clock.now())
        .correlate(Person.__table__)
        .scalar_subquery()
    )
    joined = (
        sa.join(Person.__table__, Appointment.__table__, A.id == post, isouter=reach.everywhere)
        .outerjoin(Position.__table__, P.id == A.position_id)
        .outerjoin(Unit.__table__, U.id == P.unit_id)
        .outerjoin(account, account.c.person_id == N.id)
    )
    columns = (
        N.id,
        N.name,
        N.sort_name,
        N.nip,
        N.staff_number,
        sa.func.coalesce(P.title, "").label("title"),
        sa.func.coalesce(U.name, "").label("unit_name"),
        account.c.activated_at,
        slip.label("slip_until"),
    )
    works = sa.or_(N.ended_on.is_(None), N.ended_on >= day)
    return sa.select(*columns).select_from(joined).where(works, account.c.disabled_at.is_(None))


def _within(reach: Reach) -> sa.ColumnElement[bool]:
    if reach.everywhere:
        return sa.true()
    parts: list[sa.ColumnElement[bool]] = [U.opd_id.in_(sorted(reach.opds))] if reach.opds else []
    if reach.paths:
        parts.append(subtrees(reach.paths))
    return sa.or_(sa.false(), *parts)


def _path(unit_id: UUID) -> str:
    found = run(sa.select(U.path, U.opd_id).where(U.id == unit_id)).first()
    if found is None or not current().reach(PERMISSION).covers(found.path, found.opd_id):
        raise NotFound
    return str(found.path)


def counts(unit_id: UUID | None = None) -> tuple[int, int]:
    """Return how many people within reach there are, and how many of them have activated their account."""
    query = _people(current().reach(PERMISSION), clock.today())
    if unit_id is not None:
        query = query.where(subtrees(frozenset({_path(unit_id)})))
    inner = query.subquery()
    both = sa.select(sa.func.count().label("total"), sa.func.count(inner.c.activated_at).label("active"))
    row = run(both.select_from(inner)).one()
    return row.total, row.active


def units() -> list[tuple[UUID, str]]:
    """Return the units within reach, in the order of the tree, indented by dashes."""
    reach = current().reach(PERMISSION)
    open_ = sa.or_(U.valid_to.is_(None), U.valid_to >= clock.today())
    rows = run(sa.select(U.id, U.name, U.path).where(_within(reach), open_).order_by(U.path)).all()
    shallowest = min((row.path.count("/") for row in rows), default=0)
    return [(row.id, "– " * (row.path.count("/") - shallowest) + row.name) for row in rows]


def draw_slips(person_ids: Iterable[UUID]) -> UUID:
    """Draw slips for people within reach and return their batch (in a command).

    Raises Invalid without anybody, or with too many; NotFound when one is out of reach; Forbidden when a slip would
    open the account of somebody with special rights to an administrator of less than the whole regency.
    """
    wanted = sorted(set(person_ids))
    if not wanted:
        raise Invalid(_("Pilih dulu pegawai yang diberi slip."), field="person")
    if len(wanted) > MOST:
        raise Invalid(_("Paling banyak {n} slip sekali cetak.", n=MOST), field="person")
    actor = current()
    found = run(_people(actor.reach(PERMISSION), clock.today()).where(N.id.in_(wanted))).all()
    if len(found) != len(wanted):
        raise NotFound
    _refuse_reaching_up(actor, wanted)
    for row in found:
        command.current().also("{actor} membuat slip akun untuk {name}", "core_person", row.id, name=row.name)
    return tickets.draw(wanted, "activation", by=actor.person_id)


def _refuse_reaching_up(actor: Actor, person_ids: list[UUID]) -> None:
    if actor.reach(PERMISSION).everywhere:
        return
    special = sensitive_among(person_ids) - ({actor.person_id} if actor.person_id else set())
    if special:
        raise Forbidden(_("Ada pegawai dengan hak khusus. Slipnya dibuat admin kabupaten."))


def sensitive_among(person_ids: list[UUID]) -> set[UUID]:
    """Return those who hold rights that need a second factor, by themselves or by their posts."""
    day = clock.today()
    permission = sa.func.coalesce(grant.c.permission, role_permission.c.permission)
    special = sa.or_(permission.in_((EVERYTHING, PERMISSION)), permission.like("admin.%"), permission.like("%.sign"))
    valid = sa.and_(grant.c.starts_on <= day, sa.or_(grant.c.ends_on.is_(None), grant.c.ends_on >= day), special)
    grants = grant.outerjoin(role_permission, role_permission.c.role == grant.c.role)
    own = sa.select(grant.c.person_id).select_from(grants).where(valid, grant.c.person_id.in_(person_ids))
    by_post = (
        sa.select(A.person_id)
        .select_from(grants.join(Appointment.__table__, A.position_id == grant.c.position_id))
        .where(valid, held(day), A.person_id.in_(person_ids))
    )
    return set(run(own).scalars()) | set(run(by_post).scalars())


@dataclass(frozen=True)
class Slip:
    """What a printed slip says."""

    name: str
    number: str
    unit_name: str = field(kw_only=True)
    code: str = field(kw_only=True, repr=False)
    expires_at: datetime = field(kw_only=True)


def slips(batch: UUID) -> list[Slip]:
    """Return the slips of a batch for printing, to whom drew them and within the hour; NotFound afterwards."""
    actor = current()
    drawn = tickets.of_batch(batch, actor.person_id)
    people = _people(actor.reach(PERMISSION), clock.today()).where(N.id.in_([one.person_id for one in drawn]))
    known = {row.id: row for row in run(people)} if drawn else {}
    if not known:
        raise NotFound(_("Slip ini tidak bisa dicetak lagi. Buat slip baru."))
    found = [
        Slip(
            known[one.person_id].name,
            known[one.person_id].nip or known[one.person_id].staff_number or "",
            unit_name=known[one.person_id].unit_name,
            code=one.code,
            expires_at=one.expires_at,
        )
        for one in drawn
        if one.person_id in known
    ]
    return sorted(found, key=lambda slip: (slip.unit_name, slip.name))
