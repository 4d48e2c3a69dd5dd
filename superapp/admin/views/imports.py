"""Imports: upload, dry run with a report row by row, apply as a job, undo."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, flash, request, url_for

from superapp.admin.blueprint import bp
from superapp.admin.forms import parsing
from superapp.admin.service import imports as reads
from superapp.admin.service.imports import Planned
from superapp.kernel.language import gettext as _
from superapp.kernel.templates import render
from superapp.login.stepup import require_step_up
from superapp.plugin.blueprint import redirect_to
from superapp.shared.imports import staging
from superapp.shared.imports.reading import LARGEST
from superapp.shared.spreadsheet import BEGINNING

MAY = "admin.import"
PASTED = "tempelan.csv"
"""What rows are called that were pasted from a spreadsheet, their cells apart by tabs."""


@bp.get("/imports", permission=MAY, endpoint="imports")
def imports_page() -> str:
    """Show the imports so far, the latest first."""
    kinds = {one.kind: _(one.title) for one in reads.offered()}
    page = staging.latest(cursor=request.args.get("page", ""))
    return render("admin/imports/list.html", page=page, kinds=kinds, prefix=f"{url_for('admin.imports')}/")


@bp.get("/imports/new", permission=MAY)
def new_import() -> str:
    """Show the form that takes a file; a file cannot be kept, so the password is asked for first."""
    require_step_up()
    reads.require_everywhere()
    return render(
        "admin/imports/new.html",
        importers=reads.offered(),
        kinds=[(one.kind, _(one.title)) for one in reads.offered()],
        kind=request.args.get("kind", ""),
    )


@bp.get("/imports/template/<kind>.csv", permission=MAY)
def import_template(kind: str) -> Response:
    """Give the headings of a kind as a file to fill in."""
    return _csv(reads.template(reads.importer(kind)), f"impor-{kind}.csv")


def _plan(**_arguments: Any) -> Planned:
    upload, pasted = request.files.get("file"), request.form.get("pasted", "").strip()
    content = upload.stream.read(LARGEST + 1) if upload else b""
    name = (upload.filename or "") if upload else ""
    if pasted and not name:
        content, name = pasted.encode(), PASTED
    return reads.plan(request.form.get("kind", ""), content, name)


@bp.post("/imports/new", permission=MAY, says=staging.STAGED, prepare=_plan, max_bytes=LARGEST + 100_000)
def stage_import(prepared: Planned) -> Any:
    """Keep the file's rows with their report; nothing is applied yet."""
    own = staging.stage(prepared.importer, prepared.plan)
    return redirect_to("admin.import_report", import_id=own)


@bp.get("/imports/<uuid:import_id>", permission=MAY)
def import_report(import_id: UUID) -> str:
    """Show what an import would do or did, row by row; as a fragment while its job is at work."""
    reads.require_everywhere()
    shown = reads.report(import_id)
    wanted = parsing.choice(request.args, "show", reads.ACTIONS, default="")
    fragment = request.headers.get("HX-Target") == "import-progress"
    return render(
        "admin/imports/progress.html" if fragment else "admin/imports/report.html",
        shown=shown,
        found=shown.found,
        page=reads.rows(import_id, wanted, request.args.get("page", "")) if not fragment else None,
        wanted=wanted,
        actions=reads.ACTIONS,
        counts=_counts(shown, wanted),
    )


def _counts(shown: reads.Report, wanted: str) -> list[dict[str, Any]]:
    own, counts = shown.found.id, shown.found.counts
    return [
        {
            "value": counts.get(action, 0),
            "label": _(words).lower(),
            "href": url_for("admin.import_report", import_id=own, show=None if action == wanted else action),
            "current": action == wanted,
        }
        for action, words in reads.ACTIONS.items()
    ]


@bp.get("/imports/<uuid:import_id>/report.csv", permission=MAY)
def import_csv(import_id: UUID) -> Response:
    """Give the report (or its faults alone) as CSV."""
    reads.require_everywhere()
    wanted = parsing.choice(request.args, "show", reads.ACTIONS, default="")
    return _csv("".join(reads.lines(import_id, wanted)), f"laporan-impor-{import_id.hex[-6:]}.csv")


def _csv(text: str, name: str) -> Response:
    response = Response(BEGINNING + text, mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/imports/<uuid:import_id>/apply", permission=MAY, says=staging.APPLIED)
def apply_import(import_id: UUID) -> Any:
    """Let a job apply a staged import."""
    reads.require_everywhere()
    ends = "yes" if request.form.get("ends") == "yes" else "no" if request.form.get("ends") == "no" else "auto"
    staging.start(import_id, ends=ends)  # type: ignore[arg-type]
    return redirect_to("admin.import_report", import_id=import_id)


@bp.post("/imports/<uuid:import_id>/undo", permission=MAY, says=staging.UNDONE)
def undo_import(import_id: UUID) -> Any:
    """Let a job take an applied import back, as far as nobody changed its records since."""
    reads.require_everywhere()
    staging.start_undo(import_id)
    return redirect_to("admin.import_report", import_id=import_id)


@bp.post("/imports/<uuid:import_id>/discard", permission=MAY, says=staging.DISCARDED)
def discard_import(import_id: UUID) -> Any:
    """Delete a staged import with its rows."""
    reads.require_everywhere()
    staging.discard(import_id)
    flash(_("Impor dibuang. Tidak ada data yang berubah."))
    return redirect_to("admin.imports")
