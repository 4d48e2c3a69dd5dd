"""Help: the short guide, and the gallery of components for authors of modules."""

from __future__ import annotations

from superapp.kernel.templates import render
from superapp.navigation import guide as topics
from superapp.navigation.blueprint import bp
from superapp.plugin.blueprint import SIGNED_IN


@bp.get("/help", permission=SIGNED_IN)
def guide() -> str:
    """Show the short guide and the ways to get help."""
    return render("navigation/guide.html", topics=topics.TOPICS)


@bp.get("/help/components", permission=SIGNED_IN)
def gallery() -> str:
    """Show every component with its call, for authors of modules."""
    return render("components/gallery.html")
