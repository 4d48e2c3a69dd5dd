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
    """Return the ids of those rows (id, person_id, kind) whose kind the reader may know; at most one statement."""
    person_id, found = current_actor().person_id, list(rows)
    known = {row.id for row in found if row.kind == OPEN or row.person_id == person_id}
    asked = [row.id for row in found if row.id not in known]
    return known | _granted(asked) if asked else known


def _granted(asked: list[UUID]) -> set[UUID]:
    reach, clause = current_actor().reach(PERMISSION), visibility(LeaveRequest, PERMISSION)
    if not reach or clause is None:
        return set(asked) if clause is None else set()
    return set(run(sa.select(R.id).where(R.id.in_(asked), clause)).scalars())


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
