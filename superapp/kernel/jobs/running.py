"""Running one leased job: its effect and the mark "done" commit together, so a kill anywhere makes it happen once."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy.exc import DBAPIError

from superapp.extensions import db
from superapp.kernel import clock, command, failpoints, logs, ports, redaction
from superapp.kernel.errors import AppError, Busy, TooMany
from superapp.kernel.jobs import lease as leases
from superapp.kernel.jobs.actor import JobActor, acting_as
from superapp.kernel.jobs.kinds import Job, Step, known
from superapp.kernel.jobs.lease import Lease, LeaseLost
from superapp.kernel.jobs.ledger import State

_log = logs.get("jobs")
BREATH = 0.025
"""Seconds between two steps: SQLite's writers do not queue, they look again now and then, and would hardly ever meet
the moment between two transactions (a small write beside an import waited up to 1.3 s)."""


@dataclass(eq=False)
class Run:
    """A job that runs in this process: what its heartbeat has to know."""

    lease: Lease
    stopping: threading.Event = field(default_factory=threading.Event)
    deadline: float = 0.0

    def prolong(self, seconds: float) -> None:
        """Give the job so many seconds more to reach its next commit."""
        self.deadline = time.monotonic() + seconds

    @property
    def overdue(self) -> bool:
        """Tell whether the job took longer than its kind allows."""
        return bool(self.deadline) and time.monotonic() > self.deadline


def perform(run: Run) -> State:
    """Run a leased job to its end, its next failure or the worker's stop, inside an app context; return its state.

    Never raises: whatever the job's code raises is written to the ledger, for another attempt or as a dead letter.
    """
    clock.refresh()
    lease = run.lease
    job = known().get(lease.kind)
    if job is None or not leases.may_run(lease.kind, lease.plugin, lease.opd_id):
        leases.give_back(lease, State.PARKED)
        return State.PARKED
    run.prolong(job.timeout)
    try:
        with acting_as(JobActor(lease.kind, person_id=lease.person_id, opd_id=lease.opd_id)):
            return _by_steps(job, run) if job.stepwise else _at_once(job, run)
    except LeaseLost:
        _log.warning("job lost its lease", kind=lease.kind, job=str(lease.job_id))
        return State.RUNNING
    except BaseException as error:  # a plugin's SystemExit must not end the worker either
        return _failed(run, error)
    finally:
        db.session.remove()


def _failed(run: Run, error: BaseException) -> State:
    """Write a failure down. A refusal is an answer: it is not tried again and is no fault of its module."""
    db.session.rollback()
    refusal = isinstance(error, AppError) and not isinstance(error, Busy | TooMany)
    hide = redaction.texts(run.lease.arguments)
    words = redaction.redact(str(error), hide) if refusal else redaction.describe(error, hide)
    state = leases.failed(run.lease, words, for_good=refusal)
    if run.lease.plugin and not refusal and ports.job_faults.filled:
        ports.job_faults().note(run.lease.plugin, run.lease.kind, error)
    _log.error("job failed", kind=run.lease.kind, job=str(run.lease.job_id), state=str(state), error=words)
    return state


def _at_once(job: Job, run: Run) -> State:
    extra = _prepared(job, run)
    for attempt in range(1, command.ATTEMPTS + 1):
        try:
            with _transaction(job, run):
                leases.done(run.lease, job.function(**run.lease.arguments, **extra))
        except DBAPIError as error:
            if attempt == command.ATTEMPTS or not command.worth_another_try(error):
                raise
        else:
            return State.DONE
    raise AssertionError("unreachable")


def _by_steps(job: Job, run: Run) -> State:
    steps = job.function(**run.lease.arguments, **_prepared(job, run), resume=run.lease.resume)
    try:
        while not _step(job, run, steps):
            failpoints.reached(f"after-step:{job.kind}")
            run.lease = replace(run.lease, attempt=1)
            run.prolong(job.timeout)
            if run.stopping.wait(BREATH):
                leases.give_back(run.lease)
                return State.WAITING
            if not leases.may_run(job.kind, run.lease.plugin, run.lease.opd_id):
                leases.give_back(run.lease, State.PARKED)
                return State.PARKED
    finally:
        steps.close()
    return State.DONE


def _step(job: Job, run: Run, steps: Generator[Step | None, None, Any]) -> bool:
    """Run the job to its next yield and commit; True at its end."""
    with _transaction(job, run):
        try:
            reached = next(steps)
        except StopIteration as end:
            leases.done(run.lease, end.value)
            return True
        leases.step(run.lease, reached)
        return False


def _prepared(job: Job, run: Run) -> dict[str, Any]:
    if job.prepare is None:
        return {}
    try:
        return {"prepared": job.prepare(**run.lease.arguments)}
    finally:
        db.session.rollback()


def _transaction(job: Job, run: Run) -> Any:
    actor = JobActor(job.kind, person_id=run.lease.person_id, opd_id=run.lease.opd_id)
    return command.begin(
        f"job:{job.kind}", actor=actor, says="", request_id=f"job-{run.lease.job_id.hex[-12:]}", longest=job.longest
    )
