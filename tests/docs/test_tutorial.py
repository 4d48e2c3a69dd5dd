"""The tutorial for authors of modules is carried out, command by command."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

from superapp.plugin import scaffold
from superapp.settings import home

TUTORIAL = home() / "docs" / "modul.md"
_BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.S)


def blocks(language: str) -> list[str]:
    """Return the code blocks of the tutorial in one language."""
    return [code for found, code in _BLOCK.findall(TUTORIAL.read_text(encoding="utf-8")) if found == language]


def test_the_code_shown_is_the_code_that_is_made() -> None:
    made = (scaffold.HERE / "code.py.txt").read_text(encoding="utf-8").replace("@NAME@", "halo")
    for shown in blocks("python"):
        assert shown.strip() in made


def test_every_command_of_the_tutorial_works(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SUPERAPP_")}
    environment |= {"SUPERAPP_DATA_DIR": str(tmp_path / "data"), "PYTHONPATH": str(home())}
    changed = False
    for line in [line for block in blocks("sh") for line in block.splitlines()]:
        words = shlex.split(line)
        if words[0] == "export":
            name, _, value = words[1].partition("=")
            environment[name] = str(tmp_path / value)
            continue
        if words[1:3] == ["plugin", "revision"] and not changed:
            changed = _add_a_colour(tmp_path / "modul" / "halo" / "__init__.py")
        done = subprocess.run(
            [sys.executable, "-m", "superapp.cli", *words[1:]],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
    assert (tmp_path / "modul" / "halo" / "migrations" / "0002_tambah_warna.py").is_file()


def _add_a_colour(code: Path) -> bool:
    text = code.read_text(encoding="utf-8")
    column = '    text: Mapped[str] = column(max_length=200, pii="none", label="Sapaan")\n'
    assert column in text
    more = '    colour: Mapped[str | None] = column(max_length=20, pii="none", label="Warna")\n'
    code.write_text(text.replace(column, column + more), encoding="utf-8")
    return True
