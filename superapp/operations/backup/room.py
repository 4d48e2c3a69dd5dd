"""Room for what lies in the clear for a while: beside the data, where the same is readable anyway, never in a backup."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from superapp.kernel import clock, secrets

PARTIAL = ".partial-"


@contextmanager
def rented() -> Iterator[Path]:
    """Yield a folder of the data directory for its owner's eyes, deleted afterwards."""
    folder = secrets.settings().data_dir
    clear_leftovers(folder)
    with TemporaryDirectory(prefix=PARTIAL, dir=folder, ignore_cleanup_errors=True) as made:
        yield Path(made)


def clear_leftovers(folder: Path) -> None:
    """Remove what processes that were killed left behind; what is in use is younger than a day."""
    yesterday = clock.now().timestamp() - 86_400
    for path in folder.glob(f"{PARTIAL}*"):
        if path.stat().st_mtime < yesterday:
            shutil.rmtree(path, ignore_errors=True)


def check(folder: Path, needed: int) -> str:
    """Return a sentence when the disk of a folder (or of its nearest parent) has less room than needed, in bytes."""
    present = next(path for path in (folder, *folder.parents) if path.is_dir())
    free = shutil.disk_usage(present).free
    return f"Ruang di {present} kurang: perlu {needed >> 20} MB, tersisa {free >> 20} MB." if needed > free else ""
