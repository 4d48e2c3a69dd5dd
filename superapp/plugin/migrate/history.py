"""One history of revisions: whose it is, where its files lie, and which tables it may touch."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from superapp.kernel.database import CoreModel, UtcDateTime
from superapp.plugin.contract import REFERABLE
from superapp.plugin.discovery import Found
from superapp.plugin.mapping import bases
from superapp.settings import home

CORE = "core"
_SEARCH = "core_search"
"""Prefix of the search tables: virtual ones and their shadows, which autogenerate must never see."""


@dataclass(frozen=True)
class History:
    """The revisions of the core or of one plugin."""

    name: str
    folder: Path
    metadata: sa.MetaData = field(kw_only=True, repr=False)
    version: str = field(default="", kw_only=True)

    @property
    def version_table(self) -> str:
        """Return the name of the table that says which revision the database is at."""
        return f"alembic_version_{self.name}"

    def owns(self, table: str) -> bool:
        """Tell whether a table belongs to this history."""
        if self.name == CORE:
            return table.startswith("core_") and not table.startswith(_SEARCH)
        return table.startswith(f"{self.name}_") and table not in REFERABLE

    def files(self) -> frozenset[str]:
        """Return the names of the revision files; reading the folder is all, so a web process can afford it."""
        if not self.folder.is_dir():
            return frozenset()
        return frozenset(path.name for path in self.folder.glob("*.py") if path.name != "__init__.py")

    def includes_name(self, name: str | None, kind: str, parents: Any) -> bool:
        """Alembic: tell which tables of the database are looked at."""
        return kind != "table" or self.owns(name or "")

    def includes_object(self, item: Any, name: str | None, kind: str, reflected: bool, other: Any) -> bool:
        """Alembic: tell which tables of the metadata are compared."""
        return kind != "table" or self.owns(name or "")

    def render_item(self, kind: str, item: Any, context: Any) -> str | bool:
        """Alembic: write our column types as SQLAlchemy's, so that old revisions never import today's code."""
        if kind != "type":
            return False
        if isinstance(item, UtcDateTime):
            return "sa.DateTime(timezone=True)"
        if isinstance(item, sa.JSON) and "postgresql" in item._variant_mapping:
            context.imports.add("from sqlalchemy.dialects import postgresql")
            return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
        return False


def core_history() -> History:
    """Return the core's history."""
    return History(CORE, home() / "migrations" / "versions", metadata=CoreModel.metadata)


def plugin_history(found: Found) -> History:
    """Return a plugin's history; single files have none."""
    folder = found.folder / "migrations" if found.source.name == "__init__.py" else found.folder / ".none"
    base = bases.get(found.name)
    version = found.manifest.version if found.manifest else ""
    return History(found.name, folder, metadata=base.metadata if base else sa.MetaData(), version=version)
