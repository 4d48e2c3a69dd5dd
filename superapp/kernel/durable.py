"""Waiting until something is on disk: what is acknowledged must survive a pulled plug."""

from __future__ import annotations

import os
from pathlib import Path

_WINDOWS = os.name == "nt"


def settle(path: Path) -> None:
    """Wait until a file's content, or the names in a folder, are on disk.

    Windows opens no folders, and a file only for writing: there NTFS keeps its names by a journal of its own.
    """
    if _WINDOWS and path.is_dir():
        return
    handle = os.open(path, os.O_RDWR if _WINDOWS else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
