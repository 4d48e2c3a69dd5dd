"""Hostile files: refused with a sentence and nothing stored, or made harmless; memory stays flat."""

from __future__ import annotations

import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from superapp.kernel.errors import Invalid
from superapp.shared import files
from superapp.shared.files.pictures import LONGEST_SIDE
from superapp.shared.files.store import store
from tests.shared.test_files import PDF, office, picture, upload
from tests.support.databases import only_sqlite
from tests.support.server import ROOT

pytestmark = [pytest.mark.usefixtures("context"), only_sqlite]
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
MEMORY = """
import resource, sys
from io import BytesIO
from PIL import Image
from superapp.shared.files.pictures import redrawn, small
content = open(sys.argv[1], "rb")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
small(redrawn(content, "jpg"))
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (EICAR, "catatan.txt", "dikenali sebagai virus"),
        (PDF + EICAR, "surat.pdf", "dikenali sebagai virus"),
        (b"x" * ((1 << 18) - 30) + EICAR, "batas.txt", "dikenali sebagai virus"),
        (b"GIF89a/*" + b"\0" * 20 + b"*/=1;alert(1)", "foto.png", "tidak sesuai dengan jenisnya"),
        (b"GIF89a/*" + b"\0" * 20 + b"*/=1;alert(1)", "foto.gif", "belum bisa diterima"),
        (office() + PDF, "surat.pdf", "tidak sesuai dengan jenisnya"),
        (b"x" * (1 << 18) + b"\0", "daftar.csv", "bukan teks"),
        (b"%PDF-1.4" + b" " * ((1 << 18) - 12) + b"/JavaScript\n", "surat.pdf", "program"),
    ],
)
def test_it_is_refused_and_nothing_is_stored(data_dir: Path, content: bytes, name: str, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        files.accept(upload(content, name))
    assert not list((data_dir / "files").glob("*/*"))


def test_a_script_behind_a_picture_is_gone() -> None:
    accepted = files.accept(upload(picture("PNG") + b"<script>alert(1)</script>", "gambar.png"))
    assert accepted is not None
    assert b"<script>" not in store().get(accepted.key)


def test_a_photo_of_a_large_sensor_is_stored_smaller_and_whole() -> None:
    accepted = files.accept(upload(picture(size=(8160, 6120)), "foto.jpg"))
    assert accepted is not None
    with Image.open(BytesIO(store().get(accepted.key))) as image:
        assert max(image.size) <= LONGEST_SIDE
        assert image.width * 6120 == pytest.approx(image.height * 8160, rel=0.01)


def test_a_photo_of_fifty_megapixels_is_drawn_in_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "foto.jpg"
    path.write_bytes(picture(size=(8160, 6120)))
    done = subprocess.run(
        [sys.executable, "-c", MEMORY, str(path)], cwd=ROOT, capture_output=True, text=True, check=True, timeout=120
    )
    assert int(done.stdout) < 150, f"{done.stdout.strip()} MB"
