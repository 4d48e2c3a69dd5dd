"""Words for the English catalogues: collects them from the code, updates the .po files and compiles them.

`python -m tools.words` collects what is wrapped in `_()` or `N_()` and the constants that are translated where they
are shown (titles of refusals, labels of navigation, names of jobs, permissions of a manifest).
"""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
PLACE = Path("translations", "en", "LC_MESSAGES", "messages.po")

Word = tuple[int, None, str, list[str]]

MARKS = frozenset({"_", "N_", "gettext"})
REFUSALS = frozenset({"AppError", "Busy", "Forbidden", "Invalid", "NotFound", "Refused", "Stale", "TooMany"})
PLACES = dict.fromkeys((*MARKS, *REFUSALS, "also", "_also"), 0) | {"note": 1}
"""Call → which argument is shown to people."""
SHOWN_BY = {
    name: frozenset({"title", "label", "help", "description", "words"})
    for name in ("Job", "NavItem", "Permission", "Setting", "Widget", "column", "mapped")
} | {"Fault": frozenset({"reason"})}
"""Call → which keywords are shown; `says` and `permissions` are in any call."""
SAYINGS = frozenset({"says", "SAID", "title", "added", "changed", "ended", "_UNANCHORED"})
TABLES = frozenset({"CORE", "PERMISSIONS", "STATUSES"})


def extract(file: IO[bytes], keywords: Any, comment_tags: Any, options: Any) -> Iterator[Word]:
    """Yield the Indonesian texts of a Python file; the signature is Babel's."""
    tree = ast.parse(file.read())
    marks = MARKS | _aliases(tree)
    for node in ast.walk(tree):
        for found in _texts(node, marks):
            text = str(found.value)
            if text.strip():
                yield found.lineno, None, text, []


def _aliases(tree: ast.Module) -> set[str]:
    """Return the other names under which the file imports the marks."""
    imports = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    return {name.asname for node in imports for name in node.names if name.name in MARKS and name.asname}


def _texts(node: ast.AST, marks: set[str] | frozenset[str]) -> Iterator[ast.Constant]:
    if isinstance(node, ast.Call):
        yield from _of_call(node, marks)
    elif isinstance(node, ast.Assign | ast.AnnAssign):
        name = _name(node.targets[0] if isinstance(node, ast.Assign) else node.target)
        if name in TABLES:
            yield from _of_table(node.value)
        elif name in SAYINGS:
            yield from _plain([node.value])


def _of_call(call: ast.Call, marks: set[str] | frozenset[str]) -> Iterator[ast.Constant]:
    name = "_" if _name(call.func) in marks else _name(call.func)
    if name in PLACES:
        yield from _plain(call.args[PLACES[name] : PLACES[name] + 1])
    if name == "__init__":
        yield from _plain(part for given in call.args for part in _either(given))
    shown = SHOWN_BY.get(name, frozenset()) | {"says"}
    yield from _plain(given.value for given in call.keywords if given.arg in shown)
    for given in call.keywords:
        yield from _of_table(given.value) if given.arg == "permissions" else ()


def _of_table(table: ast.AST | None) -> Iterator[ast.Constant]:
    if isinstance(table, ast.Dict):
        yield from _plain(row.elts[-1] if isinstance(row, ast.Tuple) else row for row in table.values)


def _either(given: ast.expr) -> list[ast.expr]:
    return given.values if isinstance(given, ast.BoolOp) else [given]


def _plain(nodes: Any) -> Iterator[ast.Constant]:
    return (node for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))


def _name(node: ast.AST) -> str:
    return str(getattr(node, "id", getattr(node, "attr", "")))


def catalogues() -> dict[str, Path]:
    """Return the catalogue of the core ("") and of each plugin that has one."""
    brought = {path.parent.name: path.parent / PLACE for path in _manifests() if (path.parent / PLACE).is_file()}
    return {"": ROOT / "superapp" / PLACE} | dict(sorted(brought.items()))


def _manifests() -> list[Path]:
    """Return the manifests of the bundled plugins; a folder without one is a group of them."""
    return [path for pattern in ("*", "*/*") for path in (ROOT / "plugins").glob(f"{pattern}/plugin.toml")]


def _folder(plugin: str) -> Path:
    return next(path.parent for path in _manifests() if path.parent.name == plugin)


def collected(plugin: str = "") -> Catalog:
    """Return the words in the code of the core, or of a plugin, each with the files that use it."""
    found = Catalog(charset="utf-8")
    for folder in [_folder(plugin)] if plugin else [ROOT / "superapp", ROOT / "templates"]:
        methods = [("**.py", "tools.words:extract"), ("**.html", "jinja2")]
        options = {"**.html": {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}}
        for file, _line, message, _comments, _context in extract_from_dir(folder, methods, options):
            found.add(message, locations=[(str((folder / file).relative_to(ROOT)), 1)])
    if plugin:
        manifest = _folder(plugin) / "plugin.toml"
        for text in _manifest(manifest):
            found.add(text, locations=[(str(manifest.relative_to(ROOT)), 1)])
    return found


def _manifest(path: Path) -> list[str]:
    given = tomllib.loads(path.read_text())
    words = [given.get(key, "") for key in ("title", "description", "category")]
    return [text for text in [*words, *given.get("permissions", {}).values()] if text]


def read(path: Path) -> Catalog:
    """Return the catalogue of a .po file."""
    with path.open("rb") as file:
        return read_po(file, locale="en")


def missing(catalogue: Catalog) -> list[str]:
    """Return the words without a translation."""
    return [str(message.id) for message in catalogue if message.id and not message.string]


def update(plugin: str, path: Path) -> Catalog:
    """Bring the catalogue up to date with the code, never by guessing, and compile it."""
    words = Catalog(locale="en", project="Nunukan Satu", charset="utf-8", fuzzy=False, header_comment="# English words")
    known = {message.id: message.string for message in read(path)}
    for message in sorted(collected(plugin), key=lambda message: str(message.id)):
        if message.id:
            files = sorted({(file, 1) for file, _line in message.locations})
            words.add(message.id, known.get(message.id, ""), locations=files)
    dated = read(path)
    words.creation_date = words.revision_date = dated.creation_date
    with path.open("wb") as file:
        write_po(file, words, width=0, include_lineno=False)
    with path.with_suffix(".mo").open("wb") as file:
        write_mo(file, words)
    return words


def main() -> None:
    """Update all catalogues and say what still needs a translation."""
    for plugin, path in catalogues().items():
        words = update(plugin, path)
        print(f"{path.relative_to(ROOT)}: {len(words)} words, {len(missing(words))} without a translation")
        for text in missing(words):
            print(f"  {text}")


if __name__ == "__main__":
    main()
