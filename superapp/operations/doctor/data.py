"""The doctor on the data: durability, migrations, modules, jobs, backups, audit."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from superapp.kernel import audit, clock, secrets
from superapp.kernel.database import run
from superapp.kernel.jobs import ledger
from superapp.kernel.jobs.ledger import State
from superapp.operations import anchors
from superapp.operations.backup import drilling, keeping
from superapp.operations.demo.marking import is_demo
from superapp.operations.doctor.finding import Finding, fault, good, look
from superapp.plugin import dispatch, listing
from superapp.plugin.migrate.history import CORE
from superapp.plugin.migrate.running import histories, pending
from superapp.shared.reference import holidays as known_holidays

FRESH = timedelta(hours=26)
"""How old the newest backup and the newest anchors may be: a day and a long night."""
RECENT = timedelta(days=8)
"""How old the last restore drill may be: a week and a day."""
LATE = timedelta(minutes=5)


def durability() -> Iterator[Finding]:
    """Look at whether what is acknowledged is on disk."""
    if secrets.settings().sqlite:
        synchronous = run(sa.text("PRAGMA synchronous")).scalar()
        safe = good("basis data", "SQLite, synchronous=FULL")
        yield safe if synchronous == 2 else fault("basis data", f"SQLite synchronous={synchronous}: harus FULL.")
        return
    wrong = [name for name in ("fsync", "full_page_writes", "synchronous_commit") if _shown(name) == "off"]
    for name in wrong:
        yield fault("basis data", f"PostgreSQL {name}=off: data yang sudah diterima bisa hilang.")
    if not wrong:
        yield good("basis data", f"PostgreSQL {_shown('server_version')}")
    yield from _replication()
    if run(sa.text("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")).scalar():
        yield look(
            "basis data", "aplikasi memakai pengguna superuser: beri pengguna biasa yang memiliki basis datanya."
        )


def _shown(name: str) -> str:
    return str(run(sa.select(sa.func.current_setting(name))).scalar())


def _replication() -> Iterator[Finding]:
    replicas = run(sa.text("SELECT count(*) FROM pg_stat_replication")).scalar()
    if replicas and not _shown("synchronous_standby_names"):
        yield look("replika", "asinkron: bila server utama mati, detik-detik terakhir bisa hilang.")


def migrations() -> Iterator[Finding]:
    """Look for revisions that were not run."""
    waiting = {history.name: pending(history) for history in histories()}
    for name in [name for name, files in waiting.items() if files]:
        level = fault if name == CORE else look
        yield level("migrasi", f"{name} belum dijalankan: superapp migrate")
    if not any(waiting.values()):
        yield good("migrasi", "semua sudah dijalankan")


def holidays() -> Iterator[Finding]:
    """Look whether the holidays of this year are known, and from October on those of the next, as decreed."""
    today = clock.today()
    years = [today.year, today.year + 1] if today.month >= 10 else [today.year]
    lacking = [year for year in years if not any(not day.uncertain for day in known_holidays(year))]
    for year in lacking:
        yield look("hari libur", f"{year} belum pasti: isi menurut SKB 3 Menteri di Administrasi, Data rujukan.")
    if not lacking:
        yield good("hari libur", f"terisi sampai {years[-1]}")


def modules() -> Iterator[Finding]:
    """Look for modules that are broken, paused or not well."""
    for row in listing.listing():
        if row.state == "broken" or row.paused:
            yield look(f"modul {row.name}", row.reason or "dijeda")
    for owner, report in dispatch.health().items():
        if not report.ok:
            yield look(f"modul {owner}", report.message)


def jobs() -> Iterator[Finding]:
    """Look at whether a worker works, and at what it gave up."""
    oldest = ledger.oldest_waiting()
    if oldest is not None and clock.now() - oldest > LATE:
        yield fault("pekerja", f"pekerjaan menunggu sejak {_words(oldest)}: jalankan superapp worker.")
    else:
        yield good("pekerja", "tidak ada pekerjaan yang tertunda")
    dead = ledger.count(State.DEAD)
    if dead:
        yield look("pekerjaan gagal", f"{dead} menunggu keputusan di pusat perbaikan.")


def backups() -> Iterator[Finding]:
    """Look at the age of the newest backup and whether it leaves this machine."""
    settings, latest = secrets.settings(), keeping.latest()
    level = look if is_demo() else fault
    if latest is None:
        yield level("cadangan", "belum pernah dibuat: superapp backup FOLDER, atau jalankan superapp worker.")
    elif clock.now() - latest > FRESH:
        yield level("cadangan", f"yang terbaru dari {_words(latest)}: lebih dari 26 jam.")
    else:
        yield good("cadangan", f"yang terbaru dari {_words(latest)}")
    if not settings.backup_recipients:
        yield look(
            "enkripsi cadangan", "SUPERAPP_BACKUP_RECIPIENTS kosong: siapa pun yang memegang cadangan membacanya."
        )
    if settings.backup_dir is None:
        yield look("tujuan cadangan", "SUPERAPP_BACKUP_DIR kosong: cadangan hilang bersama mesin ini.")
    elif _same_disk(keeping.folder()):
        yield look("tujuan cadangan", "satu disk dengan datanya: pilih mesin lain yang tidak bisa dihapus aplikasi.")


def drills() -> Iterator[Finding]:
    """Look at what the last restore on trial showed."""
    last = drilling.last()
    if last is None:
        yield look("uji pemulihan", "belum pernah: jalankan superapp drill, dan superapp worker untuk tiap Minggu.")
        return
    moment, drill = last
    if drill.faults:
        yield fault("uji pemulihan", f"gagal {_words(moment)}: {'; '.join(drill.faults[:3])}. Coba superapp drill.")
    elif clock.now() - moment > RECENT:
        yield look("uji pemulihan", f"terakhir {_words(moment)}: lebih dari 8 hari. Jalankan superapp worker.")
    elif drill.untried:
        yield look("uji pemulihan", f"sebagian, {_words(moment)}. {drill.untried}")
    else:
        yield good("uji pemulihan", f"berhasil {_words(moment)}, {drill.rows} baris")


def _same_disk(folder: Path) -> bool:
    target = next(path for path in (folder, *folder.parents) if path.exists())
    return os.stat(target).st_dev == os.stat(secrets.settings().data_dir).st_dev  # noqa: PTH116


def trail() -> Iterator[Finding]:
    """Look at the audit chains' heads and whether they were exported; `superapp audit verify` reads every row."""
    exported = anchors.exported_at(anchors.places()[-1])
    if exported is None or clock.now() - exported > FRESH:
        yield look("jangkar audit", "belum diekspor sejak 26 jam: jalankan superapp worker.")
    yield from _off_host()
    wrong = {found for place in anchors.places() for found in audit.verify_heads(anchors.latest(place))}
    for found in sorted(wrong, key=lambda one: (one.chain, one.sequence)):
        yield fault("jejak audit", f"rantai {found.chain}: {found.reason}. Jalankan superapp audit verify.")
    if not wrong:
        yield good("jejak audit", f"{len(audit.heads())} rantai, kepala utuh")


def _off_host() -> Iterator[Finding]:
    place = secrets.settings().anchors_dir
    if place is None:
        yield look(
            "jangkar di luar",
            "tidak ada: siapa yang menguasai mesin ini bisa mengubah jejak audit beserta jangkarnya. Isi "
            "SUPERAPP_ANCHORS_DIR dengan folder di mesin lain, atau simpan keluaran superapp audit heads di sana.",
        )
    elif _same_disk(place.expanduser()):
        yield look("jangkar di luar", f"{place} satu disk dengan datanya: pilih folder di mesin lain.")
    else:
        yield good("jangkar di luar", str(place))


def _words(moment: datetime) -> str:
    return f"{clock.local(moment):%d-%m-%Y %H.%M} WITA"
