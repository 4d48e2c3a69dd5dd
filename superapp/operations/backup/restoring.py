"""Restoring a backup: verified first, put in place whole, compared with its manifest afterwards."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from uuid import uuid4

from superapp.extensions import db
from superapp.kernel import clock, secrets
from superapp.kernel.durable import settle
from superapp.operations import anchors
from superapp.operations.backup import manifest as manifests
from superapp.operations.backup import postgresql, sqlite
from superapp.operations.backup.encryption import SUFFIX, Key, decipher, key_for, opened
from superapp.operations.backup.manifest import FILES, BackupError, Manifest, Table
from superapp.operations.backup.rekeying import rekey
from superapp.operations.backup.verifying import differences, files_of, verify
from superapp.settings import Settings
from superapp.shared.files.moving import copy_to_bucket
from superapp.shared.files.s3 import StoreAway


def restore(folder: Path, *, identity: Path | None = None, replace: bool = False, other_key: bool = False) -> Manifest:
    """Put a backup in the place of this installation's database and files; return its manifest.

    The app must be stopped. What is there already is replaced with `replace` only; SQLite's file and the files are
    kept beside, under `.before-restore-…`. An encrypted backup needs its `identity`, a file of private keys. A backup
    of a secret key that is neither the present one nor among the fallbacks needs `other_key`: heads of the audit chains
    are then sealed anew, authenticator seeds that cannot be opened are dropped. Raises BackupError with a sentence;
    nothing has changed then, unless it says so.
    """
    settings = secrets.settings()
    manifest = manifests.read(folder)
    key = key_for(manifest, identity)
    _check(settings, folder, manifest, key, replace=replace, other_key=other_key)
    db.session.remove()
    db.engine.dispose()
    if wrong := put(settings, folder, manifest, key):
        raise BackupError("Setelah dipulihkan isinya berbeda dari cadangan: " + "; ".join(wrong))
    if settings.files_url:
        _fill_bucket()
    anchors.note_restore(settings, manifest)
    if not known_key(folder):
        rekey()
    return manifest


def _fill_bucket() -> None:
    try:
        copy_to_bucket()
    except StoreAway as error:
        raise BackupError(
            f"Basis data sudah dipulihkan, berkas baru sampai di folder data. {error.message} Lalu: superapp files copy"
        ) from error


def put(settings: Settings, folder: Path, manifest: Manifest, key: Key | None) -> list[str]:
    """Put a backup where the settings say, this installation or another place; return what differs from its manifest."""
    aside = f"before-restore-{clock.now():%Y%m%d-%H%M%S}-{uuid4().hex[:4]}"
    try:
        files = _unpack(settings, folder, manifest, key)
    except OSError as error:
        raise BackupError(f"Berkas tidak bisa dipulihkan, tidak ada yang diubah: {error.strerror or error}") from error
    with opened(folder / manifest.database.path, key) as source:
        held = _put_in_place(settings, source, aside)
    _swap(settings.files_dir, files, aside)
    return list(differences(manifest.tables, held))


def known_key(folder: Path) -> bool:
    """Tell whether the backup was sealed with the present secret key or a former one that is still configured."""
    return manifests.read(folder).key == manifests.key_id() or manifests.sealed_by_us(folder)


def _put_in_place(settings: Settings, source: Path, aside: str) -> Mapping[str, Table]:
    if not settings.sqlite:
        return postgresql.put_in_place(settings, source)
    try:
        return sqlite.put_in_place(settings, source, aside)
    except OSError as error:
        raise BackupError(f"Basis data tidak bisa dipulihkan: {error.strerror or error}") from error


def _check(
    settings: Settings, folder: Path, manifest: Manifest, key: Key | None, *, replace: bool, other_key: bool
) -> None:
    if manifest.engine != ("sqlite" if settings.sqlite else "postgresql"):
        raise BackupError(f"Cadangan ini dari {manifest.engine}. Sesuaikan SUPERAPP_DATABASE_URL, lalu ulangi.")
    if not other_key and not known_key(folder):
        raise BackupError(
            "Cadangan ini dibuat dengan kunci rahasia lain. Isi SUPERAPP_SECRET_KEY_FALLBACKS dengan kunci lama, atau "
            "pakai --other-key bila kunci itu hilang (jejak audit disegel ulang, aplikasi kode harus dipasang ulang)."
        )
    if faults := list(verify(folder, key)):
        raise BackupError("Cadangan tidak utuh, tidak ada yang diubah: " + "; ".join(faults[:5]))
    empty = sqlite.is_empty(settings) if settings.sqlite else postgresql.is_empty(settings)
    if not replace and not (empty and not any(settings.files_dir.glob("*"))):
        raise BackupError("Di sini sudah ada data. Pakai --replace bila data itu memang harus diganti.")


def _unpack(settings: Settings, folder: Path, manifest: Manifest, key: Key | None) -> Path:
    """Copy the files beside their place, before the database changes: this is what takes long and may fail."""
    fresh = settings.files_dir.with_name(f"{settings.files_dir.name}.restoring")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for file in files_of(folder, manifest):
        source, target = folder / FILES / file.path, fresh / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        if key is None:
            shutil.copyfile(source, target)
        else:
            target = decipher(source, target.with_name(target.name.removesuffix(SUFFIX)), key)
        settle(target)
    return fresh


def _swap(place: Path, fresh: Path, aside: str) -> None:
    if place.is_dir() and any(place.iterdir()):
        place.rename(place.with_name(f"{place.name}.{aside}"))
    elif place.is_dir():
        place.rmdir()
    fresh.rename(place)
    settle(place.parent)
