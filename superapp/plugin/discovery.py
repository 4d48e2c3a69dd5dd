"""Finding modules: folders, single files and installed packages; reads manifests, imports nothing."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from superapp.plugin.manifest import Broken, Manifest, in_docstring, read
from superapp.settings import Settings, home

ENTRY_POINTS = "superapp.plugins"
MANIFEST = "plugin.toml"
_SKIPPED = frozenset({"__init__.py", "conftest.py", "setup.py"})


@dataclass(frozen=True)
class Found:
    """A module as it lies on disk: its manifest, or the reason why it has none that can be used.

    `folder` holds its templates, migrations, static files and translations; `source` is what is imported.
    """

    name: str
    folder: Path
    source: Path = field(kw_only=True)
    module: str = field(default="", kw_only=True)
    manifest: Manifest | None = field(default=None, kw_only=True)
    broken: Broken | None = field(default=None, kw_only=True)


def discover(settings: Settings) -> list[Found]:
    """Return all modules of an installation, sorted by name; two of one name are both broken.

    Sources: `plugins/` beside the core, the folders of SUPERAPP_PLUGIN_PATH, installed packages with an entry point.
    """
    found = [module for root in _roots(settings) for module in _in_root(root)]
    found += list(_installed())
    count = Counter(module.name for module in found)
    found.sort(key=lambda module: (module.name, str(module.folder)))
    return [_double(module, found) if count[module.name] > 1 else module for module in found]


def _roots(settings: Settings) -> list[Path]:
    named = [Path(part).expanduser() for part in settings.plugin_path.split(os.pathsep) if part.strip()]
    roots: dict[Path, None] = {}
    for root in (home() / "plugins", *named):
        if root.is_dir():
            roots[root.resolve()] = None
    return list(roots)


def _in_root(root: Path) -> Iterator[Found]:
    """Yield the modules of one folder; a folder without a manifest is a group of modules, one level deep."""
    for entry in _entries(root):
        if entry.is_dir() and not (entry / MANIFEST).is_file() and not (entry / "__init__.py").is_file():
            yield from (module for inner in _entries(entry) if (module := at(inner)) is not None)
        elif (module := at(entry)) is not None:
            yield module


def _entries(folder: Path) -> list[Path]:
    return sorted(entry for entry in folder.iterdir() if entry.name[0] not in "._")


def at(path: Path) -> Found | None:
    """Return the module that lies at a path, None when there is none."""
    if path.is_dir():
        marked = (path / MANIFEST).is_file() or (path / "__init__.py").is_file()
        return _folder(path.name, path) if marked else None
    return _file(path) if path.suffix == ".py" and path.name not in _SKIPPED else None


def _folder(name: str, folder: Path, module: str = "") -> Found:
    source, manifest = folder / "__init__.py", folder / MANIFEST
    found = Found(name, folder, source=source, module=module)
    try:
        if not manifest.is_file():
            raise Broken(f"{MANIFEST} tidak ada di folder modul", f"{source}:1")
        if not source.is_file():
            raise Broken("__init__.py tidak ada di folder modul", f"{manifest}:1")
        return replace(found, manifest=read(_text(manifest), name, str(manifest)))
    except Broken as broken:
        return replace(found, broken=broken)


def _file(path: Path) -> Found:
    found = Found(path.stem, path.parent, source=path)
    try:
        text, line = in_docstring(_text(path), str(path))
        return replace(found, manifest=read(text, path.stem, str(path), first_line=line))
    except Broken as broken:
        return replace(found, broken=broken)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Broken(f"berkas tidak terbaca: {error}", f"{path}:1") from error


def _double(module: Found, found: list[Found]) -> Found:
    others = [str(other.source) for other in found if other.name == module.name and other.source != module.source]
    reason = f"nama {module.name!r} dipakai dua kali, juga di {', '.join(others) or 'paket lain'}; keduanya dimatikan"
    return replace(module, manifest=None, broken=Broken(reason, f"{module.source}:1"))


def _installed() -> Iterator[Found]:
    for entry in importlib.metadata.entry_points(group=ENTRY_POINTS):
        folder = _package_folder(entry)
        if folder is None:
            broken = Broken(f"paket {entry.value!r} tidak memuat folder modul", f"{entry.value}:1")
            yield Found(entry.name, Path(), source=Path(), module=entry.module, broken=broken)
        else:
            yield _folder(entry.name, folder, entry.module)


def _package_folder(entry: importlib.metadata.EntryPoint) -> Path | None:
    """Return the folder of an installed module without importing it; editable installs are found by their spec."""
    inside = Path(*entry.module.split("."))
    if entry.dist is not None:
        located = Path(str(entry.dist.locate_file(inside)))
        if located.is_dir():
            return located
    spec = importlib.util.find_spec(inside.parts[0])
    for location in (spec.submodule_search_locations or []) if spec else []:
        if Path(location, *inside.parts[1:]).is_dir():
            return Path(location, *inside.parts[1:])
    return None
