"""Pages of positions: the list with vacant ones, one position with its holders, adding, changing, abolishing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, request, url_for

from superapp.access.actor import current
from superapp.admin.blueprint import bp
from superapp.admin.forms import parsing
from superapp.admin.forms import units as forms
from superapp.admin.service import people as people_reads
from superapp.admin.service import units as reads
from superapp.admin.service.reach import position_in_reach, unit_in_reach
from superapp.admin.views import words
from superapp.admin.views.units import typed_words
from superapp.kernel import clock
from superapp.kernel.errors import Stale
from superapp.kernel.language import gettext as _
from superapp.kernel.templates import render
from superapp.organization import kinds, positions, tree
from superapp.organization.models import Position
from superapp.plugin.blueprint import redirect_to

MAY = "admin.units"


@bp.get("/positions", permission=MAY)
def posts() -> str:
    """Show the positions in reach, vacant ones marked."""
    wanted = forms.post_filter(request.args)
    kept = {"q": wanted.q or None, "unit": wanted.unit_id, "state": wanted.state or None}
    states = [("", _("Semua")), ("vacant", _("Kosong")), ("acting", _("Plt. dan Plh."))]
    return render(
        "admin/posts/list.html",
        page=reads.posts(wanted, request.args.get("page", "")),
        wanted=wanted,
        kept=kept,
        opds=people_reads.opds(MAY),
        chips=words.chips("admin.posts", kept, "state", states),
        prefix=f"{url_for('admin.posts')}/",
        full_name=words.full_name,
    )


@bp.get("/positions/suggest", permission=MAY)
def suggest_posts() -> str:
    """Answer the picker of a supervisor, who may sit above the actor's units."""
    return render("admin/suggestions.html", rows=reads.post_suggestions(typed_words()))


@bp.get("/positions/<uuid:position_id>", permission=MAY)
def post(position_id: UUID) -> str:
    """Show one position."""
    found = reads.post(position_id)
    today = clock.today()
    return render(
        "admin/posts/detail.html",
        post=found.row,
        found=found,
        kinds=kinds.POSITIONS,
        held_as=kinds.APPOINTMENTS,
        today=today,
        full_name=words.full_name,
        may_people=current().may("admin.people"),
    )


@bp.get("/units/<uuid:unit_id>/positions/new", permission=MAY)
def new_post(unit_id: UUID) -> str:
    """Show the form for a position of a unit."""
    row = unit_in_reach(unit_id, MAY)
    return render("admin/posts/form.html", post=None, unit=row, supervisor=None, kinds=words.options(kinds.POSITIONS))


@bp.post("/units/<uuid:unit_id>/positions/new", permission=MAY, says=positions.ADDED)
def add_post(unit_id: UUID) -> Any:
    """Add a position to a unit."""
    unit_in_reach(unit_id, MAY)
    fields = forms.post_fields(request.form) | {"supervisor_id": _supervisor()}
    title, kind = fields.pop("title"), fields.pop("kind")
    with parsing.at_fields(supervisor_id="supervisor"):
        made = positions.add(tree.unit(unit_id), title, kind=kind, **fields)
    flash(_("Jabatan {title} ditambahkan.", title=made.title))
    return redirect_to("admin.post", position_id=made.id)


@bp.get("/positions/<uuid:position_id>/edit", permission=MAY)
def edit_post(position_id: UUID) -> str:
    """Show the form of one position."""
    found = reads.post(position_id)
    return render(
        "admin/posts/form.html",
        post=found.row,
        unit=None,
        supervisor=found.supervisor,
        kinds=words.options(kinds.POSITIONS),
    )


@bp.post("/positions/<uuid:position_id>/edit", permission=MAY, says=positions.CHANGED)
def save_post(position_id: UUID) -> Any:
    """Change one position."""
    found = _loaded(position_id)
    fields = forms.post_fields(request.form) | {"supervisor_id": _supervisor()}
    try:
        with parsing.at_fields(supervisor_id="supervisor"):
            positions.change(found, parsing.version(request.form), **fields)
    except Stale as stale:
        raise stale.worded(_words_of(found, fields)) from None
    flash(_("Perubahan jabatan disimpan."))
    return redirect_to("admin.post", position_id=position_id)


@bp.get("/positions/<uuid:position_id>/close", permission=MAY)
def closing_post(position_id: UUID) -> str:
    """Show the form that abolishes a position."""
    found = reads.post(position_id)
    return render("admin/posts/close.html", post=found.row, today=clock.today())


@bp.post("/positions/<uuid:position_id>/close", permission=MAY, says=positions.CLOSED)
def close_post(position_id: UUID) -> Any:
    """Abolish a position at the end of a day."""
    found = _loaded(position_id)
    positions.close(found, parsing.version(request.form), parsing.day(request.form, "on"))
    flash(_("Penghapusan jabatan dicatat."))
    return redirect_to("admin.unit", unit_id=found.unit_id)


def _words_of(found: Position, fields: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Return the words of what a conflict would show as keys: kind, head or not, both supervisors."""
    both = [reads.post_name(one) for one in {found.supervisor_id, fields["supervisor_id"]} - {None}]
    supervisors = {str(row.id): reads.post_words(row) for row in both if row}
    return {"kind": kinds.POSITIONS, "is_head": {"True": "Ya", "": "Tidak"}, "supervisor_id": supervisors}


def _supervisor() -> UUID | None:
    return parsing.picked(request.form, "supervisor", reads.post_ids)


def _loaded(position_id: UUID) -> Position:
    position_in_reach(position_id, MAY)
    return positions.position(position_id)
