"""Settings of modules and core parts, grouped by owner."""

from __future__ import annotations

from typing import Any

from flask import flash, request, url_for

from superapp.admin.blueprint import bp
from superapp.admin.forms import parsing
from superapp.admin.service import settings as reads
from superapp.admin.service.settings import Owner
from superapp.kernel.language import gettext as _
from superapp.kernel.templates import render
from superapp.plugin.blueprint import redirect_to

MAY = "admin.settings"


@bp.get("/settings", permission=MAY, endpoint="settings")
def settings_page() -> str:
    """Show who offers settings."""
    return render("admin/settings/list.html", owners=reads.owners(), prefix=f"{url_for('admin.settings')}/")


@bp.get("/settings/<owner>", permission=MAY)
def owner_settings(owner: str) -> str:
    """Show the settings of one module or core part."""
    reads.require_everywhere()
    found = reads.owner(owner)
    return render("admin/settings/form.html", owner=found, row_version=_fingerprint(found))


@bp.post("/settings/<owner>", permission=MAY, says="")
def save_settings(owner: str) -> Any:
    """Set what was changed; every worker sees it at its next request."""
    reads.require_everywhere()
    found = reads.owner(owner)
    parsing.require_unchanged(request.form, _fingerprint(found))
    count = reads.save(found, {name: value[:4000] for name, value in request.form.items()})
    flash(_("Pengaturan disimpan.") if count else _("Tidak ada yang berubah."))
    return redirect_to("admin.owner_settings", owner=owner)


def _fingerprint(found: Owner) -> int:
    return parsing.fingerprint(*(one.value for one in found.values))
