"""The four records everything else refers to: Unit, Person, Position, Appointment."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from superapp.kernel.database import CoreModel, Identified, Path, Versioned, column


class Unit(Identified, Versioned, CoreModel):
    """A part of the government: the regency itself, an OPD, or a part of one; a tree with dated validity.

    `path` is '/1/4/9/' of the `number`s from the root; `opd_id` is the OPD the unit belongs to (an OPD's own id; the
    regency's own id at the root). `week` is "five" or "six" working days, empty: as the unit above, at the root five.
    """

    __tablename__ = "core_unit"

    number: Mapped[int] = column(sa.Integer(), unique=True, pii="none")
    code: Mapped[str] = column(max_length=40, unique=True, pii="none", label="Kode")
    name: Mapped[str] = column(max_length=160, pii="none", label="Nama")
    short_name: Mapped[str] = column(max_length=60, default="", pii="none", label="Singkatan")
    kind: Mapped[str] = column(max_length=30, pii="none", label="Jenis")
    parent_id: Mapped[UUID | None] = column(
        sa.Uuid(), sa.ForeignKey("core_unit.id", ondelete="RESTRICT"), index=True, pii="none", label="Induk"
    )
    path: Mapped[str] = column(Path, unique=True, pii="none")
    opd_id: Mapped[UUID] = column(
        sa.Uuid(),
        sa.ForeignKey("core_unit.id", ondelete="RESTRICT", deferrable=True, initially="DEFERRED"),
        index=True,
        pii="none",
    )
    is_opd: Mapped[bool] = column(sa.Boolean(), default=False, pii="none")
    week: Mapped[str] = column(max_length=4, default="", server_default="", pii="none", label="Hari kerja")
    region_code: Mapped[str] = column(max_length=13, default="", pii="none", label="Kode wilayah")
    siasn_id: Mapped[str] = column(max_length=40, default="", index=True, pii="none", label="UNOR ID")
    valid_from: Mapped[date | None] = column(sa.Date(), pii="none", label="Berlaku sejak")
    valid_to: Mapped[date | None] = column(sa.Date(), pii="none", label="Berlaku sampai")
    successor_id: Mapped[UUID | None] = column(
        sa.Uuid(), sa.ForeignKey("core_unit.id", ondelete="SET NULL"), pii="none", label="Pengganti"
    )
    note: Mapped[str] = column(max_length=255, default="", pii="none", label="Catatan")


class Person(Identified, Versioned, CoreModel):
    """A civil servant or another who works for the regency.

    Known by `nip` or, without one (elected, non-ASN), by `staff_number`. Both are identifiers, never secrets, never in
    a URL. `sort_name` is the bare name in lower case, without titles.
    """

    __tablename__ = "core_person"

    nip: Mapped[str | None] = column(max_length=18, unique=True, pii="basic", label="NIP")
    staff_number: Mapped[str | None] = column(max_length=18, unique=True, pii="basic", label="Nomor pegawai")
    name: Mapped[str] = column(max_length=120, pii="basic", label="Nama")
    title_before: Mapped[str] = column(max_length=40, default="", pii="basic", label="Gelar depan")
    title_after: Mapped[str] = column(max_length=80, default="", pii="basic", label="Gelar belakang")
    sort_name: Mapped[str] = column(max_length=120, index=True, pii="basic")
    employment: Mapped[str] = column(max_length=20, pii="basic", label="Jenis pegawai")
    rank_code: Mapped[str] = column(max_length=10, default="", pii="basic", label="Golongan")
    rank_since: Mapped[date | None] = column(sa.Date(), pii="basic", label="TMT golongan")
    birth_date: Mapped[date | None] = column(sa.Date(), pii="sensitive", label="Tanggal lahir")
    sex: Mapped[str] = column(max_length=1, default="", pii="basic", label="Jenis kelamin")
    phone: Mapped[str] = column(max_length=20, default="", pii="basic", label="Telepon")
    email: Mapped[str] = column(max_length=120, default="", pii="basic", label="Surel")
    siasn_id: Mapped[str] = column(max_length=40, default="", index=True, pii="basic", label="PNS ID")
    active: Mapped[bool] = column(sa.Boolean(), default=True, pii="none", label="Aktif")
    ended_on: Mapped[date | None] = column(sa.Date(), pii="basic", label="Berakhir")

    @property
    def full_name(self) -> str:
        """Return the name with its titles, exactly as in the decree."""
        before = f"{self.title_before} " if self.title_before else ""
        return f"{before}{self.name}" + (f", {self.title_after}" if self.title_after else "")


class Position(Identified, Versioned, CoreModel):
    """A post in a unit; authority and tasks belong to it, whoever holds it on the day."""

    __tablename__ = "core_position"

    unit_id: Mapped[UUID] = column(
        sa.Uuid(), sa.ForeignKey("core_unit.id", ondelete="RESTRICT"), index=True, pii="none", label="Unit"
    )
    title: Mapped[str] = column(max_length=160, pii="none", label="Nama jabatan")
    kind: Mapped[str] = column(max_length=30, pii="none", label="Jenis jabatan")
    grade: Mapped[str] = column(max_length=10, default="", pii="none", label="Eselon")
    is_head: Mapped[bool] = column(sa.Boolean(), default=False, pii="none", label="Pimpinan unit")
    supervisor_id: Mapped[UUID | None] = column(
        sa.Uuid(), sa.ForeignKey("core_position.id", ondelete="SET NULL"), index=True, pii="none", label="Atasan"
    )
    siasn_id: Mapped[str] = column(max_length=40, default="", index=True, pii="none")
    valid_from: Mapped[date | None] = column(sa.Date(), pii="none", label="Berlaku sejak")
    valid_to: Mapped[date | None] = column(sa.Date(), pii="none", label="Berlaku sampai")


class Appointment(Identified, Versioned, CoreModel):
    """A person holds a position from a day to a day: `definitive`, `plt` (acting) or `plh` (day-to-day deputy)."""

    __tablename__ = "core_appointment"
    __table_args__ = (
        sa.CheckConstraint("kind IN ('definitive', 'plt', 'plh')", name="kind"),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="period"),
    )

    person_id: Mapped[UUID] = column(
        sa.Uuid(), sa.ForeignKey("core_person.id", ondelete="RESTRICT"), index=True, pii="basic", label="Pegawai"
    )
    position_id: Mapped[UUID] = column(
        sa.Uuid(), sa.ForeignKey("core_position.id", ondelete="RESTRICT"), index=True, pii="none", label="Jabatan"
    )
    kind: Mapped[str] = column(max_length=10, default="definitive", pii="none", label="Jenis")
    starts_on: Mapped[date] = column(sa.Date(), pii="none", label="Mulai")
    ends_on: Mapped[date | None] = column(sa.Date(), pii="none", label="Sampai")
    decree: Mapped[str] = column(max_length=80, default="", pii="basic", label="Nomor SK")
