"""The nightly backup: where it goes, how many are kept, and how old the newest is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from superapp.kernel import clock, command, secrets
from superapp.operations.backup import manifest as manifests
from superapp.operations.backup.manifest import BackupError
from superapp.operations.backup.taking import take
from superapp.operations.backup.verifying import verify

NIGHTLY = "nightly-"
_NIGHTLY = re.compile(rf"{NIGHTLY}\d{{8}}")


@dataclass(frozen=True)
class Nightly:
    """What became of a night's backup."""

    path: str
    rows: int
    files: int
    deleted: int


def folder() -> Path:
    """Return where nightly backups go: SUPERAPP_BACKUP_DIR, else a folder of the data directory."""
    settings = secrets.settings()
    return settings.backup_dir.expanduser().resolve() if settings.backup_dir else settings.data_dir / "backups"


def latest() -> datetime | None:
    """Return when the newest backup in the folder of nightly ones was taken, None when there is none."""
    found = []
    for path in manifests.backups_in(folder()):
        try:
            found.append(manifests.read(path).created_at)
        except BackupError:
            continue  # `doctor` and `verify` name it
    return max(found, default=None)


def take_nightly() -> Nightly:
    """Take this night's backup, verify it, and delete the oldest ones (what the job prepares, outside transactions).

    A night's backup that is there already is only verified: the job was killed after it. Raises BackupError.
    """
    target = folder() / f"{NIGHTLY}{clock.today():%Y%m%d}"
    if not (target / manifests.NAME).is_file():
        take(target)
    if faults := list(verify(target)):
        raise BackupError("Cadangan malam ini tidak utuh: " + "; ".join(faults[:5]))
    manifest = manifests.read(target)
    return Nightly(str(target), manifest.rows, manifest.files, deleted=_delete_old())


def _delete_old() -> int:
    """Delete nightly backups beyond SUPERAPP_BACKUP_KEEP, oldest first; reached only when the newest was found whole.

    Nothing else is ever deleted, and with 0 nothing at all: then the target keeps them by its own rule.
    """
    kept = secrets.settings().backup_keep
    nightly = [path for path in manifests.backups_in(folder()) if _NIGHTLY.fullmatch(path.name)]
    old = nightly[:-kept] if kept else []
    for path in old:
        manifests.remove(path)
    return len(old)


def note_nightly(prepared: Nightly) -> dict[str, Any]:
    """Write the night's backup into the audit trail (the job's function)."""
    command.current().also(
        "cadangan {path}: {rows} baris, {files} berkas",
        "backup",
        path=prepared.path,
        rows=prepared.rows,
        files=prepared.files,
    )
    return {"path": prepared.path, "rows": prepared.rows, "files": prepared.files, "deleted": prepared.deleted}
