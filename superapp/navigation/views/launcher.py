"""The launcher: all modules and doors, pins, visits; and what can be made."""

from __future__ import annotations

from flask import flash, request
from werkzeug import Response

from superapp.access.actor import current
from superapp.kernel.language import gettext as _
from superapp.kernel.templates import render
from superapp.navigation import forms, launcher, tiles
from superapp.navigation.blueprint import bp
from superapp.navigation.launcher import Visit
from superapp.navigation.menu import menu_of
from superapp.plugin.blueprint import SIGNED_IN, redirect_to


@bp.get("/menu", permission=SIGNED_IN)
def menu() -> str:
    """Show everything the person may open."""
    actor, q = current(), forms.query()
    found = launcher.launcher(actor, q)
    template = "navigation/menu_found.html" if "HX-Request" in request.headers else "navigation/menu.html"
    recents = [{"label": row.title, "href": row.url, "icon": row.icon} for row in launcher.recents(actor)]
    return render(template, found=found, q=q, recents=recents)


# No idempotency key (`secret`): a tile kept or taken off twice is the same, and one form serves all tiles of the page.
@bp.post("/menu/pins", permission=SIGNED_IN, says="", secret=True, form="navigation.menu")
def pin() -> Response:
    """Keep an entry on the home page, or take it off."""
    actor = current()
    if "take" in request.form:
        launcher.take_pin(actor, request.form["take"][:120])
    else:
        title = launcher.put_pin(actor, request.form.get("put", "")[:120])
        flash(_("{title} ada di beranda Anda.", title=title))
    return redirect_to("navigation.menu")


@bp.post("/menu/visits", permission=SIGNED_IN, says="", secret=True, max_bytes=8_000)
def visit() -> tuple[str, int]:
    """Take note of something opened from launcher or search (sent by a beacon, without an answer to look at)."""
    actor = current()
    key, visited = forms.visit()
    entry = menu_of(actor).by_key.get(key)
    tile_id = tiles.id_of(key)
    if entry is not None:
        visited = Visit(entry.url, entry.label, icon=entry.icon)
    elif tile_id is not None:
        tiles.count_click(tile_id)
        visited = None  # a door leads elsewhere; what was opened lately are addresses of ours
    if visited is not None:
        launcher.visited(actor, visited)
    return "", 204


@bp.get("/create", permission=SIGNED_IN)
def create() -> str:
    """Show what the person can make."""
    return render("navigation/create.html", creations=menu_of(current()).creations)
