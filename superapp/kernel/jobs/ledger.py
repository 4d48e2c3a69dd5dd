"""The ledger: enqueueing in the caller's transaction, and what people may do with a job from outside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.kernel import clock, command, ids
from superapp.kernel.database import run
from superapp.kernel.errors import NotFound, Refused
from superapp.kernel.prepared import Prepared
from superapp.kernel.tables import job as jobs

LONGEST_KEY = 200
SCHEDULE = "schedule:"
"""How the natural keys of the schedule's jobs begin."""
KEPT = timedelta(days=30)
"""How long a finished job stays readable; its natural key keeps it from happening again that long."""


class State(StrEnum):
    """Where a job is."""

    WAITING = "waiting"
    RUNNING = "running"
    PARKED = "parked"
    DONE = "done"
    DEAD = "dead"


@dataclass(frozen=True)
class JobView:
    """A job as people see it: its state, its progress in per cent, and why it failed."""

    id: UUID
    kind: str
    state: State
    plugin: str
    person_id: UUID | None
    attempts: int
    progress: int
    result: Any
    error: str
    created_at: datetime
    run_at: datetime
    finished_at: datetime | None


def enqueue(
    kind: str,
    arguments: Mapping[str, Any] | None = None,
    *,
    key: str | None = None,
    run_at: datetime | None = None,
    opd_id: UUID | None = None,
    person_id: UUID | None = None,
    plugin: str = "",
    max_attempts: int = 5,
) -> UUID:
    """Enqueue a job in the transaction of the command under way: without its commit there is no job.

    `arguments` go to the job's function by keyword as JSON keeps them (ids and dates as text); never put a password,
    token or NIP there. `key` is the natural key of the effect: the second job with it is not enqueued, the id of the
    first is returned. `run_at` is the earliest start; `opd_id` the OPD whose module must be on; `person_id` who asked.
    Raises RuntimeError outside a command.
    """
    command.current()
    values = row(kind, arguments, key, run_at, opd_id, person_id, plugin, max_attempts)
    if _ADD.run(values):
        return UUID(str(values["id"]))
    return UUID(str(run(sa.select(jobs.c.id).where(jobs.c.key == key)).scalar_one()))


_ADD = Prepared(lambda insert: insert(jobs).on_conflict_do_nothing())


def row(
    kind: str,
    arguments: Mapping[str, Any] | None,
    key: str | None,
    run_at: datetime | None,
    opd_id: UUID | None,
    person_id: UUID | None,
    plugin: str,
    max_attempts: int,
) -> dict[str, Any]:
    """Return the row of a new job."""
    if key is not None and not 0 < len(key) <= LONGEST_KEY:
        raise ValueError(f"the key of a job has 1 to {LONGEST_KEY} characters")
    moment = clock.now()
    return {
        "id": ids.uuid7(),
        "kind": kind,
        "key": key,
        "plugin": plugin,
        "opd_id": opd_id,
        "person_id": person_id,
        "arguments": plain(dict(arguments or {})),
        "state": State.WAITING,
        "attempts": 0,
        "max_attempts": max_attempts,
        "run_at": run_at or moment,
        "error": "",
        "progress": 0,
        "created_at": moment,
    }


def plain(value: Any) -> Any:
    """Return a value as JSON keeps it; TypeError names what cannot be kept."""
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    raise TypeError(f"a job cannot keep {type(value).__name__}; pass an id and read the record in the job")


_VIEW = sa.select(
    jobs.c.id,
    jobs.c.kind,
    jobs.c.state,
    jobs.c.plugin,
    jobs.c.person_id,
    jobs.c.attempts,
    jobs.c.progress,
    jobs.c.result,
    jobs.c.error,
    jobs.c.created_at,
    jobs.c.run_at,
    jobs.c.finished_at,
)


def find(job_id: UUID) -> JobView:
    """Return one job; raises NotFound."""
    found = run(_VIEW.where(jobs.c.id == job_id)).first()
    if found is None:
        raise NotFound("Pekerjaan ini tidak ada lagi.")
    return _view(found)


def of_person(person_id: UUID, *, limit: int = 20) -> list[JobView]:
    """Return the latest jobs that a person asked for, newest first."""
    query = _VIEW.where(jobs.c.person_id == person_id).order_by(jobs.c.id.desc()).limit(limit)
    return [_view(found) for found in run(query)]


def dead(*, before: UUID | None = None, limit: int = 50) -> list[JobView]:
    """Return the jobs that were given up, newest first, for the repair centre; `before` goes on after a page."""
    query = _VIEW.where(jobs.c.state == State.DEAD).order_by(jobs.c.id.desc()).limit(limit)
    return [_view(found) for found in run(query.where(jobs.c.id < before) if before else query)]


def count(state: State, *, limit: int = 1000) -> int:
    """Return how many jobs are in a state, at most `limit`."""
    some = sa.select(jobs.c.id).where(jobs.c.state == state).limit(limit).subquery()
    return int(run(sa.select(sa.func.count()).select_from(some)).scalar_one())


def oldest_waiting() -> datetime | None:
    """Return since when the longest waiting due job waits, None when none does: the worker's health."""
    query = sa.select(sa.func.min(jobs.c.run_at)).where(jobs.c.state == State.WAITING, jobs.c.run_at <= clock.now())
    found: datetime | None = run(query).scalar()
    return found


def retry(job_id: UUID) -> None:
    """Give a dead job its attempts again; for a command. Raises NotFound, or Refused when it is not dead."""
    command.current()
    again = {"state": State.WAITING, "attempts": 0, "run_at": clock.now(), "finished_at": None}
    if not run(sa.update(jobs).where(jobs.c.id == job_id, jobs.c.state == State.DEAD).values(again)).rowcount:
        find(job_id)
        raise Refused("Pekerjaan ini tidak sedang gagal, jadi tidak perlu diulang.")


def discard(job_id: UUID) -> None:
    """Delete a dead job for good; for a command. Raises NotFound, or Refused when it is not dead."""
    command.current()
    if not run(sa.delete(jobs).where(jobs.c.id == job_id, jobs.c.state == State.DEAD)).rowcount:
        find(job_id)
        raise Refused("Pekerjaan ini tidak sedang gagal, jadi tidak bisa dihapus.")


def forget_old() -> int:
    """Delete jobs that ended longer than `KEPT` ago (nightly job); return how many.

    Dead letters stay until a person decides, but for those of the schedule, which has fired again since.
    """
    over = sa.or_(jobs.c.state == State.DONE, sa.and_(jobs.c.state == State.DEAD, jobs.c.key.startswith(SCHEDULE)))
    return run(sa.delete(jobs).where(over, jobs.c.finished_at < clock.now() - KEPT)).rowcount


def _view(found: Any) -> JobView:
    return JobView(**{**found._mapping, "state": State(found.state)})
