"""Undoing a decision in its first seconds: the case, its steps and tasks are again what they were."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.access.actor import current
from superapp.kernel import clock, command
from superapp.kernel.database import run
from superapp.kernel.errors import NotFound, Refused
from superapp.kernel.jobs.ledger import plain
from superapp.kernel.language import N_
from superapp.kernel.language import gettext as _
from superapp.shared import timeline
from superapp.shared.tables.work import task
from superapp.shared.tables.workflow import step as steps
from superapp.shared.workflow import opening, rows
from superapp.shared.workflow.rows import Case, CaseStep

T, S = task.c, steps.c
UNDONE = N_("membatalkan keputusannya")
_FIXED = {"id", "case_id", "before"}


def picture(case: Case) -> dict[str, Any]:
    """Return a case, its present steps and open tasks as JSON keeps them, for `undo`."""
    present = rows.steps_of(case.id)
    return {
        "version": case.version,
        "steps": {str(one.id): _plain_step(one) for one in present},
        "tasks": [str(one) for one in _open_tasks(case)],
        "record": _record_state(case),
    }


def _plain_step(one: CaseStep) -> dict[str, Any]:
    values: dict[str, Any] = plain({name: value for name, value in asdict(one).items() if name not in _FIXED})
    return values


def _open_tasks(case: Case) -> list[UUID]:
    query = sa.select(T.id).where(
        T.record_type == case.record_type, T.record_id == case.record_id, T.closed_at.is_(None)
    )
    return [UUID(str(one)) for one in run(query).scalars()]


def _record_state(case: Case) -> str:
    record = opening.record_of(case)
    return str(getattr(record, "state", "") or "")


def undo(step_id: UUID) -> Case:
    """Take a decision back in the command under way, by who made it, and return the case.

    Raises NotFound for others, Refused when its seconds are over or somebody acted since.
    """
    command.current()
    found = rows.step_of(step_id)
    case = rows.find(found.case_id, lock=True)
    found = rows.step_of(step_id)
    if found.decided_by is None or found.decided_by != current().person_id:
        raise NotFound(_("Tugas ini tidak ada."))
    kept = found.before
    late = found.settles_at is None or found.settling is None or clock.now() >= found.settles_at
    if kept is None or late or case.version != kept["version"] + 1:
        raise Refused(
            _("Waktu untuk membatalkan sudah lewat. Hubungi pemutus berikutnya atau buka kembali keputusannya.")
        )
    _restore_steps(case, kept["steps"])
    _restore_tasks(case, kept["tasks"])
    rows.acted(case.id, state="running", outcome="", ended_at=None, last_step_id=None)
    if kept["record"]:
        opening.set_record_state(case, kept["record"])
    timeline.note_of(case.record_type, case.record_id, UNDONE)
    return rows.find(case.id)


def _restore_steps(case: Case, kept: Mapping[str, Mapping[str, Any]]) -> None:
    known = [UUID(one) for one in kept]
    run(sa.delete(steps).where(S.case_id == case.id, S.state != "replaced", S.id.not_in(known)))
    for step_id, values in kept.items():
        rows.change_step(UUID(step_id), before=None, **{name: _typed(name, value) for name, value in values.items()})


def _typed(name: str, value: Any) -> Any:
    kind = S[name].type
    if value is None:
        return None
    if isinstance(kind, sa.Uuid):
        return UUID(value)
    return datetime.fromisoformat(value) if name.endswith("_at") else value


def _restore_tasks(case: Case, kept: list[str]) -> None:
    known = [UUID(one) for one in kept]
    own = sa.and_(T.record_type == case.record_type, T.record_id == case.record_id)
    run(sa.delete(task).where(own, T.closed_at.is_(None), T.id.not_in(known), T.kind.startswith(case.kind)))
    again = {"closed_at": None, "closed_by": None, "closed_position_id": None, "outcome": ""}
    run(sa.update(task).where(own, T.id.in_(known)).values(again))


def afresh(one: CaseStep) -> dict[str, Any]:
    """Return the row of a step that is to be decided anew, at the same place by the same decider."""
    same = ("place", "key", "title", "need", "position_id", "person_id", "label", "why", "days")
    return rows.waiting(one.case_id, **{name: getattr(one, name) for name in same})
