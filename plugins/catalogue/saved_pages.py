"""Pages of saved views: saving what the list shows now, all one's views, renaming, sharing, opening with one, deleting."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from superapp.api import Forbidden, PluginBlueprint, flash, redirect_to, render, request
from superapp.api import _ as words_of

from . import saved
from .listing import Filters

bp = PluginBlueprint("catalogue", __name__)


@bp.get("/views", permission="catalogue.view")
def saved_views() -> str:
    """Show all views that the reader sees."""
    views = [(view, " · ".join(saved.told(view.filters))) for view in saved.read().views]
    return render("catalogue/views.html", views=views)


@bp.get("/views/new", permission="catalogue.view")
def new_view() -> str:
    """Show the form that gives a name to the filters in the address, and the own views that may take them over."""
    filters = Filters.of(request.args.to_dict())
    own = [(view, " · ".join(saved.told(view.filters))) for view in saved.read().views if view.own]
    return render("catalogue/view_form.html", view=None, filters=filters, told=saved.told(filters), own=own)


@bp.post("/views/new", permission="catalogue.view", says="{actor} menyimpan tampilan daftar {view}")
def save_view() -> Any:
    """Save a view and show the list through it."""
    filters = Filters.of(request.args.to_dict())
    saved.save(request.form.get("name", ""), filters, shared=_ticked("shared"), opens=_ticked("opens"))
    flash(words_of("Tampilan tersimpan."))
    return redirect_to("catalogue.index", **filters.given)


@bp.get("/views/<uuid:view_id>/edit", permission="catalogue.view")
def edit_view(view_id: UUID) -> str:
    """Show the form of one of the reader's own views."""
    view = saved.one(view_id)
    if not view.own:
        raise Forbidden
    return render("catalogue/view_form.html", view=view, filters=view.filters, told=saved.told(view.filters))


@bp.post("/views/<uuid:view_id>/edit", permission="catalogue.view", says="{actor} mengubah tampilan daftar {view}")
def alter_view(view_id: UUID) -> Any:
    """Rename or share a view."""
    name = request.form.get("name", "")
    saved.alter(view_id, _version(), name, shared=_ticked("shared"), opens=_ticked("opens"))
    flash(words_of("Tampilan diperbarui."))
    return redirect_to("catalogue.saved_views")


@bp.post(
    "/views/<uuid:view_id>/filters", permission="catalogue.view", says="{actor} mengganti isi tampilan daftar {view}"
)
def replace_view(view_id: UUID) -> Any:
    """Let a view show the filters in the address, and show the list through it."""
    filters = Filters.of(request.args.to_dict())
    saved.replace(view_id, _version(), filters)
    flash(words_of("Tampilan diperbarui."))
    return redirect_to("catalogue.index", **filters.given)


@bp.post("/views/<uuid:view_id>/open", permission="catalogue.view", says="{actor} memilih tampilan awal {view}")
def open_with_view(view_id: UUID) -> Any:
    """Let the list open with a view, or no longer."""
    saved.open_with(view_id)
    flash(words_of("Tampilan awal diperbarui."))
    return redirect_to("catalogue.saved_views")


@bp.post("/views/<uuid:view_id>/delete", permission="catalogue.view", says="{actor} menghapus tampilan daftar {view}")
def remove_view(view_id: UUID) -> Any:
    """Delete a view."""
    saved.remove(view_id)
    flash(words_of("Tampilan dihapus."))
    return redirect_to("catalogue.saved_views")


def _ticked(name: str) -> bool:
    return request.form.get(name) == "1"


def _version() -> int:
    given = request.form.get("version", "")
    return int(given) if given.isdecimal() and len(given) < 10 else 0
