"""The letterheads of OPDs: a list, and a form each."""

from __future__ import annotations

from uuid import UUID

from flask import flash, request
from werkzeug import Response

from superapp.kernel import command
from superapp.kernel.errors import Invalid
from superapp.kernel.language import N_
from superapp.kernel.language import gettext as _
from superapp.kernel.templates import render
from superapp.plugin.blueprint import redirect_to
from superapp.shared import files
from superapp.shared.documents import letterheads, offices
from superapp.shared.documents.views.blueprint import MANAGE, bp
from superapp.shared.files.keeping import attach_to

LARGEST = 1_000_000
FIELDS = ("lines", "address", "phone", "mail", "site", "city")
CHANGED = N_("{actor} mengubah kop surat {office}")


@bp.get("/documents/offices", permission=MANAGE, endpoint="offices")
def office_list() -> str:
    """Show the OPDs with their letterheads and patterns."""
    return render("documents/offices.html", offices=offices.offices())


@bp.get("/documents/letterhead/<uuid:unit_id>", permission=MANAGE)
def letterhead(unit_id: UUID) -> str:
    """Show a letterhead as it stands, and its form."""
    office = offices.office(unit_id)
    row = letterheads.letterhead(unit_id)
    return render(
        "documents/letterhead.html",
        office=office,
        row=row,
        row_version=row.version if row else 0,
        head=letterheads.head(unit_id),
        default="\n".join(letterheads.default_lines(unit_id)),
    )


def _logo(unit_id: UUID) -> files.Accepted | None:
    offices.office(unit_id)
    return files.accept(
        request.files.get("logo"), kinds=frozenset({"png", "jpg", "jpeg"}), largest=LARGEST, name="logo"
    )


@bp.post(
    "/documents/letterhead/<uuid:unit_id>",
    permission=MANAGE,
    says=CHANGED,
    prepare=_logo,
    endpoint="save_letterhead",
    max_bytes=LARGEST + 200_000,
)
def save_letterhead(unit_id: UUID, prepared: files.Accepted | None) -> Response:
    """Write a letterhead; a new logo takes the place of the old."""
    office = offices.office(unit_id)
    logo = files.keep(prepared) if prepared else None
    values = {name: request.form.get(name, "") for name in FIELDS}
    row = offices.save_letterhead(unit_id, version(), values, logo.id if logo else None)
    if logo:
        attach_to(logo, letterheads.LOGO, row.id)
    command.current().values["office"] = office.name
    flash(_("Kop surat disimpan."))
    return redirect_to("documents.letterhead", unit_id=unit_id)


def version() -> int:
    """Return the version that the form was opened with; raises Invalid without one."""
    given = request.form.get("version", "")
    if not given.isdecimal() or len(given) > 9:
        raise Invalid(_("Formulir belum lengkap dimuat. Buka lagi halamannya."))
    return int(given)
