"""Who saw my data: the readings of a person's records, in words that person understands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from uuid import UUID

import sqlalchemy as sa

from superapp.kernel import access_log, clock
from superapp.kernel.access_log import Read
from superapp.kernel.database import run
from superapp.kernel.language import N_
from superapp.kernel.language import gettext as _
from superapp.organization.models import Person, Position, Unit
from superapp.plugin.host import host

SIZE = 50
PAGES = {
    "navigation.person": N_("Data pribadi di direktori"),
    "admin.person": N_("Data pegawai di administrasi"),
    "admin.audit_row": N_("Jejak audit tentang Anda"),
}
"""What was opened, by endpoint; pages of modules are named by their module."""


@dataclass(frozen=True)
class Reading:
    """One reading: when, who under which post, what."""

    at: datetime
    who: str
    post: str = field(default="", kw_only=True)
    what: str = field(default="", kw_only=True)


@dataclass(frozen=True)
class Day:
    """The readings of one day."""

    day: date
    readings: Sequence[Reading]


@dataclass(frozen=True)
class Readings:
    """A page of readings by day; `next` leads to older ones."""

    days: Sequence[Day]
    next: str = ""


def readings(person_id: UUID, before: UUID | None = None) -> Readings:
    """Return who read a person's data, latest first (three statements)."""
    found = access_log.seen_by(person_id, before=before, limit=SIZE + 1)
    shown = found[:SIZE]
    names, posts = _names(shown), _posts(shown)
    told = [
        Reading(
            read.at,
            names.get(read.person_id, _("Sistem")) if read.person_id else _("Sistem"),
            post=posts.get(read.position_id, "") if read.position_id else "",
            what=what(read.operation),
        )
        for read in shown
    ]
    days = [Day(day, list(group)) for day, group in groupby(told, key=lambda one: clock.local(one.at).date())]
    return Readings(days, next=str(shown[-1].id) if len(found) > SIZE else "")


def _names(reads: Sequence[Read]) -> dict[UUID, str]:
    wanted = {read.person_id for read in reads if read.person_id}
    person = Person.__table__.c
    return {row.id: row.name for row in run(sa.select(person.id, person.name).where(person.id.in_(wanted)))}


def _posts(reads: Sequence[Read]) -> dict[UUID, str]:
    wanted = {read.position_id for read in reads if read.position_id}
    post, unit = Position.__table__.c, Unit.__table__.c
    query = (
        sa.select(post.id, post.title, unit.name)
        .join(Unit.__table__, unit.id == post.unit_id)
        .where(post.id.in_(wanted))
    )
    return {row.id: f"{row.title}, {row.name}" for row in run(query)}


def what(operation: str) -> str:
    """Return in words what was opened."""
    owner = operation.split(".", 1)[0]
    known = PAGES.get(operation)
    return _(known) if known else _("Halaman modul {title}", title=_(host().title(owner)))
