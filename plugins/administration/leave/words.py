"""What people read of a request: its state, its days, the lines of a decision sheet."""

from __future__ import annotations

from typing import Any

from superapp.api import N_, format_date, format_period
from superapp.api import _ as words

from .kinds import Kind
from .models import LeaveRequest

STATES = {
    "draft": ("idle", "pencil", N_("Draf")),
    "submitted": ("info", "clock", N_("Diajukan")),
    "reviewed": ("info", "search", N_("Diperiksa")),
    "approved": ("ok", "check", N_("Disetujui")),
    "changed": ("ok", "pencil", N_("Disetujui dengan perubahan")),
    "deferred": ("warn", "pause", N_("Ditangguhkan")),
    "rejected": ("bad", "x", N_("Tidak disetujui")),
    "withdrawn": ("idle", "undo-2", N_("Ditarik")),
    "cancelled": ("idle", "x", N_("Dibatalkan")),
}
"""State of a request → (tone, icon, word)."""
NARROWED = {state: look[2] for state, look in STATES.items() if state != "draft"} | {
    "granted": N_("Disetujui, juga dengan perubahan")
}
BOOKINGS = {
    "entitlement": N_("Hak tahun berjalan"),
    "use": N_("Dipakai"),
    "return": N_("Dikembalikan"),
    "cancel": N_("Gugur"),
    "lapse": N_("Gugur akhir tahun"),
    "opening": N_("Saldo awal"),
    "close": N_("Tutup tahun"),
}
"""Kind of booking → word."""

SHORT = {
    "CT": N_("Tahunan"),
    "CB": N_("Besar"),
    "CS": N_("Sakit"),
    "CM": N_("Melahirkan"),
    "CAP": N_("Penting"),
    "CBER": N_("Bersama"),
    "CLTN": N_("Luar tanggungan"),
}
"""Kind → word for the head of a column."""
TERMS = {
    "service_years": N_("Masa kerja paling sedikit (tahun)"),
    "yearly": N_("Hak setahun (hari kerja)"),
    "carry": N_("Sisa tahun lalu yang dibawa (hari)"),
    "most_unused": N_("Paling banyak setelah dua tahun tidak dipakai"),
    "travel": N_("Tambahan perjalanan (hari kalender)"),
    "months": N_("Paling lama (bulan)"),
    "note_after": N_("Lampiran wajib bila lebih dari (hari, 0: tidak)"),
    "times": N_("Paling banyak (kali, 0: tanpa batas)"),
}
"""Number of the terms → word."""


def period(row: LeaveRequest) -> str:
    """Return the days of a request: `3–7 Agustus 2026`."""
    return format_period(row.first_day, row.last_day)


def span(row: Any) -> str:
    """Return the days of a request in short: `3 Agt – 7 Agt 2026`."""
    last = f"{format_date(row.last_day, 'short')} {row.last_day.year}"
    return last if row.first_day == row.last_day else f"{format_date(row.first_day, 'short')} – {last}"


def length(row: LeaveRequest, kind: Kind) -> str:
    """Return how long a request is, in working days or calendar days."""
    return words("{n} hari kerja", n=row.days) if kind.annual else words("{n} hari kalender", n=row.days)
