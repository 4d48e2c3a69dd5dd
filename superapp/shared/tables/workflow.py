"""Workflow: definitions by version, cases, the steps of their paths, and delegations of what a position decides."""

from __future__ import annotations

import sqlalchemy as sa

from superapp.kernel import clock, ids
from superapp.kernel.database import CoreModel, Json, UtcDateTime
from superapp.kernel.database import core_column as column

_metadata = CoreModel.metadata


def _core(table: str) -> sa.ForeignKey:
    return sa.ForeignKey(f"{table}.id", ondelete="RESTRICT")


workflow = sa.Table(
    "core_workflow",
    _metadata,
    column("id", sa.Uuid(), primary_key=True, default=ids.uuid7),
    column("key", sa.String(60), nullable=False),
    column("version", sa.Integer(), nullable=False),
    column("digest", sa.String(64), nullable=False),
    column("body", Json, nullable=False),
    column("created_at", UtcDateTime(), nullable=False, default=clock.now),
    sa.UniqueConstraint("key", "version"),
    sa.UniqueConstraint("key", "digest"),
)
"""A definition as it was when a case first needed it; running cases stay on theirs."""

case = sa.Table(
    "core_case",
    _metadata,
    column("id", sa.Uuid(), primary_key=True, default=ids.uuid7),
    column("workflow_id", _core("core_workflow"), nullable=False),
    column("kind", sa.String(60), nullable=False),
    column("module", sa.String(30), nullable=False, default=""),
    column("unit_id", _core("core_unit"), nullable=False),
    column("opd_id", _core("core_unit"), nullable=False),
    column("record_type", sa.String(60), nullable=False),
    column("record_id", sa.Uuid(), nullable=False),
    column("title", sa.String(160), nullable=False, pii="basic"),
    column("url", sa.String(255), nullable=False),
    column("requester_id", _core("core_person"), nullable=False, pii="basic"),
    column("requester_position_id", _core("core_position")),
    column("subject_id", _core("core_person"), nullable=False, pii="basic"),
    column("state", sa.String(12), nullable=False),
    column("outcome", sa.String(20), nullable=False, default=""),
    column("facts", Json, nullable=False, pii="basic"),
    column("summary", Json, nullable=False, pii="basic"),
    column("choices", Json, nullable=False),
    column("version", sa.Integer(), nullable=False, default=1),
    column("last_step_id", sa.Uuid()),
    column("submitted_at", UtcDateTime(), nullable=False, default=clock.now),
    column("ended_at", UtcDateTime()),
    sa.CheckConstraint("state IN ('running', 'returned', 'ended', 'withdrawn')", name="state"),
    sa.Index("ix_core_case_record", "record_type", "record_id", "id"),
    sa.Index("ix_core_case_requester", "requester_id", "id"),
)
"""A record on its way; `version` rises with each act, `subject_id` is whom the decision concerns, `last_step_id` the step
whose decision led to where the case is."""

step = sa.Table(
    "core_case_step",
    _metadata,
    column("id", sa.Uuid(), primary_key=True, default=ids.uuid7),
    column("case_id", sa.ForeignKey("core_case.id", ondelete="CASCADE"), nullable=False),
    column("place", sa.Integer(), nullable=False),
    column("key", sa.String(40), nullable=False),
    column("title", sa.String(120), nullable=False),
    column("need", sa.Integer(), nullable=False, default=1),
    column("position_id", _core("core_position")),
    column("person_id", _core("core_person"), pii="basic"),
    column("label", sa.String(200), nullable=False, pii="basic"),
    column("why", sa.String(200), nullable=False, default=""),
    column("days", sa.Numeric(5, 2, asdecimal=False), nullable=False, default=1),
    column("state", sa.String(10), nullable=False, default="waiting"),
    column("task_id", sa.Uuid()),
    column("opened_at", UtcDateTime()),
    column("due_at", UtcDateTime()),
    column("remind_at", UtcDateTime()),
    column("reminded", sa.Integer(), nullable=False, default=0),
    column("decision", sa.String(20), nullable=False, default=""),
    column("note", sa.String(1000), nullable=False, default="", pii="basic"),
    column("values", Json, nullable=False, default=dict, pii="basic"),
    column("decided_at", UtcDateTime()),
    column("decided_by", _core("core_person"), pii="basic"),
    column("decided_position_id", sa.Uuid()),
    column("decided_label", sa.String(400), nullable=False, default="", pii="basic"),
    column("settles_at", UtcDateTime()),
    column("settling", sa.Uuid()),
    column("before", Json, pii="basic"),
    sa.CheckConstraint("(person_id IS NULL) <> (position_id IS NULL)", name="decider"),
    sa.CheckConstraint("state IN ('waiting', 'open', 'done', 'skipped', 'replaced')", name="state"),
    sa.Index("ix_core_case_step_case", "case_id", "place", "id"),
    sa.Index("ix_core_case_step_task", "task_id"),
)
"""One decider at one place of a path. Rows of the same place run side by side; of those with the same `key` as many as
`need` says must agree. `before` is what an undo within the first seconds restores, `settling` what it takes away."""
_open = step.c.state == "open"
sa.Index("ix_core_case_step_remind", step.c.remind_at, sqlite_where=_open, postgresql_where=_open)

delegation = sa.Table(
    "core_delegation",
    _metadata,
    column("id", sa.Uuid(), primary_key=True, default=ids.uuid7),
    column("position_id", _core("core_position"), nullable=False, index=True),
    column("person_id", _core("core_person"), nullable=False, index=True, pii="basic"),
    column("kind", sa.String(60), nullable=False, default=""),
    column("starts_on", sa.Date(), nullable=False),
    column("ends_on", sa.Date(), nullable=False),
    column("reason", sa.String(200), nullable=False, default="", pii="basic"),
    column("created_by", sa.Uuid(), pii="basic"),
    column("created_at", UtcDateTime(), nullable=False, default=clock.now),
    sa.CheckConstraint("ends_on >= starts_on", name="period"),
)
"""What a position decides goes to a person as well, for a kind of task or all (empty), from a day to a day."""
