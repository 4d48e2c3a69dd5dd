"""Pages of reports: the figures of a unit and year, as a spreadsheet or a document."""

from __future__ import annotations

from typing import Any

from superapp.api import Invalid, PluginBlueprint, current_command, flash, redirect_to, render, request, today, url_for
from superapp.api import _ as words_of

from . import exporting, reporting, words

bp = PluginBlueprint("leave", __name__)


@bp.get("/report", permission=reporting.PERMISSION)
def report() -> str:
    """Show the report of a unit and year; what is not offered shows the first that is."""
    try:
        unit, year = reporting.chosen(request.args.get("unit", ""), request.args.get("year", ""))
    except Invalid:
        unit, year = reporting.chosen("", "")
    found = reporting.of(unit, year)
    return render(
        "leave/report.html", report=found,
        columns=[{"label": words_of(words.SHORT[code]), "num": True, "wide": True} for code in found.codes],
        units={str(one.id): one.name for one in reporting.units()}, years={str(one): str(one) for one in reporting.years()},
        document=reporting.document_of(unit, year), today=today(), address=url_for("leave.report"),
    )  # fmt: skip


@bp.post(
    "/report/xlsx", permission=reporting.PERMISSION, says="{actor} mengekspor rekap cuti {year}", form="leave.report"
)
def export() -> Any:
    """Let the report be written as a spreadsheet."""
    unit, year = _chosen()
    exporting.ask(unit, year)
    flash(words_of("Rekap sedang disiapkan. Anda diberi kabar bila sudah siap."))
    return redirect_to("leave.report", unit=unit.id, year=year)


@bp.post(
    "/report/pdf", permission=reporting.PERMISSION, says="{actor} membuat naskah rekap cuti {year}", form="leave.report"
)
def print_out() -> Any:
    """Let the report be made a document."""
    unit, year = _chosen()
    reporting.issue(unit, year)
    flash(words_of("PDF sedang dibuat."))
    return redirect_to("leave.report", unit=unit.id, year=year)


def _chosen() -> Any:
    unit, year = reporting.chosen(request.form.get("unit", ""), request.form.get("year", ""))
    current_command().about("core_unit", unit.id, opd_id=unit.opd_id, year=year)
    return unit, year
