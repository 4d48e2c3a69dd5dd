"""The doctor on the installation: address, keys, clock, disk, mail."""

from __future__ import annotations

import ipaddress
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from flask import current_app

from superapp.kernel import clock, secrets
from superapp.operations.demo.marking import is_demo
from superapp.operations.doctor.finding import Finding, fault, good, look
from superapp.plugin import setting
from superapp.shared.files import clamd, quarantine
from superapp.shared.files.s3 import StoreAway
from superapp.shared.files.store import new_key, store

_REMOTE = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "fuse.s3fs", "glusterfs", "ceph"})
_GIGABYTE = 1 << 30


def address() -> Iterator[Finding]:
    """Look at how people reach the app."""
    settings = secrets.settings()
    if settings.secure:
        yield good("alamat", settings.base_url)
        if not settings.proxy_hops:
            yield look("proksi", "SUPERAPP_PROXY_HOPS 0: alamat semua orang tampak sama dengan alamat proksi.")
    elif _local(urlsplit(settings.base_url).hostname or "") and _local(settings.host):
        yield good("alamat", f"{settings.base_url}, hanya dari mesin ini")
    else:
        yield fault(
            "alamat", "http tanpa TLS untuk mesin lain (tanpa mode luring): isi SUPERAPP_BASE_URL dengan https://…"
        )


def _local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def debugging() -> Iterator[Finding]:
    """Look for what developers left switched on."""
    settings = secrets.settings()
    if current_app.debug:
        yield fault("mode debug", "menyala: matikan FLASK_DEBUG.")
    if settings.safe_mode:
        yield look("mode aman", "SUPERAPP_SAFE_MODE menyala: tidak ada modul yang dimuat.")
    if settings.test_clock is not None:
        level = fault if settings.secure else look
        yield level("jam uji", "SUPERAPP_TEST_CLOCK diisi: jam aplikasi bisa digeser.")
    seconds = abs((clock.now() - datetime.now(UTC)).total_seconds())
    if seconds > 1:
        yield look("jam", f"jam aplikasi bergeser {seconds:.0f} detik dari jam mesin.")


def demonstration() -> Iterator[Finding]:
    """Look for demo accounts, whose password lies in a file."""
    if is_demo():
        level = fault if secrets.settings().secure else look
        yield level("data contoh", "basis data ini berisi akun contoh: jangan dipakai untuk kerja sungguhan.")


def keys() -> Iterator[Finding]:
    """Look at who may read the secret key and the data."""
    settings = secrets.settings()
    for path, name in ((settings.data_dir / "secret-key", "kunci rahasia"), (settings.data_dir, "folder data")):
        if path.exists() and path.stat().st_mode & 0o077:
            level = fault if path.is_file() else look
            mode = "600" if path.is_file() else "700"
            yield level(name, f"terbaca pengguna lain: chmod {mode} {path}")
    if (settings.data_dir / "secret-key").exists():
        yield look(
            "kunci rahasia", "hanya ada di folder data: simpan salinannya di tempat lain, cadangan tidak memuatnya."
        )
    else:
        yield good("kunci rahasia", "diisi dari luar")


def disk() -> Iterator[Finding]:
    """Look at where the data lies and how much room is left."""
    settings = secrets.settings()
    kind = filesystem_of(settings.data_dir)
    if settings.sqlite and kind in _REMOTE:
        yield fault("disk", f"SQLite di {kind}: data bisa rusak. Pakai disk lokal atau PostgreSQL.")
    usage = shutil.disk_usage(settings.data_dir)
    words = f"tersisa {usage.free / _GIGABYTE:.1f} GB ({100 * usage.free // usage.total} %)"
    short, tight = usage.free < _GIGABYTE, usage.free < 5 * _GIGABYTE or usage.free * 10 < usage.total
    yield (fault if short else look if tight else good)("disk", words)


def filesystem_of(path: Path, mounts: Path = Path("/proc/mounts")) -> str:
    """Return the kind of file system that holds a path ("ext4", "nfs4"), "" when it cannot be told."""
    best, kind = "", ""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    for line in lines:
        point, found = line.split(" ")[1:3]
        point = point.replace("\\040", " ")
        if path.is_relative_to(point) and len(point) >= len(best):
            best, kind = point, found
    return kind


def mail() -> Iterator[Finding]:
    """Look at whether mail goes out."""
    if secrets.settings().smtp_url:
        yield good("surel", "SUPERAPP_SMTP_URL diisi")
    else:
        yield look("surel", "SUPERAPP_SMTP_URL kosong: surel hanya dicetak ke log.")


def files() -> Iterator[Finding]:
    """Look at whether the file store answers."""
    yield from _scanner()
    address = secrets.settings().files_url.partition("?")[0]
    if not address:
        yield good("berkas", "di folder data")
        return
    try:
        store().exists(new_key())
    except StoreAway:
        yield fault("berkas", f"{address} tidak menjawab: periksa SUPERAPP_FILES_URL dan kuncinya.")
    else:
        yield good("berkas", address)


def _scanner() -> Iterator[Finding]:
    address = secrets.settings().clamd_url
    if not address:
        return
    if not clamd.answers(address):
        yield fault(
            "pemeriksa virus", f"{address} tidak menjawab: berkas kiriman tertahan. Periksa SUPERAPP_CLAMD_URL."
        )
    elif late := quarantine.waiting_long():
        yield look("pemeriksa virus", f"{late} berkas menunggu lebih dari satu jam: lihat pekerjaan yang gagal.")
    else:
        yield good("pemeriksa virus", address)


def papers() -> Iterator[Finding]:
    """Look at whether documents become PDFs, and whether they are signed."""
    from superapp.shared.documents.rendering import drawing
    from superapp.shared.documents.signing import adapter

    if missing := drawing.missing():
        yield fault(
            "PDF", f"belum bisa dibuat, {missing}: pasang libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0."
        )
    else:
        yield good("PDF", "bisa dibuat")
    chosen, service = secrets.settings().esign, adapter.signer()
    if chosen == "off":
        yield look("tanda tangan", "SUPERAPP_ESIGN off: naskah tampil belum ditandatangani secara elektronik.")
    elif service is None:
        yield fault("tanda tangan", "simulator tidak berlaku di instalasi sungguhan: isi SUPERAPP_ESIGN dengan bsre.")
    elif not service.alive():
        yield fault("tanda tangan", "gerbang BSrE tidak menjawab: periksa SUPERAPP_BSRE_URL.")
    else:
        yield good("tanda tangan", chosen)


def contact() -> Iterator[Finding]:
    """Look at whether strangers learn whom to tell of a weakness (security.txt, RFC 9116)."""
    if said := str(setting.value("navigation.security_contact")).strip():
        yield good("kontak keamanan", said)
    else:
        yield look("kontak keamanan", "belum ada, jadi security.txt tidak ada: isi di Administrasi, Pengaturan.")
