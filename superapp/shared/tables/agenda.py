"""Agenda: what people have on which day, and the private address of each one's feed."""

from __future__ import annotations

import sqlalchemy as sa

from superapp.kernel import clock, ids
from superapp.kernel.database import CoreModel, UtcDateTime
from superapp.kernel.database import core_column as column

_metadata = CoreModel.metadata


def _core(table: str) -> sa.ForeignKey:
    return sa.ForeignKey(f"{table}.id", ondelete="RESTRICT")


entry = sa.Table(
    "core_agenda_entry",
    _metadata,
    column("id", sa.Uuid(), primary_key=True, default=ids.uuid7),
    column("person_id", _core("core_person"), nullable=False, pii="basic"),
    column("title", sa.String(160), nullable=False, pii="basic"),
    column("kind", sa.String(60), nullable=False),
    column("starts_at", UtcDateTime(), nullable=False),
    column("ends_at", UtcDateTime(), nullable=False),
    column("all_day", sa.Boolean(), nullable=False, default=False),
    column("place", sa.String(160), nullable=False, default="", pii="basic"),
    column("url", sa.String(255), nullable=False, default=""),
    column("module", sa.String(30), nullable=False, default=""),
    column("opd_id", _core("core_unit")),
    column("record_type", sa.String(60), nullable=False, default=""),
    column("record_id", sa.Uuid()),
    column("key", sa.String(160)),
    column("busy", sa.Boolean(), nullable=False, default=True),
    column("tentative", sa.Boolean(), nullable=False, default=False),
    column("hidden", sa.Boolean(), nullable=False, default=False),
    column("created_by", sa.Uuid(), pii="basic"),
    column("created_at", UtcDateTime(), nullable=False, default=clock.now),
    column("version", sa.Integer(), nullable=False, default=1),
    sa.CheckConstraint("ends_at > starts_at", name="period"),
    sa.UniqueConstraint("person_id", "key"),
    sa.Index("ix_core_agenda_entry_person", "person_id", "ends_at"),
    sa.Index("ix_core_agenda_entry_record", "record_type", "record_id"),
)
"""One row for each person who takes part; whole days end at the midnight after the last one, in WITA. A module's `key`
names what it put, so that putting it again changes the row."""

feed = sa.Table(
    "core_agenda_feed",
    _metadata,
    column("person_id", _core("core_person"), primary_key=True, pii="basic"),
    column("token_hash", sa.String(64), nullable=False, unique=True, pii="secret"),
    column("created_at", UtcDateTime(), nullable=False, default=clock.now),
)
"""The address at which a phone's calendar reads a person's agenda; only the hash of its random part is kept."""
