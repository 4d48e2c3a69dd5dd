"""The audit reader: the trail by person, record, operation and day, in words; the state of its chains."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, request, url_for

from superapp.access.actor import current
from superapp.admin.blueprint import bp
from superapp.admin.forms import audit as forms
from superapp.admin.service import audit as reads
from superapp.admin.service import exporting, people, repair
from superapp.admin.views.units import typed_words
from superapp.kernel import access_log
from superapp.kernel.language import N_
from superapp.kernel.language import gettext as _
from superapp.kernel.templates import render
from superapp.plugin.blueprint import redirect_to

MAY = "admin.audit"
EXPORTED = N_("{actor} mengekspor jejak audit")
NOBODY = UUID(int=0)
"""Who was meant is not known: nothing matches."""


@bp.get("/audit", permission=MAY, endpoint="audit")
def audit_page() -> str:
    """Show the trail, newest first."""
    args = request.args.to_dict()
    wanted, errors = forms.audit_filter(_with_person(args))
    page = reads.rows(wanted, args.get("page", ""))
    return render(
        "admin/audit/list.html",
        page=page,
        wanted=wanted,
        errors=errors,
        kept=forms.kept(wanted),
        person=people.name_of(wanted.person_id) if wanted.person_id else None,
        chains=reads.chains(),
        sentence=reads.sentence,
        who=reads.who,
        safety=repair.safety(),
        prefix=f"{url_for('admin.audit')}/",
        may_repair=current().may("admin.repair"),
    )


def _with_person(args: dict[str, str]) -> dict[str, str]:
    """Look the typed words up when the picker of people had no script."""
    typed = args.get("person", "").strip()
    if not typed:
        return args | ({} if "person" not in args else {"person_id": ""})
    if args.get("person_id"):
        return args
    found = people.ids_of(typed, MAY)
    return args | {"person_id": str(found[0]) if len(found) == 1 else str(NOBODY)}


@bp.post("/audit/export", permission=MAY, says=EXPORTED)
def export_audit() -> Any:
    """Let a job write the trail under the present filter into a file; who asked is told when it is ready."""
    wanted, _errors = forms.audit_filter(request.form)
    exporting.ask(wanted)
    flash(_("Ekspor disiapkan. Anda dikabari saat siap diunduh."))
    return redirect_to("admin.audit", **forms.kept(wanted))


@bp.get("/audit/suggest", permission=MAY)
def suggest_audit_people() -> str:
    """Answer the picker of people."""
    return render("admin/suggestions.html", rows=people.suggestions(typed_words(), MAY))


@bp.get("/audit/<chain>/<int:sequence>", permission=MAY)
def audit_row(chain: str, sequence: int) -> str:
    """Show one row with all that is kept of it; looking at a person's values is itself written down."""
    found = reads.row(chain, sequence)
    if found.record_type == "core_person" and found.record_id:
        access_log.note("core_person", found.record_id, subject=found.record_id)
    return render(
        "admin/audit/row.html",
        row=found,
        words=reads.sentence(found.message, found.kept, reads.who(found)),
        who=reads.who(found),
        values=_values(found.kept),
    )


def _values(kept: Any) -> list[tuple[str, str]]:
    return [(name, reads.shown(value)) for name, value in (kept or {}).items()]
