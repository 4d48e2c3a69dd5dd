"""Where bytes lie: a small interface, and a local folder behind it."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Protocol

from superapp.kernel import ids
from superapp.kernel.durable import settle
from superapp.kernel.secrets import settings

_KEY = re.compile(r"[0-9a-f]{2}/[0-9a-f]{32}")


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

    def url(self, key: str) -> str:
        """Return an address where a browser gets the file from the store itself, empty when only the app can."""


def new_key() -> str:
    """Return a key that no file has: two letters of the end spread the files over 256 folders."""
    name = ids.uuid7().hex
    return f"{name[-2:]}/{name}"


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

    def url(self, key: str) -> str:
        """Return an empty text: only the app hands local files out."""
        return ""

    def keys(self, *, older_than: float) -> Iterator[str]:
        """Yield the keys of files, and delete leftovers of broken writes, that are older than so many seconds."""
        before = time.time() - older_than
        for path in self.root.glob("??/*") if self.root.is_dir() else ():
            if path.stat().st_mtime > before:
                continue
            if path.name.startswith("."):
                path.unlink(missing_ok=True)
            elif _KEY.fullmatch(key := f"{path.parent.name}/{path.name}"):
                yield key

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise ValueError("not a key of the file store")
        return self.root / key


def store() -> LocalStore:
    """Return the file store of the installation."""
    return LocalStore(settings().files_dir)
