"""Reference data as tables: regions, ranks, kinds of positions, holidays, record classes."""

from __future__ import annotations

import sqlalchemy as sa

from superapp.kernel.database import CoreModel
from superapp.kernel.database import core_column as column

_metadata = CoreModel.metadata


def _uncertain() -> sa.Column[bool]:
    """Return the mark of a row whose source is not official or not found: to be confirmed."""
    return column("uncertain", sa.Boolean(), nullable=False, default=False)


region = sa.Table(
    "core_region",
    _metadata,
    column("code", sa.String(13), primary_key=True),
    column("name", sa.String(80), nullable=False),
    column("kind", sa.String(12), nullable=False),
    column("parent_code", sa.String(13), nullable=False, index=True),
    column("aliases", sa.String(160), nullable=False, default=""),
    _uncertain(),
)
"""Codes of the Ministry of Home Affairs (Kemendagri), never those of BPS."""

rank = sa.Table(
    "core_rank",
    _metadata,
    column("code", sa.String(10), primary_key=True),
    column("employment", sa.String(10), nullable=False),
    column("name", sa.String(40), nullable=False, default=""),
    column("siasn_code", sa.String(4), nullable=False, default="", index=True),
    column("place", sa.Integer(), nullable=False),
    _uncertain(),
)

position_kind = sa.Table(
    "core_position_kind",
    _metadata,
    column("key", sa.String(30), primary_key=True),
    column("name", sa.String(80), nullable=False),
    column("group", sa.String(20), nullable=False),
    column("old_echelon", sa.String(20), nullable=False, default=""),
    column("examples", sa.String(255), nullable=False, default=""),
    column("training", sa.String(40), nullable=False, default=""),
    column("place", sa.Integer(), nullable=False),
    _uncertain(),
)

holiday = sa.Table(
    "core_holiday",
    _metadata,
    column("day", sa.Date(), primary_key=True),
    column("kind", sa.String(12), primary_key=True),
    column("name", sa.String(120), nullable=False),
    column("source", sa.String(160), nullable=False, default=""),
    _uncertain(),
)
"""Free days: `libur` (national holiday), `cuti` (cuti bersama), `lokal` (of the regency or province)."""

record_class = sa.Table(
    "core_record_class",
    _metadata,
    column("code", sa.String(20), primary_key=True),
    column("name", sa.String(255), nullable=False),
    column("note", sa.Text(), nullable=False, default=""),
    column("parent_code", sa.String(20), nullable=False, default="", index=True),
    column("level", sa.Integer(), nullable=False),
    _uncertain(),
)
"""Record classification of regional governments (Permendagri 83/2022)."""
