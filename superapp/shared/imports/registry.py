"""Which importers there are: those of the core, and those that modules offer as a service."""

from __future__ import annotations

from superapp.plugin.host import host
from superapp.shared.imports.contract import Importer


def importers() -> dict[str, Importer]:
    """Return the importers of the core and of modules that are on, by kind."""
    made = host()
    found: dict[str, Importer] = {}
    for name, owned in made.services.items():
        if owned.item.contract is Importer and isinstance(importer := made.service(name), Importer):
            found[importer.kind] = importer
    return found


def importer_of(kind: str) -> Importer | None:
    """Return the importer of a kind, None when nobody offers it or its module is off."""
    return importers().get(kind)
