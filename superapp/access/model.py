"""Models of plugins: a registry and MetaData each, scope declared, and what comes with every row."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped

from superapp.access.scope import Scope
from superapp.kernel.database import NAMING, TYPES, CoreModel, Identified, Versioned, column
from superapp.plugin.mapping import bases

REFERABLE = frozenset({"core_person", "core_unit", "core_position", "core_file"})
"""The core tables that plugins may refer to."""


def plugin_base(plugin: str) -> type[DeclarativeBase]:
    """Return the declarative base of a plugin, with its own registry and MetaData; one bad mapping breaks only it."""
    if plugin not in bases:
        metadata = sa.MetaData(naming_convention=NAMING)
        for name in REFERABLE & set(CoreModel.metadata.tables):
            CoreModel.metadata.tables[name].to_metadata(metadata)
        body = {
            "metadata": metadata,
            "type_annotation_map": TYPES,
            "__abstract__": True,
            "__module__": __name__,
        }
        bases[plugin] = type(f"{plugin.capitalize()}Base", (DeclarativeBase,), body)
    return bases[plugin]


class _OfUnit:
    """Mixin of rows that belong to a unit: `unit_id`, and `opd_id` beside it for one-equality scopes."""

    unit_id: Mapped[UUID] = column(
        sa.Uuid(), sa.ForeignKey("core_unit.id", ondelete="RESTRICT"), nullable=False, pii="none", sort_order=-10
    )
    opd_id: Mapped[UUID] = column(
        sa.Uuid(), sa.ForeignKey("core_unit.id", ondelete="RESTRICT"), nullable=False, pii="none", sort_order=-9
    )


def plugin_model(plugin: str, *, scope: Scope) -> Any:
    """Return the base class for a model of `plugin`.

    It brings `id`, `version` and `created_at`; with `Scope.unit()` also `unit_id` and `opd_id`. The table is named
    `<plugin>_<class name in snake case>` unless `__tablename__` says otherwise (with the same prefix).
    """
    own_unit: tuple[type[Any], ...] = (_OfUnit,) if scope.kind == "unit" else ()

    class Row(*own_unit, Identified, Versioned, plugin_base(plugin)):  # type: ignore[misc]
        __abstract__ = True
        __scope__ = scope
        __plugin__ = plugin

        def __init_subclass__(cls, **options: Any) -> None:
            if "__tablename__" not in cls.__dict__ and not cls.__dict__.get("__abstract__"):
                cls.__tablename__ = f"{plugin}_{_snake(cls.__name__)}"
            super().__init_subclass__(**options)
            _index_scope(cls)

    Row.__module__, Row.__qualname__ = __name__, f"{plugin.capitalize()}Row"
    return Row


def _index_scope(model: Any) -> None:
    """Give a model of units the two indexes that its scope is compiled for."""
    table = model.__dict__.get("__table__")
    if isinstance(table, sa.Table) and model.__scope__.kind == "unit":
        sa.Index(None, table.c.unit_id, table.c.id)
        sa.Index(None, table.c.opd_id, table.c.id)


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")


def core_ref(model: type[CoreModel], *, ondelete: str = "RESTRICT") -> sa.ForeignKey:
    """Return a foreign key to a core record (Person, Unit, Position, File); RESTRICT or SET NULL, never CASCADE."""
    table = model.__tablename__
    if table not in REFERABLE:
        raise TypeError(f"plugins may refer to {sorted(REFERABLE)}, not to {table}")
    if ondelete not in {"RESTRICT", "SET NULL"}:
        raise TypeError("ondelete of a reference into the core: RESTRICT or SET NULL, never CASCADE")
    return sa.ForeignKey(f"{table}.id", ondelete=ondelete)
