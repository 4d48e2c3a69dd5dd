"""What needs repair: paused contributions, dead and parked jobs, failed imports, faults, and how safe the data is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.access.actor import current
from superapp.kernel import clock
from superapp.kernel.database import run
from superapp.kernel.jobs import ledger
from superapp.kernel.jobs.kinds import known
from superapp.kernel.jobs.ledger import JobView, State
from superapp.kernel.tables import audit, job
from superapp.plugin.tables import fault
from superapp.shared.tables import import_

LATE = timedelta(minutes=5)
"""A due job that waits longer means that no worker runs."""
BACKUP_LATE = timedelta(hours=26)
"""Backups run nightly; an older one is told in red (RELIABILITY: weekly automatic, 26 h)."""
BACKUP = "core.backup"
DRILL = "core.restore_drill"
VERIFY = "admin.verify_audit"
_CODE = re.compile(r"(?:NNK-)?([0-9A-F]{4})", re.I)


@dataclass(frozen=True)
class Drill:
    """The last restore on trial: when it ended, what was wrong, and what could not be tried ("" when all was)."""

    at: datetime
    faults: tuple[str, ...] = field(default=(), kw_only=True)
    untried: str = field(default="", kw_only=True)


@dataclass(frozen=True)
class Safety:
    """How safe the data is: backup, restore drill, check of the audit chains, and whether jobs are done at all."""

    backup: datetime | None = field(kw_only=True)
    drill: Drill | None = field(kw_only=True)
    verified: datetime | None = field(kw_only=True)
    audit_faults: int | None = field(kw_only=True)
    waiting_since: datetime | None = field(kw_only=True)

    @property
    def backup_is_late(self) -> bool:
        """Tell whether the last backup is older than a night and two hours, or there is none."""
        return self.backup is None or clock.now() - self.backup > BACKUP_LATE

    @property
    def worker_is_silent(self) -> bool:
        """Tell whether due jobs are left lying."""
        return self.waiting_since is not None and clock.now() - self.waiting_since > LATE


def everywhere() -> bool:
    """Tell whether the actor repairs for the whole regency: the jobs of all offices lie in one ledger."""
    return current().reach("admin.repair").everywhere


def safety() -> Safety:
    """Return how safe the data is, from what the jobs left in the ledger."""
    backup, verified = _last_done(BACKUP), _last_done(VERIFY)
    return Safety(
        backup=backup.finished_at if backup else None,
        drill=_drill(),
        verified=verified.finished_at if verified else None,
        audit_faults=len((verified.result or {}).get("faults", ())) if verified else None,
        waiting_since=ledger.oldest_waiting(),
    )


def _drill() -> Drill | None:
    found = _last_done(DRILL)
    if found is None:
        return None
    return Drill(found.finished_at, faults=tuple(found.result["faults"]), untried=found.result["untried"])


def _last_done(kind: str) -> Any:
    query = sa.select(job.c.finished_at, job.c.result).where(job.c.kind == kind, job.c.state == State.DONE)
    return run(query.order_by(job.c.id.desc()).limit(1)).first()


def verified_faults() -> list[dict[str, Any]]:
    """Return what the last check of the audit chains found wrong."""
    last = _last_done(VERIFY)
    found: list[dict[str, Any]] = (last.result or {}).get("faults", []) if last else []
    return found


def dead_jobs(before: UUID | None = None) -> list[JobView]:
    """Return the jobs that were given up, newest first."""
    return ledger.dead(before=before, limit=20)


def title_of(kind: str) -> str:
    """Return the words of a kind of job, its key when the code for it is gone."""
    found = known().get(kind)
    return (found.title if found else "") or kind


def parked() -> Sequence[Any]:
    """Return the parked jobs by module and kind: they go on when their module does."""
    query = sa.select(
        job.c.plugin, job.c.kind, sa.func.count().label("count"), sa.func.min(job.c.created_at).label("since")
    )
    return run(query.where(job.c.state == State.PARKED).group_by(job.c.plugin, job.c.kind)).all()


def failed_imports() -> Sequence[Any]:
    """Return imports whose job was given up, and those of which rows failed, newest first."""
    stuck = sa.and_(import_.c.state.in_(("applying", "undoing")), job.c.state == State.DEAD)
    partly = sa.and_(import_.c.state == "applied", import_.c.counts["failed"].as_integer() > 0)
    query = sa.select(import_, job.c.state.label("job_state")).select_from(
        import_.outerjoin(job, job.c.id == import_.c.job_id)
    )
    return run(query.where(sa.or_(stuck, partly)).order_by(import_.c.id.desc()).limit(10)).all()


@dataclass(frozen=True)
class Incident:
    """What is known under a code that somebody read out: faults of modules and commands of that request."""

    code: str
    faults: Sequence[Any] = field(kw_only=True)
    commands: Sequence[Any] = field(kw_only=True)


def incident(typed: str) -> Incident | None:
    """Return what happened under a code such as NNK-4F2A within 30 days, None when this is no code."""
    found = _CODE.fullmatch(typed.strip())
    if found is None:
        return None
    tail, since = found[1].lower(), clock.now() - timedelta(days=30)
    faults = sa.select(fault).where(fault.c.at > since, fault.c.request_id.endswith(tail)).order_by(fault.c.at.desc())
    commands = (
        sa.select(audit.c.at, audit.c.operation, audit.c.chain, audit.c.sequence)
        .where(audit.c.at > since, audit.c.request_id.endswith(tail))
        .order_by(audit.c.at.desc())
    )
    return Incident(f"NNK-{tail.upper()}", faults=run(faults.limit(20)).all(), commands=run(commands.limit(20)).all())
