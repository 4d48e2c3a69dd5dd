"""Accounts, sessions, devices and factors as Core tables: read on every request, written rarely."""

from __future__ import annotations

import sqlalchemy as sa

from superapp.kernel import clock, ids
from superapp.kernel.database import CoreModel, UtcDateTime
from superapp.kernel.database import core_column as column

_metadata = CoreModel.metadata


def _person(**options: object) -> sa.ForeignKey:
    return sa.ForeignKey("core_person.id", ondelete="RESTRICT")


account = sa.Table(
    "core_account",
    _metadata,
    column("person_id", _person(), primary_key=True, pii="basic"),
    column("password_hash", sa.String(160), pii="secret"),
    column("password_at", UtcDateTime()),
    column("must_change", sa.Boolean(), nullable=False, default=False),
    column("factor_exempt", sa.Boolean(), nullable=False, default=False),
    column("temporary_until", UtcDateTime()),
    column("disabled_at", UtcDateTime()),
    column("activated_at", UtcDateTime()),
    column("created_at", UtcDateTime(), nullable=False, default=clock.now),
    column("partition_key", sa.String(64), nullable=False, pii="secret"),
)

session = sa.Table(
    "core_session",
    _metadata,
    column("id", sa.String(64), primary_key=True, pii="secret"),
    column("person_id", _person(), index=True, pii="basic"),
    column("guest_id", sa.Uuid(), index=True, pii="basic"),
    column("device_id", sa.Uuid(), index=True),
    column("hat_position_id", sa.Uuid()),
    column("created_at", UtcDateTime(), nullable=False, default=clock.now),
    column("last_seen", UtcDateTime(), nullable=False, default=clock.now),
    column("expires_at", UtcDateTime(), nullable=False),
    column("step_up_at", UtcDateTime()),
    column("second_factor", sa.Boolean(), nullable=False, default=False),
    column("browser", sa.String(80), nullable=False, default="", pii="basic"),
    column("address", sa.String(45), nullable=False, default="", pii="basic"),
)

device = sa.Table(
    "core_device",
    _metadata,
    column("id", sa.Uuid(), primary_key=True, default=ids.uuid7),
    column("person_id", _person(), nullable=False, index=True, pii="basic"),
    column("token_hash", sa.String(64), nullable=False, unique=True, pii="secret"),
    column("label", sa.String(80), nullable=False, default="", pii="basic"),
    column("created_at", UtcDateTime(), nullable=False, default=clock.now),
    column("last_seen", UtcDateTime(), nullable=False, default=clock.now),
)

totp = sa.Table(
    "core_totp",
    _metadata,
    column("person_id", _person(), primary_key=True, pii="basic"),
    column("secret", sa.Text(), nullable=False, default="", pii="secret"),
    column("pending", sa.Text(), nullable=False, default="", pii="secret"),
    column("last_step", sa.BigInteger(), nullable=False, default=0),
    column("confirmed_at", UtcDateTime()),
    column("created_at", UtcDateTime(), nullable=False, default=clock.now),
)

passkey = sa.Table(
    "core_passkey",
    _metadata,
    column("id", sa.Uuid(), primary_key=True, default=ids.uuid7),
    column("person_id", _person(), nullable=False, index=True, pii="basic"),
    column("credential_id", sa.LargeBinary(1024), nullable=False, unique=True, pii="secret"),
    column("public_key", sa.LargeBinary(2048), nullable=False, pii="secret"),
    column("sign_count", sa.BigInteger(), nullable=False, default=0),
    column("label", sa.String(80), nullable=False, default="", pii="basic"),
    column("created_at", UtcDateTime(), nullable=False, default=clock.now),
    column("last_used", UtcDateTime()),
)

challenge = sa.Table(
    "core_challenge",
    _metadata,
    column("id", sa.String(64), primary_key=True, pii="secret"),
    column("purpose", sa.String(20), nullable=False),
    column("person_id", _person(), pii="basic"),
    column("data", sa.LargeBinary(512), pii="secret"),
    column("expires_at", UtcDateTime(), nullable=False, index=True),
)

recovery_code = sa.Table(
    "core_recovery_code",
    _metadata,
    column("person_id", _person(), primary_key=True, pii="basic"),
    column("code_hash", sa.String(64), primary_key=True, pii="secret"),
    column("used_at", UtcDateTime()),
)

ticket = sa.Table(
    "core_ticket",
    _metadata,
    column("id", sa.Uuid(), primary_key=True, default=ids.uuid7),
    column("purpose", sa.String(20), nullable=False),
    column("person_id", _person(), nullable=False, index=True, pii="basic"),
    column("batch", sa.Uuid(), index=True),
    column("code_hash", sa.String(64), nullable=False, unique=True, pii="secret"),
    column("expires_at", UtcDateTime(), nullable=False),
    column("used_at", UtcDateTime()),
    column("revoked_at", UtcDateTime()),
    column("created_at", UtcDateTime(), nullable=False, default=clock.now),
    column("created_by", sa.Uuid(), pii="basic"),
)
"""One-time codes: `activation` (printed slips) and `reset` (by e-mail or by the unit's admin)."""

guest = sa.Table(
    "core_guest",
    _metadata,
    column("id", sa.Uuid(), primary_key=True, default=ids.uuid7),
    column("name", sa.String(120), nullable=False, pii="basic"),
    column("email", sa.String(120), nullable=False, default="", pii="basic"),
    column("permission", sa.String(80), nullable=False),
    column("record_type", sa.String(60), nullable=False),
    column("record_id", sa.Uuid(), nullable=False),
    column("url", sa.String(255), nullable=False),
    column("token_hash", sa.String(64), nullable=False, unique=True, pii="secret"),
    column("device_hash", sa.String(64), pii="secret"),
    column("expires_at", UtcDateTime(), nullable=False),
    column("locked_at", UtcDateTime()),
    column("created_at", UtcDateTime(), nullable=False, default=clock.now),
    column("created_by", sa.Uuid(), pii="basic"),
)
