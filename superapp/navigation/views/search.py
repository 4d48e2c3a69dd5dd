"""Search: the page, and the palette of Ctrl-K at the same address."""

from __future__ import annotations

from flask import Response, jsonify, request

from superapp.access.actor import current
from superapp.kernel.templates import render
from superapp.navigation import finding, forms, launcher
from superapp.navigation.blueprint import bp
from superapp.plugin.blueprint import SIGNED_IN


@bp.get("/search", permission=SIGNED_IN)
def search() -> str | Response:
    """Show what fits the words, by kind; with `palette` the same as JSON, shorter."""
    actor, q = current(), forms.query()
    if request.args.get("palette"):
        return jsonify(items=finding.palette(actor, q))
    scope = request.args.get("in", "")[:40]
    found = finding.results(actor, q, scope)
    return render(
        "navigation/search.html",
        q=q,
        found=found,
        scope=scope,
        scopes=finding.scopes(found, q, scope) if q else [],
        recents=[] if q else launcher.recents(actor),
    )
