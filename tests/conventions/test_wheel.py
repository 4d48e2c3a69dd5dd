"""What `pip install .` brings: the package, and beside it the folders it works with, all listed with their hashes."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.conventions.tree import ROOT, files, told

BUILD = "import sys; sys.path.insert(0, 'tools'); import build_wheel; print(build_wheel.build_wheel(sys.argv[1]))"
SHARE = ".data/data/share/superapp/"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    done = subprocess.run([sys.executable, "-c", BUILD, folder], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return zipfile.ZipFile(folder / done.stdout.split()[-1])


def test_the_wheel_ships_all_that_the_app_reads(wheel: zipfile.ZipFile) -> None:
    shipped = {name.partition(SHARE)[2] or name for name in wheel.namelist()}
    wanted = {
        path
        for path in files()
        if path.startswith(("superapp/", "templates/", "static/dist/", "migrations/", "plugins/"))
        and "/tests/" not in path
        and Path(path).suffix not in (".md", ".pot", ".cfg")
    }
    forgotten = sorted(wanted - shipped)
    assert not forgotten, told(
        forgotten, "not in the wheel: see options.package_data, and SHARED in tools/build_wheel.py"
    )
    assert not [name for name in shipped if name.startswith("tests/") or "/tests/" in name]


def test_the_wheel_lists_every_file_with_its_hash(wheel: zipfile.ZipFile) -> None:
    record = next(name for name in wheel.namelist() if name.endswith(".dist-info/RECORD"))
    rows = {name: digest for name, digest, _ in csv.reader(io.StringIO(wheel.read(record).decode()))}
    assert sorted(rows) == sorted(wheel.namelist())
    for name, digest in rows.items():
        if name != record:
            assert digest == "sha256=" + _digest(wheel.read(name)), name


def _digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
