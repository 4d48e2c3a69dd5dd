"""The register of numbers: what was given out to whom, voiding, and inserting a number that was forgotten."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, request
from werkzeug import Response

from superapp.access.scope import SECRET
from superapp.kernel import clock
from superapp.kernel.addresses import url_for
from superapp.kernel.errors import Invalid
from superapp.kernel.format import format_date
from superapp.kernel.language import N_
from superapp.kernel.language import gettext as _
from superapp.kernel.templates import render
from superapp.plugin.blueprint import redirect_to
from superapp.shared.documents import duties, issuing, offices, reading
from superapp.shared.documents.views.blueprint import MANAGE, bp

SHOWN = {"": N_("Semua nomor"), "inserted": N_("Sisipan"), "void": N_("Dibatalkan")}


@bp.get("/documents/register", permission=MANAGE)
def register() -> str:
    """Show the numbers of a year, the latest first: all, those inserted or those void."""
    asked, this = request.args.get("year", ""), clock.today().year
    year = int(asked) if asked.isdecimal() and len(asked) == 4 else this
    only = request.args.get("show", "")
    only = only if only in SHOWN else ""
    return render(
        "documents/register.html",
        page=offices.register(str(year), request.args.get("page", ""), only=only),
        kept={"year": year, "show": only or None},
        years=[_chip(str(one), one == year, year=one, show=only or None) for one in (this, this - 1, this - 2)],
        shows=[_chip(_(words), key == only, year=year, show=key or None) for key, words in SHOWN.items()],
        statuses={key: (tone, icon, _(words)) for key, (tone, icon, words) in reading.STATUSES.items()},
        shown=duties.shown,
        secret=SECRET,
    )


def _chip(label: str, current: bool, **kept: Any) -> dict[str, Any]:
    return {"label": label, "href": url_for("documents.register", **kept), "current": current}


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


@bp.get("/documents/<uuid:document_id>/insert", permission=MANAGE)
def insert_form(document_id: UUID) -> str:
    """Ask which draft gets the number after this one, and why."""
    after = offices.numbered(document_id)
    drafts = [(str(one.id), f"{duties.shown(one)} · {format_date(clock.local(one.created_at).date())}")
              for one in reading.drafts(after.opd_id)]  # fmt: skip
    return render("documents/insert.html", after=after, title=duties.shown(after), drafts=drafts)


@bp.post(
    "/documents/<uuid:document_id>/insert", permission=MANAGE, says="", form="documents.insert_form", endpoint="insert"
)
def insert(document_id: UUID) -> Response:
    """Give a draft the next number inserted after this one, with the date of this one."""
    after = offices.numbered(document_id)
    chosen = offices.draft(request.form.get("draft", ""), after.opd_id)
    made = _inserted(chosen, after)
    flash(_("Nomor sisipan {number} tercatat.", number=made.number or ""))
    return redirect_to("documents.register", year=(made.dated_on or clock.today()).year, show="inserted")


def _inserted(chosen: reading.Document, after: reading.Document) -> reading.Document:
    try:
        return issuing.insert_number(chosen, after=after.number or "", reason=request.form.get("reason", ""))
    except Invalid as fault:
        if "record_class" in fault.errors:
            words = _("Naskah ini belum punya kode klasifikasi arsip. Lengkapi dulu di modulnya.")
            raise Invalid(words, field="draft") from fault
        raise
