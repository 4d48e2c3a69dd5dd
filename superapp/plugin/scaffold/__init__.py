"""Making a module: the smallest useful one, with its manifest, template, test and first revision."""

from __future__ import annotations

from pathlib import Path

from superapp.plugin.discovery import MANIFEST, at
from superapp.plugin.loader import load
from superapp.plugin.manifest import NAME, RESERVED, Broken, in_docstring
from superapp.plugin.migrate.history import plugin_history

HERE = Path(__file__).parent
_FILES = {
    "plugin.toml.txt": MANIFEST,
    "code.py.txt": "__init__.py",
    "index.html.txt": "templates/@NAME@/index.html",
    "test.py.txt": "tests/test_@NAME@.py",
}


class NotMade(Exception):
    """A module could not be made; the text says why."""


def make(name: str, root: Path, *, title: str = "") -> Path:
    """Write the smallest useful module `name` below `root`, with its first revision; return its folder.

    Raises NotMade.
    """
    folder = _fresh(name, root)
    words = {"@NAME@": name, "@TITLE@": title or name.capitalize()}
    for source, target in _FILES.items():
        _write(folder / _filled(target, words), _filled((HERE / source).read_text(encoding="utf-8"), words))
    _first_revision(folder)
    return folder


def make_from(file: Path, root: Path) -> Path:
    """Make a folder of a single-file module: its manifest becomes plugin.toml; the file stays where it is.

    Raises NotMade.
    """
    source = file.read_text(encoding="utf-8")
    try:
        manifest, line = in_docstring(source, str(file))
    except Broken as broken:
        raise NotMade(f"{broken.where}: {broken.reason}") from broken
    folder = _fresh(file.stem, root)
    lines = source.splitlines(keepends=True)
    del lines[line - 2 : line + len(manifest.splitlines())]  # the manifest and its two marks
    _write(folder / MANIFEST, manifest.strip() + "\n")
    _write(folder / "__init__.py", "".join(lines))
    (folder / "templates" / file.stem).mkdir(parents=True)
    _first_revision(folder)
    return folder


def _fresh(name: str, root: Path) -> Path:
    if not NAME.fullmatch(name) or name in RESERVED:
        raise NotMade(f"Nama {name!r} tidak bisa dipakai: 2–30 huruf kecil atau angka, diawali huruf, bukan nama inti.")
    folder = root / name
    if folder.exists():
        raise NotMade(f"{folder} sudah ada.")
    return folder


def _filled(text: str, words: dict[str, str]) -> str:
    for mark, word in words.items():
        text = text.replace(mark, word)
    return text


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _first_revision(folder: Path) -> None:
    from superapp.plugin.migrate.revising import revise

    found = at(folder)
    if found is None or found.broken is not None:
        raise NotMade(str(found.broken) if found else f"{folder}: bukan modul")
    try:
        load(found)
    except Broken as broken:
        raise NotMade(f"{broken.where}: {broken.reason}") from broken
    revise(plugin_history(found), "pertama")
