"""Taking a backup: database first, then files, manifest last; nobody sees half of one, and nobody writes to it again."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO
from uuid import uuid4

from superapp import version
from superapp.kernel import audit, clock, secrets
from superapp.kernel.durable import settle
from superapp.operations.backup import manifest as manifests
from superapp.operations.backup import postgresql, room, sqlite
from superapp.operations.backup.encryption import SUFFIX, Pour, pouring
from superapp.operations.backup.manifest import FILE_LIST, FILES, READ_ONLY, BackupError, Manifest, Stored, Table
from superapp.operations.backup.room import PARTIAL
from superapp.settings import Settings
from superapp.shared.files.s3 import StoreAway
from superapp.shared.files.store import store


def take(target: Path) -> Manifest:
    """Write a backup of the installation to the folder `target`, which must not exist yet; return its manifest.

    People go on working meanwhile. The folder appears under its name when it is whole, its files are read-only, and
    encrypted when SUPERAPP_BACKUP_RECIPIENTS names public keys. Raises BackupError with a sentence when it cannot be
    taken: no room, no `pg_dump`, a folder in the way.
    """
    settings = secrets.settings()
    target = target.expanduser().resolve()
    if target.exists():
        raise BackupError(f"{target} sudah ada. Cadangan tidak pernah ditimpa: pilih nama baru.")
    _check_room(settings, target)
    target.parent.mkdir(parents=True, exist_ok=True)
    room.clear_leftovers(target.parent)
    partial = target.parent / f"{PARTIAL}{target.name}-{uuid4().hex[:6]}"
    partial.mkdir(mode=0o700)
    try:
        taken = _fill(settings, partial)
        settle(partial)
        partial.rename(target)
        settle(target.parent)
    except StoreAway as error:
        raise BackupError(f"Cadangan tidak dibuat. {error.message}") from error
    except OSError as error:
        raise BackupError(f"Cadangan gagal ditulis: {error.strerror or error}") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return taken


def _fill(settings: Settings, folder: Path) -> Manifest:
    # The heads are read before the copy: what was anchored then is in it.
    heads = {head.chain: (head.sequence, head.hash) for head in audit.heads()}
    database, tables = _dump(settings, folder)
    copied = list(_copy_files(settings, folder / FILES))
    listing = folder / FILE_LIST
    with listing.open("x", encoding="utf-8") as lines:
        lines.writelines(json.dumps([file.path, file.size, file.sha256]) + "\n" for file in copied)
    settle(listing)
    listing.chmod(READ_ONLY)
    made = Manifest(
        clock.now(),
        version(),
        engine="sqlite" if settings.sqlite else "postgresql",
        database=database,
        tables=tables,
        file_list=manifests.stored(folder, listing),
        files=len(copied),
        heads=heads,
        key=manifests.key_id(),
        recipients=tuple(settings.backup_recipients),
    )
    manifests.write(folder, made)
    return made


def _dump(settings: Settings, folder: Path) -> tuple[Stored, Mapping[str, Table]]:
    """Copy the database; before it is encrypted it is looked through, because later the server cannot."""
    engine = sqlite if settings.sqlite else postgresql
    if not settings.backup_recipients:
        target = folder / engine.NAME
        held = engine.dump(settings, target)
        target.chmod(READ_ONLY)
        return manifests.stored(folder, target), held
    with room.rented() as place:
        clear = place / engine.NAME
        held = engine.dump(settings, clear)
        if faults := list(engine.faults(clear)):
            raise BackupError("Salinan basis data tidak utuh: " + "; ".join(faults[:5]))
        name = f"{engine.NAME}{SUFFIX}"
        return _copied(clear, folder / name, name, pouring(settings.backup_recipients)), held


def _copy_files(settings: Settings, target: Path) -> Iterator[Stored]:
    """Copy the stored files, each once read; one that is deleted meanwhile was no longer referred to."""
    target.mkdir(mode=0o700)
    source, pour = settings.files_dir, pouring(settings.backup_recipients)
    suffix = SUFFIX if settings.backup_recipients else ""
    if settings.files_url:
        yield from _copy_bucket(target, suffix, pour)
        return
    for path in sorted(source.rglob("*")) if source.is_dir() else ():
        if path.is_symlink() or not path.is_file():
            continue
        name = f"{path.relative_to(source).as_posix()}{suffix}"
        try:
            yield _copied(path, target / name, name, pour)
        except FileNotFoundError:
            continue


def _copy_bucket(target: Path, suffix: str, pour: Pour) -> Iterator[Stored]:
    for key in sorted(store().keys(older_than=0)):
        try:
            with store().open(key) as reading:
                yield _poured(reading, target / f"{key}{suffix}", f"{key}{suffix}", pour)
        except FileNotFoundError:
            continue


def _copied(source: Path, target: Path, name: str, pour: Pour) -> Stored:
    with source.open("rb") as reading:
        return _poured(reading, target, name, pour)


def _poured(reading: IO[bytes], target: Path, name: str, pour: Pour) -> Stored:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with target.open("xb") as file:
        writing = _Digesting(file)
        pour(reading, writing)  # type: ignore[arg-type]  # a writer of bytes is all it takes
        file.flush()
        os.fsync(file.fileno())
    target.chmod(READ_ONLY)
    return Stored(name, size=writing.size, sha256=writing.digest.hexdigest())


class _Digesting:
    """Writes on to a file, and knows the size and the digest of what was written."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self.size, self.digest = file, 0, hashlib.sha256()

    def write(self, block: bytes) -> int:
        """Write a block."""
        self.digest.update(block)
        self.size += len(block)
        return self._file.write(block)

    def flush(self) -> None:
        """Hand on what is buffered."""
        self._file.flush()


def _check_room(settings: Settings, target: Path) -> None:
    """Refuse before anything is written when a disk cannot hold the copy."""
    files = sum(path.stat().st_size for path in settings.files_dir.rglob("*") if path.is_file())
    database = sqlite.size(settings) if settings.sqlite else 0
    in_clear = room.check(settings.data_dir, database * 11 // 10) if settings.backup_recipients else ""
    if refusal := room.check(target, (files + database) * 11 // 10) or in_clear:
        raise BackupError(refusal)
