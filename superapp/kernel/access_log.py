"""The access log: who read whose personal or secret record, written before the page is sent, sealed by a job."""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Flask, Response, current_app, g, has_request_context, request
from sqlalchemy.exc import SQLAlchemyError

from superapp.extensions import db
from superapp.kernel import audit, clock, command, ids, ports
from superapp.kernel.database import run, transaction
from superapp.kernel.errors import Busy
from superapp.kernel.tables import access_log as reads
from superapp.kernel.tables import audit as chain
from superapp.kernel.tables import audit_values

AGAIN = timedelta(minutes=10)
"""A person who reloads the same record within this time is not written down again (by the same process)."""
SEAL = "core.seal_access_log"
BATCH = 1000
KEPT = timedelta(days=2 * 365)
"""How long readings stay: who looked can be asked for two years, then the log itself is only more personal data."""
FORGOTTEN = "access_log_forgotten"
"""The record type of the audit row that proves that a sealed batch was deleted by age."""
_REMEMBERED = 5000


@dataclass(frozen=True)
class Read:
    """One reading of a record, for "who saw my data"."""

    at: datetime
    person_id: UUID | None
    position_id: UUID | None
    operation: str
    record_type: str
    record_id: UUID | None
    id: UUID


def install(app: Flask) -> None:
    """Write what a request read before its answer leaves."""
    app.after_request(_write_before_answering)


def note(record_type: str, record_id: UUID, *, subject: UUID | None = None, operation: str = "") -> None:
    """Note that the actor reads a personal or secret record; `subject` is the person it is about.

    Written once the page is ready, in one transaction for the whole request: an answer is not sent without it.
    A person who reads his own record is not noted. `operation` defaults to the page's endpoint.
    """
    actor = ports.current_actor()()
    if subject is not None and subject == actor.person_id:
        return
    name = operation or (request.endpoint or "" if has_request_context() else actor.principal)
    seen = (actor.person_id or actor.principal, name, record_type, record_id, subject)
    if not _recent.is_new(seen):
        return
    row = {
        "id": ids.uuid7(),
        "at": clock.now(),
        "person_id": actor.person_id,
        "position_id": actor.position_id,
        "operation": name,
        "record_type": record_type,
        "record_id": record_id,
        "subject_person_id": subject,
    }
    g.setdefault("access_noted", []).append((row, seen))


class _Recent:
    """What this process wrote down lately, bounded."""

    def __init__(self) -> None:
        self._seen: OrderedDict[Any, datetime] = OrderedDict()
        self._lock = threading.Lock()

    def is_new(self, seen: Any) -> bool:
        moment = clock.now()
        last = self._seen.get(seen)
        return last is None or not timedelta(0) <= moment - last < AGAIN

    def remember(self, seen: list[Any]) -> None:
        with self._lock:
            self._seen |= dict.fromkeys(seen, clock.now())
            while len(self._seen) > _REMEMBERED:
                self._seen.popitem(last=False)


_recent = _Recent()


def write() -> None:
    """Write what was noted in this context, in a short transaction of its own; after a command, never within one."""
    noted = g.pop("access_noted", [])
    if not noted:
        return
    with transaction() as connection:
        connection.execute(sa.insert(reads), [row for row, _ in noted])
    _recent.remember([seen for _, seen in noted])


def _write_before_answering(response: Response) -> Response:
    """Fail closed: when the reading cannot be written down, what was read is not shown."""
    if "access_noted" not in g:
        return response
    try:
        db.session.rollback()
        write()
    except SQLAlchemyError:
        g.pop("access_noted", None)
        return current_app.make_response(current_app.handle_user_exception(Busy()))
    return response


def seen_by(person_id: UUID, *, before: UUID | None = None, limit: int = 50) -> list[Read]:
    """Return who read the records of a person, latest first ("Siapa melihat data saya"); `before` is a reading's id."""
    query = sa.select(
        reads.c.at,
        reads.c.person_id,
        reads.c.position_id,
        reads.c.operation,
        reads.c.record_type,
        reads.c.record_id,
        reads.c.id,
    ).where(reads.c.subject_person_id == person_id)
    if before is not None:
        query = query.where(reads.c.id < before)
    return [Read(**row._mapping) for row in run(query.order_by(reads.c.at.desc(), reads.c.id.desc()).limit(limit))]


