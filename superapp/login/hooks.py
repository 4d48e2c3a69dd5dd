"""What signing in contributes to the app."""

from __future__ import annotations

from superapp.login.views import bp
from superapp.plugin.blueprint import Blueprint
from superapp.plugin.hookspecs import hookimpl


@hookimpl
def superapp_blueprints() -> list[Blueprint]:
    """Give the pages of the doors, the profile and the guests."""
    return [bp]
