"""Opening the next steps of a case, and ending it: tasks with due times, the record's state, who is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from superapp.extensions import db
from superapp.kernel import clock
from superapp.kernel.database import run
from superapp.kernel.language import N_
from superapp.kernel.language import gettext as _
from superapp.organization import holders
from superapp.plugin.mapping import bases
from superapp.shared import agenda, notices, tasks
from superapp.shared.tasks import Duty
from superapp.shared.workflow import categories, rows
from superapp.shared.workflow.deciders import Seat, above
from superapp.shared.workflow.rows import Case, CaseStep

ASKED = N_("{title} menunggu keputusan Anda")
HALF = 0.5
"""The share of the working time after which a decider is reminded for the first time."""


def open_next(case: Case, *, opens_at: datetime | None = None) -> list[CaseStep]:
    """Open the steps of the next place in the command under way and return them; none: the path is walked."""
    steps = rows.steps_of(case.id)
    waiting = [step for step in steps if step.state == "waiting"]
    if not waiting:
        return []
    place = min(step.place for step in waiting)
    opened = [step for step in waiting if step.place == place]
    for step in opened:
        open_step(case, step, opens_at=opens_at)
    return opened


def open_step(case: Case, step: CaseStep, *, opens_at: datetime | None = None) -> None:
    """Open one step: its task waits where it is decided today, its due time counts in the working time of that office."""
    start = opens_at or clock.now()
    seat = _present_seat(case, step)
    week = agenda.week_of_position(seat.position_id)
    due = agenda.after(start, agenda.time_of(float(step.days), week), week)
    task_id = tasks.give(_duty(case, step, seat, due, opens_at))
    rows.change_step(
        step.id,
        state="open",
        position_id=seat.position_id,
        person_id=seat.person_id,
        label=seat.label,
        why=seat.why or step.why,
        task_id=task_id,
        opened_at=start,
        due_at=due,
        remind_at=agenda.moment_of(HALF, start, due, week),
        reminded=0,
    )


def _present_seat(case: Case, step: CaseStep) -> Seat:
    """Return where a step is decided today: above a post that fell vacant, and above whom the decision concerns.

    With nobody above the task waits at the post itself until somebody holds it.
    """
    if step.position_id is None:
        return Seat(step.label, person_id=step.person_id)
    post = holders.post(step.position_id)
    if post is not None and post.holder is not None and post.holder.person_id != case.subject_id:
        return Seat(post.label[:200], position_id=step.position_id)
    return above(step.position_id, case.subject_id) or Seat(step.label, position_id=step.position_id)


def _duty(case: Case, step: CaseStep, seat: Seat, due: datetime, opens_at: datetime | None) -> Duty:
    return Duty(
        case.title,
        f"/tasks/{step.id}",
        kind=case.kind,
        position_id=seat.position_id,
        person_id=seat.person_id,
        module=case.module,
        opd_id=case.opd_id,
        record_type=case.record_type,
        record_id=case.record_id,
        due_at=due,
        opens_at=opens_at,
        consequence=_(case.flow.consequence) if case.flow.consequence else "",
        key=f"step:{step.id}",
        party="approver",
        asked_by=case.requester_id,
    )


def close_steps(steps: Sequence[CaseStep]) -> None:
    """Close steps that need no decision any more, with their tasks."""
    open_tasks = [step.task_id for step in steps if step.state == "open" and step.task_id]
    for task_id in open_tasks:
        tasks.close(task_id, "cancelled")
    rows.change_steps([step.id for step in steps], state="skipped", remind_at=None)


def end(case: Case, outcome: str) -> None:
    """End a case: what still waits is closed, the record bears the outcome."""
    close_steps([step for step in rows.steps_of(case.id) if step.state in ("open", "waiting")])
    rows.change_case(case.id, state="ended", outcome=outcome, ended_at=clock.now())
    set_record_state(case, outcome)


def set_record_state(case: Case, state: str) -> None:
    """Write the state of a case to the column `state` of its record, if the module's model has one."""
    table = _table_of(case.module, case.record_type)
    if table is None or "state" not in table.c:
        return
    values: dict[str, Any] = {"state": state}
    if "version" in table.c:
        values["version"] = table.c.version + 1
    db.session.flush()
    run(sa.update(table).where(table.c.id == case.record_id).values(values))
    loaded: Any
    for loaded in db.session:
        if getattr(loaded, "__table__", None) is table and loaded.id == case.record_id:
            db.session.expire(loaded)


def record_of(case: Case) -> Any:
    """Return the record of a case as its module maps it, None when it is gone."""
    base = bases.get(case.module)
    for mapper in base.registry.mappers if base is not None else ():
        if getattr(mapper.local_table, "name", "") == case.record_type:
            return db.session.get(mapper.class_, case.record_id, populate_existing=True)
    return None


def _table_of(module: str, record_type: str) -> sa.Table | None:
    base = bases.get(module)
    return base.metadata.tables.get(record_type) if base is not None else None


def tell_deciders(case: Case, steps: Sequence[CaseStep]) -> None:
    """Tell those who decide the steps that they wait for them."""
    for step in steps:
        words: dict[str, Any] = {"url": f"/tasks/{step.id}", **categories.about(case, categories.ASK)}
        title = _(ASKED, title=case.title)
        if step.position_id is not None:
            notices.notify_position(step.position_id, title, **words)
        elif step.person_id is not None:
            notices.notify(step.person_id, title, **words)
