"""Reading a manifest: what is right, and a sentence with file and line for what is wrong."""

from __future__ import annotations

import pytest

from superapp.plugin.manifest import Broken, Manifest, in_docstring, read

GOOD = """\
title = "Halo"
version = "1.2.0"
api = "1.0"
depends = ["surat"]

[permissions]
view = "Melihat sapaan"
"""


def reading(text: str, name: str = "halo") -> Manifest:
    return read(text, name, "halo/plugin.toml")


def test_a_manifest_gives_complete_permission_names() -> None:
    manifest = reading(GOOD)

    assert manifest.title == "Halo"
    assert manifest.depends == ("surat",)
    assert dict(manifest.permissions) == {"halo.view": "Melihat sapaan"}


@pytest.mark.parametrize(
    ("change", "to", "line", "words"),
    [
        ('title = "Halo"', 'title = ""', 1, "wajib ada"),
        ('title = "Halo"', 'title = "' + "a" * 61 + '"', 1, "paling banyak 60"),
        ('title = "Halo"', "title = 7", 1, "harus berupa teks"),
        ('title = "Halo"', 'title = "Halo', 1, "TOML"),
        ('version = "1.2.0"', 'version = "baru"', 2, "version"),
        ('api = "1.0"', 'api = "1.1"', 3, "memerlukan API 1.1; sistem ini memakai API 1.0"),
        ('api = "1.0"', 'api = "2.0"', 3, "memerlukan API 2.0"),
        ('api = "1.0"', "api = 1.0", 3, "wajib ada"),
        ('depends = ["surat"]', 'depends = "surat"', 4, "daftar nama modul"),
        ('depends = ["surat"]', 'depend = ["surat"]', 4, "tidak dikenal"),
        ('view = "Melihat sapaan"', '"halo.view" = "Melihat"', 7, "kunci pendek"),
        ('view = "Melihat sapaan"', 'view = ""', 7, "kata-kata"),
    ],
)
def test_a_fault_is_named_with_its_line(change: str, to: str, line: int, words: str) -> None:
    assert change in GOOD

    with pytest.raises(Broken) as found:
        reading(GOOD.replace(change, to))

    assert words in found.value.reason
    assert found.value.where == f"halo/plugin.toml:{line}"


@pytest.mark.parametrize("name", ["Halo", "h", "ha_lo", "1halo", "a" * 31, "halo-x", "ĥalo"])
def test_a_name_that_is_no_prefix_is_refused(name: str) -> None:
    with pytest.raises(Broken, match="huruf kecil"):
        reading(GOOD, name)


@pytest.mark.parametrize("name", ["core", "admin", "login", "alembic", "static"])
def test_a_name_of_the_core_is_refused(name: str) -> None:
    with pytest.raises(Broken, match="dipakai oleh inti"):
        reading(GOOD, name)


def test_a_single_file_holds_its_manifest_between_two_lines_of_its_docstring() -> None:
    source = f'"""Halo.\n\n---\n{GOOD}---\n"""\nraise SystemExit\n'

    text, line = in_docstring(source, "halo.py")

    assert text.strip() == GOOD.strip()
    assert line == 4
    with pytest.raises(Broken) as found:
        read(text.replace("1.2.0", "x"), "halo", "halo.py", first_line=line)
    assert found.value.where == "halo.py:5"


@pytest.mark.parametrize("source", ["x = 1\n", '"""Halo."""\n', '"""Halo.\n---\ntitle = 1\n"""\n', "def (:\n", ""])
def test_a_single_file_without_a_manifest_is_broken(source: str) -> None:
    with pytest.raises(Broken):
        in_docstring(source, "halo.py")
