"""Staged imports: kept with their report until somebody applies or discards them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa

from superapp.access.listing import SIZE, Page, page_of
from superapp.kernel import clock, command, ids
from superapp.kernel.database import run
from superapp.kernel.errors import NotFound, Refused
from superapp.kernel.jobs import enqueue
from superapp.kernel.language import N_
from superapp.kernel.language import gettext as _
from superapp.shared.imports.contract import Importer, Remark
from superapp.shared.imports.planning import Plan, PlannedRow, ends_are_many
from superapp.shared.tables.imports import import_, import_row

Ends = Literal["auto", "yes", "no"]
STAGED = N_("{actor} menyiapkan impor {title} dari {file}")
APPLIED = N_("{actor} menerapkan impor {title} dari {file}")
UNDONE = N_("{actor} membatalkan impor {title} dari {file}")
DISCARDED = N_("{actor} membuang impor {title} dari {file}")
APPLY, UNDO = "shared.import_apply", "shared.import_undo"
UNWANTED_AFTER = timedelta(days=7)
"""A staged import that nobody applies holds personal data for no purpose."""
UNDO_WITHIN = timedelta(days=30)
IMPORT, ROW = import_.c, import_row.c


@dataclass(frozen=True)
class Import:
    """An import: `state` is staged, applying, applied, undoing or undone; `counts` by action, and after applying by
    outcome (`applied`, `failed`, `held`)."""

    id: UUID
    kind: str = field(kw_only=True)
    module: str = field(kw_only=True)
    opd_id: UUID | None = field(kw_only=True)
    file_name: str = field(kw_only=True)
    state: str = field(kw_only=True)
    counts: dict[str, int] = field(kw_only=True)
    options: dict[str, Any] = field(kw_only=True)
    created_by: UUID | None = field(kw_only=True)
    created_at: datetime = field(kw_only=True)
    applied_at: datetime | None = field(kw_only=True)
    undone_at: datetime | None = field(kw_only=True)
    job_id: UUID | None = field(kw_only=True)

    @property
    def ends_are_many(self) -> bool:
        """Tell whether more records would end than a complete file makes plausible: they are held back."""
        return ends_are_many(self.counts)


def stage(importer: Importer, planned: Plan, *, opd_id: UUID | None = None) -> UUID:
    """Keep a plan in the command under way and return the id of the import."""
    by = command.current()
    own = ids.uuid7()
    header = {
        "id": own,
        "kind": importer.kind,
        "module": importer.module,
        "opd_id": opd_id,
        "file_name": planned.file_name[:160],
        "state": "staged",
        "counts": planned.counts,
        "options": {"ignored": list(planned.ignored)[:50]},
        "created_by": by.actor.person_id,
        "created_at": clock.now(),
    }
    run(sa.insert(import_).values(header))
    run(sa.insert(import_row), [_row(own, place, row) for place, row in enumerate(planned.rows)])
    by.about("core_import", own, opd_id=opd_id, title=importer.title, file=planned.file_name)
    return own


def _row(own: UUID, place: int, row: PlannedRow) -> dict[str, Any]:
    applicable = row.action in ("add", "change", "end")
    return {
        "import_id": own,
        "number": row.number,
        "place": place,
        "key": row.key,
        "action": row.action,
        "label": row.label[:160],
        "values": dict(row.values),
        "was": dict(row.was),
        "faults": [asdict(fault) for fault in row.faults],
        "remarks": [asdict(remark) for remark in row.remarks],
        "state": "waiting" if applicable else "none",
    }


def find(import_id: UUID) -> Import:
    """Return an import; raises NotFound."""
    found = run(sa.select(import_).where(IMPORT.id == import_id)).first()
    if found is None:
        raise NotFound(_("Impor ini tidak ada."))
    return Import(**found._mapping)


def latest(*, kinds: Iterable[str] = (), cursor: str = "", size: int = SIZE) -> Page:
    """Return one page of imports, the latest first; rows are those of the table."""
    wanted = list(kinds)
    query = sa.select(import_)
    return page_of(
        query.where(IMPORT.kind.in_(wanted)) if wanted else query, (IMPORT.id,), cursor, descending=True, size=size
    )


@dataclass(frozen=True)
class ReportRow:
    """One row of a report, for people."""

    number: int
    action: str = field(kw_only=True)
    state: str = field(kw_only=True)
    key: str = field(kw_only=True)
    label: str = field(kw_only=True)
    changes: Sequence[tuple[str, Any, Any]] = field(kw_only=True)
    """Field, what was stored, what the file says."""
    faults: Sequence[Remark] = field(kw_only=True)
    remarks: Sequence[Remark] = field(kw_only=True)


def report(import_id: UUID, *, actions: Iterable[str] = (), states: Iterable[str] = (), cursor: str = "") -> Page:
    """Return one page of the rows of an import, of some actions or states if given, by row number."""
    query = sa.select(import_row).where(ROW.import_id == import_id)
    for wanted, column in ((list(actions), ROW.action), (list(states), ROW.state)):
        query = query.where(column.in_(wanted)) if wanted else query
    found = page_of(query, (ROW.number,), cursor)
    return Page([_report_row(row) for row in found.rows], next=found.next)


def _report_row(row: Any) -> ReportRow:
    return ReportRow(
        row.number,
        action=row.action,
        state=row.state,
        key=row.key,
        label=row.label,
        changes=[(name, before, row.values.get(name)) for name, before in row.was.items()],
        faults=[Remark(**fault) for fault in row.faults],
        remarks=[Remark(**remark) for remark in row.remarks],
    )


def start(import_id: UUID, *, ends: Ends = "auto") -> UUID:
    """Let a job apply a staged import, in the command under way; return the job's id.

    `ends`: `auto` ends records that the file lacks unless they are implausibly many. Raises Refused when it was started,
    applied or discarded before.
    """
    return _begin(import_id, ("staged",), "applying", APPLY, {"ends": ends})


def start_undo(import_id: UUID) -> UUID:
    """Let a job take an applied import back, as far as nobody changed its records since; return the job's id."""
    found = find(import_id)
    if found.applied_at is not None and found.applied_at < clock.now() - UNDO_WITHIN:
        raise Refused(_("Impor lebih lama dari 30 hari tidak dapat dibatalkan."))
    return _begin(import_id, ("applied",), "undoing", UNDO, {})


