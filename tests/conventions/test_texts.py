"""What the tree says and must not say: download addresses, workplaces, fragments of changes."""

from __future__ import annotations

import re

import pytest

from tests.conventions.tree import files, read, told

# Written in parts, so that this file does not name what it looks for.
ADDRESSES = re.compile(
    "|".join(("--(extra-)?index-" + "url", "pypi" + r"\.org", "pythonhosted" + r"\.org", "registry" + r"\.npmjs"))
)
WORKPLACE = re.compile(r"\.\./" + r"shared\b|(?<![\w.])/" + r"work/")
TEXTS = (
    ".py",
    ".cfg",
    ".toml",
    ".lock",
    ".in",
    ".txt",
    ".md",
    ".json",
    ".yaml",
    ".yml",
    ".sh",
    ".html",
    ".js",
    ".mjs",
    ".css",
    "run",
    "Makefile",
    ".npmrc",
)


def test_nothing_names_a_download_address() -> None:
    faults = [f"{path}: {hit.group()}" for path in files(*TEXTS) if (hit := ADDRESSES.search(read(path)))]
    assert not faults, told(faults, "where packages come from is the machine's affair; take the address out")


def test_nothing_names_the_workplace() -> None:
    faults = [f"{path}: {hit.group()}" for path in files(*TEXTS) if (hit := WORKPLACE.search(read(path)))]
    assert not faults, told(faults, "the project speaks of itself alone; say it in a way that holds in every clone")


@pytest.mark.parametrize("path", files(".lock"))
def test_every_locked_library_has_its_hashes(path: str) -> None:
    blocks = re.split(r"\n(?=\S)", read(path))
    faults = [block.split()[0] for block in blocks if "==" in block and "--hash=sha256:" not in block]
    assert not faults, told(faults, "run `make lock`")


def test_change_fragments_are_well_formed() -> None:
    faults = [fault for path in files() if path.startswith("changes/") for fault in _fragment_faults(path)]
    assert not faults, told(faults, "changes/<topic>.<added|changed|fixed|migration>.md, one or two plain sentences")


def _fragment_faults(path: str) -> list[str]:
    if path in ("changes/README.md", "changes/.gitkeep"):
        return []
    if not re.fullmatch(r"changes/[a-z0-9-]+\.(added|changed|fixed|migration)\.md", path):
        return [f"{path}: name"]
    text = read(path).strip()
    if text.startswith("#"):
        return [f"{path}: has a heading"]
    return [] if 10 <= len(text) <= 600 else [f"{path}: {len(text)} characters"]
