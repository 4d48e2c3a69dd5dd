"""The patterns of numbers: those of an OPD, a form each, and an example that follows what is typed."""

from __future__ import annotations

from uuid import UUID

from flask import flash, request
from werkzeug import Response

from superapp.kernel import command
from superapp.kernel.errors import Invalid, NotFound
from superapp.kernel.language import N_
from superapp.kernel.language import gettext as _
from superapp.kernel.templates import render
from superapp.plugin.blueprint import redirect_to
from superapp.shared.documents import numbering, offices, templates
from superapp.shared.documents.numbering import Pattern
from superapp.shared.documents.views.blueprint import MANAGE, bp
from superapp.shared.documents.views.letterheads import version

EVERY = "all"
"""How the address names the pattern of every kind."""
CHANGED = N_("{actor} mengubah pola nomor {office}: {pattern}")
REMOVED = N_("{actor} menghapus pola nomor {office}: {pattern}")


@bp.get("/documents/patterns/<uuid:unit_id>", permission=MANAGE)
def patterns(unit_id: UUID) -> str:
    """Show the patterns of an OPD with an example each."""
    office = offices.office(unit_id)
    kinds = {"": _("Semua jenis"), **templates.kinds()}
    found = {row.kind: row for row in offices.patterns_of(unit_id)}
    rows = [
        {
            "key": kind or EVERY,
            "title": title,
            "own": kind in found,
            "pattern": used.text,
            "example": _example(used, unit_id),
        }
        for kind, title in kinds.items()
        for used in [numbering.pattern_for(unit_id, kind)]
    ]
    return render("documents/patterns.html", office=office, rows=rows)


@bp.get("/documents/patterns/<uuid:unit_id>/<kind>", permission=MANAGE)
def pattern(unit_id: UUID, kind: str) -> str:
    """Show the form of one pattern."""
    office, key = offices.office(unit_id), _kind(kind)
    row = offices.pattern_row(unit_id, key)
    used = numbering.pattern_for(unit_id, key)
    return render(
        "documents/pattern.html",
        office=office,
        kind=kind,
        title={"": _("Semua jenis"), **templates.kinds()}[key],
        row=row,
        row_version=row.version if row else 0,
        used=used,
        example=_example(used, unit_id),
        scopes=[(name, _(words)) for name, words in numbering.SCOPES.items()],
        tokens=numbering.TOKENS,
    )


@bp.get("/documents/patterns/<uuid:unit_id>/<kind>/example", permission=MANAGE)
def pattern_example(unit_id: UUID, kind: str) -> str:
    """Give the example of what is being typed, or what is wrong with it: a fragment."""
    offices.office(unit_id)
    typed, scope = request.args.get("pattern", "")[:100], request.args.get("scope", "opd")
    digits = request.args.get("padding", "")
    padding = int(digits) if digits.isdecimal() and len(digits) == 1 else 0
    try:
        numbering.checked_pattern(typed, scope)
        words = _example(Pattern(typed, scope=scope, padding=padding), unit_id)
    except Invalid as fault:
        words = fault.message
    return render("documents/example.html", words=words, kind=kind)


@bp.post("/documents/patterns/<uuid:unit_id>/<kind>", permission=MANAGE, says=CHANGED, endpoint="save_pattern")
def save_pattern(unit_id: UUID, kind: str) -> Response:
    """Write a pattern; numbers given out before stay as they are."""
    office, key = offices.office(unit_id), _kind(kind)
    values = {name: request.form.get(name, "") for name in ("pattern", "scope", "padding")}
    row = offices.save_pattern(unit_id, key, version(), {**values, "padding": values["padding"] or "0"})
    command.current().values |= {"office": office.name, "pattern": row.pattern}
    flash(_("Pola nomor disimpan."))
    return redirect_to("documents.patterns", unit_id=unit_id)


@bp.post(
    "/documents/patterns/<uuid:unit_id>/<kind>/remove",
    permission=MANAGE,
    says=REMOVED,
    form="documents.pattern",
    endpoint="remove_pattern",
)
def remove_pattern(unit_id: UUID, kind: str) -> Response:
    """Remove a pattern, so that the next wider one holds."""
    office, key = offices.office(unit_id), _kind(kind)
    row = offices.pattern_row(unit_id, key)
    command.current().values |= {"office": office.name, "pattern": row.pattern if row else ""}
    offices.forget_pattern(unit_id, key)
    flash(_("Pola nomor dihapus."))
    return redirect_to("documents.patterns", unit_id=unit_id)


def _kind(key: str) -> str:
    kind = "" if key == EVERY else key
    if kind and kind not in templates.kinds():
        raise NotFound(_("Jenis naskah ini tidak dikenal."))
    return kind


def _example(used: Pattern, unit_id: UUID) -> str:
    return numbering.example(used, unit_id)
