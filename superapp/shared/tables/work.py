"""Tasks, notices, mail and timeline: what many modules put on one screen is one table each."""

from __future__ import annotations

import sqlalchemy as sa

from superapp.kernel import clock, ids
from superapp.kernel.database import CoreModel, Json, UtcDateTime
from superapp.kernel.database import core_column as column

_metadata = CoreModel.metadata


def _core(table: str) -> sa.ForeignKey:
    return sa.ForeignKey(f"{table}.id", ondelete="RESTRICT")


task = sa.Table(
    "core_task",
    _metadata,
    column("id", sa.Uuid(), primary_key=True, default=ids.uuid7),
    column("title", sa.String(160), nullable=False, pii="basic"),
    column("url", sa.String(255), nullable=False),
    column("kind", sa.String(60), nullable=False),
    column("module", sa.String(30), nullable=False, default=""),
    column("opd_id", _core("core_unit")),
    column("position_id", _core("core_position")),
    column("person_id", _core("core_person"), pii="basic"),
    column("record_type", sa.String(60), nullable=False, default=""),
    column("record_id", sa.Uuid()),
    column("key", sa.String(160), unique=True),
    column("due_at", UtcDateTime()),
    column("sort_at", UtcDateTime(), nullable=False),
    column("consequence", sa.String(160), nullable=False, default=""),
    column("created_at", UtcDateTime(), nullable=False, default=clock.now),
    column("created_by", sa.Uuid(), pii="basic"),
    column("opens_at", UtcDateTime()),
    column("closed_at", UtcDateTime()),
    column("closed_by", sa.Uuid(), pii="basic"),
    column("closed_position_id", sa.Uuid()),
    column("outcome", sa.String(12), nullable=False, default=""),
    sa.CheckConstraint("(person_id IS NULL) <> (position_id IS NULL)", name="holder"),
    sa.Index("ix_core_task_record", "record_type", "record_id"),
    sa.Index("ix_core_task_closed_by", "closed_by", "closed_at", "id"),
    sa.Index("ix_core_task_created_by", "created_by", "created_at", "id"),
)
"""One decision or duty of a position or a person; `sort_at` is the due time, or far off without one. Before `opens_at`
nobody sees it: what gave it may still be undone."""
for _holder in ("person", "position"):
    _open = task.c.closed_at.is_(None)
    sa.Index(
        f"ix_core_task_{_holder}_open",
        task.c[f"{_holder}_id"],
        task.c.sort_at,
        task.c.id,
        sqlite_where=_open,
        postgresql_where=_open,
    )

notice = sa.Table(
    "core_notice",
    _metadata,
    column("id", sa.Uuid(), primary_key=True, default=ids.uuid7),
    column("person_id", _core("core_person"), nullable=False, pii="basic"),
    column("title", sa.String(160), nullable=False, pii="basic"),
    column("body", sa.String(500), nullable=False, default="", pii="basic"),
    column("url", sa.String(255), nullable=False, default=""),
    column("kind", sa.String(60), nullable=False, default="core"),
    column("module", sa.String(30), nullable=False, default=""),
    column("opd_id", _core("core_unit")),
    column("record_type", sa.String(60), nullable=False, default="", server_default=""),
    column("record_id", sa.Uuid()),
    column("created_at", UtcDateTime(), nullable=False, default=clock.now),
    column("read_at", UtcDateTime()),
    sa.Index("ix_core_notice_person", "person_id", "id"),
)
_unread = notice.c.read_at.is_(None)
sa.Index("ix_core_notice_unread", notice.c.person_id, sqlite_where=_unread, postgresql_where=_unread)

mail = sa.Table(
    "core_mail",
    _metadata,
    column("id", sa.Uuid(), primary_key=True, default=ids.uuid7),
    column("recipient", sa.String(120), nullable=False, pii="basic"),
    column("subject", sa.String(200), nullable=False, pii="basic"),
    column("sealed", sa.LargeBinary(), pii="secret"),
    column("created_at", UtcDateTime(), nullable=False, default=clock.now),
    column("sent_at", UtcDateTime()),
    sa.Index("ix_core_mail_created", "created_at"),
)
"""Letters to send; the text is encrypted (it may hold a one-time address) and gone once sent."""

timeline = sa.Table(
    "core_timeline",
    _metadata,
    column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True, autoincrement=True),
    column("record_type", sa.String(60), nullable=False),
    column("record_id", sa.Uuid(), nullable=False),
    column("at", UtcDateTime(), nullable=False, default=clock.now),
    column("principal", sa.String(80), nullable=False, pii="basic"),
    column("person_id", sa.Uuid(), pii="basic"),
    column("position_id", sa.Uuid()),
    column("name", sa.String(120), nullable=False, default="", pii="basic"),
    column("title", sa.String(200), nullable=False, default="", pii="none"),
    column("words", sa.String(255), nullable=False),
    column("values", Json, nullable=False, pii="basic"),
    sa.Index("ix_core_timeline_record", "record_type", "record_id", "id"),
)
"""What happened to a record, in order of `id`; name and title are those of the moment."""
