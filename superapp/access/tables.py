"""Roles, grants and parties as Core tables: links without behaviour of their own."""

from __future__ import annotations

import sqlalchemy as sa

from superapp.kernel import clock, ids
from superapp.kernel.database import CoreModel, UtcDateTime
from superapp.kernel.database import core_column as column

_metadata = CoreModel.metadata


def _core(target: str, ondelete: str = "RESTRICT") -> sa.ForeignKey:
    return sa.ForeignKey(f"{target}.id", ondelete=ondelete)


role = sa.Table(
    "core_role",
    _metadata,
    column("key", sa.String(40), primary_key=True),
    column("title", sa.String(80), nullable=False),
    column("description", sa.String(255), nullable=False, default=""),
    column("built_in", sa.Boolean(), nullable=False, default=False),
)

role_permission = sa.Table(
    "core_role_permission",
    _metadata,
    column("role", sa.ForeignKey("core_role.key", ondelete="CASCADE"), primary_key=True),
    column("permission", sa.String(80), primary_key=True),
)

grant = sa.Table(
    "core_grant",
    _metadata,
    column("id", sa.Uuid(), primary_key=True, default=ids.uuid7),
    column("person_id", _core("core_person"), index=True, pii="basic"),
    column("position_id", _core("core_position"), index=True),
    column("appointment_id", _core("core_appointment", "CASCADE"), index=True),
    column("role", sa.ForeignKey("core_role.key", ondelete="RESTRICT")),
    column("permission", sa.String(80)),
    column("unit_id", _core("core_unit"), nullable=False, index=True),
    column("starts_on", sa.Date(), nullable=False),
    column("ends_on", sa.Date()),
    column("created_at", UtcDateTime(), nullable=False, default=clock.now),
    column("created_by", sa.Uuid(), pii="basic"),
    sa.CheckConstraint("(person_id IS NULL) <> (position_id IS NULL)", name="holder"),
    sa.CheckConstraint("(role IS NULL) <> (permission IS NULL)", name="what"),
)

party = sa.Table(
    "core_party",
    _metadata,
    column("id", sa.Uuid(), primary_key=True, default=ids.uuid7),
    column("record_type", sa.String(60), nullable=False),
    column("record_id", sa.Uuid(), nullable=False),
    column("role", sa.String(30), nullable=False),
    column("person_id", _core("core_person"), pii="basic"),
    column("position_id", _core("core_position")),
    column("guest_id", sa.Uuid(), pii="basic"),
    column("starts_on", sa.Date(), nullable=False),
    column("ends_on", sa.Date()),
    sa.Index("ix_core_party_record", "record_type", "record_id"),
    sa.Index("ix_core_party_person", "person_id", "record_type", "record_id"),
    sa.Index("ix_core_party_position", "position_id", "record_type", "record_id"),
    sa.Index("ix_core_party_guest", "guest_id", "record_type", "record_id"),
)
