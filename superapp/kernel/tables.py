"""The kernel's bookkeeping as Core tables: a mapped class would cost ten times as much at start and per row."""

from __future__ import annotations

import sqlalchemy as sa

from superapp.kernel import clock
from superapp.kernel.database import CoreModel, Json, UtcDateTime
from superapp.kernel.database import core_column as column

_metadata = CoreModel.metadata

stamp = sa.Table(
    "core_stamp",
    _metadata,
    column("id", sa.Integer(), primary_key=True, autoincrement=False),
    column("access", sa.BigInteger(), nullable=False),
    column("plugins", sa.BigInteger(), nullable=False),
)

idempotency = sa.Table(
    "core_idempotency",
    _metadata,
    column("principal", sa.String(80), primary_key=True, pii="basic"),
    column("operation", sa.String(120), primary_key=True),
    column("key", sa.String(80), primary_key=True),
    column("fingerprint", sa.String(64), nullable=False),
    column("status", sa.Integer()),
    column("location", sa.Text()),
    column("record_id", sa.Uuid()),
    column("created_at", UtcDateTime(), nullable=False, index=True),
)

audit = sa.Table(
    "core_audit",
    _metadata,
    column("chain", sa.String(40), primary_key=True),
    column("sequence", sa.BigInteger(), primary_key=True, autoincrement=False),
    column("at", UtcDateTime(), nullable=False),
    column("principal", sa.String(80), nullable=False, pii="basic"),
    column("person_id", sa.Uuid(), index=True, pii="basic"),
    column("position_id", sa.Uuid()),
    column("operation", sa.String(120), nullable=False),
    column("message", sa.String(255), nullable=False),
    column("record_type", sa.String(60), nullable=False, default=""),
    column("record_id", sa.Uuid()),
    column("request_id", sa.String(40), nullable=False, default=""),
    column("values_hash", sa.String(64), nullable=False),
    column("previous", sa.String(64), nullable=False),
    column("hash", sa.String(64), nullable=False),
    sa.Index("ix_core_audit_record", "record_type", "record_id"),
    sa.Index("ix_core_audit_at", "at", "chain", "sequence"),
)

audit_values = sa.Table(
    "core_audit_values",
    _metadata,
    column("chain", sa.String(40), primary_key=True),
    column("sequence", sa.BigInteger(), primary_key=True, autoincrement=False),
    column("salt", sa.String(32)),
    column("values", Json, pii="sensitive"),
    column("erased_at", UtcDateTime()),
    column("erased_by", sa.String(80), pii="basic"),
)

audit_head = sa.Table(
    "core_audit_head",
    _metadata,
    column("chain", sa.String(40), primary_key=True),
    column("sequence", sa.BigInteger(), nullable=False),
    column("hash", sa.String(64), nullable=False),
    column("seal", sa.String(64), nullable=False),
)

access_log = sa.Table(
    "core_access_log",
    _metadata,
    column("id", sa.Uuid(), primary_key=True),
    column("at", UtcDateTime(), nullable=False, default=clock.now),
    column("person_id", sa.Uuid(), pii="basic"),
    column("position_id", sa.Uuid()),
    column("operation", sa.String(120), nullable=False),
    column("record_type", sa.String(60), nullable=False, default=""),
    column("record_id", sa.Uuid()),
    column("subject_person_id", sa.Uuid(), pii="basic"),
    column("batch", sa.Uuid()),
    sa.Index("ix_core_access_log_subject", "subject_person_id", "at"),
    sa.Index("ix_core_access_log_batch", "batch", "id"),
)

job = sa.Table(
    "core_job",
    _metadata,
    column("id", sa.Uuid(), primary_key=True),
    column("kind", sa.String(120), nullable=False),
    column("key", sa.String(200), unique=True),
    column("plugin", sa.String(30), nullable=False, default=""),
    column("opd_id", sa.Uuid()),
    column("person_id", sa.Uuid(), pii="basic"),
    column("arguments", Json, nullable=False, pii="sensitive"),
    column("state", sa.String(12), nullable=False),
    column("attempts", sa.Integer(), nullable=False, default=0),
    column("max_attempts", sa.Integer(), nullable=False, default=5),
    column("run_at", UtcDateTime(), nullable=False),
    column("lease_until", UtcDateTime()),
    column("leased_by", sa.String(80)),
    column("error", sa.Text(), nullable=False, default=""),
    column("progress", sa.Integer(), nullable=False, default=0),
    column("resume", Json, pii="sensitive"),
    column("result", Json),
    column("created_at", UtcDateTime(), nullable=False, default=clock.now),
    column("finished_at", UtcDateTime()),
    sa.Index("ix_core_job_due", "state", "run_at", "id"),
    sa.Index("ix_core_job_person", "person_id", "id"),
)

counter = sa.Table(
    "core_counter",
    _metadata,
    column("scope", sa.String(160), primary_key=True),
    column("period", sa.String(20), primary_key=True),
    column("value", sa.BigInteger(), nullable=False),
)

limit = sa.Table(
    "core_limit",
    _metadata,
    column("door", sa.String(40), primary_key=True),
    column("subject", sa.String(120), primary_key=True, pii="basic"),
    column("slot", sa.BigInteger(), primary_key=True, autoincrement=False),
    column("count", sa.Integer(), nullable=False),
    sa.Index("ix_core_limit_slot", "slot"),
)

setting = sa.Table(
    "core_setting",
    _metadata,
    column("owner", sa.String(60), primary_key=True),
    column("name", sa.String(80), primary_key=True),
    column("value", Json, nullable=False),
    column("updated_at", UtcDateTime(), nullable=False, default=clock.now),
)
