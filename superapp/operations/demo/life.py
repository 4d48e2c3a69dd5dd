"""Signs of life in the demo: announcements, tasks with due times, notices, so that no page is empty."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from superapp.kernel import clock, ids
from superapp.kernel.database import CoreModel, run
from superapp.operations.demo.filling import ROLES, Staffing
from superapp.operations.demo.storing import Stored
from superapp.shared import agenda, notices, tasks
from superapp.shared.agenda import Entry
from superapp.shared.agenda.entries import midnight
from superapp.shared.tasks import Duty

ANNOUNCEMENTS = (
    (
        "",
        "Satu pintu untuk semua aplikasi",
        "Aplikasi kabupaten kini dibuka dari menu. Data pada sistem ini contoh.",
        True,
    ),
    ("", "Pemeliharaan jaringan Sabtu malam", "Layanan berhenti sebentar pukul 22.00–23.00 WITA.", False),
    ("DISKOMINFO", "Rapat koordinasi Diskominfo", "Senin pukul 09.00 WITA di ruang rapat lantai dua.", False),
)
"""Unit code (empty: everybody), title, text, important."""
DUTIES = (
    ("kadis", "Periksa daftar bagian Diskominfo", "DISKOMINFO", 1),
    ("kabid", "Periksa susunan Bidang Informatika", "DISKOMINFO-B1", 2),
    ("kasi", "Pastikan nomor telepon anggota seksi benar", "DISKOMINFO-B1-S1", 0),
    ("staf", "Lengkapi nomor telepon Anda", "DISKOMINFO-B1-S1", 3),
    ("tu", "Periksa nama unit untuk kop surat", "DISKOMINFO", 4),
    ("sekda", "Tinjau jabatan pimpinan yang lowong", "SETDA", 5),
    ("mentor", "Periksa susunan Dinas Perhubungan", "DISHUB", 6),
    ("peserta", "Periksa susunan Bidang Angkutan", "DISHUB-B2", 7),
)
"""Account, title, unit whose page is opened, days until due."""


ENTRIES = (
    ("kadis", "Rapat koordinasi perangkat daerah", "Kantor Bupati", 0, 10, 2),
    ("kadis", "Kunjungan ke Sebatik", "Sebatik", 2, 8, 9),
    ("kabid", "Rapat evaluasi aplikasi", "Ruang rapat Diskominfo", 0, 13, 2),
    ("kabid", "Bimbingan teknis layanan digital", "Tarakan", 5, 8, 8),
    ("staf", "Pelatihan keamanan informasi", "Aula Diskominfo", 1, 9, 3),
    ("sekda", "Rapat anggaran perubahan", "Kantor Bupati", 1, 9, 3),
    ("bupati", "Upacara bendera", "Halaman Kantor Bupati", 3, 7, 1),
)
"""Account, title, place, days from today, hour in WITA, hours."""


def store_life(staffing: Staffing, stored: Stored) -> None:
    """Write announcements, tasks and notices; inside a command."""
    _announce(stored)
    for role, title, unit, days in DUTIES:
        tasks.give(
            Duty(
                title,
                f"/units/{stored.units[unit]}",
                kind="core.demo",
                position_id=stored.posts[ROLES[role]],
                opd_id=stored.opds[unit],
                due_at=clock.now() + timedelta(days=days, hours=3),
            )
        )
    _meet(staffing, stored)
    body = "Semua fungsi pada satu halaman. Buka bantuan untuk mulai."
    notices.notify_all(_people(staffing, stored), "Selamat datang di Nunukan Satu", body=body, url="/help")


def _meet(staffing: Staffing, stored: Stored) -> None:
    holders = {held.post: held.person for held in staffing.held if held.kind == "definitive"}
    for role, title, place, days, hour, hours in ENTRIES:
        begins = midnight(clock.today() + timedelta(days=days)) + timedelta(hours=hour)
        person = stored.people[holders[ROLES[role]]]
        ends = begins + timedelta(hours=hours)
        agenda.put(Entry(person, title, kind="core.personal", place=place, starts_at=begins, ends_at=ends))


def _announce(stored: Stored) -> None:
    # Navigation, whose table this is, lies beside operations: neither imports the other.
    announcement = CoreModel.metadata.tables["core_announcement"]
    moment = clock.now()
    rows = [
        {
            "id": ids.uuid7(),
            "version": 1,
            "created_at": moment,
            "title": title,
            "body": body,
            "important": important,
            "unit_id": stored.units[unit] if unit else None,
            "starts_at": moment - timedelta(hours=1),
        }
        for unit, title, body, important in ANNOUNCEMENTS
    ]
    run(sa.insert(announcement), rows)


def _people(staffing: Staffing, stored: Stored) -> list[UUID]:
    holders = {held.post: held.person for held in staffing.held if held.kind == "definitive"}
    return [stored.people[holders[post]] for post in ROLES.values()]
