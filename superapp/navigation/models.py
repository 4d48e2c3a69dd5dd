"""What navigation keeps: announcements as records, the rest as bookkeeping tables."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from superapp.access.scope import Scope
from superapp.kernel import clock, ids
from superapp.kernel.database import CoreModel, Identified, UtcDateTime, Versioned
from superapp.kernel.database import column as mapped
from superapp.kernel.database import core_column as column

_metadata = CoreModel.metadata


def _person() -> sa.ForeignKey:
    return sa.ForeignKey("core_person.id", ondelete="RESTRICT")


class Announcement(Identified, Versioned, CoreModel):
    """Something all people, or those of one unit and the units below it, should read between two moments."""

    __tablename__ = "core_announcement"
    __scope__: ClassVar[Scope] = Scope.everyone()
    __table_args__ = (sa.Index("ix_core_announcement_shown", "starts_at", "id"),)

    title: Mapped[str] = mapped(max_length=120, pii="none", label="Judul")
    body: Mapped[str] = mapped(sa.Text(), pii="none", label="Isi")
    important: Mapped[bool] = mapped(sa.Boolean(), default=False, pii="none", label="Penting")
    unit_id: Mapped[UUID | None] = mapped(
        sa.Uuid(), sa.ForeignKey("core_unit.id", ondelete="RESTRICT"), index=True, pii="none", label="Untuk unit"
    )
    starts_at: Mapped[datetime] = mapped(UtcDateTime(), default=clock.now, pii="none", label="Tampil mulai")
    ends_at: Mapped[datetime | None] = mapped(UtcDateTime(), pii="none", label="Tampil sampai")
    archived_at: Mapped[datetime | None] = mapped(UtcDateTime(), pii="none", label="Diarsipkan")
    author_id: Mapped[UUID | None] = mapped(
        sa.Uuid(), sa.ForeignKey("core_person.id", ondelete="SET NULL"), pii="basic", label="Penulis"
    )


pin = sa.Table(
    "core_pin",
    _metadata,
    column("person_id", _person(), primary_key=True, pii="basic"),
    column("key", sa.String(120), primary_key=True),
    column("place", sa.Integer(), nullable=False),
    column("tile_id", sa.ForeignKey("core_tile.id", ondelete="CASCADE"), index=True),
)
"""Entries of the launcher that a person keeps on the home page, in their order."""

recent = sa.Table(
    "core_recent",
    _metadata,
    column("person_id", _person(), primary_key=True, pii="basic"),
    column("url", sa.String(255), primary_key=True, pii="basic"),
    column("title", sa.String(160), nullable=False, pii="basic"),
    column("icon", sa.String(40), nullable=False, default=""),
    column("at", UtcDateTime(), nullable=False),
    sa.Index("ix_core_recent_person", "person_id", "at"),
)
"""What a person opened lately from launcher and search; only he sees it."""

tile = sa.Table(
    "core_tile",
    _metadata,
    column("id", sa.Uuid(), primary_key=True, default=ids.uuid7),
    column("record_type", sa.String(60), nullable=False),
    column("record_id", sa.Uuid(), nullable=False),
    column("plugin", sa.String(30), nullable=False, default=""),
    column("title", sa.String(120), nullable=False),
    column("url", sa.String(500), nullable=False),
    column("hint", sa.String(255), nullable=False, default=""),
    column("audience", sa.String(160), nullable=False, default=""),
    column("contact", sa.String(160), nullable=False, default=""),
    column("contact_phone", sa.String(20), nullable=False, default=""),
    column("about_url", sa.String(255), nullable=False, default=""),
    sa.UniqueConstraint("record_type", "record_id"),
    sa.Index("ix_core_tile_title", "title", "id"),
)
"""Doors to applications outside, written by modules; the launcher shows them all."""

tile_click = sa.Table(
    "core_tile_click",
    _metadata,
    column("record_type", sa.String(60), primary_key=True),
    column("record_id", sa.Uuid(), primary_key=True),
    column("month", sa.String(7), primary_key=True),
    column("count", sa.Integer(), nullable=False),
)
"""How often a door was used in a month; nobody is named."""

report = sa.Table(
    "core_problem_report",
    _metadata,
    column("id", sa.Uuid(), primary_key=True, default=ids.uuid7),
    column("person_id", _person(), nullable=False, index=True, pii="basic"),
    column("words", sa.Text(), nullable=False, pii="basic"),
    column("page", sa.String(255), nullable=False, default=""),
    column("code", sa.String(12), nullable=False, default=""),
    column("version", sa.String(20), nullable=False, default=""),
    column("browser", sa.String(160), nullable=False, default=""),
    column("file_id", sa.Uuid()),
    column("state", sa.String(12), nullable=False, default="open"),
    column("answer", sa.Text(), nullable=False, default=""),
    column("handled_by", sa.Uuid(), pii="basic"),
    column("handled_at", UtcDateTime()),
    column("created_at", UtcDateTime(), nullable=False, default=clock.now),
    sa.Index("ix_core_problem_report_state", "state", "id"),
)
"""Problems people met, for Diskominfo's queue."""

access_request = sa.Table(
    "core_access_request",
    _metadata,
    column("id", sa.Uuid(), primary_key=True, default=ids.uuid7),
    column("person_id", _person(), nullable=False, index=True, pii="basic"),
    column("position_id", sa.ForeignKey("core_position.id", ondelete="SET NULL")),
    column("unit_id", sa.ForeignKey("core_unit.id", ondelete="RESTRICT"), nullable=False),
    column("permission", sa.String(80), nullable=False),
    column("page", sa.String(255), nullable=False, default=""),
    column("reason", sa.Text(), nullable=False, pii="basic"),
    column("state", sa.String(12), nullable=False, default="open"),
    column("answer", sa.Text(), nullable=False, default="", pii="basic"),
    column("decided_by", sa.Uuid(), pii="basic"),
    column("decided_at", UtcDateTime()),
    column("created_at", UtcDateTime(), nullable=False, default=clock.now),
    sa.Index("ix_core_access_request_state", "state", "id"),
)
"""People who asked for a right, and what was answered."""

kept_input = sa.Table(
    "core_kept_input",
    _metadata,
    column("id", sa.String(64), primary_key=True, pii="secret"),
    column("person_id", sa.Uuid(), pii="basic"),
    column("sealed", sa.LargeBinary(), nullable=False, pii="sensitive"),
    column("expires_at", UtcDateTime(), nullable=False, index=True),
)
"""What was typed when a session ended, encrypted, until its owner has signed in again."""
