"""What modules may ask of each other and of themselves: a service by name, a setting by key."""

from __future__ import annotations

from typing import Any

from superapp.plugin import setting as settings
from superapp.plugin.host import host


def service(name: str) -> Any | None:
    """Return what a module offers under `name` (its Protocol says what it can do), None while no such module is on."""
    return host().service(name)


def setting(key: str) -> Any:
    """Return the value of the setting `<module>.<name>`, its default when nobody set it; KeyError for an unknown one."""
    return settings.value(key)
