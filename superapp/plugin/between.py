"""Between modules: asking for what another does for others, by name; never importing it."""

from __future__ import annotations

from typing import Any

from superapp.plugin.host import host


def service(name: str) -> Any | None:
    """Return the implementation of a published service; None when no module that is on offers it."""
    return host().service(name)
