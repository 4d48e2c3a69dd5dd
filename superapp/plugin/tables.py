"""What the host keeps in the database: on and off, faults, pauses, and how many requests a module answered."""

from __future__ import annotations

import sqlalchemy as sa

from superapp.kernel import clock, ids
from superapp.kernel.database import CoreModel, Json, UtcDateTime
from superapp.kernel.database import core_column as column

_metadata = CoreModel.metadata

module = sa.Table(
    "core_plugin",
    _metadata,
    column("name", sa.String(30), primary_key=True),
    column("enabled", sa.Boolean(), nullable=False, default=False),
    column("version", sa.String(40), nullable=False, default=""),
    column("applied", Json, nullable=False, default=list),
    column("fault", sa.Text(), nullable=False, default=""),
    column("fault_where", sa.String(400), nullable=False, default=""),
    column("tier", sa.String(20)),
    column("updated_at", UtcDateTime(), nullable=False, default=clock.now, onupdate=clock.now),
)
"""One row a module (and `core`): `applied` are its revision files, `fault` why its last migration failed."""

module_opd = sa.Table(
    "core_plugin_opd",
    _metadata,
    column("plugin", sa.ForeignKey("core_plugin.name", ondelete="CASCADE"), primary_key=True),
    column("opd_id", sa.ForeignKey("core_unit.id", ondelete="RESTRICT"), primary_key=True),
)
"""OPDs for which a module that is on for the regency is off."""

fault = sa.Table(
    "core_fault",
    _metadata,
    column("id", sa.Uuid(), primary_key=True, default=ids.uuid7),
    column("at", UtcDateTime(), nullable=False),
    column("plugin", sa.String(30), nullable=False),
    column("contribution", sa.String(160), nullable=False),
    column("kind", sa.String(20), nullable=False),
    column("error", sa.String(160), nullable=False),
    column("where", sa.String(400), nullable=False, default=""),
    column("dependency", sa.String(30), nullable=False, default=""),
    column("counted", sa.Boolean(), nullable=False, default=True),
    column("principal", sa.String(80), nullable=False, default="", pii="basic"),
    column("request_id", sa.String(40), nullable=False, default=""),
    sa.Index("ix_core_fault_plugin_at", "plugin", "at"),
)
"""Faults; not `counted` towards a pause are those of a shared dependency and those from before a resumption."""

pause = sa.Table(
    "core_pause",
    _metadata,
    column("plugin", sa.String(30), primary_key=True),
    column("contribution", sa.String(160), primary_key=True),
    column("since", UtcDateTime(), nullable=False),
    column("reason", sa.String(255), nullable=False),
    column("where", sa.String(400), nullable=False, default=""),
)
"""Paused contributions; an empty contribution is the whole module."""

load = sa.Table(
    "core_plugin_load",
    _metadata,
    column("plugin", sa.String(30), primary_key=True),
    column("slot", sa.BigInteger(), primary_key=True, autoincrement=False),
    column("worker", sa.String(60), primary_key=True),
    column("requests", sa.Integer(), nullable=False),
    column("failed", sa.Integer(), nullable=False),
)
"""Requests of a module by worker and minute, for "more than half of its requests failed"."""
