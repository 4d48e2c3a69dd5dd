"""What a person asked for: his cases, where each waits and since when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.access.actor import current
from superapp.access.listing import Page, page_of
from superapp.kernel.database import run
from superapp.shared.gate import module_on
from superapp.shared.tables.workflow import case as cases
from superapp.shared.tables.workflow import step as steps

C, S = cases.c, steps.c
_MINE = sa.select(
    C.id, C.title, C.url, C.kind, C.module, C.state, C.outcome, C.submitted_at, C.ended_at
).where(C.requester_id == sa.bindparam("person"), module_on(cases))  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """A case of its requester: `at` are the posts where it waits, `since` when the longest of them began to."""

    id: UUID
    title: str
    url: str = field(kw_only=True)
    module: str = field(kw_only=True)
    state: str = field(kw_only=True)
    at: Sequence[str] = field(default=(), kw_only=True)
    since: datetime | None = field(default=None, kw_only=True)
    due_at: datetime | None = field(default=None, kw_only=True)
    ended_at: datetime | None = field(default=None, kw_only=True)


def asked(cursor: str = "") -> Page:
    """Return one page of the actor's cases, the latest first (two statements)."""
    found = page_of(_MINE.params(person=current().person_id), (C.id,), cursor, descending=True)
    walked = _steps([row.id for row in found.rows if row.state == "running"])
    return Page([_asked(row, walked.get(row.id, ())) for row in found.rows], next=found.next)


def _steps(case_ids: Sequence[UUID]) -> dict[UUID, list[Any]]:
    """Return the steps that are open or done, by case."""
    query = sa.select(S.case_id, S.label, S.state, S.opened_at, S.due_at).where(
        S.case_id.in_(case_ids), S.state.in_(["open", "done"])
    )
    by_case: dict[UUID, list[Any]] = {}
    for row in run(query.order_by(S.place, S.id)) if case_ids else ():
        by_case.setdefault(row.case_id, []).append(row)
    return by_case


def _asked(row: Any, walked: Sequence[Any]) -> Asked:
    waiting = [step for step in walked if step.state == "open"]
    running = "reviewed" if len(waiting) < len(walked) else "submitted"
    return Asked(
        row.id,
        row.title,
        url=row.url,
        module=row.module,
        state={"running": running, "ended": row.outcome}.get(row.state, row.state),
        at=[step.label for step in waiting],
        since=min((step.opened_at for step in waiting if step.opened_at), default=None),
        due_at=min((step.due_at for step in waiting if step.due_at), default=None),
        ended_at=row.ended_at,
    )
