"""Importing modules under names of their own, so that a failure or a name of one cannot touch anything else."""

from __future__ import annotations

import importlib
import importlib.util
import sys
import types
from collections.abc import Callable, Iterable
from pathlib import Path

from superapp.plugin.containment import blame
from superapp.plugin.discovery import Found
from superapp.plugin.manifest import Broken

PACKAGE = "superapp_plugins"
forgetters: list[Callable[[str], None]] = []
"""Called with a module's name before it is imported anew (access drops its declarative base)."""


def module_name(found: Found) -> str:
    """Return the name a module is imported as: `superapp_plugins.<name>`; installed packages keep their own."""
    return found.module or f"{PACKAGE}.{found.name}"


def load(found: Found) -> types.ModuleType:
    """Import a module and return it; what the process has imported from the same file is used again.

    Raises Broken with the file and line for whatever happens, SystemExit included.
    """
    name = module_name(found)
    present = sys.modules.get(name)
    if present is not None and _same(present, found.source):
        return present
    forget(name, found.name)
    try:
        return importlib.import_module(name) if found.module else _import(name, found)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        forget(name, found.name)
        raise Broken(_reason(error), blame.where(error, found.folder) or f"{found.source}:1") from error


def _same(present: types.ModuleType, source: Path) -> bool:
    origin = getattr(present, "__file__", None)
    loaded = getattr(present, "__superapp_mtime__", None)
    if origin is None or Path(origin) != source:
        return False
    return loaded is None or loaded == source.stat().st_mtime_ns


def forget(name: str, plugin: str) -> None:
    """Drop a module and its parts from this process."""
    for key in [key for key in sys.modules if key == name or key.startswith(f"{name}.")]:
        del sys.modules[key]
    for forgetter in forgetters:
        forgetter(plugin)


def _import(name: str, found: Found) -> types.ModuleType:
    _namespace()
    inside = [str(found.folder)] if found.source.name == "__init__.py" else None
    spec = importlib.util.spec_from_file_location(name, found.source, submodule_search_locations=inside)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    module.__superapp_mtime__ = found.source.stat().st_mtime_ns  # type: ignore[attr-defined]
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _namespace() -> None:
    if PACKAGE not in sys.modules:
        package = types.ModuleType(PACKAGE, "Modules found in folders; each is `superapp_plugins.<name>`.")
        package.__path__ = []
        sys.modules[PACKAGE] = package


def _reason(error: BaseException) -> str:
    words = str(error).strip().splitlines()
    first = words[0][:300] if words else ""
    if isinstance(error, SystemExit):
        return f"kode modul mengakhiri proses saat diimpor (SystemExit: {first})"
    return f"gagal diimpor: {type(error).__name__}: {first}" if first else f"gagal diimpor: {type(error).__name__}"


def in_order(found: Iterable[Found]) -> tuple[list[Found], list[tuple[Found, Broken]]]:
    """Return modules in the order of their `depends` and `after`, and those that cannot be loaded, with the reason."""
    waiting = {module.name: module for module in found if module.manifest is not None}
    names, ordered, broken = set(waiting), [], []
    done: set[str] = set()
    while waiting:
        ready = [module for module in waiting.values() if _ready(module, done, names)]
        if not ready:
            break
        for module in ready:
            ordered.append(waiting.pop(module.name))
            done.add(module.name)
    for module in waiting.values():
        assert module.manifest is not None
        missing = [name for name in module.manifest.depends if name not in names]
        reason = (
            f"memerlukan modul {', '.join(missing)} yang tidak ada atau rusak"
            if missing
            else "saling memerlukan dengan modul lain (melingkar), atau memerlukan modul yang rusak"
        )
        broken.append((module, Broken(reason, f"{module.manifest.where}")))
    return ordered, broken


def _ready(module: Found, done: set[str], names: set[str]) -> bool:
    assert module.manifest is not None
    later = {name for name in module.manifest.after if name in names}
    return set(module.manifest.depends) <= done and later <= done
