"""The pages of navigation; importing this package declares all its routes."""

from __future__ import annotations

from superapp.navigation.blueprint import bp
from superapp.navigation.views import (
    agenda,
    announcements,
    deputies,
    directory,
    guide,
    handover,
    home,
    launcher,
    notices,
    offline,
    pwa,
    reports,
    requests,
    search,
    tasks,
)

__all__ = [
    "agenda",
    "announcements",
    "bp",
    "deputies",
    "directory",
    "guide",
    "handover",
    "home",
    "launcher",
    "notices",
    "offline",
    "pwa",
    "reports",
    "requests",
    "search",
    "tasks",
]
