"""The front of administration: the doors that are open to whoever looks."""

from __future__ import annotations

from superapp.access.actor import current
from superapp.admin.blueprint import bp
from superapp.admin.service import repair
from superapp.admin.service.doors import groups
from superapp.kernel.errors import Forbidden
from superapp.kernel.templates import render
from superapp.plugin.blueprint import SIGNED_IN


@bp.get("/", permission=SIGNED_IN)
def index() -> str:
    """Show what the actor may administer; Forbidden for who may nothing."""
    found = groups(current())
    if not found:
        raise Forbidden
    safety = repair.safety() if repair.everywhere() else None
    return render("admin/index.html", groups=found, safety=safety)
