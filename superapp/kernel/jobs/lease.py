"""Leases: who runs a job, until when, and what becomes of it; each change is a short transaction of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.extensions import db
from superapp.kernel import clock, ids, ports
from superapp.kernel.database import insert_once, run, transaction
from superapp.kernel.jobs.kinds import Job, Step, known
from superapp.kernel.jobs.ledger import SCHEDULE, State, plain, row
from superapp.kernel.tables import job as jobs

LEASE = timedelta(seconds=60)
"""A worker that says nothing for so long is dead (DESIGN 4: at most 60 s)."""
BACK_OFF = (5, 30, 120, 600, 3600)
"""Seconds to wait after the first, second … failed attempt."""
LONGEST_ERROR = 4000


class LeaseLost(Exception):
    """Another worker took the job over meanwhile; what this one did is rolled back."""


@dataclass(frozen=True)
class Lease:
    """A job in the hands of one worker; `token` is made anew with each lease and fences off all earlier ones."""

    job_id: UUID
    token: str
    kind: str
    plugin: str
    opd_id: UUID | None
    person_id: UUID | None
    arguments: dict[str, Any]
    resume: Any
    attempt: int
    max_attempts: int


def take(worker: str, job_id: UUID | None = None) -> Lease | None:
    """Lease the job that is due longest, or the given one when it is due; None when there is none.

    PostgreSQL skips rows that other workers are just taking; SQLite's writers queue up anyway.
    """
    moment = clock.now()
    if not _anything_due(moment):
        return None
    due = sa.select(jobs.c.id).where(jobs.c.state == State.WAITING, jobs.c.run_at <= moment)
    due = due.where(jobs.c.id == job_id) if job_id else due.order_by(jobs.c.run_at, jobs.c.id).limit(1)
    due = due.with_for_update(skip_locked=True)
    token = f"{worker}:{ids.uuid7().hex[-12:]}"
    change = {
        "state": State.RUNNING,
        "attempts": jobs.c.attempts + 1,
        "leased_by": token,
        "lease_until": moment + LEASE,
    }
    taking = sa.update(jobs).where(jobs.c.id == due.scalar_subquery()).values(change).returning(jobs)
    with transaction() as connection:
        found = connection.execute(taking).first()
    return _lease(found, token) if found else None


def _anything_due(moment: datetime) -> bool:
    """Look without a lock: an idle worker must not queue up with the writers each second."""
    query = sa.select(jobs.c.id).where(jobs.c.state == State.WAITING, jobs.c.run_at <= moment).limit(1)
    with db.engine.connect() as connection:
        return connection.execute(query).first() is not None


def _lease(found: Any, token: str) -> Lease:
    return Lease(
        found.id,
        token,
        found.kind,
        found.plugin,
        found.opd_id,
        found.person_id,
        found.arguments,
        found.resume,
        attempt=found.attempts,
        max_attempts=found.max_attempts,
    )


def renew(lease: Lease) -> bool:
    """Prolong a lease; False when it is no longer ours."""
    with transaction() as connection:
        change = sa.update(jobs).where(*_ours(lease)).values(lease_until=clock.now() + LEASE)
        return connection.execute(change).rowcount == 1


def step(lease: Lease, reached: Step | None) -> None:
    """Write how far the job is, in the transaction of its effect; raises LeaseLost.

    Each step has its own attempts: a long job may be interrupted often, as long as it gets on.
    """
    change: dict[str, Any] = {"lease_until": clock.now() + LEASE, "attempts": 1}
    if reached is not None:
        change |= {"progress": max(0, min(reached.progress, 100)), "resume": plain(reached.resume)}
    _fenced(lease, change)


def done(lease: Lease, result: Any) -> None:
    """Mark the job done, in the transaction of its effect; raises LeaseLost."""
    over = {"state": State.DONE, "progress": 100, "result": plain(result), "resume": None, "error": ""}
    _fenced(lease, over | {"finished_at": clock.now(), "leased_by": None, "lease_until": None})


def _fenced(lease: Lease, change: dict[str, Any]) -> None:
    if run(sa.update(jobs).where(*_ours(lease)).values(change)).rowcount != 1:
        raise LeaseLost(lease.kind)


def failed(lease: Lease, error: str, *, for_good: bool = False) -> State:
    """Write a failure down: another attempt after a while, or a dead letter after the last one (or `for_good`)."""
    moment = clock.now()
    change: dict[str, Any] = {"error": error[:LONGEST_ERROR], "leased_by": None, "lease_until": None}
    if for_good or lease.attempt >= lease.max_attempts:
        change |= {"state": State.DEAD, "finished_at": moment}
    else:
        wait = BACK_OFF[min(lease.attempt, len(BACK_OFF)) - 1]
        change |= {"state": State.WAITING, "run_at": moment + timedelta(seconds=wait)}
    with transaction() as connection:
        connection.execute(sa.update(jobs).where(*_ours(lease)).values(change))
    return State(change["state"])


def give_back(lease: Lease, state: State = State.WAITING) -> None:
    """Hand a job back without counting the attempt: the worker stops, or (`PARKED`) its module is off."""
    change = {"state": state, "attempts": max(0, lease.attempt - 1), "leased_by": None, "lease_until": None}
    with transaction() as connection:
        connection.execute(sa.update(jobs).where(*_ours(lease)).values(change))


def _ours(lease: Lease) -> tuple[sa.ColumnElement[bool], ...]:
    return jobs.c.id == lease.job_id, jobs.c.state == State.RUNNING, jobs.c.leased_by == lease.token


def may_run(kind: str, plugin: str, opd_id: UUID | None) -> bool:
    """Tell whether the code of a kind is loaded, its module is on for the OPD, and the kind is not paused."""
    if known().get(kind) is None:
        return False
    if not plugin:
        return True
    paused = ports.job_faults.filled and ports.job_faults().is_paused(plugin, kind)
    return not paused and ports.module_gate().is_on(plugin, opd_id)


def sweep() -> int:
    """Free what dead workers hold and what was parked and may run again; return how many jobs go on.

    A lease that ends later than any worker could have set it was made by a clock that has been put back since.
    """
    moment = clock.now()
    expired = sa.and_(
        jobs.c.state == State.RUNNING,
        sa.or_(jobs.c.lease_until < moment, jobs.c.lease_until > moment + 2 * LEASE),
    )
    parked = sa.select(jobs.c.kind, jobs.c.plugin, jobs.c.opd_id).where(jobs.c.state == State.PARKED).distinct()
    with db.engine.connect() as connection:
        anything_expired = connection.execute(sa.select(jobs.c.id).where(expired).limit(1)).first()
        groups = connection.execute(parked).all()
    returning = [group for group in groups if may_run(group.kind, group.plugin, group.opd_id)]
    if not anything_expired and not returning:
        return 0
    with transaction() as connection:
        freed = _bury(connection, expired, moment) + connection.execute(_freed(expired)).rowcount
        return freed + sum(connection.execute(_unparked(group)).rowcount for group in returning)


def _bury(connection: sa.Connection, expired: sa.ColumnElement[bool], moment: datetime) -> int:
    """Make dead letters of jobs that ended their worker at each attempt: they would end the next one too."""
    change = {"state": State.DEAD, "finished_at": moment, "leased_by": None, "lease_until": None}
    words = "Proses pekerja berhenti mendadak pada setiap percobaan."
    last = sa.update(jobs).where(expired, jobs.c.attempts >= jobs.c.max_attempts).values(error=words, **change)
    return connection.execute(last).rowcount


def _freed(expired: sa.ColumnElement[bool]) -> sa.Update:
    return sa.update(jobs).where(expired).values(state=State.WAITING, leased_by=None, lease_until=None)


def _unparked(group: Any) -> sa.Update:
    same_opd = jobs.c.opd_id.is_not_distinct_from(group.opd_id)
    same = (jobs.c.state == State.PARKED, jobs.c.kind == group.kind, jobs.c.plugin == group.plugin, same_opd)
    return sa.update(jobs).where(*same).values(state=State.WAITING)


def fire(job: Job, moment: datetime) -> None:
    """Enqueue a job of the schedule for one fire time; on all machines together it happens once."""
    key = f"{SCHEDULE}{job.kind}:{moment:%Y-%m-%dT%H:%M:%S}"
    values = row(job.kind, None, key, None, None, None, job.plugin, 5)
    with transaction() as connection:
        connection.execute(insert_once(jobs, values))
