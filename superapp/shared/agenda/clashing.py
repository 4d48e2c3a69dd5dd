"""Clashes: what stands against a person's being somewhere, in words; and who could stand in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.access.actor import Actor, current
from superapp.kernel import clock
from superapp.kernel.database import run
from superapp.kernel.format import format_date, format_datetime, format_period
from superapp.kernel.language import gettext as _
from superapp.organization import positions
from superapp.organization.appointments import held, label
from superapp.organization.models import Appointment, Person, Position, Unit
from superapp.shared.agenda import entries, seeing
from superapp.shared.reference.calendar import between

A, N, P, U = Appointment.__table__.c, Person.__table__.c, Position.__table__.c, Unit.__table__.c


@dataclass(frozen=True)
class Clash:
    """One reason against a time: the sentence, and whether it is a `holiday` rather than something the person has."""

    words: str
    holiday: bool = field(default=False, kw_only=True)


@dataclass(frozen=True)
class Deputy:
    """Who is free to stand in, with the post that makes him the one to ask, and why."""

    person_id: UUID
    name: str
    position_id: UUID = field(kw_only=True)
    title: str = field(kw_only=True)
    reason: str = field(kw_only=True)


def clashes(person_id: UUID, start: datetime, end: datetime, *, ignore: tuple[str, UUID] | None = None) -> list[Clash]:
    """Return what a person already has between two moments, and the holidays in them, each as a sentence.

    `ignore` is the record (type, id) that asks. Titles are those the current actor may read.
    """
    found = [
        row
        for row in entries.of_person(person_id, start, end)
        if row.busy and (row.record_type, row.record_id) != ignore
    ]
    actor = current()
    may = bool(found) and actor.person_id != person_id and _heads(actor, person_id)
    reasons = [Clash(f"{seeing.title_for(row, actor, heads_owner=may)}, {period(row)}") for row in found]
    free = between(clock.local(start).date(), clock.local(end - timedelta(microseconds=1)).date())
    return reasons + [Clash(f"{day.name}, {format_date(day.day)}", holiday=True) for day in free]


def _heads(actor: Actor, person_id: UUID) -> bool:
    return actor.trusted or seeing.heads(actor, person_id, clock.today())


def period(row: Any) -> str:
    """Return the time of an entry in words: days for whole days, moments otherwise."""
    first, last = clock.local(row.starts_at), clock.local(row.ends_at)
    if row.all_day:
        return format_period(first.date(), (last - timedelta(days=1)).date())
    if first.date() == last.date():
        return f"{format_datetime(row.starts_at)} – {last:%H.%M}"
    return f"{format_datetime(row.starts_at)} – {format_datetime(row.ends_at)}"


def propose_deputy(position_id: UUID, first: date, last: date) -> Deputy | None:
    """Return who could stand in for a post from a day to a day: free on them, and holding a post of his own to the end.

    Asked first are the heads of the parts of the unit (for its head), then its other posts, the higher kind first. When
    none of them is free: those of the same kind who head the parts beside or serve in the unit above, and so on upward
    within the OPD; for its head those who head the OPDs beside. Never one who holds the post itself, nor a superior. None when nobody is free (three statements, and while
    nobody is free one more, and two for each unit further up).
    """
    post = positions.position(position_id)
    own = {row.person_id for row in run(sa.select(A.person_id).where(A.position_id == position_id, held(first)))}
    near = P.unit_id == post.unit_id
    if post.is_head:
        near = sa.or_(near, sa.and_(U.parent_id == post.unit_id, P.is_head))
    for place in chain([near], _further_up(post)):
        asked = [row for row in _candidates(post, place, first, last) if row.person_id not in own]
        found = _first_free(asked, first, last)
        if found is not None:
            return found
    return None


def _further_up(post: Position) -> Iterator[sa.ColumnElement[bool]]:
    """Yield where to ask next: beside and in the unit above, then beside and in the one above that.

    Always posts of the same kind, and within the OPD, but for the head of an OPD.
    """
    own = Unit.__table__.alias("own")
    above = sa.func.substr(own.c.path, 1, sa.func.length(U.path)) == U.path
    near = sa.or_(U.opd_id == own.c.opd_id, sa.and_(own.c.is_opd, sa.true() if post.is_head else sa.false()))
    line = sa.select(U.id).join(own, above).where(own.c.id == post.unit_id, near)
    line = line.order_by(sa.func.length(U.path).desc())
    units = run(line).scalars().all()
    for upper in units[1:]:
        beside = sa.and_(U.parent_id == upper, P.is_head, P.unit_id.not_in(units))
        yield sa.and_(P.kind == post.kind, sa.or_(beside, sa.and_(P.unit_id == upper, P.is_head.is_(False))))


def _first_free(asked: list[Any], first: date, last: date) -> Deputy | None:
    start, end = entries.midnight(first), entries.midnight(last + timedelta(days=1))
    taken = {row.person_id for row in entries.of_people({row.person_id for row in asked}, start, end) if row.busy}
    return next((_deputy(row) for row in asked if row.person_id not in taken), None)


def _candidates(post: Position, near: sa.ColumnElement[bool], first: date, last: date) -> list[Any]:
    steady = sa.and_(held(first), sa.or_(A.ends_on.is_(None), A.ends_on >= last))
    rank = sa.case({key: place for place, key in enumerate(_KINDS)}, value=P.kind, else_=len(_KINDS))
    query = (
        sa.select(P.id, P.title, P.is_head, A.person_id, A.kind, N.name, U.name.label("unit_name"))
        .select_from(
            Position.__table__.join(Unit.__table__, U.id == P.unit_id)
            .join(Appointment.__table__, A.position_id == P.id)
            .join(Person.__table__, N.id == A.person_id)
        )
        .where(near, P.id != post.id, positions.valid(first), steady, A.kind != "plh")
        .order_by(P.is_head.desc(), rank, P.title, P.id, A.starts_on, A.id)
        .limit(_MOST)
    )
    return list(run(query))


_MOST = 60
_KINDS = ("jpt_pratama", "administrator", "pengawas", "fungsional_keahlian", "fungsional_keterampilan", "pelaksana")


def _deputy(row: Any) -> Deputy:
    where = _("memimpin {unit}", unit=row.unit_name) if row.is_head else _("bertugas di {unit}", unit=row.unit_name)
    reason = _("{where}, tidak ada agenda pada hari itu", where=where)
    return Deputy(row.person_id, row.name, position_id=row.id, title=label(row.title, row.kind), reason=reason)
