"""The audit trail as a file: written by a job, read by who asked for it, gone after a day."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import date
from typing import IO, Any, cast
from uuid import UUID

from superapp.access.actor import current
from superapp.admin.service import audit
from superapp.admin.service.audit import AuditFilter
from superapp.kernel import clock, jobs
from superapp.kernel.format import format_date, format_time
from superapp.kernel.language import gettext as _
from superapp.shared import files, notices
from superapp.shared.files import Accepted
from superapp.shared.files.store import new_key
from superapp.shared.speaking import spoken
from superapp.shared.spreadsheet import BEGINNING, line

KIND = "admin.export_audit"
MOST = 200_000
"""Rows of one file; a longer trail is exported by ranges of days."""


def ask(wanted: AuditFilter) -> UUID:
    """Let a job write the trail under a filter; inside a command. What may be read is decided now, not later."""
    chains = audit.readable_chains()
    arguments = {"wanted": asdict(wanted), "chains": sorted(chains) if chains is not None else None}
    return jobs.enqueue(KIND, arguments | {"language": spoken()}, person_id=current().person_id)


def write(wanted: Mapping[str, Any], chains: list[str] | None) -> Accepted:
    """Write the file into the store; outside of any transaction (the job's `prepare`)."""
    with tempfile.TemporaryFile() as file:
        for text in _lines(_filter(wanted), frozenset(chains) if chains is not None else None):
            file.write(text.encode())
        return _stored(file, f"jejak-audit-{format_date(clock.now(), 'iso')}.csv")


def _filter(kept: Mapping[str, Any]) -> AuditFilter:
    return AuditFilter(
        UUID(kept["person_id"]) if kept["person_id"] else None,
        record_type=kept["record_type"],
        record_id=UUID(kept["record_id"]) if kept["record_id"] else None,
        operation=kept["operation"],
        since=date.fromisoformat(kept["since"]) if kept["since"] else None,
        until=date.fromisoformat(kept["until"]) if kept["until"] else None,
        chain=kept["chain"],
    )


def _lines(wanted: AuditFilter, chains: frozenset[str] | None) -> Iterator[str]:
    yield BEGINNING
    yield line((_("Waktu (WITA)"), _("Siapa"), _("Apa"), _("Perintah"), _("Rantai"), _("Baris"), _("Sidik baris")))
    for row in audit.every(wanted, chains, most=MOST):
        moment = f"{format_date(row.at, 'iso')} {format_time(row.at)}"
        words = audit.sentence(row.message, row.kept, audit.who(row))
        yield line((moment, audit.who(row), words, row.operation, row.chain, row.sequence, row.hash))


def _stored(file: IO[bytes], name: str) -> Accepted:
    file.seek(0)
    digest = hashlib.file_digest(cast("Any", file), "sha256").hexdigest()
    size, key = file.tell(), new_key()
    file.seek(0)
    files.store().put(key, file)
    return Accepted(key, name, content_type="text/csv", size=size, sha256=digest)


def hand_over(accepted: Accepted) -> dict[str, str]:
    """Keep the file for who asked and tell them where it is; in the job's transaction."""
    kept = files.keep(accepted)
    person_id = current().person_id
    if person_id is not None:
        body = _("Bisa diunduh selama satu hari.")
        notices.notify(person_id, _("Ekspor jejak audit siap"), body=body, url=f"/files/{kept.id}", kind="export")
    return {"file": str(kept.id)}
