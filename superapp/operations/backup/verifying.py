"""Verifying a backup: everything the manifest promises is there, unchanged, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from superapp.operations.backup import manifest as manifests
from superapp.operations.backup import postgresql, sqlite
from superapp.operations.backup.encryption import OPTION, Key, opened
from superapp.operations.backup.manifest import FILES, BackupError, Manifest, Stored, Table

UNOPENED = (
    "Diperiksa tanpa kunci: manifest, dan ukuran serta sidik setiap berkas. Belum diperiksa: apakah kuncinya membuka "
    f"cadangan ini dan apa isi basis datanya; untuk itu sertakan {OPTION} BERKAS."
)
"""What the check of an encrypted backup could not tell without its key."""


def verify(folder: Path, key: Key | None = None) -> Iterator[str]:
    """Yield a sentence for each fault of the backup in `folder`; none means that it can be restored.

    Of an encrypted backup only its key shows what is inside: without it see `UNOPENED`. Raises BackupError when there
    is no readable manifest.
    """
    manifest = manifests.read(folder)
    if manifest.key == manifests.key_id() and not manifests.sealed_by_us(folder):
        yield "manifest berubah setelah ditulis"
    database = list(_of(folder, manifest.database))
    yield from database or _inside_database(folder, manifest, key)
    listing = list(_of(folder, manifest.file_list))
    yield from listing or _files(folder, manifest)


def _of(folder: Path, promised: Stored) -> Iterator[str]:
    path = folder / promised.path
    if not path.is_file():
        yield f"{promised.path} hilang"
    elif path.stat().st_size != promised.size or manifests.digest_of(path) != promised.sha256:
        yield f"{promised.path} berubah"


def _inside_database(folder: Path, manifest: Manifest, key: Key | None) -> Iterator[str]:
    if manifest.recipients and key is None:
        return
    with opened(folder / manifest.database.path, key) as path:
        if manifest.engine == "postgresql":
            yield from postgresql.faults(path)
            return
        broken = list(sqlite.faults(path))
        yield from broken or differences(manifest.tables, sqlite.tables(path))


def differences(promised: Mapping[str, Table], found: Mapping[str, Table]) -> Iterator[str]:
    """Yield where the tables of a database are not what a manifest says."""
    for name in sorted(promised.keys() | found.keys()):
        before, after = promised.get(name), found.get(name)
        if before is None or after is None:
            yield f"tabel {name} {'hilang' if after is None else 'tidak tercatat di manifest'}"
        elif before != after:
            yield f"tabel {name} berbeda: {before.rows} baris tercatat, {after.rows} ditemukan"


def _files(folder: Path, manifest: Manifest) -> Iterator[str]:
    promised = {file.path: file for file in files_of(folder, manifest)}
    if len(promised) != manifest.files:
        yield f"daftar berkas memuat {len(promised)} berkas, manifest {manifest.files}"
    for file in promised.values():
        yield from _of(folder / FILES, file)
    present = {path.relative_to(folder / FILES).as_posix() for path in (folder / FILES).rglob("*") if path.is_file()}
    for name in sorted(present - promised.keys()):
        yield f"berkas {name} tidak tercatat di manifest"


def files_of(folder: Path, manifest: Manifest) -> Iterator[Stored]:
    """Yield the stored files that a backup lists; raises BackupError for a path that leads out of it."""
    with (folder / manifest.file_list.path).open(encoding="utf-8") as lines:
        for line in lines:
            path, size, digest = json.loads(line)
            if Path(path).is_absolute() or ".." in Path(path).parts:
                raise BackupError(f"daftar berkas memuat alamat yang tidak sah: {path}")
            yield Stored(path, size=size, sha256=digest)
