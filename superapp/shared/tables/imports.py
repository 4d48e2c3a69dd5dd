"""Imports: a file as it was read, row by row, what is wrong with it, and what applying it changed."""

from __future__ import annotations

import sqlalchemy as sa

from superapp.kernel import clock, ids
from superapp.kernel.database import CoreModel, Json, UtcDateTime
from superapp.kernel.database import core_column as column

_metadata = CoreModel.metadata

import_ = sa.Table(
    "core_import",
    _metadata,
    column("id", sa.Uuid(), primary_key=True, default=ids.uuid7),
    column("kind", sa.String(40), nullable=False),
    column("module", sa.String(30), nullable=False, default=""),
    column("opd_id", sa.ForeignKey("core_unit.id", ondelete="RESTRICT")),
    column("file_name", sa.String(160), nullable=False, pii="basic"),
    column("state", sa.String(12), nullable=False),
    column("counts", Json, nullable=False),
    column("options", Json, nullable=False),
    column("created_by", sa.Uuid(), pii="basic"),
    column("created_at", UtcDateTime(), nullable=False, default=clock.now),
    column("applied_at", UtcDateTime()),
    column("undone_at", UtcDateTime()),
    column("job_id", sa.Uuid()),
    sa.Index("ix_core_import_kind", "kind", "id"),
    sa.Index("ix_core_import_state", "state", "id"),
)

import_row = sa.Table(
    "core_import_row",
    _metadata,
    column("import_id", sa.ForeignKey("core_import.id", ondelete="CASCADE"), primary_key=True),
    column("number", sa.Integer(), primary_key=True, autoincrement=False),
    column("place", sa.Integer(), nullable=False),
    column("key", sa.String(120), nullable=False, default="", pii="basic"),
    column("action", sa.String(8), nullable=False),
    column("label", sa.String(160), nullable=False, default="", pii="basic"),
    column("values", Json, nullable=False, pii="sensitive"),
    column("was", Json, nullable=False, pii="sensitive"),
    column("faults", Json, nullable=False, pii="sensitive"),
    column("remarks", Json, nullable=False, pii="sensitive"),
    column("state", sa.String(8), nullable=False, default="waiting"),
    column("done", Json, pii="sensitive"),
    sa.Index("ix_core_import_row_action", "import_id", "action", "number"),
    sa.Index("ix_core_import_row_state", "import_id", "state", "place"),
)
"""`number` is the row in the file (records that the file lacks come after its end), `place` the order of applying.

`action`: add, change, end, same or fault; `state`: waiting, applied, failed, reverted, kept (changed by somebody since) or
none; `done` is what applying the row changed, for the undo.
"""
