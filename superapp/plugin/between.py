"""Between modules: asking for another's service, and reading one's own settings, by name."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from superapp.kernel.database import run
from superapp.kernel.tables import setting as settings_table
from superapp.plugin.host import host

_VALUE = sa.select(settings_table.c.value).where(
    settings_table.c.owner == sa.bindparam("owner"), settings_table.c.name == sa.bindparam("name")
)


def service(name: str) -> Any | None:
    """Return the implementation of another module's published service; None when no module that is on offers it."""
    return host().service(name)


def setting(name: str) -> Any:
    """Return the value of a declared setting, `<module>.<name>`: what an administrator set, else its default.

    KeyError names a setting that no module declares.
    """
    owner, _, short = name.partition(".")
    for offered in host().settings_offered:
        if offered.owner == owner and offered.item.name == short:
            row = run(_VALUE, {"owner": owner, "name": short}).first()
            return offered.item.default if row is None else row.value
    raise KeyError(name)
