"""The module manager: what is installed, how it is, on and off for the regency and per OPD, paused parts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, request, url_for

from superapp.admin.blueprint import bp
from superapp.admin.forms import parsing
from superapp.admin.service import modules as reads
from superapp.admin.views import words
from superapp.kernel import command
from superapp.kernel.errors import Invalid
from superapp.kernel.language import N_
from superapp.kernel.language import gettext as _
from superapp.kernel.templates import render
from superapp.plugin import dispatch, switch
from superapp.plugin.blueprint import redirect_to
from superapp.plugin.host import host

MAY = "admin.modules"
ENABLED = N_("{actor} mengaktifkan modul {module}")
DISABLED = N_("{actor} menonaktifkan modul {module}")
ENABLED_FOR = N_("{actor} mengaktifkan modul {module} untuk {opd}")
DISABLED_FOR = N_("{actor} menonaktifkan modul {module} untuk {opd}")
RESUMED = N_("{actor} melanjutkan bagian modul {module} yang dijeda: {contribution}")
STATES = {"": N_("Semua"), "on": N_("Aktif"), "off": N_("Nonaktif"), "trouble": N_("Perlu ditangani")}
TROUBLED = frozenset({"broken", "paused", "partly", "pending"})


@bp.get("/modules", permission=MAY)
def modules() -> str:
    """Show all modules, those in trouble first and told in full."""
    rows = reads.rows()
    wanted = parsing.choice(request.args, "state", STATES, default="")
    shown = [row for row in rows if _is(row, wanted)]
    return render(
        "admin/modules/list.html",
        rows=shown,
        troubled=[row for row in shown if row.health in TROUBLED],
        counts=_counts(rows, wanted),
        everywhere=reads.everywhere(),
        safe_mode=host().settings.safe_mode,
        prefix=f"{url_for('admin.modules')}/",
        place=words.place,
    )


def _is(row: reads.Row, wanted: str) -> bool:
    return wanted == "" or row.listed.state == wanted or (wanted == "trouble" and row.health in TROUBLED)


def _counts(rows: list[reads.Row], present: str) -> list[dict[str, Any]]:
    labels = {"": _("terpasang"), "on": _("aktif"), "off": _("nonaktif"), "trouble": _("perlu ditangani")}
    return [
        {
            "value": sum(_is(row, state) for row in rows),
            "label": label,
            "href": url_for("admin.modules", state=state or None),
            "current": state == present,
        }
        for state, label in labels.items()
    ]


@bp.get("/modules/<name>", permission=MAY)
def module(name: str) -> str:
    """Show one module."""
    found = reads.detail(name)
    off = {opd.id for opd in found.off_opds}
    return render(
        "admin/modules/detail.html",
        found=found,
        row=found.row,
        one=found.row.listed,
        manifest=found.row.listed.manifest,
        place=words.place,
        everywhere=reads.everywhere(),
        on_opds=[opd for opd in reads.opds() if opd.id not in off],
    )


@bp.get("/modules/health", permission=MAY)
def modules_health() -> str:
    """Show what the modules that are on say of themselves; a fragment, so that a slow one delays only itself."""
    return render("admin/modules/health.html", reports=dispatch.health(), title=words.module)


@bp.post("/modules/<name>/enable", permission=MAY, says=ENABLED)
def enable_module(name: str) -> Any:
    """Switch a module on for the regency."""
    reads.require_reach(None)
    switch.enable(name)
    flash(_("Modul diaktifkan. Berlaku pada permintaan berikutnya."))
    return redirect_to("admin.module", name=name)


@bp.post("/modules/<name>/disable", permission=MAY, says=DISABLED)
def disable_module(name: str) -> Any:
    """Switch a module off for the regency; its data stays."""
    reads.require_reach(None)
    switch.disable(name)
    flash(_("Modul dinonaktifkan. Datanya tetap tersimpan."))
    return redirect_to("admin.module", name=name)


@bp.post("/modules/<name>/enable-for", permission=MAY, says=ENABLED_FOR, form="admin.module")
def enable_module_for(name: str) -> Any:
    """Switch a module on again for one OPD."""
    opd_id = _opd()
    switch.enable(name, opd_id)
    flash(_("Modul aktif lagi untuk OPD itu."))
    return redirect_to("admin.module", name=name)


@bp.post("/modules/<name>/disable-for", permission=MAY, says=DISABLED_FOR, form="admin.module")
def disable_module_for(name: str) -> Any:
    """Switch a module off for one OPD."""
    opd_id = _opd()
    switch.disable(name, opd_id)
    flash(_("Modul dinonaktifkan untuk OPD itu."))
    return redirect_to("admin.module", name=name)


@bp.post("/modules/<name>/resume", permission=MAY, says=RESUMED)
def resume_module(name: str) -> Any:
    """Let a paused contribution (or the whole module) go on."""
    reads.require_reach(None)
    switch.resume(name, request.form.get("contribution", ""))
    flash(_("Dilanjutkan. Bila gagal lagi, dijeda lagi."))
    return redirect_to("admin.repair" if request.form.get("from") == "repair" else "admin.modules")


def _opd() -> UUID:
    """Return the OPD the form names, its name kept for the audit's words."""
    opd_id = parsing.identity(request.form.get("opd", ""))
    names = {opd.id: opd.name for opd in reads.opds()}
    if opd_id is None or opd_id not in names:
        raise Invalid(_("Pilih OPD dari daftar."), field="opd")
    command.current().values["opd"] = names[opd_id]
    return opd_id
