"""Documents: what was issued under which number and by whom, the patterns of numbers, and the letterheads of units."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from superapp.kernel import clock, ids
from superapp.kernel.database import CoreModel, Identified, Json, UtcDateTime, Versioned
from superapp.kernel.database import column as mapped
from superapp.kernel.database import core_column as column

_metadata = CoreModel.metadata


def _core(table: str) -> sa.ForeignKey:
    return sa.ForeignKey(f"{table}.id", ondelete="RESTRICT")


document = sa.Table(
    "core_document",
    _metadata,
    column("id", sa.Uuid(), primary_key=True, default=ids.uuid7),
    column("code", sa.String(26), nullable=False, unique=True),
    column("template", sa.String(80), nullable=False),
    column("kind", sa.String(40), nullable=False),
    column("module", sa.String(30), nullable=False, default=""),
    column("opd_id", _core("core_unit"), nullable=False),
    column("record_type", sa.String(60), nullable=False),
    column("record_id", sa.Uuid(), nullable=False),
    column("permission", sa.String(80), nullable=False),
    column("url", sa.String(255), nullable=False, default=""),
    column("title", sa.String(200), nullable=False, pii="basic"),
    column("values", Json, nullable=False, pii="sensitive"),
    column("secrecy", sa.SmallInteger(), nullable=False, default=0),
    column("record_class", sa.String(20), nullable=False, default=""),
    column("state", sa.String(10), nullable=False, default="draft"),
    column("signing", sa.String(10), nullable=False, default=""),
    column("revision", sa.Integer(), nullable=False, default=1),
    column("number", sa.String(120)),
    column("number_scope", sa.String(160)),
    column("number_period", sa.String(20)),
    column("number_value", sa.Integer()),
    column("number_suffix", sa.String(4), nullable=False, default=""),
    column("number_reason", sa.String(300), nullable=False, default="", pii="basic"),
    column("dated_on", sa.Date()),
    column("signer_person_id", _core("core_person"), pii="basic"),
    column("signer_position_id", _core("core_position")),
    column("signer_name", sa.String(250), nullable=False, default="", pii="basic"),
    column("signer_title", sa.String(250), nullable=False, default=""),
    column("signer_number", sa.String(18), nullable=False, default="", pii="basic"),
    column("signer_rank", sa.String(80), nullable=False, default="", pii="basic"),
    column("provider", sa.String(12), nullable=False, default=""),
    column("provider_id", sa.String(80), nullable=False, default=""),
    column("sha256", sa.String(64), nullable=False, default=""),
    column("file_id", _core("core_file"), index=True),
    column("fault", sa.String(300), nullable=False, default=""),
    column("void_reason", sa.String(300), nullable=False, default="", pii="basic"),
    column("created_at", UtcDateTime(), nullable=False, default=clock.now),
    column("created_by", sa.Uuid(), pii="basic"),
    column("rendered_at", UtcDateTime()),
    column("signed_at", UtcDateTime()),
    column("voided_at", UtcDateTime()),
    sa.CheckConstraint("state IN ('draft', 'numbered', 'rendered', 'signed', 'void')", name="state"),
    sa.CheckConstraint("signing IN ('', 'asked', 'queued', 'signed')", name="signing"),
    sa.UniqueConstraint("number_scope", "number_period", "number_value", "number_suffix", name="uq_core_document_number"),
    sa.Index("ix_core_document_record", "record_type", "record_id", "id"),
    sa.Index("ix_core_document_register", "opd_id", "number_period", "number_value"),
    sa.Index("ix_core_document_signing", "signing", "id", sqlite_where=sa.text("signing = 'queued'"),
             postgresql_where=sa.text("signing = 'queued'")),
)  # fmt: skip
"""A document as issued: `values` is what its template was filled with, `code` what its QR leads to, `sha256` the
fingerprint of the bytes that were handed out last. `revision` rises whenever these have to be made anew."""


class Letterhead(Identified, Versioned, CoreModel):
    """The head of a unit's letters: logo, lines above one another, address."""

    __tablename__ = "core_letterhead"

    unit_id: Mapped[UUID] = mapped(sa.Uuid(), _core("core_unit"), unique=True, pii="none")
    logo_id: Mapped[UUID | None] = mapped(sa.Uuid(), _core("core_file"), index=True, pii="none")
    lines: Mapped[str] = mapped(max_length=400, default="", pii="none", label="Baris kop")
    address: Mapped[str] = mapped(max_length=200, default="", pii="none", label="Alamat")
    phone: Mapped[str] = mapped(max_length=60, default="", pii="none", label="Telepon")
    mail: Mapped[str] = mapped(max_length=120, default="", pii="none", label="Surel")
    site: Mapped[str] = mapped(max_length=120, default="", pii="none", label="Laman")
    city: Mapped[str] = mapped(max_length=60, default="", pii="none", label="Kota pada tanggal surat")


class NumberPattern(Identified, Versioned, CoreModel):
    """How an OPD numbers a kind of document; kind "" is every kind without a pattern of its own."""

    __tablename__ = "core_number_pattern"
    __table_args__ = (
        sa.UniqueConstraint("unit_id", "kind"),
        sa.CheckConstraint("scope IN ('opd', 'code', 'kind')", name="scope"),
        sa.CheckConstraint("padding BETWEEN 0 AND 6", name="padding"),
    )

    unit_id: Mapped[UUID] = mapped(sa.Uuid(), _core("core_unit"), pii="none")
    kind: Mapped[str] = mapped(max_length=40, default="", pii="none", label="Jenis naskah")
    pattern: Mapped[str] = mapped(max_length=100, pii="none", label="Pola nomor")
    scope: Mapped[str] = mapped(max_length=8, default="opd", pii="none", label="Urutan dihitung per")
    padding: Mapped[int] = mapped(sa.SmallInteger(), default=0, pii="none", label="Banyak angka")
