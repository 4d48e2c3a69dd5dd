"""The register of numbers: what was given out to whom, and voiding."""

from __future__ import annotations

from uuid import UUID

from flask import flash, request
from werkzeug import Response

from superapp.access.scope import SECRET
from superapp.kernel import clock
from superapp.kernel.language import gettext as _
from superapp.kernel.templates import render
from superapp.plugin.blueprint import redirect_to
from superapp.shared.documents import duties, issuing, offices, reading
from superapp.shared.documents.views.blueprint import MANAGE, bp


@bp.get("/documents/register", permission=MANAGE)
def register() -> str:
    """Show the numbers of a year, the latest first."""
    asked, this = request.args.get("year", ""), clock.today().year
    year = int(asked) if asked.isdecimal() and len(asked) == 4 else this
    page = offices.register(str(year), request.args.get("page", ""))
    return render(
        "documents/register.html",
        page=page,
        year=year,
        years=[this - back for back in range(3)],
        statuses={key: (tone, icon, _(words)) for key, (tone, icon, words) in reading.STATUSES.items()},
        shown=duties.shown,
    )


@bp.get("/documents/<uuid:document_id>/void", permission=MANAGE)
def void_form(document_id: UUID) -> str:
    """Ask for the reason to void a document."""
    found = offices.managed(document_id)
    return render("documents/void.html", document=found, title=duties.shown(found), secret=found.secrecy >= SECRET)


@bp.post("/documents/<uuid:document_id>/void", permission=MANAGE, says="", form="documents.void_form", endpoint="void")
def void(document_id: UUID) -> Response:
    """Void a document; its number stays taken."""
    found = issuing.void(offices.managed(document_id), request.form.get("reason", ""))
    flash(_("Naskah dibatalkan. Nomornya tetap tercatat."))
    return redirect_to("documents.register", year=(found.dated_on or clock.today()).year)
