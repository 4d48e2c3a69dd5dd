"""The code keeps to the style of the house: short functions, small rooms, telling names, documented faces."""

from __future__ import annotations

import ast
import re
import statistics
from collections.abc import Iterator

from tests.conventions.tree import FunctionNode, files, read, sources, told

VAGUE = {"utils", "util", "helpers", "helper", "manager", "managers", "misc", "common", "stuff"}


def _length(node: FunctionNode) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _lengths() -> list[tuple[int, str]]:
    return sorted((_length(node), f"{s.path}:{node.lineno} {node.name}") for s in sources() for node in s.functions())


def test_functions_are_short() -> None:
    lengths = _lengths()
    only = [length for length, _ in lengths]
    median, p90 = statistics.median(only), only[int(len(only) * 0.9) - 1]
    print(f"{len(only)} functions: median {median}, 90th percentile {p90}, longest {only[-1]} lines")
    longest = [f"{length} lines: {where}" for length, where in reversed(lengths[-10:])]
    assert median <= 7, told(longest, f"the median function has {median} lines, at most 7 are meant; the longest:")
    assert p90 <= 20, told(longest, f"a tenth of the functions is longer than {p90} lines (20 meant); the longest:")
    assert only[-1] <= 60, told([where for where in longest if int(where.split()[0]) > 60], "cut these functions:")


def test_files_are_rooms_not_halls() -> None:
    written = [path for path in files(".py") if "migrations/" not in path]  # revisions are generated
    crowded = [f"{lines} lines: {path}" for path in written if (lines := read(path).count("\n")) > _room(path)]
    assert not crowded, told(crowded, "too long (code 400 lines, tests 600): make these a folder with telling names")


def _room(path: str) -> int:
    return 600 if path.startswith("tests/") or "/tests/" in path else 400


def test_every_module_says_its_purpose_in_one_line() -> None:
    faults = []
    for source in sources():
        purpose = (ast.get_docstring(source.tree) or "").split("\n")[0]
        if source.text.strip() and not purpose:
            faults.append(f"{source.path}: no docstring")
    assert not faults, told(faults, "begin each module with one line that says what it is for")


def test_names_are_telling() -> None:
    faults = [path for path in files() if VAGUE & set(re.split(r"[/.]", path.lower()))]
    assert not faults, told(faults, "a name like 'utils' hides at least two better ones; split and name by purpose")


def _public(body: list[ast.stmt], prefix: str = "") -> Iterator[tuple[str, ast.AST]]:
    for node in body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield prefix + node.name, node
            yield from _public(node.body, f"{prefix}{node.name}.")
        elif isinstance(node, FunctionNode) and not node.name.startswith("_") and not _is_overload(node):
            yield prefix + node.name, node


def _is_overload(node: FunctionNode) -> bool:
    return any(ast.unparse(mark).split(".")[-1] in ("overload", "setter") for mark in node.decorator_list)


def test_public_names_are_documented() -> None:
    faults = [
        f"{source.path}:{getattr(node, 'lineno', 0)} {name}"
        for source in sources()
        for name, node in _public(source.tree.body)
        if isinstance(node, ast.ClassDef | FunctionNode) and not ast.get_docstring(node)
    ]
    assert not faults, told(faults, "say what these do, take, return and raise")


def test_plugins_enter_by_the_front_door() -> None:
    faults = []
    for source in sources():
        if source.path.startswith("plugins/"):
            faults += [f"{source.path}:{line} {name}" for line, name in source.imports() if _is_foreign(name)]
    assert not faults, told(faults, "plugins import superapp.api (tests: superapp.testing) and nothing else of ours")


def _is_foreign(module: str) -> bool:
    return bool(re.match(r"(superapp(?!\.(api|testing)$)|superapp_plugins|plugins)(\.|$)", module))
