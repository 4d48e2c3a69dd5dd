"""What speaks against days of leave without forbidding them: appointments, colleagues away, nobody to stand in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from superapp.api import Person, Position, clashes, db, propose_deputy, record_type, run, whole_days
from superapp.api import _ as words

from .models import LIVE, LeaveRequest

R = LeaveRequest.__table__.c
MOST = 20
"""Names of colleagues read at most."""


@dataclass(frozen=True)
class Absence:
    """Days on which somebody would be away: whose, in which unit and post, and who would stand in."""

    person_id: UUID
    unit_id: UUID
    first: date = field(kw_only=True)
    last: date = field(kw_only=True)
    position_id: UUID | None = field(default=None, kw_only=True)
    deputy_id: UUID | None = field(default=None, kw_only=True)
    request_id: UUID | None = field(default=None, kw_only=True)


def of_request(row: LeaveRequest) -> list[str]:
    """Return what speaks against the days of a request, as sentences."""
    return reasons(
        Absence(
            row.person_id, row.unit_id, first=row.first_day, last=row.last_day, position_id=row.position_id,
            deputy_id=row.deputy_id, request_id=row.id,
        )
    )  # fmt: skip


def reasons(one: Absence) -> list[str]:
    """Return what speaks against an absence, as sentences; holidays in it speak against nothing."""
    return [*_busy(one), *_colleagues(one), *_deputy(one)]


def _busy(one: Absence) -> list[str]:
    return [words("Ada agenda: {what}.", what=what) for what in _entries(one.person_id, one)]


def _entries(person_id: UUID, one: Absence) -> list[str]:
    days = whole_days(one.first, one.last)
    ignore = (record_type(LeaveRequest), one.request_id) if one.request_id else None
    found = clashes(person_id, days["starts_at"], days["ends_at"], ignore=ignore)
    return [clash.words for clash in found if not clash.holiday]


def _colleagues(one: Absence) -> list[str]:
    query = sa.select(R.person_name).where(
        R.unit_id == one.unit_id, R.person_id != one.person_id, R.state.in_(LIVE), R.first_day <= one.last,
        R.last_day >= one.first,
    )  # fmt: skip
    away = sorted(set(run(query.limit(MOST)).scalars()))
    return [words("Cuti pada hari yang sama: {names}.", names=", ".join(away))] if away else []


def _deputy(one: Absence) -> list[str]:
    """Say that the deputy is busy, or that a unit would be without a head."""
    deputy = db.session.get(Person, one.deputy_id) if one.deputy_id else None
    if deputy is not None:
        taken = _entries(deputy.id, one)
        return [words("{name} sendiri ada agenda: {what}.", name=deputy.name, what="; ".join(taken))] if taken else []
    post = db.session.get(Position, one.position_id) if one.position_id else None
    if post is None or not post.is_head:
        return []
    free = propose_deputy(post.id, one.first, one.last)
    if free is None:
        return [words("Belum ada pengganti, dan tidak ada pejabat yang bebas pada hari itu.")]
    return [words("Belum ada pengganti. Usul: {name}, {reason}.", name=free.name, reason=free.reason)]
