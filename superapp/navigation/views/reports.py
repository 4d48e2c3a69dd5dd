"""*Lapor masalah*: the form, one's own reports, the queue of those who handle them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, request
from werkzeug import Response

from superapp.access.actor import current
from superapp.kernel import limiter
from superapp.kernel.language import N_
from superapp.kernel.language import gettext as _
from superapp.kernel.templates import render
from superapp.login import devices
from superapp.navigation import forms, reports
from superapp.navigation.blueprint import REPORTS, bp
from superapp.navigation.reports import Problem
from superapp.plugin.blueprint import SIGNED_IN, redirect_to
from superapp.shared import files
from superapp.shared.files.keeping import attach_to

DOOR = limiter.door("report", limit=20, per="person")
LARGEST_PICTURE = 10_000_000


@bp.get("/help/report", permission=SIGNED_IN)
def report_form() -> str:
    """Show the form, with what the error page knew."""
    page = forms.local_address(request.args.get("page", "").split("?", 1)[0])
    code = request.args.get("code", "")[:12]
    return render("navigation/report_form.html", page=page, code=code)


def _picture(**_arguments: Any) -> files.Accepted | None:
    return files.accept(request.files.get("picture"), kinds=files.IMAGES, largest=LARGEST_PICTURE, name="picture")


@bp.post(
    "/help/report",
    permission=SIGNED_IN,
    says=N_("{actor} melaporkan masalah {code}"),
    limit=DOOR.name,
    prepare=_picture,
    endpoint="report_submit",
    max_bytes=LARGEST_PICTURE + 1_000_000,
    offline=True,
)
def report_submit(prepared: files.Accepted | None) -> Response:
    """Take a report in and give it to those who handle it."""
    words = forms.text("words", most=4000, label=N_("Apa yang terjadi"))
    kept = files.keep(prepared) if prepared else None
    problem = Problem(
        words,
        page=forms.local_address(request.form.get("page", "").split("?", 1)[0]),  # searches are nobody's business
        code=forms.text("incident", most=12, label=N_("Kode"), required=False),
        version=forms.app_version(),
        browser=devices.describe(request.user_agent.string),
        file_id=kept.id if kept else None,
    )
    own = reports.submit(current(), problem)
    if kept:
        attach_to(kept, reports.RECORD, own)
    flash(_("Terkirim. Biasanya dijawab dalam 2 hari kerja."))
    return redirect_to("navigation.report", report_id=own)


@bp.get("/help/reports/mine", permission=SIGNED_IN)
def my_reports() -> str:
    """Show one's own reports."""
    page = reports.mine(current(), forms.cursor())
    return render("navigation/reports.html", page=page, own=True, state="")


@bp.get("/help/reports", permission=REPORTS)
def report_list() -> str:
    """Show the queue of the units in reach: open reports, the oldest first, or those that are done."""
    state = "done" if request.args.get("show") == "done" else "open"
    page = reports.queue(state, current(), forms.cursor())
    return render("navigation/reports.html", page=page, own=False, state=state)


@bp.get("/help/reports/<uuid:report_id>", permission=SIGNED_IN)
def report(report_id: UUID) -> str:
    """Show one report to its reporter and to those who handle reports."""
    found = reports.one(report_id, current())
    return render("navigation/report.html", one=found, may_answer=found.state == "open" and found.handled)


@bp.post(
    "/help/reports/<uuid:report_id>",
    permission=REPORTS,
    says=N_("{actor} menjawab laporan masalah"),
    endpoint="report_answer",
)
def report_answer(report_id: UUID) -> Response:
    """Answer a report; that closes it."""
    reports.answer(current(), report_id, forms.text("answer", most=4000, label=N_("Jawaban")))
    flash(_("Jawaban terkirim kepada pelapor."))
    return redirect_to("navigation.report", report_id=report_id)