def _begin(import_id: UUID, states: Sequence[str], state: str, job: str, options: dict[str, Any]) -> UUID:
    by, found = command.current(), find(import_id)
    change = {"state": state, "options": found.options | options}
    if not run(sa.update(import_).where(IMPORT.id == import_id, IMPORT.state.in_(states)).values(change)).rowcount:
        raise Refused(_("Impor ini sedang atau sudah diproses."))
    job_id = enqueue(
        job,
        {"import_id": import_id},
        key=f"{job}:{import_id.hex}",
        person_id=by.actor.person_id,
        plugin=found.module,
        opd_id=found.opd_id,
    )
    run(sa.update(import_).where(IMPORT.id == import_id).values(job_id=job_id))
    by.about("core_import", import_id, opd_id=found.opd_id, file=found.file_name, title=found.kind)
    return job_id


def discard(import_id: UUID) -> None:
    """Delete a staged import with its rows, in the command under way. Raises Refused when it was started."""
    by, found = command.current(), find(import_id)
    if found.state != "staged":
        raise Refused(_("Impor ini sedang atau sudah diproses."))
    _delete([import_id])
    by.about("core_import", import_id, opd_id=found.opd_id, file=found.file_name, title=found.kind)


def _delete(import_ids: list[UUID]) -> None:
    run(sa.delete(import_row).where(ROW.import_id.in_(import_ids)))
    run(sa.delete(import_).where(IMPORT.id.in_(import_ids)))


def forget_old() -> int:
    """Delete staged imports that nobody applied and the rows of those too old to undo (nightly job); return how many.

    Faulty rows go with the rest: those of a staged import after `UNWANTED_AFTER`, of an applied one after `UNDO_WITHIN`.
    """
    now = clock.now()
    staged = sa.select(IMPORT.id).where(IMPORT.state == "staged", IMPORT.created_at < now - UNWANTED_AFTER)
    unwanted = list(run(staged).scalars())
    _delete(unwanted)
    since = sa.func.coalesce(IMPORT.applied_at, IMPORT.created_at)
    over = sa.and_(IMPORT.state.in_(("applied", "undone")), since < now - UNDO_WITHIN)
    stuck = sa.and_(IMPORT.state.in_(("applying", "undoing")), since < now - UNDO_WITHIN - UNWANTED_AFTER)
    done = sa.select(IMPORT.id).where(sa.or_(over, stuck))
    return len(unwanted) + run(sa.delete(import_row).where(ROW.import_id.in_(done))).rowcount
