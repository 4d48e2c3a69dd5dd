"""The manifest of a backup: what it holds, by row counts and digests, sealed with the installation's key."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from superapp.kernel import secrets
from superapp.kernel.durable import settle

NAME = "manifest.json"
FILES = "files"
FILE_LIST = "files.jsonl"
FORMAT = 1
READ_ONLY = 0o400
"""Files of a backup are written once: a slip of the hand or of a program that is not root changes none."""


class BackupError(Exception):
    """A backup cannot be taken, is not whole, or cannot be restored; one sentence for the operator."""


@dataclass(frozen=True)
class Stored:
    """One file of a backup: its path within, its size in bytes and its SHA-256."""

    path: str
    size: int = field(kw_only=True)
    sha256: str = field(kw_only=True)


@dataclass(frozen=True)
class Table:
    """What a table held: its rows, and a digest over them that does not depend on their order."""

    rows: int
    digest: str


@dataclass(frozen=True)
class Manifest:
    """A backup as it was taken, readable without any key.

    `key` tells which secret key the installation had, without telling the key; `recipients` are the public keys that
    the content is encrypted for, none when it is not.
    """

    created_at: datetime
    version: str
    engine: Literal["sqlite", "postgresql"] = field(kw_only=True)
    database: Stored = field(kw_only=True)
    tables: Mapping[str, Table] = field(kw_only=True)
    file_list: Stored = field(kw_only=True)
    files: int = field(kw_only=True)
    heads: Mapping[str, tuple[int, str]] = field(kw_only=True)
    key: str = field(kw_only=True)
    recipients: tuple[str, ...] = field(default=(), kw_only=True)

    @property
    def rows(self) -> int:
        """Return the rows of all tables together."""
        return sum(table.rows for table in self.tables.values())


def key_id() -> str:
    """Return what tells the present secret key from others without telling it."""
    return secrets.sign("backup-key", "id")[:16]


def write(folder: Path, manifest: Manifest) -> None:
    """Write the manifest of a backup; it comes last, so a folder with a manifest is whole. It is never written again."""
    content = asdict(manifest) | {"created_at": manifest.created_at.isoformat(), "format": FORMAT}
    content["seal"] = secrets.sign("backup", _canonical(content))
    target = folder / NAME
    target.write_text(json.dumps(content, indent=1, sort_keys=True), encoding="utf-8")
    settle(target)
    target.chmod(READ_ONLY)


def read(folder: Path) -> Manifest:
    """Return the manifest of a backup; raises BackupError when there is none or it cannot be read."""
    content = _content(folder)
    try:
        return Manifest(
            datetime.fromisoformat(content["created_at"]),
            content["version"],
            engine=content["engine"],
            database=Stored(**content["database"]),
            tables={name: Table(**table) for name, table in content["tables"].items()},
            file_list=Stored(**content["file_list"]),
            files=content["files"],
            heads={chain: (sequence, digest) for chain, (sequence, digest) in content["heads"].items()},
            key=content["key"],
            recipients=tuple(content.get("recipients", ())),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BackupError(f"{folder / NAME} rusak: {error}") from error


def _content(folder: Path) -> dict[str, Any]:
    try:
        content = json.loads((folder / NAME).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise BackupError(f"{folder} bukan cadangan: {NAME} tidak ada.") from error
    except (OSError, ValueError) as error:
        raise BackupError(f"{folder / NAME} tidak bisa dibaca: {error}") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise BackupError(f"{folder / NAME}: bentuk cadangan ini tidak dikenal oleh versi ini.")
    return content


def sealed_by_us(folder: Path) -> bool:
    """Tell whether the manifest is as it was written, by an installation with our key."""
    content = _content(folder)
    seal = str(content.pop("seal", ""))
    return secrets.signed_by_us("backup", seal, _canonical(content))


def _canonical(content: Mapping[str, Any]) -> str:
    return json.dumps(content, sort_keys=True, separators=(",", ":"))


def newest(folder: Path) -> Path:
    """Return the backup that `folder` is, or the newest one in it; raises BackupError when there is none."""
    if (folder / NAME).is_file():
        return folder
    found = [(read(path).created_at, path) for path in backups_in(folder)]
    if not found:
        raise BackupError(f"Tidak ada cadangan di {folder}.")
    return max(found)[1]


def backups_in(folder: Path) -> list[Path]:
    """Return the finished backups that lie in a folder."""
    return sorted(path.parent for path in folder.glob(f"*/{NAME}"))


def remove(folder: Path) -> None:
    """Delete a backup; its manifest goes first, so that half of one is never taken for a whole one."""
    for path in (folder / NAME, *folder.rglob("*")):
        if path.is_file():
            path.chmod(0o600)  # Windows deletes no read-only file
    (folder / NAME).unlink()
    shutil.rmtree(folder)


def digest_of(path: Path) -> str:
    """Return the hex SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def stored(folder: Path, path: Path) -> Stored:
    """Return a file of a backup as its manifest names it."""
    return Stored(path.relative_to(folder).as_posix(), size=path.stat().st_size, sha256=digest_of(path))


class RowsDigest:
    """Counts rows and sums their SHA-256 modulo 2^256: the same rows in any order give the same digest."""

    def __init__(self) -> None:
        self._rows, self._sum = 0, 0

    def add(self, row: bytes) -> None:
        """Add one row, as the engine prints it."""
        self._rows += 1
        self._sum += int.from_bytes(hashlib.sha256(row).digest())

    def table(self) -> Table:
        """Return the count and the digest."""
        return Table(self._rows, (self._sum % (1 << 256)).to_bytes(32).hex())
