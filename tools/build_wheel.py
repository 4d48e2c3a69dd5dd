"""The build backend: setuptools' wheel, plus the folders beside the package (templates, assets, migrations, plugins).

setup.cfg cannot name whole trees as data files, and listing every folder by hand would forget the next one. So the
finished wheel gets them as `<name>.data/data/share/superapp/…`, which installers unpack to `sys.prefix`.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from setuptools import build_meta
from setuptools.build_meta import (
    build_editable,
    get_requires_for_build_editable,
    get_requires_for_build_wheel,
    prepare_metadata_for_build_editable,
    prepare_metadata_for_build_wheel,
)

__all__ = [
    "build_editable",
    "build_wheel",
    "get_requires_for_build_editable",
    "get_requires_for_build_wheel",
    "prepare_metadata_for_build_editable",
    "prepare_metadata_for_build_wheel",
]

SHARED = ("templates", "static/dist", "migrations", "plugins")
SKIPPED = {"__pycache__", "node_modules", "tests"}


def build_wheel(directory: str, config_settings: Any = None, metadata_directory: str | None = None) -> str:
    """Build the wheel into `directory` and return its file name (PEP 517)."""
    shutil.rmtree("build/lib", ignore_errors=True)  # setuptools would ship what an earlier build left there
    name: str = build_meta.build_wheel(directory, config_settings, metadata_directory)
    wheel = Path(directory) / name
    _add(wheel, {path.as_posix(): path.read_bytes() for path in _shared_files()})
    return name


def _shared_files() -> Iterator[Path]:
    for folder in SHARED:
        for path in sorted(Path(folder).rglob("*")):
            if path.is_file() and not SKIPPED & set(path.parts) and path.suffix != ".pyc":
                yield path


def _add(wheel: Path, files: dict[str, bytes]) -> None:
    """Add `files` to the wheel's data and to its RECORD (the archive is written anew: a RECORD must not be double)."""
    distribution, version = wheel.name.split("-")[:2]
    data, record = f"{distribution}-{version}.data/data/share/superapp", f"{distribution}-{version}.dist-info/RECORD"
    with zipfile.ZipFile(wheel) as archive:
        kept = [(entry, archive.read(entry)) for entry in archive.infolist() if entry.filename != record]
        rows = archive.read(record).decode()
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry, content in kept:
            archive.writestr(entry, content)
        for path, content in files.items():
            archive.writestr(f"{data}/{path}", content)
        archive.writestr(record, rows + _record({f"{data}/{path}": content for path, content in files.items()}))


def _record(files: dict[str, bytes]) -> str:
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    for path, content in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        writer.writerow([path, f"sha256={digest}", len(content)])
    return lines.getvalue()