def seal() -> int:
    """Seal all readings not sealed yet into the core's audit chain, a thousand a row (job); return how many.

    From then on an edited, deleted or added reading shows in `audit verify`.
    """
    sealed = 0
    while rows := _rows(reads.c.batch.is_(None), limit=BATCH):
        batch = ids.uuid7()
        run(sa.update(reads).where(reads.c.id.in_([row["id"] for row in rows])).values(batch=batch))
        command.current().also(
            "{count} pembacaan data disegel", "access_log", batch, opd_id=None, count=len(rows), digest=_digest(rows)
        )
        sealed += len(rows)
    return sealed


def forget_old() -> int:
    """Delete sealed batches whose newest reading is older than `KEPT` (nightly job); return how many readings.

    Each leaves an audit row: a batch that is missing without one shows in `audit verify`.
    """
    newest = sa.func.max(reads.c.at)
    aged = sa.select(reads.c.batch).where(reads.c.batch.is_not(None)).group_by(reads.c.batch)
    count = 0
    for batch in run(aged.having(newest < clock.now() - KEPT)).scalars().all():
        deleted = run(sa.delete(reads).where(reads.c.batch == batch)).rowcount
        command.current().also("{count} pembacaan data lama dihapus", FORGOTTEN, batch, opd_id=None, count=deleted)
        count += deleted
    return count


def verify() -> Iterator[audit.Fault]:
    """Yield a fault for each sealed batch of readings that is not what was sealed, nor deleted by age."""
    known, forgotten = set(), _forgotten()
    for batch, sequence, values in _seals():
        known.add(batch)
        if batch in forgotten and not _rows(reads.c.batch == batch, limit=1):
            continue
        if values is not None and _digest(_rows(reads.c.batch == batch)) != values.get("digest"):
            yield audit.Fault(audit.CORE, sequence, reason="pembacaan data yang disegel berubah")
    stored = run(sa.select(reads.c.batch).where(reads.c.batch.is_not(None)).distinct()).scalars()
    for batch in sorted(set(stored) - known, key=str):
        yield audit.Fault(audit.CORE, 0, reason=f"pembacaan data dengan segel yang tidak dikenal: {batch}")


def _forgotten() -> set[UUID]:
    proofs = sa.select(chain.c.record_id).where(chain.c.chain == audit.CORE, chain.c.record_type == FORGOTTEN)
    return set(run(proofs).scalars())


def _seals() -> list[tuple[UUID, int, dict[str, Any] | None]]:
    same = (chain.c.chain == audit_values.c.chain) & (chain.c.sequence == audit_values.c.sequence)
    query = (
        sa.select(chain.c.record_id, chain.c.sequence, audit_values.c["values"].label("kept"))
        .select_from(chain.outerjoin(audit_values, same))
        .where(chain.c.chain == audit.CORE, chain.c.record_type == "access_log")
    )
    return [(row.record_id, row.sequence, row.kept) for row in run(query)]


_SEALED = ("id", "at", "person_id", "position_id", "operation", "record_type", "record_id", "subject_person_id")


def _rows(condition: sa.ColumnElement[bool], *, limit: int | None = None) -> list[dict[str, Any]]:
    query = sa.select(*(reads.c[name] for name in _SEALED)).where(condition).order_by(reads.c.id).limit(limit)
    return [dict(row._mapping) for row in run(query)]


def _digest(rows: list[dict[str, Any]]) -> str:
    plain = [[_text(row[name]) for name in _SEALED] for row in rows]
    return hashlib.sha256(json.dumps(plain, separators=(",", ":")).encode()).hexdigest()


def _text(value: Any) -> str | int | None:
    if isinstance(value, datetime):
        return int(value.timestamp() * 1_000_000)
    return value.hex if isinstance(value, UUID) else value
