"""The repair centre: what is paused, what failed, what waits, and how safe the data is."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, request

from superapp.access.actor import current
from superapp.admin.blueprint import bp
from superapp.admin.forms import parsing
from superapp.admin.service import modules, waiting
from superapp.admin.service import repair as reads
from superapp.admin.views import words
from superapp.kernel import clock, command, jobs
from superapp.kernel.errors import Forbidden
from superapp.kernel.jobs import ledger
from superapp.kernel.language import N_
from superapp.kernel.language import gettext as _
from superapp.kernel.templates import render
from superapp.plugin.blueprint import redirect_to

MAY = "admin.repair"
REPORTS = "navigation.reports"
"""Who holds this answers what people report; others do not read it."""
RETRIED = N_("{actor} mengulang pekerjaan {job}")
DISCARDED = N_("{actor} membuang pekerjaan {job} yang gagal")
VERIFYING = N_("{actor} meminta pemeriksaan rantai audit")


@bp.get("/perbaikan", permission=MAY)
def repair() -> str:
    """Show what needs repair."""
    code = parsing.text(request.args, "code", longest=12)
    dead = reads.dead_jobs(parsing.identity(request.args.get("before", "")))
    return render(
        "admin/repair/centre.html",
        safety=reads.safety(),
        pauses=modules.pauses(),
        dead=dead,
        parked=reads.parked(),
        imports=reads.failed_imports(),
        faults=modules.faults(),
        code=code,
        incident=reads.incident(code) if code else None,
        reports=waiting.reports(REPORTS, limit=6) if current().may(REPORTS) else None,
        now=clock.now(),
        title=words.module,
        place=words.place,
        title_of=reads.title_of,
        may_jobs=reads.everywhere(),
        may_modules=current().may("admin.modules") and modules.everywhere(),
    )


@bp.get("/perbaikan/audit", permission=MAY)
def audit_faults() -> str:
    """Show what the last check of the audit chains found wrong."""
    return render("admin/repair/audit.html", faults=reads.verified_faults(), safety=reads.safety())


@bp.post("/perbaikan/audit", permission=MAY, says=VERIFYING)
def verify_audit() -> Any:
    """Ask for a check of the audit chains; it runs as a job."""
    jobs.enqueue(reads.VERIFY, person_id=current().person_id)
    flash(_("Pemeriksaan dimulai. Hasilnya tampil di sini."))
    return redirect_to("admin.repair")


@bp.post("/perbaikan/jobs/<uuid:job_id>/retry", permission=MAY, says=RETRIED)
def retry_job(job_id: UUID) -> Any:
    """Give a dead job its attempts again."""
    _about(job_id)
    ledger.retry(job_id)
    flash(_("Pekerjaan diulang."))
    return redirect_to("admin.repair")


@bp.post("/perbaikan/jobs/<uuid:job_id>/discard", permission=MAY, says=DISCARDED)
def discard_job(job_id: UUID) -> Any:
    """Delete a dead job for good."""
    _about(job_id)
    ledger.discard(job_id)
    flash(_("Pekerjaan dibuang."))
    return redirect_to("admin.repair")


def _about(job_id: UUID) -> None:
    if not reads.everywhere():
        raise Forbidden
    found = ledger.find(job_id)
    command.current().about("core_job", job_id, job=reads.title_of(found.kind))
