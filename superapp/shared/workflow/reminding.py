"""Reminding and escalating: at half of the working time the decider, when it is over the requester too, at one and a
half the supervisor of who should have decided."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from superapp.kernel import clock, command
from superapp.kernel.database import run
from superapp.kernel.language import N_
from superapp.kernel.language import gettext as _
from superapp.organization import holders
from superapp.shared import agenda, notices, timeline
from superapp.shared.gate import module_on
from superapp.shared.tables.workflow import case as cases
from superapp.shared.tables.workflow import step as steps
from superapp.shared.workflow import categories, rows
from superapp.shared.workflow.rows import Case, CaseStep

S = steps.c
SHARES = (0.5, 1.0, 1.5)
"""The shares of the working time from opening to due time when something is said."""
MOST = 500
"""Steps a run looks at; the next run goes on."""
HALF = N_("Separuh waktu sudah lewat: {title}")
OVER = N_("Lewat waktu: {title}")
ESCALATED = N_("Belum diputus {label}: {title}")
NOTED = N_("Batas waktu “{step}” terlampaui; atasan {label} diberi tahu")


def remind(_resume: Any = None) -> int:
    """Say what is due to be said about open steps (job); return about how many."""
    command.current()
    due = (
        sa.select(S.id)
        .select_from(steps.join(cases, cases.c.id == S.case_id))
        .where(S.state == "open", S.remind_at <= clock.now(), module_on(cases))
        .order_by(S.remind_at)
        .limit(MOST)
    )
    found = list(run(due).scalars())
    for step_id in found:
        _say(rows.step_of(step_id))
    return len(found)


def _say(step: CaseStep) -> None:
    case, level = rows.find(step.case_id), step.reminded
    said = min(level + 1, len(SHARES))
    rows.change_step(step.id, reminded=said, remind_at=_next(step, said))
    if level == 0:
        _to_decider(case, step, HALF)
    elif level == 1:
        _to_decider(case, step, OVER)
        _to([case.requester_id], case, case.url, _(OVER, title=case.title))
    else:
        _escalate(case, step)


def _next(step: CaseStep, said: int) -> datetime | None:
    """Return when something is to be said next, never in the past: a long outage is no reason for three notices."""
    if said >= len(SHARES) or step.opened_at is None or step.due_at is None:
        return None
    moment = agenda.moment_of(SHARES[said], step.opened_at, step.due_at, agenda.week_of_position(step.position_id))
    return max(moment, clock.now())


def _to_decider(case: Case, step: CaseStep, words: str) -> None:
    title, more = _(words, title=case.title), _more(case, f"/tasks/{step.id}")
    if step.position_id is not None:
        notices.notify_position(step.position_id, title, **more)
    elif step.person_id is not None:
        notices.notify(step.person_id, title, **more)


def _escalate(case: Case, step: CaseStep) -> None:
    above = holders.supervisor_of(step.position_id, not_held_by=case.subject_id) if step.position_id else None
    if above is None:
        return
    title = _(ESCALATED, label=step.label, title=case.title)
    notices.notify_position(above.position_id, title, **_more(case, case.url))
    timeline.note_of(case.record_type, case.record_id, NOTED, step=step.title, label=step.label)


def _to(people: list[Any], case: Case, url: str, title: str) -> None:
    notices.notify_all(people, title, **_more(case, url))


def _more(case: Case, url: str) -> dict[str, Any]:
    return {"url": url, **categories.about(case, categories.LATE)}
