"""The inventory: applications with the official attributes (SIA-SPBE) and what the regency needs to know beside them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import validates

from superapp.api import Mapped, Person, Scope, Unit, column, core_ref, list_indexes, now, plugin_model

SortText = sa.String(120).with_variant(sa.String(120, collation="C"), "postgresql")
"""What lists are ordered by: letter for letter on both databases, whatever the language of the server."""


class Application(plugin_model("catalogue", scope=Scope.unit())):  # type: ignore[misc]
    """One application; what nobody has filled in is None and shown as missing, never invented.

    `unit_id` is the unit that answers for it here. Official names (SIA-SPBE) in the labels: ID, Uraian, Fungsi, Luaran,
    Basis Aplikasi, Tipe Lisensi Aplikasi, Basis Data.
    """

    code: Mapped[str] = column(max_length=20, unique=True, pii="none", label="ID aplikasi")
    name: Mapped[str] = column(max_length=120, pii="none", label="Nama")
    sort_name: Mapped[str] = column(SortText, default="", pii="none")
    long_name: Mapped[str | None] = column(max_length=200, pii="none", label="Kepanjangan")
    description: Mapped[str | None] = column(sa.Text(), pii="none", label="Uraian")
    function: Mapped[str | None] = column(max_length=500, pii="none", label="Fungsi")
    output: Mapped[str | None] = column(max_length=500, pii="none", label="Luaran")
    level: Mapped[str] = column(max_length=12, pii="none", label="Tingkat")
    classification: Mapped[str | None] = column(max_length=20, pii="none", label="Klasifikasi")
    process_code: Mapped[str | None] = column(max_length=10, pii="none", label="Kode RAB")
    owner_name: Mapped[str | None] = column(max_length=160, pii="none", label="Pemilik")
    platform: Mapped[str | None] = column(max_length=40, pii="none", label="Basis aplikasi")
    license_type: Mapped[str | None] = column(max_length=40, pii="none", label="Tipe lisensi aplikasi")
    database_kind: Mapped[str | None] = column(max_length=40, pii="none", label="Basis data")
    steward_name: Mapped[str | None] = column(max_length=120, pii="basic", label="Pengampu teknis")
    steward_phone: Mapped[str | None] = column(max_length=20, pii="basic", label="Telepon pengampu")
    builder: Mapped[str | None] = column(max_length=12, pii="none", label="Pembangun")
    year: Mapped[int | None] = column(sa.Integer(), pii="none", label="Tahun dibangun")
    origin: Mapped[str | None] = column(max_length=12, pii="none", label="Asal")
    status: Mapped[str] = column(max_length=12, default="unknown", pii="none", label="Status")
    active_users: Mapped[int | None] = column(sa.Integer(), pii="none", label="Pengguna aktif 30 hari")
    address: Mapped[str | None] = column(max_length=255, pii="none", label="Alamat")
    audience: Mapped[str | None] = column(max_length=160, pii="none", label="Siapa yang boleh memakai")
    hosting: Mapped[str | None] = column(max_length=80, pii="none", label="Hosting")
    source_kept: Mapped[bool | None] = column(sa.Boolean(), pii="none", label="Kode sumber tersimpan")
    backed_up: Mapped[bool | None] = column(sa.Boolean(), pii="none", label="Basis data dicadangkan")
    yearly_cost: Mapped[Decimal | None] = column(sa.Numeric(16, 0), pii="none", label="Biaya per tahun")
    integrations: Mapped[str | None] = column(max_length=255, pii="none", label="Integrasi")
    login_method: Mapped[str | None] = column(max_length=80, pii="none", label="Cara masuk")
    personal_data: Mapped[bool | None] = column(sa.Boolean(), pii="none", label="Memuat data pribadi")
    pentested_on: Mapped[date | None] = column(sa.Date(), pii="none", label="Tanggal uji keamanan")
    decree: Mapped[str | None] = column(max_length=120, pii="none", label="SK penetapan")
    follow_up: Mapped[str | None] = column(max_length=20, pii="none", label="Tindak lanjut")
    target_on: Mapped[date | None] = column(sa.Date(), pii="none", label="Target selesai")
    confidence: Mapped[str | None] = column(max_length=20, pii="none", label="Keyakinan")
    source: Mapped[str | None] = column(max_length=255, pii="none", label="Sumber")
    missing: Mapped[int] = column(sa.Integer(), default=0, pii="none")
    updated_at: Mapped[datetime] = column(default=now, onupdate=now, pii="none", label="Diperbarui")
    archived_at: Mapped[datetime | None] = column(pii="none", label="Diarsipkan")

    @validates("name")
    def _sorted(self, _key: str, name: str) -> str:
        self.sort_name = sortable(name)
        return name


def sortable(name: str) -> str:
    """Return the name as lists order it: without regard to letter case."""
    return name.lower()[:120]


list_indexes(Application.__table__, "sort_name", "updated_at")


class SavedView(plugin_model("catalogue", scope=Scope.own())):  # type: ignore[misc]
    """Filters and order of the list under a name: for who saved them, or shared with the unit of the hat.

    `query` is the address of the list without its path, as `Filters.query` writes it.
    """

    person_id: Mapped[UUID] = column(core_ref(Person), nullable=False, pii="basic", label="Pemilik")
    unit_id: Mapped[UUID | None] = column(core_ref(Unit), nullable=True, pii="none", label="Unit")
    opd_id: Mapped[UUID | None] = column(core_ref(Unit), nullable=True, pii="none")
    name: Mapped[str] = column(max_length=60, pii="none", label="Nama tampilan")
    sort_name: Mapped[str] = column(sa.String(60).with_variant(sa.String(60, collation="C"), "postgresql"), pii="none")
    query: Mapped[str] = column(max_length=1500, pii="none")
    shared: Mapped[bool] = column(sa.Boolean(), default=False, pii="none", label="Dibagikan")

    __table_args__ = (
        sa.UniqueConstraint("person_id", "sort_name"),
        sa.Index(None, "unit_id", "shared"),
    )


class OpeningView(plugin_model("catalogue", scope=Scope.own())):  # type: ignore[misc]
    """The saved view that the list opens with for one person: an own one or one shared with the unit."""

    person_id: Mapped[UUID] = column(core_ref(Person), nullable=False, unique=True, pii="basic")
    view_id: Mapped[UUID] = column(
        sa.ForeignKey("catalogue_saved_view.id", ondelete="CASCADE"), nullable=False, index=True, pii="none"
    )
