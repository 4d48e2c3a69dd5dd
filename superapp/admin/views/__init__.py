"""The pages of administration; importing this package declares them all."""

from superapp.admin.blueprint import bp
from superapp.admin.views import (
    accounts,
    appointments,
    audit,
    grants,
    imports,
    index,
    modules,
    people,
    posts,
    reference,
    repair,
    roles,
    settings,
    units,
)

__all__ = [
    "accounts",
    "appointments",
    "audit",
    "bp",
    "grants",
    "imports",
    "index",
    "modules",
    "people",
    "posts",
    "reference",
    "repair",
    "roles",
    "settings",
    "units",
]
