"""Quarantine: where there is a virus scanner, a file that people sent waits until it has looked at it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from superapp.extensions import db
from superapp.kernel import clock
from superapp.kernel.database import run
from superapp.kernel.errors import AppError, Refused
from superapp.kernel.jobs import enqueue
from superapp.kernel.language import gettext as _
from superapp.kernel.secrets import settings
from superapp.shared import notices
from superapp.shared.files.clamd import find_virus
from superapp.shared.files.store import delete_later, store
from superapp.shared.tables.files import File, FileState

JOB = "shared.inspect_file"
ATTEMPTS = 12
LONG = timedelta(hours=1)
"""How long a file waits before `doctor` says so."""
F = File.__table__.c


def hold(file: File) -> None:
    """Let a new file wait for the scanner in the command under way; without a scanner it is released at once."""
    if not settings().clamd_url:
        return
    file.state = FileState.QUARANTINED
    db.session.flush()
    enqueue(JOB, {"file_id": file.id}, key=f"inspect:{file.id.hex}", max_attempts=ATTEMPTS)


def check_released(file: File) -> None:
    """Raise Refused (409) while a file is looked at, AppError (410) when a virus was found in it."""
    if file.state == FileState.QUARANTINED:
        raise Refused(_("Berkas ini sedang diperiksa. Coba lagi sebentar lagi."))
    if file.state == FileState.REFUSED:
        raise AppError(_("Berkas ini tidak disimpan karena dikenali sebagai virus."), status=410)


def inspect(file_id: str) -> str | None:
    """Let the scanner look at a quarantined file (for `prepare`): return what it found, "" for nothing.

    None when there is nothing to look at any more. Raises ScannerAway and StoreAway: then the job is tried again.
    """
    query = sa.select(F.key).where(F.id == UUID(file_id), F.state == FileState.QUARANTINED)
    key = run(query).scalar_one_or_none()
    db.session.rollback()
    if key is None:
        return None
    address = settings().clamd_url
    with store().open(key) as content:
        return find_virus(address, content) if address else ""


def settle(file_id: str, prepared: str | None) -> str:
    """Release or refuse a file that was looked at; who sent a refused one is told. Returns the finding."""
    file = db.session.get(File, UUID(file_id))
    if file is None or prepared is None or file.state != FileState.QUARANTINED:
        return ""
    file.state = FileState.REFUSED if prepared else FileState.RELEASED
    if prepared:
        _refuse(file)
    return prepared


def _refuse(file: File) -> None:
    delete_later(file.key)
    if file.uploaded_by is not None:
        notices.notify(
            file.uploaded_by,
            _("Berkas {name} ditolak", name=file.name),
            body=_(
                "Berkas ini dikenali sebagai virus dan sudah dihapus. Periksa perangkat Anda, lalu kirim berkas lain."
            ),
        )


def waiting_long() -> int:
    """Return how many files wait for the scanner longer than they should, for `doctor`."""
    late = sa.and_(F.state == FileState.QUARANTINED, F.created_at < clock.now() - LONG)
    return int(run(sa.select(sa.func.count()).select_from(File).where(late)).scalar_one())
