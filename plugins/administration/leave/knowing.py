"""Who may know which kind of leave somebody takes: that it is leave is the office's business, why is not (UU 27/2022).

Annual leave may be read by whoever reads the record; every other kind by the person, by who may read medical notes there,
and by whom it waits for. All others read "Cuti" for all of them alike, so that the word gives nothing away.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.api import N_, CaseView, case_view, current_actor, guard_files, run, visibility, visible
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


def reads_notes(row: LeaveRequest) -> bool:
    """Tell whether the reader may read what says why: his own, or one of which he may read medical notes."""
    return row.person_id == current_actor().person_id or _sees(row, PERMISSION)


def knows(row: LeaveRequest, view: CaseView | None) -> bool:
    """Tell whether the reader may know the kind of a request that he sees, and read its letter."""
    return row.kind == OPEN or bool(view and view.task) or reads_notes(row)


def _reads_file(row: LeaveRequest, permission: str) -> bool:
    """Tell whether the reader may read a file of a request: notes are for fewer than letters."""
    if permission == PERMISSION:
        return reads_notes(row)
    return _sees(row, permission) and knows(row, case_view(row))


def _sees(row: LeaveRequest, permission: str) -> bool:
    return run(visible(LeaveRequest, permission, R.id).where(R.id == row.id)).first() is not None


guard_files(LeaveRequest, _reads_file)


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
