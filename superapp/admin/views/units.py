"""Pages of units: the list, one unit with its parts and posts, adding, changing, moving, closing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, request, url_for

from superapp.admin.blueprint import bp
from superapp.admin.forms import parsing
from superapp.admin.forms import units as forms
from superapp.admin.service import audit
from superapp.admin.service import units as reads
from superapp.admin.service.reach import unit_in_reach
from superapp.admin.views import words
from superapp.admin.views.trail import events
from superapp.kernel import clock
from superapp.kernel.errors import Invalid, Stale
from superapp.kernel.format import format_date
from superapp.kernel.language import gettext as _
from superapp.kernel.templates import render
from superapp.organization import kinds, tree
from superapp.organization.models import Unit
from superapp.plugin.blueprint import redirect_to

MAY = "admin.units"


@bp.get("/units", permission=MAY)
def units() -> str:
    """Show the units in reach."""
    wanted = forms.unit_filter(request.args)
    kept = {"q": wanted.q or None, "kind": wanted.kind or None, "state": wanted.state or None}
    return render(
        "admin/units/list.html",
        page=reads.units(wanted, request.args.get("page", "")),
        wanted=wanted,
        kept=kept,
        kinds=kinds.UNITS,
        chips=words.chips("admin.units", kept, "state", [("", _("Berlaku")), ("closed", _("Ditutup"))]),
        prefix=f"{url_for('admin.units')}/",
        today=clock.today(),
    )


@bp.get("/units/suggest", permission=MAY)
def suggest_units() -> str:
    """Answer a picker of units with what the typed words may mean."""
    return render("admin/suggestions.html", rows=reads.unit_suggestions(typed_words(), MAY))


def typed_words() -> str:
    """Return what a picker sent: the words of its field, whatever it is called."""
    return next(iter(request.args.values()), "")[:80]


@bp.get("/units/<uuid:unit_id>", permission=MAY)
def unit(unit_id: UUID) -> str:
    """Show one unit."""
    found = reads.unit(unit_id)
    row, prefix = found.row, f"{url_for('admin.units')}/"
    return render(
        "admin/units/detail.html",
        unit=row,
        found=found,
        way=[(one.name, f"{prefix}{one.id}") for one in found.above],
        closed=row.valid_to is not None and row.valid_to < clock.today(),
        facts=_facts(found),
        actions=_actions(row),
        kinds=kinds.UNITS,
        held_as=kinds.APPOINTMENTS,
        depth=lambda unit: unit.path.count("/"),
        events=events(audit.history("core_unit", unit_id, limit=8)),
        full_name=words.full_name,
        prefix=prefix,
    )


def _facts(found: reads.UnitDetail) -> list[tuple[str, str]]:
    row = found.row
    facts = [
        (_("Singkatan"), row.short_name or "–"),
        (_("Perangkat daerah"), _("Ya") if row.is_opd else _("Bagian")),
        (_("Hari kerja"), _(kinds.WEEKS[row.week])),
        (_("Kode wilayah"), row.region_code or "–"),
        (_("Berlaku sejak"), format_date(row.valid_from) or _("sejak awal")),
    ]
    if row.valid_to:
        facts += [(_("Berlaku sampai"), format_date(row.valid_to))]
        facts += [(_("Pengganti"), found.successor.name if found.successor else "–")]
    return facts + ([(_("Catatan"), row.note)] if row.note else [])


def _actions(row: Any) -> list[dict[str, Any]]:
    if row.valid_to is not None:
        again = url_for("admin.reopen_unit", unit_id=row.id)
        fields = {"version": row.version}
        return [{"label": _("Buka kembali"), "action": again, "fields": fields, "icon": "undo-2"}]
    move, close = url_for("admin.moving_unit", unit_id=row.id), url_for("admin.closing_unit", unit_id=row.id)
    return [
        {"label": _("Pindahkan"), "href": move, "icon": "send"},
        {"label": _("Tutup unit"), "href": close, "icon": "x", "danger": True},
    ]


@bp.get("/units/<uuid:parent_id>/new", permission=MAY)
def new_unit(parent_id: UUID) -> str:
    """Show the form for a part of a unit."""
    parent = unit_in_reach(parent_id, MAY)
    return _form(None, parent)


def _form(unit: Any, parent: Any) -> str:
    choices = {"kinds": words.options(kinds.UNITS), "weeks": words.options(kinds.WEEKS)}
    return render("admin/units/form.html", unit=unit, parent=parent, **choices)


@bp.post("/units/<uuid:parent_id>/new", permission=MAY, says=tree.ADDED)
def add_unit(parent_id: UUID) -> Any:
    """Add a part to a unit."""
    unit_in_reach(parent_id, MAY)
    fields = forms.unit_fields(request.form)
    name, kind = fields.pop("name"), fields.pop("kind")
    with parsing.at_fields(code="unit_code"):
        made = tree.add(request.form.get("unit_code", ""), name, kind=kind, parent=tree.unit(parent_id), **fields)
    flash(_("Unit {name} ditambahkan.", name=made.name))
    return redirect_to("admin.unit", unit_id=made.id)


@bp.get("/units/<uuid:unit_id>/edit", permission=MAY)
def edit_unit(unit_id: UUID) -> str:
    """Show the form of one unit."""
    row = unit_in_reach(unit_id, MAY)
    return _form(row, None)


@bp.post("/units/<uuid:unit_id>/edit", permission=MAY, says=tree.CHANGED)
def save_unit(unit_id: UUID) -> Any:
    """Change one unit."""
    found = _loaded(unit_id)
    fields = forms.unit_fields(request.form)
    fields.pop("is_opd")
    try:
        tree.change(found, parsing.version(request.form), **fields)
    except Stale as stale:
        raise stale.worded({"kind": kinds.UNITS, "week": kinds.WEEKS}) from None
    flash(_("Perubahan unit disimpan."))
    return redirect_to("admin.unit", unit_id=unit_id)


@bp.get("/units/<uuid:unit_id>/move", permission=MAY)
def moving_unit(unit_id: UUID) -> str:
    """Show the form that hangs a unit under another."""
    found = reads.unit(unit_id)
    return render("admin/units/move.html", unit=found.row, found=found)


@bp.post("/units/<uuid:unit_id>/move", permission=MAY, says=tree.MOVED)
def move_unit(unit_id: UUID) -> Any:
    """Hang a unit with all below it under another."""
    found = _loaded(unit_id)
    parent_id = parsing.picked(request.form, "parent", lambda typed: reads.unit_ids(typed, MAY))
    if parent_id is None:
        raise Invalid(_("Pilih unit induk yang baru."), field="parent")
    tree.move(found, parsing.version(request.form), _loaded(parent_id))
    flash(_("Unit dipindahkan."))
    return redirect_to("admin.unit", unit_id=unit_id)


@bp.get("/units/<uuid:unit_id>/close", permission=MAY)
def closing_unit(unit_id: UUID) -> str:
    """Show the form that closes a unit."""
    found = reads.unit(unit_id)
    return render("admin/units/close.html", unit=found.row, found=found, today=clock.today())


@bp.post("/units/<uuid:unit_id>/close", permission=MAY, says=tree.CLOSED)
def close_unit(unit_id: UUID) -> Any:
    """Close a unit at the end of a day, with the unit that goes on with its work."""
    found = _loaded(unit_id)
    values = parsing.gathered(
        {
            "on": lambda: parsing.day(request.form, "on"),
            "successor": lambda: parsing.picked(request.form, "successor", lambda typed: reads.unit_ids(typed, MAY)),
        }
    )
    successor = _loaded(values["successor"]) if values["successor"] else None
    with parsing.at_fields(successor_id="successor"):
        tree.close(found, parsing.version(request.form), values["on"], successor)
    flash(_("Penutupan unit dicatat."))
    return redirect_to("admin.unit", unit_id=unit_id)


@bp.post("/units/<uuid:unit_id>/reopen", permission=MAY, says=tree.CHANGED)
def reopen_unit(unit_id: UUID) -> Any:
    """Take the closing of a unit back."""
    tree.reopen(_loaded(unit_id), parsing.version(request.form))
    flash(_("Unit dibuka kembali."))
    return redirect_to("admin.unit", unit_id=unit_id)


def _loaded(unit_id: UUID) -> Unit:
    unit_in_reach(unit_id, MAY)
    return tree.unit(unit_id)
