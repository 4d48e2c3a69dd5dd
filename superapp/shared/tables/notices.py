"""Notices outside of the app: what each person wants, the devices that take pushes, and what has left."""

from __future__ import annotations

import sqlalchemy as sa

from superapp.kernel import clock, ids
from superapp.kernel.database import CoreModel, UtcDateTime
from superapp.kernel.database import core_column as column

_metadata = CoreModel.metadata


def _person() -> sa.ForeignKey:
    return sa.ForeignKey("core_person.id", ondelete="RESTRICT")


notice_setting = sa.Table(
    "core_notice_setting",
    _metadata,
    column("person_id", sa.Uuid(), _person(), primary_key=True, pii="basic"),
    column("quiet_from", sa.String(5), nullable=False),
    column("quiet_to", sa.String(5), nullable=False),
    column("digest", sa.Boolean(), nullable=False),
    column("weekends", sa.Boolean(), nullable=False),
)
"""When a person wants to be left alone, "HH:MM" WITA; who never chose has no row."""

notice_choice = sa.Table(
    "core_notice_choice",
    _metadata,
    column("person_id", sa.Uuid(), _person(), primary_key=True, pii="basic"),
    column("kind", sa.String(60), primary_key=True),
    column("channel", sa.String(5), primary_key=True),
    column("wanted", sa.Boolean(), nullable=False),
)
"""Categories that a person switched on or off for a channel, "push" or "email"."""

push = sa.Table(
    "core_push",
    _metadata,
    column("id", sa.Uuid(), primary_key=True, default=ids.uuid7),
    column("person_id", sa.Uuid(), _person(), nullable=False, pii="basic", index=True),
    column("session_id", sa.String(64), nullable=False, pii="secret"),
    column("device_id", sa.Uuid()),
    column("digest", sa.String(64), nullable=False, unique=True),
    column("sealed", sa.LargeBinary(), nullable=False, pii="secret"),
    column("server_key", sa.String(16), nullable=False),
    column("label", sa.String(80), nullable=False, default="", pii="basic"),
    column("created_at", UtcDateTime(), nullable=False, default=clock.now),
    column("succeeded_at", UtcDateTime()),
    column("failures", sa.Integer(), nullable=False, default=0),
)
"""A browser that takes pushes (RFC 8030): address and keys are encrypted, `digest` is the SHA-256 of the address."""

delivery = sa.Table(
    "core_notice_delivery",
    _metadata,
    column("message", sa.String(60), primary_key=True),
    column("target", sa.String(32), primary_key=True),
    column("sent_at", UtcDateTime(), nullable=False, default=clock.now),
)
"""Pushes that have left, by message and device, so that a job that runs again sends to the rest alone."""
