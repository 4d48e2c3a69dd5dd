"""The bundled modules in the demo: switched on, and filled from the files in their folder `demo/`."""

from __future__ import annotations

import re
from datetime import timedelta

from superapp.access import actor
from superapp.kernel import clock, command
from superapp.kernel.errors import AppError
from superapp.plugin import switch
from superapp.plugin.host import host
from superapp.settings import home
from superapp.shared.imports.at_once import import_at_once
from superapp.shared.imports.contract import Importer
from superapp.shared.imports.planning import plan
from superapp.shared.imports.registry import importers

_DAY = re.compile(rb"\{([+-]\d{1,4})\}")


def enable_bundled() -> list[str]:
    """Switch the modules on that come with the app; return a sentence for each that cannot be. Not inside a command."""
    bundled = (home() / "plugins").resolve()
    faults = []
    for name, plugin in host().plugins.items():
        if plugin.found.folder.resolve().is_relative_to(bundled):
            try:
                _enable(name)
            except AppError as refusal:
                faults.append(f"Modul {name}: {refusal.message}")
    host().states.forget()
    return faults


def _enable(name: str) -> None:
    cli = actor.operator()
    says = "{actor} mengaktifkan modul {module}"
    with actor.acting_as(cli), command.begin("plugin.enable", actor=cli, says=says) as enabling:
        switch.enable(name)
        enabling.values.setdefault("actor", cli.name)


def fill_modules() -> list[str]:
    """Read `demo/<kind>.csv` of each module through its importer; return a sentence for each file that is refused."""
    plugins = host().plugins
    faults = []
    with actor.acting_as(actor.operator()):
        for importer in importers().values():
            if importer.module in plugins:
                faults += _fill(importer)
    return faults


def _fill(importer: Importer) -> list[str]:
    file = host().plugins[importer.module].folder / "demo" / f"{importer.kind}.csv"
    if not file.is_file():
        return []
    try:
        import_at_once(importer, plan(importer, _dated(file.read_bytes()), file.name))
    except AppError as refusal:
        return [f"Data contoh {importer.title}: {refusal.message}"]
    return []


def _dated(content: bytes) -> bytes:
    """Return a file with the days of now: `{+5}` is five days from today, `{-30}` thirty days ago."""
    return _DAY.sub(lambda found: (clock.today() + timedelta(days=int(found[1]))).isoformat().encode(), content)
