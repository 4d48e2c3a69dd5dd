"""The rows of cases and their steps: read, written and locked; no rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.kernel import ids
from superapp.kernel.database import run
from superapp.kernel.errors import NotFound
from superapp.kernel.language import gettext as _
from superapp.shared.tables.workflow import case, step
from superapp.shared.workflow import versions
from superapp.shared.workflow.definition import Step, Workflow

C, S = case.c, step.c


@dataclass(frozen=True)
class Case:
    """A record on its way through a workflow.

    `state` is running, returned, ended or withdrawn; `outcome` what an ended case became; `facts` is what conditions
    look at, `summary` the lines (label, value) that a decider reads.
    """

    id: UUID
    workflow_id: UUID
    kind: str = field(kw_only=True)
    module: str = field(kw_only=True)
    unit_id: UUID = field(kw_only=True)
    opd_id: UUID = field(kw_only=True)
    record_type: str = field(kw_only=True)
    record_id: UUID = field(kw_only=True)
    title: str = field(kw_only=True)
    url: str = field(kw_only=True)
    requester_id: UUID = field(kw_only=True)
    requester_position_id: UUID | None = field(kw_only=True)
    subject_id: UUID = field(kw_only=True)
    state: str = field(kw_only=True)
    outcome: str = field(kw_only=True)
    facts: Mapping[str, Any] = field(kw_only=True)
    summary: Sequence[Sequence[str]] = field(kw_only=True)
    choices: Mapping[str, str] = field(kw_only=True)
    version: int = field(kw_only=True)
    last_step_id: UUID | None = field(kw_only=True)
    submitted_at: datetime = field(kw_only=True)
    ended_at: datetime | None = field(kw_only=True)

    @property
    def flow(self) -> Workflow:
        """Return the definition that the case is on: the one of its submission, with the present code."""
        return versions.flow(self.workflow_id)

    @property
    def open(self) -> bool:
        """Whether a decision or a correction is still awaited."""
        return self.state in ("running", "returned")


@dataclass(frozen=True)
class CaseStep:
    """One decider's part of a path; see `core_case_step`."""

    id: UUID
    case_id: UUID
    place: int = field(kw_only=True)
    key: str = field(kw_only=True)
    title: str = field(kw_only=True)
    need: int = field(kw_only=True)
    position_id: UUID | None = field(kw_only=True)
    person_id: UUID | None = field(kw_only=True)
    label: str = field(kw_only=True)
    why: str = field(kw_only=True)
    days: float = field(kw_only=True)
    state: str = field(kw_only=True)
    task_id: UUID | None = field(kw_only=True)
    opened_at: datetime | None = field(kw_only=True)
    due_at: datetime | None = field(kw_only=True)
    remind_at: datetime | None = field(kw_only=True)
    reminded: int = field(kw_only=True)
    decision: str = field(kw_only=True)
    note: str = field(kw_only=True)
    values: Mapping[str, Any] = field(kw_only=True)
    decided_at: datetime | None = field(kw_only=True)
    decided_by: UUID | None = field(kw_only=True)
    decided_position_id: UUID | None = field(kw_only=True)
    decided_label: str = field(kw_only=True)
    settles_at: datetime | None = field(kw_only=True)
    settling: UUID | None = field(kw_only=True)
    before: Mapping[str, Any] | None = field(kw_only=True)

    def definition(self, flow: Workflow) -> Step:
        """Return the step of the definition; one that was put in has the words of the step it was put to."""
        return flow.step(self.key.partition("+")[0])


@cache
def _case_columns() -> list[sa.Column[Any]]:
    return [C[one.name] for one in fields(Case)]


@cache
def _step_columns() -> list[sa.Column[Any]]:
    return [S[one.name] for one in fields(CaseStep)]


def find(case_id: UUID, *, lock: bool = False) -> Case:
    """Return a case, locked for the command under way if asked; NotFound when there is none."""
    query = sa.select(*_case_columns()).where(C.id == case_id)
    row = run(query.with_for_update() if lock else query).first()
    if row is None:
        raise NotFound(_("Permohonan ini tidak ada."))
    return Case(**row._mapping)


def latest_of(record_type: str, record_id: UUID) -> Case | None:
    """Return the latest case of a record, None when it never was submitted."""
    query = sa.select(*_case_columns()).where(C.record_type == record_type, C.record_id == record_id)
    row = run(query.order_by(C.id.desc()).limit(1)).first()
    return Case(**row._mapping) if row else None


def steps_of(case_id: UUID, *, replaced: bool = False) -> list[CaseStep]:
    """Return the steps of a case in order; those that a later round replaced only if asked."""
    query = sa.select(*_step_columns()).where(S.case_id == case_id)
    query = query if replaced else query.where(S.state != "replaced")
    return [CaseStep(**row._mapping) for row in run(query.order_by(S.place, S.id))]


def step_of(step_id: UUID) -> CaseStep:
    """Return one step; NotFound when there is none."""
    row = run(sa.select(*_step_columns()).where(S.id == step_id)).first()
    if row is None:
        raise NotFound(_("Tugas ini tidak ada."))
    return CaseStep(**row._mapping)


def steps_by_id(step_ids: Sequence[UUID]) -> list[CaseStep]:
    """Return several steps (one statement, none for none)."""
    if not step_ids:
        return []
    return [CaseStep(**row._mapping) for row in run(sa.select(*_step_columns()).where(S.id.in_(step_ids)))]


def step_of_task(task_id: UUID) -> CaseStep | None:
    """Return the step that a task decides, None when the task belongs to no case."""
    row = run(sa.select(*_step_columns()).where(S.task_id == task_id)).first()
    return CaseStep(**row._mapping) if row else None


def acted(case_id: UUID, **values: Any) -> None:
    """Raise the version of a case, once for each act on it."""
    change_case(case_id, version=C.version + 1, **values)


def change_case(case_id: UUID, **values: Any) -> None:
    """Change a case within an act on it."""
    run(sa.update(case).where(C.id == case_id).values(**values))


def change_step(step_id: UUID, was: str = "", **values: Any) -> bool:
    """Change a step, if its state still is what it `was` when that is given; tell whether it was."""
    query = sa.update(step).where(S.id == step_id)
    query = query.where(S.state == was) if was else query
    return bool(run(query.values(**values)).rowcount)


def change_steps(step_ids: Sequence[UUID], **values: Any) -> None:
    """Change several steps alike."""
    if step_ids:
        run(sa.update(step).where(S.id.in_(step_ids)).values(**values))


def waiting(case_id: UUID, **values: Any) -> dict[str, Any]:
    """Return the row of a new step that waits for its turn."""
    undecided = {"decision": "", "note": "", "values": {}, "decided_label": "", "reminded": 0}
    return {"id": ids.uuid7(), "case_id": case_id, "state": "waiting", **undecided, **values}


def add_steps(rows: Sequence[Mapping[str, Any]]) -> None:
    """Write new steps."""
    if rows:
        run(sa.insert(step), list(rows))
