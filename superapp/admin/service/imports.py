"""Imports as administrators see them: what can be imported, what was, and the report of one, row by row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from superapp.access.actor import current
from superapp.kernel.errors import Forbidden, Invalid, NotFound
from superapp.kernel.jobs import ledger
from superapp.kernel.jobs.ledger import JobView, State
from superapp.kernel.language import N_
from superapp.kernel.language import gettext as _
from superapp.shared.imports import planning, staging
from superapp.shared.imports.contract import Importer
from superapp.shared.imports.planning import Plan
from superapp.shared.imports.registry import importer_of, importers
from superapp.shared.imports.staging import Import, ReportRow
from superapp.shared.spreadsheet import line

MAY = "admin.import"
ACTIONS = {
    "fault": N_("Salah"),
    "add": N_("Baru"),
    "change": N_("Berubah"),
    "end": N_("Berakhir"),
    "same": N_("Sama"),
}
"""What a row would do, those to be mended first."""


@dataclass(frozen=True)
class Planned:
    """A file that was read and compared outside of the transaction, with who will stage it."""

    importer: Importer
    plan: Plan = field(kw_only=True)


def offered() -> list[Importer]:
    """Return the kinds of records that can be imported, by title."""
    return sorted(importers().values(), key=lambda one: one.title)


def importer(kind: str) -> Importer:
    """Return the importer of a kind; NotFound when nobody offers it."""
    found = importer_of(kind)
    if found is None:
        raise NotFound
    return found


def require_everywhere() -> None:
    """Raise Forbidden unless the actor imports for the whole regency: what a file lacks would end everywhere."""
    if not current().reach(MAY).everywhere:
        raise Forbidden(_("Hanya admin kabupaten yang mengimpor data."))


def plan(kind: str, content: bytes, file_name: str) -> Planned:
    """Read a file and compare it; outside of any transaction. Raises Invalid at `kind` or `file`."""
    require_everywhere()
    chosen = importer_of(kind)
    if chosen is None:
        raise Invalid(_("Pilih jenis data yang diimpor."), field="kind")
    if not file_name:
        raise Invalid(_("Pilih berkas CSV atau Excel."), field="file")
    return Planned(chosen, plan=planning.plan(chosen, content, file_name))


@dataclass(frozen=True)
class Report:
    """One import with its importer (None: its module is off) and the job that works on it."""

    found: Import
    importer: Importer | None = field(kw_only=True)
    job: JobView | None = field(kw_only=True)

    @property
    def title(self) -> str:
        """Return the words of its kind."""
        return self.importer.title if self.importer else self.found.kind

    @property
    def working(self) -> bool:
        """Tell whether a job is at work on it or waits to be."""
        return self.found.state in {"applying", "undoing"} and not self.broken

    @property
    def broken(self) -> bool:
        """Tell whether its job was given up; the repair centre can let it go on."""
        return self.job is not None and self.job.state == State.DEAD

    @property
    def words(self) -> dict[str, str]:
        """Return the words of its columns by name."""
        return self.importer.words() if self.importer else {}


def report(import_id: UUID) -> Report:
    """Return one import; NotFound when there is none."""
    found = staging.find(import_id)
    return Report(found, importer=importer_of(found.kind), job=_job(found.job_id))


def _job(job_id: UUID | None) -> JobView | None:
    try:
        return ledger.find(job_id) if job_id else None
    except NotFound:  # the ledger forgets after thirty days
        return None


def rows(import_id: UUID, action: str, cursor: str = "") -> Any:
    """Return one page of the report, of one action or of all."""
    return staging.report(import_id, actions=[action] if action else (), cursor=cursor)


def template(chosen: Importer) -> str:
    """Return the headings of an importer as a CSV to fill in."""
    return line(column.headings[0] for column in chosen.columns)


def lines(import_id: UUID, action: str) -> Iterator[str]:
    """Yield the report as CSV, page by page, formulas defused."""
    shown = report(import_id)
    yield line((_("Baris"), _("Tindakan"), _("Data"), _("Kolom"), _("Keterangan")))
    cursor = ""
    while True:
        page = rows(import_id, action, cursor)
        for row in page.rows:
            yield from _lines_of(row, shown.words)
        if not page.next:
            return
        cursor = page.next


def _lines_of(row: ReportRow, words: dict[str, str]) -> Iterator[str]:
    head = (row.number, _(ACTIONS.get(row.action, row.action)), row.label or row.key)
    remarks: Sequence[tuple[str, str]] = [(one.column, one.reason) for one in (*row.faults, *row.remarks)]
    remarks = remarks or [(words.get(name, name), f"{before} → {after}") for name, before, after in row.changes]
    for column, reason in remarks or [("", "")]:
        yield line((*head, column, reason))
