"""Stored files and uploads that come in parts: the row of each; the bytes lie in the file store under a name of the server's."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from superapp.kernel.database import CoreModel, Identified, UtcDateTime, column


class FileState(StrEnum):
    """Whether a file may be handed out: after the virus scanner, where there is one, at once where there is none."""

    QUARANTINED = "quarantined"
    RELEASED = "released"
    REFUSED = "refused"


class File(Identified, CoreModel):
    """A stored file; plugins refer to it with `core_ref(File)`.

    It belongs to the record `record_type`, `record_id` once attached and is read by whoever may see that record under
    `permission`; until then only by who uploaded it.
    """

    __tablename__ = "core_file"
    __table_args__ = (
        sa.Index("ix_core_file_record", "record_type", "record_id"),
        sa.CheckConstraint("state IN ('quarantined', 'released', 'refused')", name="state"),
    )

    name: Mapped[str] = column(max_length=160, pii="basic", label="Nama berkas")
    content_type: Mapped[str] = column(max_length=100, pii="none")
    size: Mapped[int] = column(sa.BigInteger(), pii="none", label="Ukuran")
    sha256: Mapped[str] = column(max_length=64, pii="none")
    key: Mapped[str] = column(max_length=120, unique=True, pii="none")
    uploaded_by: Mapped[UUID | None] = column(
        sa.Uuid(), sa.ForeignKey("core_person.id", ondelete="RESTRICT"), index=True, pii="basic"
    )
    module: Mapped[str] = column(max_length=30, default="", pii="none")
    opd_id: Mapped[UUID | None] = column(sa.Uuid(), sa.ForeignKey("core_unit.id", ondelete="RESTRICT"), pii="none")
    record_type: Mapped[str] = column(max_length=60, default="", pii="none")
    record_id: Mapped[UUID | None] = column(sa.Uuid(), pii="none")
    permission: Mapped[str] = column(max_length=80, default="", pii="none")
    attached_at: Mapped[datetime | None] = column(UtcDateTime(), pii="none")
    state: Mapped[str] = column(
        max_length=11, default=FileState.RELEASED, server_default=FileState.RELEASED, pii="none", label="Keadaan"
    )


class Upload(Identified, CoreModel):
    """A file that comes in parts of one size; it ends after a day, taken by a form or not."""

    __tablename__ = "core_upload"
    __table_args__ = (sa.CheckConstraint("received <= size", name="received"),)

    name: Mapped[str] = column(max_length=160, pii="basic")
    size: Mapped[int] = column(sa.BigInteger(), pii="none")
    received: Mapped[int] = column(sa.BigInteger(), default=0, pii="none")
    uploaded_by: Mapped[UUID] = column(
        sa.Uuid(), sa.ForeignKey("core_person.id", ondelete="CASCADE"), index=True, pii="basic"
    )
