"""Leave as rows: requests, the ledger that explains every day, and changed terms by year."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import sqlalchemy as sa

from superapp.api import Mapped, Person, Position, Scope, column, core_ref, list_indexes, plugin_model

LIVE = ("submitted", "reviewed", "approved", "changed")
"""States of a request whose days are taken."""


class LeaveRequest(plugin_model("leave", scope=Scope.unit(parties=True))):  # type: ignore[misc]
    """One request; `days` are what it counts (working days for annual leave, calendar days otherwise).

    `travel_days` are calendar days at its end that a post hard to reach adds: they take nothing from the balance.
    """

    person_id: Mapped[UUID] = column(core_ref(Person), nullable=False, pii="basic", label="Pegawai")
    position_id: Mapped[UUID | None] = column(core_ref(Position), nullable=True, pii="none")
    person_name: Mapped[str] = column(max_length=250, pii="basic", label="Nama")
    kind: Mapped[str] = column(max_length=8, pii="basic", label="Jenis cuti")
    first_day: Mapped[date] = column(sa.Date(), pii="basic", label="Mulai")
    last_day: Mapped[date] = column(sa.Date(), pii="basic", label="Sampai")
    travel_days: Mapped[int] = column(sa.Integer(), default=0, pii="none", label="Tambahan perjalanan")
    days: Mapped[int] = column(sa.Integer(), pii="none", label="Lama")
    reason: Mapped[str] = column(max_length=500, pii="sensitive", label="Alasan")
    address: Mapped[str] = column(max_length=255, pii="basic", label="Alamat selama cuti")
    phone: Mapped[str] = column(max_length=20, pii="basic", label="Telepon selama cuti")
    deputy_id: Mapped[UUID | None] = column(core_ref(Person), nullable=True, pii="basic", label="Pengganti")
    appointment_id: Mapped[UUID | None] = column(sa.Uuid(), nullable=True, pii="none")
    state: Mapped[str] = column(max_length=12, default="draft", pii="none", label="Status")

    __table_args__ = (sa.Index(None, "person_id", "first_day"),)


list_indexes(LeaveRequest.__table__, "first_day", "last_day")


class LedgerEntry(plugin_model("leave", scope=Scope.own())):  # type: ignore[misc]
    """One booking of annual leave: `days` gained (+) or spent (-) of the right of `year`, in the year `booked_in`.

    `key` is the natural key: the same booking is written once, whoever asks again.
    """

    person_id: Mapped[UUID] = column(core_ref(Person), nullable=False, pii="basic", label="Pegawai")
    year: Mapped[int] = column(sa.Integer(), pii="none", label="Hak tahun")
    booked_in: Mapped[int] = column(sa.Integer(), pii="none", label="Dicatat tahun")
    kind: Mapped[str] = column(max_length=12, pii="none", label="Jenis catatan")
    days: Mapped[int] = column(sa.Integer(), pii="basic", label="Hari")
    words: Mapped[str] = column(max_length=200, pii="basic", label="Keterangan")
    request_id: Mapped[UUID | None] = column(
        sa.ForeignKey("leave_leave_request.id", ondelete="RESTRICT"), nullable=True, index=True, pii="none"
    )
    key: Mapped[str] = column(max_length=120, unique=True, pii="none")

    __table_args__ = (sa.Index(None, "person_id", "year"),)


class Terms(plugin_model("leave", scope=Scope.everyone())):  # type: ignore[misc]
    """The terms of a kind from a year on, as somebody changed them; before that the delivered ones hold."""

    kind: Mapped[str] = column(max_length=8, pii="none", label="Jenis cuti")
    year: Mapped[int] = column(sa.Integer(), pii="none", label="Mulai tahun")
    months: Mapped[int] = column(sa.Integer(), default=0, pii="none", label="Paling lama (bulan)")
    service_years: Mapped[int] = column(sa.Integer(), default=0, pii="none", label="Masa kerja (tahun)")
    yearly: Mapped[int] = column(sa.Integer(), default=0, pii="none", label="Hak setahun (hari kerja)")
    carry: Mapped[int] = column(sa.Integer(), default=0, pii="none", label="Sisa yang dibawa (hari)")
    most_unused: Mapped[int] = column(sa.Integer(), default=0, pii="none", label="Paling banyak (hari)")
    travel: Mapped[int] = column(sa.Integer(), default=0, pii="none", label="Tambahan perjalanan (hari)")
    note_after: Mapped[int] = column(
        sa.Integer(), default=0, server_default="0", pii="none", label="Surat dokter sesudah (hari)"
    )
    times: Mapped[int] = column(sa.Integer(), default=0, server_default="0", pii="none", label="Paling banyak (kali)")
    source: Mapped[str] = column(max_length=255, pii="none", label="Dasar")

    __table_args__ = (sa.UniqueConstraint("kind", "year"),)


class LeaveReport(plugin_model("leave", scope=Scope.unit())):  # type: ignore[misc]
    """The report of a unit and year, once somebody asked for it as a document; its figures are those of then."""

    year: Mapped[int] = column(sa.Integer(), pii="none", label="Tahun")

    __table_args__ = (sa.UniqueConstraint("unit_id", "year"),)
