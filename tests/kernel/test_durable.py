"""Settling files and folders on disk, also where the system opens no folders."""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path

import pytest

from superapp.kernel import durable
from superapp.kernel.durable import settle
from superapp.shared.files.store import LocalStore, new_key


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The paths that were settled."""
    found: list[Path] = []

    def note(handle: int) -> None:
        found.append(Path(f"/proc/self/fd/{handle}").readlink())

    monkeypatch.setattr(os, "fsync", note)
    return found


def test_files_and_folders_are_settled(tmp_path: Path, synced: list[Path]) -> None:
    (tmp_path / "file").write_bytes(b"x")
    settle(tmp_path / "file")
    settle(tmp_path)
    assert synced == [tmp_path / "file", tmp_path]


def test_a_new_file_is_settled_and_its_name_too(tmp_path: Path, synced: list[Path]) -> None:
    key = new_key()
    LocalStore(tmp_path).put(key, BytesIO(b"x"))
    assert [path.is_dir() for path in synced] == [False, True]
    assert synced[1] == (tmp_path / key).parent


def test_folders_are_left_alone_where_they_cannot_be_opened(
    tmp_path: Path, synced: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows refuses to open a folder, and to sync a file that is not open for writing."""
    opened = os.open

    def windows(path: Path, flags: int, *more: int) -> int:
        if Path(path).is_dir():
            raise PermissionError(13, "Permission denied")
        assert flags & os.O_RDWR or flags & os.O_CREAT, path
        return opened(path, flags, *more)

    monkeypatch.setattr(durable, "_WINDOWS", True)
    monkeypatch.setattr(os, "open", windows)
    (tmp_path / "file").write_bytes(b"x")
    settle(tmp_path / "file")
    settle(tmp_path)
    assert synced == [tmp_path / "file"]
