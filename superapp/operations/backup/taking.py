"""Taking a backup: database first, then files, manifest last; nobody sees half of one."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

from superapp import version
from superapp.kernel import audit, clock, secrets
from superapp.operations.backup import manifest as manifests
from superapp.operations.backup import postgresql, sqlite
from superapp.operations.backup.manifest import FILE_LIST, FILES, BackupError, Manifest, Stored, settle
from superapp.settings import Settings

PARTIAL = ".partial-"
_CHUNK = 1 << 20


def take(target: Path) -> Manifest:
    """Write a backup of the installation to the folder `target`, which must be new or empty; return its manifest.

    People go on working meanwhile. The folder appears under its name when it is whole. Raises BackupError with a
    sentence when it cannot be taken: no room, no `pg_dump`, a folder in the way.
    """
    settings = secrets.settings()
    target = target.expanduser().resolve()
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise BackupError(f"{target} sudah berisi. Pilih folder baru atau kosong.")
    _check_room(settings, target)
    target.parent.mkdir(parents=True, exist_ok=True)
    _clear_leftovers(target.parent)
    partial = target.parent / f"{PARTIAL}{target.name}-{uuid4().hex[:6]}"
    partial.mkdir(mode=0o700)
    try:
        taken = _fill(settings, partial)
        settle(partial)
        if target.exists():
            target.rmdir()
        partial.rename(target)
        settle(target.parent)
    except OSError as error:
        raise BackupError(f"Cadangan gagal ditulis: {error.strerror or error}") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return taken


def _fill(settings: Settings, folder: Path) -> Manifest:
    # The heads are read before the copy: what was anchored then is in it.
    heads = {head.chain: (head.sequence, head.hash) for head in audit.heads()}
    engine = sqlite if settings.sqlite else postgresql
    database = folder / engine.NAME
    tables = engine.dump(settings, database)
    copied = list(_copy_files(settings.files_dir, folder / FILES))
    listing = folder / FILE_LIST
    with listing.open("w", encoding="utf-8") as lines:
        lines.writelines(json.dumps([file.path, file.size, file.sha256]) + "\n" for file in copied)
    settle(listing)
    made = Manifest(
        clock.now(),
        version(),
        engine="sqlite" if settings.sqlite else "postgresql",
        database=manifests.stored(folder, database),
        tables=tables,
        file_list=manifests.stored(folder, listing),
        files=len(copied),
        heads=heads,
        key=manifests.key_id(),
    )
    manifests.write(folder, made)
    return made


def _copy_files(source: Path, target: Path) -> Iterator[Stored]:
    """Copy the stored files, each once read; one that is deleted meanwhile was no longer referred to."""
    target.mkdir(mode=0o700)
    for path in sorted(source.rglob("*")) if source.is_dir() else ():
        relative = path.relative_to(source)
        if path.is_symlink() or not path.is_file():
            continue
        try:
            yield _copied(path, target / relative, relative.as_posix())
        except FileNotFoundError:
            continue


def _copied(source: Path, target: Path, name: str) -> Stored:
    digest, size = hashlib.sha256(), 0
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with source.open("rb") as reading, target.open("wb") as writing:
        while chunk := reading.read(_CHUNK):
            digest.update(chunk)
            size += writing.write(chunk)
        writing.flush()
        os.fsync(writing.fileno())
    target.chmod(0o600)
    return Stored(name, size=size, sha256=digest.hexdigest())


def _check_room(settings: Settings, target: Path) -> None:
    """Refuse before anything is written when the disk cannot hold the copy."""
    present = next(folder for folder in (target, *target.parents) if folder.is_dir())
    files = sum(path.stat().st_size for path in settings.files_dir.rglob("*") if path.is_file())
    needed = files + (sqlite.path_of(settings).stat().st_size if settings.sqlite and _database_exists(settings) else 0)
    free = shutil.disk_usage(present).free
    if needed * 1.1 > free:
        raise BackupError(f"Ruang di {present} kurang: perlu {needed >> 20} MB, tersisa {free >> 20} MB.")


def _database_exists(settings: Settings) -> bool:
    return sqlite.path_of(settings).is_file()


def _clear_leftovers(folder: Path) -> None:
    """Remove what backups that were killed left behind; a running one is younger than a day."""
    yesterday = clock.now().timestamp() - 86_400
    for path in folder.glob(f"{PARTIAL}*"):
        if path.stat().st_mtime < yesterday:
            shutil.rmtree(path, ignore_errors=True)
