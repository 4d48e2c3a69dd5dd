"""Who may know which kind of leave somebody takes: that it is leave is the office's business, why is not (UU 27/2022).

Annual leave may be read by whoever reads the record; every other kind by the person, by who may read medical notes there,
and by whom it waits for. All others read "Cuti" for all of them alike, so that the word gives nothing away.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.api import N_, current_actor, run, visibility
from superapp.api import _ as words

from .kinds import Kind
from .models import LeaveRequest

R = LeaveRequest.__table__.c
PERMISSION = "leave.medical"
HIDDEN = N_("Cuti")
OPEN = "CT"


def of_rows(rows: Iterable[Any]) -> set[UUID]:
    """Return the ids of those rows (id, person_id, opd_id, kind) whose kind the reader may know; at most one statement."""
    actor, known, asked = current_actor(), set[UUID](), list[UUID]()
    reach = actor.reach(PERMISSION)
    for row in rows:
        if row.kind == OPEN or row.person_id == actor.person_id or reach.everywhere or row.opd_id in reach.opds:
            known.add(row.id)
        else:
            asked.append(row.id)
    return known | _granted(asked) if asked and reach.paths else known


def _granted(asked: list[UUID]) -> set[UUID]:
    clause = visibility(LeaveRequest, PERMISSION)
    query = sa.select(R.id).where(R.id.in_(asked))
    return set(run(query if clause is None else query.where(clause)).scalars())


def narrowed(code: str) -> list[sa.ColumnElement[bool]]:
    """Return the conditions for a list of one kind: without those of which the reader may not know it."""
    same: list[sa.ColumnElement[bool]] = [R.kind == code]
    clause = visibility(LeaveRequest, PERMISSION)
    if code == OPEN or clause is None:
        return same
    return [*same, sa.or_(R.person_id == current_actor().person_id, clause)]


def name_of(kind: Kind, *, known: bool) -> str:
    """Return how a kind is called for a reader."""
    return words(kind.name if known else HIDDEN)


def title_of(kind: Kind) -> str:
    """Return how a kind is called where anybody may read it: titles of tasks, notices and letters."""
    return words(kind.name if kind.code == OPEN else HIDDEN)
