"""Where bytes lie: a small interface, and a local folder behind it."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import IO, Protocol

from superapp.kernel import command
from superapp.kernel.durable import settle
from superapp.kernel.secrets import settings
from superapp.shared.files.keys import checked, is_key, small_key
from superapp.shared.files.keys import new_key as new_key  # where keys are used, stores are
from superapp.shared.files.s3 import S3Store, StoreAway


class FileStore(Protocol):
    """Keeps bytes under keys that only the server makes; a key is written once and never changes."""

    def put(self, key: str, source: IO[bytes]) -> None:
        """Write a new file, wholly or not at all; FileExistsError when the key is taken."""

    def get(self, key: str) -> bytes:
        """Return all bytes of a file; FileNotFoundError when there is none."""

    def open(self, key: str) -> IO[bytes]:
        """Return the file opened for reading; FileNotFoundError when there is none."""

    def delete(self, key: str) -> None:
        """Remove a file; nothing happens when there is none."""

    def exists(self, key: str) -> bool:
        """Tell whether there is a file."""

    def keys(self, *, older_than: float) -> Iterator[str]:
        """Yield the keys of files that are older than so many seconds."""


class LocalStore:
    """A folder of the machine; files are complete and on disk before they have their name."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, key: str, source: IO[bytes]) -> None:
        """Write a new file: beside its place first, synced, then linked to its name."""
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            with beside.open("xb") as target:
                shutil.copyfileobj(source, target, 1 << 18)
                target.flush()
                os.fsync(target.fileno())
            os.link(beside, path)
            settle(path.parent)
        finally:
            with contextlib.suppress(FileNotFoundError):
                beside.unlink()

    def get(self, key: str) -> bytes:
        """Return all bytes of a file."""
        return self._path(key).read_bytes()

    def open(self, key: str) -> IO[bytes]:
        """Return the file opened for reading."""
        return self._path(key).open("rb")

    def delete(self, key: str) -> None:
        """Remove a file."""
        self._path(key).unlink(missing_ok=True)

    def exists(self, key: str) -> bool:
        """Tell whether there is a file."""
        return self._path(key).is_file()

    def keys(self, *, older_than: float) -> Iterator[str]:
        """Yield the keys of files, and delete leftovers of broken writes, that are older than so many seconds."""
        before = time.time() - older_than
        for path in self.root.glob("??/*") if self.root.is_dir() else ():
            if path.stat().st_mtime > before:
                continue
            if path.name.startswith("."):
                path.unlink(missing_ok=True)
            elif is_key(key := f"{path.parent.name}/{path.name}"):
                yield key

    def _path(self, key: str) -> Path:
        return self.root / checked(key)


def store() -> FileStore:
    """Return the file store of the installation: a folder, or the bucket of SUPERAPP_FILES_URL."""
    chosen = settings()
    if not chosen.files_url:
        return LocalStore(chosen.files_dir)
    return _bucket(chosen.files_url, chosen.files_key, chosen.files_secret.get_secret_value())


def delete_later(key: str) -> None:
    """Delete a file's bytes, and its small picture, after the commit of the command under way.

    What a store that is away keeps, the sweep takes.
    """

    def delete() -> None:
        with contextlib.suppress(StoreAway):
            store().delete(key)
            store().delete(small_key(key))

    command.current().after_commit.append(delete)


@cache
def _bucket(address: str, key: str, secret: str) -> S3Store:
    return S3Store(address, key, secret)
