"""The pages of navigation; importing this package declares all its routes."""

from __future__ import annotations

from superapp.navigation.blueprint import bp
from superapp.navigation.views import announcements, directory, guide, launcher, pwa, search

__all__ = ["announcements", "bp", "directory", "guide", "launcher", "pwa", "search"]
