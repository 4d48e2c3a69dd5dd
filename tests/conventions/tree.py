"""The project's files, as the convention tests look at them."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    """One Python file: its path from the root, its text, its syntax tree."""

    path: str
    text: str
    tree: ast.Module

    def functions(self) -> Iterator[FunctionNode]:
        """Yield every function and method."""
        yield from (node for node in ast.walk(self.tree) if isinstance(node, FunctionNode))

    def imports(self) -> Iterator[tuple[int, str]]:
        """Yield line and absolute name of every imported module; relative imports stay inside their part."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield node.lineno, node.module
            elif isinstance(node, ast.Import):
                yield from ((node.lineno, name.name) for name in node.names)


@cache
def files(*suffixes: str) -> tuple[str, ...]:
    """Return the paths of all files that git knows or would take, with one of the suffixes (none: all)."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    return tuple(path for path in sorted(listed) if (ROOT / path).is_file() and (path.endswith(suffixes or "")))


def read(path: str) -> str:
    """Return the text of a file of the project."""
    return (ROOT / path).read_text(encoding="utf-8")


@cache
def sources() -> tuple[Source, ...]:
    """Return the code that people run: the core, the bundled plugins and the entry point; no tests, no migrations."""
    chosen = (path for path in files(".py") if path.split("/")[0] in ("superapp", "plugins", "wsgi.py"))
    outside = ("/migrations/", "/tests/")
    return tuple(
        Source(path, read(path), ast.parse(read(path)))
        for path in chosen
        if not any(part in path for part in outside)
    )  # fmt: skip


def told(faults: list[str], advice: str) -> str:
    """Return the message of a failed convention: the advice, then the places."""
    return f"{advice}\n" + "\n".join(f"  {fault}" for fault in faults)
