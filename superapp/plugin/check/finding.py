"""One thing that a check found."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Finding:
    """A breach of the contract, or (`advice`) what a better module has; `where` is "file:line"."""

    reason: str
    where: str
    advice: bool = field(default=False, kw_only=True)


def sources(folder: Path) -> list[Path]:
    """Return the Python files of a module, its tests and migrations left out."""
    return [path for path in sorted(folder.rglob("*.py")) if not {"tests", "migrations"} & set(_inside(path, folder))]


def _inside(path: Path, folder: Path) -> tuple[str, ...]:
    return path.relative_to(folder).parts[:-1]


def tests(folder: Path) -> list[Path]:
    """Return the test files of a module."""
    return sorted((folder / "tests").rglob("test_*.py"))
