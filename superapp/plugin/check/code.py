"""Reading a module's code: what it imports, commits, and writes as SQL."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from superapp.plugin.check.finding import Finding, sources, tests
from superapp.plugin.loader import PACKAGE

ALLOWED = frozenset({"superapp.api"})
ALLOWED_IN_TESTS = ALLOWED | {"superapp.testing"}
_SQL = re.compile(r"\b(?:select|insert|update|delete|from|join|into|table)\b[^;]*\b(core_[a-z_]+)\b", re.IGNORECASE)
_CORE_TABLE = re.compile(r"core_[a-z_]+")
_REFERRING = frozenset({"ForeignKey", "ForeignKeyConstraint", "create_foreign_key"})


def read_code(name: str, folder: Path) -> Iterator[Finding]:
    """Yield what breaks the contract in the code of a module, its tests and its migrations."""
    for path in sources(folder):
        yield from _Reading(name, path, ALLOWED).findings()
    for path in tests(folder):
        yield from _imports(_tree(path), name, path, ALLOWED_IN_TESTS)
    for path in sorted((folder / "migrations").glob("*.py")):
        yield from _migration(path)


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


class _Reading:
    """The findings in one source file."""

    def __init__(self, name: str, path: Path, allowed: frozenset[str]) -> None:
        self.name, self.path, self.tree, self.allowed = name, path, _tree(path), allowed

    def findings(self) -> Iterator[Finding]:
        yield from _imports(self.tree, self.name, self.path, self.allowed)
        for node in ast.walk(self.tree):
            where = f"{self.path}:{getattr(node, 'lineno', 1)}"
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit":
                yield Finding("commit() tidak boleh dipanggil; perintah menyimpan transaksinya sendiri", where)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and (found := _SQL.search(node.value)):
                yield Finding(f"SQL langsung pada tabel inti {found[1]}; pakai superapp.api", where)


def _imports(tree: ast.Module, name: str, path: Path, allowed: frozenset[str]) -> Iterator[Finding]:
    for node in ast.walk(tree):
        for module in _imported(node):
            where = f"{path}:{getattr(node, 'lineno', 1)}"
            root, _, rest = module.partition(".")
            if root == "superapp" and module not in allowed:
                yield Finding(f"impor {module}: modul hanya boleh mengimpor {', '.join(sorted(allowed))}", where)
            if root in {PACKAGE, "plugins"} and rest.split(".")[0] != name:
                yield Finding(f"impor {module}: antarmodul hanya lewat service() dan emit()", where)


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and not node.level and node.module:
        return [f"superapp.{alias.name}" for alias in node.names] if node.module == "superapp" else [node.module]
    return []


def _migration(path: Path) -> Iterator[Finding]:
    """A module's migration leaves the core's tables alone; it may only refer to them."""
    for node in ast.walk(_tree(path)):
        if not isinstance(node, ast.Call) or _called(node) in _REFERRING:
            continue
        first = node.args[0] if node.args else None
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            touched = _CORE_TABLE.fullmatch(first.value) or _SQL.search(first.value)
            if touched and isinstance(node.func, ast.Attribute):
                yield Finding(f"migrasi modul menyentuh tabel inti: {touched[0][:60]}", f"{path}:{node.lineno}")


def _called(node: ast.Call) -> str:
    return getattr(node.func, "attr", getattr(node.func, "id", ""))
